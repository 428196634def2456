// SPDX-License-Identifier: GPL-2.0
/*
 * An engine that runs what it is given first come first served, or one group
 * at a time for a slice. A group whose submission has to wait tries again
 * only when it was woken, so a wake-up that is lost shows as lost time.
 */
#include <errno.h>
#include <string.h>

#include "sim.h"

#define QUEUE (1 << 16)

static struct sim_group *of_node(struct vgpu_sched_node *node)
{
	return container_of(node, struct sim_group, node);
}

static void wake(struct vgpu_sched_node *node)
{
	of_node(node)->woken = true;
}

static void arm(struct vgpu_sched *sched, u64 at)
{
	struct sim *sim = container_of(sched, struct sim, sched);

	if (!sim->armed || at < sim->armed)
		sim->armed = at;
}

static const struct vgpu_sched_ops gate = { .wake = wake, .arm = arm };
static const struct vgpu_sched_ops suspend = { .arm = arm };

struct sim *sim_new(bool gated)
{
	struct sim *sim = calloc(1, sizeof(*sim));

	sim->groups = calloc(SIM_GROUPS, sizeof(*sim->groups));
	sim->queue = calloc(QUEUE, sizeof(*sim->queue));
	sim->gated = gated;
	sim->now = SEC;
	vgpu_sched_init(&sim->sched, gated ? &gate : &suspend);
	vgpu_sched_node_init(&sim->sched, &sim->groups[0].node, NULL);
	sim->ngroups = 1;
	return sim;
}

void sim_free(struct sim *sim)
{
	while (sim->ngroups--)
		vgpu_sched_node_exit(&sim->groups[sim->ngroups].node, sim->now);
	vgpu_sched_destroy(&sim->sched);
	free(sim->queue);
	free(sim->groups);
	free(sim);
}

u32 sim_group(struct sim *sim, u32 parent, u64 job)
{
	struct sim_group *group = &sim->groups[sim->ngroups];

	vgpu_sched_node_init(&sim->sched, &group->node,
			     &sim->groups[parent].node);
	sim_job(sim, sim->ngroups, job);
	return sim->ngroups++;
}

int sim_set(struct sim *sim, u32 group, u32 weight, u32 min, u32 max,
	    enum vgpu_sched_priority priority, bool frozen)
{
	struct vgpu_sched_params params = {
		.weight = weight, .min = min, .max = max,
		.priority = priority, .frozen = frozen,
	};

	return vgpu_sched_set(&sim->groups[group].node, &params, sim->now,
			      NULL);
}

void sim_job(struct sim *sim, u32 number, u64 job)
{
	struct sim_group *group = &sim->groups[number];

	group->job = job;
	if (!group->estimate)
		group->estimate = MS;
	if (group->wants == !!job)
		return;
	group->wants = !!job;
	group->woken = group->wants;
	vgpu_sched_want(&group->node, group->wants ? 1 : -1, sim->now);
}

void sim_reset(struct sim *sim)
{
	u32 i;

	for (i = 0; i < sim->ngroups; i++)
		sim->groups[i].got = 0;
	sim->idle = 0;
}

/* An admitted job. */
void sim_queue(struct sim *sim, struct sim_group *group, u64 estimate, u64 ns)
{
	sim->queue[sim->tail++ % QUEUE] = (struct sim_job) {
		group, estimate, ns
	};
}

static bool submit(struct sim *sim)
{
	bool any = false;
	u32 i;

	for (i = 0; i < sim->ngroups; i++) {
		struct sim_group *group = &sim->groups[i];

		if (!group->wants || !group->woken)
			continue;
		group->woken = false;
		while (sim->tail - sim->head < QUEUE - 1 &&
		       vgpu_sched_admit(&group->node, group->estimate,
					sim->now)) {
			sim_queue(sim, group, group->estimate, group->job);
			any = true;
		}
	}
	return any;
}

static void tick(struct sim *sim)
{
	while (sim->armed && sim->armed <= sim->now) {
		sim->armed = 0;
		vgpu_sched_tick(&sim->sched, sim->now);
	}
}

/* Nothing to run: time passes up to what was armed. */
static void idle(struct sim *sim, u64 end)
{
	u64 to = sim->armed && sim->armed < end ? sim->armed : end;

	sim->idle += to - sim->now;
	sim->now = to;
}

/* A job runs: meanwhile timers go off, and who is woken submits. */
static void run_until(struct sim *sim, u64 end)
{
	while (sim->armed && sim->armed < end) {
		sim->now = sim->armed > sim->now ? sim->armed : sim->now;
		tick(sim);
		while (submit(sim))
			;
	}
	sim->now = end;
}

static void run_gated(struct sim *sim, u64 end)
{
	struct sim_job *job;

	while (submit(sim))
		;
	if (sim->head == sim->tail) {
		idle(sim, end);
		return;
	}
	job = &sim->queue[sim->head++ % QUEUE];
	run_until(sim, sim->now + job->ns);
	job->group->got += job->ns;
	job->group->last_end = sim->now;
	job->group->estimate = (job->group->estimate * 7 + job->ns) / 8;
	vgpu_sched_complete(&job->group->node, job->estimate, job->ns,
			    sim->now);
}

static void run_slice(struct sim *sim, u64 end)
{
	struct vgpu_sched_node *node;
	struct sim_group *group;
	u64 until;

	sim->turns++;
	node = vgpu_sched_turn(&sim->sched, sim->now, &until);
	if (!node) {
		idle(sim, end);
		return;
	}
	/* Who asks earlier is told the same, while the group has work. */
	until = until < end ? until : end;
	group = of_node(node);
	group->got += until - sim->now;
	group->last_end = until;
	sim->now = until;
}

void sim_run(struct sim *sim, u64 ns)
{
	u64 end = sim->now + ns;

	while (sim->now < end) {
		if (sim->gated)
			run_gated(sim, end);
		else
			run_slice(sim, end);
		tick(sim);
	}
}
