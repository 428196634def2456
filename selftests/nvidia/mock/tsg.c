// SPDX-License-Identifier: GPL-2.0
/*
 * Channel groups: src/nvidia/src/kernel/gpu/fifo/kernel_channel_group.c. Up to
 * their last channel they stay in the run list, whether or not they may run.
 */
#include <linux/bitops.h>
#include <linux/cgroup.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "client.h"
#include "engine.h"

/* kfifoChidMgrAllocChannelGroupHwID(): as many as there are channels */
#define TSGS_MAX 2048

/* NV_RAMRL_ENTRY_TSG_TIMESLICE_TIMEOUT, _SCALE: volta/gv100/dev_ram.h */
#define TIMEOUT_BITS	8
#define SCALE_MAX	15
/* kfifoChannelGroupGetDefaultTimeslice_GV100, kernel_fifo_gv100.c */
#define DEFAULT_US	(128 << 3)

/* "The input will be rounded down to a valid hardware value", ctrla06c.h. */
static u64 hardware_us(u64 us)
{
	int scale = fls64(us) - TIMEOUT_BITS;

	if (scale > SCALE_MAX)
		return ((1ULL << TIMEOUT_BITS) - 1) << SCALE_MAX;
	return scale > 0 ? us >> scale << scale : us;
}

/* In force at once, for the slice that runs, too. */
void mock_tsg_timeslice(struct mock_tsg *tsg, u64 us)
{
	unsigned long flags;

	spin_lock_irqsave(&mock_engine_lock, flags);
	mock_runlist_advance(tsg->runlist);
	tsg->timeslice = us;
	tsg->slice = hardware_us(us) * 1000;
	mock_runlist_kick(tsg->runlist);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
}

u64 mock_current_cgroup(void)
{
	u64 id;

	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
	return id;
}

/**
 * mock_tsg_construct() - a channel group
 * @object: a new group
 * @engine: NV2080_ENGINE_TYPE
 *
 * Context: With the RM lock. May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 mock_tsg_construct(struct mock_object *object, u32 engine)
{
	struct mock_runlist *list = mock_runlist_find(object->gpu, engine);
	struct mock_tsg *tsg;
	unsigned long flags;
	int id;

	if (!list)
		return NV_ERR_INVALID_ARGUMENT;
	tsg = kzalloc(sizeof(*tsg), GFP_KERNEL);
	if (!tsg)
		return NV_ERR_NO_MEMORY;
	id = ida_alloc_max(&list->tsg_ids, TSGS_MAX - 1, GFP_KERNEL);
	if (id < 0) {
		kfree(tsg);
		return NV_ERR_INSUFFICIENT_RESOURCES;
	}
	tsg->runlist = list;
	tsg->id = id;
	tsg->client = object->client->root.handle;
	tsg->handle = object->handle;
	tsg->handles = 1;
	tsg->pid = task_tgid_nr(current);
	tsg->cgroup = mock_current_cgroup();
	tsg->timeslice = DEFAULT_US;
	tsg->slice = DEFAULT_US * 1000;
	INIT_LIST_HEAD(&tsg->channels);
	INIT_LIST_HEAD(&tsg->members);
	object->tsg = tsg;
	spin_lock_irqsave(&mock_engine_lock, flags);
	list_add_tail(&tsg->node, &list->tsgs);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return NV_OK;
}

/*
 * One more handle to a group, or none: all of them stand for it, and channels may
 * be made below each (kchangrpapiCopyConstruct_IMPL, kernel_channel_group_api.c).
 */
struct mock_tsg *mock_tsg_get(struct mock_tsg *tsg)
{
	if (tsg)
		tsg->handles++;
	return tsg;
}

/* With the last handle goes the group (kchangrpapiDestruct_IMPL). */
void mock_tsg_put(struct mock_tsg *tsg)
{
	unsigned long flags;

	if (!tsg || --tsg->handles)
		return;
	spin_lock_irqsave(&mock_engine_lock, flags);
	mock_runlist_leave(tsg);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	ida_free(&tsg->runlist->tsg_ids, tsg->id);
	kfree(tsg);
}

/* Channels below this handle are gone. */
void mock_tsg_destroy(struct mock_object *object)
{
	mock_tsg_put(object->tsg);
	object->tsg = NULL;
}

static bool left(struct mock_tsg *tsg, u64 unloads)
{
	unsigned long flags;
	bool gone;

	spin_lock_irqsave(&mock_engine_lock, flags);
	gone = tsg->runlist->loaded != tsg || tsg->unloads != unloads;
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return gone;
}

/**
 * mock_tsg_preempt() - take a group off the engine, if it is there
 * @tsg: the group
 * @wait: until it is off
 * @timeout_us: for how long at most
 *
 * A group that may still run is put back at its next turn.
 *
 * Context: With the RM lock, which is held while it waits, as the driver holds
 * its API lock for the RPC to the GPU's firmware.
 * Return: NV_OK or NV_ERR_TIMEOUT.
 */
u32 mock_tsg_preempt(struct mock_tsg *tsg, bool wait, u32 timeout_us)
{
	struct mock_runlist *list = tsg->runlist;
	unsigned long flags;
	u64 unloads;

	spin_lock_irqsave(&mock_engine_lock, flags);
	mock_runlist_advance(list);
	unloads = tsg->unloads;
	mock_runlist_preempt(tsg);
	mock_runlist_kick(list);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	if (!wait ||
	    wait_event_timeout(list->wait, left(tsg, unloads),
			       usecs_to_jiffies(timeout_us) + 1))
		return NV_OK;
	return NV_ERR_TIMEOUT;
}
