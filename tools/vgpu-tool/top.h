/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vgpu-tool top: what its parts share.
 */
#ifndef TOP_H
#define TOP_H

#include "size.h"
#include "stats.h"

/* What rows are sorted by, in the order of the columns. */
enum top_column {
	TOP_CGROUP,
	TOP_DEVICE,
	TOP_USED,
	TOP_LIMIT,
	TOP_SHARE,
	TOP_TIME,
	TOP_DEMAND,
	TOP_HELD,
	TOP_REFUSED,
	TOP_OBJECTS,
	TOP_COLUMNS,
};

/**
 * struct top_row - a group on a device
 * @cgroup: path; the list's
 * @device: name; the list's
 * @used: bytes
 * @limit: bytes
 * @share: used of limit, in hundredths of a percent; 0 without a limit
 * @time: share of the time of the engine class that it has most of just now, in
 *	hundredths of a percent; what follows is of the same class
 * @waiting: tasks that wait for its turn
 * @in_flight: jobs let through and not done
 * @held_ms: for which a cap or a freeze held its work
 * @timed: it has used an engine class
 * @refused: charges refused by its own limit
 * @objects: how many
 */
struct top_row {
	const char *cgroup;
	const char *device;
	uint64_t used;
	uint64_t limit;
	uint64_t share;
	uint64_t time;
	uint64_t waiting;
	uint64_t in_flight;
	uint64_t held_ms;
	bool timed;
	uint64_t refused;
	uint64_t objects;
};

/**
 * struct top - the table
 * @list: where the texts live
 * @row: the rows, owned
 * @n: how many
 * @sort: the column they are sorted by
 * @reverse: smallest first
 * @offset: how many rows are scrolled away
 * @interval_ms: between two looks
 */
struct top {
	struct vgpu_stats_list *list;
	struct top_row *row;
	size_t n;
	enum top_column sort;
	bool reverse;
	size_t offset;
	int interval_ms;
};

int top_collect(struct tool *tool, struct top *top);
void top_sort(struct top *top);
void top_free(struct top *top);
const char *top_column_name(enum top_column column);
void top_cell(const struct top_row *row, enum top_column column,
	      char text[SIZE_TEXT]);

int top_live(struct tool *tool, struct top *top);

#endif /* TOP_H */
