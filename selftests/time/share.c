// SPDX-License-Identifier: GPL-2.0
/*
 * Groups that have always more to do share the engine as their weights say,
 * whatever their jobs look like, and leave none of it idle. Judged by the
 * engine's own clock over windows of a second.
 */
#include "load.h"
#include "quota.h"
#include "scenario.h"
#include "tap.h"

static const struct engine *engine = &ENGINE;

static void judge(const struct scenario *s, const struct outcome *outcome)
{
	double bound = scenario_bound(engine, outcome->longest);
	const struct windows *windows = &outcome->windows;
	unsigned int i, idle = 0;

	ok(outcome->error.worst <= bound, "%s: within %.1f points", s->name,
	   bound);
	if (engine->suspendable)
		ok(outcome->error.mean <= 1, "%s: by a point on the mean",
		   s->name);
	note("error: mean %.2f, worst %.2f points", outcome->error.mean,
	     outcome->error.worst);
	for (i = 0; i < windows->n; i++)
		idle += windows->all[i] < 97;
	is(idle, 0, "%s: never idle", s->name);
	for (i = 0; i < outcome->n; i++)
		note("%s: %.2f %%", outcome->cgs[i], windows->part[0][i]);
}

int main(void)
{
	static struct outcome outcome;
	unsigned int i, seconds;

	setup("share");
	engine->load();
	seconds = loops(30, 3);
	for (i = 0; i < nr_scenarios; i++) {
		scenario_play(engine, &scenarios[i], BY_VGPU, seconds,
			      &outcome);
		judge(&scenarios[i], &outcome);
	}
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
