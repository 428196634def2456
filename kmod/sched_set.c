// SPDX-License-Identifier: GPL-2.0
/*
 * Changing what is set of a group's time.
 */
#include <linux/errno.h>
#include <linux/minmax.h>

#include "sched_priv.h"

static bool sane(const struct vgpu_sched_params *params)
{
	return params->weight >= 1 && params->weight <= VGPU_SCHED_WEIGHT_MAX &&
	       params->max >= 1 && params->max <= VGPU_SCHED_FULL &&
	       params->min <= params->max &&
	       params->priority < VGPU_SCHED_PRIORITIES;
}

static bool is_same(const struct vgpu_sched_params *a,
		    const struct vgpu_sched_params *b)
{
	return a->weight == b->weight && a->min == b->min && a->max == b->max &&
	       a->priority == b->priority && a->frozen == b->frozen;
}

/*
 * What is changed begins anew, where the siblings are. The rest goes on as it was,
 * or a freeze and a thaw would forgive a group what it owes.
 */
static void change(struct vgpu_sched_node *node,
		   const struct vgpu_sched_params *params)
{
	const struct vgpu_sched_params old = node->params;
	struct vgpu_sched_node *parent = node->parent;
	struct vgpu_sched_entity *e = &node->entity;

	e->weight = params->weight;
	e->min = params->min;
	e->priority = params->priority;
	if (parent &&
	    (old.weight != e->weight || old.priority != e->priority))
		e->vtime = parent->vmin[e->priority];
	if (parent && old.min != e->min)
		e->mtime = sched_min_clock(parent);
	if (old.max != params->max)
		node->cap_time = node->sched->now;
	node->params = *params;
}

/* Out of the trees, changed, and in again. */
static void apply(struct vgpu_sched_node *node,
		  const struct vgpu_sched_params *params)
{
	node->params.frozen = true;
	vgpu_sched_refresh(node);
	change(node, params);
	vgpu_sched_cap(node);
	vgpu_sched_refresh(node);
}

/**
 * vgpu_sched_set - change a group's quota
 * @node: the group
 * @params: all of it
 * @now: time
 * @overcommitted: the group whose children are promised too much; may be NULL
 *
 * In force for the next decision. Children's guarantees may exceed that of
 * their parent, and then shrink alike; they may not exceed the whole.
 *
 * Context: any.
 * Return: 0, -EINVAL, or -ENOSPC with @overcommitted.
 */
int vgpu_sched_set(struct vgpu_sched_node *node,
		   const struct vgpu_sched_params *params, u64 now,
		   struct vgpu_sched_node **overcommitted)
{
	struct vgpu_sched_node *parent = node->parent;
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;
	int err = 0;

	if (!sane(params))
		return -EINVAL;
	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	if (is_same(params, &node->params))
		goto unlock;
	if (parent && parent->mins - node->params.min + params->min >
	    max_t(u32, VGPU_SCHED_FULL, parent->mins)) {
		if (overcommitted)
			*overcommitted = parent;
		err = -ENOSPC;
		goto unlock;
	}
	if (parent)
		parent->mins += params->min - node->params.min;
	apply(node, params);
	vgpu_sched_arm(sched);
unlock:
	raw_spin_unlock_irqrestore(&sched->lock, flags);
	return err;
}
