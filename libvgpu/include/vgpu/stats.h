/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statistics: what one group, with all below it, holds and uses of one
 * device.
 */
#ifndef LIBVGPU_STATS_H
#define LIBVGPU_STATS_H

#include <vgpu/ctx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vgpu_stats;
struct vgpu_stats_list;
struct vgpu_engine_stats;

/* The figures; bytes unless said otherwise. */
enum libvgpu_stat {
	LIBVGPU_STAT_MEMORY_CHARGED = 0,  /* device memory held, exact */
	LIBVGPU_STAT_MEMORY_OVERHEAD = 1, /* the driver's implicit share */
	LIBVGPU_STAT_MEMORY_PEAK = 2,	  /* highest sum of those two */
	LIBVGPU_STAT_MEMORY_MAX = 3,	  /* the group's own limit */
	LIBVGPU_STAT_MEMORY_LIMIT = 4,	  /* the least of it and its ancestors' */
	LIBVGPU_STAT_MEMORY_REFUSED = 5,  /* count: refused by its own limit */
	LIBVGPU_STAT_SYSTEM_CHARGED = 6,  /* system memory bound to the device */
	LIBVGPU_STAT_SYSTEM_PEAK = 7,
	LIBVGPU_STAT_SYSTEM_MAX = 8,
	LIBVGPU_STAT_SYSTEM_LIMIT = 9,
	LIBVGPU_STAT_SYSTEM_REFUSED = 10, /* count */
	LIBVGPU_STAT_OBJECTS = 11,	  /* count: objects that hold memory */
	LIBVGPU_STAT_BUSY_TIME = 12,	  /* ns that the device was busy for it */
	LIBVGPU_STAT_COMPUTE_MAX = 13,	  /* set on the group itself: a share */
	LIBVGPU_STAT_COMPUTE_MIN = 14,	  /* likewise */
	LIBVGPU_STAT_COMPUTE_WEIGHT = 15  /* likewise: 1 to 10000 */
};

/*
 * The figures of one engine class. Shares are in hundredths of a percent, of
 * its time in the seconds past, and weigh the latest most.
 */
enum libvgpu_engine_stat {
	LIBVGPU_ENGINE_BUSY_TIME = 0,	   /* ns */
	LIBVGPU_ENGINE_SHARE_1S = 1,	   /* of the time, busy for the group */
	LIBVGPU_ENGINE_SHARE_10S = 2,
	LIBVGPU_ENGINE_SHARE_60S = 3,
	LIBVGPU_ENGINE_THROTTLED_TIME = 4, /* ns held by a cap or a freeze */
	LIBVGPU_ENGINE_THROTTLED_COUNT = 5,
	LIBVGPU_ENGINE_WAITING = 6,	   /* tasks that wait for its turn */
	LIBVGPU_ENGINE_IN_FLIGHT = 7,	   /* jobs let through and not done */
	LIBVGPU_ENGINE_QUEUES = 8,	   /* queues on the device */
	LIBVGPU_ENGINE_SOME_10S = 9,	   /* of the time, some of it waited */
	LIBVGPU_ENGINE_SOME_60S = 10,
	LIBVGPU_ENGINE_SOME_300S = 11,
	LIBVGPU_ENGINE_FULL_10S = 12,	   /* waited, and nothing of it ran */
	LIBVGPU_ENGINE_FULL_60S = 13,
	LIBVGPU_ENGINE_FULL_300S = 14,
	LIBVGPU_ENGINE_SOME_TOTAL = 15,	   /* ns */
	LIBVGPU_ENGINE_FULL_TOTAL = 16	   /* ns */
};

/**
 * vgpu_stats_get() - look up the figures of a group on a device
 * @ctx: the context
 * @cgroup: the cgroup
 * @device: name or alias of the device
 * @out: the figures, to be freed with vgpu_stats_free()
 *
 * A task may look up its own cgroup; anything else needs CAP_SYS_ADMIN or a
 * delegated directory.
 *
 * Return: 0, for a cgroup that never used the device too: it holds nothing, and
 * its ancestors' limits bind; -EINVAL for a selector that does not name one
 * cgroup; -ENOENT where there is no such cgroup; -ENODEV where no device has
 * that name; or a negative errno of ctx.h.
 */
LIBVGPU_API int vgpu_stats_get(struct vgpu_ctx *ctx,
			       const struct vgpu_cgroup *cgroup,
			       const char *device, struct vgpu_stats **out);
LIBVGPU_API void vgpu_stats_free(struct vgpu_stats *stats);

/**
 * vgpu_stats_list_get() - list the figures by group and device
 * @ctx: the context
 * @cgroup: list those of this cgroup and all below it; NULL lists all that
 *	the caller may see
 * @out: the list, to be freed with vgpu_stats_list_free()
 *
 * Return: 0, -EINVAL and -ENOENT as vgpu_stats_get(), or a negative errno of
 * ctx.h.
 */
LIBVGPU_API int vgpu_stats_list_get(struct vgpu_ctx *ctx,
				    const struct vgpu_cgroup *cgroup,
				    struct vgpu_stats_list **out);
LIBVGPU_API void vgpu_stats_list_free(struct vgpu_stats_list *list);

/* The figures at @index, counted from 0, or NULL past the end; the list's. */
LIBVGPU_API const struct vgpu_stats *
vgpu_stats_list_at(const struct vgpu_stats_list *list, size_t index);

/* Whose figures they are: id and path of the cgroup. */
LIBVGPU_API uint64_t vgpu_stats_cgroup_id(const struct vgpu_stats *stats);
LIBVGPU_API const char *vgpu_stats_cgroup_path(const struct vgpu_stats *stats);
/* On which device: id and stable name. */
LIBVGPU_API uint32_t vgpu_stats_device_id(const struct vgpu_stats *stats);
LIBVGPU_API const char *vgpu_stats_device_name(const struct vgpu_stats *stats);

/**
 * vgpu_stats_value() - one figure
 * @stats: the figures
 * @which: which of them
 * @out: bytes, a count, nanoseconds or hundredths of a percent;
 *	LIBVGPU_UNLIMITED for a limit of bytes that is not set
 *
 * Return: 0; -ENODATA where the module did not give it; -EINVAL where this
 * library does not know @which.
 */
LIBVGPU_API int vgpu_stats_value(const struct vgpu_stats *stats,
				 enum libvgpu_stat which, uint64_t *out);

/*
 * The policy for managed memory that binds, the ancestors' considered;
 * LIBVGPU_MANAGED_UNSET where the module did not give it.
 */
LIBVGPU_API enum libvgpu_managed
vgpu_stats_managed(const struct vgpu_stats *stats);
/* Set on the group itself; _UNSET where the module did not give it. */
LIBVGPU_API enum libvgpu_priority
vgpu_stats_priority(const struct vgpu_stats *stats);
LIBVGPU_API enum libvgpu_freezer
vgpu_stats_freezer(const struct vgpu_stats *stats);

/*
 * The engine class at @index that the group has used, counted from 0, or NULL
 * past the end. It belongs to @stats.
 */
LIBVGPU_API const struct vgpu_engine_stats *
vgpu_stats_engine_at(const struct vgpu_stats *stats, size_t index);
LIBVGPU_API enum libvgpu_engine
vgpu_engine_stats_class(const struct vgpu_engine_stats *engine);

/**
 * vgpu_engine_stats_value() - one figure of an engine class
 * @engine: the figures
 * @which: which of them
 * @out: nanoseconds, a count or hundredths of a percent
 *
 * Return: 0; -ENODATA where the module did not give it; -EINVAL where this
 * library does not know @which.
 */
LIBVGPU_API int
vgpu_engine_stats_value(const struct vgpu_engine_stats *engine,
			enum libvgpu_engine_stat which, uint64_t *out);

#ifdef __cplusplus
}
#endif

#endif /* LIBVGPU_STATS_H */
