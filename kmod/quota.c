// SPDX-License-Identifier: GPL-2.0
/*
 * What an operator sets for a group on its devices: all of a change or none.
 *
 * Guarantees of one level may not promise more than the whole of an engine.
 * Caps and weights may be anything, for they take nothing from anybody.
 *
 * Everything that is set is kept in the accounts and written under
 * vgpu_group_lock; limits of memory are read without.
 */
#include <linux/cgroup.h>
#include <linux/slab.h>

#include "account.h"
#include "device.h"
#include "event.h"
#include "group.h"
#include "quota.h"
#include "share.h"

static void count_limits(struct vgpu_group *group)
{
	struct vgpu_account *account;
	unsigned int limited = 0;

	lockdep_assert_held(&vgpu_group_lock);

	list_for_each_entry(account, &group->accounts, sibling)
		limited += vgpu_account_has_quota(account);
	WRITE_ONCE(group->limited, limited);
}

static void apply_compute(struct vgpu_account *account,
			  const struct vgpu_quota *quota)
{
	struct vgpu_compute *compute = &account->compute;

	if (quota->set & VGPU_QUOTA_COMPUTE_MAX)
		WRITE_ONCE(compute->max,
			   quota->compute_max == VGPU_SCHED_FULL ?
				   0 : quota->compute_max);
	if (quota->set & VGPU_QUOTA_COMPUTE_MIN) {
		if (account->parent)
			account->parent->mins += quota->compute_min -
						 compute->min;
		WRITE_ONCE(compute->min, quota->compute_min);
	}
	if (quota->set & VGPU_QUOTA_WEIGHT)
		WRITE_ONCE(compute->weight, quota->compute_weight);
	if (quota->set & VGPU_QUOTA_PRIORITY)
		WRITE_ONCE(compute->priority, quota->priority);
	if (quota->set & VGPU_QUOTA_FREEZER)
		WRITE_ONCE(compute->freezer, quota->freezer);
	vgpu_share_apply(account);
}

static void apply(struct vgpu_account *account, const struct vgpu_quota *quota)
{
	if (quota->set & VGPU_QUOTA_MEM)
		WRITE_ONCE(account->mem[VGPU_MEM_DEVICE].max,
			   quota->max[VGPU_MEM_DEVICE]);
	if (quota->set & VGPU_QUOTA_SYSTEM)
		WRITE_ONCE(account->mem[VGPU_MEM_SYSTEM].max,
			   quota->max[VGPU_MEM_SYSTEM]);
	if (quota->set & VGPU_QUOTA_MANAGED)
		WRITE_ONCE(account->managed, quota->managed);
	apply_compute(account, quota);
}

/* Is what it says of time possible beside what is set already? */
static int check_compute(const struct vgpu_account *account,
			 const struct vgpu_quota *quota,
			 struct vgpu_quota_refusal *why)
{
	const struct vgpu_compute *compute = &account->compute;
	u32 min = compute->min, max = compute->max ?: VGPU_SCHED_FULL;
	u32 left;

	lockdep_assert_held(&vgpu_group_lock);

	if (quota->set & VGPU_QUOTA_COMPUTE_MAX)
		max = quota->compute_max ?: VGPU_SCHED_FULL;
	if (quota->set & VGPU_QUOTA_COMPUTE_MIN)
		min = quota->compute_min;
	if (min > max)
		return -EINVAL;
	if (!account->parent || min <= compute->min)
		return 0;
	left = VGPU_SCHED_FULL - (account->parent->mins - compute->min);
	if (min <= left)
		return 0;
	why->limiting = account->parent->group->id;
	why->left = left;
	return -ENOSPC;
}

static int check_all(struct vgpu_account *const *into,
		     const struct vgpu_quota *quotas, unsigned int n,
		     struct vgpu_quota_refusal *why)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < n && !ret; i++) {
		why->index = i;
		ret = check_compute(into[i], &quotas[i], why);
	}
	return ret;
}

static void announce(struct vgpu_group *group, const struct vgpu_quota *quota)
{
	struct vgpu_event event = {
		.type = VGPU_EVENT_TYPE_QUOTA_CHANGED,
		.cgroup = group->id,
		.device = quota->device->id,
	};

	if (quota->set & VGPU_QUOTA_MEM)
		event.bytes = quota->max[VGPU_MEM_DEVICE];
	strscpy(event.device_name, quota->device->name,
		sizeof(event.device_name));
	vgpu_event_post(&event);
}

/**
 * vgpu_group_set_quotas - change a cgroup's limits, all of them or none
 * @cgrp: of the v2 hierarchy, referenced by the caller
 * @quotas: one for each device, none twice
 * @n: how many
 * @why: on -EINVAL and -ENOSPC, what was wrong
 *
 * In force for every charge that begins after the return. Usage may stand
 * above a new limit; then nothing more is let in.
 *
 * Context: May sleep. Takes vgpu_group_lock.
 * Return: 0; -ENOMEM; -ENODEV where the cgroup is being removed; -EINVAL for a
 * guarantee above the cap; -ENOSPC where the guarantees of one level would
 * promise more than the whole.
 */
int vgpu_group_set_quotas(struct cgroup *cgrp, const struct vgpu_quota *quotas,
			  unsigned int n, struct vgpu_quota_refusal *why)
{
	struct vgpu_account **into;
	struct vgpu_group *group;
	unsigned int i, got = 0;
	int ret = 0;

	group = vgpu_group_of(cgrp);
	if (IS_ERR(group))
		return PTR_ERR(group);
	into = kcalloc(n, sizeof(*into), GFP_KERNEL);
	if (!into) {
		ret = -ENOMEM;
		goto err_put_group;
	}
	for (; got < n; got++) {
		into[got] = vgpu_account_of(group, quotas[got].device);
		if (IS_ERR(into[got])) {
			ret = PTR_ERR(into[got]);
			goto err_put_accounts;
		}
	}

	mutex_lock(&vgpu_group_lock);
	ret = group->dead ? -ENODEV : check_all(into, quotas, n, why);
	if (!ret) {
		for (i = 0; i < n; i++)
			apply(into[i], &quotas[i]);
		count_limits(group);
		vgpu_group_changed();
	}
	mutex_unlock(&vgpu_group_lock);
	for (i = 0; i < n && !ret; i++)
		announce(group, &quotas[i]);

err_put_accounts:
	while (got--)
		vgpu_account_put(into[got]);
	kfree(into);
err_put_group:
	vgpu_group_put(group);
	return ret;
}

/*
 * What is set of @from and not of @to, as a change of the latter. Where both
 * limit memory or cap time, as they can by two names, the stricter holds.
 */
static void difference(const struct vgpu_account *from,
		       const struct vgpu_account *to, struct vgpu_quota *quota)
{
	const struct vgpu_compute *has = &from->compute, *had = &to->compute;
	int mem;

	lockdep_assert_held(&vgpu_group_lock);

	*quota = (struct vgpu_quota) {
		.device = to->device,
		.managed = from->managed,
		.compute_max = has->max,
		.compute_min = has->min,
		.compute_weight = has->weight,
		.priority = has->priority,
		.freezer = has->freezer,
	};
	for (mem = 0; mem < VGPU_MEM_KINDS; mem++) {
		quota->max[mem] = min(from->mem[mem].max, to->mem[mem].max);
		if (from->mem[mem].max != VGPU_UNLIMITED)
			quota->set |= mem == VGPU_MEM_DEVICE ?
					      VGPU_QUOTA_MEM :
					      VGPU_QUOTA_SYSTEM;
	}
	if (from->managed != VGPU_MANAGED_UNSET &&
	    (to->managed == VGPU_MANAGED_UNSET || from->managed < to->managed))
		quota->set |= VGPU_QUOTA_MANAGED;
	if (has->max && (!had->max || has->max < had->max))
		quota->set |= VGPU_QUOTA_COMPUTE_MAX;
	if (has->min && !had->min)
		quota->set |= VGPU_QUOTA_COMPUTE_MIN;
	if (has->weight && !had->weight)
		quota->set |= VGPU_QUOTA_WEIGHT;
	if (has->priority && !had->priority)
		quota->set |= VGPU_QUOTA_PRIORITY;
	if (has->freezer && !had->freezer)
		quota->set |= VGPU_QUOTA_FREEZER;
}

/* Give a group what it has on a device that was never there on the one it is. */
static int move(struct vgpu_group *group, struct vgpu_device *from,
		struct vgpu_device *to)
{
	struct vgpu_account *old, *account;
	struct vgpu_quota_refusal why;
	struct vgpu_quota quota = { };

	old = vgpu_account_find(group->id, from->id);
	if (!old)
		return 0;
	account = vgpu_account_of(group, to);
	if (IS_ERR(account)) {
		vgpu_account_put(old);
		return PTR_ERR(account);
	}
	mutex_lock(&vgpu_group_lock);
	if (!group->dead) {
		difference(old, account, &quota);
		/* What cannot be promised is not: the rest holds. */
		if (check_compute(account, &quota, &why))
			quota.set &= ~VGPU_QUOTA_COMPUTE_MIN;
		apply(account, &quota);
		vgpu_account_retire(old);
		count_limits(group);
		vgpu_group_changed();
	}
	mutex_unlock(&vgpu_group_lock);
	if (quota.set)
		announce(group, &quota);
	vgpu_account_put(account);
	vgpu_account_put(old);
	return 0;
}

/**
 * vgpu_quota_found - a device turns out to be one that quotas wait for
 * @device: present, referenced, and an alias of it is
 * @name: by which they do, not its stable one
 *
 * To be called for one device at a time, before anything is let in there.
 *
 * Context: May sleep. Takes vgpu_group_lock.
 * Return: 0; or -ENOMEM, and some of them wait still: to be called again.
 */
int vgpu_quota_found(struct vgpu_device *device, const char *name)
{
	struct vgpu_device *waiting = vgpu_device_waiting(name);
	struct vgpu_group *group;
	u64 serial = 0;
	int ret = 0;

	if (!waiting)
		return 0;
	while (!ret && (group = vgpu_group_next(serial))) {
		serial = group->serial;
		ret = move(group, waiting, device);
		vgpu_group_put(group);
	}
	if (!ret)
		vgpu_device_forget(waiting);
	vgpu_device_put(waiting);
	return ret;
}
EXPORT_SYMBOL_GPL(vgpu_quota_found);
