// SPDX-License-Identifier: GPL-2.0
/*
 * The clock and the timer of an engine class.
 *
 * An engine works on one thing after the other, as far as can be told from
 * outside: a job that was handed over while another ran did not run before
 * that one ended. So a job is charged [max(its start, the end last seen on
 * this engine), its end]. What is charged to all groups together never exceeds
 * the time that went by. Jobs that truly run side by side are so charged by
 * the order in which they end.
 *
 * The timer runs only while the scheduler asks for it, and it asks only while
 * somebody waits. It and the clock are used in any context: the clock under its
 * own lock, the timer's time under the scheduler's.
 */
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>

#include "compat.h"
#include "arbiter.h"
#include "share.h"

static void arm(struct vgpu_sched *sched, u64 at)
{
	struct vgpu_arbiter *arbiter = container_of(sched, struct vgpu_arbiter,
						  sched);

	lockdep_assert_held(&sched->lock);

	/* One that is due has fired or is about to: it sees what we see. */
	if (arbiter->due > sched->now && arbiter->due <= at)
		return;
	arbiter->due = at;
	hrtimer_start(&arbiter->timer, ns_to_ktime(at), HRTIMER_MODE_ABS);
}

static const struct vgpu_sched_ops gated = {
	.wake = vgpu_share_wake,
	.arm = arm,
};

static const struct vgpu_sched_ops suspendable = {
	.arm = arm,
	.ran = vgpu_share_ran,
	.turn = vgpu_share_turn,
};

static enum hrtimer_restart tick(struct hrtimer *timer)
{
	struct vgpu_arbiter *arbiter = container_of(timer, struct vgpu_arbiter,
						  timer);

	vgpu_sched_tick(&arbiter->sched, ktime_get_ns());
	vgpu_arbiter_kick(arbiter);
	return HRTIMER_NORESTART;
}

/**
 * vgpu_arbiter_init - an engine that nobody has used
 * @arbiter: zeroed
 * @device: whose; it outlives the engine
 */
void vgpu_arbiter_init(struct vgpu_arbiter *arbiter, struct vgpu_device *device)
{
	arbiter->device = device;
	vgpu_sched_init(&arbiter->sched, &gated);
	raw_spin_lock_init(&arbiter->busy_lock);
	vgpu_hrtimer_setup(&arbiter->timer, tick);
}

/**
 * vgpu_arbiter_suspendable - its queues are suspended, not gated
 * @arbiter: no group of it waits
 * @kick: see &struct vgpu_arbiter; NULL where the backend leaves, which then
 *	waits for an RCU period
 *
 * Context: any.
 */
void vgpu_arbiter_suspendable(struct vgpu_arbiter *arbiter,
			      void (*kick)(struct vgpu_arbiter *arbiter))
{
	unsigned long flags;

	raw_spin_lock_irqsave(&arbiter->sched.lock, flags);
	arbiter->sched.ops = &suspendable;
	WRITE_ONCE(arbiter->kick, kick);
	raw_spin_unlock_irqrestore(&arbiter->sched.lock, flags);
}
EXPORT_SYMBOL_GPL(vgpu_arbiter_suspendable);

/**
 * vgpu_arbiter_kick - what may run has changed
 * @arbiter: which
 *
 * Context: any.
 */
void vgpu_arbiter_kick(struct vgpu_arbiter *arbiter)
{
	void (*kick)(struct vgpu_arbiter *arbiter);

	rcu_read_lock();
	kick = READ_ONCE(arbiter->kick);
	if (kick)
		kick(arbiter);
	rcu_read_unlock();
}

/**
 * vgpu_arbiter_deinit - the end of an engine
 * @arbiter: no group has a share of it any more
 *
 * Context: any in which a timer may be cancelled.
 */
void vgpu_arbiter_deinit(struct vgpu_arbiter *arbiter)
{
	hrtimer_cancel(&arbiter->timer);
	vgpu_sched_destroy(&arbiter->sched);
}

/**
 * vgpu_arbiter_busy - work is over: how long did it keep the engine busy
 * @arbiter: which
 * @start: not before this did it run, CLOCK_MONOTONIC nanoseconds
 * @end: when it ended
 *
 * Context: any.
 * Return: nanoseconds.
 */
u64 vgpu_arbiter_busy(struct vgpu_arbiter *arbiter, u64 start, u64 end)
{
	unsigned long flags;
	u64 busy = 0;

	raw_spin_lock_irqsave(&arbiter->busy_lock, flags);
	start = max(start, arbiter->busy_until);
	if (end > start) {
		busy = end - start;
		arbiter->busy_until = end;
	}
	raw_spin_unlock_irqrestore(&arbiter->busy_lock, flags);
	return busy;
}
