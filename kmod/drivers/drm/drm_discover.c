// SPDX-License-Identifier: GPL-2.0
/*
 * Which DRM devices there are, without opening a node of theirs (that can
 * take DRM master) and without linking their drivers.
 *
 * Devices that come are seen at drm_dev_register(), before anybody can open
 * them. Those that are here are found in the kernel's set of all devices by
 * the type of their minors, for the DRM class has no exported name.
 */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>

#include "backend.h"

/* Before its nodes appear, the points on its driver must stand. */
static bool take_up(struct drm_device *drm)
{
	struct vgpu_drm_driver *driver = vgpu_drm_driver_get(drm->driver);
	int ret = driver ? vgpu_drm_device_map(drm, driver) : -ENOMEM;

	if (ret == -ENOMEM)
		vgpu_drm_device_lost(drm, NULL);
	return !ret;
}

static int dev_register(struct drm_device *drm, unsigned long flags,
			struct vgpu_point *point)
{
	int (*original)(struct drm_device *drm, unsigned long flags) =
		point->addr;
	struct vgpu_call call;
	int ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	take_up(drm);
	ret = original(drm, flags);
	if (ret)
		vgpu_drm_device_unregistered(drm);
	else
		vgpu_drm_device_name(drm);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static void dev_unregister(struct drm_device *drm, struct vgpu_point *point)
{
	void (*original)(struct drm_device *drm) = point->addr;
	struct vgpu_call call;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	original(drm);
	vgpu_drm_device_unregistered(drm);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
}

static void dev_released(struct vgpu_point *point, const struct vgpu_args *args)
{
	vgpu_drm_device_forget((void *)args->arg[0]);
}

static struct vgpu_point points[] = {
	{
		.name = "drm_managed_release",
		.module = "drm",
		.kind = VGPU_POINT_WATCH,
		.nargs = 1,
		.watch = dev_released,
	}, {
		.name = "drm_dev_unregister",
		.addr = drm_dev_unregister,
		.kind = VGPU_POINT_DIVERT,
		.nargs = 1,
		.handler = dev_unregister,
	}, {
		.name = "drm_dev_register",
		.addr = drm_dev_register,
		.kind = VGPU_POINT_DIVERT,
		.nargs = 2,
		.handler = dev_register,
	},
};

static bool is_minor(const struct device *dev)
{
	return dev->type && dev->type->name &&
	       (!strcmp(dev->type->name, "drm_minor") ||
		!strcmp(dev->type->name, "accel_minor"));
}

/* The next DRM minor after @last, referenced; puts @last. */
static struct device *next_minor(struct device *last)
{
	struct kset *all = platform_bus.kobj.kset;
	struct device *found = NULL;
	struct kobject *kobj;
	bool past = !last;

	spin_lock(&all->list_lock);
	list_for_each_entry(kobj, &all->list, entry) {
		struct device *dev = kobj_to_dev(kobj);

		if (past && is_minor(dev) && kobject_get_unless_zero(kobj)) {
			found = dev;
			break;
		}
		past |= dev == last;
	}
	spin_unlock(&all->list_lock);
	put_device(last);
	return found;
}

/*
 * A driver unregisters its drm_device under its parent's lock or, where the
 * parent has no driver, as its module exits.
 */
static void found_minor(struct device *dev)
{
	struct vgpu_drm_driver *driver;
	struct vgpu_device *device;
	struct drm_minor *minor;
	struct drm_device *drm;

	if (dev->parent)
		device_lock(dev->parent);
	minor = dev_get_drvdata(dev);
	if (dev->kobj.state_in_sysfs && minor && minor->dev->registered &&
	    try_module_get(minor->dev->driver->fops->owner)) {
		drm = minor->dev;
		if (take_up(drm)) {
			vgpu_drm_device_name(drm);
			device = vgpu_drm_device_driver_of(drm, &driver);
			if (device)
				vgpu_drm_adopt(driver, drm, device);
		}
		module_put(drm->driver->fops->owner);
	}
	if (dev->parent)
		device_unlock(dev->parent);
}

static int module_changed(struct notifier_block *nb, unsigned long state,
			  void *data)
{
	if (state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	vgpu_drm_driver_module_gone(data);
	vgpu_interpose_module_gone(vgpu_drm_points, data);
	return NOTIFY_OK;
}

static struct notifier_block module_nb = { .notifier_call = module_changed };

int vgpu_drm_modules_init(void)
{
	return register_module_notifier(&module_nb);
}

/* When no driver is left. */
void vgpu_drm_modules_deinit(void)
{
	unregister_module_notifier(&module_nb);
}

int vgpu_drm_discover_init(void)
{
	struct device *dev;
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		ret = vgpu_interpose_add(vgpu_drm_points, &points[i]);
		if (ret) {
			pr_err("vgpu_drm: cannot interpose on %s: %d\n",
			       points[i].name, ret);
			return ret;
		}
	}
	vgpu_drm_gem_examine();
	for (dev = next_minor(NULL); dev; dev = next_minor(dev))
		found_minor(dev);
	return 0;
}

/* They belong to no driver of the registry; also after a failed init. */
void vgpu_drm_discover_deinit(void)
{
	vgpu_interpose_remove(vgpu_drm_points, NULL);
}
