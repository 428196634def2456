// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mock.h"

/* What a thread serves. */
struct mock_server {
	struct mock *mock;
	int fd;
};

struct nl_msg *mock_message(const struct nlmsghdr *request, uint8_t cmd,
			    int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(MOCK_BUFFER);

	assert_non_null(msg);
	assert_non_null(genlmsg_put(msg, 0, request ? request->nlmsg_seq : 0,
				    request ? request->nlmsg_type :
					      MOCK_FAMILY,
				    0, flags, cmd, 1));
	nlmsg_hdr(msg)->nlmsg_seq = request ? request->nlmsg_seq : 0;
	return msg;
}

void mock_send(int fd, struct nl_msg *msg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);

	assert_int_equal(send(fd, h, h->nlmsg_len, MSG_NOSIGNAL),
			 h->nlmsg_len);
	nlmsg_free(msg);
}

/* An ack or a refusal; like the kernel's, a refusal quotes the request. */
void mock_ack(int fd, const struct nlmsghdr *request, int err,
	      const char *text, uint32_t offset)
{
	struct nl_msg *msg = nlmsg_alloc_size(MOCK_BUFFER);
	size_t quote = err ? request->nlmsg_len : NLMSG_HDRLEN;
	struct nlmsghdr *h;
	struct nlmsgerr *e;

	h = nlmsg_put(msg, 0, request->nlmsg_seq, NLMSG_ERROR,
		      (int)(sizeof(int) + quote), 0);
	h->nlmsg_seq = request->nlmsg_seq;
	e = nlmsg_data(h);
	e->error = err;
	memcpy(&e->msg, request, quote);
	if (!err)
		h->nlmsg_flags |= NLM_F_CAPPED;
	if (text) {
		h->nlmsg_flags |= NLM_F_ACK_TLVS;
		nla_put_string(msg, NLMSGERR_ATTR_MSG, text);
		if (offset)
			nla_put_u32(msg, NLMSGERR_ATTR_OFFS, offset);
	}
	mock_send(fd, msg);
}

void mock_done(int fd, const struct nlmsghdr *request, int err,
	       const char *text, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(MOCK_BUFFER);
	struct nlmsghdr *h;

	h = nlmsg_put(msg, 0, request->nlmsg_seq, NLMSG_DONE, sizeof(int),
		      NLM_F_MULTI | flags);
	h->nlmsg_seq = request->nlmsg_seq;
	memcpy(nlmsg_data(h), &err, sizeof(err));
	if (text) {
		h->nlmsg_flags |= NLM_F_ACK_TLVS;
		nla_put_string(msg, NLMSGERR_ATTR_MSG, text);
	}
	mock_send(fd, msg);
}

uint8_t mock_cmd(const struct nlmsghdr *request)
{
	return ((struct genlmsghdr *)nlmsg_data(request))->cmd;
}

struct nlattr *mock_attr(const struct nlmsghdr *request, int type)
{
	return nlmsg_find_attr((struct nlmsghdr *)(uintptr_t)request,
			       GENL_HDRLEN, type);
}

struct nlattr *mock_nested(struct nlattr *nest, int type)
{
	return nla_find(nla_data(nest), nla_len(nest), type);
}

static void mock_family(struct mock *mock, int fd,
			const struct nlmsghdr *request)
{
	struct nlattr *groups, *group;
	struct nl_msg *msg;

	if (!mock->loaded) {
		mock_ack(fd, request, -ENOENT, NULL, 0);
		return;
	}
	msg = mock_message(request, CTRL_CMD_NEWFAMILY, 0);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, VGPU_GENL_NAME);
	nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, mock->family);
	groups = nla_nest_start(msg, CTRL_ATTR_MCAST_GROUPS);
	group = nla_nest_start(msg, 1);
	nla_put_u32(msg, CTRL_ATTR_MCAST_GRP_ID, MOCK_GROUP);
	nla_put_string(msg, CTRL_ATTR_MCAST_GRP_NAME, VGPU_MCGRP_EVENTS);
	nla_nest_end(msg, group);
	nla_nest_end(msg, groups);
	mock_send(fd, msg);
	mock_ack(fd, request, 0, NULL, 0);
}

static void *mock_serve(void *arg)
{
	struct mock_server server = *(struct mock_server *)arg;
	struct mock *mock = server.mock;
	char buf[MOCK_BUFFER] __attribute__((aligned(8)));
	const struct nlmsghdr *h = (void *)buf;

	free(arg);
	while (recv(server.fd, buf, sizeof(buf), 0) > 0) {
		if (h->nlmsg_type == GENL_ID_CTRL) {
			mock_family(mock, server.fd, h);
		} else if (h->nlmsg_type != mock->family) {
			mock_ack(server.fd, h, -ENOENT, NULL, 0);
		} else {
			mock->requests++;
			memcpy(mock->request, buf, h->nlmsg_len);
			mock->handler(mock, server.fd, h);
		}
	}
	return NULL;
}

static int mock_dial(void *arg, struct link *link)
{
	struct mock_server *server = malloc(sizeof(*server));
	struct mock *mock = arg;
	int pair[2];

	assert_true(mock->n < MOCK_LINKS);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	*server = (struct mock_server){ .mock = mock, .fd = pair[1] };
	link->fd = pair[0];
	mock->fd[mock->n] = pair[1];
	pthread_create(&mock->thread[mock->n], NULL, mock_serve, server);
	mock->n++;
	return 0;
}

static int mock_join(void *arg, struct link *link, uint32_t group)
{
	struct mock *mock = arg;

	(void)link;
	mock->joined = group;
	return mock->join_error;
}

static const struct transport transport_mock = {
	.dial = mock_dial,
	.join = mock_join,
};

struct mock *mock_start(mock_handler *handler)
{
	struct mock *mock = calloc(1, sizeof(*mock));

	assert_non_null(mock);
	mock->handler = handler;
	mock->loaded = true;
	mock->family = MOCK_FAMILY;
	assert_int_equal(ctx_create(&transport_mock, mock, &mock->ctx), 0);
	return mock;
}

void mock_stop(struct mock *mock)
{
	unsigned int i;

	vgpu_ctx_free(mock->ctx);
	for (i = 0; i < mock->n; i++) {
		shutdown(mock->fd[i], SHUT_RDWR);
		pthread_join(mock->thread[i], NULL);
		close(mock->fd[i]);
	}
	free(mock);
}
