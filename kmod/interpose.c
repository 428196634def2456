// SPDX-License-Identifier: GPL-2.0
/*
 * The interposition engine: finds functions, tries the methods in order,
 * takes points away again and checks that they still stand.
 *
 * Three guarantees carry the rest of vgpu:
 *
 *  - A call that is diverted holds a reference on the backend from before the
 *    handler's first instruction until after its last but a few
 *    (vgpu_point_enter, vgpu_point_leave). So rmmod answers EBUSY while a call
 *    is in flight and never waits for one.
 *  - Those few instructions, and the callbacks themselves, run without a
 *    reference but never sleep: synchronize_rcu_tasks() waits for them.
 *  - The handler's own call to the original comes from the backend's text and
 *    is let pass, which is why it must not be a tail call.
 *
 * Points are owned by the backend, which must not free one that was diverting
 * before every call in flight has left.
 */
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "compat.h"
#include "driver.h"
#include "interpose_priv.h"

/* In the order in which they are tried. */
static const struct vgpu_interposer *const interposers[] = {
	&vgpu_interpose_ftrace,
	&vgpu_interpose_kprobe,
	&vgpu_interpose_slot,
};

static unsigned int methods = BIT(VGPU_METHOD_FTRACE) |
			      BIT(VGPU_METHOD_KPROBE) |
			      BIT(VGPU_METHOD_SLOT);
module_param(methods, uint, 0444);
MODULE_PARM_DESC(methods,
		 "Methods of interposition allowed: 2 ftrace, 4 kprobe, 8 slot; added (default 14)");

static const struct vgpu_interposer *interposer_of(enum vgpu_method method)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(interposers); i++)
		if (interposers[i]->method == method)
			return interposers[i];
	return NULL;
}

/**
 * vgpu_interpose_symbol - find a function
 * @module: to look in; NULL for the kernel and any module
 * @symbol: its name
 *
 * kallsyms_lookup_name() is not ours to call, but a kprobe may name a symbol
 * of any module. It steps over ENDBR64, so what it hit is set back to the
 * symbol's start: the original is called through there.
 *
 * Context: May sleep.
 * Return: where it starts, or NULL.
 */
void *vgpu_interpose_symbol(const char *module, const char *symbol)
{
	char name[KSYM_SYMBOL_LEN];
	struct kprobe kp = { .symbol_name = name };
	unsigned long offset = 0;
	void *addr;
	char *plus;

	snprintf(name, sizeof(name), "%s%s%s", module ?: "",
		 module ? ":" : "", symbol);
	if (register_kprobe(&kp))
		return NULL;
	addr = kp.addr;
	unregister_kprobe(&kp);

	sprint_symbol(name, (unsigned long)addr);
	plus = strrchr(name, '+');
	if (!plus || sscanf(plus, "+0x%lx/", &offset) != 1)
		return NULL;
	return addr - offset;
}
EXPORT_SYMBOL_GPL(vgpu_interpose_symbol);

/**
 * vgpu_interpose_create - begin a backend's set of points
 * @owner: the backend
 *
 * Context: May sleep.
 * Return: the set, or an ERR_PTR.
 */
struct vgpu_interpose *vgpu_interpose_create(struct module *owner)
{
	struct vgpu_interpose *set;

	set = kzalloc(sizeof(*set), GFP_KERNEL);
	if (!set)
		return ERR_PTR(-ENOMEM);
	set->owner = owner;
	vgpu_module_text(owner, &set->text, &set->text_end);
	mutex_init(&set->lock);
	INIT_LIST_HEAD(&set->points);
	hash_init(set->by_ip);
	return set;
}
EXPORT_SYMBOL_GPL(vgpu_interpose_create);

/* By the first method that takes it; else what the last one said. */
static int take(struct vgpu_interpose *set, struct vgpu_point *point)
{
	int ret = -EOPNOTSUPP;
	unsigned int i;

	lockdep_assert_held(&set->lock);

	for (i = 0; i < ARRAY_SIZE(interposers); i++) {
		if (!(methods & BIT(interposers[i]->method)))
			continue;
		point->method = interposers[i]->method;
		ret = interposers[i]->add(set, point);
		if (!ret)
			return 0;
	}
	point->method = VGPU_METHOD_NONE;
	return ret;
}

/**
 * vgpu_interpose_add - interpose on one function
 * @set: the backend's set
 * @point: filled in as interpose.h says; stays with the set until removed
 *
 * A function that another holds, a livepatch say, cannot be had now. Its point
 * is in the set all the same, and the self-test finds it lost and tries again.
 *
 * Context: May sleep. Takes the set's lock and, below it, ftrace's.
 * Return: 0; -ENOENT where there is no such function; -ENOMEM.
 */
int vgpu_interpose_add(struct vgpu_interpose *set, struct vgpu_point *point)
{
	int ret;

	if (!point->addr)
		point->addr = vgpu_interpose_symbol(point->module,
						    point->name);
	if (!point->addr)
		return -ENOENT;

	point->calls = alloc_percpu(u64);
	if (!point->calls)
		return -ENOMEM;
	point->owner = set->owner;
	point->stopped = false;
	point->lost = false;
	point->past = NULL;

	mutex_lock(&set->lock);
	ret = take(set, point);
	list_add_tail(&point->list, &set->points);
	mutex_unlock(&set->lock);

	if (ret)
		pr_warn("vgpu: cannot interpose on %s: %d\n", point->name, ret);
	return 0;
}
EXPORT_SYMBOL_GPL(vgpu_interpose_add);

/* Stop interposing on the points of @gone, then wait for callbacks. */
static void release_points(struct vgpu_interpose *set, struct list_head *gone)
{
	const struct vgpu_interposer *how;
	struct vgpu_point *point, *next;

	lockdep_assert_held(&set->lock);

	if (list_empty(gone))
		return;
	list_for_each_entry(point, gone, list) {
		how = interposer_of(point->method);
		if (how)
			how->remove(set, point);
	}
	synchronize_rcu_tasks();
	list_for_each_entry_safe(point, next, gone, list) {
		how = interposer_of(point->method);
		if (how && how->cleanup)
			how->cleanup(point);
		list_del_init(&point->list);
		point->method = VGPU_METHOD_NONE;
		free_percpu(point->calls);
		point->calls = NULL;
	}
}

/**
 * vgpu_interpose_remove - take a driver's points away
 * @set: the backend's set
 * @driver: whose; NULL for those that belong to none
 *
 * Calls already diverted go on; the points must stay allocated until they
 * have left.
 *
 * Context: May sleep, for a tasks-RCU period.
 */
void vgpu_interpose_remove(struct vgpu_interpose *set,
			   const struct vgpu_driver *driver)
{
	struct vgpu_point *point, *next;
	LIST_HEAD(gone);

	mutex_lock(&set->lock);
	list_for_each_entry_safe(point, next, &set->points, list)
		if (point->driver == driver)
			list_move_tail(&point->list, &gone);
	release_points(set, &gone);
	mutex_unlock(&set->lock);
}
EXPORT_SYMBOL_GPL(vgpu_interpose_remove);

/**
 * vgpu_interpose_module_gone - forget what lies in a module that is going
 * @set: the backend's set
 * @mod: in MODULE_STATE_GOING, before ftrace forgets its functions
 *
 * Context: May sleep; from a module notifier.
 */
void vgpu_interpose_module_gone(struct vgpu_interpose *set, struct module *mod)
{
	struct vgpu_point *point, *next;
	LIST_HEAD(gone);

	mutex_lock(&set->lock);
	list_for_each_entry_safe(point, next, &set->points, list)
		if (within_module((unsigned long)point->addr, mod))
			list_move_tail(&point->list, &gone);
	release_points(set, &gone);
	mutex_unlock(&set->lock);
}
EXPORT_SYMBOL_GPL(vgpu_interpose_module_gone);

/**
 * vgpu_interpose_destroy - take all points away and free the set
 * @set: no call may be in flight; true in module exit, as calls hold a
 *	reference. NULL is fine
 *
 * Context: May sleep.
 */
void vgpu_interpose_destroy(struct vgpu_interpose *set)
{
	LIST_HEAD(gone);

	if (IS_ERR_OR_NULL(set))
		return;
	mutex_lock(&set->lock);
	list_splice_init(&set->points, &gone);
	release_points(set, &gone);
	mutex_unlock(&set->lock);
	/* Calls that dropped their reference but have yet to return. */
	synchronize_rcu_tasks();
	kfree(set);
}
EXPORT_SYMBOL_GPL(vgpu_interpose_destroy);

/**
 * vgpu_interpose_stop - let a driver's calls pass undiverted, or no longer
 * @set: the backend's set
 * @driver: whose points
 * @stop: true to let them pass
 *
 * Calls that were diverted before may still be in flight on return, and each
 * of them has by then made itself known by vgpu_call_begin().
 *
 * Context: May sleep.
 */
void vgpu_interpose_stop(struct vgpu_interpose *set,
			 const struct vgpu_driver *driver, bool stop)
{
	struct vgpu_point *point;

	mutex_lock(&set->lock);
	list_for_each_entry(point, &set->points, list)
		if (point->driver == driver)
			WRITE_ONCE(point->stopped, stop);
	mutex_unlock(&set->lock);
	if (stop)
		synchronize_rcu_tasks();
}

/* Of what could not be had, the holder may have let go meanwhile. */
static bool stands(struct vgpu_interpose *set, struct vgpu_point *point)
{
	const struct vgpu_interposer *how = interposer_of(point->method);

	return how ? how->alive(point) : !take(set, point);
}

/**
 * vgpu_interpose_selftest - look whether every point still stands
 * @set: the backend's set
 * @driver: whose points, and those of none if it answers for them
 * @lost: called for each point found dead for the first time
 *
 * Context: May sleep.
 * Return: how many points are dead.
 */
unsigned int
vgpu_interpose_selftest(struct vgpu_interpose *set,
			const struct vgpu_driver *driver,
			void (*lost)(const struct vgpu_driver *driver,
				     const struct vgpu_point *point))
{
	struct vgpu_point *point;
	unsigned int dead = 0;

	mutex_lock(&set->lock);
	list_for_each_entry(point, &set->points, list) {
		bool was = point->lost;

		if (point->driver != driver &&
		    (point->driver || !driver->strays))
			continue;
		point->lost = !stands(set, point);
		dead += point->lost;
		if (point->lost && !was)
			lost(driver, point);
	}
	mutex_unlock(&set->lock);
	return dead;
}

/**
 * vgpu_interpose_show - walk a driver's points
 * @set: the backend's set
 * @driver: whose points
 * @show: returns 0 to go on
 * @ctx: passed on
 *
 * Context: May sleep; @show runs with the set's lock held.
 * Return: 0, or what @show returned.
 */
int vgpu_interpose_show(struct vgpu_interpose *set,
			const struct vgpu_driver *driver,
			int (*show)(struct vgpu_point *point, void *ctx),
			void *ctx)
{
	struct vgpu_point *point;
	int ret = 0;

	mutex_lock(&set->lock);
	list_for_each_entry(point, &set->points, list) {
		if (point->driver != driver)
			continue;
		ret = show(point, ctx);
		if (ret)
			break;
	}
	mutex_unlock(&set->lock);
	return ret;
}

/**
 * vgpu_point_calls - how often a point was taken
 * @point: in a set
 *
 * Context: Any. Racy by nature: each CPU counts for itself.
 * Return: the count since the point was added.
 */
u64 vgpu_point_calls(const struct vgpu_point *point)
{
	u64 calls = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		calls += READ_ONCE(*per_cpu_ptr(point->calls, cpu));
	return calls;
}

/**
 * vgpu_point_leave - the last act of a handler
 * @point: that brought the call here
 *
 * Context: Any.
 */
void vgpu_point_leave(struct vgpu_point *point)
{
	module_put(point->owner);
}
EXPORT_SYMBOL_GPL(vgpu_point_leave);

/* When no backend is left: calls that passed through a slot of ours return. */
void vgpu_interpose_deinit(void)
{
	synchronize_rcu_tasks();
}
