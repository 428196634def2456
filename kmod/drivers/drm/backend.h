/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The DRM backend's own nouns.
 *
 * drm_device.c	  which drm_device is which vgpu device
 * drm_driver.c	  points on one driver's ioctls, attach and detach
 * drm_ioctl.c	  handlers of those ioctls
 * drm_submit.c	  work of the GPU: who gave it, and how long it took
 * drm_engine.c	  on which engines that work runs
 * drm_gem.c	  points on the DRM core: births, deaths, imports, dumb buffers
 * drm_adopt.c	  what existed before
 * drm_discover.c the devices that are here, and those that come
 */
#ifndef _VGPU_DRM_BACKEND_H
#define _VGPU_DRM_BACKEND_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "../../call.h"
#include "../../driver.h"
#include "../../interpose.h"
#include "table.h"

struct dma_fence;
struct drm_device;
struct drm_driver;
struct drm_file;
struct drm_gem_object;
struct vgpu_drm_driver;

/**
 * struct vgpu_drm_device - a drm_device that is or was registered
 * @node: in the table by @drm; written under its lock, read under RCU
 * @drm: not referenced: the entry goes as the drm_device is released
 * @device: the vgpu device; NULL while its driver is detached. It outlives
 *	the backend, so readers need no reference
 * @driver: whose; lives as long as the backend
 * @guest: another driver charges what is on @device
 * @lost: it could not be taken up, so there is no @device
 * @registered: between drm_dev_register() and drm_dev_unregister()
 * @rcu: defers the free
 */
struct vgpu_drm_device {
	struct hlist_node node;
	struct drm_device *drm;
	struct vgpu_device *device;
	struct vgpu_drm_driver *driver;
	bool guest;
	bool lost;
	bool registered;
	struct rcu_head rcu;
};

/**
 * struct vgpu_drm_hook - one ioctl function of a driver
 * @point: on it
 * @ioctl: what the table says; NULL for a driver without a table
 * @driver: whose
 * @route: as shown to the operator
 * @size: bytes of the argument, as the driver's own table says
 * @name: of @point, where the table has none
 */
struct vgpu_drm_hook {
	struct vgpu_point point;
	const struct vgpu_drm_ioctl *ioctl;
	struct vgpu_drm_driver *driver;
	struct vgpu_route *route;
	unsigned int size;
	char name[32];
};

#define VGPU_DRM_DEATHS	2

/**
 * struct vgpu_drm_driver - one DRM driver
 * @base: in the registry
 * @list: in the backend's list, under drm_driver.c's lock; never removed
 *	before the backend goes
 * @drv: the driver while it is loaded, NULL while it is not
 * @table: what is known of it; NULL for none
 * @hooks: on its ioctls while attached, one for each of @base.routes but the
 *	first, which stands for dumb buffers
 * @nhooks: how many
 * @room: how many @base.routes has room for
 * @deaths: points where its objects die, if not only in the DRM core
 */
struct vgpu_drm_driver {
	struct vgpu_driver base;
	struct list_head list;
	const struct drm_driver *drv;
	const struct vgpu_drm_table *table;
	struct vgpu_drm_hook *hooks;
	unsigned int nhooks;
	unsigned int room;
	struct vgpu_point deaths[VGPU_DRM_DEATHS];
};

/* drm_device.c */
struct vgpu_device *vgpu_drm_device_of(const struct drm_device *drm);
struct vgpu_device *vgpu_drm_device_driver_of(const struct drm_device *drm,
					      struct vgpu_drm_driver **driver);
int vgpu_drm_device_shut(const struct drm_device *drm, struct vgpu_call *call,
			 struct vgpu_driver *driver, struct vgpu_route *route,
			 int err);
void vgpu_drm_device_lost(const struct drm_device *drm,
			  struct vgpu_drm_device *entry);
int vgpu_drm_device_map(struct drm_device *drm,
			struct vgpu_drm_driver *driver);
void vgpu_drm_device_name(struct drm_device *drm);
void vgpu_drm_device_unregistered(struct drm_device *drm);
void vgpu_drm_device_forget(const struct drm_device *drm);
void vgpu_drm_devices_attach(struct vgpu_drm_driver *driver);
void vgpu_drm_devices_adopt(const struct vgpu_drm_driver *driver);
void vgpu_drm_devices_detach(struct vgpu_drm_driver *driver);
void vgpu_drm_devices_drop(void);
void vgpu_drm_devices_destroy(void);

/* drm_driver.c */
struct vgpu_drm_driver *vgpu_drm_driver_get(const struct drm_driver *drv);
void vgpu_drm_driver_module_gone(const struct module *mod);
void vgpu_drm_drivers_destroy(void);

/* drm_ioctl.c */
int vgpu_drm_ioctl(struct drm_device *drm, void *data, struct drm_file *file,
		   struct vgpu_point *point);
int vgpu_drm_undo(struct drm_file *file, const struct vgpu_call *call);

/* drm_submit.c */
int vgpu_drm_submit(struct drm_device *drm, void *data, struct drm_file *file,
		    struct vgpu_point *point);
void vgpu_drm_submit_detach(const struct vgpu_drm_driver *driver);
int vgpu_drm_submit_init(void);
void vgpu_drm_submit_deinit(void);

/* drm_engine.c */
enum vgpu_engine vgpu_drm_engine_guess(const struct vgpu_drm_hook *hook,
				       const void *data,
				       const struct drm_file *file);
void vgpu_drm_engine_learn(const struct vgpu_drm_hook *hook, const void *data,
			   const struct drm_file *file,
			   enum vgpu_engine engine);
enum vgpu_engine vgpu_drm_engine_of(const struct vgpu_drm_table *table,
				    struct dma_fence *fence);

/* drm_gem.c */
int vgpu_drm_gem_init(void);
void vgpu_drm_gem_deinit(void);
void vgpu_drm_gem_examine(void);
bool vgpu_drm_whole(const struct vgpu_drm_driver *driver);
void vgpu_drm_gem_released(struct vgpu_point *point,
			   const struct vgpu_args *args);

/* drm_adopt.c */
void vgpu_drm_adopt(struct vgpu_drm_driver *driver, struct drm_device *drm,
		    struct vgpu_device *device);

/* drm_discover.c */
int vgpu_drm_modules_init(void);
void vgpu_drm_modules_deinit(void);
int vgpu_drm_discover_init(void);
void vgpu_drm_discover_deinit(void);

/* drm_main.c */
extern struct vgpu_interpose *vgpu_drm_points;

#endif /* _VGPU_DRM_BACKEND_H */
