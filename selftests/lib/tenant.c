// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "tap.h"
#include "tenant.h"

enum what { DUMB, CLOSE, EXPORT, IMPORT, FILL, TOUCH };

struct order {
	enum what what;
	uint32_t handle;
	uint64_t bytes;
};

struct answer {
	int ret;
	uint32_t handle;
	uint64_t bytes;
};

int fd_send(int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(sock, &msg, 0) == 1 ? 0 : -errno;
}

int fd_receive(int sock)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		return -EBADF;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

/* The same bytes on every page, a different one each time round. */
static int touch(int fd, uint32_t handle, uint64_t bytes)
{
	static unsigned char *map, last;
	uint64_t i;
	int ret = 0;

	if (!map)
		map = drm_map_dumb(fd, handle, bytes);
	for (i = 0; i < bytes; i += PAGE) {
		if (map[i] != last)
			ret = -EIO;
		map[i] = last + 1;
	}
	last++;
	return ret;
}

static void obey(int fd, int sock)
{
	struct order o;

	while (recv(sock, &o, sizeof(o), 0) == sizeof(o)) {
		struct answer a = {};
		int dmabuf = -1;

		switch (o.what) {
		case DUMB:
			a.ret = drm_dumb(fd, o.bytes, &a.handle);
			break;
		case CLOSE:
			a.ret = drm_close(fd, o.handle);
			break;
		case EXPORT:
			a.ret = drm_export(fd, o.handle, &dmabuf);
			break;
		case IMPORT:
			dmabuf = fd_receive(sock);
			a.ret = drm_import(fd, dmabuf, &a.handle);
			close(dmabuf);
			break;
		case FILL:
			a.bytes = drm_fill(fd, o.bytes, &a.ret);
			break;
		case TOUCH:
			a.ret = touch(fd, o.handle, o.bytes);
			break;
		}
		if (send(sock, &a, sizeof(a), 0) != sizeof(a))
			_exit(1);
		if (o.what == EXPORT && !a.ret) {
			fd_send(sock, dmabuf);
			close(dmabuf);
		}
	}
	_exit(0);
}

struct tenant tenant_start(const char *cg, const char *driver)
{
	struct tenant t;
	int socks[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks))
		bail("socketpair");
	t.pid = cg_fork(cg);
	if (!t.pid) {
		/* It must hold nothing but its own. */
		dup2(socks[1], 3);
		close_range(4, ~0U, 0);
		obey(drm_open(driver), 3);
	}
	close(socks[1]);
	t.sock = socks[0];
	return t;
}

static void order(struct tenant *t, enum what kind, uint32_t handle,
		  uint64_t bytes)
{
	struct order o = { kind, handle, bytes };

	if (send(t->sock, &o, sizeof(o), MSG_NOSIGNAL) != sizeof(o))
		bail("tenant %d does not listen", t->pid);
}

static struct answer answer(struct tenant *t)
{
	struct answer a;

	if (recv(t->sock, &a, sizeof(a), 0) != sizeof(a))
		bail("tenant %d does not answer", t->pid);
	return a;
}

int tenant_dumb(struct tenant *t, uint64_t bytes, uint32_t *handle)
{
	struct answer a;

	order(t, DUMB, 0, bytes);
	a = answer(t);
	*handle = a.handle;
	return a.ret;
}

int tenant_close(struct tenant *t, uint32_t handle)
{
	order(t, CLOSE, handle, 0);
	return answer(t).ret;
}

int tenant_export(struct tenant *t, uint32_t handle, int *dmabuf)
{
	int ret;

	order(t, EXPORT, handle, 0);
	ret = answer(t).ret;
	if (!ret)
		*dmabuf = fd_receive(t->sock);
	return ret;
}

int tenant_import(struct tenant *t, int dmabuf, uint32_t *handle)
{
	struct answer a;

	order(t, IMPORT, 0, 0);
	if (fd_send(t->sock, dmabuf))
		bail("fd_send");
	a = answer(t);
	*handle = a.handle;
	return a.ret;
}

uint64_t tenant_fill(struct tenant *t, uint64_t step, int *err)
{
	struct answer a;

	order(t, FILL, 0, step);
	a = answer(t);
	*err = a.ret;
	return a.bytes;
}

int tenant_touch(struct tenant *t, uint32_t handle, uint64_t bytes)
{
	order(t, TOUCH, handle, bytes);
	return answer(t).ret;
}

int tenant_end(struct tenant *t)
{
	shutdown(t->sock, SHUT_RDWR);
	close(t->sock);
	return cg_wait(t->pid);
}
