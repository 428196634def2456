// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "history.h"

static struct track *find(struct history *history, uint64_t cgroup_id,
			  uint32_t device_id)
{
	size_t i;

	for (i = 0; i < HISTORY_TRACKS; i++)
		if (history->track[i].cgroup_id == cgroup_id &&
		    history->track[i].device_id == device_id)
			return &history->track[i];
	return NULL;
}

const struct track *history_find(const struct history *history,
				 const struct row *row)
{
	return find((struct history *)(uintptr_t)history,
		    vgpu_stats_cgroup_id(row->stats),
		    vgpu_stats_device_id(row->stats));
}

int history_share(const struct history *history, const struct row *row)
{
	const struct track *track = history_find(history, row);

	if (!track || track->seen != history->samples)
		return -1;
	return track->share[history->samples % HISTORY_SAMPLES];
}

/*
 * A track that the newest sample did not fill, the one that is behind most. A
 * sample takes the largest groups first, so none gives way to a smaller one.
 */
static struct track *make_free(struct history *history)
{
	struct track *oldest = NULL;
	size_t i;

	for (i = 0; i < HISTORY_TRACKS; i++) {
		if (history->track[i].seen == history->samples)
			continue;
		if (!oldest || history->track[i].seen < oldest->seen)
			oldest = &history->track[i];
	}
	return oldest;
}

static int16_t share(const struct track *track, uint64_t busy_ns,
		     uint64_t at_ns)
{
	uint64_t thousandths;

	if (!track->at_ns || at_ns <= track->at_ns ||
	    busy_ns < track->busy_ns)
		return -1;
	thousandths = (busy_ns - track->busy_ns) * 1000 /
		      (at_ns - track->at_ns);
	return (int16_t)(thousandths < 1000 ? thousandths : 1000);
}

static void track_add(struct history *history, const struct row *row,
		      uint64_t at_ns)
{
	uint64_t cgroup_id = vgpu_stats_cgroup_id(row->stats), i;
	uint32_t device_id = vgpu_stats_device_id(row->stats);
	unsigned int slot = history->samples % HISTORY_SAMPLES;
	struct track *track = find(history, cgroup_id, device_id);
	uint64_t busy_ns = row_value(row, LIBVGPU_STAT_BUSY_TIME, 0);

	if (!track) {
		track = make_free(history);
		if (!track)
			return;
		*track = (struct track){
			.cgroup_id = cgroup_id,
			.device_id = device_id,
		};
		for (i = 0; i < HISTORY_SAMPLES; i++) {
			track->used[i] = LIBVGPU_UNLIMITED;
			track->share[i] = -1;
		}
	}
	/* Samples in which it was not among the largest. */
	for (i = track->seen + 1; track->seen && i < history->samples &&
	     i < track->seen + HISTORY_SAMPLES; i++) {
		track->used[i % HISTORY_SAMPLES] = LIBVGPU_UNLIMITED;
		track->share[i % HISTORY_SAMPLES] = -1;
	}
	track->used[slot] = row->used;
	track->share[slot] = share(track, busy_ns, at_ns);
	track->busy_ns = busy_ns;
	track->at_ns = at_ns;
	track->seen = history->samples;
}

void history_add(struct history *history, const struct snapshot *snapshot)
{
	size_t i;

	history->samples++;
	for (i = 0; i < snapshot->row_n && i < HISTORY_TRACKS; i++)
		track_add(history, snapshot->order[i], snapshot->at_ns);
}

/* Figures include what is below, so those of the root are the device's. */
const struct row *history_device_row(const struct snapshot *snapshot,
				     const struct vgpu_device *dev)
{
	const struct row *row;
	size_t i;

	for (i = 0; i < snapshot->row_n; i++) {
		row = &snapshot->row[i];
		if (row->device == dev &&
		    !strcmp(vgpu_stats_cgroup_path(row->stats), "/"))
			return row;
	}
	return NULL;
}

int history_device_share(const struct history *history,
			 const struct snapshot *snapshot,
			 const struct vgpu_device *dev)
{
	const struct row *row = history_device_row(snapshot, dev);

	return row ? history_share(history, row) : -1;
}
