/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One engine class of one device: its scheduler, and the clock that tells which
 * part of a job's life it spent on the engine.
 */
#ifndef _VGPU_ARBITER_H
#define _VGPU_ARBITER_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <linux/vgpu.h>

#include "sched.h"

#define VGPU_ENGINES	(VGPU_ENGINE_VIDEO + 1)

struct vgpu_device;

/**
 * struct vgpu_arbiter - one engine class of one device
 * @sched: who may use it next
 * @device: whose
 * @timer: calls the scheduler at @due
 * @due: when the timer was asked to last; under @sched's lock
 * @kick: of a backend whose queues can be suspended: it is to ask
 *	vgpu_queue_turns() again; called in any context. NULL where submissions
 *	wait instead. Changed only while no group has a share
 * @busy_lock: protects @busy_until; taken where work ends, in any context
 * @busy_until: end of the work that ended last, CLOCK_MONOTONIC nanoseconds
 */
struct vgpu_arbiter {
	struct vgpu_sched sched;
	struct vgpu_device *device;
	struct hrtimer timer;
	u64 due;
	void (*kick)(struct vgpu_arbiter *arbiter);
	raw_spinlock_t busy_lock;	/* protects busy_until */
	u64 busy_until;
};

void vgpu_arbiter_init(struct vgpu_arbiter *arbiter,
		       struct vgpu_device *device);
void vgpu_arbiter_deinit(struct vgpu_arbiter *arbiter);
void vgpu_arbiter_suspendable(struct vgpu_arbiter *arbiter,
			      void (*kick)(struct vgpu_arbiter *arbiter));
void vgpu_arbiter_kick(struct vgpu_arbiter *arbiter);
u64 vgpu_arbiter_busy(struct vgpu_arbiter *arbiter, u64 start, u64 end);

#endif /* _VGPU_ARBITER_H */
