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

/* Out of the trees, changed, and in again where the siblings are. */
static void apply(struct vgpu_sched_node *node,
		  const struct vgpu_sched_params *params)
{
	struct vgpu_sched_entity *e = &node->entity;

	node->params = *params;
	node->params.frozen = true;
	vgpu_sched_refresh(node);
	vgpu_sched_entity_init(e, node->parent);
	e->weight = params->weight;
	e->min = params->min;
	e->priority = params->priority;
	if (node->parent)
		e->vtime = node->parent->vmin[e->priority];
	node->params.frozen = params->frozen;
	node->cap_time = node->sched->now;
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
