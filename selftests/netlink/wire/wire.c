// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/genetlink.h>

#include "tap.h"
#include "wire.h"

#define HEAD	(NLMSG_HDRLEN + GENL_HDRLEN)

void msg_begin(struct msg *m, const struct wire *w, uint8_t cmd, bool dump)
{
	struct genlmsghdr *genl = (void *)(m->buf + NLMSG_HDRLEN);

	memset(m->buf, 0, HEAD);
	m->head.nlmsg_type = w->family;
	m->head.nlmsg_flags = NLM_F_REQUEST | (dump ? NLM_F_DUMP : NLM_F_ACK);
	genl->cmd = cmd;
	genl->version = VGPU_GENL_VERSION;
	m->len = HEAD;
}

void msg_put(struct msg *m, uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr = (void *)(m->buf + m->len);

	if (m->len + NLA_HDRLEN + NLA_ALIGN(len) > MSG_ROOM)
		bail("message is too long");
	memset(attr, 0, NLA_HDRLEN + NLA_ALIGN(len));
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((uint8_t *)attr + NLA_HDRLEN, data, len);
	m->len += NLA_HDRLEN + NLA_ALIGN(len);
}

void msg_u32(struct msg *m, uint16_t type, uint32_t value)
{
	msg_put(m, type, &value, sizeof(value));
}

void msg_u64(struct msg *m, uint16_t type, uint64_t value)
{
	msg_put(m, type, &value, sizeof(value));
}

void msg_string(struct msg *m, uint16_t type, const char *value)
{
	msg_put(m, type, value, strlen(value) + 1);
}

void msg_flag(struct msg *m, uint16_t type)
{
	msg_put(m, type, NULL, 0);
}

size_t msg_nest(struct msg *m, uint16_t type)
{
	size_t at = m->len;

	msg_put(m, type | NLA_F_NESTED, NULL, 0);
	return at;
}

void msg_end(struct msg *m, size_t nest)
{
	struct nlattr *attr = (void *)(m->buf + nest);

	attr->nla_len = m->len - nest;
}

static const struct nlattr *find(const uint8_t *at, size_t len, uint16_t type)
{
	const struct nlattr *attr;

	while (len >= NLA_HDRLEN) {
		attr = (const void *)at;
		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > len)
			return NULL;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if ((size_t)NLA_ALIGN(attr->nla_len) >= len)
			return NULL;
		at += NLA_ALIGN(attr->nla_len);
		len -= NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

const struct nlattr *attr_of(const struct nlmsghdr *h, uint16_t type)
{
	if (!h || h->nlmsg_len < HEAD)
		return NULL;
	return find((const uint8_t *)h + HEAD, h->nlmsg_len - HEAD, type);
}

const struct nlattr *attr_in(const struct nlattr *nest, uint16_t type)
{
	if (!nest)
		return NULL;
	return find((const uint8_t *)nest + NLA_HDRLEN,
		    nest->nla_len - NLA_HDRLEN, type);
}

static uint16_t attr_u16(const struct nlattr *attr)
{
	uint16_t value = 0;

	if (attr && attr->nla_len == NLA_HDRLEN + sizeof(value))
		memcpy(&value, (const uint8_t *)attr + NLA_HDRLEN,
		       sizeof(value));
	return value;
}

uint32_t attr_u32(const struct nlattr *attr)
{
	uint32_t value = 0;

	if (attr && attr->nla_len == NLA_HDRLEN + sizeof(value))
		memcpy(&value, (const uint8_t *)attr + NLA_HDRLEN,
		       sizeof(value));
	return value;
}

uint64_t attr_u64(const struct nlattr *attr)
{
	uint64_t value = 0;

	if (attr && attr->nla_len == NLA_HDRLEN + sizeof(value))
		memcpy(&value, (const uint8_t *)attr + NLA_HDRLEN,
		       sizeof(value));
	return value;
}

const char *attr_string(const struct nlattr *attr)
{
	return attr ? (const char *)attr + NLA_HDRLEN : "";
}

const struct nlmsghdr *answer_at(const struct answer *a, unsigned int i)
{
	const struct nlmsghdr *h = (const void *)a->buf;

	if (i >= a->n)
		return NULL;
	while (i--)
		h = (const void *)((const uint8_t *)h +
				   NLMSG_ALIGN(h->nlmsg_len));
	return h;
}

static void keep(struct answer *a, const struct nlmsghdr *h)
{
	size_t len = NLMSG_ALIGN(h->nlmsg_len);

	if (a->len + len > a->room) {
		a->room = (a->len + len) * 4;
		a->buf = realloc(a->buf, a->room);
	}
	if (!a->buf)
		bail("out of memory");
	memcpy(a->buf + a->len, h, h->nlmsg_len);
	a->len += len;
	a->n++;
}

/* The extended ack begins after the code and, in an error, the request. */
static void read_ack(struct answer *a, const struct nlmsghdr *h)
{
	const struct nlmsgerr *err = NLMSG_DATA(h);
	const struct nlattr *text, *attr;
	size_t at = NLMSG_HDRLEN + sizeof(int);

	a->err = err->error;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (h->nlmsg_type == NLMSG_ERROR) {
		at = NLMSG_HDRLEN + sizeof(*err);
		if (!(h->nlmsg_flags & NLM_F_CAPPED))
			at += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	}
	if (at > h->nlmsg_len)
		return;
	text = find((const uint8_t *)h + at, h->nlmsg_len - at,
		    NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(a->text, sizeof(a->text), "%s", attr_string(text));
	attr = find((const uint8_t *)h + at, h->nlmsg_len - at,
		    NLMSGERR_ATTR_OFFS);
	a->offset = attr_u32(attr);
	attr = find((const uint8_t *)h + at, h->nlmsg_len - at,
		    NLMSGERR_ATTR_MISS_TYPE);
	a->missing = attr_u32(attr);
}

static bool take(struct answer *a, const struct nlmsghdr *h, uint32_t seq)
{
	if (h->nlmsg_seq != seq)
		return false;
	if (h->nlmsg_flags & NLM_F_DUMP_INTR)
		a->interrupted = true;
	if (h->nlmsg_type != NLMSG_ERROR && h->nlmsg_type != NLMSG_DONE) {
		keep(a, h);
		return false;
	}
	read_ack(a, h);
	return true;
}

static ssize_t receive(int fd, void *buf, size_t len)
{
	ssize_t n;

	do {
		n = recv(fd, buf, len, 0);
	} while (n < 0 && errno == EINTR);
	return n;
}

struct answer ask_slowly(struct wire *w, struct msg *m,
			 void (*between)(void))
{
	static _Alignas(8) uint8_t buf[MSG_ROOM * 2];
	struct answer a = {};
	const struct nlmsghdr *h;
	bool over = false;
	ssize_t n;
	size_t left;

	m->head.nlmsg_seq = ++w->seq;
	m->head.nlmsg_len = m->len;
	if (send(w->fd, m->buf, m->len, 0) < 0) {
		a.err = -errno;
		return a;
	}
	while (!over) {
		n = receive(w->fd, buf, w->room ?: sizeof(buf));
		if (n < 0)
			bail("recv: %s", strerror(errno));
		left = n;
		for (h = (void *)buf; !over && NLMSG_OK(h, left);
		     h = NLMSG_NEXT(h, left))
			over = take(&a, h, m->head.nlmsg_seq);
		if (between && !over)
			between();
	}
	return a;
}

struct answer ask(struct wire *w, struct msg *m)
{
	return ask_slowly(w, m, NULL);
}

void answer_free(struct answer *a)
{
	free(a->buf);
	a->buf = NULL;
}

static int dial(void)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = 60 };
	int one = 1, big = 4 << 20, fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0 || bind(fd, (void *)&local, sizeof(local)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one)))
		bail("netlink socket: %s", strerror(errno));
	/* A test that waits for ever says nothing. */
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big));
	return fd;
}

/* The first test of a boot finds it not loaded. */
static void load(void)
{
	if (access("/sys/module/vgpu", F_OK) && system("modprobe vgpu"))
		bail("modprobe vgpu failed");
}

struct wire wire_open_room(size_t room)
{
	struct wire w = { .fd = dial(), .family = GENL_ID_CTRL, .room = room };
	static struct msg m;
	struct answer a;
	const struct nlattr *group;

	load();
	msg_begin(&m, &w, CTRL_CMD_GETFAMILY, false);
	msg_string(&m, CTRL_ATTR_FAMILY_NAME, VGPU_GENL_NAME);
	a = ask(&w, &m);
	if (a.err)
		bail("no family vgpu: %s; is the module loaded?",
		     strerror(-a.err));
	w.family = attr_u16(attr_of(answer_at(&a, 0), CTRL_ATTR_FAMILY_ID));
	group = attr_of(answer_at(&a, 0), CTRL_ATTR_MCAST_GROUPS);
	w.events = attr_u32(attr_in(attr_in(group, 1),
				    CTRL_ATTR_MCAST_GRP_ID));
	answer_free(&a);
	return w;
}

struct wire wire_open(void)
{
	return wire_open_room(0);
}

void wire_close(struct wire *w)
{
	close(w->fd);
	w->fd = -1;
}

int wire_join(struct wire *w)
{
	return setsockopt(w->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			  &w->events, sizeof(w->events)) ? -errno : 0;
}

struct nlmsghdr *event_wait(struct wire *w, int msec)
{
	static _Alignas(8) uint8_t buf[MSG_ROOM];
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	struct nlmsghdr *h = (void *)buf, *copy;
	ssize_t n;

	while (poll(&p, 1, msec) > 0) {
		n = receive(w->fd, buf, sizeof(buf));
		if (n < (ssize_t)HEAD || h->nlmsg_type != w->family ||
		    h->nlmsg_seq)
			continue;
		copy = malloc(n);
		if (!copy)
			bail("out of memory");
		return memcpy(copy, buf, n);
	}
	return NULL;
}

struct msg *quota_msg(const struct wire *w, const char *path, int fd,
		      const char *device, uint64_t bytes)
{
	static struct msg m;
	size_t nest;

	msg_begin(&m, w, VGPU_CMD_QUOTA_SET, false);
	nest = msg_nest(&m, VGPU_A_QUOTA_GROUP);
	if (*path)
		msg_string(&m, VGPU_A_GROUP_CGROUP_PATH, path);
	if (fd >= 0)
		msg_u32(&m, VGPU_A_GROUP_CGROUP_FD, fd);
	msg_end(&m, nest);
	nest = msg_nest(&m, VGPU_A_QUOTA_ENTRY);
	msg_string(&m, VGPU_A_QUOTA_ENTRY_DEVICE_NAME, device);
	msg_u64(&m, VGPU_A_QUOTA_ENTRY_MEMORY_MAX, bytes);
	msg_end(&m, nest);
	return &m;
}

static const uint8_t dumps[] = {
	VGPU_CMD_DEVICE_GET, VGPU_CMD_GROUP_GET, VGPU_CMD_QUOTA_GET,
};

#define NR_DUMPS (sizeof(dumps) / sizeof(dumps[0]))

struct answer *state_take(void)
{
	struct answer *state = calloc(NR_DUMPS, sizeof(*state));
	struct wire w = wire_open();
	static struct msg m;
	unsigned int i;

	for (i = 0; state && i < NR_DUMPS; i++) {
		msg_begin(&m, &w, dumps[i], true);
		state[i] = ask(&w, &m);
		if (state[i].err)
			bail("dump: %s", state[i].text);
	}
	wire_close(&w);
	return state;
}

/* Headers differ by sequence and port. */
bool answer_same(const struct answer *a, const struct answer *b)
{
	const struct nlmsghdr *x = (const void *)a->buf;
	const struct nlmsghdr *y = (const void *)b->buf;
	unsigned int i;

	if (a->n != b->n || a->len != b->len)
		return false;
	for (i = 0; i < a->n; i++) {
		if (x->nlmsg_len != y->nlmsg_len ||
		    memcmp(x + 1, y + 1, x->nlmsg_len - sizeof(*x)))
			return false;
		x = (const void *)((const uint8_t *)x +
				   NLMSG_ALIGN(x->nlmsg_len));
		y = (const void *)((const uint8_t *)y +
				   NLMSG_ALIGN(y->nlmsg_len));
	}
	return true;
}

bool state_same(const struct answer *a, const struct answer *b)
{
	unsigned int i;

	for (i = 0; i < NR_DUMPS; i++)
		if (!answer_same(&a[i], &b[i]))
			return false;
	return true;
}

void state_free(struct answer *state)
{
	unsigned int i;

	for (i = 0; i < NR_DUMPS; i++)
		answer_free(&state[i]);
	free(state);
}
