// SPDX-License-Identifier: GPL-2.0
/*
 * The judge of the other tests by itself, without vgpu: what the engine of the
 * mock says of who kept it busy is exact, and a queue without vgpu gives each
 * what it asks for, not its share.
 */
#include <unistd.h>

#include "cgroup.h"
#include "load.h"
#include "queue.h"
#include "quota.h"
#include "tap.h"

#define JOBS 100

static const struct engine *engine = &engine_drm;

static void exact(void)
{
	static struct ended jobs[JOBS];
	unsigned int i, n, gaps = 0, wrong = 0;
	int fd = engine->open();
	uint64_t sum = 0;

	cg_create("/exact");
	cg_enter("/exact");
	for (i = 1; i <= JOBS; i++) {
		engine->submit(fd, i * 7 * USEC);
		sum += i * 7 * USEC;
	}
	engine->wait(fd, 0);
	close(fd);
	cg_leave();
	is(queue_busy("/exact"), sum, "each job counts what it takes");
	n = queue_ended("/exact", jobs, JOBS);
	is(n, JOBS, "all are remembered");
	for (i = 0; i < n; i++) {
		wrong += jobs[i].length != (i + 1) * 7 * USEC ||
			jobs[i].end != jobs[i].begin + jobs[i].length;
		gaps += i && jobs[i].begin != jobs[i - 1].end;
	}
	is(wrong, 0, "in order, and from begin to end");
	is(gaps, 0, "without a gap between them");
}

static void moment(void)
{
	static struct snapshot from, to;
	int fd = engine->open();
	uint64_t half;

	cg_create("/moment");
	cg_enter("/moment");
	engine->submit(fd, 100 * MSEC);
	cg_leave();
	engine->snapshot(&from);
	sleep_ns(50 * MSEC);
	engine->snapshot(&to);
	is(snapshot_between(&from, &to, "/moment"), to.now - from.now,
	   "a job counts while it runs");
	engine->wait(fd, 0);
	engine->snapshot(&to);
	half = snapshot_ns(&to, "/moment");
	is(half, 100 * MSEC, "and no more when it has ended");
	sleep_ns(50 * MSEC);
	engine->snapshot(&to);
	is(snapshot_ns(&to, "/moment"), half, "and not while nothing runs");
	close(fd);
}

/* In turn, one job of each: as 3 to 1 by their lengths. */
static void in_turn(void)
{
	static const char *const cgs[] = { "/three", "/one" };
	static const double due[] = { 75, 25 }, fair[] = { 50, 50 };
	static struct windows windows = { .ns = SEC, .n = 3 };
	struct load three = { .cg = "/three", .length = 6 * MSEC, .depth = 4 };
	struct load one = { .cg = "/one", .length = 2 * MSEC, .depth = 4 };
	struct error error;

	cg_create("/three");
	cg_create("/one");
	load_start(engine, &three);
	load_start(engine, &one);
	sleep_ns(100 * MSEC);
	windows_take(engine, &windows, cgs, 2);
	error = windows_error(&windows, due, 2);
	ok(error.worst < 1.5, "jobs of 6 ms and 2 ms, in turn, are 3 to 1");
	note("error: mean %.2f, worst %.2f points", error.mean, error.worst);
	ok(windows.all[0] > 99.9 && windows.all[0] < 100.1,
	   "which keeps the engine busy all the time");
	note("busy %.3f %%", windows.all[0]);
	error = windows_error(&windows, fair, 2);
	ok(error.worst > 20, "without vgpu two equal groups are not equal");
	load_stop(&three);
	load_stop(&one);
	engine_settle(engine);
}

int main(void)
{
	cg_setup("engine");
	engine->load();
	exact();
	moment();
	in_turn();
	is(engine->unload(), 0, "the driver is unloaded");
	cg_teardown();
	return done();
}
