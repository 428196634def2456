// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever waits for a tenant's work waits for no more than what the engine was
 * given: a compositor that shows it, by the fence that it was told and by those
 * of the buffer, an MMU notifier of its memory, and the shrinker that memory
 * reclaim calls. What waits at the gate has told nobody of any fence yet.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "display.h"
#include "drm.h"
#include "gated.h"
#include "load.h"
#include "queue.h"
#include "quota.h"
#include "rounds.h"
#include "tap.h"

#define JOB	(40 * MSEC)
#define OTHER	(2 * MSEC)
#define SOON	(200 * MSEC)
/* A job of the tenant's is let in every four seconds, so one is, meanwhile. */
#define WHILE	(4500 * MSEC)
#define EVERY	(25 * MSEC)
/* What was let in before, and one job; and one CPU does all of it. */
#define BOUND	(HORIZON + JOB + OTHER + 15 * MSEC)
/* Some wait of so long was for the tenant's job, and no other's. */
#define WAITED	(10 * MSEC)

#define REGION	(16 * PAGE)
#define STACK	(64 << 10)
#define SCREEN	"vgpu_mock_screen"

static int card;		/* of the queue; all have it */
static uint32_t buffer;		/* there, of two frames */
static uint32_t syncobj;	/* there: the tenant's last job */
static struct rounds *others;

static int shared_open(void)
{
	return card;
}

/* What a program draws for a compositor. */
static int draw(int fd, uint64_t length)
{
	return queue_submit_on(fd, length, &buffer, 1, syncobj);
}

static struct engine drawing;

static char *region_make(void)
{
	char *at = mmap(NULL, REGION, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (at == MAP_FAILED)
		_exit(1);
	return at;
}

/* Each time anew, with a buffer of both kinds. */
static pid_t other_start(void)
{
	pid_t pid = cg_fork("/other");
	uint32_t buffers[2];
	uint64_t begin;
	char *region;
	int fd, ret;

	if (pid)
		return pid;
	region = region_make();
	for (;;) {
		begin = clock_ns();
		fd = drm_open(QUEUE);
		buffers[0] = queue_buffer(fd, REGION);
		buffers[1] = queue_userptr(fd, region, REGION);
		ret = queue_submit_on(fd, OTHER, buffers, 2, 0) ?:
		      queue_wait(fd, 0);
		close(fd);
		round_over(others, begin, ret);
		sleep_ns(EVERY);
	}
}

static struct gated *waiting(const struct engine *engine)
{
	struct gated *gated = gated_waiting(engine, "/tenant", JOB, 0);

	rounds_clear(others);
	return gated;
}

static void settle(void)
{
	uint64_t busy;

	do {
		busy = queue_busy("/tenant");
		sleep_ns(2 * BOUND);
	} while (queue_busy("/tenant") != busy);
}

/* Nobody is held up by it, and nothing of it is lost. */
static void went_on(struct gated *gated)
{
	uint64_t n;

	rounds_judge(others, BOUND, "others are not held up");
	n = gated->submitted;
	gated_let_go(&engine_drm, "/tenant");
	ok(gated_goes_on(gated, n + 1, SOON), "the tenant goes on when it may");
	is(gated->failed + gated->interrupted, 0, "and saw nothing of it");
}

/* Those of who waits for the tenant, who is let in once meanwhile. */
static void waited(const struct rounds *rounds, const char *what)
{
	rounds_judge(rounds, BOUND, what);
	ok(rounds->worst > WAITED, "one of which is for its job");
}

static int sync_file(void)
{
	struct drm_syncobj_handle arg = {
		.handle = syncobj,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
	};

	return ioctl(card, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &arg) ? -errno :
								   arg.fd;
}

/* A compositor, which is told of a fence or is not. */
static void __attribute__((noreturn))
compose(struct display *display, struct rounds *rounds, bool told)
{
	uint64_t begin;
	bool at_once = false;
	int fence = -1, ret;

	for (;;) {
		begin = clock_ns();
		if (told)
			fence = sync_file();
		ret = told && fence < 0 ? fence :
					  display_commit(display, fence, at_once);
		round_over(rounds, begin, ret);
		if (fence >= 0)
			close(fence);
		at_once = !at_once;
		sleep_ns(EVERY);
	}
}

static void composed(struct display *display, bool told, const char *what)
{
	struct rounds *rounds = rounds_make();
	struct gated *gated = waiting(&drawing);
	pid_t pid = cg_fork("/screen");

	if (!pid)
		compose(display, rounds, told);
	sleep_ns(WHILE);
	kill(pid, SIGKILL);
	cg_wait(pid);
	waited(rounds, what);
	went_on(gated);
	gated_kill(gated);
	rounds_free(rounds);
	settle();
}

/* By the fence, on a driver of a real GPU; by the buffer, beside one. */
static void shown(void)
{
	struct drm_syncobj_create create = {};
	struct display display;
	int dmabuf;

	if (ioctl(card, DRM_IOCTL_SYNCOBJ_CREATE, &create))
		bail("no sync object");
	syncobj = create.handle;
	display_open(&display, "virtio_gpu");
	composed(&display, true, "a screen waits for the fence it was given");
	close(display.fd);

	display_open(&display, SCREEN);
	buffer = queue_buffer(card, 8ull * display.width * display.height);
	if (drm_export(card, buffer, &dmabuf))
		bail("no dma-buf");
	display_import(&display, dmabuf);
	close(dmabuf);
	composed(&display, false, "and for those of the frame");
	close(display.fd);
}

/**
 * struct changes - what becomes of an address space
 * @region: a buffer of its tenant
 * @protected: its access is changed, back and forth
 * @unmapped: it is gone, and there is another one
 * @forked: all of it has a copy
 */
struct changes {
	char *region;
	struct rounds *protected;
	struct rounds *unmapped;
	struct rounds *forked;
};

static struct changes by_owner, by_sharer;

static void changes_make(struct changes *changes)
{
	changes->protected = rounds_make();
	changes->unmapped = rounds_make();
	changes->forked = rounds_make();
}

static void changes_free(struct changes *changes)
{
	rounds_free(changes->protected);
	rounds_free(changes->unmapped);
	rounds_free(changes->forked);
}

/* Plain calls: a process that shares it has the libc's data of another. */
static bool fork_once(void)
{
	long pid = syscall(SYS_fork);

	if (!pid)
		syscall(SYS_exit_group, 0);
	return pid > 0 && syscall(SYS_wait4, pid, NULL, 0, NULL) == pid;
}

static bool protect(char *at, int prot)
{
	return !mprotect(at, REGION, prot);
}

static bool replace(char *at)
{
	return !munmap(at, REGION) &&
	       mmap(at, REGION, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED, -1,
		    0) == at;
}

static void __attribute__((noreturn)) change(struct changes *changes)
{
	uint64_t begin;

	for (;;) {
		begin = clock_ns();
		round_over(changes->protected, begin,
			   !protect(changes->region, PROT_READ) ||
			   !protect(changes->region, PROT_READ | PROT_WRITE));
		sleep_ns(EVERY);
		begin = clock_ns();
		round_over(changes->unmapped, begin, !replace(changes->region));
		sleep_ns(EVERY);
		begin = clock_ns();
		round_over(changes->forked, begin, !fork_once());
		sleep_ns(EVERY);
	}
}

static void *owner(void *changes)
{
	change(changes);
}

static int sharer(void *changes)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	cg_enter("/other");
	change(changes);
}

static uint32_t regions[2];

/* A queue whose jobs work on memory that others change. */
static int mapped_open(void)
{
	int fd = drm_open(QUEUE);
	pthread_t thread;
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	by_owner.region = region_make();
	by_sharer.region = region_make();
	regions[0] = queue_userptr(fd, by_owner.region, REGION);
	regions[1] = queue_userptr(fd, by_sharer.region, REGION);
	if (stack == MAP_FAILED ||
	    clone(sharer, stack + STACK, CLONE_VM | SIGCHLD, &by_sharer) < 0 ||
	    pthread_create(&thread, NULL, owner, &by_owner))
		_exit(1);
	return fd;
}

static int mapped_submit(int fd, uint64_t length)
{
	return queue_submit_on(fd, length, regions, 2, 0);
}

/* The same with nobody else. */
static int alone_open(void)
{
	int fd = drm_open(QUEUE);

	regions[0] = queue_userptr(fd, region_make(), REGION);
	return fd;
}

static int alone_submit(int fd, uint64_t length)
{
	return queue_submit_on(fd, length, regions, 1, 0);
}

/* Nobody has a fence of its next job, so none waits for it to be let in. */
static void died(void)
{
	struct engine alone = engine_drm;
	uint64_t n = queue_figure("invalidated");
	struct gated *gated;

	alone.open = alone_open;
	alone.submit = alone_submit;
	gated = waiting(&alone);
	ok(gated_kill(gated) <= BOUND, "an owner that waits dies at once");
	ok(queue_figure("invalidated") > n, "and the driver is told");
	/* A share, or nothing would limit what is let in. */
	quota_set_time("/tenant", engine_drm.device(), "--weight", "100");
	gated_let_go(&engine_drm, "/tenant");
	gated = gated_start(&alone, "/tenant", JOB, 0, 0);
	sleep_ns(10 * JOB);
	n = gated->submitted;
	ok(n > 1 && gated_kill(gated) <= BOUND + JOB,
	   "one whose jobs run dies as they end");
	settle();
	quota_set_time("/tenant", engine_drm.device(), "--weight", "default");
}

static void changed(void)
{
	struct engine mapped = engine_drm;
	struct gated *gated;

	mapped.open = mapped_open;
	mapped.submit = mapped_submit;
	changes_make(&by_owner);
	changes_make(&by_sharer);
	gated = waiting(&mapped);
	sleep_ns(WHILE);
	waited(by_owner.protected, "another thread of it changes its access");
	rounds_judge(by_owner.unmapped, BOUND, "and unmaps it");
	rounds_judge(by_owner.forked, BOUND, "and forks");
	rounds_judge(by_sharer.protected, BOUND,
		     "so does a process that shares it");
	rounds_judge(by_sharer.unmapped, BOUND, "and unmaps it");
	rounds_judge(by_sharer.forked, BOUND, "and forks");
	went_on(gated);
	gated_kill(gated);
	changes_free(&by_owner);
	changes_free(&by_sharer);
	settle();
	died();
}

/* In a cgroup that has nothing to do with the tenant's. */
static void __attribute__((noreturn))
reclaim(struct rounds *rounds)
{
	uint64_t begin;

	for (;;) {
		begin = clock_ns();
		round_over(rounds, begin,
			   !file_write("/proc/sys/vm/drop_caches", "2"));
		sleep_ns(EVERY);
	}
}

/*
 * All shrinkers are called, as by who wants memory where there is none. That
 * of a cgroup calls none of a driver's.
 */
static void shrunk(void)
{
	struct rounds *rounds = rounds_make();
	uint64_t n = queue_figure("reclaimed");
	struct gated *gated = waiting(&drawing);
	pid_t pid = cg_fork("/other");

	if (!pid)
		reclaim(rounds);
	sleep_ns(WHILE);
	kill(pid, SIGKILL);
	cg_wait(pid);
	waited(rounds, "whoever wants memory waits for it");
	ok(queue_figure("reclaimed") > n, "its driver was asked for memory");
	went_on(gated);
	gated_kill(gated);
	rounds_free(rounds);
	settle();
}

int main(void)
{
	pid_t other;

	setup("waiters");
	engine_drm.load();
	if (RUN(NULL, 0, "modprobe", SCREEN))
		bail("modprobe " SCREEN);
	cg_create("/tenant");
	cg_create("/other");
	cg_create("/screen");
	card = drm_open(QUEUE);
	buffer = queue_buffer(card, REGION);
	drawing = engine_drm;
	drawing.open = shared_open;
	drawing.submit = draw;
	others = rounds_make();
	other = other_start();
	shown();
	changed();
	shrunk();
	kill(other, SIGKILL);
	cg_wait(other);
	close(card);
	engine_settle(&engine_drm);
	is(RUN(NULL, 0, "modprobe", "-r", SCREEN), 0, "the screen is gone");
	is(engine_drm.unload(), 0, "and so is the driver");
	return finish();
}
