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

/* But for whether it is frozen. */
static bool is_same(const struct vgpu_sched_params *a,
		    const struct vgpu_sched_params *b)
{
	return a->weight == b->weight && a->min == b->min && a->max == b->max &&
	       a->priority == b->priority;
}

/*
 * A group whose share is changed begins anew, where the siblings are: what it had
 * by a guarantee it would owe without. But by a freeze and a thaw it is forgiven
 * nothing, nor by a change of something else what it owes to its cap.
 */
static void change(struct vgpu_sched_node *node,
		   const struct vgpu_sched_params *params)
{
	struct vgpu_sched_node *parent = node->parent;
	struct vgpu_sched_entity *e = &node->entity;
	bool same = is_same(params, &node->params);

	e->weight = params->weight;
	e->min = params->min;
	e->priority = params->priority;
	if (parent && !same) {
		e->vtime = parent->vmin[e->priority];
		e->mtime = sched_min_clock(parent);
	}
	if (node->params.max != params->max)
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
	if (is_same(params, &node->params) &&
	    params->frozen == node->params.frozen)
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
