// SPDX-License-Identifier: GPL-2.0
/*
 * Hierarchical charging.
 *
 * Problem: many tasks of many cgroups create objects at once, and no sample
 * at any moment may show a group one byte above its limit.
 *
 * Model: as in mm/page_counter.c, a charge climbs from the account of the
 * caller's cgroup to the root and is taken at each level or, from the first
 * level that has no room, taken back below. Unlike page_counter, a level is
 * raised by compare-and-swap against its limit and never by add-then-check, so
 * usage does not overshoot even for an instant.
 *
 * What follows from it:
 *  - While one charge climbs, those below hold bytes that may yet be given
 *    back. A racing charge can be refused on their account although both
 *    would not have failed one after the other. Refusing early is the safe
 *    side, and memcg does the same.
 *  - Usage is above a limit only where the limit was set below it, or where
 *    objects were adopted. Then nothing more is let in.
 *  - A limit is read once per attempt without a lock. A charge that races with
 *    a change obeys the old limit or the new.
 *
 * Worked example: pod 100, containers A (max 80, uses 60) and B (max 80, uses
 * 30). A asks for 15: A has room (75 <= 80), the pod has not (105 > 100), A
 * gives 15 back, and the pod is named as the limiting account.
 */
#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "account.h"
#include "device.h"
#include "group.h"
#include "share.h"
#include "trace.h"

/* In every allocation: these cost a third of jhash() and memcmp(). */
static u32 hash_key(const void *data, u32 len, u32 seed)
{
	const struct vgpu_account_key *key = data;

	return hash_64((key->group << 6 ^ key->device) + seed, 32);
}

static int differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct vgpu_account_key *key = arg->key;
	const struct vgpu_account *account = obj;

	return account->key.group != key->group ||
	       account->key.device != key->device;
}

static const struct rhashtable_params account_params = {
	.key_len = sizeof(struct vgpu_account_key),
	.key_offset = offsetof(struct vgpu_account, key),
	.head_offset = offsetof(struct vgpu_account, node),
	.hashfn = hash_key,
	.obj_cmpfn = differs,
	.automatic_shrinking = true,
};

static struct rhashtable accounts;	/* written under vgpu_group_lock */

static struct vgpu_account *lookup(u64 group, u32 device)
{
	const struct vgpu_account_key key = {
		.group = group,
		.device = device,
	};

	return rhashtable_lookup(&accounts, &key, account_params);
}

/**
 * vgpu_account_find - look an account up
 * @group: cgroup id
 * @device: device id
 *
 * Context: Any.
 * Return: a reference, or NULL where that cgroup has none on that device.
 */
struct vgpu_account *vgpu_account_find(u64 group, u32 device)
{
	struct vgpu_account *account;

	rcu_read_lock();
	account = lookup(group, device);
	if (account && !refcount_inc_not_zero(&account->refs))
		account = NULL;
	rcu_read_unlock();
	return account;
}

/* The ids of the caller's cgroup never leave this section, so no reference. */
static struct vgpu_account *find_current(struct vgpu_device *device,
					 bool climb)
{
	struct vgpu_account *account = NULL;
	struct cgroup *cgrp;

	rcu_read_lock();
	cgrp = vgpu_group_cgroup(current);
	do {
		account = lookup(cgroup_id(cgrp), device->id);
		if (account && refcount_inc_not_zero(&account->refs))
			break;
		account = NULL;
		cgrp = cgroup_parent(cgrp);
	} while (climb && cgrp);
	rcu_read_unlock();
	return account;
}

/**
 * vgpu_account_nearest - the account to charge where nothing may be created
 * @device: on which
 *
 * Context: Any.
 * Return: a reference to the account of the caller's cgroup or of its nearest
 * ancestor that has one; NULL only where not even the root has.
 */
struct vgpu_account *vgpu_account_nearest(struct vgpu_device *device)
{
	return find_current(device, true);
}

/**
 * vgpu_account_task - the account of a task's cgroup, made where missing
 * @device: on which
 * @task: whose
 *
 * Context: May sleep; takes vgpu_group_lock where it has to make it.
 * Return: a reference, or an ERR_PTR.
 */
struct vgpu_account *vgpu_account_task(struct vgpu_device *device,
				       struct task_struct *task)
{
	struct vgpu_account *account;
	struct vgpu_group *group;
	struct cgroup *cgrp;

	/* A task may be moved and its old cgroup removed meanwhile: again. */
	do {
		rcu_read_lock();
		cgrp = vgpu_group_cgroup(task);
		if (!cgroup_tryget(cgrp))
			cgrp = NULL;
		rcu_read_unlock();
	} while (!cgrp);

	group = vgpu_group_of(cgrp);
	cgroup_put(cgrp);
	if (IS_ERR(group))
		return ERR_CAST(group);
	account = vgpu_account_of(group, device);
	vgpu_group_put(group);
	return account;
}

/**
 * vgpu_account_current - the account of the caller's cgroup
 * @device: on which
 *
 * Context: May sleep; takes vgpu_group_lock where it has to make it.
 * Return: a reference, or an ERR_PTR.
 */
struct vgpu_account *vgpu_account_current(struct vgpu_device *device)
{
	struct vgpu_account *account = find_current(device, false);

	return account ?: vgpu_account_task(device, current);
}

void vgpu_account_get(struct vgpu_account *account)
{
	refcount_inc(&account->refs);
}

static void free_account(struct rcu_head *rcu)
{
	struct vgpu_account *account = container_of(rcu, struct vgpu_account,
						    rcu);

	vgpu_share_free_all(account);
	vgpu_group_uncharge_kmem(account->group, sizeof(*account));
	vgpu_account_put(account->parent);
	vgpu_device_put(account->device);
	vgpu_group_put(account->group);
	kfree(account);
}

/**
 * vgpu_account_put - drop a reference
 * @account: may be NULL
 *
 * Context: Any.
 */
void vgpu_account_put(struct vgpu_account *account)
{
	if (account && refcount_dec_and_test(&account->refs))
		call_rcu(&account->rcu, free_account);
}

static void init_account(struct vgpu_account *account,
			 struct vgpu_group *group, struct vgpu_device *device)
{
	struct vgpu_account *parent = NULL;
	int mem;

	account->key.group = group->id;
	account->key.device = device->id;
	account->group = group;
	account->device = device;
	if (group->parent)
		parent = lookup(group->parent->id, device->id);
	account->parent = parent;
	refcount_set(&account->refs, 1);
	atomic_set(&account->doubt, VGPU_DOUBT_NEW);
	for (mem = 0; mem < VGPU_MEM_KINDS; mem++)
		account->mem[mem].max = VGPU_UNLIMITED;
}

/* Make @group's account from @fresh; its parent's stands already. */
static int insert(struct vgpu_account *fresh, struct vgpu_group *group,
		  struct vgpu_device *device)
{
	int ret;

	lockdep_assert_held(&vgpu_group_lock);

	ret = vgpu_group_charge_tree(group, sizeof(*fresh));
	if (ret)
		return ret;
	init_account(fresh, group, device);
	ret = rhashtable_lookup_insert_fast(&accounts, &fresh->node,
					    account_params);
	if (ret) {
		vgpu_group_uncharge_kmem(group, sizeof(*fresh));
		return ret;
	}
	vgpu_group_get(group);
	vgpu_device_get(device);
	if (fresh->parent)
		vgpu_account_get(fresh->parent);
	list_add_tail_rcu(&fresh->sibling, &group->accounts);
	vgpu_share_apply(fresh);
	return 0;
}

/* The highest of @group and its ancestors that has no account yet, or NULL. */
static struct vgpu_group *first_missing(struct vgpu_group *group,
					struct vgpu_device *device)
{
	struct vgpu_group *missing = NULL;

	lockdep_assert_held(&vgpu_group_lock);

	for (; group; group = group->parent)
		if (!lookup(group->id, device->id))
			missing = group;
	return missing;
}

/**
 * vgpu_account_of - a group's account, made with those of its ancestors
 * @group: a dead one stands for its nearest living ancestor
 * @device: on which
 *
 * Memory is allocated outside vgpu_group_lock: callers may hold locks of a
 * driver that its shrinker takes too.
 *
 * Context: May sleep. Takes vgpu_group_lock.
 * Return: a reference, or an ERR_PTR: -ENOMEM, also where the kernel memory
 * allowed to the group is used up.
 */
struct vgpu_account *vgpu_account_of(struct vgpu_group *group,
				     struct vgpu_device *device)
{
	struct vgpu_account *fresh = NULL, *account = NULL;
	struct vgpu_group *missing;
	int ret = 0;

	for (;;) {
		mutex_lock(&vgpu_group_lock);
		while (group->dead && group->parent)
			group = group->parent;
		rcu_read_lock();
		missing = first_missing(group, device);
		if (!missing) {
			account = lookup(group->id, device->id);
			vgpu_account_get(account);
		}
		rcu_read_unlock();
		if (missing && fresh) {
			rcu_read_lock();
			ret = insert(fresh, missing, device);
			rcu_read_unlock();
			if (!ret)
				fresh = NULL;
		}
		mutex_unlock(&vgpu_group_lock);

		if (account || ret)
			break;
		if (!fresh)
			fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
		if (!fresh)
			ret = -ENOMEM;
		if (ret)
			break;
	}
	kfree(fresh);
	return account ?: ERR_PTR(ret);
}

/**
 * vgpu_account_retire - let an account of a removed cgroup go
 * @account: its group's reference is given up; what objects hold stays
 *	charged to it and so to its ancestors until they are released
 *
 * Context: vgpu_group_lock held.
 */
void vgpu_account_retire(struct vgpu_account *account)
{
	int mem;

	lockdep_assert_held(&vgpu_group_lock);

	rhashtable_remove_fast(&accounts, &account->node, account_params);
	list_del_rcu(&account->sibling);
	for (mem = 0; mem < VGPU_MEM_KINDS; mem++)
		WRITE_ONCE(account->mem[mem].max, VGPU_UNLIMITED);
	WRITE_ONCE(account->managed, VGPU_MANAGED_UNSET);
	if (account->parent)
		account->parent->mins -= account->compute.min;
	account->compute = (struct vgpu_compute) { };
	vgpu_share_apply(account);
	vgpu_account_put(account);
}

static void raise_peak(struct vgpu_counter *counter, u64 usage)
{
	s64 peak = atomic64_read(&counter->peak);

	while (usage > (u64)peak &&
	       !atomic64_try_cmpxchg(&counter->peak, &peak, usage))
		;
}

/* Usage stays below 2^63: half a million charges of the most that one may be. */
static bool try_raise(struct vgpu_counter *counter, u64 bytes)
{
	s64 old = atomic64_read(&counter->usage);
	u64 max;

	do {
		max = min_t(u64, READ_ONCE(counter->max), S64_MAX);
		if ((u64)old > max || bytes > max - old) {
			atomic64_inc(&counter->refused);
			return false;
		}
	} while (!atomic64_try_cmpxchg(&counter->usage, &old, old + bytes));
	raise_peak(counter, old + bytes);
	return true;
}

static void lower(struct vgpu_counter *counter, u64 bytes)
{
	s64 left = atomic64_sub_return(bytes, &counter->usage);

	if (WARN_ONCE(left < 0, "vgpu: released more than was charged\n"))
		atomic64_cmpxchg(&counter->usage, left, 0);
}

/**
 * vgpu_account_try_charge - take bytes from an account and all above, or none
 * @account: where the climb begins
 * @mem: kind of memory; VGPU_MEM_NONE charges nothing
 * @bytes: how many, as vgpu_chargeable() has it
 * @limiting: on refusal, the account that had no room; borrowed, it lives as
 *	long as @account does
 *
 * Context: Any.
 * Return: 0 or -ENOMEM.
 */
int vgpu_account_try_charge(struct vgpu_account *account, enum vgpu_mem mem,
			    u64 bytes, struct vgpu_account **limiting)
{
	struct vgpu_account *level, *undo;

	if (mem >= VGPU_MEM_KINDS)
		return 0;
	for (level = account; level; level = level->parent)
		if (!try_raise(&level->mem[mem], bytes))
			goto err_undo;
	trace_vgpu_charge(account, mem, bytes);
	return 0;

err_undo:
	for (undo = account; undo != level; undo = undo->parent)
		lower(&undo->mem[mem], bytes);
	*limiting = level;
	return -ENOMEM;
}

/**
 * vgpu_account_charge - take bytes whatever the limits say
 * @account: where the climb begins
 * @mem: kind of memory
 * @bytes: how many
 *
 * For what exists already: adoption, and objects that a driver made larger
 * than it was allowed to where it takes no error.
 *
 * Context: Any.
 */
void vgpu_account_charge(struct vgpu_account *account, enum vgpu_mem mem,
			 u64 bytes)
{
	if (mem >= VGPU_MEM_KINDS)
		return;
	trace_vgpu_charge(account, mem, bytes);
	for (; account; account = account->parent)
		raise_peak(&account->mem[mem],
			   atomic64_add_return(bytes,
					       &account->mem[mem].usage));
}

/**
 * vgpu_account_uncharge - give bytes back to an account and all above
 * @account: where they were charged
 * @mem: kind of memory
 * @bytes: how many
 *
 * Context: Any.
 */
void vgpu_account_uncharge(struct vgpu_account *account, enum vgpu_mem mem,
			   u64 bytes)
{
	if (mem >= VGPU_MEM_KINDS)
		return;
	trace_vgpu_uncharge(account, mem, bytes);
	for (; account; account = account->parent)
		lower(&account->mem[mem], bytes);
}

/**
 * vgpu_account_overhead - say how much of what is charged is overhead
 * @account: where it is charged
 * @mem: kind of memory
 * @bytes: more than before, or less
 *
 * Context: Any.
 */
void vgpu_account_overhead(struct vgpu_account *account, enum vgpu_mem mem,
			   s64 bytes)
{
	if (mem >= VGPU_MEM_KINDS)
		return;
	for (; account; account = account->parent)
		atomic64_add(bytes, &account->mem[mem].overhead);
}

/**
 * vgpu_account_expect - count an object that is about to be made
 * @account: to whom it will be charged
 * @kmem: bytes of kernel memory for it, charged to the account's group
 *
 * In one climb, as vgpu_account_forget(), which undoes it.
 *
 * Context: Any.
 * Return: 0; -ENOMEM where a group has no room for @kmem.
 */
int vgpu_account_expect(struct vgpu_account *account, u64 kmem)
{
	struct vgpu_account *level, *undo;

	for (level = account; level; level = level->parent) {
		if (!vgpu_group_take_kmem(level->group, kmem, level == account))
			goto err_undo;
		atomic64_inc(&level->objects);
	}
	return 0;

err_undo:
	for (undo = account; undo != level; undo = undo->parent) {
		atomic64_dec(&undo->objects);
		atomic64_sub(kmem, &undo->group->kmem);
	}
	return -ENOMEM;
}

/**
 * vgpu_account_count - count an object that is there whatever the bounds say
 * @account: to whom it is charged
 * @kmem: bytes of kernel memory for it, charged to the account's group
 *
 * As vgpu_account_expect(), for what can no longer be refused.
 *
 * Context: Any.
 */
void vgpu_account_count(struct vgpu_account *account, u64 kmem)
{
	for (; account; account = account->parent) {
		atomic64_add(kmem, &account->group->kmem);
		atomic64_inc(&account->objects);
	}
}

/**
 * vgpu_account_forget - give all back that one object stood for
 * @account: where it was charged
 * @mem: kind of memory
 * @bytes: charged for it
 * @kmem: bytes of kernel memory charged for it
 *
 * In one climb, for this is half of the cost of an object: the accounts above
 * an account are those of the groups above its group.
 *
 * Context: Any.
 */
void vgpu_account_forget(struct vgpu_account *account, enum vgpu_mem mem,
			 u64 bytes, u64 kmem)
{
	trace_vgpu_uncharge(account, mem, bytes);
	for (; account; account = account->parent) {
		if (mem < VGPU_MEM_KINDS)
			lower(&account->mem[mem], bytes);
		atomic64_dec(&account->objects);
		atomic64_sub(kmem, &account->group->kmem);
	}
}

static bool has_time(const struct vgpu_account *account)
{
	const struct vgpu_compute *compute = &account->compute;

	return READ_ONCE(compute->max) || READ_ONCE(compute->min) ||
	       READ_ONCE(compute->weight) || READ_ONCE(compute->priority);
}

/**
 * vgpu_account_timed - is anything set of its time?
 * @account: it and its ancestors are looked at
 *
 * Context: Any. Racy: it may be set or lifted at once after.
 */
bool vgpu_account_timed(const struct vgpu_account *account)
{
	for (; account; account = account->parent)
		if (has_time(account))
			return true;
	return false;
}

/**
 * vgpu_account_has_quota - is memory or time of this very group limited?
 * @account: its
 *
 * Context: Any. Racy: a limit may be set or lifted at once after.
 */
bool vgpu_account_has_quota(const struct vgpu_account *account)
{
	return READ_ONCE(account->mem[VGPU_MEM_DEVICE].max) !=
		       VGPU_UNLIMITED ||
	       READ_ONCE(account->mem[VGPU_MEM_SYSTEM].max) !=
		       VGPU_UNLIMITED || has_time(account);
}

/**
 * vgpu_account_limited - does any limit bind here?
 * @account: it and its ancestors are looked at
 *
 * Context: Any. Racy: a limit may be set or lifted at once after.
 */
bool vgpu_account_limited(struct vgpu_account *account)
{
	for (; account; account = account->parent)
		if (vgpu_account_has_quota(account))
			return true;
	return false;
}

/**
 * vgpu_account_limit - the least limit that binds
 * @account: it and its ancestors are looked at
 * @mem: kind of memory
 *
 * Context: Any.
 * Return: bytes, or VGPU_UNLIMITED.
 */
u64 vgpu_account_limit(struct vgpu_account *account, enum vgpu_mem mem)
{
	u64 limit = VGPU_UNLIMITED;

	for (; account; account = account->parent)
		limit = min(limit, READ_ONCE(account->mem[mem].max));
	return limit;
}

/**
 * vgpu_account_limits - the least limits that bind
 * @account: it and its ancestors are looked at
 * @limits: set, by kind of memory, as vgpu_account_limit()
 *
 * In one climb, for dumps of all groups.
 *
 * Context: Any.
 */
void vgpu_account_limits(struct vgpu_account *account,
			 u64 limits[VGPU_MEM_KINDS])
{
	u64 device = VGPU_UNLIMITED, system = VGPU_UNLIMITED;

	for (; account; account = account->parent) {
		device = min(device,
			     READ_ONCE(account->mem[VGPU_MEM_DEVICE].max));
		system = min(system,
			     READ_ONCE(account->mem[VGPU_MEM_SYSTEM].max));
	}
	limits[VGPU_MEM_DEVICE] = device;
	limits[VGPU_MEM_SYSTEM] = system;
}

/**
 * vgpu_account_managed - the policy for managed memory that binds
 * @account: it and its ancestors are looked at
 *
 * The strictest of them. Where memory is limited, only who set the limit may
 * let managed memory go uncharged: a delegate below must not get round it.
 *
 * Context: Any. Racy: a policy may be set at once after.
 * Return: deny, commit or unlimited.
 */
enum vgpu_managed vgpu_account_managed(struct vgpu_account *account)
{
	enum vgpu_managed managed, found = VGPU_MANAGED_UNSET;

	for (; account; account = account->parent) {
		managed = READ_ONCE(account->managed);
		if (managed == VGPU_MANAGED_UNSET &&
		    READ_ONCE(account->mem[VGPU_MEM_DEVICE].max) !=
			    VGPU_UNLIMITED)
			managed = VGPU_MANAGED_COMMIT;
		if (managed != VGPU_MANAGED_UNSET &&
		    (found == VGPU_MANAGED_UNSET || managed < found))
			found = managed;
	}
	return found == VGPU_MANAGED_UNSET ? VGPU_MANAGED_COMMIT : found;
}

int vgpu_account_init(void)
{
	return rhashtable_init(&accounts, &account_params);
}

/* After vgpu_group_deinit() has retired them all, and an rcu_barrier(). */
void vgpu_account_deinit(void)
{
	rhashtable_destroy(&accounts);
}
