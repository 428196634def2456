/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the scheduler share. All under its lock. */
#ifndef _VGPU_SCHED_PRIV_H
#define _VGPU_SCHED_PRIV_H

#include <linux/bits.h>

#include "sched.h"

/* ns: a job that is longer does not count as one that makes progress */
#define VGPU_SCHED_LONG		1000000000ULL

/* ns: a cap catches up on no more than that */
#define VGPU_SCHED_CAP_LATE	100000000ULL

/* As many tiny jobs are admitted and unfinished. */
#define VGPU_SCHED_JOBS		64

/* The longest job of the last minute or so: it is forgotten so much slower. */
#define VGPU_SCHED_LATELY	128

/* ns: nobody is charged more at once, for times are scaled in 64 bits. */
#define VGPU_SCHED_CHARGE_MAX	1000000000000ULL

/*
 * Times over weight compare as long as they are within 2^63 ns of each other,
 * which is ten days of weight 1. So a debt is no larger than this, and forgotten
 * after a day of having nothing to do.
 */
#define VGPU_SCHED_DEBT_MAX	BIT_ULL(61)
#define VGPU_SCHED_FORGET	86400000000000ULL	/* ns */

/* Times wrap around, and debts lie ahead of the clock. */
static inline bool sched_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

/* The clock of the guarantees of those within @in. */
static inline u64 sched_min_clock(const struct vgpu_sched_node *in)
{
	return in->sched->now - in->lag;
}

static inline void sched_idle(struct vgpu_sched_entity *e, u64 now)
{
	if (e->idle)
		return;
	e->idle = true;
	e->since = now;
}

static inline bool sched_has_room(const struct vgpu_sched *sched)
{
	return sched->in_flight < VGPU_SCHED_HORIZON;
}

void vgpu_sched_clock(struct vgpu_sched *sched, u64 now);
void vgpu_sched_arm(struct vgpu_sched *sched);
void vgpu_sched_unpick(struct vgpu_sched_node *node);
void vgpu_sched_received(struct vgpu_sched_node *node, u64 busy);
struct vgpu_sched_node *vgpu_sched_next_in(struct vgpu_sched *sched);
u64 vgpu_sched_stall_time(struct vgpu_sched *sched);
u64 vgpu_sched_room(u64 estimate);
void vgpu_sched_take_out(struct vgpu_sched_node *node, u64 room);
void vgpu_sched_put_in(struct vgpu_sched_node *node, u64 estimate);
void vgpu_sched_ended(struct vgpu_sched_node *node, u64 busy);
void vgpu_sched_give_up(struct vgpu_sched *sched);
void vgpu_sched_entity_init(struct vgpu_sched_entity *entity,
			    struct vgpu_sched_node *in);
void vgpu_sched_refresh(struct vgpu_sched_node *node);
void vgpu_sched_count(struct vgpu_sched_node *node, int waiting,
		      int unfinished);
void vgpu_sched_charge(struct vgpu_sched_node *node, u64 ns);
void vgpu_sched_correct(struct vgpu_sched_node *node, s64 ns);
void vgpu_sched_delay(struct vgpu_sched_node *node, u64 ns);
void vgpu_sched_uncap(struct vgpu_sched *sched);
void vgpu_sched_cap(struct vgpu_sched_node *node);
struct vgpu_sched_node *vgpu_sched_next(struct vgpu_sched *sched);
bool vgpu_sched_is_held(const struct vgpu_sched_node *node);
void vgpu_sched_pass(struct vgpu_sched_node *node, u64 ns);

#endif /* _VGPU_SCHED_PRIV_H */
