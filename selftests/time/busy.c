// SPDX-License-Identifier: GPL-2.0
/*
 * Each group is charged the time for which its work kept the engine busy, and
 * no other: judged by the engine's own clock.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "queue.h"
#include "quota.h"
#include "tap.h"

static uint64_t busy(const char *cg)
{
	return stat_of(cg, drm_card(QUEUE), "busy_ns");
}

/* Two clocks are read a little apart, at both ends of each job. */
static void agree(const char *cg, uint64_t engine, uint64_t jobs,
		  const char *what)
{
	uint64_t ours = busy(cg), apart = ours > engine ? ours - engine :
							  engine - ours;

	if (!ok(apart <= engine / 50 + jobs * MSEC / 2,
		"%s: busy as long as the engine says", what))
		note("vgpu %" PRIu64 ", the engine %" PRIu64, ours, engine);
}

static void agree_one(const char *cg, uint64_t jobs, const char *what)
{
	is(queue_jobs(cg), jobs, "%s: all jobs ended", what);
	agree(cg, queue_busy(cg), jobs, what);
}

/* Keeps @depth jobs of @length in the queue until it has submitted @n. */
static pid_t tenant(const char *cg, unsigned int n, uint64_t length,
		    unsigned int depth)
{
	pid_t pid = cg_fork(cg);

	if (!pid) {
		int fd = drm_open(QUEUE);

		while (n--)
			if (queue_submit(fd, length) ||
			    queue_wait(fd, depth - 1))
				_exit(1);
		_exit(queue_wait(fd, 0) != 0);
	}
	return pid;
}

static void alone(void)
{
	cg_create("/alone");
	is(cg_wait(tenant("/alone", 20, 10 * MSEC, 1)), 0, "jobs run alone");
	agree_one("/alone", 20, "one at a time");
	is(cg_wait(tenant("/alone", 20, 10 * MSEC, 8)), 0,
	   "many are in the queue");
	agree_one("/alone", 40, "one behind the other");
	sleep_ns(200 * MSEC);
	agree_one("/alone", 40, "and the device idle");
}

/* Who waits behind another's jobs is not charged for the wait. */
static void together(void)
{
	uint64_t start = clock_ns(), wall;
	pid_t one, other;

	cg_create("/pod");
	cg_create("/pod/long");
	cg_create("/pod/short");
	one = tenant("/pod/long", 20, 40 * MSEC, 2);
	other = tenant("/pod/short", 20, 2 * MSEC, 2);
	is(cg_wait(one), 0, "long jobs run");
	is(cg_wait(other), 0, "and short ones between them");
	wall = clock_ns() - start;
	agree_one("/pod/long", 20, "long jobs");
	agree_one("/pod/short", 20, "short jobs");
	agree("/pod", queue_busy("/pod/long") + queue_busy("/pod/short"), 40,
	      "both together");
	ok(busy("/pod") <= wall, "and no longer than time went by");
}

/* Who waits for what its work depends on is not charged for that either. */
static void depending(void)
{
	int fd = drm_open(QUEUE);

	cg_create("/depending");
	cg_enter("/depending");
	queue_hold(true);
	is(queue_submit(fd, 20 * MSEC), 0, "a job has to wait");
	cg_leave();
	sleep_ns(300 * MSEC);
	is(queue_busy("/depending"), 0, "and the engine with it");
	queue_hold(false);
	is(queue_wait(fd, 0), 0, "then runs");
	close(fd);
	agree_one("/depending", 1, "a job that had to wait");
}

/* A submission that is several jobs is charged for all of them. */
static void several(void)
{
	int i, fd = drm_open(QUEUE);

	cg_create("/several");
	cg_enter("/several");
	for (i = 0; i < 10; i++)
		queue_submit_two(fd, 10 * MSEC);
	is(queue_wait(fd, 0), 0, "submissions of two jobs each end");
	/* Where none follows, no other is taken for the second job. */
	for (i = 0; i < 10; i++) {
		queue_submit_two(fd, 10 * MSEC);
		queue_wait(fd, 0);
	}
	cg_leave();
	close(fd);
	agree_one("/several", 40, "several jobs in one");
}

/* So are they where the kernel memory that is left is that of one job. */
static void several_without_memory(void)
{
	int i, fd = drm_open(QUEUE);
	uint64_t before, job;

	cg_create("/poor");
	cg_enter("/poor");
	queue_hold(true);
	queue_submit(fd, MSEC);
	before = kernel_memory("/poor");
	queue_submit(fd, MSEC);
	job = kernel_memory("/poor") - before;
	queue_hold(false);
	is(queue_wait(fd, 0), 0, "two jobs of a group end");
	sleep_ns(100 * MSEC);
	/* Memory of one job is kept, and there is none for another. */
	kernel_memory_set("/poor", kernel_memory("/poor") + job / 2);
	for (i = 0; i < 10; i++) {
		is(queue_submit_two(fd, 10 * MSEC), 0, "a submission of two");
		is(queue_wait(fd, 0), 0, "ends");
		sleep_ns(20 * MSEC);
	}
	cg_leave();
	close(fd);
	agree_one("/poor", 22, "several without kernel memory");
}

static void refused(void)
{
	int fd = drm_open(QUEUE);

	cg_create("/refused");
	cg_enter("/refused");
	queue_fail(EIO);
	is(-queue_submit(fd, 50 * MSEC), EIO, "the driver refuses a job late");
	is(-queue_submit(fd, 0), EINVAL, "and one at once");
	queue_fail(0);
	is(queue_submit(fd, 5 * MSEC), 0, "then takes one");
	is(queue_wait(fd, 0), 0, "which ends");
	cg_leave();
	close(fd);
	agree_one("/refused", 1, "after two that were refused");
}

/* The work of the dead is theirs. */
static void killed(void)
{
	pid_t pid;

	cg_create("/killed");
	pid = cg_fork("/killed");
	if (!pid) {
		int i, fd = drm_open(QUEUE);

		for (i = 0; i < 5; i++)
			queue_submit(fd, 50 * MSEC);
		pause();
		_exit(0);
	}
	while (queue_length() < 5)
		usleep(1000);
	kill(pid, SIGKILL);
	is(cg_wait(pid), 128 + SIGKILL, "a process is killed, its jobs queued");
	while (queue_length())
		usleep(10000);
	agree_one("/killed", 5, "killed");
}

/* Longer than it takes to read a program from a slow host. */
#define LONG	(6 * SEC)

/* Nothing waits for the work of a tenant. */
static void detached(void)
{
	char out[1024] = "";
	uint64_t before;
	pid_t pid;

	cg_create("/detached");
	pid = tenant("/detached", 3, LONG, 3);
	while (queue_length() < 3)
		usleep(1000);
	is(RUN(out, sizeof(out), "vgpu-tool", "driver", "detach", QUEUE), 0,
	   "the driver is detached while a job runs: %s", out);
	is(queue_length(), 3, "and not waited for");
	is(RUN(out, sizeof(out), "vgpu-tool", "driver", "attach", QUEUE), 0,
	   "and attached again: %s", out);
	before = busy("/detached");
	is(cg_wait(pid), 0, "all its jobs end");
	is(busy("/detached"), before, "what was let go of is not charged");
	is(cg_wait(tenant("/detached", 2, 20 * MSEC, 1)), 0, "others run");
	ok(busy("/detached") >= before + 39 * MSEC, "and are charged");
}

static void unloaded(void)
{
	char out[1024] = "";
	pid_t pid;

	cg_create("/unloaded");
	pid = tenant("/unloaded", 3, LONG, 3);
	while (queue_length() < 3)
		usleep(1000);
	is(vgpu_unload(out, sizeof(out)), 0, "vgpu goes while a job runs: %s",
	   out);
	is(queue_length(), 3, "and does not wait for it");
	is(cg_wait(pid), 0, "and ends");
	pid = tenant("/unloaded", 1, 1000 * MSEC, 2);
	is(vgpu_load(), 0, "vgpu comes back while one runs");
	is(cg_wait(pid), 0, "which ends, too");
	is(cg_wait(tenant("/unloaded", 2, 20 * MSEC, 2)), 0, "others run");
	ok(busy("/unloaded") >= 39 * MSEC && busy("/unloaded") < 1500 * MSEC,
	   "and are charged");
}

static void driver_gone(void)
{
	pid_t pid;

	cg_create("/gone");
	pid = cg_fork("/gone");
	if (!pid)
		_exit(queue_submit(drm_open(QUEUE), 30000 * MSEC) != 0);
	is(cg_wait(pid), 0, "a job outlives who submitted it");
	is(queue_length(), 1, "and runs");
	is(queue_unload(), 0, "its driver is unloaded");
	queue_load();
	is(cg_wait(tenant("/gone", 2, 20 * MSEC, 1)), 0,
	   "loaded anew it runs jobs");
	ok(busy("/gone") >= 39 * MSEC && busy("/gone") < 10000 * MSEC,
	   "which are charged");
}

int main(void)
{
	setup("busy");
	queue_load();
	alone();
	together();
	depending();
	several();
	several_without_memory();
	refused();
	killed();
	detached();
	unloaded();
	driver_gone();
	/* Others on this guest count its devices. */
	is(queue_unload(), 0, "the driver is unloaded");
	return finish();
}
