// SPDX-License-Identifier: GPL-2.0
/* Shares, caps, guarantees, lending, priority and freeze, simulated. */
#include <errno.h>

#include <linux/rbtree.h>

#include "random.h"
#include "sim.h"
#include "tap.h"

#define NORMAL VGPU_SCHED_NORMAL
#define FULL VGPU_SCHED_FULL

static const char *kind(const struct sim *sim)
{
	return sim->gated ? "gated" : "suspendable";
}

/* @group's part of @ns in hundredths of a percent. */
static u32 part(const struct sim *sim, u32 group, u64 ns)
{
	return sim->groups[group].got * FULL / ns;
}

/* Suspendable: a point; else what a horizon and a job may move in @ns. */
static u32 bound(const struct sim *sim, u64 ns, u64 job)
{
	return 100 + (sim->gated ? (VGPU_SCHED_HORIZON + job) * FULL / ns : 0);
}

static void near(const struct sim *sim, u32 group, u64 ns, u32 want, u64 job,
		 const char *what)
{
	u32 got = part(sim, group, ns), most = bound(sim, ns, job);

	ok(got + most >= want && got <= want + most,
	   "%s, %s: group %u has %u, due %u, bound %u", kind(sim), what,
	   group, got, want, most);
}

/* As it does by itself, but one job of that length. */
static bool submit_one(struct sim *sim, u32 group, u64 estimate, u64 ns)
{
	struct sim_group *to = &sim->groups[group];

	if (!vgpu_sched_admit(&to->node, estimate, sim->now))
		return false;
	sim_queue(sim, to, estimate, ns);
	return true;
}

static void measure(struct sim *sim, u64 ns)
{
	u64 began;

	sim_run(sim, SEC);
	sim_reset(sim);
	began = sim->now;
	sim_run(sim, ns);
	/* The last job may end late. */
	sim->idle += sim->now - began > ns + SEC;
}

static void weights(bool gated, const u32 *weight, u32 n, const u64 *jobs,
		    const char *what)
{
	struct sim *sim = sim_new(gated);
	u64 longest = 0;
	u32 i, sum = 0;

	for (i = 1; i <= n; i++) {
		u64 job = jobs ? jobs[i - 1] : MS;

		sim_group(sim, 0, job);
		sim_set(sim, i, weight[i - 1], 0, FULL, NORMAL, false);
		sum += weight[i - 1];
		longest = job > longest ? job : longest;
	}
	measure(sim, 4 * SEC);
	for (i = 1; i <= n; i++)
		near(sim, i, 4 * SEC, weight[i - 1] * FULL / sum, longest, what);
	is(sim->idle, 0, "%s, %s: never idle", kind(sim), what);
	sim_free(sim);
}

static void hierarchy(bool gated)
{
	struct sim *sim = sim_new(gated);
	u32 b;

	sim_group(sim, 0, MS);
	b = sim_group(sim, 0, 0);
	sim_group(sim, b, MS);
	sim_group(sim, b, 3 * MS);
	measure(sim, 4 * SEC);
	near(sim, 1, 4 * SEC, 5000, 3 * MS, "50 and (25, 25)");
	near(sim, 3, 4 * SEC, 2500, 3 * MS, "50 and (25, 25)");
	near(sim, 4, 4 * SEC, 2500, 3 * MS, "50 and (25, 25)");
	sim_free(sim);
}

static void cap(bool gated, u32 max, bool company)
{
	struct sim *sim = sim_new(gated);
	u32 want = max;

	sim_group(sim, 0, 2 * MS);
	if (company) {
		sim_group(sim, 0, MS);
		want = max < 5000 ? max : 5000;
	}
	ok(!sim_set(sim, 1, 100, 0, max, NORMAL, false), "cap %u", max);
	measure(sim, 4 * SEC);
	near(sim, 1, 4 * SEC, want, 2 * MS, company ? "cap in company" :
						      "cap alone");
	if (company)
		near(sim, 2, 4 * SEC, FULL - want, 2 * MS, "company");
	sim_free(sim);
}

/* One job at a time, and each waits for one of the company's, as long. */
static void cap_behind(u32 max)
{
	struct sim *sim = sim_new(true);

	sim_group(sim, 0, 30 * MS);
	sim_group(sim, 0, 30 * MS);
	sim_set(sim, 1, 100, 0, max, NORMAL, false);
	measure(sim, 8 * SEC);
	near(sim, 1, 8 * SEC, max, 30 * MS, "cap behind long jobs");
	near(sim, 2, 8 * SEC, FULL - max, 30 * MS, "long jobs");
	sim_free(sim);
}

/* A cap is all that binds, and its own jobs are short: it catches up. */
static void cap_behind_others(u32 min, u32 max)
{
	struct sim *sim = sim_new(true);

	sim_group(sim, 0, MS);
	sim_set(sim, 1, 100, min, max, VGPU_SCHED_HIGH, false);
	sim_group(sim, 0, 50 * MS);
	measure(sim, 20 * SEC);
	near(sim, 1, 20 * SEC, max, 50 * MS, "cap behind others' long jobs");
	sim_free(sim);
}

/* Nobody else is there any more, and what was lost to a long job comes to an end. */
static void cap_alone_again(void)
{
	struct sim *sim = sim_new(true);

	sim_group(sim, 0, 0);
	sim_set(sim, 1, 100, 0, 5000, NORMAL, false);
	sim_group(sim, 0, 0);
	submit_one(sim, 2, 500 * MS, 500 * MS);
	sim_job(sim, 1, MS);
	sim_run(sim, 500 * MS);
	sim_reset(sim);
	sim_run(sim, SEC);
	near(sim, 1, SEC, 5000, 100 * MS, "cap after one long job");
	sim_job(sim, 1, 0);
	sim_run(sim, SEC);
	sim_job(sim, 1, MS);
	sim_reset(sim);
	sim_run(sim, 200 * MS);
	near(sim, 1, 200 * MS, 5000, MS, "cap after a second of rest");
	sim_free(sim);
}

static void freeze_and_thaw(struct sim *sim, u32 i, u32 min, u32 max)
{
	ok(!sim_set(sim, i, 100, min, max, NORMAL, true) &&
	   !sim_set(sim, i, 100, min, max, NORMAL, false), "freeze and thaw");
}

/* What a group owes, it owes afterwards. */
static void frozen_in_debt(void)
{
	struct sim *sim = sim_new(true);
	u64 began;

	sim_group(sim, 0, 0);
	sim_set(sim, 1, 100, 0, 2000, NORMAL, false);
	submit_one(sim, 1, 100 * MS, 100 * MS);
	sim_run(sim, 110 * MS);
	freeze_and_thaw(sim, 1, 0, 2000);
	sim_job(sim, 1, MS);
	sim_reset(sim);
	sim_run(sim, 300 * MS);
	is(sim->groups[1].got, 0, "a cap holds after a thaw");
	sim_free(sim);

	sim = sim_new(true);
	sim_group(sim, 0, 100 * MS);
	sim_group(sim, 0, MS);
	sim_run(sim, SEC);
	sim_reset(sim);
	for (began = sim->now; sim->now < began + 6 * SEC;) {
		sim_run(sim, 100 * MS);
		freeze_and_thaw(sim, 1, 0, FULL);
	}
	/* But for what it was behind: it was away. */
	ok(part(sim, 1, sim->now - began) <= 5000 + bound(sim, 6 * SEC, 0),
	   "frozen between long jobs: it has %u, due 5000",
	   part(sim, 1, sim->now - began));
	sim_free(sim);
}

/* Set again as it is, nothing begins anew. */
static void set_again(void)
{
	struct sim *sim = sim_new(true);
	u64 began;

	sim_group(sim, 0, 100 * MS);
	sim_group(sim, 0, MS);
	sim_set(sim, 1, 200, 0, 9000, NORMAL, false);
	sim_run(sim, SEC);
	sim_reset(sim);
	for (began = sim->now; sim->now < began + 6 * SEC;) {
		sim_run(sim, 100 * MS);
		sim_set(sim, 1, 200, 0, 9000, NORMAL, false);
	}
	near(sim, 1, sim->now - began, 6667, 100 * MS, "set again and again");
	sim_free(sim);
}

/* 30 % guaranteed at low priority against 50 of high and 50 of normal. */
static void guarantee(bool gated)
{
	struct sim *sim = sim_new(gated);
	u32 i;

	sim_group(sim, 0, MS);
	sim_set(sim, 1, 1, 3000, FULL, VGPU_SCHED_LOW, false);
	for (i = 2; i < 102; i++) {
		sim_group(sim, 0, MS);
		sim_set(sim, i, 10000, 0, FULL,
			i % 2 ? NORMAL : VGPU_SCHED_HIGH, false);
	}
	measure(sim, 4 * SEC);
	near(sim, 1, 4 * SEC, 3000, MS, "guarantee against 100");
	is(sim->groups[3].got, 0, "%s: normal waits for high", kind(sim));
	sim_free(sim);
}

/* A promise holds, however long what it has to wait for. */
static void guarantee_behind(u32 min, u64 job)
{
	struct sim *sim = sim_new(true);

	sim_group(sim, 0, MS);
	sim_set(sim, 1, 1, min, FULL, NORMAL, false);
	sim_group(sim, 0, job);
	sim_set(sim, 2, VGPU_SCHED_WEIGHT_MAX, 0, FULL, NORMAL, false);
	measure(sim, 20 * SEC);
	near(sim, 1, 20 * SEC, min, job, "guarantee behind long jobs");
	sim_free(sim);
}

static void lending(bool gated)
{
	u64 most = VGPU_SCHED_HORIZON + 2 * MS;
	struct sim *sim = sim_new(gated);
	u32 i, late = 0, lent = 0;

	sim_group(sim, 0, MS);
	sim_group(sim, 0, 0);
	sim_set(sim, 1, 100, 2000, FULL, NORMAL, false);
	sim_set(sim, 2, 100, 5000, FULL, NORMAL, false);
	for (i = 0; i < 100; i++) {
		u64 back;

		sim_reset(sim);
		sim_run(sim, 100 * MS);
		lent += part(sim, 1, 100 * MS) < 8700;
		back = sim->now;
		sim_job(sim, 2, MS);
		sim_run(sim, most + MS);
		late += !sim->groups[2].got ||
			sim->groups[2].last_end < back;
		sim_reset(sim);
		sim_run(sim, 200 * MS);
		late += part(sim, 2, 200 * MS) < 4400;
		sim_job(sim, 2, 0);
	}
	is(lent, 0, "%s: all that is idle is lent", kind(sim));
	is(late, 0, "%s: an owner is back within the bound", kind(sim));
	sim_free(sim);
}

static void freeze(bool gated)
{
	struct sim *sim = sim_new(gated);
	u64 at;

	sim_group(sim, 0, MS);
	sim_group(sim, 0, MS);
	sim_run(sim, SEC);
	sim_set(sim, 1, 100, 1000, FULL, NORMAL, true);
	at = sim->now;
	sim_run(sim, SEC);
	ok(sim->groups[1].last_end <= at + VGPU_SCHED_HORIZON + MS,
	   "%s: frozen within the bound", kind(sim));
	sim_set(sim, 1, 100, 0, FULL, NORMAL, false);
	measure(sim, SEC);
	near(sim, 1, SEC, 5000, MS, "thawed");
	sim_free(sim);
}

/* Half a period of work, half of sleep, against one that always has work. */
static void gaming(bool gated)
{
	struct sim *sim = sim_new(gated);
	u32 i;

	sim_group(sim, 0, 20 * US);
	sim_group(sim, 0, MS);
	sim_run(sim, SEC);
	sim_reset(sim);
	for (i = 0; i < 400; i++) {
		sim_job(sim, 1, i % 2 ? 20 * US : 0);
		sim_run(sim, 5 * MS);
	}
	ok(part(sim, 1, 2 * SEC) <= 5200, "%s: sleeping gains nothing: %u",
	   kind(sim), part(sim, 1, 2 * SEC));
	sim_free(sim);
}

static void refusals(void)
{
	struct sim *sim = sim_new(true);

	sim_group(sim, 0, 0);
	sim_group(sim, 0, 0);
	is(sim_set(sim, 1, 100, 6000, FULL, NORMAL, false), 0, "60 %%");
	is(sim_set(sim, 2, 100, 4001, FULL, NORMAL, false), -ENOSPC,
	   "too much is promised");
	is(sim_set(sim, 2, 100, 4000, FULL, NORMAL, false), 0, "40 %%");
	is(sim_set(sim, 1, 0, 0, FULL, NORMAL, false), -EINVAL, "no weight");
	is(sim_set(sim, 1, 100, 10, 9, NORMAL, false), -EINVAL, "min > max");
	is(sim->armed, 0, "no timer while nobody waits");
	sim_free(sim);
}

/* Jobs that wait for a fence that never comes hold up nobody else. */
static void stalled(void)
{
	struct sim *sim = sim_new(true);
	u32 n = 0;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, 0);
	while (vgpu_sched_admit(&sim->groups[1].node, MS, sim->now))
		n++;
	is(n, 10, "a horizon is admitted");
	sim_job(sim, 2, MS);
	sim_run(sim, SEC);
	ok(part(sim, 2, SEC) >= 9500, "the other one has the engine: %u",
	   part(sim, 2, SEC));
	sim_free(sim);
}

/* A job of a stalled group that nobody asked about takes no room for ever. */
static void joined(void)
{
	struct sim *sim = sim_new(true);
	u32 i;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, 0);
	for (i = 0; i < 10; i++)
		vgpu_sched_admit(&sim->groups[1].node, MS, sim->now);
	sim_job(sim, 2, MS);
	sim_run(sim, 100 * MS);
	ok(sim->groups[1].node.stalled, "it is stalled");
	sim_job(sim, 2, 0);
	sim_run(sim, 20 * MS);
	is(sim->sched.in_flight, 0, "its jobs take no room");
	vgpu_sched_join(&sim->groups[1].node, 20 * MS, sim->now);
	is(sim->sched.in_flight, 0, "nor does one that joins them");
	vgpu_sched_complete(&sim->groups[1].node, 20 * MS, MS, sim->now);
	is(sim->sched.in_flight, 0, "nor all of them when it has moved");
	ok(!vgpu_sched_admit(&sim->groups[1].node, MS, sim->now) &&
	   sim->sched.in_flight == 10 * MS, "but from its turn on");
	for (i = 0; i < 10; i++)
		vgpu_sched_complete(&sim->groups[1].node, MS, MS, sim->now);
	is(sim->sched.in_flight, 0, "until it is over");
	sim_free(sim);
}

/*
 * Jobs that wait for a fence that comes just before they count as stalled, and
 * are what they were thought to be. The engine is idle meanwhile, for they are
 * all that there is room for.
 */
static void held_jobs(void)
{
	struct sim *sim = sim_new(true);
	struct vgpu_sched_node *node;
	u64 began, first = 0, got = 0;
	u32 held = 0;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, MS);
	sim_set(sim, 1, 100, 0, FULL, NORMAL, false);
	node = &sim->groups[1].node;
	sim_run(sim, SEC);
	sim_reset(sim);
	began = sim->now;
	vgpu_sched_want(node, 1, sim->now);
	while (sim->now < began + 4 * SEC) {
		while (vgpu_sched_admit(node, MS, sim->now))
			first = held++ ? first : sim->now;
		for (; held && sim->now - first > 35 * MS; held--) {
			sim->now += MS;
			vgpu_sched_complete(node, MS, MS, sim->now);
			got += MS;
		}
		sim_run(sim, 100 * US);
	}
	for (; held; held--)
		vgpu_sched_cancel(node, MS, sim->now);
	vgpu_sched_want(node, -1, sim->now);
	ok(part(sim, 2, sim->now - began) >= 4700,
	   "jobs that are held cost nobody its share: %u, and have %u",
	   part(sim, 2, sim->now - began),
	   (u32)(got * FULL / (sim->now - began)));
	sim_free(sim);
}

/*
 * Many tiny jobs that wait for fences, and with them one that is thought to be
 * long: each fence that comes makes the group one that moves.
 */
static void released_jobs(u32 at_once)
{
	struct sim *sim = sim_new(true);
	struct vgpu_sched_node *node;
	u64 began, next;
	u32 i, held = 0;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, 0);
	node = &sim->groups[1].node;
	while (held < 60 && vgpu_sched_admit(node, 10 * US, sim->now))
		held++;
	ok(vgpu_sched_admit(node, 100 * MS, sim->now), "all are let in");
	vgpu_sched_want(node, 1, sim->now);
	sim_job(sim, 2, MS);
	began = sim->now;
	for (next = began; held && sim->now < began + 20 * SEC;) {
		for (i = 0; sim->now >= next && i < at_once; i++, held--)
			vgpu_sched_complete(node, 10 * US, 10 * US, sim->now);
		if (i)
			next += 100 * MS;
		if (vgpu_sched_admit(node, 10 * US, sim->now))
			held++;
		sim_run(sim, MS);
	}
	for (; held; held--)
		vgpu_sched_cancel(node, 10 * US, sim->now);
	vgpu_sched_cancel(node, 100 * MS, sim->now);
	vgpu_sched_want(node, -1, sim->now);
	ok(part(sim, 2, sim->now - began) >= 4700,
	   "jobs let go %u by %u cost nobody its share: %u", at_once,
	   at_once, part(sim, 2, sim->now - began));
	is(sim->sched.in_flight, sim->groups[2].node.in_flight,
	   "and take no room for ever");
	sim_free(sim);
}

/* Who waits for a fence in no one's way does not pay for who is in the way. */
static void innocent(void)
{
	struct sim *sim = sim_new(true);
	u64 before;
	u32 i;

	for (i = 0; i < 3; i++)
		sim_group(sim, 0, 0);
	vgpu_sched_admit(&sim->groups[1].node, 10 * MS, sim->now);
	sim_job(sim, 3, MS);
	sim_run(sim, 100 * MS);
	ok(sim->groups[1].node.stalled, "one waits and is left out");
	before = sim->groups[1].node.own.vtime;
	sim_job(sim, 3, 0);
	sim_run(sim, 20 * MS);
	for (i = 0; i < 9; i++)
		vgpu_sched_admit(&sim->groups[2].node, MS, sim->now);
	vgpu_sched_admit(&sim->groups[2].node, 10 * MS, sim->now);
	sim_job(sim, 3, MS);
	sim_run(sim, 20 * MS);
	vgpu_sched_complete(&sim->groups[2].node, MS, MS, sim->now);
	sim_run(sim, 200 * MS);
	ok(sim->groups[2].node.stalled, "another keeps all the room a while");
	is(sim->groups[1].node.own.vtime - before, 0,
	   "which is not charged to the one");
	for (i = 0; i < 8; i++)
		vgpu_sched_cancel(&sim->groups[2].node, MS, sim->now);
	vgpu_sched_cancel(&sim->groups[2].node, 10 * MS, sim->now);
	vgpu_sched_cancel(&sim->groups[1].node, 10 * MS, sim->now);
	sim_free(sim);
}

/* The time for which one kept the engine idle is not that of whose job ends next. */
static void left_out(void)
{
	struct sim *sim = sim_new(true);
	u32 held = 0;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, 0);
	sim_group(sim, 0, 0);
	while (vgpu_sched_admit(&sim->groups[1].node, MS, sim->now))
		held++;
	sim_job(sim, 2, MS);
	sim_job(sim, 3, MS);
	sim_run(sim, 50 * MS);
	ok(sim->idle >= 30 * MS && sim->groups[1].node.stalled,
	   "%u jobs that do not end keep the engine until they are left out",
	   held);
	sim_reset(sim);
	sim_run(sim, 200 * MS);
	near(sim, 2, 200 * MS, 5000, MS, "one of those who had to wait");
	near(sim, 3, 200 * MS, 5000, MS, "the other");
	for (; held; held--)
		vgpu_sched_cancel(&sim->groups[1].node, MS, sim->now);
	sim_free(sim);
}

/* Who is refused by the driver each time, and comes back at once. */
static void refused_jobs(void)
{
	struct sim *sim = sim_new(true);
	u32 i, admitted = 0;
	u64 began;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, 50 * US);
	sim_run(sim, SEC);
	sim_reset(sim);
	began = sim->now;
	for (i = 0; i < 10000; i++) {
		if (vgpu_sched_admit(&sim->groups[1].node, MS, sim->now)) {
			vgpu_sched_cancel(&sim->groups[1].node, MS, sim->now);
			admitted++;
		}
		sim_run(sim, 20 * US);
	}
	ok(admitted && part(sim, 2, sim->now - began) >= 9500,
	   "refused jobs hold up nobody: %u of %u", part(sim, 2,
							  sim->now - began),
	   admitted);
	sim_free(sim);
}

/* Who has always a tiny job unfinished is never idle, and banks nothing by it. */
static void trickle(void)
{
	struct sim *sim = sim_new(true);
	u32 i, jobs = 0;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, MS);
	for (i = 0; i < 1250; i++) {
		jobs += submit_one(sim, 1, 5 * US, 5 * US);
		sim_run(sim, 8 * MS);
	}
	ok(jobs > 600, "%u tiny jobs", jobs);
	sim_job(sim, 1, MS);
	sim_reset(sim);
	sim_run(sim, SEC);
	near(sim, 1, SEC, 5000, MS, "a burst after a trickle");
	sim_free(sim);
}

/* Nor is what others were promised any less for it. */
static void trickle_promised(void)
{
	struct sim *sim = sim_new(true);
	u64 began;

	sim_group(sim, 0, 0);
	sim_set(sim, 1, 100, 100, FULL, NORMAL, false);
	sim_group(sim, 0, MS);
	sim_set(sim, 2, 1, 9000, FULL, NORMAL, false);
	sim_group(sim, 0, MS);
	sim_set(sim, 3, VGPU_SCHED_WEIGHT_MAX, 0, FULL, NORMAL, false);
	sim_run(sim, SEC);
	sim_reset(sim);
	began = sim->now;
	while (sim->now < began + 10 * SEC) {
		submit_one(sim, 1, 5 * US, 5 * US);
		sim_run(sim, 4 * MS);
	}
	near(sim, 2, sim->now - began, 9000, MS, "a guarantee beside a trickle");
	sim_free(sim);
}

/* One thread waits, slow to come, while another is refused by the driver. */
static void slow_refused(void)
{
	struct sim *sim = sim_new(true);
	u64 began, woken = 0;
	u32 admitted = 0;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, MS);
	vgpu_sched_want(&sim->groups[1].node, 1, sim->now);
	sim_run(sim, SEC);
	sim_reset(sim);
	began = sim->now;
	while (sim->now < began + 4 * SEC) {
		if (!sim->groups[1].woken)
			woken = sim->now;
		if (sim->now - woken >= 900 * US) {
			sim->groups[1].woken = false;
			woken = sim->now;
			if (vgpu_sched_admit(&sim->groups[1].node, 10 * MS,
					     sim->now)) {
				vgpu_sched_cancel(&sim->groups[1].node, 10 * MS,
						  sim->now);
				admitted++;
			}
		}
		sim_run(sim, 50 * US);
	}
	/* It pays for an idle engine, but not while the other's last jobs run. */
	ok(admitted && part(sim, 2, sim->now - began) >= 3500,
	   "who is slow and refused costs another a part of its share: %u of %u",
	   part(sim, 2, sim->now - began), admitted);
	vgpu_sched_want(&sim->groups[1].node, -1, sim->now);
	sim_free(sim);
}

/* Now and then a job is far longer than it was thought to be. */
static void mixed_jobs(void)
{
	struct sim *sim = sim_new(true);
	u64 began = sim->now;
	u32 jobs = 0;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, MS);
	vgpu_sched_want(&sim->groups[1].node, 1, sim->now);
	while (sim->now < began + 20 * SEC) {
		while (submit_one(sim, 1, 5 * MS, jobs % 10 ? MS : 100 * MS))
			jobs++;
		sim_run(sim, 100 * US);
	}
	near(sim, 1, sim->now - began, 5000, 100 * MS, "jobs of mixed length");
	vgpu_sched_want(&sim->groups[1].node, -1, sim->now);
	sim_free(sim);
}

/* Who comes back just in time to keep its place has hardly any work. */
static void sparse_jobs(void)
{
	struct sim *sim = sim_new(true);
	u64 began, next = 0;
	u32 jobs = 0;

	sim_group(sim, 0, 0);
	sim_group(sim, 0, 50 * US);
	sim_run(sim, SEC);
	sim_reset(sim);
	began = sim->now;
	while (sim->now < began + 2 * SEC) {
		if (sim->now >= next &&
		    vgpu_sched_admit(&sim->groups[1].node, 10 * US, sim->now)) {
			vgpu_sched_complete(&sim->groups[1].node, 10 * US,
					    10 * US, sim->now);
			next = sim->now + 900 * US;
			jobs++;
		}
		sim_run(sim, 10 * US);
	}
	ok(jobs && part(sim, 2, sim->now - began) >= 4900,
	   "sparse jobs cost nobody its share: %u of %u",
	   part(sim, 2, sim->now - began), jobs);
	sim_free(sim);
}

/* A group's own work begins long after that of those below it. */
static void parent(bool gated)
{
	struct sim *sim = sim_new(gated);

	sim_group(sim, 0, 0);
	sim_group(sim, 1, MS);
	sim_run(sim, 10 * SEC);
	sim_job(sim, 1, MS);
	sim_reset(sim);
	sim_run(sim, SEC);
	near(sim, 1, SEC, 5000, MS, "its own work comes late");
	sim_free(sim);
}

#define DAY (86400 * SEC)

/* Times over a weight of 1 wrap around within three weeks. */
static void weeks(void)
{
	const u64 job = 500 * MS;
	struct sim *sim;

	sim = sim_new(true);
	sim_group(sim, 0, 0);
	sim_group(sim, 0, job);
	sim_set(sim, 2, 1, 0, FULL, NORMAL, false);
	sim_run(sim, 12 * DAY);
	sim_job(sim, 1, job);
	sim_reset(sim);
	sim_run(sim, 1000 * SEC);
	near(sim, 1, 1000 * SEC, 100 * FULL / 101, job, "away for 12 days");
	sim_free(sim);

	sim = sim_new(true);
	sim_group(sim, 0, job);
	sim_group(sim, 0, job);
	sim_set(sim, 1, 1, 9000, FULL, NORMAL, false);
	sim_set(sim, 2, VGPU_SCHED_WEIGHT_MAX, 0, FULL, NORMAL, false);
	sim_run(sim, 12 * DAY);
	sim_reset(sim);
	sim_run(sim, 1000 * SEC);
	near(sim, 1, 1000 * SEC, 9000, job, "a guarantee for 12 days");
	sim_free(sim);
}

/* Steps in trees for a decision and its charge, @n groups with work. */
static u64 cost(u32 n)
{
	struct sim *sim = sim_new(false);
	u32 i;
	u64 steps;

	for (i = 0; i < n; i++)
		sim_group(sim, 0, MS);
	sim_run(sim, 100 * MS);
	sim_steps = 0;
	sim->turns = 0;
	sim_run(sim, 2 * SEC);
	steps = sim_steps / sim->turns;
	sim_free(sim);
	return steps;
}

static void both(bool gated)
{
	static const u32 equal[8] = { 100, 100, 100, 100, 100, 100, 100, 100 };
	static const u32 seventy[] = { 70, 30 }, powers[] = { 1, 2, 4, 8 };
	static const u64 jobs[] = { 5 * US, 50 * MS };
	static const u32 caps[] = { 500, 1000, 3000, 5000, 9000 };
	u32 i;

	weights(gated, equal, 2, NULL, "2 equal");
	weights(gated, equal, 4, NULL, "4 equal");
	weights(gated, equal, 8, NULL, "8 equal");
	weights(gated, seventy, 2, NULL, "70 and 30");
	weights(gated, powers, 4, NULL, "1, 2, 4 and 8");
	weights(gated, equal, 2, jobs, "5 us against 50 ms");
	hierarchy(gated);
	for (i = 0; i < 10; i++)
		cap(gated, caps[i / 2], i % 2);
	guarantee(gated);
	lending(gated);
	freeze(gated);
	parent(gated);
	gaming(gated);
}

int main(void)
{
	u32 n;
	u64 steps, least = cost(10);

	both(false);
	both(true);
	cap_behind(500);
	cap_behind(2000);
	cap_behind_others(0, 5000);
	cap_behind_others(0, 9000);
	cap_behind_others(9000, 9000);
	cap_alone_again();
	frozen_in_debt();
	set_again();
	for (n = 4; n <= 100; n *= 5) {
		guarantee_behind(2000, n * MS);
		guarantee_behind(9000, n * MS);
	}
	random_trees();
	alone_or_not();
	refusals();
	stalled();
	joined();
	held_jobs();
	released_jobs(1);
	released_jobs(2);
	innocent();
	left_out();
	refused_jobs();
	sparse_jobs();
	trickle();
	trickle_promised();
	slow_refused();
	mixed_jobs();
	weeks();
	for (n = 100; n <= 10000; n *= 10) {
		steps = cost(n);
		ok(steps <= least * 6, "%u groups: %lu steps, 10: %lu", n,
		   (unsigned long)steps, (unsigned long)least);
	}
	return done();
}
