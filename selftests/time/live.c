// SPDX-License-Identifier: GPL-2.0
/*
 * A quota that is changed while work runs is in force at once: nothing of the
 * old one is left but what the engine was given before.
 */
#include <math.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "tap.h"

#define AFTER	(400 * MSEC)	/* how long to look */

static const struct engine *engine = &engine_drm;
static const uint64_t job = 2 * MSEC;

/* What is set for whom, and what of the engine is due to it then, percent. */
static const struct change {
	const char *cg, *option, *value;
	double due;
	const char *what;
} caps[] = {
	{ "/a", "--max", "10%", 10, "a cap, where there was none" },
	{ "/a", "--max", "60%", 60, "a cap that is raised" },
	{ "/a", "--max", "5%", 5, "one that is lowered" },
	{ "/a", "--max", "100%", 100, "and one that is lifted" },
}, shares[] = {
	{ "/a", "--weight", "100", 50, "two are equal" },
	{ "/a", "--weight", "300", 75, "a weight" },
	{ "/a", "--weight", "100", 50, "that goes back" },
	{ "/a", "--min", "90%", 90, "a guarantee" },
	{ "/a", "--min", "0%", 50, "that is lifted" },
	{ "/b", "--priority", "high", 100, "a priority" },
	{ "/b", "--priority", "low", 0, "that becomes the lowest" },
	{ "/b", "--priority", "normal", 50, "and as before" },
};

/*
 * A millisecond, the horizon and a job may go on as before, and a window may
 * end amid a job.
 */
static void judge(const struct change *changes, unsigned int n)
{
	double part, bound = MSEC + 2 * job;
	unsigned int i;

	if (!engine->suspendable)
		bound += HORIZON;
	bound = 100 * bound / AFTER;
	for (i = 0; i < n; i++) {
		quota_set_time(changes[i].cg, engine->device(),
			       changes[i].option, changes[i].value);
		part = load_part(engine, changes[i].cg, AFTER);
		ok(fabs(part - changes[i].due) <= bound, "%s", changes[i].what);
		note("%.2f %% after it, to within %.1f of %.1f", part, bound,
		     changes[i].due);
	}
}

int main(void)
{
	struct load a = { .cg = "/a", .length = job, .depth = 16 };
	struct load b = { .cg = "/b", .length = job, .depth = 16 };

	setup("live");
	engine->load();
	cg_create("/a");
	cg_create("/b");
	/* Before anything is set, nothing holds what is submitted. */
	quota_set_time("/a", engine->device(), "--weight", "100");
	load_start(engine, &a);
	sleep_ns(200 * MSEC);
	judge(caps, sizeof(caps) / sizeof(caps[0]));
	load_start(engine, &b);
	sleep_ns(300 * MSEC);
	judge(shares, sizeof(shares) / sizeof(shares[0]));
	load_stop(&a);
	load_stop(&b);
	engine_settle(engine);
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
