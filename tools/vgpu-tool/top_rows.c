// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool top: its rows.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

static const char * const column_names[] = {
	[TOP_CGROUP] = "CGROUP",
	[TOP_DEVICE] = "DEVICE",
	[TOP_USED] = "USED",
	[TOP_LIMIT] = "LIMIT",
	[TOP_SHARE] = "USED OF LIMIT",
	[TOP_TIME] = "TIME",
	[TOP_DEMAND] = "WAIT/RUN",
	[TOP_HELD] = "HELD",
	[TOP_REFUSED] = "REFUSED",
	[TOP_OBJECTS] = "OBJECTS",
};

const char *top_column_name(enum top_column column)
{
	return column_names[column];
}

/* Far beyond 100 percent, it does not matter how far. */
#define SHARE_MAX	1000000000

static uint64_t share_of(uint64_t used, uint64_t limit)
{
	double share;

	if (limit == LIBVGPU_UNLIMITED)
		return 0;
	/* A lowered limit may be 0, or less than what is held. */
	if (!limit)
		return used ? 10000 : 0;
	share = (double)used / (double)limit * 10000;
	return share < SHARE_MAX ? (uint64_t)share : SHARE_MAX;
}

/*
 * The figures of a column of time or counts, as text. Shares have one decimal,
 * which is what a table of moments can tell.
 */
void top_cell(const struct top_row *row, enum top_column column,
	      char text[SIZE_TEXT])
{
	text[0] = '\0';
	if (column == TOP_REFUSED)
		snprintf(text, SIZE_TEXT, "%" PRIu64, row->refused);
	else if (column == TOP_OBJECTS)
		snprintf(text, SIZE_TEXT, "%" PRIu64, row->objects);
	else if (!row->timed)
		strcpy(text, "-");
	else if (column == TOP_TIME)
		snprintf(text, SIZE_TEXT, "%" PRIu64 ".%u%%", row->time / 100,
			 (unsigned int)(row->time % 100 / 10));
	else if (column == TOP_DEMAND)
		snprintf(text, SIZE_TEXT, "%u/%u",
			 (unsigned int)row->waiting,
			 (unsigned int)row->in_flight);
	else if (column == TOP_HELD)
		snprintf(text, SIZE_TEXT, "%" PRIu64 ".%us",
			 row->held_ms / 1000,
			 (unsigned int)(row->held_ms % 1000 / 100));
}

/* The engine class that the group has most of. */
static const struct vgpu_engine_stats *busiest(const struct vgpu_stats *stats)
{
	const struct vgpu_engine_stats *engine, *most = NULL;
	size_t i;

	for (i = 0; (engine = vgpu_stats_engine_at(stats, i)); i++)
		if (!most || engine_value(engine, LIBVGPU_ENGINE_SHARE_1S) >
			     engine_value(most, LIBVGPU_ENGINE_SHARE_1S))
			most = engine;
	return most;
}

static void fill_time(struct top_row *row, const struct vgpu_stats *stats)
{
	const struct vgpu_engine_stats *engine = busiest(stats);

	if (!engine)
		return;
	row->timed = true;
	row->time = engine_value(engine, LIBVGPU_ENGINE_SHARE_1S);
	row->waiting = engine_value(engine, LIBVGPU_ENGINE_WAITING);
	row->in_flight = engine_value(engine, LIBVGPU_ENGINE_IN_FLIGHT);
	row->held_ms = engine_value(engine, LIBVGPU_ENGINE_THROTTLED_TIME) /
		       1000000;
}

static void fill_row(struct top_row *row, const struct vgpu_stats *stats)
{
	row->cgroup = stats_cgroup(stats);
	row->device = vgpu_stats_device_name(stats);
	row->used = stats_used(stats);
	row->limit = stats_limit(stats, LIBVGPU_STAT_MEMORY_LIMIT);
	row->share = share_of(row->used, row->limit);
	row->refused = stats_value(stats, LIBVGPU_STAT_MEMORY_REFUSED);
	row->objects = stats_value(stats, LIBVGPU_STAT_OBJECTS);
	fill_time(row, stats);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

/* Numbers fall and names rise, unless reversed; equal rows go by their names. */
static int compare(const void *pa, const void *pb, void *arg)
{
	const struct top_row *a = pa, *b = pb;
	const struct top *top = arg;
	int order = 0;

	switch (top->sort) {
	case TOP_DEVICE:
		order = strcmp(a->device, b->device);
		break;
	case TOP_USED:
		order = compare_numbers(a->used, b->used);
		break;
	case TOP_LIMIT:
		order = compare_numbers(a->limit, b->limit);
		break;
	case TOP_SHARE:
		order = compare_numbers(a->share, b->share);
		break;
	case TOP_TIME:
		order = compare_numbers(a->time, b->time);
		break;
	case TOP_DEMAND:
		order = compare_numbers(a->waiting + a->in_flight,
					b->waiting + b->in_flight);
		break;
	case TOP_HELD:
		order = compare_numbers(a->held_ms, b->held_ms);
		break;
	case TOP_REFUSED:
		order = compare_numbers(a->refused, b->refused);
		break;
	case TOP_OBJECTS:
		order = compare_numbers(a->objects, b->objects);
		break;
	case TOP_CGROUP:
	case TOP_COLUMNS:
		break;
	}
	if (!order)
		order = strcmp(a->cgroup, b->cgroup);
	if (!order)
		order = strcmp(a->device, b->device);
	return top->reverse ? -order : order;
}

void top_sort(struct top *top)
{
	if (top->n)
		qsort_r(top->row, top->n, sizeof(*top->row), compare, top);
}

/* Look anew. A failure leaves the last look and returns a negative errno. */
int top_collect(struct tool *tool, struct top *top)
{
	const struct vgpu_stats *stats;
	struct vgpu_stats_list *list;
	struct top_row *row;
	size_t i, n = 0;
	int err;

	err = vgpu_stats_list_get(tool->ctx, NULL, &list);
	if (err)
		return err;
	while (vgpu_stats_list_at(list, n))
		n++;
	row = calloc(n ? n : 1, sizeof(*row));
	if (!row) {
		vgpu_stats_list_free(list);
		return -ENOMEM;
	}
	for (i = 0; (stats = vgpu_stats_list_at(list, i)); i++)
		fill_row(&row[i], stats);
	top_free(top);
	top->list = list;
	top->row = row;
	top->n = n;
	top_sort(top);
	return 0;
}

void top_free(struct top *top)
{
	free(top->row);
	vgpu_stats_list_free(top->list);
	top->row = NULL;
	top->list = NULL;
	top->n = 0;
}
