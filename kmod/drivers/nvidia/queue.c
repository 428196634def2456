// SPDX-License-Identifier: GPL-2.0
/*
 * Channels and groups of channels (TSG), which run or are stopped.
 *
 * Work is submitted to them without a system call, so a group that may not run
 * has its queues taken out of the GPU's run list: GPFIFO_SCHEDULE off, by
 * which none of its channels is scheduled any more, and PREEMPT, which takes
 * off what runs, without waiting for it, since RM holds its lock for that
 * long. What is in the rings stays there.
 *
 * What a tenant says meanwhile of its own queues is only remembered, as the
 * wish of each channel (queue_control.c), and carried out at the end. A
 * control that was under way already may undo what the worker did; whoever
 * made it says so when it is back (nv_queue_told()), and the worker does it
 * again.
 *
 * One worker does all this, through the kernel's way into RM and on the
 * tenant's own handles. It never takes a client's serial lock, which a tenant
 * can have held for as long as it likes. A handle that it is at is not used
 * again before it is done: whoever gives one up waits for that (nv_queue_put()),
 * as does the file that keeps nvidia.ko.
 *
 * A channel without a group has no PREEMPT. It runs to the end of its slice.
 */
#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "../../kmem.h"
#include "../../time.h"
#include "backend.h"

/* NV2080_ENGINE_TYPE: COPY0 to COPY9, COPY10 to COPY19; NVDEC, NVENC and kin */
#define ENGINE_GR_LAST	0x08
#define ENGINE_CE_FIRST	0x09
#define ENGINE_CE_LAST	0x12
#define ENGINE_CE2_FIRST 0x34
#define ENGINE_CE2_LAST	0x3d

static DEFINE_MUTEX(lock);	/* protects the list and what is in it */
static LIST_HEAD(queues);
static DECLARE_WAIT_QUEUE_HEAD(idle);
static bool leaving;		/* nothing is stopped any more */

static void look(struct work_struct *work);
static DECLARE_WORK(look_work, look);

static void kick(void)
{
	queue_work(system_highpri_wq, &look_work);
}

static void changed(struct vgpu_arbiter *arbiter)
{
	kick();
}

static enum vgpu_engine class_of(u32 engine)
{
	if (engine <= ENGINE_GR_LAST)
		return VGPU_ENGINE_COMPUTE;
	if ((engine >= ENGINE_CE_FIRST && engine <= ENGINE_CE_LAST) ||
	    (engine >= ENGINE_CE2_FIRST && engine <= ENGINE_CE2_LAST))
		return VGPU_ENGINE_COPY;
	return VGPU_ENGINE_VIDEO;
}

static struct nv_queue *top(struct nv_queue *queue)
{
	return queue->group ?: queue;
}

static bool within(const struct nv_queue *channel, const struct nv_queue *queue)
{
	return channel == queue || channel->group == queue;
}

/**
 * nv_queue_new - room for a queue, before there is one
 * @class: of a channel or a group
 * @gpu: where
 * @group: that a channel is in, or NULL
 * @engine: NV2080_ENGINE_TYPE
 *
 * Context: May sleep.
 * Return: one reference, or NULL.
 */
struct nv_queue *nv_queue_new(u32 class, struct nv_gpu *gpu,
			      struct nv_queue *group, u32 engine)
{
	struct nv_queue *queue;
	struct vgpu_group *payer;

	payer = vgpu_kmem_charge(sizeof(*queue));
	if (!payer)
		return NULL;
	queue = kzalloc(sizeof(*queue), GFP_KERNEL_ACCOUNT);
	if (!queue)
		goto err_payer;
	queue->refs = 1;
	queue->payer = payer;
	queue->is_channel = nv_class_is_channel(class);
	INIT_LIST_HEAD(&queue->list);
	if (group) {
		queue->group = nv_queue_get(group);
		return queue;
	}
	queue->time = vgpu_queue_create(gpu->device, class_of(engine));
	if (IS_ERR(queue->time))
		goto err_queue;
	return queue;

err_queue:
	kfree(queue);
err_payer:
	vgpu_kmem_uncharge(payer, sizeof(*queue));
	return NULL;
}

struct nv_queue *nv_queue_get(struct nv_queue *queue)
{
	if (!queue)
		return NULL;
	mutex_lock(&lock);
	queue->refs++;
	mutex_unlock(&lock);
	return queue;
}

/* Returns with the lock held and the worker elsewhere. */
static void lock_idle(struct nv_queue *queue)
{
	mutex_lock(&lock);
	while (queue->busy) {
		mutex_unlock(&lock);
		wait_event(idle, !READ_ONCE(queue->busy));
		mutex_lock(&lock);
	}
}

/**
 * nv_queue_put - one way less to a queue
 * @queue: may be NULL
 *
 * Context: May sleep, for a call into RM of the worker's.
 */
void nv_queue_put(struct nv_queue *queue)
{
	bool last;

	if (!queue)
		return;
	lock_idle(queue);
	last = !--queue->refs;
	if (last)
		list_del(&queue->list);
	mutex_unlock(&lock);
	if (!last)
		return;
	vgpu_queue_destroy(queue->time);
	nv_queue_put(queue->group);
	vgpu_kmem_uncharge(queue->payer, sizeof(*queue));
	kfree(queue);
}

static bool may_run(const struct nv_queue *queue)
{
	return READ_ONCE(leaving) || !vgpu_queue_frozen(queue->time);
}

/**
 * nv_queue_insert - RM has made it
 * @queue: new
 * @client: handle of whose it is
 * @handle: its own
 *
 * No channel runs before its tenant has it scheduled, so one of a group that
 * may not run is stopped already.
 *
 * Context: May sleep.
 */
void nv_queue_insert(struct nv_queue *queue, u32 client, u32 handle)
{
	queue->client = client;
	queue->handle = handle;
	mutex_lock(&lock);
	queue->stopped = queue->time && !may_run(queue);
	list_add_tail(&queue->list, &queues);
	mutex_unlock(&lock);
}

/**
 * nv_queue_stopped - is what a tenant says of it only remembered?
 * @queue: of either kind
 *
 * Context: May sleep.
 */
bool nv_queue_stopped(struct nv_queue *queue)
{
	bool stopped;

	mutex_lock(&lock);
	stopped = top(queue)->stopped;
	mutex_unlock(&lock);
	return stopped;
}

/* Of a channel, or of all channels of a group. */
static void set_wish(struct nv_queue *queue, bool enable, bool done)
{
	struct nv_queue *channel;

	lockdep_assert_held(&lock);

	list_for_each_entry(channel, &queues, list) {
		if (!channel->is_channel || !within(channel, queue))
			continue;
		channel->wish = enable;
		/* Of two at once one cannot tell which was last. */
		if (done)
			channel->on = channel->busy ? !enable : enable;
	}
}

/**
 * nv_queue_wish - a tenant would have its channels run, or not
 * @queue: of either kind
 * @enable: which
 *
 * The worker sees to it when they may.
 *
 * Context: May sleep.
 */
void nv_queue_wish(struct nv_queue *queue, bool enable)
{
	mutex_lock(&lock);
	set_wish(queue, enable, false);
	mutex_unlock(&lock);
	kick();
}

/**
 * nv_queue_told - a tenant's control of a queue is back from the driver
 * @queue: of either kind, which was not stopped before the call
 * @enable: what it was asked for
 * @done: and that was done
 *
 * Context: May sleep.
 */
void nv_queue_told(struct nv_queue *queue, bool enable, bool done)
{
	struct nv_queue *above = top(queue);

	mutex_lock(&lock);
	if (done)
		set_wish(queue, enable, true);
	above->again = above->stopped;
	mutex_unlock(&lock);
	kick();
}

static u32 tell(const struct nv_queue *queue, bool enable)
{
	u8 params[4] = { enable };	/* bSkipSubmit, bSkipEnable: no */

	return nv_rm_control(queue->client, queue->handle,
			     queue->is_channel ? NV_CTRL_CHANNEL_SCHEDULE :
						 NV_CTRL_TSG_SCHEDULE,
			     params, nv_rm_abi()->schedule_size);
}

/* NVA06C_CTRL_PREEMPT_PARAMS: bWait, bManualTimeout, timeoutUs: none */
static void preempt(const struct nv_queue *queue)
{
	u64 params = 0;

	nv_rm_control(queue->client, queue->handle, NV_CTRL_TSG_PREEMPT,
		      &params, sizeof(params));
}

static void begin(struct nv_queue *queue)
{
	lockdep_assert_held(&lock);

	queue->busy = true;
	mutex_unlock(&lock);
}

static void end(struct nv_queue *queue)
{
	mutex_lock(&lock);
	WRITE_ONCE(queue->busy, false);
	wake_up_all(&idle);
}

static void set_off(struct nv_queue *queue)
{
	struct nv_queue *channel;

	lockdep_assert_held(&lock);

	list_for_each_entry(channel, &queues, list)
		if (within(channel, queue))
			channel->on = false;
}

static void stop(struct nv_queue *queue)
{
	u32 status;

	lockdep_assert_held(&lock);

	/* First, so that whoever comes by from now on knows. */
	queue->stopped = true;
	queue->again = false;
	begin(queue);
	status = tell(queue, false);
	if (!queue->is_channel)
		preempt(queue);
	end(queue);
	/* Or else each channel by itself. */
	if (status == NV_OK)
		set_off(queue);
}

/* Of a group, or a channel without one. */
static void settle_group(struct nv_queue *queue)
{
	lockdep_assert_held(&lock);

	if (may_run(queue)) {
		queue->stopped = false;
		queue->again = false;
	} else if (!queue->stopped || queue->again) {
		stop(queue);
	}
}

static void settle_channel(struct nv_queue *channel)
{
	bool enable = channel->wish && !top(channel)->stopped;

	lockdep_assert_held(&lock);

	if (channel->on == enable)
		return;
	channel->on = enable;
	begin(channel);
	tell(channel, enable);
	end(channel);
}

/*
 * The lock is let go of for calls into RM. A queue stays in the list for that
 * long, and whoever changes one that was passed already kicks once more. A
 * group was there before its channels, and so comes first.
 */
static void look(struct work_struct *work)
{
	struct nv_queue *queue;

	mutex_lock(&lock);
	list_for_each_entry(queue, &queues, list) {
		if (queue->time)
			settle_group(queue);
		if (queue->is_channel)
			settle_channel(queue);
	}
	mutex_unlock(&lock);
}

/**
 * nv_queue_gpu - a GPU has come, or goes
 * @gpu: which
 * @present: it has come
 *
 * Context: Any. One that goes may kick until nv_queue_deinit().
 */
void nv_queue_gpu(struct nv_gpu *gpu, bool present)
{
	vgpu_queue_suspendable(gpu->device, present ? changed : NULL);
}

void nv_queue_attach(void)
{
	WRITE_ONCE(leaving, false);
}

/**
 * nv_queue_detach - let all run that are stopped, as their tenants wish
 *
 * Context: May sleep; no call is in flight.
 */
void nv_queue_detach(void)
{
	WRITE_ONCE(leaving, true);
	kick();
	flush_work(&look_work);
}

/* With the module: all GPUs have gone. */
void nv_queue_deinit(void)
{
	synchronize_rcu();	/* then nobody kicks any more */
	cancel_work_sync(&look_work);
}
