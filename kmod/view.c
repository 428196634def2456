// SPDX-License-Identifier: GPL-2.0
/*
 * The view: what a tenant's own queries may show it of a device.
 *
 * A group with a quota is shown the quota as the device's size, what is left
 * of it as free, and its own processes. Where quotas nest, the one that leaves
 * least is shown. A group without any sees the truth.
 */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "account.h"
#include "group.h"
#include "view.h"

/**
 * vgpu_view_limited - does a quota bind the caller on any device?
 *
 * Context: Any.
 */
bool vgpu_view_limited(void)
{
	return vgpu_group_current_limited();
}
EXPORT_SYMBOL_GPL(vgpu_view_limited);

/**
 * vgpu_view_get - what the caller may see of a device's memory
 * @device: which
 * @view: filled in
 *
 * Context: May sleep.
 * Return: false where no quota binds it there, and it is to see the truth.
 */
bool vgpu_view_get(struct vgpu_device *device, struct vgpu_view *view)
{
	struct vgpu_account *account, *level;
	u64 max, usage;

	account = vgpu_account_current(device);
	if (IS_ERR(account))
		return false;
	view->total = U64_MAX;
	view->free = U64_MAX;
	for (level = account; level; level = level->parent) {
		max = READ_ONCE(level->mem[VGPU_MEM_DEVICE].max);
		if (max == VGPU_UNLIMITED)
			continue;
		usage = atomic64_read(&level->mem[VGPU_MEM_DEVICE].usage);
		view->total = min(view->total, max);
		view->free = min(view->free, usage < max ? max - usage : 0);
	}
	vgpu_account_put(account);
	return view->total != U64_MAX;
}
EXPORT_SYMBOL_GPL(vgpu_view_get);

static bool shows(u32 pid, struct pid_namespace *ns)
{
	struct task_struct *task;
	bool shown;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, ns), PIDTYPE_TGID);
	shown = task && cgroup_is_descendant(task_dfl_cgroup(task),
					     task_dfl_cgroup(current));
	rcu_read_unlock();
	return shown;
}

/**
 * vgpu_view_shows - may the caller see a process?
 * @pid: of a thread group, by its number in the caller's namespace
 *
 * Context: Any.
 * Return: true for one in the caller's cgroup or below it.
 */
bool vgpu_view_shows(u32 pid)
{
	return shows(pid, task_active_pid_ns(current));
}
EXPORT_SYMBOL_GPL(vgpu_view_shows);

/* The same, by the number in the initial namespace. Context: any. */
bool vgpu_view_shows_host(u32 pid)
{
	return shows(pid, &init_pid_ns);
}
EXPORT_SYMBOL_GPL(vgpu_view_shows_host);
