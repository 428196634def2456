// SPDX-License-Identifier: GPL-2.0
/*
 * A tenant stalls its own call for ever: the argument lies on a page that a
 * userfaultfd or a FUSE server serves, and never does. Nothing else may wait for it: not
 * others of its cgroup, not the operator who sets quotas, detaches or unloads.
 * Killed, it leaves nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "fuse.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define QUOTA	(4 * MIB)
#define SIZE	(1 * MIB)

enum where {
	COPY_IN,	/* the argument is not there to be read */
	COPY_OUT,	/* it is, but the answer cannot be written */
	COPY_IN_FUSE,	/* it is not there, and a signal does not help */
};

static void *caller(void *arg)
{
	ioctl(drm_open("vgem"), DRM_IOCTL_MODE_CREATE_DUMB, arg);
	return NULL;
}

static int serve_nothing(void *page, enum where where)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { (unsigned long)page, PAGE },
		.mode = where == COPY_IN ? UFFDIO_REGISTER_MODE_MISSING :
			UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect wp = {
		.range = { (unsigned long)page, PAGE },
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &reg))
		_exit(2);
	if (where == COPY_OUT && ioctl(fd, UFFDIO_WRITEPROTECT, &wp))
		_exit(3);
	return fd;
}

/* Says a byte when its call is stalled, and is stalled for ever. */
static pid_t staller(enum where where, int say)
{
	struct drm_mode_create_dumb *arg;
	pid_t pid = cg_fork("/a");
	struct pollfd p;
	pthread_t t;

	if (pid)
		return pid;
	if (where == COPY_IN_FUSE) {
		pthread_create(&t, NULL, caller, fuse_page(say));
		pause();
	}
	arg = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arg == MAP_FAILED)
		_exit(1);
	if (where == COPY_OUT)
		*arg = (struct drm_mode_create_dumb){
			.width = PAGE / 4, .height = SIZE / PAGE, .bpp = 32,
		};
	p.fd = serve_nothing(arg, where);
	p.events = POLLIN;
	pthread_create(&t, NULL, caller, arg);
	if (poll(&p, 1, 20000) == 1 && p.revents == POLLIN &&
	    write(say, "", 1) == 1)
		pause();
	_exit(4);
}

/* Ends within the time, whatever it says. */
static int ends(const char *what, char *out, size_t size, const char *const a[])
{
	const char *argv[12] = { "timeout", "-s", "KILL", "60" };
	unsigned int i;
	int ret;

	for (i = 0; a[i]; i++)
		argv[4 + i] = a[i];
	argv[4 + i] = NULL;
	ret = run(out, size, argv);
	ok(ret != 124 && ret != 137, "%s ends", what);
	return ret;
}

#define ENDS(what, out, ...) \
	ends(what, out, sizeof(out), (const char *const[]){ __VA_ARGS__, NULL })

static void unloads(pid_t pid)
{
	char out[4096], name[16];
	int ret;

	ret = ENDS("rmmod", out, "sh", "-c",
		   "exec modprobe -r $(ls /sys/module/vgpu/holders) vgpu");
	if (ret) {
		note("rmmod: %s", out);
		ok(strstr(out, "in use") || strstr(out, "busy"),
		   "rmmod says that it is in use");
		ret = ENDS("detach", out, "vgpu-tool", "driver", "detach",
			   "vgem");
		snprintf(name, sizeof(name), "%d", pid);
		ok(!ret || strstr(out, name),
		   "detach succeeds or names the process");
	} else {
		ok(true, "rmmod succeeds");
	}
}

static void stall(enum where where, const char *name)
{
	const char *card = drm_card("vgem");
	uint64_t held = where == COPY_OUT ? SIZE : 0;
	int said[2], fd, err;
	uint32_t handle;
	pid_t pid;
	char c;

	if (pipe(said))
		bail("pipe");
	quota_set("/a", card, QUOTA);
	pid = staller(where, said[1]);
	close(said[1]);
	is(read(said[0], &c, 1), 1, "%s: a call is stalled", name);
	close(said[0]);
	is(live("/a"), held, "%s: what it made counts", name);

	fd = drm_open("vgem");
	cg_enter("/a");
	is(drm_fill(fd, MIB / 4, &err), QUOTA - held,
	   "%s: others of its cgroup have the rest", name);
	quota_set("/a", card, QUOTA + MIB);
	is(drm_dumb(fd, MIB, &handle), 0, "%s: a new quota is in force", name);
	is(-drm_dumb(fd, PAGE, &handle), ENOMEM, "%s: and binds", name);
	cg_leave();
	close(fd);
	is(live_settled("/a", held), held, "%s: they go", name);

	unloads(pid);
	fd = drm_open("vgem");
	is(drm_dumb(fd, MIB, &handle), 0, "%s: the driver works on", name);
	close(fd);
	is(kill(pid, SIGKILL), 0, "%s: the process is there still", name);
	is(cg_wait(pid), 128 + SIGKILL, "%s: and can be killed", name);
	is(live_settled("/a", 0), 0, "%s: which leaves nothing", name);
	is(vgpu_load(), 0, "%s: vgpu is loaded again", name);
	RUN(NULL, 0, "vgpu-tool", "driver", "attach", "vgem");
	is(charged("/a", card), 0, "%s: nothing is charged", name);
}

struct resources {
	int fd;
	struct drm_mode_card_res arg;
};

static void *resources(void *arg)
{
	struct resources *r = arg;

	ioctl(r->fd, DRM_IOCTL_MODE_GETRESOURCES, &r->arg);
	return NULL;
}

/* Likewise, in a call that holds the lock of its file's framebuffers. */
static pid_t framer(int say)
{
	struct drm_mode_fb_cmd fb = {
		.width = PAGE / 4, .height = SIZE / PAGE, .pitch = PAGE,
		.bpp = 32, .depth = 24,
	};
	struct resources r = { .arg.count_fbs = 1 };
	pid_t pid = cg_fork("/a");
	pthread_t t;

	if (pid)
		return pid;
	r.fd = drm_open("virtio_gpu");
	if (drm_dumb(r.fd, SIZE, &fb.handle) ||
	    ioctl(r.fd, DRM_IOCTL_MODE_ADDFB, &fb))
		_exit(1);
	r.arg.fb_id_ptr = (uintptr_t)fuse_page(say);
	pthread_create(&t, NULL, resources, &r);
	pause();
	_exit(0);
}

static void attach(void)
{
	_exit(RUN(NULL, 0, "vgpu-tool", "driver", "attach", "virtio_gpu"));
}

static void open_other(void)
{
	close(drm_open("virtio_gpu"));
	_exit(0);
}

/* Where it does not end, nothing may wait for it: it cannot be killed. */
static void ends_well(void (*doing)(void), const char *what)
{
	int i, status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		doing();
	for (i = 0; i < 300 && !waitpid(pid, &status, WNOHANG); i++)
		usleep(100000);
	ok(i < 300 && !status, "framebuffers locked: %s", what);
}

static bool sets_modes(const char *driver)
{
	struct drm_mode_card_res arg = { 0 };
	int fd = drm_open(driver), ret;

	ret = ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &arg);
	close(fd);
	return !ret;
}

static void framebuffers(void)
{
	const char *card = drm_card("virtio_gpu");
	int said[2];
	pid_t pid;
	char c;

	if (!sets_modes("virtio_gpu")) {
		is(strcmp(getenv("VGPU_KERNEL") ?: "", "kasan"), 0,
		   "the debug kernel alone has no framebuffers");
		return;
	}
	if (pipe(said))
		bail("pipe");
	is(RUN(NULL, 0, "vgpu-tool", "driver", "detach", "virtio_gpu"), 0,
	   "framebuffers locked: their driver is detached");
	pid = framer(said[1]);
	close(said[1]);
	is(read(said[0], &c, 1), 1, "framebuffers locked: a call is stalled");
	close(said[0]);
	ends_well(attach, "the driver is attached");
	ends_well(open_other, "others open the device");
	is(charged("/a", card), SIZE,
	   "framebuffers locked: what has a handle is charged");
	is(kill(pid, SIGKILL), 0,
	   "framebuffers locked: the process is there still");
	is(cg_wait(pid), 128 + SIGKILL,
	   "framebuffers locked: and can be killed");
	is(live_settled("/a", 0), 0,
	   "framebuffers locked: which leaves nothing");
	is(charged_settled("/a", card, 0), 0,
	   "framebuffers locked: and nothing charged");
}

int main(void)
{
	setup("stall");
	/* Where it is built in, there is no such module. */
	RUN(NULL, 0, "modprobe", "-q", "fuse");
	cg_create("/a");
	stall(COPY_IN, "argument not there");
	stall(COPY_OUT, "answer not taken");
	stall(COPY_IN_FUSE, "argument in a file");
	framebuffers();
	return finish();
}
