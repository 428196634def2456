// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events. A stream has a socket of its own, so that reading it never waits for
 * a request and a flood of events never disturbs one.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/genetlink.h>

#include <vgpu/event.h>

#include "private.h"

#define SAME(name) \
	static_assert((int)LIBVGPU_EVENT_##name == \
		      (int)VGPU_EVENT_TYPE_##name, "the numbers of the uapi")

SAME(REFUSED);
SAME(DENIED);
SAME(POINT_LOST);
SAME(DEVICE_ADDED);
SAME(DEVICE_REMOVED);
SAME(DRIVER_ATTACHED);
SAME(DRIVER_DETACHED);
SAME(GROUP_REMOVED);
SAME(QUOTA_CHANGED);
SAME(ADOPTED);
SAME(LOST);

static const char * const event_names[] = {
	[LIBVGPU_EVENT_REFUSED] = "refused",
	[LIBVGPU_EVENT_DENIED] = "denied",
	[LIBVGPU_EVENT_POINT_LOST] = "point-lost",
	[LIBVGPU_EVENT_DEVICE_ADDED] = "device-added",
	[LIBVGPU_EVENT_DEVICE_REMOVED] = "device-removed",
	[LIBVGPU_EVENT_DRIVER_ATTACHED] = "driver-attached",
	[LIBVGPU_EVENT_DRIVER_DETACHED] = "driver-detached",
	[LIBVGPU_EVENT_GROUP_REMOVED] = "group-removed",
	[LIBVGPU_EVENT_QUOTA_CHANGED] = "quota-changed",
	[LIBVGPU_EVENT_ADOPTED] = "adopted",
	[LIBVGPU_EVENT_LOST] = "lost",
	[LIBVGPU_EVENT_GROUP_FROZEN] = "group-frozen",
	[LIBVGPU_EVENT_GROUP_THAWED] = "group-thawed",
};

struct vgpu_event {
	uint32_t type;
	uint64_t time;
	uint64_t cgroup_id;
	uint64_t limiting_id;
	char *cgroup_path;
	uint32_t device_id;
	char *device_name;
	char *driver;
	char *route;
	uint32_t pid;
	char *comm;
	uint64_t bytes;
	uint64_t limit;
	uint64_t count;
};

#define FIELD(attr, type, member)					\
	{ VGPU_A_EVENT_##attr, FIELD_##type,				\
	  offsetof(struct vgpu_event, member), NULL }

static const struct field event_fields[] = {
	FIELD(TYPE, U32, type),
	FIELD(TIME, U64, time),
	FIELD(CGROUP_ID, U64, cgroup_id),
	FIELD(LIMITING_ID, U64, limiting_id),
	FIELD(CGROUP_PATH, STRING, cgroup_path),
	FIELD(DEVICE_ID, U32, device_id),
	FIELD(DEVICE_NAME, STRING, device_name),
	FIELD(DRIVER, STRING, driver),
	FIELD(ROUTE, STRING, route),
	FIELD(PID, U32, pid),
	FIELD(COMM, STRING, comm),
	FIELD(BYTES, U64, bytes),
	FIELD(LIMIT, U64, limit),
	FIELD(COUNT, U64, count),
};

static const struct schema event_schema = {
	.size = sizeof(struct vgpu_event),
	.fields = event_fields,
	.n = ARRAY_SIZE(event_fields),
};

/**
 * struct vgpu_event_stream - a socket that receives events
 * @link: the socket
 * @waiting: events of the last datagram that were not yet taken, oldest first
 * @next: index of the first of them
 */
struct vgpu_event_stream {
	struct link link;
	struct array waiting;
	size_t next;
};

static int stream_subscribe(struct vgpu_ctx *ctx, struct link *link, int fd)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_EVENT_SUBSCRIBE);

	if (msg && nla_put_u32(msg, VGPU_A_EVENT_CGROUP_FD, (uint32_t)fd))
		return put_failed(ctx, msg, -ENOMEM);
	return nl_send_on(ctx, link, msg);
}

static int stream_join(struct vgpu_ctx *ctx, struct link *link)
{
	int err = nl_join_events(ctx, link);

	if (err == -EPERM || err == -EACCES)
		return error_set(ctx, -EPERM,
				 "the events of the whole host need CAP_SYS_ADMIN; without it, name a cgroup directory that you may write to");
	return err;
}

int vgpu_event_open(struct vgpu_ctx *ctx, const struct vgpu_event_opts *opts,
		    struct vgpu_event_stream **out)
{
	struct vgpu_event_stream *stream = calloc(1, sizeof(*stream));
	struct vgpu_event_opts o;
	int err;

	if (!stream)
		return error_errno(ctx, -ENOMEM);
	take_opts(&o, sizeof(o), opts);
	stream->link.fd = -1;
	if (o.cgroup_fd > 0)
		err = stream_subscribe(ctx, &stream->link, o.cgroup_fd);
	else
		err = stream_join(ctx, &stream->link);
	if (err)
		vgpu_event_close(stream);
	else
		*out = stream;
	return err;
}

static void waiting_release(struct vgpu_event_stream *stream)
{
	/* Those before next were given away. */
	while (stream->waiting.n > stream->next)
		decode_free(&event_schema,
			    stream->waiting.row[--stream->waiting.n]);
	stream->waiting.n = 0;
	stream->next = 0;
	array_release(&event_schema, &stream->waiting);
}

void vgpu_event_close(struct vgpu_event_stream *stream)
{
	if (!stream)
		return;
	waiting_release(stream);
	link_close(&stream->link);
	free(stream);
}

int vgpu_event_fd(const struct vgpu_event_stream *stream)
{
	return stream->link.fd;
}

static int event_append(struct vgpu_event_stream *stream,
			const struct nlmsghdr *h)
{
	const struct genlmsghdr *genl = nlmsg_data(h);
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

	if (h->nlmsg_type < NLMSG_MIN_TYPE || h->nlmsg_len < head ||
	    genl->cmd != VGPU_CMD_EVENT_NTF)
		return 0;
	return decode_append(&event_schema, (const char *)h + head,
			     h->nlmsg_len - head, &stream->waiting);
}

static int stream_dropped(struct vgpu_event_stream *stream)
{
	struct vgpu_event *event;
	int err;

	err = decode_append(&event_schema, NULL, 0, &stream->waiting);
	if (err)
		return err;
	event = stream->waiting.row[stream->waiting.n - 1];
	event->type = LIBVGPU_EVENT_LOST;
	return 0;
}

static int stream_receive(struct vgpu_event_stream *stream)
{
	struct nlmsghdr *h;
	void *buf;
	size_t len;
	int err, rest;

	waiting_release(stream);
	err = link_receive(&stream->link, MSG_DONTWAIT, &buf, &len);
	if (err == -ENOBUFS)
		return stream_dropped(stream);
	if (err)
		return err;
	rest = (int)len;
	for (h = buf; !err && nlmsg_ok(h, rest); h = nlmsg_next(h, &rest))
		err = event_append(stream, h);
	free(buf);
	return err;
}

int vgpu_event_read(struct vgpu_event_stream *stream, struct vgpu_event **out)
{
	int err;

	while (stream->next == stream->waiting.n) {
		err = stream_receive(stream);
		if (err)
			return err;
	}
	*out = stream->waiting.row[stream->next++];
	return 0;
}

void vgpu_event_free(struct vgpu_event *event)
{
	decode_free(&event_schema, event);
}

enum libvgpu_event_type vgpu_event_type(const struct vgpu_event *event)
{
	return (enum libvgpu_event_type)event->type;
}

const char *vgpu_event_type_name(enum libvgpu_event_type type)
{
	if ((unsigned int)type >= ARRAY_SIZE(event_names))
		return "unknown";
	return event_names[type];
}

uint64_t vgpu_event_time(const struct vgpu_event *event)
{
	return event->time;
}

uint64_t vgpu_event_cgroup_id(const struct vgpu_event *event)
{
	return event->cgroup_id;
}

uint64_t vgpu_event_limiting_id(const struct vgpu_event *event)
{
	return event->limiting_id;
}

const char *vgpu_event_cgroup_path(const struct vgpu_event *event)
{
	return string_or_empty(event->cgroup_path);
}

uint32_t vgpu_event_device_id(const struct vgpu_event *event)
{
	return event->device_id;
}

const char *vgpu_event_device_name(const struct vgpu_event *event)
{
	return string_or_empty(event->device_name);
}

const char *vgpu_event_driver(const struct vgpu_event *event)
{
	return string_or_empty(event->driver);
}

const char *vgpu_event_route(const struct vgpu_event *event)
{
	return string_or_empty(event->route);
}

uint32_t vgpu_event_pid(const struct vgpu_event *event)
{
	return event->pid;
}

const char *vgpu_event_comm(const struct vgpu_event *event)
{
	return string_or_empty(event->comm);
}

uint64_t vgpu_event_bytes(const struct vgpu_event *event)
{
	return event->bytes;
}

uint64_t vgpu_event_limit(const struct vgpu_event *event)
{
	return event->limit;
}

uint64_t vgpu_event_count(const struct vgpu_event *event)
{
	return event->count;
}
