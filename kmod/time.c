// SPDX-License-Identifier: GPL-2.0
/*
 * Busy time.
 *
 * A device works on one thing after the other, as far as can be told from
 * outside: a job that was handed over while another ran did not run before
 * that one ended. So a job is charged [max(its start, the end last seen on
 * this device), its end]. What is charged to all groups together never exceeds
 * the time that went by. Jobs that truly run side by side are so charged by
 * the order in which they end.
 *
 * Like memory, time is charged to the group whose task asked for the work, and
 * to all above it.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/minmax.h>

#include "account.h"
#include "device.h"
#include "group.h"
#include "time.h"

/**
 * vgpu_time_enter - the caller is about to hand work to a device
 * @device: which
 * @kmem: bytes of kernel memory that the backend keeps for the work
 *
 * Context: May sleep; may take vgpu_group_lock.
 * Return: whom to charge, for vgpu_time_leave(), or an ERR_PTR: -ENOMEM, also
 * where the kernel memory allowed to the group is used up.
 */
struct vgpu_account *vgpu_time_enter(struct vgpu_device *device, size_t kmem)
{
	struct vgpu_account *account = vgpu_account_current(device);
	int ret;

	if (IS_ERR(account))
		return account;
	ret = vgpu_group_charge_kmem(account->group, kmem);
	if (ret) {
		vgpu_account_put(account);
		return ERR_PTR(ret);
	}
	return account;
}
EXPORT_SYMBOL_GPL(vgpu_time_enter);

/**
 * vgpu_time_charge - a piece of work is over
 * @account: from vgpu_time_enter()
 * @start: not before this did it run, CLOCK_MONOTONIC nanoseconds
 * @end: when it ended
 *
 * Context: Any.
 */
void vgpu_time_charge(struct vgpu_account *account, u64 start, u64 end)
{
	struct vgpu_device *device = account->device;
	unsigned long flags;
	u64 busy = 0;

	raw_spin_lock_irqsave(&device->busy_lock, flags);
	start = max(start, device->busy_until);
	if (end > start) {
		busy = end - start;
		device->busy_until = end;
	}
	raw_spin_unlock_irqrestore(&device->busy_lock, flags);
	for (; account && busy; account = account->parent)
		atomic64_add(busy, &account->busy);
}
EXPORT_SYMBOL_GPL(vgpu_time_charge);

/**
 * vgpu_time_leave - the backend has let go of a piece of work
 * @account: from vgpu_time_enter()
 * @kmem: as many bytes
 *
 * Context: Any.
 */
void vgpu_time_leave(struct vgpu_account *account, size_t kmem)
{
	vgpu_group_uncharge_kmem(account->group, kmem);
	vgpu_account_put(account);
}
EXPORT_SYMBOL_GPL(vgpu_time_leave);
