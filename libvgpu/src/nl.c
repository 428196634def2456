// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Requests and replies. libnl opens the socket and builds and takes apart the
 * messages; the exchange itself is here, because it must see what libnl's own
 * receive loop hides: extended acks, a refusal at the end of a dump, and the
 * mark of a dump that changed while it was read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>

#include "private.h"

/* How often to start a dump again that changed while it was read. */
#define DUMP_TRIES	8

/* Room for the longest path and LIBVGPU_QUOTAS_MAX changes. */
#define REQUEST_MAX	(1 << 14)

/*
 * A kernel fills the messages of a dump as far as the largest buffer that was
 * ever offered for one, up to this.
 */
#define RECEIVE_MIN	(1 << 15)

/* Room for events that nobody has read yet. */
#define EVENT_BUFFER	(1 << 20)

static int kernel_dial(void *arg, struct link *link)
{
	int one = 1, err;

	(void)arg;
	link->sock = nl_socket_alloc();
	if (!link->sock)
		return -ENOMEM;
	err = genl_connect(link->sock);
	if (err) {
		nl_socket_free(link->sock);
		link->sock = NULL;
		return err == -NLE_NOMEM ? -ENOMEM : -EPROTONOSUPPORT;
	}
	link->fd = nl_socket_get_fd(link->sock);
	/* Without it the refusals are bare numbers; no more is lost. */
	setsockopt(link->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	return 0;
}

static int kernel_join(void *arg, struct link *link, uint32_t group)
{
	(void)arg;
	nl_socket_set_buffer_size(link->sock, EVENT_BUFFER, 0);
	if (setsockopt(link->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		return -errno;
	return 0;
}

const struct transport transport_kernel = {
	.dial = kernel_dial,
	.join = kernel_join,
};

void link_close(struct link *link)
{
	if (link->sock)
		nl_socket_free(link->sock);
	else if (link->fd >= 0)
		close(link->fd);
	*link = (struct link){ .fd = -1 };
}

/*
 * Receive one datagram, whatever its length. Anything that is not from the
 * kernel is dropped: any process may send to a netlink socket.
 */
int link_receive(const struct link *link, int flags, void **buf, size_t *len)
{
	struct sockaddr_nl from;
	struct iovec iov;
	struct msghdr msg = {
		.msg_name = &from,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	size_t room;
	ssize_t n;
	void *p;

	for (;;) {
		do {
			n = recv(link->fd, NULL, 0,
				 flags | MSG_PEEK | MSG_TRUNC);
		} while (n < 0 && errno == EINTR);
		if (n < 0)
			return -errno;
		if (!n)
			return -ECONNRESET;
		room = n < RECEIVE_MIN ? RECEIVE_MIN : (size_t)n;
		p = malloc(room);
		if (!p)
			return -ENOMEM;
		iov = (struct iovec){ .iov_base = p, .iov_len = room };
		msg.msg_namelen = sizeof(from);
		memset(&from, 0, sizeof(from));
		n = recvmsg(link->fd, &msg, MSG_DONTWAIT);
		if (n > 0 && (from.nl_family != AF_NETLINK || !from.nl_pid)) {
			*buf = p;
			*len = (size_t)n;
			return 0;
		}
		free(p);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
	}
}

/* A new request, to be sent and thereby freed. */
struct nl_msg *nl_request(uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc_size(REQUEST_MAX);

	if (msg && !genlmsg_put(msg, 0, 0, 0, 0, 0, cmd, VGPU_GENL_VERSION)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

/**
 * struct exchange - a request and what to do with its replies
 * @ctx: the context
 * @link: the socket
 * @request: what was sent
 * @schema: of the replies
 * @rows: where they go, NULL to ignore them
 * @interrupted: the dump changed while it was read
 */
struct exchange {
	struct vgpu_ctx *ctx;
	struct link *link;
	struct nlmsghdr *request;
	const struct schema *schema;
	struct array *rows;
	bool interrupted;
};

static int exchange_reply(struct exchange *x, const struct nlmsghdr *h)
{
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

	if (!x->rows)
		return 0;
	if (h->nlmsg_len < head)
		return -EPROTO;
	return decode_append(x->schema, (const char *)h + head,
			     h->nlmsg_len - head, x->rows);
}

/*
 * Handle one message. Return 0 to go on, 1 when the exchange is over, or a
 * negative errno.
 */
static int exchange_message(struct exchange *x, const struct nlmsghdr *h)
{
	const int *code = nlmsg_data(h);
	int err;

	/* What an earlier exchange left behind, or an event. */
	if (h->nlmsg_seq != x->request->nlmsg_seq)
		return 0;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		x->interrupted = true;
	switch (h->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_OVERRUN:
		return error_errno(x->ctx, -ENOBUFS);
	case NLMSG_ERROR:
		if (nlmsg_datalen(h) < (int)sizeof(struct nlmsgerr))
			return error_errno(x->ctx, -EPROTO);
		return *code ? error_ack(x->ctx, *code, h, x->request) : 1;
	case NLMSG_DONE:
		if (nlmsg_datalen(h) >= (int)sizeof(*code) && *code < 0)
			return error_ack(x->ctx, *code, h, x->request);
		return 1;
	}
	err = exchange_reply(x, h);
	return err ? error_errno(x->ctx, err) : 0;
}

static int exchange_replies(struct exchange *x)
{
	struct nlmsghdr *h;
	void *buf;
	size_t len;
	int err = 0, rest;

	while (!err) {
		err = link_receive(x->link, 0, &buf, &len);
		if (err)
			return error_errno(x->ctx, err);
		rest = (int)len;
		for (h = buf; !err && nlmsg_ok(h, rest);
		     h = nlmsg_next(h, &rest))
			err = exchange_message(x, h);
		free(buf);
	}
	return err > 0 ? 0 : err;
}

static int exchange_run(struct exchange *x)
{
	x->request->nlmsg_seq = ++x->link->seq;
	x->interrupted = false;
	if (send(x->link->fd, x->request, x->request->nlmsg_len,
		 MSG_NOSIGNAL) < 0)
		return error_errno(x->ctx, -errno);
	return exchange_replies(x);
}

static int link_dial(struct vgpu_ctx *ctx, struct link *link)
{
	int err;

	if (link->fd >= 0)
		return 0;
	err = ctx->transport->dial(ctx->transport_arg, link);
	return err ? error_errno(ctx, err) : 0;
}

/* What the kernel says of a family; the groups come in numbered nests. */
struct family {
	uint16_t id;
	struct family_groups {
		struct array rows;
	} groups;
};

struct family_group {
	uint32_t id;
	char *name;
};

static const struct field family_group_fields[] = {
	{ CTRL_ATTR_MCAST_GRP_ID, FIELD_U32,
	  offsetof(struct family_group, id), NULL },
	{ CTRL_ATTR_MCAST_GRP_NAME, FIELD_STRING,
	  offsetof(struct family_group, name), NULL },
};

static const struct schema family_group_schema = {
	.size = sizeof(struct family_group),
	.fields = family_group_fields,
	.n = ARRAY_SIZE(family_group_fields),
};

static const struct field family_groups_fields[] = {
	{ FIELD_ANY, FIELD_ROWS, offsetof(struct family_groups, rows),
	  &family_group_schema },
};

static const struct schema family_groups_schema = {
	.fields = family_groups_fields,
	.n = ARRAY_SIZE(family_groups_fields),
};

static const struct field family_fields[] = {
	{ CTRL_ATTR_FAMILY_ID, FIELD_U16, offsetof(struct family, id), NULL },
	{ CTRL_ATTR_MCAST_GROUPS, FIELD_INSIDE,
	  offsetof(struct family, groups), &family_groups_schema },
};

static const struct schema family_schema = {
	.size = sizeof(struct family),
	.fields = family_fields,
	.n = ARRAY_SIZE(family_fields),
};

static void family_take(struct vgpu_ctx *ctx, const struct family *family)
{
	const struct family_group *group;
	size_t i;

	ctx->family = family->id;
	for (i = 0; (group = array_at(&family->groups.rows, i)); i++)
		if (!strcmp(string_or_empty(group->name), VGPU_MCGRP_EVENTS))
			ctx->events = group->id;
}

/*
 * Ask the kernel for the number of the family; asking also loads the module
 * where the host lets it.
 */
static int family_resolve(struct vgpu_ctx *ctx)
{
	struct array rows = { 0 };
	struct exchange x = {
		.ctx = ctx,
		.link = &ctx->link,
		.schema = &family_schema,
		.rows = &rows,
	};
	struct family *family;
	struct nl_msg *msg;
	int err;

	msg = nlmsg_alloc();
	if (!msg || !genlmsg_put(msg, 0, 0, GENL_ID_CTRL, 0,
				 NLM_F_REQUEST | NLM_F_ACK,
				 CTRL_CMD_GETFAMILY, 1) ||
	    nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, VGPU_GENL_NAME)) {
		nlmsg_free(msg);
		return error_errno(ctx, -ENOMEM);
	}
	x.request = nlmsg_hdr(msg);
	err = exchange_run(&x);
	nlmsg_free(msg);
	family = array_take_only(&family_schema, &rows);
	ctx->family = 0;
	if (!err && family)
		family_take(ctx, family);
	decode_free(&family_schema, family);
	if (err == -ENOENT)
		return error_set(ctx, -ENOPKG,
				 "the vgpu module is not loaded");
	if (!err && !ctx->family)
		return error_errno(ctx, -EPROTO);
	return err;
}

/* The number of the family changes when the module is loaded anew. */
static bool family_changed(struct vgpu_ctx *ctx, int *err)
{
	uint16_t old = ctx->family;
	int resolved = family_resolve(ctx);

	if (resolved)
		*err = resolved;
	return !resolved && ctx->family != old;
}

static int request_run(struct exchange *x, int flags)
{
	struct vgpu_ctx *ctx = x->ctx;
	bool known = ctx->family;
	int err;

	err = link_dial(ctx, x->link);
	if (!err)
		err = link_dial(ctx, &ctx->link);
	if (!err && !known)
		err = family_resolve(ctx);
	if (err)
		return err;
	x->request->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	x->request->nlmsg_type = ctx->family;
	err = exchange_run(x);
	if (err == -ENOENT && known && family_changed(ctx, &err)) {
		x->request->nlmsg_type = ctx->family;
		err = exchange_run(x);
	}
	return err;
}

static int request_dump(struct exchange *x)
{
	int err, tries;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		err = request_run(x, NLM_F_DUMP);
		if (err || !x->interrupted)
			return err;
		array_release(x->schema, x->rows);
	}
	return error_set(x->ctx, -EAGAIN,
			 "the list kept changing while it was read");
}

static int request(struct exchange *x, struct nl_msg *msg, bool dump)
{
	int err;

	if (!msg)
		return error_errno(x->ctx, -ENOMEM);
	x->request = nlmsg_hdr(msg);
	pthread_mutex_lock(&x->ctx->lock);
	error_clear(x->ctx);
	err = dump ? request_dump(x) : request_run(x, NLM_F_ACK);
	pthread_mutex_unlock(&x->ctx->lock);
	nlmsg_free(msg);
	return err;
}

/*
 * Send a request and collect its replies. Frees the message; the rows are the
 * caller's to release, after a failure too. A NULL message stands for one that
 * could not be allocated. rows may be NULL where no replies are expected.
 */
int nl_send_request(struct vgpu_ctx *ctx, struct nl_msg *msg,
		    const struct schema *schema, struct array *rows)
{
	struct exchange x = {
		.ctx = ctx,
		.link = &ctx->link,
		.schema = schema,
		.rows = rows,
	};

	return request(&x, msg, false);
}

/* The same over another link than the context's own. */
int nl_send_on(struct vgpu_ctx *ctx, struct link *link, struct nl_msg *msg)
{
	struct exchange x = { .ctx = ctx, .link = link };

	return request(&x, msg, false);
}

/* Open a link and let it receive the events of the whole host. */
int nl_join_events(struct vgpu_ctx *ctx, struct link *link)
{
	int err;

	pthread_mutex_lock(&ctx->lock);
	error_clear(ctx);
	err = link_dial(ctx, &ctx->link);
	if (!err)
		err = family_resolve(ctx);
	if (!err)
		err = link_dial(ctx, link);
	if (!err) {
		err = ctx->transport->join(ctx->transport_arg, link,
					   ctx->events);
		if (err)
			error_errno(ctx, err);
	}
	pthread_mutex_unlock(&ctx->lock);
	return err;
}

/* Ask for one object. Frees the message. */
int nl_get_one(struct vgpu_ctx *ctx, struct nl_msg *msg,
	       const struct schema *schema, void **out)
{
	struct array rows = { 0 };
	void *object;
	int err;

	err = nl_send_request(ctx, msg, schema, &rows);
	object = array_take_only(schema, &rows);
	if (!err && !object)
		err = error_errno(ctx, -EPROTO);
	if (err)
		decode_free(schema, object);
	else
		*out = object;
	return err;
}

/*
 * Ask for a list: a struct array, to be freed with array_free(). Frees the
 * message.
 */
int nl_get_list(struct vgpu_ctx *ctx, struct nl_msg *msg,
		const struct schema *schema, void **out)
{
	struct array *rows = calloc(1, sizeof(*rows));
	struct exchange x = {
		.ctx = ctx,
		.link = &ctx->link,
		.schema = schema,
		.rows = rows,
	};
	int err;

	if (!rows) {
		nlmsg_free(msg);
		return error_errno(ctx, -ENOMEM);
	}
	err = request(&x, msg, true);
	if (err)
		array_free(schema, rows);
	else
		*out = rows;
	return err;
}
