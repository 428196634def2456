/* SPDX-License-Identifier: GPL-2.0 */
/*
 * GPU time: whose work goes next, and how much of a device's time it took.
 *
 * A backend enters a group's work before the driver gets it, which may have to
 * wait there; says how long it ran once it is over; and leaves.
 */
#ifndef _VGPU_TIME_H
#define _VGPU_TIME_H

#include <linux/types.h>

#include <linux/vgpu.h>

#include "window.h"

struct vgpu_account;
struct vgpu_arbiter;
struct vgpu_device;
struct vgpu_share;

/* Bytes of a piece of work, what the backend adds to it included. */
#define VGPU_WORK_SIZE	192

/**
 * struct vgpu_work - a piece of work, the head of what a backend keeps of it
 * @account: who pays; owned
 * @share: of the engine that it runs on, the account's
 * @estimate: ns that it was thought to take
 * @admitted: the scheduler counts it as in flight
 * @early: it was let in while nobody's time was bound
 */
struct vgpu_work {
	struct vgpu_account *account;
	struct vgpu_share *share;
	u64 estimate;
	bool admitted;
	bool early;
};

bool vgpu_time_bound(struct vgpu_device *device);
struct vgpu_work *vgpu_time_enter(struct vgpu_device *device,
				  enum vgpu_engine engine);
struct vgpu_work *vgpu_time_join(const struct vgpu_work *first);
void vgpu_time_move(struct vgpu_work *work, enum vgpu_engine engine);
void vgpu_time_ended(struct vgpu_work *work, u64 start, u64 end);
void vgpu_time_leave(struct vgpu_work *work);

struct vgpu_queue;

struct vgpu_queue *vgpu_queue_create(struct vgpu_device *device,
				     enum vgpu_engine engine);
void vgpu_queue_destroy(struct vgpu_queue *queue);
bool vgpu_queue_timed(const struct vgpu_queue *queue);
bool vgpu_queue_may_run(const struct vgpu_queue *queue);
bool vgpu_queue_is_ready(const struct vgpu_queue *queue);
void vgpu_queue_ready(struct vgpu_queue *queue, bool ready);
u64 vgpu_queue_turns(struct vgpu_device *device);
void vgpu_queue_suspendable(struct vgpu_device *device,
			    void (*kick)(struct vgpu_arbiter *arbiter));

/**
 * struct vgpu_time_stats - what a group and all below it had of an engine
 * @busy: ns that it took
 * @throttled: ns for which a cap or a freeze of the group held its work
 * @throttled_count: how often
 * @some_total: ns for which something of it waited
 * @full_total: likewise while nothing of it ran
 * @share: of the last 1, 10, 60 seconds, hundredths of a percent
 * @some: of the last 10, 60, 300 seconds
 * @full: likewise
 * @waiting: tasks, or suspendable queues, that wait
 * @in_flight: jobs let through and not done
 * @queues: hardware queues
 */
struct vgpu_time_stats {
	u64 busy;
	u64 throttled;
	u64 throttled_count;
	u64 some_total;
	u64 full_total;
	u32 share[3];
	u32 some[3];
	u32 full[3];
	u32 waiting;
	u32 in_flight;
	u32 queues;
};

bool vgpu_time_stats(struct vgpu_account *account, enum vgpu_engine engine,
		     struct vgpu_time_stats *stats);

#endif /* _VGPU_TIME_H */
