/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module said at one moment. A scrape, the page and the history may
 * read one snapshot together; a slow reader keeps the one it began with.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <vgpu/vgpu.h>

#include "kubelet.h"
#include "place.h"

/**
 * struct row - a group on a device, or a group alone
 * @stats: the figures, NULL for a group alone
 * @group: the group, NULL for figures
 * @device: the device, NULL for a group alone or a device that just came
 * @used: bytes that count against the limit on device memory
 * @limit: the least limit, LIBVGPU_UNLIMITED without one
 * @labels: where its labels begin in the snapshot's text
 * @labels_len: their length
 * @hami: where its labels in HAMi's words begin, where hami_len is not 0
 * @hami_len: their length
 */
struct row {
	const struct vgpu_stats *stats;
	const struct vgpu_group *group;
	const struct vgpu_device *device;
	uint64_t used;
	uint64_t limit;
	size_t labels;
	size_t labels_len;
	size_t hami;
	size_t hami_len;
};

/**
 * struct snapshot - the moment
 * @refs: who uses it
 * @err: why there is nothing in it, a negative errno; or 0
 * @error: the same as a sentence
 * @at_ns: when it was taken, of CLOCK_MONOTONIC
 * @took_ns: how long the module took to answer
 * @info: of the module; this and the lists are NULL where @err is set
 * @devices: all devices
 * @drivers: all drivers
 * @stats: by group and device
 * @groups: all groups
 * @device_n: how many devices
 * @driver_n: how many drivers
 * @row: one for each of @stats
 * @row_n: how many
 * @group_row: one for each of @groups
 * @group_n: how many
 * @order: rows by what they hold, the largest first
 * @text: all labels
 */
struct snapshot {
	unsigned int refs;
	int err;
	char error[256];
	uint64_t at_ns;
	uint64_t took_ns;
	struct vgpu_info *info;
	struct vgpu_device_list *devices;
	struct vgpu_driver_list *drivers;
	struct vgpu_stats_list *stats;
	struct vgpu_group_list *groups;
	size_t device_n;
	size_t driver_n;
	struct row *row;
	size_t row_n;
	struct row *group_row;
	size_t group_n;
	struct row **order;
	struct text text;
};

/**
 * struct source - where snapshots come from
 * @ctx: the library's context
 * @kubelet: names of pods and containers
 * @hami: how HAMi calls its five labels, or NULL to do without them
 */
struct source {
	struct vgpu_ctx *ctx;
	struct kubelet kubelet;
	const char * const *hami;
};

struct snapshot *snapshot_take(struct source *source);
struct snapshot *snapshot_get(struct snapshot *snapshot);
void snapshot_put(struct snapshot *snapshot);

/* A figure, or the second argument where the module does not say. */
uint64_t row_value(const struct row *row, enum libvgpu_stat which,
		   uint64_t otherwise);
/* UUID of a device, or "". */
const char *device_uuid(const struct vgpu_device *dev);
/* Now, in nanoseconds of CLOCK_MONOTONIC. */
uint64_t now_ns(void);

#endif /* SNAPSHOT_H */
