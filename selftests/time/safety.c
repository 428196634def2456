// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever waits at the gate holds nothing that others need: while one does,
 * memory is reclaimed, its address space changes, it is killed for want of
 * memory, the screen is drawn, the GPU is reset and the machine goes to sleep,
 * and nobody else is held up by more than what the engine was given before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "display.h"
#include "drm.h"
#include "gated.h"
#include "load.h"
#include "observer.h"
#include "queue.h"
#include "quota.h"
#include "rounds.h"
#include "tap.h"

#define JOB	(40 * MSEC)
#define OTHER	(2 * MSEC)
#define SOON	(200 * MSEC)
/* Its turn comes every four seconds, so this is no turn of its. */
#define WHILE	SEC
/* What was let in before, and one job; and one CPU does all of it. */
#define BOUND	(HORIZON + JOB + OTHER + 10 * MSEC)
#define FLIPS	20

static const struct engine *engine = &engine_drm;

static struct rounds *others;

/* Opens the device, has a job done and closes it. */
static pid_t other_start(void)
{
	pid_t pid = cg_fork("/other");
	uint64_t begin;
	int fd, ret;

	if (pid)
		return pid;
	for (;;) {
		begin = clock_ns();
		fd = engine->open();
		ret = engine->submit(fd, OTHER) ?: engine->wait(fd, 0);
		close(fd);
		round_over(others, begin, ret);
		sleep_ns(10 * MSEC);
	}
}

static struct gated *waiting(void)
{
	struct gated *gated = gated_waiting(engine, "/tenant", JOB, 0);

	rounds_clear(others);
	return gated;
}

static void others_went_on(void)
{
	sleep_ns(200 * MSEC);
	rounds_judge(others, BOUND, "others are not held up");
}

/* Until the engine has nothing of the tenant's; others never end. */
static void settle(void)
{
	uint64_t busy;

	do {
		busy = queue_busy("/tenant");
		sleep_ns(BOUND);
	} while (queue_busy("/tenant") != busy);
}

/* It waits still, and nothing of it is lost. */
static void went_on(struct gated *gated)
{
	uint64_t n;

	others_went_on();
	ok(gated_waits(gated), "the tenant waits still");
	n = gated->submitted;
	gated_let_go(engine, "/tenant");
	ok(gated_goes_on(gated, n + 1, SOON), "it goes on when it may");
	is(gated->failed + gated->interrupted, 0, "and saw nothing of it");
	gated_kill(gated);
	settle();
}

static void reclaimed(void)
{
	struct gated *gated = waiting();
	uint64_t begin = clock_ns();

	ok(file_write("/proc/sys/vm/drop_caches", "3"), "all caches are dropped");
	ok(cg_write("/tenant", "memory.reclaim", "1M") || errno == EAGAIN,
	   "and the tenant's memory is reclaimed, as far as there is any");
	ok(clock_ns() - begin < WHILE, "without waiting for it");
	note("in %.1f ms", (double)(clock_ns() - begin) / MSEC);
	went_on(gated);
}

static void *submits(void *arg)
{
	int fd = engine->open();

	while (!engine->submit(fd, JOB))
		;
	return arg;
}

/* What a driver hears of by an MMU notifier. */
static bool change_memory(void)
{
	size_t size = 64 * PAGE;
	char *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return at != MAP_FAILED && !madvise(at, size, MADV_DONTNEED) &&
	       !mprotect(at, size, PROT_READ) && !munmap(at, size);
}

/* One thread waits, another one changes what both see. */
static void unmapped(void)
{
	struct rounds *rounds = rounds_make();
	pthread_t thread;
	uint64_t begin;
	pid_t pid;

	gated_throttle(engine, "/tenant");
	pid = cg_fork("/tenant");
	if (!pid) {
		if (pthread_create(&thread, NULL, submits, NULL))
			_exit(1);
		sleep_ns(300 * MSEC);
		for (;;) {
			begin = clock_ns();
			round_over(rounds, begin, !change_memory());
			sleep_ns(10 * MSEC);
		}
	}
	sleep_ns(400 * MSEC);
	rounds_clear(others);
	sleep_ns(WHILE);
	others_went_on();
	begin = clock_ns();
	kill(pid, SIGKILL);
	is(cg_wait(pid), 128 + SIGKILL, "one of two threads waited");
	ok(clock_ns() - begin < SOON, "and is killed at once");
	rounds_judge(rounds, SOON, "the memory of who waits can be changed");
	rounds_free(rounds);
	settle();
}

static pid_t glutton_start(void)
{
	size_t size = 64 * MIB;
	pid_t pid = cg_fork("/tenant");
	char *at;

	if (pid)
		return pid;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(at, 1, size);
	_exit(0);
}

/* All of a cgroup die for want of memory, who waits at the gate too. */
static void out_of_memory(void)
{
	struct gated *gated = waiting();
	uint64_t begin = clock_ns();
	pid_t pid;

	ok(cg_write("/tenant", "memory.oom.group", "1") &&
	   cg_write("/tenant", "memory.max", "16M"),
	   "its cgroup may have little memory");
	/* The kernel prints a trace of whom it kills, which is no fault here. */
	if (!file_write("/proc/sys/kernel/printk", "4"))
		bail("printk");
	pid = glutton_start();
	is(cg_wait(pid), 128 + SIGKILL, "and is killed for want of more");
	is(cg_wait(gated->pid), 128 + SIGKILL, "with who waits at the gate");
	file_write("/proc/sys/kernel/printk", "7");
	ok(clock_ns() - begin < WHILE, "who does not hold it up");
	note("in %.1f ms", (double)(clock_ns() - begin) / MSEC);
	others_went_on();
	munmap(gated, sizeof(*gated));
	ok(cg_write("/tenant", "memory.max", "max"), "it may have more again");
	settle();
}

static int screen_submit(int fd, uint64_t length)
{
	struct drm_virtgpu_execbuffer exec = { .fence_fd = -1 };

	(void)length;
	return ioctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &exec) ? -errno : 0;
}

static int screen_open(void)
{
	return drm_open("virtio_gpu");
}

/* The gate alone: without virgl nothing is behind it. */
static const struct engine screen = {
	.open = screen_open,
	.submit = screen_submit,
};

/* A tenant waits for the very card whose screen another one draws. */
static void drawn(void)
{
	struct rounds *rounds = rounds_make();
	struct display display;
	struct gated *gated;
	uint64_t begin;
	pid_t pid;
	int i;

	display_open(&display, "virtio_gpu");
	group_freeze("/tenant", true);
	gated = gated_start(&screen, "/tenant", 0, 0, 0);
	sleep_ns(200 * MSEC);
	is(gated->submitted + gated->failed, 0,
	   "a tenant waits for the card that has the screen");
	pid = cg_fork("/other");
	if (!pid) {
		for (i = 0; i < FLIPS; i++) {
			begin = clock_ns();
			round_over(rounds, begin, display_flip(&display) != 0);
		}
		_exit(0);
	}
	sleep_ns(2 * SEC);
	kill(pid, SIGKILL);
	is(cg_wait(pid), 0, "all is drawn");
	is(rounds->n, FLIPS, "frame by frame");
	rounds_judge(rounds, SOON, "and each at once");
	ok(observe("/other").flips >= FLIPS, "as the observer saw");
	is(gated->submitted + gated->failed, 0, "the tenant waits still");
	ok(gated_kill(gated) < SOON, "and is killed at once");
	group_freeze("/tenant", false);
	close(display.fd);
	rounds_free(rounds);
}

/* Its exit status, or that of one that had to be killed. */
static int ends(pid_t pid)
{
	siginfo_t info = {};
	uint64_t end = clock_ns() + WHILE;

	while (!info.si_pid && clock_ns() < end) {
		sleep_ns(MSEC);
		waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT);
	}
	if (!info.si_pid)
		kill(pid, SIGKILL);
	return cg_wait(pid);
}

static pid_t one_job(uint64_t length)
{
	pid_t pid = cg_fork("/hangs");

	if (!pid) {
		int fd = engine->open();

		_exit(engine->submit(fd, length) || engine->wait(fd, 0));
	}
	return pid;
}

/* What ran when the GPU was reset makes room, as if it had ended well. */
static void reset(void)
{
	struct load load = { .cg = "/tenant", .length = OTHER, .depth = 8 };
	struct gated *gated = waiting();
	uint64_t begin = clock_ns();
	pid_t hangs = one_job(10 * SEC);

	sleep_ns(100 * MSEC);
	queue_reset();
	is(ends(hangs), 0, "a job hangs, and a reset ends it");
	ok(clock_ns() - begin < WHILE, "at once");
	begin = clock_ns();
	is(ends(one_job(OTHER)), 0, "whose job it was has another one done");
	ok(clock_ns() - begin < SOON, "at once, too");
	rounds_clear(others);
	went_on(gated);
	load_start(engine, &load);
	sleep_ns(100 * MSEC);
	/* But for what the others ask for. */
	ok(load_part(engine, "/tenant", 500 * MSEC) > 75,
	   "of what was reset no room is lost");
	load_stop(&load);
	settle();
}

/* As far as all processes are to stand still, and then back. */
static void slept(void)
{
	struct gated *gated = waiting();
	uint64_t begin = clock_ns();

	if (!file_write("/sys/module/suspend/parameters/pm_test_delay", "1") ||
	    !file_write("/sys/power/pm_freeze_timeout", "2000") ||
	    !file_write("/sys/power/pm_test", "freezer"))
		bail("the kernel cannot try to sleep");
	ok(file_write("/sys/power/state", "freeze"),
	   "the machine goes to sleep while it waits");
	note("and is back in %.1f s", (double)(clock_ns() - begin) / SEC);
	file_write("/sys/power/pm_test", "none");
	/* They slept too. */
	sleep_ns(20 * MSEC);
	rounds_clear(others);
	went_on(gated);
}

static void memory_controller(void)
{
	if (!cg_write("/..", "cgroup.subtree_control", "+memory") ||
	    !cg_write("", "cgroup.subtree_control", "+memory"))
		bail("no controller of memory");
}

int main(void)
{
	pid_t other;

	setup("safety");
	engine->load();
	memory_controller();
	cg_create("/tenant");
	cg_create("/other");
	cg_create("/hangs");
	others = rounds_make();
	other = other_start();
	reclaimed();
	unmapped();
	out_of_memory();
	drawn();
	reset();
	slept();
	kill(other, SIGKILL);
	cg_wait(other);
	engine_settle(engine);
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
