// SPDX-License-Identifier: GPL-2.0
/*
 * The engine of the mock driver, without vgpu: time slices, preemption, what
 * takes a group out of the run list and puts it back. Other tests believe its
 * clock.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "channels.h"
#include "clock.h"
#include "judge.h"
#include "fifo.h"
#include "tap.h"

#define US	1000ull
#define MS	(1000 * US)
#define PREEMPT	(50 * US)

static void open_client(struct rm *rm)
{
	int err = rm_client_open(rm, 0);

	if (err)
		bail("no client: %s", strerror(-err));
}

static void open_queue(struct fifo *q, struct rm *rm, uint32_t engine)
{
	uint32_t status = fifo_open(q, rm, engine);

	if (status)
		bail("no queue: %#x", status);
}

static struct clock_tsg tsg_of(struct fifo *q)
{
	struct clock_tsg tsg;

	if (!clock_tsg(0, q->rm->root, q->tsg, &tsg))
		bail("the group is not in the run list");
	return tsg;
}

static struct clock_engine engine_now(void)
{
	struct clock_engine engine;

	if (!clock_engine(0, "graphics", &engine))
		bail("no engine");
	return engine;
}

static bool between(uint64_t value, uint64_t low, uint64_t high,
		    const char *what)
{
	return ok(value >= low && value <= high,
		  "%s: %" PRIu64 ", from %" PRIu64 " to %" PRIu64, what, value,
		  low, high);
}

/* Does anybody look at doorbells, on the clock of a timer? */
static bool polled(void)
{
	FILE *file = fopen("/sys/kernel/debug/fakegpu/polling", "r");
	int c = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	return c != 'N';
}

/* One job; the doorbell of a queue that was idle for long. */
static void single(struct rm *rm)
{
	struct clock_engine before, after;
	struct fifo q;

	open_queue(&q, rm, FIFO_COMPUTE);
	before = engine_now();
	ok(fifo_submit(&q, 5 * MS, 1), "a job of 5 ms");
	ok(fifo_wait(&q, 100), "is done");
	after = engine_now();
	is(tsg_of(&q).busy, 5 * MS, "it ran for 5 ms");
	between(after.at - before.at, 5 * MS, 50 * MS, "and took that long");
	is(after.jobs - before.jobs, 1, "one job");
	is(after.lost, before.lost, "alone, it is not preempted");
	usleep(20000);
	ok(!polled(), "nobody polls while it is idle");
	fifo_submit(&q, MS, 3);
	ok(fifo_wait(&q, 100), "the doorbell wakes it");
	is(tsg_of(&q).busy, 8 * MS, "3 jobs of 1 ms more");
	ok(fifo_push(&q, MS, 1), "one that is not rung for");
	usleep(10000);
	is(fifo_done(&q), 4, "does not run");
	fifo_ring(&q);
	ok(fifo_wait(&q, 100), "until it is");
	fifo_submit(&q, 10 * US, 4000);
	ok(fifo_wait(&q, 200), "4000 jobs of 10 us");
	fifo_submit(&q, 10 * US, 4000);
	ok(fifo_wait(&q, 200), "and once more round the ring");
	is(tsg_of(&q).busy, 9 * MS + 80 * MS, "80 ms of them");
	fifo_close(&q);
}

/* Two groups that have always work, and what each gets. */
static void share(struct rm *rm, uint64_t slice_a, uint64_t slice_b)
{
	uint64_t a, b, lost, want = slice_a * 1000 / (slice_a + slice_b);
	struct clock_engine before, after;
	struct fifo qa, qb;

	open_queue(&qa, rm, FIFO_COMPUTE);
	open_queue(&qb, rm, FIFO_COMPUTE);
	is(fifo_timeslice(&qa, slice_a), RM_OK, "%" PRIu64 " us", slice_a);
	is(fifo_timeslice(&qb, slice_b), RM_OK, "%" PRIu64 " us", slice_b);
	fifo_submit(&qa, 100 * MS, 20);
	fifo_submit(&qb, 700 * US, 4000);
	usleep(20000);
	before = engine_now();
	usleep(500000);
	a = tsg_of(&qa).busy;
	b = tsg_of(&qb).busy;
	after = engine_now();
	note("busy %" PRIu64 " and %" PRIu64 " ns", a, b);
	between(a * 1000 / (a + b), want - 10, want + 10,
		"per mille of the first");
	lost = after.lost - before.lost;
	is(after.busy - before.busy + lost, after.at - before.at,
	   "the engine never idles");
	/* One may be half done at each end. */
	between(lost + PREEMPT,
		(after.preemptions - before.preemptions) * PREEMPT,
		(after.preemptions - before.preemptions + 2) * PREEMPT,
		"each preemption costs 50 us");
	fifo_close(&qa);
	fifo_close(&qb);
}

static void slices(struct rm *rm)
{
	uint64_t us = 0;
	struct fifo q;

	open_queue(&q, rm, FIFO_COMPUTE);
	is(fifo_timeslice_get(&q, &us), RM_OK, "GET_TIMESLICE");
	is(us, 1024, "the driver's default");
	is(fifo_timeslice(&q, 0), RM_INVALID_ARGUMENT, "none at all");
	fifo_close(&q);
	share(rm, 1000, 1000);
	share(rm, 1000, 3000);
	share(rm, 6000, 2000);
}

/* A short job does not wait for a long one. */
static void preemption(struct rm *rm)
{
	struct fifo longer, shorter;

	open_queue(&longer, rm, FIFO_COMPUTE);
	open_queue(&shorter, rm, FIFO_COMPUTE);
	fifo_submit(&longer, 100 * MS, 1);
	usleep(10000);
	fifo_submit(&shorter, 100 * US, 1);
	ok(fifo_wait(&shorter, 50), "a job of 100 us");
	is(fifo_done(&longer), 0, "inside one of 100 ms, which is not done");
	is(tsg_of(&longer).preemptions, 1, "but was preempted");
	ok(fifo_wait(&longer, 200), "and goes on");
	is(tsg_of(&longer).busy, 100 * MS, "for 100 ms in all");
	judge_set("wfi", 1);
	fifo_submit(&longer, 30 * MS, 1);
	usleep(5000);
	fifo_submit(&shorter, 100 * US, 1);
	usleep(10000);
	is(fifo_done(&shorter), 1, "with wfi the short one waits");
	ok(fifo_wait(&shorter, 100), "for the end");
	is(fifo_done(&longer), 2, "of the long one");
	judge_set("wfi", 0);
	fifo_close(&longer);
	fifo_close(&shorter);
}

/* Disabled and preempted, it is off after the cost; enabled, it goes on. */
static void suspend(struct rm *rm)
{
	uint64_t busy, done;
	struct fifo q;

	open_queue(&q, rm, FIFO_COMPUTE);
	fifo_submit(&q, 20 * MS, 10);
	usleep(30000);
	busy = tsg_of(&q).busy;
	is(fifo_schedule(&q, false), RM_OK, "GPFIFO_SCHEDULE off");
	usleep(5000);
	between(tsg_of(&q).busy - busy, 0, 2 * MS, "a slice more at most");
	is(engine_now().stopped, 1, "one group is stopped");
	ok(!strcmp(tsg_of(&q).state, "stopped"), "it says so");
	is(fifo_schedule(&q, true), RM_OK, "and on");
	usleep(5000);
	busy = tsg_of(&q).busy;
	is(fifo_schedule(&q, false), RM_OK, "off");
	is(fifo_preempt(&q, true), RM_OK, "PREEMPT, waiting");
	between(tsg_of(&q).busy - busy, 0, MS, "off at once");
	busy = tsg_of(&q).busy;
	done = fifo_done(&q);
	fifo_ring(&q);
	usleep(30000);
	is(tsg_of(&q).busy, busy, "nothing runs, whoever rings");
	is(fifo_done(&q), done, "nothing is done");
	is(engine_now().stopped, 1, "one group is stopped");
	is(fifo_preempt(&q, true), RM_OK, "PREEMPT of what does not run");
	ok(fifo_submit(&q, MS, 5), "five jobs more");
	usleep(5000);
	is(fifo_schedule(&q, true), RM_OK, "on");
	is(engine_now().stopped, 0, "none is stopped");
	ok(fifo_wait(&q, 500), "all are done");
	is(tsg_of(&q).busy, 205 * MS, "each to its end");
	is(tsg_of(&q).jobs, 15, "each once");
	fifo_submit(&q, 50 * MS, 1);
	usleep(5000);
	is(fifo_schedule(&q, false), RM_OK, "off");
	is(fifo_preempt(&q, false), RM_OK, "PREEMPT, not waiting");
	usleep(1000);
	busy = tsg_of(&q).busy;
	usleep(5000);
	is(tsg_of(&q).busy, busy, "it is off");
	fifo_close(&q);
	is(engine_now().groups, 0, "closed while it is off");
}

/* Channels by themselves, and through their GPU. */
static void channels(struct rm *rm)
{
	struct fifo a, b, *both[2] = { &a, &b };
	uint64_t busy;

	open_queue(&a, rm, FIFO_COMPUTE);
	is(fifo_open_in(&b, rm, a.tsg, FIFO_COMPUTE), RM_OK,
	   "a second channel");
	fifo_submit(&a, MS, 100);
	fifo_submit(&b, MS, 100);
	usleep(20000);
	is(fifo_disable(both, 1, true, false), RM_OK, "one is disabled");
	busy = fifo_done(&a);
	usleep(20000);
	is(fifo_done(&a), busy, "it does not run");
	ok(fifo_done(&b) > 20, "the other does");
	is(fifo_disable(both, 2, true, true), RM_OK,
	   "both, their scheduling only");
	usleep(5000);
	busy = tsg_of(&a).busy;
	usleep(5000);
	is(tsg_of(&a).busy, busy, "none runs");
	is(fifo_disable(both, 2, false, false), RM_OK, "both are enabled");
	ok(fifo_wait(&a, 300) && fifo_wait(&b, 300), "all are done");
	is(tsg_of(&a).jobs, 200, "200 jobs");
	is(fifo_schedule_channel(&b, false), RM_OK, "one out of the list");
	fifo_submit(&b, MS, 1);
	usleep(5000);
	is(fifo_done(&b), 100, "it does not run");
	is(fifo_schedule_channel(&b, true), RM_OK, "and in again");
	ok(fifo_wait(&b, 100), "it does");
	fifo_close(&b);
	fifo_close(&a);
}

/* Copies and compute run side by side. */
static void copies(struct rm *rm)
{
	struct clock_engine copy;
	struct fifo a, b;

	open_queue(&a, rm, FIFO_COMPUTE);
	open_queue(&b, rm, FIFO_COPY);
	fifo_submit(&a, 200 * MS, 1);
	fifo_submit(&b, 200 * MS, 1);
	usleep(10000);
	ok(!strcmp(tsg_of(&a).state, "running") &&
	   !strcmp(tsg_of(&b).state, "running"), "both run at a time");
	ok(fifo_wait(&a, 400) && fifo_wait(&b, 400), "both are done");
	is(tsg_of(&a).preemptions + tsg_of(&b).preemptions, 0,
	   "without preemption");
	ok(clock_engine(0, "copy", &copy), "the copy engine");
	is(copy.busy, 200 * MS, "was busy");
	fifo_close(&a);
	fifo_close(&b);
}

/* A channel without a group, and one that is freed inside its job. */
static void lone(struct rm *rm)
{
	struct clock_tsg group;
	struct fifo a, b;

	is(fifo_open_bare(&a, rm, FIFO_COMPUTE), RM_OK, "a bare channel");
	fifo_submit(&a, 5 * MS, 2);
	ok(fifo_wait(&a, 100), "runs");
	ok(clock_tsg(0, rm->root, 0, &group), "has a group");
	is(group.busy, 10 * MS, "of its own");
	fifo_close(&a);
	open_queue(&a, rm, FIFO_COMPUTE);
	is(fifo_open_in(&b, rm, a.tsg, FIFO_COMPUTE), RM_OK, "two in one");
	fifo_submit(&b, 1000000 * MS, 1);
	usleep(10000);
	fifo_submit(&a, MS, 1);
	usleep(10000);
	is(fifo_done(&a), 0, "one waits for the other's job");
	fifo_close(&b);
	ok(fifo_wait(&a, 100), "it is done when that channel goes");
	fifo_close(&a);
	is(engine_now().groups, 0, "no group is left");
}

/* A doorbell rung through the process' memory as a file. */
static void memory(struct rm *rm)
{
	int fd = open("/proc/self/mem", O_RDWR);
	struct fifo q;

	open_queue(&q, rm, FIFO_COMPUTE);
	usleep(20000);
	ok(!polled(), "the doorbells are not mapped");
	ok(fifo_push(&q, MS, 1), "a job");
	is(pwrite(fd, &q.token, 4, (off_t)(uintptr_t)&q.doorbell[0x90 / 4]), 4,
	   "rung through /proc/self/mem");
	ok(fifo_wait(&q, 100), "is done");
	fifo_close(&q);
	close(fd);
}

/* A queue is not scheduled by itself. */
static void born(struct rm *rm)
{
	struct fifo q;

	is(fifo_open_idle(&q, rm, FIFO_COMPUTE), RM_OK, "a queue");
	fifo_submit(&q, MS, 1);
	usleep(5000);
	is(fifo_done(&q), 0, "does not run before it is scheduled");
	is(engine_now().stopped, 0, "and is not stopped");
	is(fifo_schedule(&q, true), RM_OK, "GPFIFO_SCHEDULE on");
	ok(fifo_wait(&q, 100), "now it runs");
	fifo_close(&q);
}

/* A tenant in a cgroup that dies in the middle of a job. */
static void killed(void)
{
	uint64_t busy;

	cg_create("/a");
	fifo_tenant("/a");
	is(engine_now().groups, 1, "a tenant with a group");
	cg_kill("/a");
	busy = clock_cgroup(0, "graphics", cg_id("/a"));
	between(busy, 50 * MS, 400 * MS, "its cgroup was busy");
	usleep(20000);
	is(clock_cgroup(0, "graphics", cg_id("/a")), busy, "is so no longer");
	is(engine_now().groups, 0, "the group is gone");
	cg_remove("/a");
}

/* Tenants that have always more to do: each has its slice, in its turn. */
static void loads(uint64_t a, unsigned int depth_a, uint64_t b,
		  unsigned int depth_b)
{
	static const char *const cgs[] = { "/a", "/b" };
	static const double due[] = { 50, 50 };
	static struct windows windows = { .ns = 200 * MSEC, .n = 3 };
	struct load load_a = { .cg = "/a", .length = a, .depth = depth_a };
	struct load load_b = { .cg = "/b", .length = b, .depth = depth_b };
	struct error error;
	unsigned int i;

	cg_create("/a");
	cg_create("/b");
	engine_nvidia.load();
	load_start(&engine_nvidia, &load_a);
	load_start(&engine_nvidia, &load_b);
	sleep_ns(100 * MSEC);
	windows_take(&engine_nvidia, &windows, cgs, 2);
	load_stop(&load_a);
	load_stop(&load_b);
	error = windows_error(&windows, due, 2);
	note("jobs of %llu and %llu us: off by %.2f points", a / US, b / US,
	     error.worst);
	ok(error.worst < 2, "half of the time each");
	for (i = 0; i < windows.n; i++)
		ok(windows.all[i] > 90, "window %u: busy for %.1f %%", i,
		   windows.all[i]);
	is(engine_nvidia.unload(), 0, "the driver is unloaded");
	cg_remove("/a");
	cg_remove("/b");
}

static void play(const char *params)
{
	struct rm rm;

	if (!judge_load(params))
		bail("%s does not load", params);
	note("%s", params);
	open_client(&rm);
	single(&rm);
	born(&rm);
	slices(&rm);
	preemption(&rm);
	suspend(&rm);
	channels(&rm);
	copies(&rm);
	lone(&rm);
	memory(&rm);
	killed();
	rm_client_close(&rm);
	is(judge_objects(), 0, "no object is left");
	is(judge_used(0), 0, "no memory is left");
	if (!judge_unload())
		bail("the mock does not unload");
}

static void undo(void)
{
	judge_unload();
}

int main(void)
{
	at_bail(undo);
	cg_setup("nvidia-engine");
	play("release=550");
	play("release=595");
	loads(50 * MS, 4, 100 * US, 64);
	loads(MS, 8, 5 * US, 512);
	cg_teardown();
	return done();
}
