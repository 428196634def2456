/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one group holds of one device, and what is set of its memory and time
 * there.
 *
 * An account is the meeting of a group and a device. Accounts of one device
 * form a tree that follows the cgroup tree: an account's parent is that of
 * the group's parent on the same device. A charge is taken from an account
 * and from every ancestor, or from none.
 */
#ifndef _VGPU_ACCOUNT_H
#define _VGPU_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>

#include <linux/vgpu.h>

#include "arbiter.h"
#include "call.h"

struct task_struct;
struct vgpu_device;
struct vgpu_group;
struct vgpu_share;

#define VGPU_UNLIMITED U64_MAX

/*
 * No device and no host holds as much at once. Who asks for more shall not fill
 * the accounts above for as long as the call takes, or there is no room for
 * others.
 */
#define VGPU_CHARGE_MAX BIT_ULL(44)

/* In vgpu_account.doubt, above a bit for each engine: nothing is known yet. */
#define VGPU_DOUBT_NEW	BIT(VGPU_ENGINES)

/**
 * struct vgpu_counter - one kind of memory in one account
 * @usage: bytes held by this group and all below it; lockless
 * @overhead: the part of @usage that is the driver's implicit share; lockless
 * @peak: highest @usage ever; raised locklessly, may lag by a racing charge
 * @refused: charges refused by this very counter; lockless
 * @max: bytes; VGPU_UNLIMITED where not set. Written under vgpu_group_lock,
 *	read locklessly: a charge that races with a change obeys the old or
 *	the new value, and both were the operator's
 */
struct vgpu_counter {
	atomic64_t usage;
	atomic64_t overhead;
	atomic64_t peak;
	atomic64_t refused;
	u64 max;
};

/**
 * struct vgpu_compute - what is set of a group's time, 0 where it is not
 * @max: hundredths of a percent of each engine class's time
 * @min: likewise
 * @weight: against the siblings
 * @priority: likewise
 * @freezer: whether work of a cgroup that is frozen is held
 */
struct vgpu_compute {
	u32 max;
	u32 min;
	u32 weight;
	enum vgpu_priority priority;
	enum vgpu_freezer freezer;
};

/* What an account is looked up by. No padding: compared as bytes. */
struct vgpu_account_key {
	u64 group;	/* cgroup id */
	u64 device;	/* device id, widened */
};

/**
 * struct vgpu_account - one (group, device)
 * @key: immutable
 * @node: in the table of accounts, under vgpu_group_lock; read under RCU
 * @group: owned reference, immutable
 * @device: owned reference, immutable
 * @parent: owned reference, immutable; NULL in the root group
 * @refs: one for the group as long as its cgroup lives, one for each child
 *	account, object and look-up; the account is freed after a grace period
 *	when it comes to 0
 * @objects: objects of this group and all below it, those that a call under
 *	way has room for among them
 * @mem: the counters
 * @compute: what is set of its time; written under vgpu_group_lock, read
 *	locklessly
 * @mins: sum of what is guaranteed to the accounts right below; under
 *	vgpu_group_lock
 * @bound: counted in @device's @bound; under vgpu_group_lock
 * @shares: of the device's engines; owned, each set once under
 *	vgpu_group_lock, and NULL before its first use
 * @doubt: which engines it may owe a turn on; see time.c. Lockless
 * @managed: policy for managed memory; written under vgpu_group_lock, read
 *	locklessly
 * @sibling: in @group->accounts, under vgpu_group_lock; read under RCU
 * @rcu: defers the free past lockless look-ups
 */
struct vgpu_account {
	struct vgpu_account_key key;
	struct rhash_head node;
	struct vgpu_group *group;
	struct vgpu_device *device;
	struct vgpu_account *parent;
	refcount_t refs;
	atomic64_t objects;
	struct vgpu_counter mem[VGPU_MEM_KINDS];
	struct vgpu_compute compute;
	u32 mins;
	bool bound;
	struct vgpu_share *shares[VGPU_ENGINES];
	atomic_t doubt;
	enum vgpu_managed managed;
	struct list_head sibling;
	struct rcu_head rcu;
};

/* More there cannot be behind it, whatever it is called. */
static inline u64 vgpu_chargeable(u64 bytes)
{
	return min_t(u64, bytes, VGPU_CHARGE_MAX);
}

int vgpu_account_init(void);
void vgpu_account_deinit(void);

struct vgpu_account *vgpu_account_current(struct vgpu_device *device);
struct vgpu_account *vgpu_account_task(struct vgpu_device *device,
				       struct task_struct *task);
struct vgpu_account *vgpu_account_nearest(struct vgpu_device *device);
struct vgpu_account *vgpu_account_find(u64 group, u32 device);
struct vgpu_account *vgpu_account_of(struct vgpu_group *group,
				     struct vgpu_device *device);
void vgpu_account_get(struct vgpu_account *account);
void vgpu_account_put(struct vgpu_account *account);
void vgpu_account_retire(struct vgpu_account *account);

int vgpu_account_try_charge(struct vgpu_account *account, enum vgpu_mem mem,
			    u64 bytes, struct vgpu_account **limiting);
void vgpu_account_charge(struct vgpu_account *account, enum vgpu_mem mem,
			 u64 bytes);
void vgpu_account_uncharge(struct vgpu_account *account, enum vgpu_mem mem,
			   u64 bytes);
void vgpu_account_overhead(struct vgpu_account *account, enum vgpu_mem mem,
			   s64 bytes);
int vgpu_account_expect(struct vgpu_account *account, u64 kmem);
void vgpu_account_count(struct vgpu_account *account, u64 kmem);
void vgpu_account_forget(struct vgpu_account *account, enum vgpu_mem mem,
			 u64 bytes, u64 kmem);
bool vgpu_account_has_quota(const struct vgpu_account *account);
bool vgpu_account_timed(const struct vgpu_account *account);
bool vgpu_account_limited(struct vgpu_account *account);
void vgpu_account_limits(struct vgpu_account *account,
			 u64 limits[VGPU_MEM_KINDS]);
u64 vgpu_account_limit(struct vgpu_account *account, enum vgpu_mem mem);
enum vgpu_managed vgpu_account_managed(struct vgpu_account *account);

#endif /* _VGPU_ACCOUNT_H */
