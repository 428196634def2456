// SPDX-License-Identifier: GPL-2.0
/*
 * A quota that is changed while work runs is in force at once: nothing of the
 * old one is left but what the engine was given before.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "tap.h"

#define AFTER	(400 * MSEC)	/* how long to look */

static const struct engine *engine = &engine_drm;
static const uint64_t job = 2 * MSEC;

static void set(const char *cg, const char *option, const char *value)
{
	quota_set_time(cg, engine->device(), option, value);
}

/*
 * What @cg has from now on, against @due percent of it. A millisecond, the
 * horizon and a job may go on as before, and a window may end amid a job.
 */
static void judge(const char *cg, double due, const char *what)
{
	static struct snapshot from, to;
	double part, bound = MSEC + 2 * job;

	if (!engine->suspendable)
		bound += HORIZON;
	engine->snapshot(&from);
	sleep_ns(AFTER);
	engine->snapshot(&to);
	part = 100.0 * snapshot_between(&from, &to, cg) / (to.now - from.now);
	bound = 100 * bound / (to.now - from.now);
	ok(fabs(part - due) <= bound, "%s", what);
	note("%.2f %% after it, to within %.1f of %.1f", part, bound, due);
}

static void caps(void)
{
	struct load load = { .cg = "/a", .length = job, .depth = 16 };

	load_start(engine, &load);
	sleep_ns(200 * MSEC);
	set("/a", "--max", "10%");
	judge("/a", 10, "a cap, where there was none");
	set("/a", "--max", "60%");
	judge("/a", 60, "a cap that is raised");
	set("/a", "--max", "5%");
	judge("/a", 5, "one that is lowered");
	set("/a", "--max", "100%");
	judge("/a", 100, "and one that is lifted");
	load_stop(&load);
	engine_settle(engine);
}

static void shares(void)
{
	struct load a = { .cg = "/a", .length = job, .depth = 16 };
	struct load b = { .cg = "/b", .length = job, .depth = 16 };

	load_start(engine, &a);
	load_start(engine, &b);
	sleep_ns(300 * MSEC);
	judge("/a", 50, "two are equal");
	set("/a", "--weight", "300");
	judge("/a", 75, "a weight");
	set("/a", "--weight", "100");
	judge("/a", 50, "that goes back");
	set("/a", "--min", "90%");
	judge("/a", 90, "a guarantee");
	set("/a", "--min", "0%");
	judge("/a", 50, "that is lifted");
	set("/b", "--priority", "high");
	judge("/b", 100, "a priority");
	set("/b", "--priority", "low");
	judge("/b", 0, "that becomes the lowest");
	set("/b", "--priority", "normal");
	judge("/b", 50, "and as before");
	load_stop(&a);
	load_stop(&b);
	engine_settle(engine);
}

int main(void)
{
	setup("live");
	engine->load();
	cg_create("/a");
	cg_create("/b");
	/* Before anything is set, nothing holds what is submitted. */
	set("/a", "--weight", "100");
	caps();
	shares();
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
