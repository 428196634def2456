// SPDX-License-Identifier: GPL-2.0
/* Random trees of 1,000 groups, with random quotas and jobs, and the model. */
#include "model.h"
#include "random.h"
#include "tap.h"

static u32 pick(u32 below)
{
	return rand() % below;
}

/*
 * 5 us to 100 ms, as many short as long. Behind a gate a turn waits for jobs
 * that cannot be stopped; where that takes longer than credit is kept, shares
 * are not exact, so there they are 5 ms at most.
 */
static u64 any_job(bool gated)
{
	u64 job = (5 * US) << pick(gated ? 11 : 16);

	return job < 100 * MS ? job : 100 * MS;
}

/* Three levels below the root, 10, 90 and 900 groups. */
static void grow(struct sim *sim, bool gated)
{
	u32 i;

	for (i = 1; i < 1001; i++)
		sim_group(sim, i < 11 ? 0 : i < 101 ? 1 + pick(10) :
						      11 + pick(90), 0);
	for (i = 1; i < 1001; i++) {
		u32 max = pick(5) ? VGPU_SCHED_FULL : 200 + pick(5000);
		u32 min = pick(5) ? 0 : pick(1000);

		/* May promise too much and be refused. */
		sim_set(sim, i, 1 + pick(400), min < max ? min : max, max,
			pick(8) ? VGPU_SCHED_NORMAL :
				  pick(VGPU_SCHED_PRIORITIES), !pick(50));
	}
	for (i = 0; i < 60; i++)
		sim_job(sim, 101 + pick(900), any_job(gated));
}

static void compare(bool gated, u32 seed, u64 ns)
{
	double share[1001], error, worst = 0, sum = 0;
	u32 i, at = 0, n = 0, most = gated ? 300 : 100;
	struct sim *sim = sim_new(gated);

	srand(seed);
	grow(sim, gated);
	model_shares(sim, share);
	sim_run(sim, 5 * SEC);
	sim_reset(sim);
	sim_run(sim, ns);
	for (i = 101; i < 1001; i++) {
		if (!sim->groups[i].job)
			continue;
		error = (double)sim->groups[i].got * VGPU_SCHED_FULL / ns -
			share[i];
		error = error < 0 ? -error : error;
		if (error > worst) {
			worst = error;
			at = i;
		}
		sum += error;
		n++;
	}
	ok(worst <= most && sum / n <= 25,
	   "%s, seed %u: %u groups, mean error %.1f, worst %.1f of %.1f",
	   gated ? "gated" : "suspendable", seed, n, sum / n, worst, share[at]);
	sim_free(sim);
}

void random_trees(void)
{
	u32 seed;

	for (seed = 1; seed <= 4; seed++) {
		compare(false, seed, 40 * SEC);
		compare(true, seed, 20 * SEC);
	}
}
