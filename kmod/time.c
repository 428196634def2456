// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a piece of work, as backends tell it.
 *
 * Like memory, time is charged to the group whose task asked for the work, and
 * to all above it. Where no group's time is bound on a device nobody waits, and
 * what is taken is only told.
 *
 * On which engine work runs may be known only once the driver has taken it. Until
 * then there is what its tenant says. Where that was wrong, the work is charged
 * to the engine that it runs on, and the account remembers that it owes a turn
 * there: before anything else of it is let in anywhere, it waits for one. So
 * nothing is gained by a wrong word, and who is honest or merely mistaken waits
 * where he should have waited. A new account waits once for what the groups have
 * used that it is among, so that a new cgroup for each lie gains nothing either.
 *
 * Work and queues belong to the backend. Each holds its account, and with it
 * its share. There is no lock here.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "account.h"
#include "arbiter.h"
#include "device.h"
#include "group.h"
#include "share.h"
#include "time.h"
#include "trace.h"

/* Is anybody's time bound on a device, and it is not being let go of? */
static bool is_timed(const struct vgpu_device *device)
{
	return READ_ONCE(device->bound) && !READ_ONCE(device->open);
}

/*
 * Memory of one piece of work stays with the share from one to the next: to
 * allocate it, and to charge it at each level, costs half as much as all else.
 */
static struct vgpu_work *work_get(struct vgpu_account *account,
				  struct vgpu_share *share, gfp_t gfp)
{
	struct vgpu_work *work = xchg(&share->spare, NULL);

	if (!work) {
		if (vgpu_group_charge_kmem(account->group, VGPU_WORK_SIZE))
			return NULL;
		work = kmalloc(VGPU_WORK_SIZE, gfp);
	}
	if (!work) {
		vgpu_group_uncharge_kmem(account->group, VGPU_WORK_SIZE);
		return NULL;
	}
	work->account = account;
	work->share = share;
	work->estimate = 0;
	work->admitted = false;
	work->early = false;
	return work;
}

/* The caller holds the account still. */
static void work_put(struct vgpu_work *work)
{
	struct vgpu_group *group = work->account->group;

	if (!cmpxchg(&work->share->spare, NULL, work))
		return;
	kfree(work);
	vgpu_group_uncharge_kmem(group, VGPU_WORK_SIZE);
}

/* Changes with each doubt, so that none is taken for one before it. */
#define DOUBT_STEP	(VGPU_DOUBT_NEW << 1)

static void doubt(struct vgpu_account *account, enum vgpu_engine engine)
{
	int old = atomic_read(&account->doubt);

	while (!atomic_try_cmpxchg(&account->doubt, &old,
				   (old + DOUBT_STEP) | BIT(engine)))
		;
}

/* The highest of those above an account but the root's; NULL if there is none. */
static const struct vgpu_account *top_of(const struct vgpu_account *account)
{
	const struct vgpu_account *top = NULL;

	while ((account = account->parent) && account->parent)
		top = account;
	return top;
}

/*
 * A new account has no debts but those of the groups above it. Which of those
 * are new, too, its tenant decides: so what counts is the one that all others
 * are below, which has a share of whatever any of them has used.
 */
static bool owes(const struct vgpu_account *account, enum vgpu_engine engine,
		 int doubts)
{
	const struct vgpu_account *top;

	if (doubts & BIT(engine))
		return true;
	if (!(doubts & VGPU_DOUBT_NEW))
		return false;
	top = top_of(account);
	return top && (READ_ONCE(top->shares[engine]) ||
		       atomic_read(&top->doubt) & BIT(engine));
}

/* Wait for a turn on an engine, and make nothing of it. */
static int pass(struct vgpu_account *account, enum vgpu_engine engine)
{
	struct vgpu_share *share = vgpu_share_of(account, engine);
	u64 estimate;
	int ret;

	if (IS_ERR(share))
		return PTR_ERR(share);
	ret = vgpu_share_admit(share, &estimate);
	if (!ret)
		vgpu_sched_cancel(&share->node, estimate, ktime_get_ns());
	return ret;
}

static int settle(struct vgpu_account *account, enum vgpu_engine engine,
		  int doubts)
{
	int i, ret = 0;

	for (i = 0; i < VGPU_ENGINES && !ret; i++)
		if (i != engine && owes(account, i, doubts))
			ret = pass(account, i);
	return ret;
}

static int admit(struct vgpu_work *work, enum vgpu_engine engine)
{
	struct vgpu_account *account = work->account;
	int doubts, ret = 0;

	/* Where something is set before it ends it is charged then: a debt. */
	if (!is_timed(account->device)) {
		work->admitted = true;
		work->early = true;
		vgpu_sched_join(&work->share->node, 0, ktime_get_ns());
		return 0;
	}
	doubts = atomic_read(&account->doubt);
	if (doubts)
		ret = settle(account, engine, doubts);
	if (!ret)
		ret = vgpu_share_admit(work->share, &work->estimate);
	work->admitted = !ret;
	if (doubts && !ret)
		atomic_cmpxchg(&account->doubt, doubts, 0);
	return ret == -ECANCELED ? 0 : ret;
}

/**
 * vgpu_time_bound - is anything set of the caller's time on a device?
 * @device: which
 *
 * Context: May sleep; may take vgpu_group_lock.
 * Return: true also where that cannot be told for want of memory.
 */
bool vgpu_time_bound(struct vgpu_device *device)
{
	struct vgpu_account *account = vgpu_account_current(device);
	bool bound;

	if (IS_ERR(account))
		return true;
	bound = vgpu_account_timed(account);
	vgpu_account_put(account);
	return bound;
}
EXPORT_SYMBOL_GPL(vgpu_time_bound);

/**
 * vgpu_time_enter - the caller is about to hand work to a device
 * @device: which
 * @engine: of what class the engine is
 *
 * Waits until it is the turn of the caller's group.
 *
 * Context: A process, with no lock that a signal or anybody's work waits for;
 * may take vgpu_group_lock.
 * Return: VGPU_WORK_SIZE bytes that begin with it, the others undefined; or an
 * ERR_PTR: -ERESTARTSYS for a signal; -ENOMEM, also where the kernel memory
 * allowed to the group is used up.
 */
struct vgpu_work *vgpu_time_enter(struct vgpu_device *device,
				  enum vgpu_engine engine)
{
	struct vgpu_account *account = vgpu_account_current(device);
	struct vgpu_share *share;
	struct vgpu_work *work;
	int ret;

	if (IS_ERR(account))
		return ERR_CAST(account);
	share = vgpu_share_of(account, engine);
	if (IS_ERR(share)) {
		ret = PTR_ERR(share);
		goto err_account;
	}
	work = work_get(account, share, GFP_KERNEL_ACCOUNT);
	if (!work) {
		ret = -ENOMEM;
		goto err_account;
	}
	ret = admit(work, engine);
	if (ret)
		goto err_work;
	return work;

err_work:
	work_put(work);
err_account:
	vgpu_account_put(account);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(vgpu_time_enter);

/**
 * vgpu_time_join - a submission has turned out to be one job more
 * @first: entered for the submission, and not ended
 *
 * It runs in any case, so it is let in without waiting and pays when it ends.
 *
 * Context: Any.
 * Return: as vgpu_time_enter(); NULL where there is no memory, or the kernel
 * memory allowed to the group is used up.
 */
struct vgpu_work *vgpu_time_join(const struct vgpu_work *first)
{
	struct vgpu_work *work = work_get(first->account, first->share,
					  GFP_NOWAIT | __GFP_NOWARN);

	if (!work)
		return NULL;
	vgpu_account_get(work->account);
	work->admitted = first->admitted;
	work->early = first->early;
	if (work->admitted)
		vgpu_sched_join(&work->share->node, 0, ktime_get_ns());
	return work;
}
EXPORT_SYMBOL_GPL(vgpu_time_join);

/**
 * vgpu_time_move - work turned out to be for another engine than it was let in to
 * @work: entered, and not ended
 * @engine: of what class that is
 *
 * It runs in any case, so it is let in there without waiting, and it is charged
 * there. The group submits nothing more before it had a turn there.
 *
 * Context: May sleep; may take vgpu_group_lock.
 */
void vgpu_time_move(struct vgpu_work *work, enum vgpu_engine engine)
{
	struct vgpu_account *account = work->account;
	struct vgpu_share *share;
	u64 now = ktime_get_ns();

	if (vgpu_share_engine(work->share) == engine)
		return;
	doubt(account, engine);
	share = vgpu_share_of(account, engine);
	if (IS_ERR(share)) {
		/* Nor anybody that this group makes for the purpose. */
		while ((account = account->parent) && account->parent)
			doubt(account, engine);
		return;
	}
	if (work->admitted) {
		vgpu_sched_cancel(&work->share->node, work->estimate, now);
		work->estimate = work->early ? 0 : READ_ONCE(share->estimate);
		vgpu_sched_join(&share->node, work->estimate, now);
	}
	work->share = share;
}
EXPORT_SYMBOL_GPL(vgpu_time_move);

/**
 * vgpu_time_ended - a piece of work is over
 * @work: entered or joined
 * @start: not before this did it run, CLOCK_MONOTONIC nanoseconds
 * @end: when it ended
 *
 * Context: Any.
 */
void vgpu_time_ended(struct vgpu_work *work, u64 start, u64 end)
{
	struct vgpu_share *share = work->share;
	u64 busy = vgpu_arbiter_busy(share->arbiter, start, end);

	vgpu_share_learn(share, busy);
	if (work->early && !is_timed(work->account->device))
		vgpu_sched_pardon(&share->node, busy, end);
	else if (work->admitted)
		vgpu_sched_complete(&share->node, work->estimate, busy, end);
	else
		vgpu_sched_note(&share->node, busy, end);
	work->admitted = false;
	trace_vgpu_run(share, end - busy, busy, VGPU_SCHED_TURN);
}
EXPORT_SYMBOL_GPL(vgpu_time_ended);

/**
 * vgpu_time_leave - the backend lets go of a piece of work
 * @work: entered; what has not ended is not charged. It is freed
 *
 * Context: Any.
 */
void vgpu_time_leave(struct vgpu_work *work)
{
	struct vgpu_account *account = work->account;

	if (work->admitted)
		vgpu_sched_cancel(&work->share->node, work->estimate,
				  ktime_get_ns());
	work_put(work);
	vgpu_account_put(account);
}
EXPORT_SYMBOL_GPL(vgpu_time_leave);

/**
 * struct vgpu_queue - a hardware queue that can be suspended
 * @account: of the task that made it; owned
 * @share: of the engine that it is for, the account's
 * @ready: it has something to run, as far as the backend knows
 */
struct vgpu_queue {
	struct vgpu_account *account;
	struct vgpu_share *share;
	bool ready;
};

/**
 * vgpu_queue_create - the caller makes a queue
 * @device: on which
 * @engine: of what class its engine is
 *
 * Context: May sleep; takes vgpu_group_lock.
 * Return: the queue; or an ERR_PTR: -ENOMEM, also where the kernel memory
 * allowed to the group is used up.
 */
struct vgpu_queue *vgpu_queue_create(struct vgpu_device *device,
				     enum vgpu_engine engine)
{
	struct vgpu_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!queue)
		return ERR_PTR(-ENOMEM);
	queue->account = vgpu_account_current(device);
	if (IS_ERR(queue->account)) {
		ret = PTR_ERR(queue->account);
		goto err_queue;
	}
	ret = vgpu_group_charge_kmem(queue->account->group, sizeof(*queue));
	if (ret)
		goto err_account;
	queue->share = vgpu_share_of(queue->account, engine);
	if (IS_ERR(queue->share)) {
		ret = PTR_ERR(queue->share);
		goto err_kmem;
	}
	atomic_inc(&queue->share->queues);
	return queue;

err_kmem:
	vgpu_group_uncharge_kmem(queue->account->group, sizeof(*queue));
err_account:
	vgpu_account_put(queue->account);
err_queue:
	kfree(queue);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(vgpu_queue_create);

/**
 * vgpu_queue_destroy - a queue has ended
 * @queue: may be NULL
 *
 * Context: May sleep.
 */
void vgpu_queue_destroy(struct vgpu_queue *queue)
{
	if (!queue)
		return;
	vgpu_queue_ready(queue, false);
	atomic_dec(&queue->share->queues);
	vgpu_group_uncharge_kmem(queue->account->group, sizeof(*queue));
	vgpu_account_put(queue->account);
	kfree(queue);
}
EXPORT_SYMBOL_GPL(vgpu_queue_destroy);

/**
 * vgpu_queue_timed - is anybody's time bound on the device of a queue?
 * @queue: which
 *
 * Context: Any.
 * Return: false also where the device is being let go of.
 */
bool vgpu_queue_timed(const struct vgpu_queue *queue)
{
	return is_timed(queue->account->device);
}
EXPORT_SYMBOL_GPL(vgpu_queue_timed);

/**
 * vgpu_queue_may_run - is it a queue's turn?
 * @queue: which
 *
 * Context: Any.
 * Return: true also where nobody's time is bound.
 */
bool vgpu_queue_may_run(const struct vgpu_queue *queue)
{
	return !vgpu_queue_timed(queue) ||
	       vgpu_sched_may_run(&queue->share->node);
}
EXPORT_SYMBOL_GPL(vgpu_queue_may_run);

/**
 * vgpu_queue_ready - a queue has something to run, or has not any more
 * @queue: which
 * @ready: it has
 *
 * Context: Any; the caller serialises calls for one queue.
 */
void vgpu_queue_ready(struct vgpu_queue *queue, bool ready)
{
	if (queue->ready == ready)
		return;
	queue->ready = ready;
	vgpu_sched_want(&queue->share->node, ready ? 1 : -1, ktime_get_ns());
}
EXPORT_SYMBOL_GPL(vgpu_queue_ready);

/**
 * vgpu_queue_is_ready - what vgpu_queue_ready() was told last
 * @queue: which
 *
 * Context: As there.
 */
bool vgpu_queue_is_ready(const struct vgpu_queue *queue)
{
	return queue->ready;
}
EXPORT_SYMBOL_GPL(vgpu_queue_is_ready);

static bool take_turn(struct vgpu_arbiter *arbiter, u64 *until)
{
	struct vgpu_sched *sched = &arbiter->sched;

	if (is_timed(arbiter->device))
		return vgpu_sched_turn(sched, ktime_get_ns(), until);
	vgpu_sched_rest(sched, ktime_get_ns());
	return false;
}

/**
 * vgpu_queue_turns - see whose turn it is on each engine of a device
 * @device: whose queues can be suspended
 *
 * vgpu_queue_may_run() says so of each queue.
 *
 * Context: Any.
 * Return: when to ask again, CLOCK_MONOTONIC nanoseconds; 0 where nobody has a
 * turn.
 */
u64 vgpu_queue_turns(struct vgpu_device *device)
{
	u64 until, first = 0;
	int i;

	for (i = 0; i < VGPU_ENGINES; i++)
		if (take_turn(&device->arbiters[i], &until))
			first = min_not_zero(first, until);
	return first;
}
EXPORT_SYMBOL_GPL(vgpu_queue_turns);

/**
 * vgpu_queue_suspendable - a device's queues are suspended, not gated
 * @device: no group of it waits
 * @kick: called in any context when what may run there has changed; NULL where
 *	the backend leaves, which then waits for an RCU period
 *
 * Context: Any.
 */
void vgpu_queue_suspendable(struct vgpu_device *device,
			    void (*kick)(struct vgpu_arbiter *arbiter))
{
	int i;

	for (i = 0; i < VGPU_ENGINES; i++)
		vgpu_arbiter_suspendable(&device->arbiters[i], kick);
}
EXPORT_SYMBOL_GPL(vgpu_queue_suspendable);

/**
 * vgpu_time_stats - what a group had of an engine
 * @account: the group's, on the device
 * @engine: of what class
 * @stats: filled in
 *
 * Context: Any.
 * Return: false where it never used one.
 */
bool vgpu_time_stats(struct vgpu_account *account, enum vgpu_engine engine,
		     struct vgpu_time_stats *stats)
{
	struct vgpu_sched_stats sched;
	struct vgpu_share *share;
	int i;

	/* As vgpu_share_of(). */
	share = smp_load_acquire(&account->shares[engine]);
	if (!share)
		return false;
	vgpu_sched_stats(&share->node, ktime_get_ns(), &sched);
	*stats = (struct vgpu_time_stats) {
		.busy = sched.busy,
		.throttled = sched.throttled,
		.throttled_count = sched.throttled_count,
		.some_total = sched.some,
		.full_total = sched.full,
		.waiting = sched.waiting,
		.in_flight = sched.unfinished,
		.queues = atomic_read(&share->queues),
	};
	for (i = 0; i < 3; i++) {
		stats->share[i] = sched.share[VGPU_WINDOW_1S + i];
		stats->some[i] = sched.some_avg[VGPU_WINDOW_10S + i];
		stats->full[i] = sched.full_avg[VGPU_WINDOW_10S + i];
	}
	return true;
}
