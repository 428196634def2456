// SPDX-License-Identifier: GPL-2.0
/*
 * The judge of time on a driver without a scheduler of its own, as virtio-gpu.
 *
 * Such a driver emits a fence as it queues work and the device signals it as
 * that is done, one after the other. So a fence has kept the device busy from
 * when it was emitted, or the one before it was signalled, whatever was later,
 * to when it is signalled. It counts for the cgroup of the task that emitted
 * it. Both moments are those of the kernel's tracepoints; a fence is known by
 * its context and number, and never looked into after.
 */
#include <linux/dma-fence.h>
#include <linux/hash.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>

#include "fence.h"

#define SLOTS	4096	/* a power of two; fences in flight at one time */

static struct slot {
	u64 context, seqno, emitted;
	struct observer_group *group;
} slots[SLOTS];

static u64 busy_until;
static u64 lost;
static DEFINE_RAW_SPINLOCK(lock);	/* protects all of the above */

static struct tracepoint *emit, *signaled;

static struct slot *slot_of(const struct dma_fence *fence)
{
	return &slots[hash_64(fence->context * 31 + fence->seqno, 12)];
}

static void on_emit(void *data, struct dma_fence *fence)
{
	struct observer_group *group = observer_group_now();
	struct slot *slot = slot_of(fence);
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	if (slot->group)
		lost++;
	*slot = (struct slot) {
		.context = fence->context,
		.seqno = fence->seqno,
		.emitted = ktime_get_ns(),
		.group = group,
	};
	raw_spin_unlock_irqrestore(&lock, flags);
}

static void on_signaled(void *data, struct dma_fence *fence)
{
	struct observer_group *group = NULL;
	struct slot *slot = slot_of(fence);
	u64 now = ktime_get_ns(), from;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	if (slot->group && slot->context == fence->context &&
	    slot->seqno == fence->seqno) {
		group = slot->group;
		slot->group = NULL;
		from = max(slot->emitted, busy_until);
		busy_until = now;
	}
	raw_spin_unlock_irqrestore(&lock, flags);
	if (group && now > from)
		observer_busy(group, now - from);
}

static void find(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "dma_fence_emit"))
		emit = tp;
	else if (!strcmp(tp->name, "dma_fence_signaled"))
		signaled = tp;
}

int fence_create(void)
{
	int ret;

	for_each_kernel_tracepoint(find, NULL);
	if (!emit || !signaled)
		return -ENOENT;
	ret = tracepoint_probe_register(emit, on_emit, NULL);
	if (ret)
		return ret;
	ret = tracepoint_probe_register(signaled, on_signaled, NULL);
	if (ret)
		tracepoint_probe_unregister(emit, on_emit, NULL);
	return ret;
}

void fence_destroy(void)
{
	tracepoint_probe_unregister(signaled, on_signaled, NULL);
	tracepoint_probe_unregister(emit, on_emit, NULL);
	tracepoint_synchronize_unregister();
}

u64 fence_lost(void)
{
	return READ_ONCE(lost);
}
