/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What vgpu keeps for one cgroup (v2), keyed by the 64-bit cgroup id.
 *
 * A group comes into being when its cgroup first uses a device or is first
 * given a quota, together with the groups of all its ancestors, so a quota
 * set later on a parent already has its sum. It holds the cgroup's id, never
 * a reference to it: a charge must not keep a removed cgroup alive.
 */
#ifndef _VGPU_GROUP_H
#define _VGPU_GROUP_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

#include <linux/vgpu.h>

struct cgroup;
struct task_struct;
struct vgpu_account;

/*
 * Serialises the birth of groups and accounts, their retirement, and every
 * change of a limit. Never held across a call into a driver, and never taken
 * by a charge to an account that exists.
 */
extern struct mutex vgpu_group_lock;

/**
 * struct vgpu_group - one cgroup
 * @id: cgroup id (kernfs id), immutable
 * @depth: 0 for the root, immutable
 * @node: in the table of groups, under vgpu_group_lock; read under RCU
 * @by_serial: in the tree of live groups by @serial, under vgpu_group_lock
 * @serial: order of birth, for dumps that go on where they stopped; immutable
 * @parent: owned reference, immutable; NULL for the root
 * @refs: one while the cgroup lives, one for each child, account and look-up
 * @dead: the cgroup was removed; set once, under vgpu_group_lock
 * @limited: how many of its accounts have a limit; written under
 *	vgpu_group_lock, read locklessly
 * @kmem: bytes of kernel memory held for this group and all below it
 * @kmem_max: bound on @kmem; written under vgpu_group_lock
 * @kmem_bound: an operator set it, and it binds all below, too; likewise
 * @frozen: an operator froze its work on all devices; written under
 *	vgpu_group_lock
 * @cgroup_frozen: the cgroup freezer froze its tasks; likewise
 * @freezing: what @cgroup_frozen is to be; set by any context
 * @accounts: its accounts, under vgpu_group_lock; read under RCU
 * @going: its cgroup was seen to go; set once, by any context
 * @dying: in the list of groups to retire, from then on
 * @rcu: defers the free past lockless look-ups
 */
struct vgpu_group {
	u64 id;
	unsigned int depth;
	struct rhash_head node;
	struct rb_node by_serial;
	u64 serial;
	struct vgpu_group *parent;
	refcount_t refs;
	bool dead;
	unsigned int limited;
	atomic64_t kmem;
	u64 kmem_max;
	bool kmem_bound;
	bool frozen;
	bool cgroup_frozen;
	bool freezing;
	struct list_head accounts;
	atomic_t going;
	struct llist_node dying;
	struct rcu_head rcu;
};

/*
 * What is deeper belongs to the group of its ancestor there: a charge visits each
 * level, and whoever may make cgroups may make them as deep as they like.
 */
#define VGPU_GROUP_DEPTH_MAX	64

int vgpu_group_init(void);
void vgpu_group_deinit(void);

struct vgpu_group *vgpu_group_find(u64 id);
struct vgpu_group *vgpu_group_of(struct cgroup *cgrp);
struct vgpu_group *vgpu_group_current(void);
struct cgroup *vgpu_group_cgroup(struct task_struct *task);
struct vgpu_group *vgpu_group_next(u64 serial);
void vgpu_group_get(struct vgpu_group *group);
void vgpu_group_put(struct vgpu_group *group);
unsigned int vgpu_group_count(void);
unsigned int vgpu_group_generation(void);
bool vgpu_group_cgroup_events(void);
void vgpu_group_changed(void);
void vgpu_group_each(void (*show)(struct vgpu_group *group));

bool vgpu_group_limited(struct vgpu_group *group);
bool vgpu_group_current_limited(void);
bool vgpu_group_current_frozen(void);
u64 vgpu_group_current_id(void);

int vgpu_group_charge_kmem(struct vgpu_group *group, u64 bytes);
int vgpu_group_charge_tree(struct vgpu_group *group, u64 bytes);
void vgpu_group_uncharge_kmem(struct vgpu_group *group, u64 bytes);
void vgpu_group_set_kmem_max(struct vgpu_group *group, u64 bytes);

/*
 * Take kernel memory from one level of a climb, or leave it as it was; @own at
 * the lowest, see kmem.c.
 */
static inline bool vgpu_group_take_kmem(struct vgpu_group *level, u64 bytes,
					bool own)
{
	s64 now = atomic64_add_return(bytes, &level->kmem);

	if ((u64)now <= READ_ONCE(level->kmem_max) ||
	    !(own || READ_ONCE(level->kmem_bound)))
		return true;
	atomic64_sub(bytes, &level->kmem);
	return false;
}

/* freezer.c */
int vgpu_group_freeze(struct vgpu_group *group, bool frozen);
void vgpu_freezer_look(struct vgpu_group *group, const struct cgroup *cgrp);
void vgpu_freezer_init(void);
void vgpu_freezer_deinit(void);

#endif /* _VGPU_GROUP_H */
