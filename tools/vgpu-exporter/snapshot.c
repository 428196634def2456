// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "snapshot.h"
#include "utf8.h"

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t row_value(const struct row *row, enum libvgpu_stat which,
		   uint64_t otherwise)
{
	uint64_t value = otherwise;

	vgpu_stats_value(row->stats, which, &value);
	return value;
}

const char *device_uuid(const struct vgpu_device *dev)
{
	const char *alias;
	size_t i;

	for (i = 0; dev && (alias = vgpu_device_alias_at(dev, i)); i++)
		if (!strncmp(alias, "GPU-", 4) || !strncmp(alias, "MIG-", 4))
			return alias;
	return "";
}

/*
 * A path alone tells a cgroup apart from all others, but for those that were
 * removed and those whose name is no text: they get their id as well. Two
 * samples with the same labels would make Prometheus refuse all of them.
 */
static void label_cgroup(struct text *text, const char *path, uint64_t id,
			 const struct kubelet *kubelet)
{
	struct place place;
	char number[24];

	text_label(text, "cgroup", *path ? path : "(removed)");
	if (!*path || !utf8_valid(path)) {
		snprintf(number, sizeof(number), "%" PRIu64, id);
		text_put(text, ",");
		text_label(text, "cgroup_id", number);
	}
	place_parse(path, &place);
	place_labels(text, &place, kubelet);
}

/* HAMi knows containers of pods only, and calls its devices by their place. */
static void label_hami(struct text *text, const struct row *row,
		       const struct source *source, unsigned int index)
{
	const char * const *hami = source->hami;
	const struct kubelet_name *name;
	const char *uuid = device_uuid(row->device);
	struct place place;

	if (!hami)
		return;
	place_parse(vgpu_stats_cgroup_path(row->stats), &place);
	if (!place.container || !*place.pod_uid)
		return;
	name = kubelet_find(&source->kubelet, place.container_id);
	text_label(text, hami[0], name ? name->namespace : "");
	text_put(text, ",");
	text_label(text, hami[1], name ? name->pod : place.pod_uid);
	text_put(text, ",");
	text_label(text, hami[2], name ? name->container : place.container_id);
	text_printf(text, ",%s=\"%u\",", hami[3], index);
	text_label(text, hami[4], *uuid ? uuid :
		   vgpu_stats_device_name(row->stats));
}

static const struct vgpu_device *find_device(const struct snapshot *snapshot,
					     uint32_t id)
{
	const struct vgpu_device *dev;
	size_t i;

	for (i = 0; (dev = vgpu_device_list_at(snapshot->devices, i)); i++)
		if (vgpu_device_id(dev) == id)
			return dev;
	return NULL;
}

static void make_row(struct snapshot *snapshot, struct row *row,
		     const struct source *source, unsigned int index)
{
	const struct vgpu_stats *stats = row->stats;
	struct text *text = &snapshot->text;
	const char *uuid;

	row->device = find_device(snapshot, vgpu_stats_device_id(stats));
	row->used = row_value(row, LIBVGPU_STAT_MEMORY_CHARGED, 0) +
		    row_value(row, LIBVGPU_STAT_MEMORY_OVERHEAD, 0);
	row->limit = row_value(row, LIBVGPU_STAT_MEMORY_LIMIT,
			       LIBVGPU_UNLIMITED);
	row->labels = text->len;
	text_label(text, "device", vgpu_stats_device_name(stats));
	uuid = device_uuid(row->device);
	if (*uuid) {
		text_put(text, ",");
		text_label(text, "uuid", uuid);
	}
	text_put(text, ",");
	label_cgroup(text, vgpu_stats_cgroup_path(stats),
		     vgpu_stats_cgroup_id(stats), &source->kubelet);
	row->labels_len = text->len - row->labels;
	row->hami = text->len;
	label_hami(text, row, source, index);
	row->hami_len = text->len - row->hami;
}

static int by_use(const void *a, const void *b)
{
	const struct row *one = *(struct row * const *)a;
	const struct row *other = *(struct row * const *)b;

	if (one->used != other->used)
		return one->used < other->used ? 1 : -1;
	return one < other ? -1 : 1;
}

static int make_rows(struct snapshot *snapshot, const struct source *source)
{
	const struct vgpu_stats *stats;
	uint64_t last = 0;
	unsigned int index = 0;
	size_t i;

	while (vgpu_stats_list_at(snapshot->stats, snapshot->row_n))
		snapshot->row_n++;
	snapshot->row = calloc(snapshot->row_n + 1, sizeof(*snapshot->row));
	snapshot->order = calloc(snapshot->row_n + 1,
				 sizeof(*snapshot->order));
	if (!snapshot->row || !snapshot->order) {
		snapshot->row_n = 0;
		return -ENOMEM;
	}
	for (i = 0; i < snapshot->row_n; i++) {
		stats = vgpu_stats_list_at(snapshot->stats, i);
		index = vgpu_stats_cgroup_id(stats) == last ? index + 1 : 0;
		last = vgpu_stats_cgroup_id(stats);
		snapshot->row[i].stats = stats;
		snapshot->order[i] = &snapshot->row[i];
		make_row(snapshot, &snapshot->row[i], source, index);
	}
	qsort(snapshot->order, snapshot->row_n, sizeof(*snapshot->order),
	      by_use);
	return 0;
}

static int make_group_rows(struct snapshot *snapshot,
			   const struct kubelet *kubelet)
{
	const struct vgpu_group *group;
	struct row *row;
	size_t i;

	while (vgpu_group_list_at(snapshot->groups, snapshot->group_n))
		snapshot->group_n++;
	snapshot->group_row = calloc(snapshot->group_n + 1, sizeof(*row));
	if (!snapshot->group_row) {
		snapshot->group_n = 0;
		return -ENOMEM;
	}
	for (i = 0; i < snapshot->group_n; i++) {
		group = vgpu_group_list_at(snapshot->groups, i);
		row = &snapshot->group_row[i];
		row->group = group;
		row->labels = snapshot->text.len;
		label_cgroup(&snapshot->text, vgpu_group_path(group),
			     vgpu_group_id(group), kubelet);
		row->labels_len = snapshot->text.len - row->labels;
	}
	return 0;
}

static int by_hami(const void *a, const void *b, void *text)
{
	const struct row *one = *(struct row * const *)a;
	const struct row *other = *(struct row * const *)b;
	size_t len = one->hami_len < other->hami_len ? one->hami_len :
						       other->hami_len;
	int order = memcmp((char *)text + one->hami,
			   (char *)text + other->hami, len);

	if (!order && one->hami_len != other->hami_len)
		order = one->hami_len < other->hami_len ? -1 : 1;
	return order;
}

/*
 * A container that was started again has the name of the one before it, whose
 * cgroup may still be there: of such rows only one keeps HAMi's labels.
 */
static void drop_twins(struct snapshot *snapshot)
{
	struct row **rows = calloc(snapshot->row_n + 1, sizeof(*rows));
	char *text = snapshot->text.data;
	size_t i, n = 0;

	for (i = 0; i < snapshot->row_n; i++) {
		if (!rows)
			snapshot->row[i].hami_len = 0;
		else if (snapshot->row[i].hami_len)
			rows[n++] = &snapshot->row[i];
	}
	if (n)
		qsort_r(rows, n, sizeof(*rows), by_hami, text);
	for (i = n; i > 1; i--)
		if (!by_hami(&rows[i - 2], &rows[i - 1], text))
			rows[i - 1]->hami_len = 0;
	free(rows);
}

static void free_lists(struct snapshot *snapshot)
{
	vgpu_info_free(snapshot->info);
	vgpu_device_list_free(snapshot->devices);
	vgpu_driver_list_free(snapshot->drivers);
	vgpu_stats_list_free(snapshot->stats);
	vgpu_group_list_free(snapshot->groups);
	free(snapshot->row);
	free(snapshot->group_row);
	free(snapshot->order);
	text_free(&snapshot->text);
	snapshot->info = NULL;
	snapshot->devices = NULL;
	snapshot->drivers = NULL;
	snapshot->stats = NULL;
	snapshot->groups = NULL;
	snapshot->row = NULL;
	snapshot->group_row = NULL;
	snapshot->order = NULL;
	snapshot->device_n = 0;
	snapshot->driver_n = 0;
	snapshot->row_n = 0;
	snapshot->group_n = 0;
}

static int read_lists(struct snapshot *snapshot, struct vgpu_ctx *ctx)
{
	int err;

	err = vgpu_info_get(ctx, &snapshot->info);
	if (!err)
		err = vgpu_device_list_get(ctx, &snapshot->devices);
	if (!err)
		err = vgpu_driver_list_get(ctx, &snapshot->drivers);
	if (!err)
		err = vgpu_group_list_get(ctx, NULL, &snapshot->groups);
	/* Shares are busy time by the time between two snapshots. */
	snapshot->at_ns = now_ns();
	if (!err)
		err = vgpu_stats_list_get(ctx, NULL, &snapshot->stats);
	if (err)
		snprintf(snapshot->error, sizeof(snapshot->error), "%s",
			 vgpu_ctx_error(ctx));
	return err;
}

static int fill(struct snapshot *snapshot, const struct source *source)
{
	int err;

	while (vgpu_device_list_at(snapshot->devices, snapshot->device_n))
		snapshot->device_n++;
	while (vgpu_driver_list_at(snapshot->drivers, snapshot->driver_n))
		snapshot->driver_n++;
	err = make_rows(snapshot, source);
	if (!err)
		err = make_group_rows(snapshot, &source->kubelet);
	if (!err && snapshot->text.failed)
		err = -ENOMEM;
	if (err)
		snprintf(snapshot->error, sizeof(snapshot->error), "%s",
			 strerror(-err));
	else
		drop_twins(snapshot);
	return err;
}

/* Ask the module. NULL for lack of memory; a failure is in the snapshot. */
struct snapshot *snapshot_take(struct source *source)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
	uint64_t begin = now_ns();

	if (!snapshot)
		return NULL;
	snapshot->refs = 1;
	snapshot->err = read_lists(snapshot, source->ctx);
	snapshot->took_ns = now_ns() - begin;
	kubelet_read(&source->kubelet);
	if (!snapshot->err)
		snapshot->err = fill(snapshot, source);
	if (snapshot->err)
		free_lists(snapshot);
	return snapshot;
}

struct snapshot *snapshot_get(struct snapshot *snapshot)
{
	if (snapshot)
		snapshot->refs++;
	return snapshot;
}

void snapshot_put(struct snapshot *snapshot)
{
	if (!snapshot || --snapshot->refs)
		return;
	free_lists(snapshot);
	free(snapshot);
}
