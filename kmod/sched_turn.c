// SPDX-License-Identifier: GPL-2.0
/*
 * Turns: of queues that are suspended and not gated, of which single jobs are
 * not seen. Whoever is next has the engine for a slice, alone, and is charged
 * for all of it, whatever it makes of it. So nothing that a tenant does to its
 * jobs moves what it is charged.
 *
 * While nobody is known to have work, all may run but those that have a cap:
 * what they did unseen would not count towards it.
 */
#include <linux/math64.h>
#include <linux/minmax.h>

#include "sched_priv.h"

/* What the picked group has had since it was last charged. */
static void charge(struct vgpu_sched *sched)
{
	struct vgpu_sched_node *node = sched->picked;
	u64 ns = min_t(u64, sched->now - sched->turned, VGPU_SCHED_CHARGE_MAX);

	if (!node || !ns)
		return;
	if (sched->ops->ran)
		sched->ops->ran(node, sched->turned, ns);
	sched->turned = sched->now;
	vgpu_sched_received(node, ns);
	vgpu_sched_charge(node, ns);
}

/*
 * Changing contexts costs time; but who is due less than a slice in a period
 * loses the rest. So slices are short only where many groups wait.
 */
static u64 slice(const struct vgpu_sched *sched)
{
	u64 ns = div_u64(VGPU_SCHED_ROUND, max_t(u32, sched->wanting, 1));

	return min_t(u64, max_t(u64, ns, VGPU_SCHED_SLICE_MIN),
		     VGPU_SCHED_SLICE);
}

/* The queues of that node run from now on, and no others. */
static void pick(struct vgpu_sched *sched, struct vgpu_sched_node *node)
{
	sched->turned = sched->now;
	sched->turn_end = sched->now + slice(sched);
	if (sched->picked == node)
		return;
	if (sched->picked)
		vgpu_sched_count(sched->picked, 0, -1);
	if (node)
		vgpu_sched_count(node, 0, 1);
	if (sched->ops->turn && sched->picked && sched->picked->wanted)
		sched->ops->turn(sched->picked, false);
	if (sched->ops->turn && node)
		sched->ops->turn(node, true);
	sched->picked = node;
}

/**
 * vgpu_sched_unpick - a group has no turn any more
 * @node: which may have one
 */
void vgpu_sched_unpick(struct vgpu_sched_node *node)
{
	struct vgpu_sched *sched = node->sched;

	if (sched->picked != node)
		return;
	charge(sched);
	pick(sched, NULL);
}

static bool is_limited(const struct vgpu_sched_node *node)
{
	for (; node; node = node->parent)
		if (node->params.max < VGPU_SCHED_FULL)
			return true;
	return false;
}

/* Is anybody there of a higher priority, beside it or beside those above? */
static bool is_outranked(const struct vgpu_sched_node *node)
{
	const struct vgpu_sched_entity *e;
	unsigned int i;

	for (e = &node->own; e->in; e = &e->in->entity)
		for (i = 0; i < e->priority; i++)
			if (rb_first_cached(&e->in->ready[i]))
				return true;
	return false;
}

static bool goes_on(const struct vgpu_sched *sched)
{
	const struct vgpu_sched_node *node = sched->picked;

	return node && node->wanted && !vgpu_sched_is_held(node) &&
	       !is_outranked(node) &&
	       sched_before(sched->now, sched->turn_end);
}

/**
 * vgpu_sched_turn - whose suspendable queues run
 * @sched: scheduler
 * @now: time
 * @until: set to when to ask again at the latest
 *
 * Charges who has run. A turn ends early only where its group has nothing to
 * run any more, or is held, or where there is somebody of a higher priority.
 *
 * Context: any.
 * Return: the group, or NULL where none has a turn.
 */
struct vgpu_sched_node *vgpu_sched_turn(struct vgpu_sched *sched, u64 now,
					u64 *until)
{
	struct vgpu_sched_node *node;
	unsigned long flags;

	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	charge(sched);
	if (!goes_on(sched))
		pick(sched, vgpu_sched_next(sched));
	vgpu_sched_arm(sched);
	node = sched->picked;
	*until = sched->turn_end;
	raw_spin_unlock_irqrestore(&sched->lock, flags);
	return node;
}

/**
 * vgpu_sched_rest - there are no turns any more, until one is asked for again
 * @sched: scheduler
 * @now: time
 *
 * Context: any.
 */
void vgpu_sched_rest(struct vgpu_sched *sched, u64 now)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	if (sched->picked)
		vgpu_sched_unpick(sched->picked);
	raw_spin_unlock_irqrestore(&sched->lock, flags);
}

/**
 * vgpu_sched_may_run - do a group's suspendable queues run now?
 * @node: the group
 *
 * Context: any.
 */
bool vgpu_sched_may_run(struct vgpu_sched_node *node)
{
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;
	bool may;

	raw_spin_lock_irqsave(&sched->lock, flags);
	if (vgpu_sched_is_held(node))
		may = false;
	else if (sched->picked)
		may = sched->picked == node;
	else
		may = !is_limited(node);
	raw_spin_unlock_irqrestore(&sched->lock, flags);
	return may;
}
