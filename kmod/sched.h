/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may use an engine next. One scheduler for one engine class of one
 * device; in it one node for each group, in a tree that follows the cgroups.
 * Time is passed in, so that the same source runs in a simulation.
 */
#ifndef _VGPU_SCHED_H
#define _VGPU_SCHED_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "window.h"

#define VGPU_SCHED_FULL		10000		/* 100.00 % */
#define VGPU_SCHED_WEIGHT	100		/* where none is set */
#define VGPU_SCHED_WEIGHT_MAX	10000
#define VGPU_SCHED_PERIOD	10000000ULL	/* ns: grace, banked credit */
#define VGPU_SCHED_HORIZON	10000000ULL	/* ns: admitted, unfinished */
#define VGPU_SCHED_STALL		20000000ULL	/* ns: without progress */
#define VGPU_SCHED_COME		1000000ULL	/* ns: from wake to admit */
#define VGPU_SCHED_SLICE	4000000ULL	/* ns: turn of suspendable queues */
#define VGPU_SCHED_SLICE_MIN	1000000ULL	/* ns: where many groups wait */
#define VGPU_SCHED_ROUND	32000000ULL	/* ns: of turns, if it can be */

enum vgpu_sched_priority {
	VGPU_SCHED_HIGH,
	VGPU_SCHED_NORMAL,
	VGPU_SCHED_LOW,
	VGPU_SCHED_PRIORITIES
};

/**
 * struct vgpu_sched_params - what a quota says of one group's time
 * @weight: 1..10000, against the siblings
 * @min: guarantee, hundredths of a percent of the engine's time; 0 for none
 * @max: cap, likewise; 10000 for none
 * @priority: against the siblings
 * @frozen: nothing new runs here and below
 */
struct vgpu_sched_params {
	u32 weight;
	u32 min;
	u32 max;
	enum vgpu_sched_priority priority;
	bool frozen;
};

/* What holds a group's work up. */
enum vgpu_sched_why {
	VGPU_SCHED_TURN,	/* others are before it */
	VGPU_SCHED_CAP,		/* its cap, or that of a group above */
	VGPU_SCHED_FROZEN,	/* likewise */
};

struct vgpu_sched;
struct vgpu_sched_node;

/**
 * struct vgpu_sched_ops - what the owner of an engine supplies
 * @wake: waiters of this node may try again; NULL where nobody waits, since
 *	queues are suspended and vgpu_sched_turn() is asked
 * @arm: call vgpu_sched_tick() at that time, or earlier if armed for earlier
 * @ran: a turn, or a part of one, that began at that time took so many ns;
 *	NULL where nobody is to know
 * @turn: the node has the engine from now on, or had it and could go on; likewise
 *
 * All are called with the scheduler's lock held and interrupts off, and must
 * not call back into it.
 */
struct vgpu_sched_ops {
	void (*wake)(struct vgpu_sched_node *node);
	void (*arm)(struct vgpu_sched *sched, u64 at);
	void (*ran)(struct vgpu_sched_node *node, u64 start, u64 ns);
	void (*turn)(struct vgpu_sched_node *node, bool on);
};

/**
 * struct vgpu_sched_entity - what competes among siblings
 * @by_vtime: in @in's @ready, while @queued
 * @by_min: in @in's @guaranteed, while @queued and @min
 * @in: the node within which it competes; NULL for that of the root
 * @vtime: time received over weight
 * @mtime: when the guarantee next is behind, on the clock of @in
 * @weight: see &struct vgpu_sched_params
 * @min: likewise
 * @priority: likewise
 * @queued: has something that could run
 * @idle: since it was queued last it had nothing to do, or was held by more than
 *	the order and a cap: a freeze, jobs that make no progress
 * @waited: it was at the gate, too, when it was taken out of the order
 * @since: when it became @idle, while it is
 */
struct vgpu_sched_entity {
	struct rb_node by_vtime;
	struct rb_node by_min;
	struct vgpu_sched_node *in;
	u64 vtime;
	u64 mtime;
	u32 weight;
	u32 min;
	enum vgpu_sched_priority priority;
	bool queued;
	bool idle;
	bool waited;
	u64 since;
};

/**
 * struct vgpu_sched_wait - for how long something was true of a group
 * @since: since when it is, while it is
 * @total: ns for which it was before
 * @count: how often it began
 * @on: it is true now
 */
struct vgpu_sched_wait {
	u64 since;
	u64 total;
	u64 count;
	bool on;
};

/**
 * struct vgpu_sched_node - one group; all under the scheduler's lock
 * @sched: immutable
 * @parent: not owned, outlives the node; NULL for a root; immutable
 * @entity: the node among its siblings
 * @own: the node's own work among its children
 * @ready: queued entities by priority and received time
 * @guaranteed: those of them that have a guarantee, by when it is behind
 * @vmin: per priority, the least received time seen; it never goes back
 * @lag: how far the clock of the guarantees within this node is behind
 * @params: as set
 * @mins: sum of the children's guarantees
 * @nchildren: nodes below
 * @cap_time: when the cap next allows something to start
 * @throttled: in @sched's @throttled, while @capped
 * @capped: waits for @cap_time
 * @wanted: waiters, or suspendable queues that could run
 * @jobs: admitted and unfinished
 * @waiting: sum of @wanted here and below
 * @unfinished: sum of @jobs here and below; of suspendable queues, 1 while
 *	some of them run
 * @in_flight: their estimates
 * @asking: is in vgpu_sched_admit() just now
 * @absent: was woken and did not come; passed over until it does
 * @coming: in @sched's @coming: keeps its place although nobody waits
 * @left: when it was last at the gate and did not stay
 * @keen: at the gate again soon after that
 * @stalled: its jobs made no progress, and hold up nobody else's
 * @moved: one of them has since: it may have its turn, and is stalled no more then
 * @wasted: ns for which they kept the engine idle, less those that they ran since
 * @stuck: since when it is stalled
 * @progress: when one of its jobs last began or ended
 * @running: in @sched's @running, while @jobs and not @stalled
 * @busy: time received, that of all below included
 * @held: something waits, and a cap or a freeze of this very group holds it
 * @some: something waits for its turn, here or below
 * @full: likewise, and nothing of it runs
 * @busy_avg: averages of @busy
 * @some_avg: of @some
 * @full_avg: of @full
 */
struct vgpu_sched_node {
	struct vgpu_sched *sched;
	struct vgpu_sched_node *parent;
	struct vgpu_sched_entity entity;
	struct vgpu_sched_entity own;
	struct rb_root_cached ready[VGPU_SCHED_PRIORITIES];
	struct rb_root_cached guaranteed;
	u64 vmin[VGPU_SCHED_PRIORITIES];
	u64 lag;
	struct vgpu_sched_params params;
	u32 mins;
	u32 nchildren;
	u64 cap_time;
	struct rb_node throttled;
	bool capped;
	u32 wanted;
	u32 jobs;
	u32 waiting;
	u32 unfinished;
	u64 in_flight;
	bool asking;
	bool absent;
	struct list_head coming;
	u64 left;
	bool keen;
	bool stalled;
	bool moved;
	u64 wasted;
	u64 stuck;
	u64 progress;
	struct list_head running;
	u64 busy;
	struct vgpu_sched_wait held;
	struct vgpu_sched_wait some;
	struct vgpu_sched_wait full;
	struct vgpu_window busy_avg;
	struct vgpu_window some_avg;
	struct vgpu_window full_avg;
};

/**
 * struct vgpu_sched - one engine class of one device
 * @lock: irq-safe: completions come from fence callbacks. A leaf.
 * @ops: immutable
 * @root: the node without a parent; not owned
 * @throttled: capped nodes by when they may go on
 * @running: nodes with jobs, not stalled; the one longest without progress first
 * @coming: nodes that submit one job after the other and are between two of
 *	them, the one that left first in front
 * @in_flight: estimates of what is admitted and unfinished and not stalled
 * @blocked: ns for which someone could have run but for room, since a job ended
 * @longest: ns, of the jobs that ended lately
 * @wanted: waiters of all groups
 * @wanting: groups that have some
 * @now: the latest time that was passed in
 * @grant: the node that was woken for the room there is
 * @grant_end: when that lapses
 * @kept: the node that was woken or is in @coming, and for which others wait
 *	before an idle engine
 * @kept_for: ns of that, since it does
 * @suspect: the node that was stalled since a job ended; to be charged for what
 *	the engine turns out to have been idle
 * @picked: the node whose suspendable queues run, NULL for none
 * @turned: since when its time is not charged
 * @turn_end: when its turn ends
 */
struct vgpu_sched {
	raw_spinlock_t lock;
	const struct vgpu_sched_ops *ops;
	struct vgpu_sched_node *root;
	struct rb_root_cached throttled;
	struct list_head running;
	struct list_head coming;
	u64 in_flight;
	u64 blocked;
	u64 longest;
	u64 wanted;
	u32 wanting;
	u64 now;
	struct vgpu_sched_node *grant;
	u64 grant_end;
	struct vgpu_sched_node *kept;
	u64 kept_for;
	struct vgpu_sched_node *suspect;
	struct vgpu_sched_node *picked;
	u64 turned;
	u64 turn_end;
};

/**
 * struct vgpu_sched_stats - one node, all below it included
 * @busy: ns received
 * @throttled: ns for which a cap or a freeze of this group held work
 * @throttled_count: how often
 * @some: ns for which something waited for its turn
 * @full: likewise while nothing ran
 * @share: averages of @busy, hundredths of a percent
 * @some_avg: of @some
 * @full_avg: of @full
 * @waiting: waiters, or suspendable queues that could run
 * @unfinished: jobs admitted and not done
 */
struct vgpu_sched_stats {
	u64 busy;
	u64 throttled;
	u64 throttled_count;
	u64 some;
	u64 full;
	u32 share[VGPU_WINDOW_SPANS];
	u32 some_avg[VGPU_WINDOW_SPANS];
	u32 full_avg[VGPU_WINDOW_SPANS];
	u32 waiting;
	u32 unfinished;
};

void vgpu_sched_init(struct vgpu_sched *sched,
		     const struct vgpu_sched_ops *ops);
void vgpu_sched_destroy(struct vgpu_sched *sched);
void vgpu_sched_node_init(struct vgpu_sched *sched,
			  struct vgpu_sched_node *node,
			  struct vgpu_sched_node *parent);
void vgpu_sched_node_exit(struct vgpu_sched_node *node, u64 now);
int vgpu_sched_set(struct vgpu_sched_node *node,
		   const struct vgpu_sched_params *params, u64 now,
		   struct vgpu_sched_node **overcommitted);

bool vgpu_sched_admit(struct vgpu_sched_node *node, u64 estimate, u64 now);
void vgpu_sched_join(struct vgpu_sched_node *node, u64 estimate, u64 now);
void vgpu_sched_cancel(struct vgpu_sched_node *node, u64 estimate, u64 now);
void vgpu_sched_complete(struct vgpu_sched_node *node, u64 estimate, u64 busy,
			 u64 now);
void vgpu_sched_pardon(struct vgpu_sched_node *node, u64 busy, u64 now);
void vgpu_sched_want(struct vgpu_sched_node *node, int more, u64 now);
void vgpu_sched_tick(struct vgpu_sched *sched, u64 now);

struct vgpu_sched_node *vgpu_sched_turn(struct vgpu_sched *sched, u64 now,
					u64 *until);
void vgpu_sched_rest(struct vgpu_sched *sched, u64 now);
bool vgpu_sched_may_run(struct vgpu_sched_node *node);
void vgpu_sched_note(struct vgpu_sched_node *node, u64 busy, u64 now);
enum vgpu_sched_why vgpu_sched_why(struct vgpu_sched_node *node);
void vgpu_sched_stats(struct vgpu_sched_node *node, u64 now,
		      struct vgpu_sched_stats *stats);

#endif /* _VGPU_SCHED_H */
