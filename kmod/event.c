// SPDX-License-Identifier: GPL-2.0
/*
 * From where something happens to where it is told.
 *
 * Problem: events are posted in any context, and a tenant can cause them as
 * fast as it can make system calls; messages are built where one may sleep.
 *
 * Model: a ring of fixed size between the two. What happens again (the same
 * type, cgroup, device, driver and route) while the first still waits in the
 * ring adds to its count and takes its place in everything else, so that a
 * listener sees how often, and what it was last. A work item empties the ring,
 * at once after a quiet time and otherwise every PAUSE: a flood from one cgroup
 * costs a message a PAUSE. Where the ring is full, events are counted and
 * dropped, and an event "lost" says how many.
 *
 * The group an event concerns is held from the post on, for its cgroup may
 * be gone before listeners below some directory are looked for.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "event.h"
#include "group.h"
#include "netlink.h"

#define RING	256
#define PAUSE	max(1, HZ / 50)

/**
 * struct slot - an event that waits
 * @event: owned copy
 * @group: it concerns, owned; may be NULL
 */
struct slot {
	struct vgpu_event event;
	struct vgpu_group *group;
};

static DEFINE_RAW_SPINLOCK(ring_lock);	/* protects all of the ring */
static struct slot *ring;		/* RING of them */
static unsigned int first;		/* the oldest that waits */
static unsigned int used;		/* how many wait */
static u64 lost;			/* since the last that was told */

static void send_waiting(struct work_struct *work);
static DECLARE_DELAYED_WORK(send_work, send_waiting);
static unsigned long last_sent;		/* jiffies; racy, a hint */

static bool same(const struct vgpu_event *a, const struct vgpu_event *b)
{
	return a->type == b->type && a->cgroup == b->cgroup &&
	       a->device == b->device && !strcmp(a->route, b->route) &&
	       !strcmp(a->driver, b->driver);
}

static struct slot *find_waiting(const struct vgpu_event *event)
{
	unsigned int i;

	lockdep_assert_held(&ring_lock);

	/* What floods is young. */
	for (i = used; i--;) {
		struct slot *slot = &ring[(first + i) % RING];

		if (same(&slot->event, event))
			return slot;
	}
	return NULL;
}

/* Returns whether the slot took the caller's reference to @group. */
static bool add(const struct vgpu_event *event, struct vgpu_group *group)
{
	struct slot *slot = find_waiting(event);
	bool fresh = !slot;
	u64 count = event->count ?: 1;

	lockdep_assert_held(&ring_lock);

	if (slot) {
		count += slot->event.count;
	} else if (used < RING) {
		slot = &ring[(first + used++) % RING];
		slot->group = group;
	} else {
		lost += count;
		return false;
	}
	slot->event = *event;
	slot->event.count = count;
	if (!slot->event.time)
		slot->event.time = ktime_get_boottime_ns();
	return fresh;
}

/**
 * vgpu_event_post - tell that something happened
 * @event: copied; a zero time is filled in with now, a zero count counts one
 *
 * Context: Any but NMI, between vgpu_event_init() and vgpu_event_deinit().
 */
void vgpu_event_post(const struct vgpu_event *event)
{
	struct vgpu_group *group = NULL;
	unsigned long flags, due;
	bool taken;

	if (event->cgroup)
		group = vgpu_group_find(event->cgroup);
	raw_spin_lock_irqsave(&ring_lock, flags);
	taken = add(event, group);
	raw_spin_unlock_irqrestore(&ring_lock, flags);
	if (!taken)
		vgpu_group_put(group);

	due = READ_ONCE(last_sent) + PAUSE;
	schedule_delayed_work(&send_work, time_before(jiffies, due) ? PAUSE : 0);
}
EXPORT_SYMBOL_GPL(vgpu_event_post);

static bool take(struct slot *slot)
{
	bool taken = false;

	raw_spin_lock_irq(&ring_lock);
	if (used) {
		*slot = ring[first];
		first = (first + 1) % RING;
		used--;
		taken = true;
	} else if (lost) {
		*slot = (struct slot){
			.event = {
				.type = VGPU_EVENT_TYPE_LOST,
				.time = ktime_get_boottime_ns(),
				.count = lost,
			},
		};
		lost = 0;
		taken = true;
	}
	raw_spin_unlock_irq(&ring_lock);
	return taken;
}

/* One ring full at most, so that a flood cannot hold the worker for ever. */
static void send_waiting(struct work_struct *work)
{
	struct slot slot;
	int i;

	WRITE_ONCE(last_sent, jiffies);
	for (i = 0; i <= RING; i++) {
		if (!take(&slot))
			return;
		vgpu_nl_event_send(&slot.event, slot.group);
		vgpu_group_put(slot.group);
	}
	schedule_delayed_work(&send_work, PAUSE);
}

/**
 * vgpu_event_init - get ready for the first post
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int vgpu_event_init(void)
{
	ring = vzalloc(array_size(RING, sizeof(*ring)));
	last_sent = jiffies - PAUSE;
	return ring ? 0 : -ENOMEM;
}

/**
 * vgpu_event_deinit - after the last post
 *
 * Context: May sleep.
 */
void vgpu_event_deinit(void)
{
	flush_delayed_work(&send_work);
	cancel_delayed_work_sync(&send_work);
	vfree(ring);
}
