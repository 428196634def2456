// SPDX-License-Identifier: GPL-2.0
/*
 * Shares, and the gate at which tasks wait for the turn of their group.
 *
 * Shares are made, and what is set of them changed, under vgpu_group_lock; they
 * are found without it and go with their account. Who waits holds no lock.
 *
 * A task whose group is not next sleeps before the driver has seen its call,
 * interruptibly, so that signals, freezers and the end of the process find it
 * as if it had not called yet. It looks again when the scheduler wakes it, and
 * now and then by itself, for the device may have been let go of meanwhile.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "account.h"
#include "arbiter.h"
#include "device.h"
#include "group.h"
#include "share.h"
#include "time.h"
#include "trace.h"

#define LOOK_AGAIN	(HZ / 10)

/* As long as nothing is known of a group's jobs, one of them at a time. */
#define FIRST_ESTIMATE	VGPU_SCHED_HORIZON

static enum vgpu_sched_priority priority_of(const struct vgpu_compute *compute)
{
	switch (compute->priority) {
	case VGPU_PRIORITY_HIGH:
		return VGPU_SCHED_HIGH;
	case VGPU_PRIORITY_LOW:
		return VGPU_SCHED_LOW;
	default:
		return VGPU_SCHED_NORMAL;
	}
}

/* An operator froze it, or the cgroup freezer did and it is to follow that. */
static bool frozen(const struct vgpu_account *account)
{
	const struct vgpu_group *group = account->group;

	lockdep_assert_held(&vgpu_group_lock);

	return group->frozen || (group->cgroup_frozen &&
				 account->compute.freezer !=
				 VGPU_FREEZER_IGNORE);
}

static struct vgpu_sched_params params_of(const struct vgpu_account *account)
{
	const struct vgpu_compute *compute = &account->compute;

	return (struct vgpu_sched_params) {
		.weight = compute->weight ?: VGPU_SCHED_WEIGHT,
		.min = compute->min,
		.max = compute->max ?: VGPU_SCHED_FULL,
		.priority = priority_of(compute),
		.frozen = frozen(account),
	};
}

static bool is_bound(const struct vgpu_account *account)
{
	const struct vgpu_compute *compute = &account->compute;

	return compute->max || compute->min || compute->weight ||
	       compute->priority != VGPU_PRIORITY_UNSET || frozen(account);
}

/**
 * vgpu_share_apply - put in force what is set of a group's time
 * @account: what is set, and for a new one whether its group is frozen
 *
 * For the next decision of each engine. As long as nothing is set on a device
 * for any group, nobody waits there.
 *
 * Context: vgpu_group_lock held.
 */
void vgpu_share_apply(struct vgpu_account *account)
{
	struct vgpu_sched_params params = params_of(account);
	struct vgpu_device *device = account->device;
	bool bound = is_bound(account);
	struct vgpu_share *share;
	int i;

	lockdep_assert_held(&vgpu_group_lock);

	WRITE_ONCE(device->bound, device->bound + bound - account->bound);
	account->bound = bound;
	trace_vgpu_share(account, &params);
	for (i = 0; i < VGPU_ENGINES; i++) {
		share = account->shares[i];
		if (!share)
			continue;
		/* What is promised was counted when it was set. */
		WARN_ON_ONCE(vgpu_sched_set(&share->node, &params,
					    ktime_get_ns(), NULL));
		vgpu_arbiter_kick(share->arbiter);
	}
}

/* Make @account's share from @fresh; its parent's stands already. */
static int insert(struct vgpu_share *fresh, struct vgpu_account *account,
		  enum vgpu_engine engine)
{
	struct vgpu_account *parent = account->parent;
	struct vgpu_sched_params params;
	int ret;

	lockdep_assert_held(&vgpu_group_lock);

	ret = vgpu_group_charge_tree(account->group, sizeof(*fresh));
	if (ret)
		return ret;
	fresh->account = account;
	fresh->arbiter = &account->device->arbiters[engine];
	fresh->estimate = FIRST_ESTIMATE;
	init_swait_queue_head(&fresh->waiters);
	vgpu_sched_node_init(&fresh->arbiter->sched, &fresh->node,
			     parent ? &parent->shares[engine]->node : NULL);
	params = params_of(account);
	WARN_ON_ONCE(vgpu_sched_set(&fresh->node, &params, ktime_get_ns(),
				    NULL));
	/* Whoever finds it finds it whole. */
	smp_store_release(&account->shares[engine], fresh);
	return 0;
}

static struct vgpu_account *first_missing(struct vgpu_account *account,
					  enum vgpu_engine engine)
{
	struct vgpu_account *missing = NULL;

	lockdep_assert_held(&vgpu_group_lock);

	for (; account; account = account->parent)
		if (!account->shares[engine])
			missing = account;
	return missing;
}

static noinline struct vgpu_share *make(struct vgpu_account *account,
					enum vgpu_engine engine)
{
	struct vgpu_share *share = NULL, *fresh = NULL;
	struct vgpu_account *missing;
	int ret = 0;

	while (!share && !ret) {
		if (!fresh)
			fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
		if (!fresh)
			return ERR_PTR(-ENOMEM);
		mutex_lock(&vgpu_group_lock);
		missing = first_missing(account, engine);
		if (missing)
			ret = insert(fresh, missing, engine);
		if (missing && !ret)
			fresh = NULL;
		share = account->shares[engine];
		mutex_unlock(&vgpu_group_lock);
	}
	kfree(fresh);
	return share ?: ERR_PTR(ret);
}

/**
 * vgpu_share_of - an account's share of an engine, made with those above it
 * @account: whose
 * @engine: of its device
 *
 * Context: May sleep; takes vgpu_group_lock where it has to make it.
 * Return: the share, as long as the account lives; or an ERR_PTR: -ENOMEM,
 * also where the kernel memory allowed to the group is used up.
 */
struct vgpu_share *vgpu_share_of(struct vgpu_account *account,
				 enum vgpu_engine engine)
{
	/* With what insert() made of it. */
	return smp_load_acquire(&account->shares[engine]) ?:
	       make(account, engine);
}

/**
 * vgpu_share_free_all - the shares of an account that nobody holds any more
 * @account: those above it are still there
 *
 * Context: Any.
 */
void vgpu_share_free_all(struct vgpu_account *account)
{
	struct vgpu_share *share;
	int i;

	for (i = 0; i < VGPU_ENGINES; i++) {
		share = account->shares[i];
		if (!share)
			continue;
		vgpu_sched_node_exit(&share->node, ktime_get_ns());
		if (share->spare)
			vgpu_group_uncharge_kmem(account->group,
						 VGPU_WORK_SIZE);
		kfree(share->spare);
		vgpu_group_uncharge_kmem(account->group, sizeof(*share));
		kfree(share);
	}
}

/* Of what class is the engine that it is a share of? */
enum vgpu_engine vgpu_share_engine(const struct vgpu_share *share)
{
	return share->arbiter - share->account->device->arbiters;
}

/**
 * vgpu_share_wake - one of a group's waiting tasks may try again
 * @node: the group's
 *
 * Context: the scheduler's lock held.
 */
void vgpu_share_wake(struct vgpu_sched_node *node)
{
	swake_up_one(&container_of(node, struct vgpu_share, node)->waiters);
}

/**
 * vgpu_share_ran - a group's suspendable queues had the engine
 * @node: the group's
 * @start: since when
 * @ns: for how long
 *
 * Context: the scheduler's lock held.
 */
void vgpu_share_ran(struct vgpu_sched_node *node, u64 start, u64 ns)
{
	trace_vgpu_run(container_of(node, struct vgpu_share, node), start, ns,
		       VGPU_SCHED_TURN);
}

/**
 * vgpu_share_turn - a group's suspendable queues run from now on, or do not
 * @node: the group's
 * @on: which
 *
 * Context: the scheduler's lock held.
 */
void vgpu_share_turn(struct vgpu_sched_node *node, bool on)
{
	struct vgpu_share *share = container_of(node, struct vgpu_share, node);

	if (on)
		trace_vgpu_resume(share);
	else
		trace_vgpu_suspend(share);
}

static bool try_admit(struct vgpu_share *share, u64 *estimate)
{
	*estimate = READ_ONCE(share->estimate);
	return vgpu_sched_admit(&share->node, *estimate, ktime_get_ns());
}

static int wait_turn(struct vgpu_share *share, u64 *estimate)
{
	struct vgpu_device *device = share->account->device;
	enum vgpu_sched_why why = vgpu_sched_why(&share->node);
	u64 since = ktime_get_ns();
	DECLARE_SWAITQUEUE(wait);
	int ret;

	vgpu_sched_want(&share->node, 1, ktime_get_ns());
	for (;;) {
		ret = prepare_to_swait_event(&share->waiters, &wait,
					     TASK_INTERRUPTIBLE);
		if (READ_ONCE(device->open)) {
			ret = -ECANCELED;
			break;
		}
		if (try_admit(share, estimate)) {
			ret = 0;
			break;
		}
		if (ret)
			break;
		schedule_timeout(LOOK_AGAIN);
	}
	finish_swait(&share->waiters, &wait);
	vgpu_sched_want(&share->node, -1, ktime_get_ns());
	trace_vgpu_throttle(share, since, ktime_get_ns() - since, why);
	return ret;
}

/**
 * vgpu_share_admit - wait until it is the group's turn
 * @share: its
 * @estimate: set to what vgpu_sched_complete() or _cancel() is to be told
 *
 * Context: A process, with no lock that a signal or anybody's work waits for.
 * Return: 0; -ERESTARTSYS for a signal; -ECANCELED where nobody waits any more,
 * since the device is being let go of: nothing is admitted then.
 */
int vgpu_share_admit(struct vgpu_share *share, u64 *estimate)
{
	if (try_admit(share, estimate))
		return 0;
	return wait_turn(share, estimate);
}

/**
 * vgpu_share_learn - a job has ended: the next may take as long
 * @share: whose job
 * @busy: ns that it took
 *
 * Up at once by half, for what was thought too short lets too many in; and down
 * slowly.
 *
 * Context: Any. Of two that end at once, either may be forgotten.
 */
void vgpu_share_learn(struct vgpu_share *share, u64 busy)
{
	u64 estimate = READ_ONCE(share->estimate);

	if (estimate == FIRST_ESTIMATE)
		estimate = busy;
	else if (busy > estimate)
		estimate += (busy - estimate) / 2;
	else
		estimate -= (estimate - busy) / 8;
	WRITE_ONCE(share->estimate, estimate);
}
