/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one group has of one engine: its place in the engine's scheduler, and
 * its tasks that wait there.
 *
 * An account has a share of an engine from its first use on, and so have all
 * accounts above it. It goes with the account.
 */
#ifndef _VGPU_SHARE_H
#define _VGPU_SHARE_H

#include <linux/swait.h>
#include <linux/types.h>

#include <linux/vgpu.h>

#include "sched.h"

struct vgpu_account;
struct vgpu_arbiter;
struct vgpu_work;

/**
 * struct vgpu_share - one (group, device, engine class)
 * @node: its place
 * @account: whose, and it owns the share
 * @arbiter: the device's
 * @waiters: tasks that wait for their turn
 * @estimate: ns that its next job is thought to take; lockless
 * @queues: hardware queues that it has; lockless
 * @spare: memory of a piece of work, charged to the account's group and not in
 *	use, or NULL; lockless: who takes it out owns it
 */
struct vgpu_share {
	struct vgpu_sched_node node;
	struct vgpu_account *account;
	struct vgpu_arbiter *arbiter;
	struct swait_queue_head waiters;
	u64 estimate;
	atomic_t queues;
	struct vgpu_work *spare;
};

struct vgpu_share *vgpu_share_of(struct vgpu_account *account,
				 enum vgpu_engine engine);
void vgpu_share_apply(struct vgpu_account *account);
void vgpu_share_free_all(struct vgpu_account *account);
enum vgpu_engine vgpu_share_engine(const struct vgpu_share *share);
void vgpu_share_wake(struct vgpu_sched_node *node);
void vgpu_share_ran(struct vgpu_sched_node *node, u64 start, u64 ns);
void vgpu_share_turn(struct vgpu_sched_node *node, bool on);
int vgpu_share_admit(struct vgpu_share *share, u64 *estimate);
void vgpu_share_learn(struct vgpu_share *share, u64 busy);

#endif /* _VGPU_SHARE_H */
