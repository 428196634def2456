// SPDX-License-Identifier: GPL-2.0
/*
 * Groups whose work is held: by an operator, on all devices, or because the
 * cgroup freezer holds their tasks.
 *
 * What is in force is changed under vgpu_group_lock. The freezer's tracepoints
 * fire with interrupts off, so they leave a note in the group, and a work item
 * looks at all groups.
 *
 * Nothing here or at a gate holds up the freezer itself: a task that waits for
 * its turn is woken by it as by a signal.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cgroup.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "account.h"
#include "event.h"
#include "group.h"
#include "share.h"

/**
 * vgpu_group_freeze - hold a group's work on all devices, or let it go on
 * @group: its and that of all below it
 * @frozen: which
 *
 * Context: May sleep; takes vgpu_group_lock.
 * Return: 0; -ENODEV where the cgroup is being removed.
 */
int vgpu_group_freeze(struct vgpu_group *group, bool frozen)
{
	struct vgpu_event event = {
		.type = frozen ? VGPU_EVENT_TYPE_GROUP_FROZEN :
				 VGPU_EVENT_TYPE_GROUP_THAWED,
		.cgroup = group->id,
	};
	struct vgpu_account *account;
	bool dead;

	mutex_lock(&vgpu_group_lock);
	dead = group->dead;
	if (!dead) {
		WRITE_ONCE(group->frozen, frozen);
		list_for_each_entry(account, &group->accounts, sibling)
			vgpu_share_apply(account);
		vgpu_group_changed();
	}
	mutex_unlock(&vgpu_group_lock);
	if (dead)
		return -ENODEV;
	vgpu_event_post(&event);
	return 0;
}

static void follow(struct vgpu_group *group)
{
	struct vgpu_account *account;

	lockdep_assert_held(&vgpu_group_lock);

	if (group->cgroup_frozen == READ_ONCE(group->freezing))
		return;
	group->cgroup_frozen = !group->cgroup_frozen;
	list_for_each_entry(account, &group->accounts, sibling)
		vgpu_share_apply(account);
}

static void follow_all(struct work_struct *work)
{
	mutex_lock(&vgpu_group_lock);
	vgpu_group_each(follow);
	mutex_unlock(&vgpu_group_lock);
}

static DECLARE_WORK(follow_work, follow_all);

/**
 * vgpu_freezer_look - see whether the cgroup of a new group is frozen
 * @group: in the table already, so who freezes or thaws from now on finds it
 * @cgrp: its
 *
 * Where that happens just now, what is noted here may be older than the note of
 * who did it: then the cgroup is no longer as it was seen.
 *
 * Context: vgpu_group_lock held.
 */
void vgpu_freezer_look(struct vgpu_group *group, const struct cgroup *cgrp)
{
	bool frozen;

	lockdep_assert_held(&vgpu_group_lock);

	do {
		frozen = test_bit(CGRP_FREEZE, &cgrp->flags);
		WRITE_ONCE(group->freezing, frozen);
		smp_mb();	/* against note(), which comes after a change */
	} while (test_bit(CGRP_FREEZE, &cgrp->flags) != frozen);
	group->cgroup_frozen = frozen;
}

/*
 * Interrupts may be off: only leave a note. Cgroups below are told each by
 * itself.
 */
static void note(struct cgroup *cgrp, bool frozen)
{
	struct vgpu_group *group;

	smp_mb();	/* against vgpu_freezer_look(), after the insertion */
	group = vgpu_group_find(cgroup_id(cgrp));
	if (!group)
		return;
	WRITE_ONCE(group->freezing, frozen);
	schedule_work(&follow_work);
	vgpu_group_put(group);
}

static void saw_freeze(void *data, struct cgroup *cgrp, const char *path)
{
	note(cgrp, true);
}

static void saw_unfreeze(void *data, struct cgroup *cgrp, const char *path)
{
	note(cgrp, false);
}

/* They are not exported by name. */
static struct event {
	const char *name;
	void *probe;
	struct tracepoint *tp;
} events[] = {
	{ .name = "cgroup_freeze", .probe = saw_freeze },
	{ .name = "cgroup_unfreeze", .probe = saw_unfreeze },
};

static void find_events(struct tracepoint *tp, void *data)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		if (!strcmp(tp->name, events[i].name))
			events[i].tp = tp;
}

void vgpu_freezer_init(void)
{
	struct event *event;

	for_each_kernel_tracepoint(find_events, NULL);
	for (event = events; event < events + ARRAY_SIZE(events); event++) {
		if (event->tp && !tracepoint_probe_register(event->tp,
							    event->probe, NULL))
			continue;
		event->tp = NULL;
		pr_warn("the cgroup freezer is not followed: no tracepoint %s\n",
			event->name);
	}
}

void vgpu_freezer_deinit(void)
{
	struct event *event;

	for (event = events; event < events + ARRAY_SIZE(events); event++)
		if (event->tp)
			tracepoint_probe_unregister(event->tp, event->probe,
						    NULL);
	tracepoint_synchronize_unregister();
	cancel_work_sync(&follow_work);
}
