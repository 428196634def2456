// SPDX-License-Identifier: GPL-2.0
/*
 * A cap holds over every second, alone on the engine and in company, and a
 * guarantee holds against any number of others, whatever their priority.
 */
#include <stdio.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "tap.h"

#define CROWD 12

static const struct engine *engine = &ENGINE;
static unsigned int seconds;

static void set(const char *cg, const char *option, unsigned int percent)
{
	char value[16];

	snprintf(value, sizeof(value), "%u%%", percent);
	quota_set_time(cg, engine->device(), option, value);
}

static double bound_of(uint64_t length)
{
	return engine->suspendable ? 2 : 100.0 * (HORIZON + length) / SEC;
}

/* What it has in the seconds in which it has least and most. */
static void extremes(const char *cg, double *least, double *most)
{
	static struct windows windows = { .ns = SEC };
	unsigned int i;
	double part;

	windows.n = seconds;
	windows_take(engine, &windows, &cg, 1);
	*least = windows.part[0][0];
	*most = *least;
	for (i = 1; i < windows.n; i++) {
		part = windows.part[i][0];
		*least = part < *least ? part : *least;
		*most = part > *most ? part : *most;
	}
}

static void judge(const char *cg, double cap, uint64_t length, bool alone)
{
	double bound = bound_of(length), most, least;

	extremes(cg, &least, &most);
	ok(most <= cap + bound, "%.0f %% %s, jobs of %.1f ms: no more", cap,
	   alone ? "alone" : "in company", (double)length / MSEC);
	ok(least >= cap - bound, "nor less than that");
	note("%.2f to %.2f %%, to within %.1f points", least, most, bound);
}

/* @others: how long the jobs of the company are */
static void capped(unsigned int cap, uint64_t length, uint64_t others)
{
	struct load load = { .cg = "/capped", .length = length,
			     .depth = 4 + (24 * MSEC + 2 * others) / length };
	struct load other = { .cg = "/other", .length = others, .depth = 32 };

	cg_create("/capped");
	cg_create("/other");
	set("/capped", "--max", cap);
	/* So that in company it has what its cap says, not its weight. */
	quota_set_time("/capped", engine->device(), "--priority", "high");
	load_start(engine, &load);
	sleep_ns(300 * MSEC);
	judge("/capped", cap, length, true);
	load_start(engine, &other);
	sleep_ns(300 * MSEC);
	judge("/capped", cap, others > length ? others : length, false);
	load_stop(&load);
	load_stop(&other);
	engine_settle(engine);
	cg_remove("/capped");
	cg_remove("/other");
}

/* The cap of a parent is that of its children together. */
static void inherited(void)
{
	struct load one = { .cg = "/pod/one", .length = MSEC, .depth = 8 };
	struct load two = { .cg = "/pod/two", .length = MSEC, .depth = 32 };

	cg_create("/pod");
	cg_create("/pod/one");
	cg_create("/pod/two");
	set("/pod", "--max", 30);
	set("/pod/one", "--max", 80);
	load_start(engine, &one);
	load_start(engine, &two);
	sleep_ns(300 * MSEC);
	judge("/pod/two", 15, MSEC, false);
	judge("/pod/one", 15, MSEC, false);
	load_stop(&one);
	load_stop(&two);
	engine_settle(engine);
}

/* Against jobs of so many ns. */
static void guaranteed(const char *cg, const char *mine, const char *theirs,
		       uint64_t length)
{
	static char names[CROWD][64];
	static struct load crowd[CROWD];
	struct load load = { .length = 2 * MSEC, .depth = 32 };
	double bound = bound_of(length), least, most;
	unsigned int i;
	char name[64];

	cg_create(cg);
	snprintf(name, sizeof(name), "%s/own", cg);
	load.cg = name;
	cg_create(name);
	set(name, "--min", 40);
	quota_set_time(name, engine->device(), "--priority", mine);
	for (i = 0; i < CROWD; i++) {
		snprintf(names[i], sizeof(names[i]), "%s/%u", cg, i);
		cg_create(names[i]);
		quota_set_time(names[i], engine->device(), "--priority",
			       theirs);
		crowd[i] = (struct load){ .cg = names[i], .length = length,
					  .depth = 16 };
		load_start(engine, &crowd[i]);
	}
	load_start(engine, &load);
	sleep_ns(500 * MSEC);
	extremes(name, &least, &most);
	ok(least >= 40 - bound,
	   "40 %% guaranteed at priority %s, against %u of %s, jobs of %.1f ms",
	   mine, CROWD, theirs, (double)length / MSEC);
	note("at least %.2f %%, to within %.1f points", least, bound);
	for (i = 0; i < CROWD; i++)
		load_stop(&crowd[i]);
	load_stop(&load);
	engine_settle(engine);
}

int main(void)
{
	static const unsigned int caps[] = { 5, 10, 30, 50, 90 };
	unsigned int i;

	setup("cap");
	engine->load();
	seconds = loops(20, 3);
	for (i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		capped(caps[i], 2 * MSEC, 2 * MSEC);
	capped(30, 50 * MSEC, 2 * MSEC);
	capped(50, 200 * USEC, 2 * MSEC);
	capped(60, 2 * MSEC, 30 * MSEC);
	inherited();
	guaranteed("/even", "normal", "normal", 2 * MSEC);
	guaranteed("/humble", "low", "normal", 2 * MSEC);
	guaranteed("/lowest", "low", "high", 2 * MSEC);
	guaranteed("/patient", "low", "high", 30 * MSEC);
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
