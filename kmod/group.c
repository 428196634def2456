// SPDX-License-Identifier: GPL-2.0
/*
 * Lifetime of groups.
 *
 * Groups are looked up by cgroup id without a lock and made under
 * vgpu_group_lock, root first. A group leaves when its cgroup is removed: it
 * can no longer be found, its limits fall, and what remains of it, if objects
 * of it still live, is a link in the chain from their charges to the parent,
 * which holds them now.
 *
 * The kernel tells of a removal through the tracepoint cgroup_rmdir, with
 * interrupts off; only the group is noted there and a work item does the rest.
 * A group made at the same moment is safe: whoever comes second, the maker who
 * looks at the cgroup's state after inserting or the tracepoint that looks the
 * group up after the state changed, sees the other.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cgroup.h>
#include <linux/moduleparam.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include "account.h"
#include "device.h"
#include "event.h"
#include "group.h"

DEFINE_MUTEX(vgpu_group_lock);	/* protects births, deaths and limits */

static const struct rhashtable_params group_params = {
	.key_len = sizeof(u64),
	.key_offset = offsetof(struct vgpu_group, id),
	.head_offset = offsetof(struct vgpu_group, node),
	.automatic_shrinking = true,
};

static struct rhashtable groups;	/* written under vgpu_group_lock */
static struct rb_root by_serial = RB_ROOT;	/* under vgpu_group_lock */
static struct vgpu_group *last_walked;	/* in by_serial; likewise */
static u64 last_serial;			/* under vgpu_group_lock */
static unsigned int count;		/* written under vgpu_group_lock */
static unsigned int generation;		/* likewise */

static unsigned long kernel_memory_max = 64UL << 20;
module_param(kernel_memory_max, ulong, 0644);
MODULE_PARM_DESC(kernel_memory_max,
		 "Bytes of kernel memory for the tasks of a group made from now on (default 64 MiB)");

static void retire_dying(struct work_struct *work);
static DECLARE_WORK(retire_work, retire_dying);
static LLIST_HEAD(dying);
static struct tracepoint *rmdir_tracepoint;
static atomic_t alive = ATOMIC_INIT(0);	/* allocated, retired ones too */

void vgpu_group_get(struct vgpu_group *group)
{
	refcount_inc(&group->refs);
}

static void free_group(struct rcu_head *rcu)
{
	struct vgpu_group *group = container_of(rcu, struct vgpu_group, rcu);

	vgpu_group_uncharge_kmem(group->parent, sizeof(*group));
	vgpu_group_put(group->parent);
	kfree(group);
	atomic_dec(&alive);
}

/**
 * vgpu_group_put - drop a reference
 * @group: may be NULL
 *
 * Context: Any.
 */
void vgpu_group_put(struct vgpu_group *group)
{
	if (group && refcount_dec_and_test(&group->refs))
		call_rcu(&group->rcu, free_group);
}

/**
 * vgpu_group_find - look a group up
 * @id: cgroup id
 *
 * Context: Any.
 * Return: a reference, or NULL where that cgroup has no group.
 */
struct vgpu_group *vgpu_group_find(u64 id)
{
	struct vgpu_group *group;

	rcu_read_lock();
	group = rhashtable_lookup(&groups, &id, group_params);
	if (group && !refcount_inc_not_zero(&group->refs))
		group = NULL;
	rcu_read_unlock();
	return group;
}

static void link_serial(struct vgpu_group *group)
{
	struct rb_node **link = &by_serial.rb_node, *above = NULL;

	group->serial = ++last_serial;
	while (*link) {
		above = *link;
		link = &above->rb_right;	/* the newest is the last */
	}
	rb_link_node(&group->by_serial, above, link);
	rb_insert_color(&group->by_serial, &by_serial);
}

/* Whoever walks asks for the one after that which was given last. */
static struct vgpu_group *first_after(u64 serial)
{
	struct rb_node *node = by_serial.rb_node, *found = NULL;

	lockdep_assert_held(&vgpu_group_lock);

	if (last_walked && last_walked->serial == serial)
		return rb_entry_safe(rb_next(&last_walked->by_serial),
				     struct vgpu_group, by_serial);
	while (node) {
		if (rb_entry(node, struct vgpu_group, by_serial)->serial >
		    serial) {
			found = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return rb_entry_safe(found, struct vgpu_group, by_serial);
}

/**
 * vgpu_group_next - walk the groups in the order of their birth
 * @serial: of the last one seen, 0 to begin
 *
 * Context: May sleep; takes vgpu_group_lock.
 * Return: a reference to the next living group, or NULL.
 */
struct vgpu_group *vgpu_group_next(u64 serial)
{
	struct vgpu_group *next;

	mutex_lock(&vgpu_group_lock);
	next = first_after(serial);
	last_walked = next;
	if (next)
		vgpu_group_get(next);
	mutex_unlock(&vgpu_group_lock);
	return next;
}

unsigned int vgpu_group_count(void)
{
	return READ_ONCE(count);
}

/**
 * vgpu_group_changed - what dumps show of groups has changed
 *
 * Context: vgpu_group_lock held.
 */
void vgpu_group_changed(void)
{
	lockdep_assert_held(&vgpu_group_lock);

	WRITE_ONCE(generation, generation + 1);
}

/* Does the kernel tell of cgroups that are removed? */
bool vgpu_group_cgroup_events(void)
{
	return rmdir_tracepoint;
}

/**
 * vgpu_group_each - show every living group
 * @show: gets each in the order of their birth; may not sleep for long
 *
 * Context: vgpu_group_lock held.
 */
void vgpu_group_each(void (*show)(struct vgpu_group *group))
{
	struct rb_node *node;

	lockdep_assert_held(&vgpu_group_lock);

	for (node = rb_first(&by_serial); node; node = rb_next(node))
		show(rb_entry(node, struct vgpu_group, by_serial));
}

/* Changes with every group that comes or goes and every limit that is set. */
unsigned int vgpu_group_generation(void)
{
	return READ_ONCE(generation);
}

/* Make one group from @fresh; its parent's stands already. */
static int insert(struct vgpu_group *fresh, struct cgroup *cgrp,
		  struct vgpu_group *parent)
{
	int ret;

	lockdep_assert_held(&vgpu_group_lock);

	ret = vgpu_group_charge_tree(parent, sizeof(*fresh));
	if (ret)
		return ret;
	fresh->id = cgroup_id(cgrp);
	fresh->depth = cgrp->level;
	fresh->parent = parent;
	fresh->kmem_max = parent ? READ_ONCE(kernel_memory_max) :
				   VGPU_UNLIMITED;
	refcount_set(&fresh->refs, 1);
	INIT_LIST_HEAD(&fresh->accounts);
	ret = rhashtable_lookup_insert_fast(&groups, &fresh->node,
					    group_params);
	if (ret) {
		vgpu_group_uncharge_kmem(parent, sizeof(*fresh));
		return ret;
	}
	vgpu_freezer_look(fresh, cgrp);
	if (parent)
		vgpu_group_get(parent);
	link_serial(fresh);
	atomic_inc(&alive);
	WRITE_ONCE(count, count + 1);
	WRITE_ONCE(generation, generation + 1);
	return 0;
}

static void note_gone(struct vgpu_group *group)
{
	if (atomic_xchg(&group->going, 1))
		return;
	vgpu_group_get(group);
	if (llist_add(&group->dying, &dying))
		schedule_work(&retire_work);
}

/* The group of one level of the path to @cgrp, or the first that lacks one. */
static struct vgpu_group *climb_down(struct cgroup *cgrp,
				     struct cgroup **missing,
				     struct vgpu_group **parent)
{
	struct vgpu_group *group = NULL;
	struct cgroup *at;
	int level;
	u64 id;

	lockdep_assert_held(&vgpu_group_lock);

	for (level = 0; level <= cgrp->level; level++) {
		at = cgroup_ancestor(cgrp, level);
		id = cgroup_id(at);
		*parent = group;
		group = rhashtable_lookup_fast(&groups, &id, group_params);
		if (!group) {
			*missing = at;
			return NULL;
		}
	}
	return group;
}

/**
 * vgpu_group_cgroup - the cgroup whose group a task belongs to
 * @task: whose
 *
 * Context: Any, under RCU.
 * Return: that of the task, or its ancestor at VGPU_GROUP_DEPTH_MAX.
 */
struct cgroup *vgpu_group_cgroup(struct task_struct *task)
{
	struct cgroup *cgrp = task_dfl_cgroup(task);

	return cgrp->level > VGPU_GROUP_DEPTH_MAX ?
	       cgroup_ancestor(cgrp, VGPU_GROUP_DEPTH_MAX) : cgrp;
}

/**
 * vgpu_group_of - a cgroup's group, made with those of its ancestors
 * @cgrp: of the v2 hierarchy, referenced by the caller
 *
 * Context: May sleep. Takes vgpu_group_lock.
 * Return: a reference, or an ERR_PTR: -ENOMEM, also where the kernel memory
 * allowed to an ancestor is used up; -E2BIG below VGPU_GROUP_DEPTH_MAX.
 */
struct vgpu_group *vgpu_group_of(struct cgroup *cgrp)
{
	struct vgpu_group *group, *parent, *fresh = NULL;
	struct cgroup *missing;
	int ret = 0;

	if (cgrp->level > VGPU_GROUP_DEPTH_MAX)
		return ERR_PTR(-E2BIG);
	group = vgpu_group_find(cgroup_id(cgrp));
	while (!group && !ret) {
		mutex_lock(&vgpu_group_lock);
		group = climb_down(cgrp, &missing, &parent);
		if (group) {
			vgpu_group_get(group);
		} else if (fresh) {
			ret = insert(fresh, missing, parent);
			if (!ret) {
				/* Against a removal that missed us. */
				smp_mb();
				if (!(READ_ONCE(missing->self.flags) &
				      CSS_ONLINE))
					note_gone(fresh);
				fresh = NULL;
			}
		}
		mutex_unlock(&vgpu_group_lock);

		if (!group && !ret && !fresh) {
			fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
			if (!fresh)
				ret = -ENOMEM;
		}
	}
	kfree(fresh);
	return group ?: ERR_PTR(ret);
}

/**
 * vgpu_group_current - the group of the caller's cgroup, made where missing
 *
 * Context: May sleep. Takes vgpu_group_lock.
 * Return: a reference, or an ERR_PTR as vgpu_group_of().
 */
struct vgpu_group *vgpu_group_current(void)
{
	struct vgpu_group *group;
	struct cgroup *cgrp;

	/* One may be moved and the old cgroup removed meanwhile: again. */
	do {
		rcu_read_lock();
		cgrp = vgpu_group_cgroup(current);
		group = vgpu_group_find(cgroup_id(cgrp));
		if (!group && !cgroup_tryget(cgrp))
			cgrp = NULL;
		rcu_read_unlock();
	} while (!cgrp);
	if (group)
		return group;
	group = vgpu_group_of(cgrp);
	cgroup_put(cgrp);
	return group;
}

static void retire(struct vgpu_group *group)
{
	struct vgpu_account *account, *next;

	mutex_lock(&vgpu_group_lock);
	group->dead = true;
	/* Nobody could thaw it any more. */
	group->frozen = false;
	group->cgroup_frozen = false;
	list_for_each_entry_safe(account, next, &group->accounts, sibling)
		vgpu_account_retire(account);
	WRITE_ONCE(group->limited, 0);
	rhashtable_remove_fast(&groups, &group->node, group_params);
	rb_erase(&group->by_serial, &by_serial);
	if (last_walked == group)
		last_walked = NULL;
	WRITE_ONCE(count, count - 1);
	WRITE_ONCE(generation, generation + 1);
	mutex_unlock(&vgpu_group_lock);

	vgpu_group_put(group);
}

static void retire_dying(struct work_struct *work)
{
	struct llist_node *gone = llist_del_all(&dying);
	struct vgpu_group *group, *next;
	struct vgpu_event event = {
		.type = VGPU_EVENT_TYPE_GROUP_REMOVED,
	};

	llist_for_each_entry_safe(group, next, gone, dying) {
		event.cgroup = group->id;
		/* While it is found: listeners above it are looked for by it. */
		vgpu_event_post(&event);
		retire(group);
		vgpu_group_put(group);
	}
}

/* Interrupts are off and a lock of the tracepoint is held: only take note. */
static void saw_rmdir(void *data, struct cgroup *cgrp, const char *path)
{
	u64 id = cgroup_id(cgrp);
	struct vgpu_group *group;

	smp_mb();	/* against vgpu_group_of(), which inserts, then looks */
	group = vgpu_group_find(id);
	if (!group)
		return;
	note_gone(group);
	vgpu_group_put(group);
}

/**
 * vgpu_group_limited - does a quota bind this group on any device?
 * @group: it and its ancestors are looked at
 *
 * Context: Any.
 */
bool vgpu_group_limited(struct vgpu_group *group)
{
	for (; group; group = group->parent)
		if (READ_ONCE(group->limited))
			return true;
	return false;
}

static __always_inline bool is_limited(const struct vgpu_group *group)
{
	return READ_ONCE(group->limited);
}

static __always_inline bool is_frozen(const struct vgpu_group *group)
{
	return READ_ONCE(group->frozen);
}

/* Of the caller's group or one above, if it has any. */
static __always_inline bool current_any(bool (*is)(const struct vgpu_group *))
{
	struct vgpu_group *group;
	struct cgroup *cgrp;
	bool any = false;
	u64 id;

	rcu_read_lock();
	for (cgrp = vgpu_group_cgroup(current); cgrp && !any;
	     cgrp = cgroup_parent(cgrp)) {
		id = cgroup_id(cgrp);
		group = rhashtable_lookup(&groups, &id, group_params);
		any = group && is(group);
	}
	rcu_read_unlock();
	return any;
}

/**
 * vgpu_group_current_limited - does a quota bind the caller on any device?
 *
 * Context: Any.
 */
bool vgpu_group_current_limited(void)
{
	return current_any(is_limited);
}

/**
 * vgpu_group_current_frozen - did an operator freeze the caller's work?
 *
 * Its tasks run: who has them frozen, too, has no callers.
 *
 * Context: Any.
 */
bool vgpu_group_current_frozen(void)
{
	return current_any(is_frozen);
}

/* The id of the caller's cgroup, whether it has a group or not. Any context. */
u64 vgpu_group_current_id(void)
{
	u64 id;

	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
	return id;
}

/**
 * vgpu_group_set_kmem_max - bound the kernel memory of a group and all below
 * @group: whose
 * @bytes: VGPU_UNLIMITED lifts; below what is held, nothing more is let in
 *
 * Context: May sleep; takes vgpu_group_lock.
 */
void vgpu_group_set_kmem_max(struct vgpu_group *group, u64 bytes)
{
	mutex_lock(&vgpu_group_lock);
	WRITE_ONCE(group->kmem_max, bytes);
	WRITE_ONCE(group->kmem_bound, true);
	WRITE_ONCE(generation, generation + 1);
	mutex_unlock(&vgpu_group_lock);
}

static void find_rmdir(struct tracepoint *tp, void *found)
{
	if (!strcmp(tp->name, "cgroup_rmdir"))
		*(struct tracepoint **)found = tp;
}

int vgpu_group_init(void)
{
	struct tracepoint *tp = NULL;
	int ret;

	ret = rhashtable_init(&groups, &group_params);
	if (ret)
		return ret;
	/* The tracepoint is not exported by name. */
	for_each_kernel_tracepoint(find_rmdir, &tp);
	if (tp && !tracepoint_probe_register(tp, saw_rmdir, NULL))
		rmdir_tracepoint = tp;
	else
		pr_warn("removed cgroups are not noticed: no tracepoint cgroup_rmdir\n");
	return 0;
}

/* When no backend is left and no object lives. */
void vgpu_group_deinit(void)
{
	struct vgpu_group *group;

	if (rmdir_tracepoint) {
		tracepoint_probe_unregister(rmdir_tracepoint, saw_rmdir, NULL);
		tracepoint_synchronize_unregister();
	}
	flush_work(&retire_work);
	while ((group = vgpu_group_next(0))) {
		retire(group);
		vgpu_group_put(group);
	}
	/*
	 * Each freed account and group drops its parent: a period a level.
	 * Once more for the last callback to return into text of ours.
	 */
	do {
		rcu_barrier();
	} while (atomic_read(&alive));
	rcu_barrier();
	rhashtable_destroy(&groups);
}
