// SPDX-License-Identifier: GPL-2.0
/*
 * Groups for which nothing is set are shared like all others as soon as
 * something is set for any: who asks from many places at once gets in no more
 * often, and leaves its share to one that asks from a single place.
 */
#include <stdio.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "scenario.h"
#include "tap.h"

#define CROWDS 3

static const struct engine *engine = &ENGINE;
static unsigned int seconds;

static const struct {
	const char *name;
	struct load load;
	unsigned int crowds;	/* groups that do so */
} crowds[] = {
	{ "16 processes", { .length = 2 * MSEC, .depth = 4, .procs = 16 }, 1 },
	{ "16 threads", { .length = 2 * MSEC, .depth = 4, .threads = 16 }, 1 },
	{ "16 processes with one job each",
	  { .length = 2 * MSEC, .depth = 1, .procs = 16 }, 1 },
	{ "tiny jobs of 16 processes",
	  { .length = 50 * USEC, .depth = 32, .procs = 16 }, 1 },
	{ "8 processes in each of 3 groups",
	  { .length = 2 * MSEC, .depth = 4, .procs = 8 }, CROWDS },
};

/* The least of any second that was left to who asks from one place. */
static void play(unsigned int which)
{
	static const char *const names[CROWDS] = {
		"/crowd-1", "/crowd-2", "/crowd-3",
	};
	static const char *const cgs[] = { "/one" };
	static struct load loads[CROWDS];
	static struct windows windows;
	struct load one = { .cg = "/one", .length = 2 * MSEC, .depth = 12 };
	unsigned int i, n = crowds[which].crowds;
	double due = 100.0 / (n + 1), least = 100;
	double bound = scenario_bound(engine, one.length);

	load_start(engine, &one);
	for (i = 0; i < n; i++) {
		loads[i] = crowds[which].load;
		loads[i].cg = names[i];
		load_start(engine, &loads[i]);
	}
	sleep_ns(300 * MSEC);
	windows.ns = SEC;
	windows.n = seconds;
	windows_take(engine, &windows, cgs, 1);
	for (i = 0; i < windows.n; i++)
		if (windows.part[i][0] < least)
			least = windows.part[i][0];
	ok(least >= due - bound, "%.0f %% are left by %s", due,
	   crowds[which].name);
	note("at least %.2f %%, to within %.1f points", least, bound);
	for (i = 0; i < n; i++)
		load_stop(&loads[i]);
	load_stop(&one);
	engine_settle(engine);
}

int main(void)
{
	unsigned int i;

	setup("barging");
	engine->load();
	seconds = loops(20, 2);
	cg_create("/one");
	cg_create("/crowd-1");
	cg_create("/crowd-2");
	cg_create("/crowd-3");
	/* It has no work: for all others nothing is set. */
	cg_create("/other");
	quota_set_time("/other", engine->device(), "--weight", "50");
	for (i = 0; i < sizeof(crowds) / sizeof(crowds[0]); i++)
		play(i);
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
