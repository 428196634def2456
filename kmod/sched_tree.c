// SPDX-License-Identifier: GPL-2.0
/*
 * The order of a scheduler's groups: who is next, and what a charge moves.
 * The model is at the head of sched.c. All here runs under the scheduler's lock.
 */
#include <linux/math64.h>
#include <linux/minmax.h>

#include "sched_priv.h"

static u64 scaled(u64 ns, u32 part)
{
	return div_u64(ns * VGPU_SCHED_FULL, part);
}

static bool less_vtime(struct rb_node *a, const struct rb_node *b)
{
	return sched_before(rb_entry(a, struct vgpu_sched_entity, by_vtime)->vtime,
			    rb_entry(b, struct vgpu_sched_entity, by_vtime)->vtime);
}

static bool less_min(struct rb_node *a, const struct rb_node *b)
{
	return sched_before(rb_entry(a, struct vgpu_sched_entity, by_min)->mtime,
			    rb_entry(b, struct vgpu_sched_entity, by_min)->mtime);
}

static bool less_cap(struct rb_node *a, const struct rb_node *b)
{
	return sched_before(rb_entry(a, struct vgpu_sched_node, throttled)->cap_time,
			    rb_entry(b, struct vgpu_sched_node, throttled)->cap_time);
}

static void insert(struct vgpu_sched_entity *e)
{
	struct vgpu_sched_node *in = e->in;

	rb_add_cached(&e->by_vtime, &in->ready[e->priority], less_vtime);
	if (e->min)
		rb_add_cached(&e->by_min, &in->guaranteed, less_min);
}

static void erase(struct vgpu_sched_entity *e)
{
	rb_erase_cached(&e->by_vtime, &e->in->ready[e->priority]);
	if (e->min)
		rb_erase_cached(&e->by_min, &e->in->guaranteed);
}

/*
 * What was away or is new has the credit of a period. What was there, and had
 * nothing to submit because its jobs were behind others', has also that of the
 * longest of these. Who was at the gate and was passed over could not come, and has
 * that of a second; but not of its guarantee, for then others' promises shrink.
 */
static __always_inline void arrive(struct vgpu_sched_entity *e)
{
	const struct vgpu_sched *sched = e->in->sched;
	u64 credit = VGPU_SCHED_PERIOD + (e->idle ? 0 : sched->longest);
	u64 least, clock;

	if (e->min) {
		clock = sched_min_clock(e->in) - credit;
		if (sched_before(e->mtime, clock))
			e->mtime = clock;
	}
	if (e->waited && !e->idle)
		credit = VGPU_SCHED_PERIOD + VGPU_SCHED_LONG;
	least = e->in->vmin[e->priority] - scaled(credit, e->weight);
	if (sched_before(e->vtime, least) ||
	    (e->idle && sched->now - e->since > VGPU_SCHED_FORGET))
		e->vtime = least;
	e->idle = false;
	e->waited = false;
}

/* The clock of a cap is no further behind than @credit. */
static __always_inline void bound_cap(struct vgpu_sched_node *node, u64 credit)
{
	u64 least = node->sched->now - credit;

	if (node->params.max < VGPU_SCHED_FULL &&
	    sched_before(node->cap_time, least))
		node->cap_time = least;
}

/* What was away may not run more at once than in a period of its cap. */
static __always_inline void arrive_cap(struct vgpu_sched_node *node)
{
	if (node->entity.idle)
		bound_cap(node, VGPU_SCHED_PERIOD);
}

/* @waits: at the gate, here or below */
static void set_queued(struct vgpu_sched_entity *e, bool queued, bool waits)
{
	if (e->queued == queued)
		return;
	if (e->in && queued) {
		arrive(e);
		insert(e);
	} else if (e->in) {
		erase(e);
		e->waited = waits;
	}
	e->queued = queued;
}

/* Nothing of its own competes with a new entity: it begins where they are. */
void vgpu_sched_entity_init(struct vgpu_sched_entity *e,
			    struct vgpu_sched_node *in)
{
	*e = (struct vgpu_sched_entity) {
		.in = in,
		.weight = VGPU_SCHED_WEIGHT,
		.priority = VGPU_SCHED_NORMAL,
		.idle = true,
	};
	if (!in)
		return;
	e->since = in->sched->now;
	e->vtime = in->vmin[e->priority];
	e->mtime = sched_min_clock(in);
}

static bool own_ready(const struct vgpu_sched_node *node)
{
	return (node->wanted || node->asking || !list_empty(&node->coming)) &&
	       !node->absent && (!node->stalled || node->moved);
}

/* Has something queued or running, or will have at once. */
static bool own_active(const struct vgpu_sched_node *node)
{
	return node->wanted || node->asking || node->jobs ||
	       !list_empty(&node->coming);
}

static bool any_ready(const struct vgpu_sched_node *node)
{
	int i;

	for (i = 0; i < VGPU_SCHED_PRIORITIES; i++)
		if (rb_first_cached(&node->ready[i]))
			return true;
	return false;
}

static void set_wait(struct vgpu_sched_wait *wait, bool on, u64 now)
{
	if (wait->on == on)
		return;
	if (on) {
		wait->since = now;
		wait->count++;
	} else {
		wait->total += now - wait->since;
	}
	wait->on = on;
}

/* What runs of suspendable queues is among those that could run. */
static void set_pressure(struct vgpu_sched_node *node)
{
	bool gated = node->sched->ops->wake, full;
	u64 now = node->sched->now;

	full = node->waiting && !node->unfinished;
	set_wait(&node->some, gated ? node->waiting : full, now);
	set_wait(&node->full, full, now);
}

/**
 * vgpu_sched_count - there are more or fewer that wait or run
 * @node: here and so at all above
 * @waiting: how many more
 * @unfinished: likewise
 */
void vgpu_sched_count(struct vgpu_sched_node *node, int waiting,
		      int unfinished)
{
	for (; node; node = node->parent) {
		node->waiting += waiting;
		node->unfinished += unfinished;
		set_pressure(node);
	}
}

/* After a change of @node: it and its ancestors are queued or are not. */
void vgpu_sched_refresh(struct vgpu_sched_node *node)
{
	bool ready, stopped;

	if (!own_active(node))
		sched_idle(&node->own, node->sched->now);
	set_queued(&node->own, own_ready(node), node->wanted);
	for (; node; node = node->parent) {
		ready = any_ready(node);
		stopped = node->capped || node->params.frozen;
		if (node->params.frozen ||
		    !(ready || node->waiting || node->unfinished))
			sched_idle(&node->entity, node->sched->now);
		if (ready)
			arrive_cap(node);
		set_queued(&node->entity, ready && !stopped, node->waiting);
		set_wait(&node->held, ready && stopped, node->sched->now);
	}
}

/*
 * What a group receives beyond its guarantee was lent to it and must not cost
 * it the guarantee later, so then its clock runs at most a period ahead. What
 * it receives because it was behind counts in full, however long the job.
 */
static u64 moved(u64 mtime, u64 clock, u64 by, bool back)
{
	u64 most = clock + VGPU_SCHED_PERIOD;

	if (!sched_before(clock, mtime))
		return back ? mtime - by : mtime + by;
	if (back)
		return sched_before(mtime - by, clock) ? clock : mtime - by;
	if (sched_before(most, mtime))
		return mtime;
	return sched_before(most, mtime + by) ? most : mtime + by;
}

static __always_inline void move(struct vgpu_sched_entity *e, u64 ns, bool back)
{
	u64 by = scaled(ns, e->weight), most;

	e->vtime += back ? -by : by;
	if (!e->min)
		return;
	/* It may be let in for ever without having received the least. */
	most = e->in->vmin[e->priority] + VGPU_SCHED_DEBT_MAX;
	if (sched_before(most, e->vtime))
		e->vtime = most;
	e->mtime = moved(e->mtime, sched_min_clock(e->in), scaled(ns, e->min),
			 back);
}

static void advance(struct vgpu_sched_entity *e, u64 ns, bool back)
{
	if (!e->in)
		return;
	if (e->queued)
		erase(e);
	move(e, ns, back);
	if (e->queued)
		insert(e);
}

/* Enter or leave the tree of capped nodes, as the time of the cap says. */
void vgpu_sched_cap(struct vgpu_sched_node *node)
{
	struct vgpu_sched *sched = node->sched;
	bool capped = sched_before(sched->now, node->cap_time) &&
		      node->params.max < VGPU_SCHED_FULL;

	if (node->capped)
		rb_erase_cached(&node->throttled, &sched->throttled);
	node->capped = capped;
	if (capped)
		rb_add_cached(&node->throttled, &sched->throttled, less_cap);
}

/*
 * Who was not away has to catch up on the longest job of another's, for which it had
 * to wait; and that is bounded, for the job may have been its own.
 */
static void start_cap(struct vgpu_sched_node *node)
{
	bound_cap(node, VGPU_SCHED_PERIOD +
			min(node->sched->longest, VGPU_SCHED_CAP_LATE));
}

static void charge_cap(struct vgpu_sched_node *node, u64 ns, bool back)
{
	u64 by;

	if (node->params.max >= VGPU_SCHED_FULL)
		return;
	by = scaled(ns, node->params.max);
	node->cap_time += back ? -by : by;
	vgpu_sched_cap(node);
}

/**
 * vgpu_sched_correct - move a group and its ancestors in the order
 * @node: who received more time than was charged
 * @ns: how much; negative where too much was charged
 */
void vgpu_sched_correct(struct vgpu_sched_node *node, s64 ns)
{
	struct vgpu_sched_node *at;
	bool back = ns < 0;
	u64 by = back ? -ns : ns;

	advance(&node->own, by, back);
	for (at = node; at; at = at->parent) {
		advance(&at->entity, by, back);
		charge_cap(at, by, back);
	}
	vgpu_sched_refresh(node);
}

/**
 * vgpu_sched_charge - move a group and its ancestors back in the order
 * @node: who receives time from now on, or did until now
 * @ns: how much
 */
void vgpu_sched_charge(struct vgpu_sched_node *node, u64 ns)
{
	struct vgpu_sched_node *at;

	for (at = node; at; at = at->parent)
		start_cap(at);
	vgpu_sched_correct(node, ns);
}

/**
 * vgpu_sched_delay - move a group and its ancestors back in the order alone
 * @node: who kept the engine from others
 * @ns: for how long
 *
 * Caps are of what was received, and nothing was.
 */
void vgpu_sched_delay(struct vgpu_sched_node *node, u64 ns)
{
	struct vgpu_sched_node *at;

	advance(&node->own, ns, false);
	for (at = node; at; at = at->parent)
		advance(&at->entity, ns, false);
	vgpu_sched_refresh(node);
}

/* Let those go on whose cap has passed. */
void vgpu_sched_uncap(struct vgpu_sched *sched)
{
	struct vgpu_sched_node *node;
	struct rb_node *first;

	while ((first = rb_first_cached(&sched->throttled))) {
		node = rb_entry(first, struct vgpu_sched_node, throttled);
		if (sched_before(sched->now, node->cap_time))
			return;
		vgpu_sched_cap(node);
		vgpu_sched_refresh(node);
	}
}

/* Is that which has a guarantee, and is behind it most, behind it at all? */
static bool is_behind(const struct vgpu_sched_entity *e)
{
	struct vgpu_sched_node *in = e->in;
	u64 late = sched_min_clock(in) - VGPU_SCHED_PERIOD - in->sched->longest;

	/*
	 * A job of somebody else's that could not be interrupted makes it late, and
	 * it catches up. Later than that more is promised than there is: all
	 * promises shrink alike.
	 */
	if (sched_before(e->mtime, late))
		in->lag += late - e->mtime;
	return !sched_before(sched_min_clock(in), e->mtime);
}

/* It has received the least of those of its priority. */
static __always_inline void is_least(const struct vgpu_sched_entity *e)
{
	u64 *least = &e->in->vmin[e->priority];

	if (sched_before(*least, e->vtime))
		*least = e->vtime;
}

/* Which of those within @node is next: it is not empty. */
static struct vgpu_sched_entity *next_within(struct vgpu_sched_node *node)
{
	struct vgpu_sched_entity *e;
	struct rb_node *first = rb_first_cached(&node->guaranteed);
	int i;

	if (first) {
		e = rb_entry(first, struct vgpu_sched_entity, by_min);
		if (is_behind(e))
			return e;
	}
	for (i = 0; i < VGPU_SCHED_PRIORITIES; i++) {
		first = rb_first_cached(&node->ready[i]);
		if (!first)
			continue;
		e = rb_entry(first, struct vgpu_sched_entity, by_vtime);
		is_least(e);
		return e;
	}
	return NULL;
}

/**
 * vgpu_sched_next - whose turn it is
 * @sched: scheduler
 *
 * Return: the group whose own work is next, or NULL where none may run.
 */
struct vgpu_sched_node *vgpu_sched_next(struct vgpu_sched *sched)
{
	struct vgpu_sched_node *node = sched->root;
	struct vgpu_sched_entity *e;

	if (!node || !node->entity.queued)
		return NULL;
	for (;;) {
		e = next_within(node);
		if (!e || e == &node->own)
			return e ? node : NULL;
		node = container_of(e, struct vgpu_sched_node, entity);
	}
}

/**
 * vgpu_sched_is_held - does a cap or a freeze hold a group's work?
 * @node: it and all above are looked at
 */
bool vgpu_sched_is_held(const struct vgpu_sched_node *node)
{
	for (; node; node = node->parent)
		if (node->capped || node->params.frozen)
			return true;
	return false;
}

/* Queued, found to be next, charged, and taken out again. */
static __always_inline void pass(struct vgpu_sched_entity *e, u64 ns)
{
	arrive(e);
	if (!e->min || !is_behind(e))
		is_least(e);
	move(e, ns, false);
}

/**
 * vgpu_sched_pass - let in a job of the only group that asks
 * @node: the group; it is not held, and nobody is queued
 * @ns: how long the job will take
 *
 * What is left of a look at the order, a job more and its charge, where every
 * tree is empty before and after: most submissions of most tenants are such.
 */
void vgpu_sched_pass(struct vgpu_sched_node *node, u64 ns)
{
	pass(&node->own, ns);
	for (; node; node = node->parent) {
		node->unfinished++;
		arrive_cap(node);
		if (node->parent)
			pass(&node->entity, ns);
		start_cap(node);
		charge_cap(node, ns, false);
	}
}
