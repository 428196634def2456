// SPDX-License-Identifier: GPL-2.0
/*
 * Points on one DRM driver's ioctls.
 *
 * The functions are taken from the driver's own table, so an ioctl that vgpu
 * does not care for is not touched at all, and the handler gets the DRM core's
 * copy of the argument, which no other thread can change. For a driver that
 * has no table here, every ioctl of its own is taken: what it creates is
 * charged as it appears, but not what work it is.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include <drm/drm.h>
#include <drm/drm_drv.h>
#include <drm/drm_ioctl.h>

#include "backend.h"

static DEFINE_MUTEX(drivers_lock);	/* protects the list of drivers */
static LIST_HEAD(drivers);

static const struct vgpu_drm_table *table_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < vgpu_drm_ntables; i++)
		if (!strcmp(vgpu_drm_tables[i]->driver, name))
			return vgpu_drm_tables[i];
	return NULL;
}

static const struct drm_ioctl_desc *
ioctl_at(const struct vgpu_drm_driver *driver, unsigned int nr)
{
	const struct drm_driver *drv = driver->drv;

	if (nr >= drv->num_ioctls || !drv->ioctls[nr].func)
		return NULL;
	return &drv->ioctls[nr];
}

/* Stubs that the DRM core shares among drivers do nothing worth a point. */
static bool own_function(const struct vgpu_drm_driver *driver,
			 const void *func)
{
	const struct module *mod = driver->drv->fops->owner;

	return !mod || within_module((unsigned long)func, mod);
}

static bool hooked(const struct vgpu_drm_driver *driver, const void *func)
{
	unsigned int i;

	for (i = 0; i < driver->nhooks; i++)
		if (driver->hooks[i].point.addr == func)
			return true;
	return false;
}

static enum vgpu_route_state state_of(const struct vgpu_drm_ioctl *ioctl)
{
	if (ioctl && ioctl->effect == VGPU_DRM_DENY)
		return VGPU_ROUTE_STATE_DENIED;
	return VGPU_ROUTE_STATE_ENFORCED;
}

static int hook(struct vgpu_drm_driver *driver, unsigned int nr,
		const struct vgpu_drm_ioctl *ioctl)
{
	struct vgpu_drm_hook *hook = &driver->hooks[driver->nhooks];
	const struct drm_ioctl_desc *desc = ioctl_at(driver, nr);
	int ret;

	if (!desc || !own_function(driver, desc->func) ||
	    hooked(driver, desc->func))
		return 0;
	hook->ioctl = ioctl;
	hook->driver = driver;
	hook->size = _IOC_SIZE(desc->cmd);
	snprintf(hook->name, sizeof(hook->name), "ioctl %#04x",
		 DRM_COMMAND_BASE + nr);
	hook->route = &driver->base.routes[1 + driver->nhooks];
	hook->route->name = ioctl ? ioctl->name : hook->name;
	hook->route->state = state_of(ioctl);
	hook->point = (struct vgpu_point) {
		.name = hook->route->name,
		.addr = desc->func,
		.slot = (void **)&desc->func,
		.kind = VGPU_POINT_DIVERT,
		.nargs = 3,
		.handler = ioctl && ioctl->effect == VGPU_DRM_SUBMIT ?
			vgpu_drm_submit : vgpu_drm_ioctl,
		.driver = &driver->base,
		.data = hook,
	};
	ret = vgpu_interpose_add(vgpu_drm_points, &hook->point);
	if (ret)
		return ret;
	driver->nhooks++;
	driver->base.nroutes = 1 + driver->nhooks;
	return 0;
}

/* Where its objects die, if that is not the DRM core's own function. */
static int hook_deaths(struct vgpu_drm_driver *driver)
{
	const char *const names[VGPU_DRM_DEATHS] = {
		driver->table ? driver->table->release : NULL,
		driver->table ? driver->table->abandon : NULL,
	};
	int i, ret;

	for (i = 0; i < VGPU_DRM_DEATHS; i++) {
		if (!names[i])
			continue;
		driver->deaths[i] = (struct vgpu_point) {
			.name = names[i],
			.kind = VGPU_POINT_WATCH,
			.nargs = 1,
			.watch = vgpu_drm_gem_released,
			.driver = &driver->base,
		};
		ret = vgpu_interpose_add(vgpu_drm_points, &driver->deaths[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static int hook_ioctls(struct vgpu_drm_driver *driver)
{
	const struct vgpu_drm_table *table = driver->table;
	unsigned int i, n = table ? table->nioctls : driver->drv->num_ioctls;
	int ret = 0, err;

	/* A newer build of the driver may have come with more ioctls. */
	if (n > driver->room)
		return -E2BIG;
	driver->hooks = kcalloc(n, sizeof(*driver->hooks), GFP_KERNEL);
	if (n && !driver->hooks)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		err = hook(driver, table ? table->ioctls[i].nr : i,
			   table ? &table->ioctls[i] : NULL);
		ret = ret ?: err;
	}
	return ret;
}

/*
 * What cannot be had closes the driver; the rest still stands. Its devices are
 * taken up whatever was had: on one that is not known, nothing is closed.
 */
static int attach(struct vgpu_driver *base)
{
	struct vgpu_drm_driver *driver = container_of(base,
						      struct vgpu_drm_driver,
						      base);
	int ret, err;

	driver->nhooks = 0;
	ret = hook_deaths(driver);
	err = hook_ioctls(driver);
	vgpu_drm_devices_attach(driver);
	return ret ?: err;
}

static void detach(struct vgpu_driver *base)
{
	struct vgpu_drm_driver *driver = container_of(base,
						      struct vgpu_drm_driver,
						      base);

	vgpu_interpose_remove(vgpu_drm_points, base);
	vgpu_drm_submit_detach(driver);
	vgpu_drm_devices_detach(driver);
	driver->base.nroutes = 1;
	driver->nhooks = 0;
	kfree(driver->hooks);
	driver->hooks = NULL;
}

static void mended(struct vgpu_driver *base)
{
	vgpu_drm_devices_adopt(container_of(base, struct vgpu_drm_driver,
					    base));
}

static const struct vgpu_driver_ops driver_ops = {
	.attach = attach,
	.detach = detach,
	.mended = mended,
};

static struct vgpu_drm_driver *find(const char *name)
{
	struct vgpu_drm_driver *driver;

	lockdep_assert_held(&drivers_lock);

	list_for_each_entry(driver, &drivers, list)
		if (!strcmp(driver->base.name, name))
			return driver;
	return NULL;
}

static struct vgpu_drm_driver *make(const struct drm_driver *drv)
{
	struct vgpu_drm_driver *driver;

	driver = kzalloc(sizeof(*driver), GFP_KERNEL);
	if (!driver)
		return NULL;
	driver->table = table_of(drv->name);
	driver->room = driver->table ? driver->table->nioctls :
				       drv->num_ioctls;
	driver->base.routes = kcalloc(1 + driver->room,
				      sizeof(*driver->base.routes),
				      GFP_KERNEL);
	if (!driver->base.routes) {
		kfree(driver);
		return NULL;
	}
	driver->base.routes[0].name = "MODE_CREATE_DUMB";
	driver->base.routes[0].state = VGPU_ROUTE_STATE_ENFORCED;
	driver->base.nroutes = 1;
	strscpy(driver->base.name, drv->name, sizeof(driver->base.name));
	driver->base.backend = "drm";
	driver->base.ops = &driver_ops;
	driver->base.points = vgpu_drm_points;
	driver->drv = drv;
	return driver;
}

/**
 * vgpu_drm_driver_get - the backend's hold on a driver, made where missing
 * @drv: loaded
 *
 * A driver whose points could not all be had is still listed, as degraded.
 *
 * Context: May sleep.
 * Return: it; NULL for want of memory. It lives as long as the backend.
 */
struct vgpu_drm_driver *vgpu_drm_driver_get(const struct drm_driver *drv)
{
	struct vgpu_drm_driver *driver;

	mutex_lock(&drivers_lock);
	driver = find(drv->name);
	if (driver && driver->drv) {
		/* Loaded, and known. */
	} else if (driver) {
		driver->drv = drv;
		vgpu_driver_came(&driver->base);
	} else {
		driver = make(drv);
		if (driver) {
			list_add_tail(&driver->list, &drivers);
			vgpu_driver_register(&driver->base);
		}
	}
	mutex_unlock(&drivers_lock);
	return driver;
}

/**
 * vgpu_drm_driver_module_gone - a module is being unloaded
 * @mod: in MODULE_STATE_GOING
 *
 * Context: May sleep.
 */
void vgpu_drm_driver_module_gone(const struct module *mod)
{
	struct vgpu_drm_driver *driver;

	mutex_lock(&drivers_lock);
	list_for_each_entry(driver, &drivers, list) {
		if (!driver->drv || driver->drv->fops->owner != mod)
			continue;
		vgpu_driver_went(&driver->base);
		driver->drv = NULL;
	}
	mutex_unlock(&drivers_lock);
}

/* When no call is in flight and none can be made any more but by pass. */
void vgpu_drm_drivers_destroy(void)
{
	struct vgpu_drm_driver *driver, *next;

	mutex_lock(&drivers_lock);
	list_for_each_entry_safe(driver, next, &drivers, list) {
		vgpu_driver_unregister(&driver->base);
		list_del(&driver->list);
		kfree(driver->base.routes);
		kfree(driver);
	}
	mutex_unlock(&drivers_lock);
}
