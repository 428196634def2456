// SPDX-License-Identifier: GPL-2.0
/*
 * Ways by which a tenant could hope to get around its quota. Each takes what
 * it can get. The observer's high-water mark must be the quota: reached, so
 * that the way was one, and not one byte over.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"
#include "tenant.h"

#define QUOTA	(2 * MIB)
#define STEP	(MIB / 4)

static const char *card;
static int outside = -1;	/* opened by a process that is not bound */
static int sock;		/* over which that process sends it */

static int fill(int fd)
{
	int err;

	drm_fill(fd, STEP, &err);
	/* What others left may be no multiple of a step. */
	if (err == -ENOMEM)
		drm_fill(fd, PAGE, &err);
	return err != -ENOMEM;
}

static int another_fd(void)
{
	return fill(drm_open("vgem")) | fill(drm_open("vgem"));
}

static int inherited_fd(void)
{
	return fill(outside) | fill(drm_open("vgem"));
}

static int received_fd(void)
{
	int fd = fd_receive(sock);

	return fd < 0 || fill(fd);
}

static int taken_fd(void)
{
	int pidfd = syscall(SYS_pidfd_open, getppid(), 0);
	int fd = syscall(SYS_pidfd_getfd, pidfd, outside, 0);

	return fd < 0 || fill(fd);
}

static int forked(void)
{
	int fd = drm_open("vgem"), i, bad = 0;
	pid_t pids[4];

	for (i = 0; i < 4; i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit(fill(i & 1 ? fd : drm_open("vgem")));
	}
	for (i = 0; i < 4; i++)
		bad |= cg_wait(pids[i]);
	return bad;
}

static int executed(void)
{
	int fd = dup(drm_open("vgem"));
	char arg[16];

	snprintf(arg, sizeof(arg), "%d", fd);
	execl("/proc/self/exe", "bypass", arg, NULL);
	return 1;
}

static void *fill_thread(void *arg)
{
	return (void *)(long)fill(*(int *)arg);
}

static int threads(void)
{
	int fd = drm_open("vgem"), i, bad = 0;
	pthread_t t[4];
	void *ret;

	for (i = 0; i < 4; i++)
		bad |= pthread_create(&t[i], NULL, fill_thread, &fd);
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &ret);
		bad |= !!ret;
	}
	return bad;
}

/* The 32-bit entry, with the argument where 32 bits reach. */
static int ioctl32(int fd, unsigned long cmd, void *arg)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret)
		     : "a"(54), "b"((long)fd), "c"(cmd), "d"(arg)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

static int compat(void)
{
	struct drm_mode_create_dumb *arg;
	int i, ret = 0, fd = drm_open("vgem");

	arg = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (arg == MAP_FAILED)
		return 1;
	for (i = 0; i < 100 && !ret; i++) {
		memset(arg, 0, sizeof(*arg));
		arg->width = PAGE / 4;
		arg->height = STEP / PAGE;
		arg->bpp = 32;
		ret = ioctl32(fd, DRM_IOCTL_MODE_CREATE_DUMB, arg);
	}
	return ret != -ENOMEM;
}

static int moved(void)
{
	int fd = drm_open("vgem"), bad;

	cg_enter("/a/child");
	bad = fill(fd);
	cg_enter("/a/other");
	return bad | fill(fd) | fill(drm_open("vgem"));
}

static volatile bool stop;

static void *mover(void *arg)
{
	while (!stop) {
		cg_enter("/a/child");
		cg_enter("/a/other");
	}
	return arg;
}

/* From one child cgroup to the other, all the time. */
static int moving(void)
{
	int i, fd = drm_open("vgem"), bad = 0;
	uint32_t handles[QUOTA / STEP];
	pthread_t t;

	pthread_create(&t, NULL, mover, NULL);
	for (i = 0; i < 50; i++) {
		unsigned int n = 0, k;

		while (n < QUOTA / STEP && !drm_dumb(fd, STEP, &handles[n]))
			n++;
		bad |= n != QUOTA / STEP;
		for (k = 0; k < n; k++)
			drm_close(fd, handles[k]);
	}
	stop = true;
	pthread_join(t, NULL);
	return bad | fill(fd);
}

static int close_with_dmabuf(void)
{
	int fd, dmabuf;
	uint32_t handle;
	unsigned int i;

	for (i = 0; i < QUOTA / STEP / 2; i++) {
		fd = drm_open("vgem");
		if (drm_dumb(fd, STEP, &handle) ||
		    drm_export(fd, handle, &dmabuf))
			return 1;
		close(fd);
	}
	return fill(drm_open("vgem"));
}

/*
 * While one thread creates, another closes whatever handle may have just been
 * given, and a third makes small objects, so that the handle is used again.
 */
static int closing_fd;

static void *closer(void *arg)
{
	unsigned int h = 1;

	while (!stop)
		drm_close(closing_fd, h = h % 24 + 1);
	return arg;
}

static void *reuser(void *arg)
{
	uint32_t handle;

	while (!stop)
		drm_dumb(closing_fd, PAGE, &handle);
	return arg;
}

static int close_and_reuse(void)
{
	pthread_t t[2];
	uint32_t handle;
	int i, bad = 0;

	closing_fd = drm_open("vgem");
	pthread_create(&t[0], NULL, closer, NULL);
	pthread_create(&t[1], NULL, reuser, NULL);
	for (i = 0; i < 3000; i++) {
		int err = drm_dumb(closing_fd, STEP, &handle);

		bad |= err && err != -ENOMEM;
	}
	stop = true;
	pthread_join(t[0], NULL);
	pthread_join(t[1], NULL);
	/* Nothing was lost: with all handles closed, the quota is there. */
	close(closing_fd);
	live_settled("/a", 0);
	return bad | fill(drm_open("vgem"));
}

static volatile struct drm_mode_create_dumb raced;

static void *rewriter(void *arg)
{
	while (!stop) {
		raced.height = 1;
		raced.height = 2 * QUOTA / PAGE;
		raced.size = 1;
		raced.handle = 1;
	}
	return arg;
}

static int rewritten(void)
{
	int i, fd = drm_open("vgem");
	pthread_t t;

	raced.width = PAGE / 4;
	raced.height = 1;
	raced.bpp = 32;
	pthread_create(&t, NULL, rewriter, NULL);
	for (i = 0; i < 3000; i++)
		syscall(SYS_ioctl, fd, DRM_IOCTL_MODE_CREATE_DUMB, &raced);
	stop = true;
	pthread_join(t, NULL);
	return fill(fd);
}

static const struct way {
	const char *name;
	int (*go)(void);
} ways[] = {
	{ "another file", another_fd },
	{ "a file inherited from outside", inherited_fd },
	{ "a file received by SCM_RIGHTS", received_fd },
	{ "a file taken by pidfd_getfd", taken_fd },
	{ "forked processes", forked },
	{ "an executed program", executed },
	{ "threads", threads },
	{ "32-bit calls", compat },
	{ "a move to a child cgroup", moved },
	{ "moves all the time", moving },
	{ "files closed while dma-bufs live", close_with_dmabuf },
	{ "handles closed and used again during the call", close_and_reuse },
	{ "an argument rewritten during the call", rewritten },
};

static void attempt(const struct way *w)
{
	int socks[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks))
		bail("socketpair");
	peak_reset("/a");
	pid = cg_fork("/a");
	if (!pid) {
		alarm(120);
		sock = socks[1];
		_exit(w->go());
	}
	fd_send(socks[0], outside);
	is(cg_wait(pid), 0, "%s: is tried until ENOMEM", w->name);
	close(socks[0]);
	close(socks[1]);
	/* Those made on a file that is open outside stay with it. */
	close(outside);
	outside = drm_open("vgem");
	is(peak("/a"), QUOTA, "%s: gets the quota and no byte more", w->name);
	is(live_settled("/a", 0), 0, "%s: leaves nothing", w->name);
	is(charged_settled("/a", card, 0), 0, "%s: and no charge", w->name);
}

/* A file that vgpu never saw being opened. */
static void opened_before(void)
{
	struct way way = { "a file opened before modprobe", inherited_fd };
	char out[1024];

	if (vgpu_unload(out, sizeof(out)))
		note("modprobe -r: %s", out);
	close(outside);
	outside = drm_open("vgem");
	is(vgpu_load(), 0, "vgpu is loaded after the file was opened");
	quota_set("/a", card, QUOTA);
	attempt(&way);
}

/* As the kernel has it; that of libdrm may be older. */
struct blob {
	uint32_t blob_mem, blob_flags, bo_handle, res_handle;
	uint64_t size;
	uint32_t pad, cmd_size;
	uint64_t cmd, blob_id;
};

/* Rounded up to pages, this is 0: it must count as more than the quota. */
static int blob_of_all(int fd)
{
	struct blob arg = { .blob_mem = 1, .size = UINT64_MAX };

	return ioctl(fd, DRM_IOWR(DRM_COMMAND_BASE + 0x0a, struct blob),
		     &arg) ? errno : 0;
}

static void beyond_64_bits(void)
{
	int fd = drm_open("virtio_gpu");

	quota_set("/a", drm_card("virtio_gpu"), QUOTA);
	is(blob_of_all(fd), EINVAL, "a size beyond 64 bits is the driver's to refuse");
	cg_enter("/a");
	is(blob_of_all(fd), ENOMEM, "but is no memory to a group with a quota");
	cg_leave();
	close(fd);
}

int main(int argc, char *argv[])
{
	unsigned int i;

	if (argc > 1)
		return fill(atoi(argv[1]));
	setup("bypass");
	card = drm_card("vgem");
	outside = drm_open("vgem");
	cg_create("/a");
	cg_create("/a/child");
	cg_create("/a/other");
	quota_set("/a", card, QUOTA);
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		attempt(&ways[i]);
	opened_before();
	beyond_64_bits();
	return finish();
}
