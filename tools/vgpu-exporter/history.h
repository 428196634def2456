/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The last samples of what devices and groups held and used. Its size is
 * fixed: of more groups than there are tracks, the largest are followed.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "snapshot.h"

#define HISTORY_SAMPLES	60
#define HISTORY_TRACKS	256

/**
 * struct track - one group on one device
 * @cgroup_id: the group; 0 for a track that is free
 * @device_id: the device
 * @seen: number of the last sample that it is in
 * @busy_ns: busy time at that sample
 * @at_ns: when that was
 * @used: bytes, a ring; LIBVGPU_UNLIMITED where there is no sample
 * @share: thousandths of the time that the device was busy for it, or -1
 */
struct track {
	uint64_t cgroup_id;
	uint32_t device_id;
	uint64_t seen;
	uint64_t busy_ns;
	uint64_t at_ns;
	uint64_t used[HISTORY_SAMPLES];
	int16_t share[HISTORY_SAMPLES];
};

/**
 * struct history - the samples
 * @samples: how many were taken
 * @track: the tracks
 */
struct history {
	uint64_t samples;
	struct track track[HISTORY_TRACKS];
};

void history_add(struct history *history, const struct snapshot *snapshot);
const struct track *history_find(const struct history *history,
				 const struct row *row);
/* The newest share of a row, in thousandths, or -1 where it is not known. */
int history_share(const struct history *history, const struct row *row);
/* The row with all that is used of a device, or NULL; and its newest share. */
const struct row *history_device_row(const struct snapshot *snapshot,
				     const struct vgpu_device *dev);
int history_device_share(const struct history *history,
			 const struct snapshot *snapshot,
			 const struct vgpu_device *dev);

#endif /* HISTORY_H */
