// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "cgroup.h"
#include "quota.h"
#include "scenario.h"

/* Half of what a queue holds is more than the horizon, so it never runs dry. */
const struct scenario scenarios[] = {
	{ "/equal2", "2-equal", "2 equal", {
		{ "/a", 100, 50, 2 * MSEC, 40 },
		{ "/b", 100, 50, 2 * MSEC, 12 } } },
	{ "/equal4", "4-equal", "4 equal", {
		{ "/a", 100, 25, 4 * MSEC, 32 },
		{ "/b", 100, 25, 2 * MSEC, 12 },
		{ "/c", 100, 25, 1 * MSEC, 24 },
		{ "/d", 100, 25, 500 * USEC, 48 } } },
	{ "/equal8", "8-equal", "8 equal", {
		{ "/a", 100, 12.5, 4 * MSEC, 16 },
		{ "/b", 100, 12.5, 4 * MSEC, 6 },
		{ "/c", 100, 12.5, 2 * MSEC, 24 },
		{ "/d", 100, 12.5, 2 * MSEC, 12 },
		{ "/e", 100, 12.5, 1 * MSEC, 48 },
		{ "/f", 100, 12.5, 1 * MSEC, 24 },
		{ "/g", 100, 12.5, 500 * USEC, 48 },
		{ "/h", 100, 12.5, 500 * USEC, 96 } } },
	{ "/seventy", "70-30", "70 to 30", {
		{ "/a", 70, 70, 2 * MSEC, 12 },
		{ "/b", 30, 30, 2 * MSEC, 32 } } },
	{ "/double", "1-2-4-8", "1:2:4:8", {
		{ "/a", 100, 100.0 / 15, 2 * MSEC, 32 },
		{ "/b", 200, 200.0 / 15, 2 * MSEC, 16 },
		{ "/c", 400, 400.0 / 15, 2 * MSEC, 12 },
		{ "/d", 800, 800.0 / 15, 1 * MSEC, 24 } } },
	/* A guest whose clock is its instructions can submit no more. */
	{ "/tiny", "20us-50ms", "jobs of 20 us against jobs of 50 ms", {
		{ "/a", 100, 50, 20 * USEC, 1200 },
		{ "/b", 100, 50, 50 * MSEC, 4 } } },
	{ "/tree", "50-25-25", "50 to (25, 25)", {
		{ "/a", 100, 50, 2 * MSEC, 12 },
		{ "/b", 100, 0, 0, 0 },
		{ "/b/c", 100, 25, 2 * MSEC, 32 },
		{ "/b/d", 100, 25, 2 * MSEC, 16 } } },
};

const unsigned int nr_scenarios = sizeof(scenarios) / sizeof(scenarios[0]);

static void prepare(const struct engine *engine, const struct member *member,
		    const char *cg, enum by by)
{
	char weight[16];

	cg_create(cg);
	snprintf(weight, sizeof(weight), "%u", member->weight);
	if (by == BY_VGPU)
		quota_set_time(cg, engine->device(), "--weight", weight);
}

void scenario_play(const struct engine *engine, const struct scenario *s,
		   enum by by, unsigned int seconds, struct outcome *outcome)
{
	static char names[MEMBERS][64];
	static struct load loads[MEMBERS];
	unsigned int i, all, n = 0;

	outcome->longest = 0;
	cg_create(s->cg);
	for (all = 0; all < MEMBERS && s->members[all].cg; all++) {
		const struct member *m = &s->members[all];

		snprintf(names[all], sizeof(names[all]), "%s%s", s->cg, m->cg);
		prepare(engine, m, names[all], by);
		if (!m->length)
			continue;
		loads[n] = (struct load){
			.cg = names[all], .length = m->length,
			.depth = m->depth,
			.bucket = by == BY_BUCKET ? m->due : 0,
		};
		if (outcome->longest < m->length)
			outcome->longest = m->length;
		outcome->cgs[n] = names[all];
		outcome->due[n++] = m->due;
	}
	outcome->n = n;
	for (i = 0; i < n; i++)
		load_start(engine, &loads[i]);
	sleep_ns(500 * MSEC);
	outcome->windows.ns = SEC;
	outcome->windows.n = seconds;
	windows_take(engine, &outcome->windows, outcome->cgs, n);
	outcome->error = windows_error(&outcome->windows, outcome->due, n);
	for (i = 0; i < n; i++)
		load_stop(&loads[i]);
	engine_settle(engine);
	while (all--)
		cg_remove(names[all]);
	cg_remove(s->cg);
}

double scenario_bound(const struct engine *engine, uint64_t longest)
{
	double bound = 150.0 * longest / SEC;

	return engine->suspendable || bound < 3 ? 3 : bound;
}
