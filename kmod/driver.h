/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registry of drivers. A driver is a backend's hold on one driver family
 * of the host ("virtio_gpu", "amdgpu"); a backend is a module of ours that
 * knows how to interpose on it.
 */
#ifndef _VGPU_DRIVER_H
#define _VGPU_DRIVER_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>

#include <linux/vgpu.h>

#include "device.h"

struct module;
struct vgpu_driver;
struct vgpu_interpose;

/**
 * struct vgpu_route - one way to memory or time through a driver
 * @name: what to show; must outlive the driver
 * @state: what happens to a quota'd group that takes it
 * @refused: how often one was refused here
 */
struct vgpu_route {
	const char *name;
	enum vgpu_route_state state;
	atomic64_t refused;
};

/**
 * struct vgpu_driver_ops - what a backend does for the registry
 * @attach: interpose on the driver and take up its devices
 * @detach: let go of it: remove its points, its devices and what they are
 *	charged. No call through its points is in flight then
 * @mended: optional: points that were lost stand again, so charge what was
 *	made meanwhile
 *
 * All may sleep and run with the registry's lock held.
 */
struct vgpu_driver_ops {
	int (*attach)(struct vgpu_driver *driver);
	void (*detach)(struct vgpu_driver *driver);
	void (*mended)(struct vgpu_driver *driver);
};

/**
 * struct vgpu_driver - a backend's hold on one driver family
 * @name: the host driver's name; immutable
 * @backend: the backend's name; immutable
 * @ops: immutable
 * @points: the backend's set of points, borrowed
 * @strays: the self-test of this driver covers the points of none, too
 * @routes: the backend's own, as long as it is registered
 * @nroutes: how many
 * @standin: it only closes the driver's ways in, until a backend that can
 *	charge them takes its place; immutable
 * @dormant: the stand-in whose place this one has taken; under the registry's
 *	lock
 * @state: under the registry's lock, read locklessly by the fast paths
 * @partial: attaching failed for more than lost points; under that lock
 * @list: in the registry, ordered by @serial, under its lock
 * @serial: place in the registry, for dumps; immutable
 */
struct vgpu_driver {
	char name[VGPU_DEVICE_NAME_MAX];
	const char *backend;
	const struct vgpu_driver_ops *ops;
	struct vgpu_interpose *points;
	bool strays;
	struct vgpu_route *routes;
	unsigned int nroutes;
	bool standin;
	struct vgpu_driver *dormant;
	enum vgpu_driver_state state;
	bool partial;
	struct list_head list;
	u32 serial;
};

void vgpu_driver_init(void);
void vgpu_driver_deinit(void);

/* For backends */
int vgpu_driver_register(struct vgpu_driver *driver);
void vgpu_driver_unregister(struct vgpu_driver *driver);
void vgpu_driver_failed(struct vgpu_driver *driver);
void vgpu_driver_came(struct vgpu_driver *driver);
void vgpu_driver_went(struct vgpu_driver *driver);
void vgpu_driver_examine(struct vgpu_driver *driver);
bool vgpu_driver_whole(const struct vgpu_driver *driver);
int vgpu_driver_refuse(struct vgpu_driver *driver, struct vgpu_route *route,
		       struct vgpu_device *device, int err);
int vgpu_driver_guard(struct vgpu_driver *driver, struct vgpu_route *route,
		      int err);
int vgpu_driver_hold(struct vgpu_driver *driver, struct vgpu_route *route,
		     int err);
void vgpu_driver_adopted(struct vgpu_driver *driver,
			 struct vgpu_device *device, u64 bytes);

/* For control */
struct vgpu_stuck;

int vgpu_driver_attach(const char *name);
int vgpu_driver_detach(const char *name, unsigned int deadline_ms,
		       struct vgpu_stuck *stuck, unsigned int *nstuck);
unsigned int vgpu_driver_count(void);
unsigned int vgpu_driver_generation(void);
int vgpu_driver_show(u32 after, const char *name,
		     int (*show)(struct vgpu_driver *driver, void *ctx),
		     void *ctx);

#endif /* _VGPU_DRIVER_H */
