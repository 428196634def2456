// SPDX-License-Identifier: GPL-2.0
/*
 * Where nobody waits, a job is let in without a look at the order. All must be
 * as after a look: the same is done to two trees, and in one of them a frozen
 * group waits all the time.
 */
#include "random.h"
#include "sim.h"
#include "tap.h"

#define GROUPS 40
#define STEPS 20000
#define JOBS 64

static u32 pick(u32 below)
{
	return rand() % below;
}

struct pair {
	struct sim *alone;
	struct sim *waited;
	struct {
		u32 group;
		u64 estimate;
	} jobs[JOBS];
	u32 njobs;
	u64 now;
	u32 admitted;
	u32 refused;
};

static void set_both(struct pair *p, u32 group)
{
	u32 weight = 1 + pick(400), min = pick(3) ? 0 : pick(2000);
	u32 max = pick(3) ? VGPU_SCHED_FULL : 2000 + pick(6000);
	u32 priority = pick(VGPU_SCHED_PRIORITIES);
	bool frozen = !pick(20);

	p->alone->now = p->now;
	p->waited->now = p->now;
	sim_set(p->alone, group, weight, min, max, priority, frozen);
	sim_set(p->waited, group, weight, min, max, priority, frozen);
}

static struct pair *pair_new(void)
{
	static struct pair p;
	u32 i, parent;

	p = (struct pair) {
		.alone = sim_new(true), .waited = sim_new(true), .now = SEC,
	};
	for (i = 1; i <= GROUPS; i++) {
		parent = i < 5 ? 0 : i < 15 ? 1 + pick(4) : 5 + pick(10);
		sim_group(p.alone, parent, 0);
		sim_group(p.waited, parent, 0);
		set_both(&p, i);
	}
	i = sim_group(p.alone, 0, 0);
	sim_group(p.waited, 0, 0);
	sim_set(p.alone, i, 100, 0, VGPU_SCHED_FULL, VGPU_SCHED_NORMAL, true);
	sim_set(p.waited, i, 100, 0, VGPU_SCHED_FULL, VGPU_SCHED_NORMAL, true);
	vgpu_sched_want(&p.waited->groups[i].node, 1, p.now);
	return &p;
}

static bool submit(struct pair *p)
{
	u64 estimate = (20 * US) << pick(9);
	u32 group = 1 + pick(GROUPS);
	bool a, b;

	if (p->njobs == JOBS)
		return true;
	a = vgpu_sched_admit(&p->alone->groups[group].node, estimate, p->now);
	b = vgpu_sched_admit(&p->waited->groups[group].node, estimate, p->now);
	if (a) {
		p->jobs[p->njobs].group = group;
		p->jobs[p->njobs++].estimate = estimate;
	}
	p->admitted += a;
	p->refused += !a;
	return a == b;
}

static void end(struct pair *p)
{
	u32 i = pick(p->njobs), group = p->jobs[i].group;
	u64 estimate = p->jobs[i].estimate, busy = pick(2 * estimate);

	vgpu_sched_complete(&p->alone->groups[group].node, estimate, busy,
			    p->now);
	vgpu_sched_complete(&p->waited->groups[group].node, estimate, busy,
			    p->now);
	p->jobs[i] = p->jobs[--p->njobs];
}

static bool same_entity(const struct vgpu_sched_entity *a,
			const struct vgpu_sched_entity *b)
{
	return a->vtime == b->vtime && a->mtime == b->mtime &&
	       a->queued == b->queued && a->idle == b->idle;
}

static bool same_node(const struct vgpu_sched_node *a,
		      const struct vgpu_sched_node *b)
{
	u32 i;

	for (i = 0; i < VGPU_SCHED_PRIORITIES; i++)
		if (a->vmin[i] != b->vmin[i])
			return false;
	return same_entity(&a->own, &b->own) &&
	       (!a->parent || same_entity(&a->entity, &b->entity)) &&
	       a->lag == b->lag && a->cap_time == b->cap_time &&
	       a->capped == b->capped && a->jobs == b->jobs &&
	       a->unfinished == b->unfinished &&
	       a->in_flight == b->in_flight && a->progress == b->progress &&
	       a->left == b->left && a->keen == b->keen && a->busy == b->busy;
}

static bool same(const struct pair *p)
{
	u32 i;

	for (i = 0; i <= GROUPS; i++)
		if (!same_node(&p->alone->groups[i].node,
			       &p->waited->groups[i].node))
			return false;
	return p->alone->sched.in_flight == p->waited->sched.in_flight;
}

/* A millisecond apart, or who came back would keep its place from the waiter. */
static u32 play(struct pair *p)
{
	u32 i;

	for (i = 0; i < STEPS; i++) {
		p->now += MS + pick(3 * MS);
		if (p->njobs && !pick(8))
			set_both(p, 1 + pick(GROUPS));
		if (p->njobs && pick(2))
			end(p);
		else if (!submit(p))
			break;
		if (!same(p))
			break;
	}
	return i;
}

void alone_or_not(void)
{
	struct pair *p;
	u32 seed;

	for (seed = 1; seed <= 4; seed++) {
		srand(seed);
		p = pair_new();
		is(play(p), STEPS, "seed %u: alone as in company", seed);
		ok(p->admitted > STEPS / 10 && p->refused > STEPS / 100,
		   "seed %u: %u let in, %u not", seed, p->admitted, p->refused);
		vgpu_sched_want(&p->waited->groups[GROUPS + 1].node, -1,
				p->now);
		sim_free(p->alone);
		sim_free(p->waited);
	}
}
