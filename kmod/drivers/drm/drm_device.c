// SPDX-License-Identifier: GPL-2.0
/*
 * Which drm_device is which vgpu device.
 *
 * An entry is made before a drm_device is registered, or when it is found,
 * and goes when the DRM core frees the drm_device, not when it is
 * unregistered: until then, open files may still create objects on it. No
 * reference is held, so nothing of a driver outlives its time through us.
 */
#include <linux/device.h>
#include <linux/hashtable.h>
#include <linux/kref.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>

#include "../../object.h"
#include "backend.h"

static DEFINE_HASHTABLE(devices, 4);
/* Protects writes to the table; taken where drm_devices die. */
static DEFINE_RAW_SPINLOCK(devices_lock);

static struct vgpu_drm_device *find(const struct drm_device *drm)
{
	struct vgpu_drm_device *entry;

	hash_for_each_possible_rcu(devices, entry, node, (unsigned long)drm)
		if (entry->drm == drm)
			return entry;
	return NULL;
}

/**
 * vgpu_drm_device_of - the vgpu device of a drm_device
 * @drm: alive
 *
 * Context: Any.
 * Return: borrowed for as long as the backend is loaded; NULL where it has
 * none or its driver is detached.
 */
struct vgpu_device *vgpu_drm_device_of(const struct drm_device *drm)
{
	struct vgpu_drm_device *entry;
	struct vgpu_device *device;

	rcu_read_lock();
	entry = find(drm);
	device = entry ? READ_ONCE(entry->device) : NULL;
	rcu_read_unlock();
	return device;
}

/* Likewise, with its driver, which lives as long as the backend. */
struct vgpu_device *vgpu_drm_device_driver_of(const struct drm_device *drm,
					      struct vgpu_drm_driver **driver)
{
	struct vgpu_drm_device *entry;
	struct vgpu_device *device = NULL;

	rcu_read_lock();
	entry = find(drm);
	if (entry) {
		device = READ_ONCE(entry->device);
		*driver = entry->driver;
	}
	rcu_read_unlock();
	return device;
}

static struct vgpu_device *take_up(struct vgpu_drm_driver *driver,
				   struct drm_device *drm)
{
	char name[VGPU_DEVICE_NAME_MAX];
	struct vgpu_device *device;

	vgpu_device_stable_name(drm->dev, name);
	device = vgpu_device_add(&driver->base, name, 0);
	return IS_ERR(device) ? NULL : device;
}

/**
 * vgpu_drm_device_map - take up a drm_device
 * @drm: alive; about to be registered, or found
 * @driver: whose
 *
 * Context: May sleep.
 * Return: 0; -EEXIST where it is known already; -ENOMEM.
 */
int vgpu_drm_device_map(struct drm_device *drm, struct vgpu_drm_driver *driver)
{
	struct vgpu_drm_device *entry;
	unsigned long flags;
	bool known;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->drm = drm;
	entry->driver = driver;
	entry->registered = true;

	raw_spin_lock_irqsave(&devices_lock, flags);
	known = find(drm);
	if (!known)
		hash_add_rcu(devices, &entry->node, (unsigned long)drm);
	raw_spin_unlock_irqrestore(&devices_lock, flags);
	if (known) {
		kfree(entry);
		return -EEXIST;
	}
	WRITE_ONCE(entry->device, take_up(driver, drm));
	return 0;
}

static void alias(struct vgpu_device *device, const struct drm_minor *minor)
{
	if (minor && minor->kdev)
		vgpu_device_alias(device, dev_name(minor->kdev));
}

/**
 * vgpu_drm_device_name - learn the nodes of a registered drm_device
 * @drm: registered
 *
 * Context: May sleep.
 */
void vgpu_drm_device_name(struct drm_device *drm)
{
	struct vgpu_device *device = vgpu_drm_device_of(drm);

	if (!device)
		return;
	alias(device, drm->primary);
	alias(device, drm->render);
#if IS_ENABLED(CONFIG_DRM_ACCEL)
	alias(device, drm->accel);
#endif
}

/**
 * vgpu_drm_device_unregistered - its nodes are gone
 * @drm: alive; open files on it may still create objects, so it stays known
 *
 * Context: May sleep.
 */
void vgpu_drm_device_unregistered(struct drm_device *drm)
{
	struct vgpu_device *gone = NULL;
	struct vgpu_drm_device *entry;
	unsigned long flags;

	raw_spin_lock_irqsave(&devices_lock, flags);
	entry = find(drm);
	if (entry && entry->registered) {
		entry->registered = false;
		gone = entry->device;
	}
	raw_spin_unlock_irqrestore(&devices_lock, flags);
	if (gone)
		vgpu_device_remove(gone);
}

/**
 * vgpu_drm_device_forget - the DRM core is freeing a drm_device
 * @drm: its objects are gone
 *
 * Context: Any.
 */
void vgpu_drm_device_forget(const struct drm_device *drm)
{
	struct vgpu_drm_device *entry;
	unsigned long flags;

	raw_spin_lock_irqsave(&devices_lock, flags);
	entry = find(drm);
	if (entry)
		hash_del_rcu(&entry->node);
	raw_spin_unlock_irqrestore(&devices_lock, flags);
	if (entry)
		kfree_rcu(entry, rcu);
}

/*
 * The next drm_device, of @driver or of any, referenced; NULL at the end. RCU
 * would keep the entry alone: a drm_device is freed once it is forgotten.
 */
static struct drm_device *next_of(const struct vgpu_drm_driver *driver,
				  unsigned int *skip)
{
	struct vgpu_drm_device *entry;
	struct drm_device *drm = NULL;
	unsigned int bucket, seen = 0;
	unsigned long flags;

	raw_spin_lock_irqsave(&devices_lock, flags);
	hash_for_each(devices, bucket, entry, node) {
		if ((driver && entry->driver != driver) ||
		    !entry->registered || seen++ < *skip)
			continue;
		(*skip)++;
		if (!kref_get_unless_zero(&entry->drm->ref))
			continue;
		drm = entry->drm;
		break;
	}
	raw_spin_unlock_irqrestore(&devices_lock, flags);
	return drm;
}

static void set_device(const struct drm_device *drm,
		       struct vgpu_device *device)
{
	struct vgpu_drm_device *entry;

	rcu_read_lock();
	entry = find(drm);
	if (entry)
		WRITE_ONCE(entry->device, device);
	rcu_read_unlock();
}

/**
 * vgpu_drm_devices_attach - take up the devices of a driver again
 * @driver: attached; the caller holds the registry's lock
 *
 * Context: May sleep.
 */
void vgpu_drm_devices_attach(struct vgpu_drm_driver *driver)
{
	struct vgpu_device *device;
	struct drm_device *drm;
	unsigned int skip = 0;

	while ((drm = next_of(driver, &skip))) {
		device = vgpu_drm_device_of(drm) ?: take_up(driver, drm);
		if (device) {
			set_device(drm, device);
			vgpu_drm_device_name(drm);
			vgpu_drm_adopt(driver, drm, device);
		}
		drm_dev_put(drm);
	}
}

/**
 * vgpu_drm_devices_adopt - charge what was made while points were lost
 * @driver: whose; NULL for all
 *
 * Context: May sleep.
 */
void vgpu_drm_devices_adopt(const struct vgpu_drm_driver *driver)
{
	struct vgpu_drm_driver *owner;
	struct vgpu_device *device;
	struct drm_device *drm;
	unsigned int skip = 0;

	while ((drm = next_of(driver, &skip))) {
		device = vgpu_drm_device_driver_of(drm, &owner);
		if (device)
			vgpu_drm_adopt(owner, drm, device);
		drm_dev_put(drm);
	}
}

/**
 * vgpu_drm_devices_detach - let the devices of a driver go
 * @driver: its points are gone, so its objects are forgotten
 *
 * Context: May sleep.
 */
void vgpu_drm_devices_detach(struct vgpu_drm_driver *driver)
{
	struct vgpu_drm_device *entry;
	struct vgpu_device *device;
	unsigned long flags;
	unsigned int bucket;
	bool registered;

again:
	raw_spin_lock_irqsave(&devices_lock, flags);
	hash_for_each(devices, bucket, entry, node) {
		device = entry->device;
		if (entry->driver != driver || !device)
			continue;
		registered = entry->registered;
		WRITE_ONCE(entry->device, NULL);
		raw_spin_unlock_irqrestore(&devices_lock, flags);
		/* Births under way that saw the device end before this does. */
		synchronize_rcu_tasks();
		vgpu_object_drop(device);
		if (registered)
			vgpu_device_remove(device);
		goto again;
	}
	raw_spin_unlock_irqrestore(&devices_lock, flags);
}

/* Of those that have a driver, the one at the next higher address, or NULL. */
static struct vgpu_device *next_device(const struct vgpu_device *after)
{
	struct vgpu_device *device, *next = NULL;
	struct vgpu_drm_device *entry;
	unsigned int bucket;

	rcu_read_lock();
	hash_for_each_rcu(devices, bucket, entry, node) {
		device = READ_ONCE(entry->device);
		if (device > after && (!next || device < next))
			next = device;
	}
	rcu_read_unlock();
	return next;
}

/**
 * vgpu_drm_devices_drop - forget the objects of all devices
 *
 * For when deaths are no longer seen, whoever the driver.
 *
 * Context: May sleep.
 */
void vgpu_drm_devices_drop(void)
{
	struct vgpu_device *device = NULL;

	while ((device = next_device(device)))
		vgpu_object_drop(device);
}

/* When no point is left. */
void vgpu_drm_devices_destroy(void)
{
	struct vgpu_drm_device *entry;
	struct hlist_node *next;
	unsigned int bucket;

	hash_for_each_safe(devices, bucket, next, entry, node) {
		hash_del_rcu(&entry->node);
		kfree_rcu(entry, rcu);
	}
}
