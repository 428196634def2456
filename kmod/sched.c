// SPDX-License-Identifier: GPL-2.0
/*
 * Sharing an engine's time.
 *
 * Problem: groups submit jobs of any length to one engine that runs what it
 * was given in its own order. Each group is to have the share that its quota
 * says over any second or so, whatever its jobs look like, and what one leaves
 * idle goes to the others at once.
 *
 * Model: hierarchical fair queueing. Groups form a tree. At every level the
 * order of precedence is: frozen and capped groups do not take part; then who
 * is behind its guarantee; then the highest priority; then who has received
 * the least time over its weight. A group's own work is one more child of it,
 * of weight 100. So nobody computes shares: they follow from who is there, and
 * lending and reclaim are the same rule. One decision is one look at two
 * trees a level; one charge moves one entry a level, O(depth * log n).
 *
 *  - Guarantee and cap are virtual clocks: time received moves them on by
 *    time / min and time / max. A group is behind its guarantee while that
 *    clock is behind the present, and capped while it is ahead.
 *    A job of another's cannot be interrupted and makes it late, for which it
 *    has the engine afterwards. Who is later than the longest job there was
 *    lately was promised more than there is, and then all promises shrink alike.
 *  - Everything is charged as an estimate when it is submitted and corrected
 *    when it has run. Debt carries. Credit is a period for who was away, and the
 *    longest job more for who was not, but had nothing to submit: who always has
 *    one tiny job unfinished banks nothing by it.
 *  - The engine is given 10 ms of estimated work, of no more than 64 jobs, and
 *    each turn there is room goes to who is next. A group's own part is limited
 *    likewise, and one whose jobs do not move (they may wait for a fence that
 *    never comes) is left out of the sum, so that it holds up nobody else. Once
 *    one has moved they count again from the group's next turn on.
 *    The time for which the engine is idle although there is no room is
 *    charged, in the order but not to caps, to who was left out since the job
 *    before, or else to whose job ends next: it could not run.
 *  - A waiter that was woken and does not come within a millisecond is passed
 *    over until it does: its thread may be kept from running. For as long as it
 *    keeps the engine idle it pays likewise.
 *  - A thread that submits one job after the other is not at the gate between
 *    two of them. As long as each time it came back within a millisecond, its
 *    group keeps its place for as long, or one with longer jobs and less due
 *    would get in each time. What the engine is kept idle for that is charged
 *    likewise.
 *
 * Invariants: an entity is in its parent's trees exactly while it is queued;
 * @in_flight is the sum over groups that are not stalled; a group is in
 * @running exactly while it has jobs and is not; a timer is asked for only while
 * someone waits.
 *
 * All of a scheduler and its nodes is under its one raw spinlock, which the
 * functions here take and those of sched_tree.c and sched_flight.c are called
 * with. Nodes belong to who added them.
 *
 * Worked example: A has weight 200, B 100, C 100 and min 50 %; all have work,
 * jobs of 1 ms. In 4 ms C's guarantee falls behind twice and it has two of
 * them. The others have what is left, by weight, A twice as much as B. C's
 * received time over weight runs ahead of theirs, so it has nothing beyond its
 * guarantee. When A and B fall idle C has all; when they return C's clock is at
 * most a period ahead, and within it all is as before.
 */
#include <linux/bug.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "sched_priv.h"

static u64 lapse_time(const struct vgpu_sched_node *node)
{
	return node->left + VGPU_SCHED_COME;
}

/*
 * Who keeps an engine idle that others could use pays for it, but only once that is
 * over: or two of them, each woken in turn, would each find the other before it.
 */
static void keep(struct vgpu_sched *sched, struct vgpu_sched_node *node)
{
	struct vgpu_sched_node *before = sched->kept;
	u64 ns = sched->kept_for;

	if (before == node)
		return;
	sched->kept = node;
	sched->kept_for = 0;
	if (ns)
		vgpu_sched_delay(before, ns);
}

/* It is between two jobs no longer. */
static void drop_place(struct vgpu_sched_node *node)
{
	struct vgpu_sched *sched = node->sched;

	if (list_empty(&node->coming))
		return;
	list_del_init(&node->coming);
	if (sched->kept == node)
		keep(sched, NULL);
}

/* Those who did not come back in time lose their place. */
static void lapse(struct vgpu_sched *sched)
{
	struct vgpu_sched_node *node;

	while ((node = list_first_entry_or_null(&sched->coming,
						struct vgpu_sched_node,
						coming))) {
		if (sched_before(sched->now, lapse_time(node)))
			return;
		drop_place(node);
		vgpu_sched_refresh(node);
	}
}

/* Times come from different CPUs and may be a little out of order. */
void vgpu_sched_clock(struct vgpu_sched *sched, u64 now)
{
	u64 gone = sched_before(sched->now, now) ? now - sched->now : 0;

	sched->now += gone;
	sched->longest -= min(sched->longest, gone / VGPU_SCHED_LATELY);
	if (sched->in_flight >= VGPU_SCHED_HORIZON && sched->root->entity.queued)
		sched->blocked += gone;
	if (sched->kept)
		sched->kept_for += gone;
	vgpu_sched_uncap(sched);
	lapse(sched);
}

/**
 * vgpu_sched_init - a scheduler without groups
 * @sched: scheduler
 * @ops: what its owner supplies
 */
void vgpu_sched_init(struct vgpu_sched *sched,
		     const struct vgpu_sched_ops *ops)
{
	memset(sched, 0, sizeof(*sched));
	raw_spin_lock_init(&sched->lock);
	sched->ops = ops;
	sched->throttled = RB_ROOT_CACHED;
	INIT_LIST_HEAD(&sched->running);
	INIT_LIST_HEAD(&sched->coming);
}

/**
 * vgpu_sched_destroy - the end of a scheduler
 * @sched: scheduler; its nodes have left
 */
void vgpu_sched_destroy(struct vgpu_sched *sched)
{
	WARN_ON_ONCE(sched->root);
}

/**
 * vgpu_sched_node_init - add a group
 * @sched: scheduler
 * @node: the group
 * @parent: that of the cgroup above; NULL for the one root
 *
 * Context: any.
 */
void vgpu_sched_node_init(struct vgpu_sched *sched,
			  struct vgpu_sched_node *node,
			  struct vgpu_sched_node *parent)
{
	unsigned long flags;

	memset(node, 0, sizeof(*node));
	node->sched = sched;
	node->parent = parent;
	node->params = (struct vgpu_sched_params) {
		.weight = VGPU_SCHED_WEIGHT,
		.max = VGPU_SCHED_FULL,
		.priority = VGPU_SCHED_NORMAL,
	};
	INIT_LIST_HEAD(&node->running);
	INIT_LIST_HEAD(&node->coming);
	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_entity_init(&node->own, node);
	vgpu_sched_entity_init(&node->entity, parent);
	if (parent) {
		parent->nchildren++;
	} else {
		WARN_ON_ONCE(sched->root);
		sched->root = node;
	}
	raw_spin_unlock_irqrestore(&sched->lock, flags);
}

/* Wake who is next, if there is room for it and it was not woken yet. */
static void offer(struct vgpu_sched *sched)
{
	struct vgpu_sched_node *next;
	bool coming;

	if (!sched->ops->wake)
		return;
	if (sched->grant && !sched_before(sched->now, sched->grant_end)) {
		sched->grant->absent = true;
		vgpu_sched_refresh(sched->grant);
		sched->grant = NULL;
	}
	next = vgpu_sched_next_in(sched);
	/* Nobody is to be woken for whom nobody waits: it is coming. */
	coming = next && !next->wanted;
	keep(sched, next && !sched->in_flight && sched->wanted > next->wanted ?
		    next : NULL);
	if (!next || next == sched->grant || coming)
		return;
	sched->grant = next;
	sched->grant_end = sched->now + VGPU_SCHED_COME;
	sched->ops->wake(next);
}

static u64 earlier(u64 a, u64 b)
{
	return !a || (b && sched_before(b, a)) ? b : a;
}

/* When something may change without a call; 0 while nothing would. */
static u64 due(struct vgpu_sched *sched)
{
	struct rb_node *first = rb_first_cached(&sched->throttled);
	u64 at = 0;

	if (!sched->wanted && list_empty(&sched->coming))
		return 0;
	if (first)
		at = rb_entry(first, struct vgpu_sched_node,
			      throttled)->cap_time;
	if (sched->grant)
		at = earlier(at, sched->grant_end);
	if (!sched_has_room(sched))
		at = earlier(at, vgpu_sched_stall_time(sched));
	if (!list_empty(&sched->coming))
		at = earlier(at, lapse_time(list_first_entry(&sched->coming,
							     struct vgpu_sched_node,
							     coming)));
	return at;
}

/* After a change: wake who is next, and be told of what comes by itself. */
void vgpu_sched_arm(struct vgpu_sched *sched)
{
	u64 at;

	offer(sched);
	at = due(sched);
	if (at)
		sched->ops->arm(sched, at);
}

/**
 * vgpu_sched_node_exit - a group leaves; its children have
 * @node: the group
 * @now: time
 *
 * Context: any.
 */
void vgpu_sched_node_exit(struct vgpu_sched_node *node, u64 now)
{
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;

	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	WARN_ON_ONCE(node->nchildren);
	vgpu_sched_unpick(node);
	while (node->jobs)
		vgpu_sched_take_out(node, node->jobs == 1 ?
				    node->in_flight : 0);
	drop_place(node);
	sched->wanted -= node->wanted;
	sched->wanting -= !!node->wanted;
	vgpu_sched_count(node, -(int)node->wanted, 0);
	node->wanted = 0;
	node->cap_time = sched->now;
	vgpu_sched_cap(node);
	vgpu_sched_refresh(node);
	if (sched->grant == node)
		sched->grant = NULL;
	if (sched->kept == node)
		keep(sched, NULL);
	if (sched->suspect == node)
		sched->suspect = NULL;
	if (node->parent) {
		node->parent->mins -= node->params.min;
		node->parent->nchildren--;
	} else {
		sched->root = NULL;
	}
	if (sched->root)
		vgpu_sched_arm(sched);
	raw_spin_unlock_irqrestore(&sched->lock, flags);
}

/* What is between two jobs has come. A waiter that asks again has not. */
static void come(struct vgpu_sched_node *node)
{
	drop_place(node);
	if (!node->wanted)
		node->keen = sched_before(node->sched->now, lapse_time(node));
}

/*
 * A job of @node was let in. Its thread will soon be back, if it was this time;
 * where nobody else waits or will that makes no difference.
 */
static void leave(struct vgpu_sched_node *node)
{
	struct vgpu_sched *sched = node->sched;

	node->left = sched->now;
	if (node->keen && (sched->wanted > node->wanted ||
			   !list_empty(&sched->coming)))
		list_add_tail(&node->coming, &sched->coming);
}

/* It is about to say that it waits: nobody is to get in before it does. */
static void turn_away(struct vgpu_sched_node *node)
{
	if (node->wanted)
		return;
	node->left = node->sched->now;
	list_add_tail(&node->coming, &node->sched->coming);
}

/*
 * Nobody waits or keeps a place, so nobody is queued and no time is asked for;
 * and nothing holds this group, so it is next.
 */
static bool is_free(const struct vgpu_sched_node *node)
{
	const struct vgpu_sched *sched = node->sched;

	return !sched->wanted && list_empty(&sched->coming) &&
	       sched_has_room(sched) && !node->stalled &&
	       !vgpu_sched_is_held(node);
}

/**
 * vgpu_sched_admit - may this group submit a job now
 * @node: the group
 * @estimate: ns the job will take
 * @now: time
 *
 * Context: any.
 * Return: true: it is charged and in flight, and ends with
 * vgpu_sched_cancel() or vgpu_sched_complete() and the same estimate. False:
 * wait for the wake-up, after vgpu_sched_want() and another try.
 */
bool vgpu_sched_admit(struct vgpu_sched_node *node, u64 estimate, u64 now)
{
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;
	bool admitted;

	estimate = min(estimate, VGPU_SCHED_CHARGE_MAX);
	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	come(node);
	if (is_free(node)) {
		vgpu_sched_put_in(node, estimate);
		leave(node);
		vgpu_sched_pass(node, estimate);
		raw_spin_unlock_irqrestore(&sched->lock, flags);
		return true;
	}
	node->asking = true;
	node->absent = false;
	vgpu_sched_refresh(node);
	admitted = vgpu_sched_next_in(sched) == node;
	node->asking = false;
	/* It has come, and is not to be taken for absent when that lapses. */
	if (sched->grant == node)
		sched->grant = NULL;
	if (admitted) {
		vgpu_sched_put_in(node, estimate);
		vgpu_sched_count(node, 0, 1);
		leave(node);
		vgpu_sched_charge(node, estimate);
	} else {
		turn_away(node);
		vgpu_sched_refresh(node);
	}
	vgpu_sched_arm(sched);
	raw_spin_unlock_irqrestore(&sched->lock, flags);
	return admitted;
}

/**
 * vgpu_sched_join - a job is in flight that nobody asked about
 * @node: the group
 * @estimate: ns that it will take, 0 where it is part of one that was admitted
 * @now: time
 *
 * Ends as an admitted job of this estimate, or by vgpu_sched_pardon().
 *
 * Context: any.
 */
void vgpu_sched_join(struct vgpu_sched_node *node, u64 estimate, u64 now)
{
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;

	estimate = min(estimate, VGPU_SCHED_CHARGE_MAX);
	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	vgpu_sched_put_in(node, estimate);
	vgpu_sched_count(node, 0, 1);
	if (estimate) {
		vgpu_sched_charge(node, estimate);
		vgpu_sched_arm(sched);
	}
	raw_spin_unlock_irqrestore(&sched->lock, flags);
}

/**
 * vgpu_sched_cancel - an admitted job was not submitted after all
 * @node: the group
 * @estimate: as it was admitted
 * @now: time
 *
 * Context: any.
 */
void vgpu_sched_cancel(struct vgpu_sched_node *node, u64 estimate, u64 now)
{
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;

	/* It costs nothing, so it keeps no place either: others would wait. */
	raw_spin_lock_irqsave(&sched->lock, flags);
	drop_place(node);
	node->keen = false;
	node->left = sched->now - VGPU_SCHED_COME;
	raw_spin_unlock_irqrestore(&sched->lock, flags);
	vgpu_sched_complete(node, estimate, 0, now);
}

static void end(struct vgpu_sched_node *node, u64 estimate, u64 busy,
		s64 charge, u64 now)
{
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;

	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	vgpu_sched_take_out(node, vgpu_sched_room(estimate));
	sched->longest = max(sched->longest, min(busy, VGPU_SCHED_LONG));
	vgpu_sched_received(node, busy);
	vgpu_sched_correct(node, charge);
	vgpu_sched_ended(node, busy);
	vgpu_sched_arm(sched);
	raw_spin_unlock_irqrestore(&sched->lock, flags);
}

/**
 * vgpu_sched_complete - an admitted job has ended
 * @node: the group
 * @estimate: as it was admitted
 * @busy: ns it kept the engine busy
 * @now: time
 *
 * Context: any, interrupts included.
 */
void vgpu_sched_complete(struct vgpu_sched_node *node, u64 estimate, u64 busy,
			 u64 now)
{
	estimate = min(estimate, VGPU_SCHED_CHARGE_MAX);
	busy = min(busy, VGPU_SCHED_CHARGE_MAX);
	end(node, estimate, busy, (s64)busy - (s64)estimate, now);
}

/**
 * vgpu_sched_pardon - a job that joined has ended, and is not charged
 * @node: the group
 * @busy: ns it kept the engine busy; told, as by vgpu_sched_note()
 * @now: time
 *
 * Context: any, interrupts included.
 */
void vgpu_sched_pardon(struct vgpu_sched_node *node, u64 busy, u64 now)
{
	end(node, 0, busy, 0, now);
}

/**
 * vgpu_sched_want - there are more or fewer that wait, or that could run
 * @node: the group
 * @more: +1 or -1
 * @now: time
 *
 * Context: any.
 */
void vgpu_sched_want(struct vgpu_sched_node *node, int more, u64 now)
{
	struct vgpu_sched *sched = node->sched;
	unsigned long flags;

	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	if (!WARN_ON_ONCE(more < 0 && !node->wanted)) {
		sched->wanting -= !!node->wanted;
		node->wanted += more;
		sched->wanting += !!node->wanted;
		sched->wanted += more;
		vgpu_sched_count(node, more, 0);
	}
	node->absent = false;
	if (more > 0)
		drop_place(node);
	/* It may have been the one that was woken: let another be. */
	if (more < 0 && sched->grant == node)
		sched->grant = NULL;
	vgpu_sched_refresh(node);
	vgpu_sched_arm(sched);
	raw_spin_unlock_irqrestore(&sched->lock, flags);
}

/**
 * vgpu_sched_tick - a time that was asked for has come
 * @sched: scheduler
 * @now: time
 *
 * Asks for the next one by the owner's @arm.
 *
 * Context: any.
 */
void vgpu_sched_tick(struct vgpu_sched *sched, u64 now)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&sched->lock, flags);
	vgpu_sched_clock(sched, now);
	vgpu_sched_give_up(sched);
	vgpu_sched_arm(sched);
	raw_spin_unlock_irqrestore(&sched->lock, flags);
}
