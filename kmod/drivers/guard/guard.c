// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers that vgpu has no backend for yet: their nodes are closed to groups
 * with a quota.
 *
 * A quota says what a group may take of the host's GPUs. Where a driver's
 * memory cannot be charged, letting such a group in would make its quota a
 * suggestion. A group without a quota passes, and so does closing a file. While
 * an operator has frozen it, it opens no node, nor makes queues by an open one:
 * what they are given could not be held.
 *
 * The functions are found by name as their module comes, so this links none
 * of them and keeps none of them loaded.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "../../call.h"
#include "../../driver.h"
#include "../../interpose.h"
#include "guard.h"

static struct vgpu_interpose *guard_points;

static int guard_open(struct inode *inode, struct file *file,
		      struct vgpu_point *point)
{
	int (*original)(struct inode *inode, struct file *file) = point->addr;
	struct vgpu_call call;
	int ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	ret = vgpu_driver_guard(point->driver, point->data, -EACCES) ?:
	      vgpu_driver_hold(point->driver, point->data, -EACCES);
	if (!ret)
		ret = original(inode, file);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static bool makes_queue(const struct vgpu_point *point, unsigned int cmd)
{
	const struct vgpu_guard *guard = container_of(point->driver,
						      struct vgpu_guard, base);
	const struct vgpu_route *route = point->data;
	unsigned int makes = guard->rows[route - guard->routes].makes;

	return makes && _IOC_NR(cmd) == makes;
}

/* Of files that were opened before the quota, or by somebody else. */
static long guard_ioctl(struct file *file, unsigned int cmd,
			unsigned long arg, struct vgpu_point *point)
{
	long (*original)(struct file *file, unsigned int cmd,
			 unsigned long arg) = point->addr;
	struct vgpu_call call;
	long ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	ret = vgpu_driver_guard(point->driver, point->data, -EACCES);
	if (!ret && makes_queue(point, cmd))
		ret = vgpu_driver_hold(point->driver, point->data, -EACCES);
	if (!ret)
		ret = original(file, cmd, arg);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static int guard_mmap(struct file *file, struct vm_area_struct *vma,
		      struct vgpu_point *point)
{
	int (*original)(struct file *file, struct vm_area_struct *vma) =
		point->addr;
	struct vgpu_call call;
	int ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	ret = vgpu_driver_guard(point->driver, point->data, -EACCES);
	if (!ret)
		ret = original(file, vma);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

/* What a function of the driver's own does for an ioctl. */
static int guard_call(void *a, void *b, void *c, struct vgpu_point *point)
{
	int (*original)(void *a, void *b, void *c) = point->addr;
	struct vgpu_call call;
	int ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	ret = vgpu_driver_guard(point->driver, point->data, -EACCES);
	if (!ret)
		ret = original(a, b, c);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static const struct {
	void *handler;
	unsigned int nargs;
} entries[] = {
	[VGPU_GUARD_OPEN] = { guard_open, 2 },
	[VGPU_GUARD_IOCTL] = { guard_ioctl, 3 },
	[VGPU_GUARD_MMAP] = { guard_mmap, 2 },
	[VGPU_GUARD_CALL] = { guard_call, 3 },
};

/* The first of a row's names that there is. */
static int hook(struct vgpu_guard *guard, unsigned int row)
{
	const struct vgpu_guard_row *r = &guard->rows[row];
	struct vgpu_point *point = &guard->points[row];
	unsigned int i;
	int ret = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(r->symbols) && r->symbols[i]; i++) {
		*point = (struct vgpu_point) {
			.name = r->symbols[i],
			.module = guard->module,
			.kind = VGPU_POINT_DIVERT,
			.nargs = entries[r->entry].nargs,
			.handler = entries[r->entry].handler,
			.driver = &guard->base,
			.data = &guard->routes[row],
		};
		ret = vgpu_interpose_add(guard_points, point);
		if (ret != -ENOENT)
			break;
	}
	return ret;
}

static int attach(struct vgpu_driver *base)
{
	struct vgpu_guard *guard = container_of(base, struct vgpu_guard, base);
	unsigned int row, missing = 0;
	int ret = 0, err;

	for (row = 0; row < guard->nrows; row++) {
		guard->routes[row].name = guard->rows[row].route;
		guard->routes[row].state = VGPU_ROUTE_STATE_DENIED;
		err = hook(guard, row);
		missing += err == -ENOENT;
		ret = ret ?: err;
	}
	if (missing == guard->nrows)
		return -ENODEV;
	if (ret)
		pr_warn("vgpu_guard: %s: some way into it cannot be closed: %d\n",
			base->name, ret);
	return ret;
}

static void detach(struct vgpu_driver *base)
{
	vgpu_interpose_remove(guard_points, base);
}

static const struct vgpu_driver_ops guard_ops = {
	.attach = attach,
	.detach = detach,
};

static int module_changed(struct notifier_block *nb, unsigned long state,
			  void *data)
{
	const struct module *mod = data;
	unsigned int i;

	for (i = 0; i < vgpu_nguards; i++) {
		if (strcmp(mod->name, vgpu_guards[i].module))
			continue;
		if (state == MODULE_STATE_COMING)
			vgpu_driver_came(&vgpu_guards[i].base);
		else if (state == MODULE_STATE_GOING)
			vgpu_driver_went(&vgpu_guards[i].base);
	}
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = module_changed };

static void unregister_first(unsigned int n)
{
	while (n--)
		vgpu_driver_unregister(&vgpu_guards[n].base);
}

static int __init vgpu_guard_init(void)
{
	struct vgpu_guard *guard;
	unsigned int i;
	int ret;

	guard_points = vgpu_interpose_create(THIS_MODULE);
	if (IS_ERR(guard_points))
		return PTR_ERR(guard_points);
	for (i = 0; i < vgpu_nguards; i++) {
		guard = &vgpu_guards[i];
		guard->base.backend = "guard";
		guard->base.ops = &guard_ops;
		guard->base.points = guard_points;
		guard->base.standin = true;
		guard->base.routes = guard->routes;
		guard->base.nroutes = guard->nrows;
		ret = vgpu_driver_register(&guard->base);
		/* Absent or not wholly closed: listed as what it is. */
		if (ret == -EEXIST)
			goto err_unregister;
	}
	ret = register_module_notifier(&module_nb);
	if (ret)
		goto err_unregister;
	return 0;

err_unregister:
	unregister_first(i);
	vgpu_interpose_destroy(guard_points);
	return ret;
}

static void __exit vgpu_guard_exit(void)
{
	unregister_module_notifier(&module_nb);
	unregister_first(vgpu_nguards);
	vgpu_interpose_destroy(guard_points);
}

module_init(vgpu_guard_init);
module_exit(vgpu_guard_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("vgpu: closes drivers without a backend to groups with a quota");
MODULE_VERSION(VGPU_VERSION);
