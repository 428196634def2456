// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Statistics.
 */
#include <assert.h>
#include <errno.h>

#include <vgpu/stats.h>

#include "private.h"

#define STATS	(LIBVGPU_STAT_COMPUTE_WEIGHT + 1)
#define ENGINE_STATS	(LIBVGPU_ENGINE_FULL_TOTAL + 1)

static_assert((int)LIBVGPU_ENGINE_VIDEO == (int)VGPU_ENGINE_VIDEO,
	      "the numbers of the uapi");

/**
 * struct figure - a figure, said or not
 * @value: bytes, a count, time or a share
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
	uint32_t priority;
	uint32_t freezer;
	struct figure figure[STATS];
	struct array engines;
};

struct vgpu_engine_stats {
	uint32_t class;
	struct figure figure[ENGINE_STATS];
};

struct vgpu_stats_list {
	struct array stats;
};

#define ENGINE_FIELD(attr, type, member)				\
	{ VGPU_A_ENGINE_STATS_##attr, FIELD_##type,			\
	  offsetof(struct vgpu_engine_stats, member), NULL }

#define ENGINE_VALUE(name) \
	ENGINE_FIELD(name, NUMBER, figure[LIBVGPU_ENGINE_##name].value)
#define ENGINE_SAID(name) \
	ENGINE_FIELD(name, FLAG, figure[LIBVGPU_ENGINE_##name].said)

/* One attribute fills both members of a figure. */
static const struct field engine_fields[] = {
	ENGINE_FIELD(CLASS, U32, class),
	ENGINE_VALUE(BUSY_TIME), ENGINE_SAID(BUSY_TIME),
	ENGINE_VALUE(SHARE_1S), ENGINE_SAID(SHARE_1S),
	ENGINE_VALUE(SHARE_10S), ENGINE_SAID(SHARE_10S),
	ENGINE_VALUE(SHARE_60S), ENGINE_SAID(SHARE_60S),
	ENGINE_VALUE(THROTTLED_TIME), ENGINE_SAID(THROTTLED_TIME),
	ENGINE_VALUE(THROTTLED_COUNT), ENGINE_SAID(THROTTLED_COUNT),
	ENGINE_VALUE(WAITING), ENGINE_SAID(WAITING),
	ENGINE_VALUE(IN_FLIGHT), ENGINE_SAID(IN_FLIGHT),
	ENGINE_VALUE(QUEUES), ENGINE_SAID(QUEUES),
	ENGINE_VALUE(SOME_10S), ENGINE_SAID(SOME_10S),
	ENGINE_VALUE(SOME_60S), ENGINE_SAID(SOME_60S),
	ENGINE_VALUE(SOME_300S), ENGINE_SAID(SOME_300S),
	ENGINE_VALUE(FULL_10S), ENGINE_SAID(FULL_10S),
	ENGINE_VALUE(FULL_60S), ENGINE_SAID(FULL_60S),
	ENGINE_VALUE(FULL_300S), ENGINE_SAID(FULL_300S),
	ENGINE_VALUE(SOME_TOTAL), ENGINE_SAID(SOME_TOTAL),
	ENGINE_VALUE(FULL_TOTAL), ENGINE_SAID(FULL_TOTAL),
};

static const struct schema engine_schema = {
	.size = sizeof(struct vgpu_engine_stats),
	.fields = engine_fields,
	.n = ARRAY_SIZE(engine_fields),
};

#define FIELD(attr, type, member, schema)				\
	{ VGPU_A_STATS_##attr, FIELD_##type,				\
	  offsetof(struct vgpu_stats, member), schema }

#define VALUE(name) \
	FIELD(name, NUMBER, figure[LIBVGPU_STAT_##name].value, NULL)
#define SAID(name) \
	FIELD(name, FLAG, figure[LIBVGPU_STAT_##name].said, NULL)

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
	VALUE(COMPUTE_MAX), SAID(COMPUTE_MAX),
	VALUE(COMPUTE_MIN), SAID(COMPUTE_MIN),
	VALUE(COMPUTE_WEIGHT), SAID(COMPUTE_WEIGHT),
	FIELD(PRIORITY, U32, priority, NULL),
	FIELD(ENGINE, ROWS, engines, &engine_schema),
	FIELD(FREEZER, U32, freezer, NULL),
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
		err = put_device(ctx, msg, VGPU_A_STATS_DEVICE_NAME, device);
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

static int figure_value(const struct figure *figures, unsigned int n,
			unsigned int which, uint64_t *out)
{
	if (which >= n)
		return -EINVAL;
	if (!figures[which].said)
		return -ENODATA;
	*out = figures[which].value;
	return 0;
}

/* The module tells of what is set for time only where it is. */
static int unset_value(unsigned int which, uint64_t *out)
{
	switch (which) {
	case LIBVGPU_STAT_COMPUTE_MAX:
		*out = LIBVGPU_SHARE_FULL;
		return 0;
	case LIBVGPU_STAT_COMPUTE_MIN:
		*out = 0;
		return 0;
	case LIBVGPU_STAT_COMPUTE_WEIGHT:
		*out = LIBVGPU_WEIGHT_DEFAULT;
		return 0;
	default:
		return -ENODATA;
	}
}

int vgpu_stats_value(const struct vgpu_stats *stats, enum libvgpu_stat which,
		     uint64_t *out)
{
	int err = figure_value(stats->figure, STATS, which, out);

	return err == -ENODATA ? unset_value(which, out) : err;
}

enum libvgpu_managed vgpu_stats_managed(const struct vgpu_stats *stats)
{
	return stats->managed;
}

enum libvgpu_priority vgpu_stats_priority(const struct vgpu_stats *stats)
{
	return stats->priority ? stats->priority : LIBVGPU_PRIORITY_NORMAL;
}

enum libvgpu_freezer vgpu_stats_freezer(const struct vgpu_stats *stats)
{
	return stats->freezer ? stats->freezer : LIBVGPU_FREEZER_FOLLOW;
}

const struct vgpu_engine_stats *
vgpu_stats_engine_at(const struct vgpu_stats *stats, size_t index)
{
	return array_at(&stats->engines, index);
}

enum libvgpu_engine
vgpu_engine_stats_class(const struct vgpu_engine_stats *engine)
{
	return engine->class;
}

int vgpu_engine_stats_value(const struct vgpu_engine_stats *engine,
			    enum libvgpu_engine_stat which, uint64_t *out)
{
	return figure_value(engine->figure, ENGINE_STATS, which, out);
}
