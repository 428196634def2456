// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Statistics.
 */
#include <errno.h>

#include <vgpu/stats.h>

#include "private.h"

#define STATS	(LIBVGPU_STAT_BUSY_TIME + 1)

/**
 * struct figure - a figure, said or not
 * @value: bytes or a count
 * @said: the module gave it
 */
struct figure {
	uint64_t value;
	int said;
};

struct vgpu_stats {
	struct group_id group;
	uint32_t device_id;
	char *device_name;
	uint32_t managed;
	struct figure figure[STATS];
};

struct vgpu_stats_list {
	struct array stats;
};

#define FIELD(attr, type, member, schema)				\
	{ VGPU_A_STATS_##attr, FIELD_##type,				\
	  offsetof(struct vgpu_stats, member), schema }

#define VALUE(name) \
	FIELD(name, U64, figure[LIBVGPU_STAT_##name].value, NULL)
#define SAID(name) \
	FIELD(name, FLAG, figure[LIBVGPU_STAT_##name].said, NULL)

/* One attribute fills both members of a figure. */
static const struct field stats_fields[] = {
	FIELD(GROUP, INSIDE, group, &group_id_schema),
	FIELD(DEVICE_ID, U32, device_id, NULL),
	FIELD(DEVICE_NAME, STRING, device_name, NULL),
	FIELD(MANAGED, U32, managed, NULL),
	VALUE(MEMORY_CHARGED), SAID(MEMORY_CHARGED),
	VALUE(MEMORY_OVERHEAD), SAID(MEMORY_OVERHEAD),
	VALUE(MEMORY_PEAK), SAID(MEMORY_PEAK),
	VALUE(MEMORY_MAX), SAID(MEMORY_MAX),
	VALUE(MEMORY_LIMIT), SAID(MEMORY_LIMIT),
	VALUE(MEMORY_REFUSED), SAID(MEMORY_REFUSED),
	VALUE(SYSTEM_CHARGED), SAID(SYSTEM_CHARGED),
	VALUE(SYSTEM_PEAK), SAID(SYSTEM_PEAK),
	VALUE(SYSTEM_MAX), SAID(SYSTEM_MAX),
	VALUE(SYSTEM_LIMIT), SAID(SYSTEM_LIMIT),
	VALUE(SYSTEM_REFUSED), SAID(SYSTEM_REFUSED),
	VALUE(OBJECTS), SAID(OBJECTS),
	VALUE(BUSY_TIME), SAID(BUSY_TIME),
};

static const struct schema stats_schema = {
	.size = sizeof(struct vgpu_stats),
	.fields = stats_fields,
	.n = ARRAY_SIZE(stats_fields),
};

int vgpu_stats_get(struct vgpu_ctx *ctx, const struct vgpu_cgroup *cgroup,
		   const char *device, struct vgpu_stats **out)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_STATS_GET);
	void *stats;
	int err;

	err = msg ? put_cgroup_nest(ctx, msg, VGPU_A_STATS_GROUP, cgroup) :
		    -ENOMEM;
	if (!err)
		err = put_name(ctx, msg, VGPU_A_STATS_DEVICE_NAME, "device",
			       device);
	if (err)
		return put_failed(ctx, msg, err);
	err = nl_get_one(ctx, msg, &stats_schema, &stats);
	if (!err)
		*out = stats;
	return err;
}

void vgpu_stats_free(struct vgpu_stats *stats)
{
	decode_free(&stats_schema, stats);
}

int vgpu_stats_list_get(struct vgpu_ctx *ctx, const struct vgpu_cgroup *cgroup,
			struct vgpu_stats_list **out)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_STATS_GET);
	int err = msg ? 0 : -ENOMEM;
	void *list;

	if (!err && cgroup)
		err = put_cgroup_nest(ctx, msg, VGPU_A_STATS_GROUP, cgroup);
	if (err)
		return put_failed(ctx, msg, err);
	err = nl_get_list(ctx, msg, &stats_schema, &list);
	if (!err)
		*out = list;
	return err;
}

void vgpu_stats_list_free(struct vgpu_stats_list *list)
{
	array_free(&stats_schema, list);
}

const struct vgpu_stats *vgpu_stats_list_at(const struct vgpu_stats_list *list,
					    size_t index)
{
	return array_at(&list->stats, index);
}

uint64_t vgpu_stats_cgroup_id(const struct vgpu_stats *stats)
{
	return stats->group.id;
}

const char *vgpu_stats_cgroup_path(const struct vgpu_stats *stats)
{
	return string_or_empty(stats->group.path);
}

uint32_t vgpu_stats_device_id(const struct vgpu_stats *stats)
{
	return stats->device_id;
}

const char *vgpu_stats_device_name(const struct vgpu_stats *stats)
{
	return string_or_empty(stats->device_name);
}

int vgpu_stats_value(const struct vgpu_stats *stats, enum libvgpu_stat which,
		     uint64_t *out)
{
	if ((unsigned int)which >= STATS)
		return -EINVAL;
	if (!stats->figure[which].said)
		return -ENODATA;
	*out = stats->figure[which].value;
	return 0;
}

enum libvgpu_managed vgpu_stats_managed(const struct vgpu_stats *stats)
{
	return stats->managed;
}
