// SPDX-License-Identifier: GPL-2.0
/*
 * What groups have had of an engine, and for how long they waited.
 */
#include "sched_priv.h"

static u64 waited(const struct vgpu_sched_wait *wait, u64 now)
{
	return wait->total + (wait->on ? now - wait->since : 0);
}

static void fold(struct vgpu_sched_node *node, u64 now)
{
	vgpu_window_fold(&node->busy_avg, node->busy, now);
	vgpu_window_fold(&node->some_avg, waited(&node->some, now), now);
	vgpu_window_fold(&node->full_avg, waited(&node->full, now), now);
}

/**
 * vgpu_sched_received - a group has had time
 * @node: it and all above
 * @busy: ns
 */
void vgpu_sched_received(struct vgpu_sched_node *node, u64 busy)
{
	u64 now = node->sched->now;

	for (; node; node = node->parent) {
		node->busy += busy;
		if (vgpu_window_due(&node->busy_avg, now))
			fold(node, now);
	}
}

/**
 * vgpu_sched_note - a group has had time that nobody waited for
 * @node: the group
 * @busy: ns
 * @now: time
 *
 * It is told, and moves nobody in the order.
 *
 * Context: any, interrupts included.
 */
void vgpu_sched_note(struct vgpu_sched_node *node, u64 busy, u64 now)
{
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;

	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	vgpu_sched_received(node, busy);
	raw_spin_unlock_irqrestore(&sched->lock, flags);
}

/**
 * vgpu_sched_why - what would hold a group's work up now
 * @node: the group
 *
 * Context: any.
 */
enum vgpu_sched_why vgpu_sched_why(struct vgpu_sched_node *node)
{
	enum vgpu_sched_why why = VGPU_SCHED_TURN;
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;

	raw_spin_lock_irqsave(&sched->lock, flags);
	for (; node; node = node->parent) {
		if (node->params.frozen)
			why = VGPU_SCHED_FROZEN;
		else if (node->capped && why == VGPU_SCHED_TURN)
			why = VGPU_SCHED_CAP;
	}
	raw_spin_unlock_irqrestore(&sched->lock, flags);
	return why;
}

/**
 * vgpu_sched_stats - what a group has received and waited for
 * @node: the group
 * @now: time
 * @stats: filled in
 *
 * Context: any.
 */
void vgpu_sched_stats(struct vgpu_sched_node *node, u64 now,
		      struct vgpu_sched_stats *stats)
{
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	now = sched->now;
	fold(node, now);
	stats->busy = node->busy;
	stats->throttled = waited(&node->held, now);
	stats->throttled_count = node->held.count;
	stats->some = waited(&node->some, now);
	stats->full = waited(&node->full, now);
	for (i = 0; i < VGPU_WINDOW_SPANS; i++) {
		stats->share[i] = vgpu_window_get(&node->busy_avg, i);
		stats->some_avg[i] = vgpu_window_get(&node->some_avg, i);
		stats->full_avg[i] = vgpu_window_get(&node->full_avg, i);
	}
	stats->waiting = node->waiting;
	stats->unfinished = node->unfinished;
	raw_spin_unlock_irqrestore(&sched->lock, flags);
}
