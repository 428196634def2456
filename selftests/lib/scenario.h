/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups that have always more to do, and what each is due. Who asks for most
 * would have most of an engine that takes jobs as they come; here it is never
 * the one to whom most is due.
 */
#ifndef SELFTESTS_SCENARIO_H
#define SELFTESTS_SCENARIO_H

#include "load.h"

#define MEMBERS 9

/**
 * struct member - one group of a scenario
 * @cg: below the scenario's own
 * @weight: against its siblings
 * @due: percent of the engine; 0 for a group that has only others below it
 * @length: of its jobs
 * @depth: of them in its queue
 */
struct member {
	const char *cg;
	unsigned int weight;
	double due;
	uint64_t length;
	unsigned int depth;
};

struct scenario {
	const char *cg;
	const char *row;	/* as the bench names it */
	const char *name;
	struct member members[MEMBERS];
};

extern const struct scenario scenarios[];
extern const unsigned int nr_scenarios;

/* What is to share the engine: nothing, a bucket in each tenant, or vgpu. */
enum by { BY_NOTHING, BY_BUCKET, BY_VGPU };

/**
 * struct outcome - what became of a scenario
 * @cgs: its groups that have work of their own
 * @due: to each of them, percent
 * @n: of them
 * @longest: of all jobs
 * @windows: of a second
 * @error: of the shares in all of those
 */
struct outcome {
	const char *cgs[MEMBERS];
	double due[MEMBERS];
	unsigned int n;
	uint64_t longest;
	struct windows windows;
	struct error error;
};

void scenario_play(const struct engine *engine, const struct scenario *s,
		   enum by by, unsigned int seconds, struct outcome *outcome);
/* Points by which a share may be off in the worst second, by the longest job. */
double scenario_bound(const struct engine *engine, uint64_t longest);

#endif /* SELFTESTS_SCENARIO_H */
