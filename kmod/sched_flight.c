// SPDX-License-Identifier: GPL-2.0
/*
 * What is admitted and unfinished, and groups of which none of that moves. The
 * model is at the head of sched.c. All here runs under the scheduler's lock.
 */
#include <linux/bug.h>
#include <linux/minmax.h>

#include "sched_priv.h"

/* It is the last of those of which an end is awaited. */
static void requeue(struct vgpu_sched_node *node)
{
	node->progress = node->sched->now;
	list_move_tail(&node->running, &node->sched->running);
}

static void stall(struct vgpu_sched_node *node, bool stalled)
{
	struct vgpu_sched *sched = node->sched;

	node->moved = false;
	node->wasted = 0;
	if (node->stalled == stalled)
		return;
	node->stalled = stalled;
	node->stuck = sched->now;
	if (stalled) {
		sched->in_flight -= node->in_flight;
		list_del_init(&node->running);
	} else {
		sched->in_flight += node->in_flight;
		requeue(node);
	}
}

/*
 * Who gets the room that there is. What a group has in flight that was stalled
 * counts again from its turn on, and may leave none.
 */
struct vgpu_sched_node *vgpu_sched_next_in(struct vgpu_sched *sched)
{
	struct vgpu_sched_node *node = NULL;

	if (sched_has_room(sched))
		node = vgpu_sched_next(sched);
	if (!node || !node->stalled)
		return node;
	stall(node, false);
	return sched_has_room(sched) ? node : NULL;
}

/*
 * For how long a group may keep the engine idle: until well after all that is
 * admitted should have ended, for it may be last in line.
 */
static u64 patience(const struct vgpu_sched *sched)
{
	return VGPU_SCHED_STALL + min(2 * sched->in_flight, VGPU_SCHED_LONG);
}

/* When the group that has moved least counts as stalled. */
u64 vgpu_sched_stall_time(struct vgpu_sched *sched)
{
	struct vgpu_sched_node *node =
		list_first_entry(&sched->running, struct vgpu_sched_node,
				 running);

	return node->progress + patience(sched);
}

/*
 * Of the time for which others found no room the engine was busy for @busy, and
 * else idle, though all that there was room for had been admitted.
 */
static u64 take_idle(struct vgpu_sched *sched, u64 busy)
{
	u64 blocked = min(sched->blocked, VGPU_SCHED_CHARGE_MAX);

	sched->blocked = 0;
	return blocked > busy ? blocked - busy : 0;
}

/*
 * One job fewer. What was stalled and has moved takes part again, but counts only
 * once it is its turn: or who lets one of many jobs go from time to time would
 * keep the engine with all the others.
 */
void vgpu_sched_take_out(struct vgpu_sched_node *node, u64 room)
{
	struct vgpu_sched *sched = node->sched;

	if (WARN_ON_ONCE(!node->jobs || room > node->in_flight))
		return;
	/* What it held up nobody with for so long was not its turn. */
	if (node->stalled && !node->moved &&
	    sched->now - node->stuck > VGPU_SCHED_LONG)
		sched_idle(&node->own, sched->now);
	node->moved = node->stalled;
	node->jobs--;
	vgpu_sched_count(node, 0, -1);
	node->in_flight -= room;
	if (!node->stalled)
		sched->in_flight -= room;
	if (node->jobs)
		return;
	stall(node, false);
	list_del_init(&node->running);
}

/**
 * vgpu_sched_room - what a job takes of the horizon
 * @estimate: ns; 0 for a part of another
 *
 * Who is thought to have tiny jobs may have long ones next: it is not let in with
 * thousands.
 */
u64 vgpu_sched_room(u64 estimate)
{
	return estimate ? max(estimate, VGPU_SCHED_HORIZON / VGPU_SCHED_JOBS) : 0;
}

void vgpu_sched_put_in(struct vgpu_sched_node *node, u64 estimate)
{
	struct vgpu_sched *sched = node->sched;
	u64 room = vgpu_sched_room(estimate);

	if (!node->jobs)
		requeue(node);
	node->jobs++;
	node->in_flight += room;
	if (!node->stalled)
		sched->in_flight += room;
}

/*
 * While it was idle the job could not run. Its group has kept the engine, and that
 * counts in the order. Where its jobs end now and then, and keep the engine idle
 * for far longer than they run, it is stalled as if none did.
 */
void vgpu_sched_ended(struct vgpu_sched_node *node, u64 busy)
{
	struct vgpu_sched *sched = node->sched;
	struct vgpu_sched_node *guilty = sched->suspect ?: node;
	u64 idle = take_idle(sched, busy);

	sched->suspect = NULL;
	if (idle)
		vgpu_sched_delay(guilty, idle);
	if (!node->jobs || node->stalled)
		return;
	if (guilty == node)
		node->wasted += idle;
	node->wasted -= min(node->wasted, busy);
	requeue(node);
	if (node->wasted < patience(sched))
		return;
	stall(node, true);
	node->moved = true;
	vgpu_sched_refresh(node);
}

/* Leave out who has the room and has not moved for too long. */
void vgpu_sched_give_up(struct vgpu_sched *sched)
{
	struct vgpu_sched_node *node;

	while (!sched_has_room(sched)) {
		node = list_first_entry(&sched->running,
					struct vgpu_sched_node, running);
		if (sched_before(sched->now, vgpu_sched_stall_time(sched)))
			break;
		/* The engine may be busy all the while: that shows at the next end. */
		if (!sched->suspect)
			sched->suspect = node;
		stall(node, true);
		vgpu_sched_refresh(node);
	}
}
