// SPDX-License-Identifier: GPL-2.0
/*
 * A group that is frozen has nothing of the engine but what that was given
 * before; thawed it goes on where it stopped, and no submission is lost or out
 * of order. The same by the freezer of cgroups, which nothing holds up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "gated.h"
#include "load.h"
#include "queue.h"
#include "quota.h"
#include "tap.h"

#define JOBS	400
#define JOB	(2 * MSEC)

static const struct engine *engine = &engine_drm;

static uint64_t busy_for(const char *cg, uint64_t ns)
{
	static struct snapshot from, to;

	engine->snapshot(&from);
	sleep_ns(ns);
	engine->snapshot(&to);
	return snapshot_between(&from, &to, cg);
}

/* @cg is frozen, work of @from below it stops. */
static void stops(const char *cg, const char *from)
{
	struct load load = { .cg = from, .length = JOB, .depth = 16 };
	struct load other = { .cg = "/other", .length = JOB, .depth = 4 };

	load_start(engine, &load);
	load_start(engine, &other);
	sleep_ns(100 * MSEC);
	group_freeze(cg, true);
	sleep_ns(MSEC + (engine->suspendable ? 0 : HORIZON + JOB));
	is(busy_for(from, 300 * MSEC), 0, "no busy time of %s after that",
	   from);
	ok(busy_for("/other", 100 * MSEC) > 95 * MSEC, "others have it all");
	group_freeze(cg, false);
	ok(busy_for(from, 100 * MSEC) > 25 * MSEC, "it goes on");
	load_stop(&load);
	load_stop(&other);
	engine_settle(engine);
}

/* Each job is a little longer than the one before. */
static pid_t sequence(const char *cg)
{
	pid_t pid = cg_fork(cg);

	if (!pid) {
		int i, fd = engine->open();

		for (i = 0; i < JOBS; i++)
			if (engine->submit(fd, JOB + i))
				_exit(1);
		_exit(engine->wait(fd, 0) != 0);
	}
	return pid;
}

static void in_order(void)
{
	static struct ended jobs[JOBS + 1];
	unsigned int i, n, wrong = 0;
	pid_t pid;

	cg_create("/order");
	pid = sequence("/order");
	for (i = 0; i < 5; i++) {
		sleep_ns((10 + 17 * i) * MSEC);
		group_freeze("/order", true);
		sleep_ns(100 * MSEC);
		group_freeze("/order", false);
	}
	is(cg_wait(pid), 0, "frozen and thawed, all submissions succeed");
	n = queue_ended("/order", jobs, JOBS + 1);
	is(n, JOBS, "and each ran once");
	for (i = 0; i < n; i++)
		wrong += jobs[i].length != JOB + i;
	is(wrong, 0, "in their order");
}

static void killed(void)
{
	struct gated *gated;

	cg_create("/killed");
	group_freeze("/killed", true);
	gated = gated_start(engine, "/killed", JOB, 0, 0);
	sleep_ns(100 * MSEC);
	is(gated->submitted, 0, "a tenant that is born frozen waits");
	ok(gated_kill(gated) < 100 * MSEC, "and can be killed");
	is(busy_for("/killed", 50 * MSEC), 0, "which runs nothing of its");
	group_freeze("/killed", false);
}

static bool is_frozen(const char *cg)
{
	char path[300], dir[256], line[64];
	bool frozen = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/cgroup.events", cg_dir(cg, dir));
	f = fopen(path, "re");
	if (!f)
		bail("%s", path);
	while (fgets(line, sizeof(line), f))
		frozen |= !strcmp(line, "frozen 1\n");
	fclose(f);
	return frozen;
}

/* The tenant waits at the gate for seconds, and the freezer does not. */
static void by_cgroup(void)
{
	struct gated *gated;
	uint64_t begin, before;

	cg_create("/freezer");
	gated = gated_waiting(engine, "/freezer", 50 * MSEC, 0);
	before = gated->submitted;
	begin = clock_ns();
	cg_freeze("/freezer", true);
	while (!is_frozen("/freezer") && clock_ns() < begin + 5 * SEC)
		sleep_ns(MSEC);
	ok(clock_ns() - begin < 100 * MSEC,
	   "its cgroup freezes while it does");
	note("in %.1f ms", (double)(clock_ns() - begin) / MSEC);
	gated_let_go(engine, "/freezer");
	sleep_ns(HORIZON + 50 * MSEC);
	is(busy_for("/freezer", 200 * MSEC), 0, "nothing of it runs frozen");
	is(gated->submitted, before, "nothing is submitted");
	cg_freeze("/freezer", false);
	ok(gated_goes_on(gated, before + 2, SEC), "it goes on thawed");
	is(gated->failed + gated->interrupted, 0, "and saw nothing of it");
	gated_kill(gated);
	engine_settle(engine);
}

/* Submits @n jobs and waits for them; the ms until all were let in, or 255. */
static int let_in(const char *cg, unsigned int n)
{
	pid_t pid = cg_fork(cg);

	if (!pid) {
		uint64_t begin = clock_ns(), ms;
		int fd = engine->open();

		while (n--)
			if (engine->submit(fd, JOB))
				_exit(255);
		ms = (clock_ns() - begin) / MSEC;
		_exit(engine->wait(fd, 0) || ms > 254 ? 255 : ms);
	}
	return cg_wait(pid);
}

/* As long as nothing is set, and as if the frozen group had never been. */
static void removed(bool by_freezer)
{
	int ms;

	cg_create("/gone");
	ok(let_in("/gone", 1) < 255, "a job of a group runs");
	if (by_freezer)
		cg_freeze("/gone", true);
	else
		group_freeze("/gone", true);
	ok(cg_remove("/gone"), "it is removed frozen");
	sleep_ns(100 * MSEC);
	ms = let_in("/other", 50);
	ok(ms < 25 * (int)(JOB / MSEC), "nobody waits after that");
	note("50 jobs are let in after %d ms", ms);
}

int main(void)
{
	setup("freeze");
	engine->load();
	cg_create("/other");
	removed(false);
	removed(true);
	/* Before anything is set on a device, everything is let in at once. */
	quota_set_time("/other", engine->device(), "--weight", "100");
	cg_create("/pod");
	cg_create("/pod/container");
	stops("/pod/container", "/pod/container");
	stops("/pod", "/pod/container");
	in_order();
	killed();
	by_cgroup();
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
