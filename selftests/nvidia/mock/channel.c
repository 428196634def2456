// SPDX-License-Identifier: GPL-2.0
/*
 * Channels: src/nvidia/src/kernel/gpu/fifo/kernel_channel.c. A client writes
 * entries into a ring, the index behind the last into GP_PUT of its USERD
 * (Nvc36fControl, clc36f.h) and the channel's token into a doorbell. Here an
 * entry is no pointer to methods but the length of a job in nanoseconds, at
 * least JOB_MIN_NS, and GP_GET moves when a job is done, not when it is
 * fetched. With ENTRY_INTERRUPT set the end of the job wakes whoever polls the
 * control file of the client, as an event object of the channel's non-stall
 * interrupt would.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "client.h"
#include "engine.h"
#include "file.h"

/* NV_CTRL_VF_DOORBELL_VECTOR, _RUNLIST_ID: turing/tu102/dev_ctrl.h */
#define DOORBELL_RUNLIST_SHIFT	16
#define CHANNELS_MAX		2048

/* GPGet, GPPut: clc36f.h; kfifoGetUserdSizeAlign_GV100 */
#define USERD_GP_GET	0x88
#define USERD_GP_PUT	0x8c
#define USERD_SIZE	0x200

#define ENTRY_SIZE	8
#define ENTRY_INTERRUPT	BIT_ULL(63)
#define JOB_MIN_NS	1000

/* NV_CHANNEL_ALLOC_PARAMS, up to engineType */
struct channel_params {
	u32 error;
	u32 buffer;
	u64 gpfifo;
	u32 entries;
	u32 flags;
	u32 ctxshare;
	u32 vaspace;
	u32 userd[8];
	u64 userd_offset[8];
	u32 engine;
};

static_assert(offsetof(struct channel_params, engine) == 128);

static struct mock_usage *usage_of(struct mock_runlist *list, u64 cgroup)
{
	struct mock_usage *usage;
	unsigned long flags;

	list_for_each_entry(usage, &list->usages, node) {
		if (usage->cgroup == cgroup)
			return usage;
	}
	usage = kzalloc(sizeof(*usage), GFP_KERNEL);
	if (!usage)
		return NULL;
	usage->cgroup = cgroup;
	spin_lock_irqsave(&mock_engine_lock, flags);
	list_add_tail(&usage->node, &list->usages);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return usage;
}

/* kchannelCreateUserdMemDesc_GV100, kernel_channel_gv100.c */
static u32 find_userd(struct mock_object *object, struct mock_channel *channel,
		      const struct channel_params *params)
{
	u64 offset = params->userd_offset[0];
	struct mock_object *memory;
	struct mock_phys *phys;
	struct page *page;

	/* "Client must allocate USERD" */
	if (!params->userd[0])
		return NV_ERR_INVALID_ARGUMENT;
	memory = mock_object_find(object->client, params->userd[0]);
	if (!memory || !mock_kind_is_memory(memory->kind) ||
	    !memory->holder.phys)
		return NV_ERR_OBJECT_NOT_FOUND;
	phys = memory->holder.phys;
	if (offset % USERD_SIZE || phys->size < USERD_SIZE ||
	    offset > phys->size - USERD_SIZE)
		return NV_ERR_INVALID_ADDRESS;
	page = mock_phys_page(phys, offset >> PAGE_SHIFT);
	if (!page)
		return NV_ERR_NO_MEMORY;
	mock_phys_get(phys);
	channel->userd_phys = phys;
	channel->userd = page_address(page) + offset_in_page(offset);
	WRITE_ONCE(channel->userd[USERD_GP_GET / 4], 0);
	WRITE_ONCE(channel->userd[USERD_GP_PUT / 4], 0);
	return NV_OK;
}

static void channel_free(struct mock_channel *channel)
{
	if (channel->ring)
		mock_phys_put(channel->ring);
	if (channel->userd_phys)
		mock_phys_put(channel->userd_phys);
	kfree(channel);
}

static u32 channel_number(struct mock_channel *channel)
{
	int id = ida_alloc_max(&channel->tsg->runlist->channel_ids,
			       CHANNELS_MAX - 1, GFP_KERNEL);

	if (id < 0)
		return NV_ERR_INSUFFICIENT_RESOURCES;
	channel->id = id;
	return NV_OK;
}

/**
 * mock_channel_construct() - a channel, which does not run before it is
 *	scheduled
 * @object: new
 * @params: NV_CHANNEL_ALLOC_PARAMS
 *
 * Context: With the RM lock. May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 mock_channel_construct(struct mock_object *object, const void *params)
{
	const struct channel_params *p = params;
	struct mock_channel *channel;
	unsigned long flags;
	u32 status;

	if (!p->entries || p->gpfifo % ENTRY_SIZE)
		return NV_ERR_INVALID_ARGUMENT;
	channel = kzalloc(sizeof(*channel), GFP_KERNEL);
	if (!channel)
		return NV_ERR_NO_MEMORY;
	channel->tsg = object->tsg ?: object->parent->tsg;
	channel->client = object->client->root.handle;
	channel->owner = object->client->owner;
	channel->va = p->gpfifo;
	channel->entries = p->entries;
	channel->usage = usage_of(channel->tsg->runlist,
				  mock_current_cgroup());
	status = channel->usage ? find_userd(object, channel, p) :
				  NV_ERR_NO_MEMORY;
	if (!status)
		status = channel_number(channel);
	if (status) {
		channel_free(channel);
		return status;
	}
	object->channel = channel;
	list_add_tail(&channel->member, &channel->tsg->members);
	spin_lock_irqsave(&mock_engine_lock, flags);
	list_add_tail(&channel->node, &channel->tsg->channels);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return NV_OK;
}

void mock_channel_destroy(struct mock_object *object)
{
	struct mock_channel *channel = object->channel;
	unsigned long flags;

	if (!channel)
		return;
	spin_lock_irqsave(&mock_engine_lock, flags);
	mock_runlist_drop(channel);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	ida_free(&channel->tsg->runlist->channel_ids, channel->id);
	list_del(&channel->member);
	object->channel = NULL;
	channel_free(channel);
}

/*
 * What the GPU's address space has where the ring is said to be. Clients map it
 * before they schedule; the engine has no address space to walk later.
 */
static void find_ring(struct mock_channel *channel)
{
	struct mock_phys *phys;
	unsigned long flags;
	u64 offset;

	if (channel->ring)
		return;
	phys = mock_dma_find(channel->client, channel->va,
			     (u64)channel->entries * ENTRY_SIZE, &offset);
	if (!phys)
		return;
	mock_phys_get(phys);
	spin_lock_irqsave(&mock_engine_lock, flags);
	channel->ring_offset = offset;
	channel->ring = phys;
	spin_unlock_irqrestore(&mock_engine_lock, flags);
}

/**
 * mock_channel_schedule() - NVA06F_CTRL_CMD_GPFIFO_SCHEDULE
 * @channel: which
 * @enable: enable it and put it into the run list, or else the opposite
 * @skip_submit: do not put it in
 * @skip_enable: do not enable it
 *
 * What runs goes on to the end of its slice; see mock_tsg_preempt().
 *
 * Context: With the RM lock.
 */
void mock_channel_schedule(struct mock_channel *channel, bool enable,
			   bool skip_submit, bool skip_enable)
{
	unsigned long flags;

	if (enable)
		find_ring(channel);
	spin_lock_irqsave(&mock_engine_lock, flags);
	mock_runlist_advance(channel->tsg->runlist);
	if (!enable || !skip_enable)
		channel->enabled = enable;
	if (!enable || !skip_submit)
		channel->listed = enable;
	channel->was_listed |= channel->listed;
	mock_runlist_kick(channel->tsg->runlist);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
}

static void rewind_put(struct mock_channel *channel)
{
	channel->pending = false;
	channel->put = (channel->get + channel->started) % channel->entries;
	WRITE_ONCE(channel->userd[USERD_GP_PUT / 4], channel->put);
}

/**
 * mock_channel_enable() - of NV2080_CTRL_CMD_FIFO_DISABLE_CHANNELS the one half
 * @object: the channel
 * @enable: or disable; it stays in the run list
 * @rewind: forget what is queued but for the job that has begun
 *
 * Context: With the RM lock.
 */
void mock_channel_enable(struct mock_object *object, bool enable, bool rewind)
{
	struct mock_channel *channel = object->channel;
	unsigned long flags;

	spin_lock_irqsave(&mock_engine_lock, flags);
	mock_runlist_advance(channel->tsg->runlist);
	channel->enabled = enable;
	if (rewind && !enable)
		rewind_put(channel);
	mock_runlist_kick(channel->tsg->runlist);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
}

/* kfifoGenerateWorkSubmitTokenHal_TU102, kernel_fifo_tu102.c */
u32 mock_channel_token(const struct mock_channel *channel)
{
	return channel->tsg->runlist->nr << DOORBELL_RUNLIST_SHIFT |
	       channel->id;
}

/* What the doorbell said. */
static void read_put(struct mock_channel *channel)
{
	u32 put;

	if (!channel->pending)
		return;
	channel->pending = false;
	/* The entries were written before it. */
	put = smp_load_acquire(&channel->userd[USERD_GP_PUT / 4]);
	if (put < channel->entries)
		channel->put = put;
}

/**
 * mock_channel_busy() - has it something to run, whether or not it may?
 * @object: the channel
 *
 * Context: With the RM lock.
 */
bool mock_channel_busy(struct mock_object *object)
{
	struct mock_channel *channel = object->channel;
	unsigned long flags;
	bool busy;

	spin_lock_irqsave(&mock_engine_lock, flags);
	mock_runlist_advance(channel->tsg->runlist);
	read_put(channel);
	busy = channel->started || channel->get != channel->put;
	mock_runlist_kick(channel->tsg->runlist);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return busy;
}

/* May it run, and has it something to run? */
bool mock_channel_ready(struct mock_channel *channel)
{
	lockdep_assert_held(&mock_engine_lock);
	if (!channel->enabled || !channel->listed || !channel->ring)
		return false;
	read_put(channel);
	return channel->started || channel->get != channel->put;
}

/* Begin with the next entry. A page that nobody wrote to has zeros. */
void mock_channel_start(struct mock_channel *channel)
{
	u64 at = channel->ring_offset + (u64)channel->get * ENTRY_SIZE;
	struct page *page = xa_load(&channel->ring->pages, at >> PAGE_SHIFT);
	u64 entry = 0;

	lockdep_assert_held(&mock_engine_lock);
	if (page)
		entry = READ_ONCE(*(u64 *)(page_address(page) +
					   offset_in_page(at)));
	channel->interrupt = entry & ENTRY_INTERRUPT;
	channel->left = max_t(u64, entry & ~ENTRY_INTERRUPT, JOB_MIN_NS);
	channel->started = true;
}

void mock_channel_done(struct mock_channel *channel)
{
	lockdep_assert_held(&mock_engine_lock);
	channel->started = false;
	channel->get = (channel->get + 1) % channel->entries;
	/* The client may write over the entry when it sees this. */
	smp_store_release(&channel->userd[USERD_GP_GET / 4], channel->get);
	if (channel->interrupt && channel->owner)
		mock_file_event(channel->owner);
}
