/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices: one GPU each, however many nodes lead to it.
 *
 * A device has a stable id and name for as long as the module is loaded. It
 * may be absent: named by a quota before it came, or gone since. Backends add
 * and remove; everybody else looks up.
 */
#ifndef _VGPU_DEVICE_H
#define _VGPU_DEVICE_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>

#include "arbiter.h"

struct device;
struct vgpu_driver;

#define VGPU_DEVICE_NAME_MAX	64
#define VGPU_DEVICE_ALIASES	8

/**
 * struct vgpu_device - one GPU
 * @id: never used again while the module is loaded, immutable
 * @list: in the list of devices ordered by id, under vgpu_device_lock
 * @ref: one for the list, one for each holder
 * @name: stable name, "pci:0000:00:02.0" or "platform:vgem"; immutable
 * @present: a backend has it; written under vgpu_device_lock
 * @total: bytes of memory, 0 where the driver does not say
 * @parent: id of the device that this one is a part of, or 0; under
 *	vgpu_device_lock
 * @driver: its backend's driver while present, borrowed: the driver outlives
 *	its devices; written under vgpu_device_lock
 * @holds: how many times @driver has it, under vgpu_device_lock
 * @guests: how many times others lead to it, whose memory on it is @driver's to
 *	charge; likewise
 * @arbiters: one for each engine class
 * @bound: how many accounts have something set of their time; written under
 *	vgpu_group_lock, read locklessly
 * @open: its driver is being let go of, so nobody waits; read locklessly
 * @aliases: other names that lead to it ("card0", "renderD128"), under
 *	vgpu_device_lock
 * @naliases: how many of them
 */
struct vgpu_device {
	u32 id;
	struct list_head list;
	struct kref ref;
	char name[VGPU_DEVICE_NAME_MAX];
	bool present;
	u64 total;
	u32 parent;
	struct vgpu_driver *driver;
	unsigned int holds;
	unsigned int guests;
	struct vgpu_arbiter arbiters[VGPU_ENGINES];
	unsigned int bound;
	bool open;
	char aliases[VGPU_DEVICE_ALIASES][VGPU_DEVICE_NAME_MAX];
	unsigned int naliases;
};

void vgpu_device_deinit(void);

/* For backends */
void vgpu_device_stable_name(const struct device *dev, char *name);
struct vgpu_device *vgpu_device_add(struct vgpu_driver *driver,
				    const char *name, u64 total);
struct vgpu_device *vgpu_device_take(struct vgpu_driver *driver,
				     const char *name, u64 total);
struct vgpu_device *vgpu_device_join(const char *name);
int vgpu_device_alias(struct vgpu_device *device, const char *alias);
void vgpu_device_unalias(struct vgpu_device *device, const char *alias);
void vgpu_device_set_total(struct vgpu_device *device, u64 total);
void vgpu_device_set_parent(struct vgpu_device *device,
			    const struct vgpu_device *parent);
void vgpu_device_remove(struct vgpu_device *device,
			const struct vgpu_driver *driver);

/* For the registry of drivers */
void vgpu_device_open(const struct vgpu_driver *driver, bool open);

/* For everybody */
struct vgpu_device *vgpu_device_by_id(u32 id);
struct vgpu_device *vgpu_device_by_name(const char *name);
struct vgpu_device *vgpu_device_expect(const char *name);
struct vgpu_device *vgpu_device_waiting(const char *name);
void vgpu_device_forget(struct vgpu_device *device);
struct vgpu_device *vgpu_device_next(u32 id);
void vgpu_device_get(struct vgpu_device *device);
void vgpu_device_put(struct vgpu_device *device);
unsigned int vgpu_device_count(void);
unsigned int vgpu_device_count_of(const struct vgpu_driver *driver);
unsigned int vgpu_device_generation(void);

/* A copy of the names, taken under the lock, for those who show them. */
struct vgpu_device_info {
	u32 id;
	bool present;
	u64 total;
	u32 parent;
	char name[VGPU_DEVICE_NAME_MAX];
	char driver[VGPU_DEVICE_NAME_MAX];
	char aliases[VGPU_DEVICE_ALIASES][VGPU_DEVICE_NAME_MAX];
	unsigned int naliases;
};

void vgpu_device_info(struct vgpu_device *device,
		      struct vgpu_device_info *info);

#endif /* _VGPU_DEVICE_H */
