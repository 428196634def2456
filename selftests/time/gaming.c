// SPDX-License-Identifier: GPL-2.0
/*
 * No way to submit work gains a group more than its share: not more processes,
 * threads, files or cgroups, not jobs of another length, and not the moment.
 */
#include <stdio.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "scenario.h"
#include "tap.h"

#define NESTED 4

static const struct engine *engine = &ENGINE;
static unsigned int seconds;

static const struct strategy {
	const char *name;
	struct load load;
	bool nested;	/* in several cgroups below its own */
} strategies[] = {
	{ "as the others do",
	  { .length = 2 * MSEC, .depth = 12 }, false },
	{ "16 processes",
	  { .length = 2 * MSEC, .depth = 12, .procs = 16 }, false },
	{ "16 threads",
	  { .length = 2 * MSEC, .depth = 12, .threads = 16 }, false },
	{ "16 files",
	  { .length = 2 * MSEC, .depth = 12, .files = 16 }, false },
	{ "cgroups below its own",
	  { .length = 2 * MSEC, .depth = 12 }, true },
	{ "tiny jobs",
	  { .length = 20 * USEC, .depth = 1200 }, false },
	{ "tiny jobs from 8 processes",
	  { .length = 20 * USEC, .depth = 128, .procs = 8 }, false },
	{ "long jobs",
	  { .length = 40 * MSEC, .depth = 8 }, false },
	{ "a long job after many short ones",
	  { .length = 100 * USEC, .depth = 240, .every = 100,
	    .other = 40 * MSEC }, false },
	{ "short jobs after a long one",
	  { .length = 200 * USEC, .depth = 120, .every = 5,
	    .other = 20 * MSEC }, false },
	{ "sleep before each second ends",
	  { .length = 2 * MSEC, .depth = 32, .on = 900 * MSEC,
	    .off = 100 * MSEC }, false },
	{ "sleep for a period, over and over",
	  { .length = 2 * MSEC, .depth = 32, .on = 30 * MSEC,
	    .off = 10 * MSEC }, false },
	{ "sleep for half the time, with a deep queue",
	  { .length = 2 * MSEC, .depth = 64, .on = 5 * MSEC,
	    .off = 5 * MSEC, .procs = 8 }, false },
};

#define STRATEGIES (sizeof(strategies) / sizeof(strategies[0]))

static double bound_of(const struct load *load)
{
	uint64_t longest = load->length > load->other ? load->length :
							load->other;

	return 2 + scenario_bound(engine, longest);
}

/* The most of any second that the group had beside one that plays fair. */
static void play(const struct strategy *s, double due, const char *what)
{
	static const char *const cgs[] = { "/gamer", "/fair" };
	static char names[NESTED][32];
	static struct load more[NESTED];
	static struct windows windows;
	struct load fair = { .cg = "/fair", .length = 2 * MSEC, .depth = 12 };
	double bound = bound_of(&s->load), most = 0;
	unsigned int i;

	for (i = 0; i < NESTED; i++) {
		snprintf(names[i], sizeof(names[i]), "/gamer/%u", i);
		more[i] = s->load;
		more[i].cg = s->nested ? names[i] : "/gamer";
		if (s->nested)
			cg_create(names[i]);
	}
	load_start(engine, &fair);
	for (i = 0; i < (s->nested ? NESTED : 1); i++)
		load_start(engine, &more[i]);
	sleep_ns(300 * MSEC);
	windows.ns = SEC;
	windows.n = seconds;
	windows_take(engine, &windows, cgs, 2);
	for (i = 0; i < windows.n; i++) {
		double part = s->nested ?
			windows.all[i] - windows.part[i][1] :
			windows.part[i][0];

		most = part > most ? part : most;
	}
	ok(most <= due + bound, "%s of %.0f %%: %s", what, due, s->name);
	note("at most %.2f %%, to within %.1f points", most, bound);
	for (i = 0; i < (s->nested ? NESTED : 1); i++)
		load_stop(&more[i]);
	load_stop(&fair);
	engine_settle(engine);
	for (i = 0; s->nested && i < NESTED; i++)
		cg_remove(names[i]);
}

int main(void)
{
	unsigned int i;

	setup("gaming");
	engine->load();
	seconds = loops(20, 2);
	cg_create("/gamer");
	cg_create("/fair");
	quota_set_time("/gamer", engine->device(), "--weight", "100");
	quota_set_time("/fair", engine->device(), "--weight", "100");
	for (i = 0; i < STRATEGIES; i++)
		play(&strategies[i], 50, "a share");
	quota_set_time("/gamer", engine->device(), "--max", "20%");
	for (i = 0; i < STRATEGIES; i++)
		play(&strategies[i], 20, "a cap");
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
