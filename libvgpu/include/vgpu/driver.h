/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drivers: the kernel's GPU drivers as vgpu handles them, each with the
 * functions that it interposes (points) and with the ways that lead to memory
 * or time through the driver (routes).
 */
#ifndef LIBVGPU_DRIVER_H
#define LIBVGPU_DRIVER_H

#include <vgpu/ctx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vgpu_driver;
struct vgpu_driver_list;
struct vgpu_point;
struct vgpu_route;
struct vgpu_stuck;

/*
 * State of a driver. Later versions may add values: treat an unknown one as
 * "not attached".
 */
enum libvgpu_driver_state {
	LIBVGPU_DRIVER_ABSENT = 0,	/* its module is not loaded */
	LIBVGPU_DRIVER_ATTACHED = 1,	/* all points stand */
	LIBVGPU_DRIVER_DEGRADED = 2,	/* a point is lost, its routes closed */
	LIBVGPU_DRIVER_DRAINING = 3,	/* detach waits for calls in flight */
	LIBVGPU_DRIVER_DETACHED = 4	/* on request */
};

/* How a point is interposed. */
enum libvgpu_method {
	LIBVGPU_METHOD_NONE = 0,
	LIBVGPU_METHOD_FTRACE = 1,
	LIBVGPU_METHOD_KPROBE = 2,
	LIBVGPU_METHOD_SLOT = 3
};

/* What happens on a route to a group that has a quota. */
enum libvgpu_route_state {
	LIBVGPU_ROUTE_OPEN = 0,		/* passes uncharged */
	LIBVGPU_ROUTE_ENFORCED = 1,	/* is charged and limited */
	LIBVGPU_ROUTE_DENIED = 2	/* is refused */
};

/**
 * vgpu_driver_get() - look up a driver
 * @ctx: the context
 * @name: name of the kernel driver
 * @out: the driver, to be freed with vgpu_driver_free()
 *
 * Needs CAP_SYS_ADMIN.
 *
 * Return: 0; -EINVAL for a name that is empty or has LIBVGPU_NAME_MAX
 * characters or more; -ENOENT where there is no such driver; or a negative
 * errno of ctx.h.
 */
LIBVGPU_API int vgpu_driver_get(struct vgpu_ctx *ctx, const char *name,
				struct vgpu_driver **out);
LIBVGPU_API void vgpu_driver_free(struct vgpu_driver *drv);

/**
 * vgpu_driver_list_get() - list all drivers
 * @ctx: the context
 * @out: the list, to be freed with vgpu_driver_list_free()
 *
 * Needs CAP_SYS_ADMIN.
 *
 * Return: 0 or a negative errno of ctx.h.
 */
LIBVGPU_API int vgpu_driver_list_get(struct vgpu_ctx *ctx,
				     struct vgpu_driver_list **out);
LIBVGPU_API void vgpu_driver_list_free(struct vgpu_driver_list *list);

/* The driver at @index, counted from 0, or NULL past the end; the list's. */
LIBVGPU_API const struct vgpu_driver *
vgpu_driver_list_at(const struct vgpu_driver_list *list, size_t index);

/**
 * vgpu_driver_attach() - attach a driver that was detached
 * @ctx: the context
 * @name: name of the kernel driver
 *
 * Needs CAP_SYS_ADMIN.
 *
 * Return: 0; -EALREADY where it is attached; -EINVAL and -ENOENT as
 * vgpu_driver_get(); or a negative errno.
 */
LIBVGPU_API int vgpu_driver_attach(struct vgpu_ctx *ctx, const char *name);

/**
 * struct vgpu_driver_detach_opts - how to detach
 * @sz: sizeof(struct vgpu_driver_detach_opts)
 * @deadline_ms: milliseconds to wait for the calls in flight, 0 to 30000
 */
struct vgpu_driver_detach_opts {
	size_t sz;
	uint32_t deadline_ms;
};

/**
 * vgpu_driver_detach() - stop diverting a driver's calls and drop its points
 * @ctx: the context
 * @name: name of the kernel driver
 * @opts: options, or NULL for the module's own deadline
 * @out: where calls are stuck, the driver with vgpu_driver_stuck_at() saying
 *	which; written only with -EBUSY, and then to be freed with
 *	vgpu_driver_free(). May be NULL.
 *
 * Waits for the calls in flight, up to the deadline, and keeps the context
 * busy meanwhile. Needs CAP_SYS_ADMIN.
 *
 * Return: 0; -EBUSY where calls did not end before the deadline, while the
 * driver stays in state draining; -ERANGE for a deadline out of range; -EINVAL
 * and -ENOENT as vgpu_driver_get(); or a negative errno of ctx.h.
 */
LIBVGPU_API int
vgpu_driver_detach(struct vgpu_ctx *ctx, const char *name,
		   const struct vgpu_driver_detach_opts *opts,
		   struct vgpu_driver **out);

/* Name of the kernel driver. */
LIBVGPU_API const char *vgpu_driver_name(const struct vgpu_driver *drv);
/* The part of vgpu that handles it, or "". */
LIBVGPU_API const char *vgpu_driver_backend(const struct vgpu_driver *drv);
LIBVGPU_API enum libvgpu_driver_state
vgpu_driver_state(const struct vgpu_driver *drv);
/* How many devices it has. */
LIBVGPU_API uint32_t vgpu_driver_devices(const struct vgpu_driver *drv);

/* Point, route, stuck call at @index, counted from 0, or NULL past the end. */
LIBVGPU_API const struct vgpu_point *
vgpu_driver_point_at(const struct vgpu_driver *drv, size_t index);
LIBVGPU_API const struct vgpu_route *
vgpu_driver_route_at(const struct vgpu_driver *drv, size_t index);
LIBVGPU_API const struct vgpu_stuck *
vgpu_driver_stuck_at(const struct vgpu_driver *drv, size_t index);

/* Name of the interposed function. */
LIBVGPU_API const char *vgpu_point_name(const struct vgpu_point *point);
LIBVGPU_API enum libvgpu_method
vgpu_point_method(const struct vgpu_point *point);
/* Calls that took it since it was attached. */
LIBVGPU_API uint64_t vgpu_point_calls(const struct vgpu_point *point);
/* 1 if the module's self-test found it dead. */
LIBVGPU_API int vgpu_point_lost(const struct vgpu_point *point);

LIBVGPU_API const char *vgpu_route_name(const struct vgpu_route *route);
LIBVGPU_API enum libvgpu_route_state
vgpu_route_state(const struct vgpu_route *route);
/* Calls refused on it. */
LIBVGPU_API uint64_t vgpu_route_refused(const struct vgpu_route *route);

/* The task in the call, 0 where the caller may not see its pid. */
LIBVGPU_API uint32_t vgpu_stuck_pid(const struct vgpu_stuck *stuck);
/* Its command name. */
LIBVGPU_API const char *vgpu_stuck_comm(const struct vgpu_stuck *stuck);
/* Name of the point that it is in. */
LIBVGPU_API const char *vgpu_stuck_point(const struct vgpu_stuck *stuck);
/* For how many milliseconds. */
LIBVGPU_API uint64_t vgpu_stuck_msec(const struct vgpu_stuck *stuck);

#ifdef __cplusplus
}
#endif

#endif /* LIBVGPU_DRIVER_H */
