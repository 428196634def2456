// SPDX-License-Identifier: GPL-2.0
/*
 * A group that is frozen has its channels taken off the GPU, whatever is in
 * their rings and whatever their tenant says of them meanwhile, and new ones
 * are born so. Thawed, each goes on as its tenant wishes, and nothing that was
 * submitted is lost. None stays stopped when its tenant or vgpu goes. The
 * clock of the mock's engine is the judge.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "clock.h"
#include "fifo.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define MS	1000000ull

static void freeze(const char *cg, bool frozen)
{
	group_freeze(cg, frozen);
	usleep(3000);
}

static void open_queue(struct rm *rm, struct fifo *q, const char *cg)
{
	cg_enter(cg);
	if (fifo_open(q, rm, FIFO_COMPUTE))
		bail("no queue in %s", cg);
}

static uint64_t busy_for(const char *cg, unsigned int ms)
{
	uint64_t from = clock_cgroup(0, "graphics", cg_id(cg));

	usleep(ms * 1000);
	return clock_cgroup(0, "graphics", cg_id(cg)) - from;
}

static bool is_stopped(struct fifo *q)
{
	struct clock_tsg tsg;

	return clock_tsg(0, q->rm->root, q->tsg, &tsg) &&
	       !strcmp(tsg.state, "stopped");
}

static unsigned int stopped(void)
{
	struct clock_engine engine;

	if (!clock_engine(0, "graphics", &engine))
		bail("no engine");
	return engine.stopped;
}

/* What a tenant may say changes nothing, and is done for all it can see. */
static void controls(struct fifo *q)
{
	struct fifo *one[1] = { q };

	is(fifo_schedule(q, true), RM_OK, "GPFIFO_SCHEDULE of the group");
	is(busy_for("/a", 20), 0, "lets nothing run");
	is(fifo_schedule_channel(q, true), RM_OK, "and of the channel");
	is(busy_for("/a", 20), 0, "lets nothing run");
	is(fifo_disable(one, 1, false, false), RM_OK, "FIFO_DISABLE_CHANNELS");
	is(busy_for("/a", 20), 0, "lets nothing run");
	is(fifo_preempt(q, false), RM_OK, "PREEMPT");
	is(fifo_timeslice(q, 5000), RM_OK, "SET_TIMESLICE");
	fifo_ring(q);
	is(busy_for("/a", 20), 0, "lets nothing run, nor does the doorbell");
	ok(is_stopped(q), "it is stopped");
}

static void frozen(struct rm *a, struct rm *b)
{
	struct fifo q, other, born;

	open_queue(a, &q, "/a");
	open_queue(b, &other, "/b");
	fifo_submit(&q, 10 * MS, 200);
	fifo_submit(&other, 10 * MS, 800);
	ok(busy_for("/a", 50) > 10 * MS, "it runs");
	freeze("/a", true);
	is(busy_for("/a", 100), 0, "frozen, it does not");
	ok(busy_for("/b", 100) > 95 * MS, "another group has it all");
	controls(&q);
	open_queue(a, &born, "/a");
	fifo_submit(&born, MS, 10);
	is(busy_for("/a", 50), 0, "one that is born frozen does not run");
	freeze("/a", false);
	ok(fifo_wait(&q, 10000), "thawed, it has all done");
	ok(fifo_wait(&born, 1000), "and so has the new one");
	is(fifo_done(&q), 200, "each job once");
	is(stopped(), 0, "none is stopped");
	fifo_close(&born);
	fifo_close(&other);
	fifo_close(&q);
}

static void wishes(struct rm *a)
{
	struct fifo q;

	open_queue(a, &q, "/a");
	freeze("/a", true);
	is(fifo_schedule(&q, false), RM_OK, "off, while it is frozen");
	freeze("/a", false);
	fifo_submit(&q, MS, 5);
	is(busy_for("/a", 30), 0, "is heeded when it is thawed");
	is(fifo_schedule(&q, true), RM_OK, "on");
	ok(fifo_wait(&q, 500), "it runs");
	fifo_close(&q);
}

static void killed(void)
{
	struct clock_engine engine;

	cg_create("/c");
	fifo_tenant("/c");
	freeze("/c", true);
	is(stopped(), 1, "a tenant that is frozen");
	cg_kill("/c");
	usleep(50000);
	ok(clock_engine(0, "graphics", &engine) && !engine.groups,
	   "is killed, and its queue is gone");
	freeze("/c", false);
}

static void freezer(const char *cg, bool frozen)
{
	cg_freeze(cg, frozen);
	usleep(20000);
}

/* What the cgroup freezer stops is stopped on the GPU, too, if it is to be. */
static void by_cgroup(void)
{
	cg_create("/d");
	fifo_tenant("/d");
	ok(busy_for("/d", 50) > 10 * MS, "a tenant runs");
	freezer("/d", true);
	is(busy_for("/d", 50), 0, "its cgroup is frozen, and its work");
	quota_set_time("/d", GPU0, "--freezer", "ignore");
	usleep(3000);
	ok(busy_for("/d", 50) > 10 * MS, "unless it is to go on");
	quota_set_time("/d", GPU0, "--freezer", "follow");
	usleep(3000);
	is(busy_for("/d", 50), 0, "held again");
	freezer("/d", false);
	ok(busy_for("/d", 50) > 10 * MS, "thawed, it goes on");
	cg_kill("/d");
	usleep(50000);
}

/* A group of channels goes by any of its handles, the first may be gone. */
static void duplicated(struct rm *first, struct rm *second, const char *whose)
{
	struct fifo q, other;
	uint32_t tsg = 0;
	int fd;

	open_queue(first, &q, "/a");
	is(rm_dup(second, &tsg, first->root, q.tsg), RM_OK,
	   "a second handle to a group, of %s", whose);
	is(fifo_open_in(&other, second, tsg, FIFO_COMPUTE), RM_OK,
	   "and a channel below it");
	/* Or it would be off the GPU at the end of a slice, without PREEMPT. */
	is(fifo_timeslice(&other, 1000000), RM_OK, "of the longest slice");
	fifo_submit(&other, 1000 * MS, 3);
	fifo_close(&q);
	ok(busy_for("/a", 50) > 10 * MS, "without the first, it runs");
	freeze("/a", true);
	is(busy_for("/a", 50), 0, "frozen, it does not");
	is(fifo_schedule(&other, true), RM_OK, "GPFIFO_SCHEDULE by the second");
	is(busy_for("/a", 20), 0, "lets nothing run");
	freeze("/a", false);
	ok(fifo_wait(&other, 5000), "thawed, it has all done");
	is(rm_export(second, tsg, &fd), RM_NOT_SUPPORTED,
	   "a group is not exported to a file");
	fifo_close(&other);
	rm_free(second, tsg);
}

/* Frozen already when it loses the handle that it was stopped by. */
static void renamed(struct rm *a)
{
	uint32_t tsg = 0;
	struct fifo q, other;

	open_queue(a, &q, "/a");
	is(rm_dup(a, &tsg, a->root, q.tsg), RM_OK, "a second handle");
	is(fifo_open_in(&other, a, tsg, FIFO_COMPUTE), RM_OK, "and a channel");
	fifo_submit(&other, 1000 * MS, 3);
	freeze("/a", true);
	is(busy_for("/a", 20), 0, "frozen, what is below it does not run");
	fifo_close(&q);
	is(busy_for("/a", 50), 0, "it stays so without the first");
	is(fifo_schedule(&other, true), RM_OK, "and what is said of the second");
	is(busy_for("/a", 50), 0, "is only remembered");
	freeze("/a", false);
	ok(fifo_wait(&other, 5000), "until it is thawed");
	fifo_close(&other);
	rm_free(a, tsg);
	is(stopped(), 0, "none is stopped");
}

static void duplicates(struct rm *a)
{
	struct rm more;

	cg_enter("/a");
	if (rm_client_open(&more, 0))
		bail("no client");
	duplicated(a, a, "the same client");
	duplicated(a, &more, "another client");
	renamed(a);
	rm_client_close(&more);
}

/* Last, for vgpu does not know the queue any more afterwards. */
static void detached(struct rm *a)
{
	char out[4096] = "";
	struct fifo q;

	open_queue(a, &q, "/a");
	freeze("/a", true);
	fifo_submit(&q, MS, 5);
	is(busy_for("/a", 20), 0, "frozen");
	is(RUN(out, sizeof(out), "vgpu-tool", "driver", "detach", "nvidia"), 0,
	   "the driver is let go of: %s", out);
	ok(fifo_wait(&q, 500), "the queue goes on");
	is(stopped(), 0, "none is stopped");
	is(RUN(out, sizeof(out), "vgpu-tool", "driver", "attach", "nvidia"), 0,
	   "taken up again: %s", out);
	freeze("/a", false);
	fifo_close(&q);
}

int main(void)
{
	struct rm a, b;

	stage_setup("nvidia-freeze", getenv("MOCK") ?: "release=580");
	cg_create("/a");
	cg_create("/b");
	cg_enter("/a");
	if (rm_client_open(&a, 0))
		bail("no client");
	cg_enter("/b");
	if (rm_client_open(&b, 0))
		bail("no client");
	frozen(&a, &b);
	wishes(&a);
	duplicates(&a);
	killed();
	by_cgroup();
	detached(&a);
	rm_client_close(&a);
	rm_client_close(&b);
	return stage_finish();
}
