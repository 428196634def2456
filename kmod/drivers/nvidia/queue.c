// SPDX-License-Identifier: GPL-2.0
/*
 * Channels and groups of channels (TSG), and whether their tenants wish them to
 * run.
 *
 * Whether they do is up to the worker (queue_turn.c). Of one that it has
 * stopped, what a tenant says is only remembered, as the wish of each channel
 * (queue_control.c). A control that was under way already may undo what the
 * worker did; whoever made it says so when it is back (nv_queue_told()), and
 * the worker does it again.
 *
 * The worker uses the tenant's own handles and never takes a client's serial
 * lock, which a tenant can have held for as long as it likes. A handle that it
 * is at is not used again before it is done: whoever gives one up waits for
 * that (nv_queue_put()), as does the file that keeps nvidia.ko.
 */
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "../../kmem.h"
#include "../../time.h"
#include "backend.h"

DEFINE_MUTEX(nv_queue_lock);	/* protects the list and what is in it */
LIST_HEAD(nv_queues);
DECLARE_WAIT_QUEUE_HEAD(nv_queue_idle);

/**
 * nv_queue_new - room for a queue, before there is one
 * @class: of a channel or a group
 * @gpu: where
 * @group: that a channel is in, or NULL
 * @device: handle of what it is below otherwise
 *
 * Turns are of the whole GPU. Which engine a channel is for RM is told by the
 * tenant's memory, and from there vgpu could be told another one.
 *
 * Context: May sleep.
 * Return: one reference, or NULL.
 */
struct nv_queue *nv_queue_new(u32 class, struct nv_gpu *gpu,
			      struct nv_queue *group, u32 device)
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
	INIT_LIST_HEAD(&queue->channels);
	INIT_LIST_HEAD(&queue->sibling);
	INIT_LIST_HEAD(&queue->objects);
	if (group) {
		queue->group = nv_queue_get(group);
		return queue;
	}
	queue->gpu = gpu;
	queue->device = device;
	queue->time = vgpu_queue_create(gpu->device, VGPU_ENGINE_COMPUTE);
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
	mutex_lock(&nv_queue_lock);
	queue->refs++;
	mutex_unlock(&nv_queue_lock);
	return queue;
}

/* Returns with the lock held and the worker elsewhere. */
static void lock_idle(struct nv_queue *queue)
{
	mutex_lock(&nv_queue_lock);
	while (queue->busy) {
		mutex_unlock(&nv_queue_lock);
		wait_event(nv_queue_idle, !READ_ONCE(queue->busy));
		mutex_lock(&nv_queue_lock);
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
	if (last) {
		list_del(&queue->list);
		list_del(&queue->sibling);
	}
	mutex_unlock(&nv_queue_lock);
	if (!last)
		return;
	vgpu_queue_destroy(queue->time);
	nv_queue_put(queue->group);
	vgpu_kmem_uncharge(queue->payer, sizeof(*queue));
	kfree(queue);
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
	mutex_lock(&nv_queue_lock);
	queue->names = 1;
	if (queue->is_channel)
		list_add_tail(&queue->sibling, &nv_queue_top(queue)->channels);
	if (!queue->group) {
		queue->stopped = !nv_turn_may_run(queue);
		list_add_tail(&queue->list, &nv_queues);
	}
	mutex_unlock(&nv_queue_lock);
	nv_turn_kick();
}

/**
 * nv_queue_name - one handle more to a queue, that of a duplicate
 * @queue: of which there is, or was, another
 * @client: whose the handle is
 * @handle: as RM knows it
 * @device: handle of what it is below
 *
 * Context: May sleep, for a call into RM of the worker's.
 */
void nv_queue_name(struct nv_queue *queue, u32 client, u32 handle,
		   u32 device)
{
	bool first;

	lock_idle(queue);
	first = !queue->names++;
	mutex_unlock(&nv_queue_lock);
	if (first)
		nv_queue_rename(queue, client, handle, device);
}

/**
 * nv_queue_unname - a handle to a queue has gone
 * @queue: of either kind
 *
 * Context: May sleep, for a call into RM of the worker's.
 * Return: true where others are left: nv_queue_rename() has to be told of one.
 */
bool nv_queue_unname(struct nv_queue *queue)
{
	bool left;

	lock_idle(queue);
	left = --queue->names;
	if (!left)
		queue->client = 0;
	mutex_unlock(&nv_queue_lock);
	return left;
}

/**
 * nv_queue_rename - use another handle to a queue from now on
 * @queue: of either kind
 * @client: whose the handle is
 * @handle: as RM knows it
 * @device: handle of what it is below
 *
 * What the worker did by a handle that had gone already was in vain.
 *
 * Context: May sleep, for a call into RM of the worker's.
 */
void nv_queue_rename(struct nv_queue *queue, u32 client, u32 handle,
		     u32 device)
{
	lock_idle(queue);
	queue->client = queue->names ? client : 0;
	queue->handle = handle;
	queue->device = device;
	queue->again = queue->stopped;
	mutex_unlock(&nv_queue_lock);
	nv_turn_kick();
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

	mutex_lock(&nv_queue_lock);
	stopped = nv_queue_top(queue)->stopped;
	mutex_unlock(&nv_queue_lock);
	return stopped;
}

static void set_wish(struct nv_queue *channel, bool enable, bool done)
{
	lockdep_assert_held(&nv_queue_lock);

	channel->wish = enable;
	/* Of two at once one cannot tell which was last. */
	if (done)
		channel->on = channel->busy ? !enable : enable;
}

/* Of a channel, or of all channels of a group. */
static void set_wishes(struct nv_queue *queue, bool enable, bool done)
{
	struct nv_queue *channel;

	lockdep_assert_held(&nv_queue_lock);

	if (queue->is_channel)
		set_wish(queue, enable, done);
	else
		list_for_each_entry(channel, &queue->channels, sibling)
			set_wish(channel, enable, done);
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
	mutex_lock(&nv_queue_lock);
	set_wishes(queue, enable, false);
	mutex_unlock(&nv_queue_lock);
	nv_turn_kick();
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
	struct nv_queue *above = nv_queue_top(queue);

	mutex_lock(&nv_queue_lock);
	if (done)
		set_wishes(queue, enable, true);
	above->again = above->stopped;
	mutex_unlock(&nv_queue_lock);
	nv_turn_kick();
}
