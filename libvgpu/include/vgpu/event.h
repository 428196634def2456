/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events: what happened, as it happens. A stream is a file descriptor for the
 * caller's own event loop, and a function that reads from it.
 */
#ifndef LIBVGPU_EVENT_H
#define LIBVGPU_EVENT_H

#include <vgpu/ctx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vgpu_event;
struct vgpu_event_stream;

/* Later versions may add values. */
enum libvgpu_event_type {
	LIBVGPU_EVENT_REFUSED = 0,	/* a limit refused a charge */
	LIBVGPU_EVENT_DENIED = 1,	/* a route was closed to a group */
	LIBVGPU_EVENT_POINT_LOST = 2,
	LIBVGPU_EVENT_DEVICE_ADDED = 3,
	LIBVGPU_EVENT_DEVICE_REMOVED = 4,
	LIBVGPU_EVENT_DRIVER_ATTACHED = 5,
	LIBVGPU_EVENT_DRIVER_DETACHED = 6,
	LIBVGPU_EVENT_GROUP_REMOVED = 7,
	LIBVGPU_EVENT_QUOTA_CHANGED = 8,
	LIBVGPU_EVENT_ADOPTED = 9,	/* memory held before vgpu was loaded */
	LIBVGPU_EVENT_LOST = 10,	/* events were dropped */
	LIBVGPU_EVENT_GROUP_FROZEN = 11,
	LIBVGPU_EVENT_GROUP_THAWED = 12
};

/**
 * struct vgpu_event_opts - which events
 * @sz: sizeof(struct vgpu_event_opts)
 * @cgroup_fd: an open directory of the cgroup tree which the caller may write
 *	to: events of this cgroup and all below it, for callers without
 *	CAP_SYS_ADMIN. 0 and below stand for the events of the whole host,
 *	which need CAP_SYS_ADMIN.
 */
struct vgpu_event_opts {
	size_t sz;
	int cgroup_fd;
};

/**
 * vgpu_event_open() - start to receive events
 * @ctx: the context, needed for this call only
 * @opts: options, or NULL for the events of the whole host
 * @out: the stream, to be closed with vgpu_event_close()
 *
 * Return: 0 or a negative errno of ctx.h.
 */
LIBVGPU_API int vgpu_event_open(struct vgpu_ctx *ctx,
				const struct vgpu_event_opts *opts,
				struct vgpu_event_stream **out);
LIBVGPU_API void vgpu_event_close(struct vgpu_event_stream *stream);

/**
 * vgpu_event_fd() - the stream's file descriptor, for poll() and its kin
 * @stream: the stream
 *
 * It becomes readable when vgpu_event_read() has something to give. Do not
 * read from it or close it.
 *
 * Return: the file descriptor.
 */
LIBVGPU_API int vgpu_event_fd(const struct vgpu_event_stream *stream);

/**
 * vgpu_event_read() - take the next event
 * @stream: the stream; used by one thread at a time
 * @out: the event, to be freed with vgpu_event_free()
 *
 * Never waits. Where the kernel had to drop events because they were read too
 * slowly, an event of type LIBVGPU_EVENT_LOST stands in their place.
 *
 * Return: 0; -EAGAIN when there is none for now; or a negative errno.
 */
LIBVGPU_API int vgpu_event_read(struct vgpu_event_stream *stream,
				struct vgpu_event **out);
LIBVGPU_API void vgpu_event_free(struct vgpu_event *event);

LIBVGPU_API enum libvgpu_event_type
vgpu_event_type(const struct vgpu_event *event);
/* Name of a type, as "quota-changed"; "unknown" for one not known here. */
LIBVGPU_API const char *
vgpu_event_type_name(enum libvgpu_event_type type);
/* When, in nanoseconds of CLOCK_BOOTTIME. */
LIBVGPU_API uint64_t vgpu_event_time(const struct vgpu_event *event);
/* The cgroup concerned and, where a limit refused, that limit's; 0 for none. */
LIBVGPU_API uint64_t vgpu_event_cgroup_id(const struct vgpu_event *event);
LIBVGPU_API uint64_t vgpu_event_limiting_id(const struct vgpu_event *event);
/* Path of the cgroup concerned, or "". */
LIBVGPU_API const char *vgpu_event_cgroup_path(const struct vgpu_event *event);
/* The device concerned: id or 0, stable name or "". */
LIBVGPU_API uint32_t vgpu_event_device_id(const struct vgpu_event *event);
LIBVGPU_API const char *vgpu_event_device_name(const struct vgpu_event *event);
/* Driver and route concerned, or "". */
LIBVGPU_API const char *vgpu_event_driver(const struct vgpu_event *event);
LIBVGPU_API const char *vgpu_event_route(const struct vgpu_event *event);
/* The task that caused it: pid or 0, command name or "". */
LIBVGPU_API uint32_t vgpu_event_pid(const struct vgpu_event *event);
LIBVGPU_API const char *vgpu_event_comm(const struct vgpu_event *event);
/* Bytes that were asked for, adopted or set. */
LIBVGPU_API uint64_t vgpu_event_bytes(const struct vgpu_event *event);
/* The limit that refused, in bytes. */
LIBVGPU_API uint64_t vgpu_event_limit(const struct vgpu_event *event);
/* How many like events this one stands for; how many were dropped. */
LIBVGPU_API uint64_t vgpu_event_count(const struct vgpu_event *event);

#ifdef __cplusplus
}
#endif

#endif /* LIBVGPU_EVENT_H */
