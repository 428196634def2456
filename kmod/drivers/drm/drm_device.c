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
/* There was no memory for an entry of the table; read and written racily. */
static bool unlisted;

static struct vgpu_drm_device *find(const struct drm_device *drm)
{
	struct vgpu_drm_device *entry;

	hash_for_each_possible_rcu(devices, entry, node, (unsigned long)drm)
		if (entry->drm == drm)
			return entry;
	return NULL;
}

/* Or it was made one after it was taken up (vgpu_device_take()). */
static bool is_guest(const struct vgpu_drm_device *entry,
		     const struct vgpu_device *device)
{
	const struct vgpu_driver *owner = READ_ONCE(device->driver);

	return READ_ONCE(entry->guest) ||
	       (owner && owner != &entry->driver->base);
}

/* The one that its objects are charged on, or NULL; under RCU. */
static struct vgpu_device *charged_on(const struct vgpu_drm_device *entry)
{
	struct vgpu_device *device = entry ? READ_ONCE(entry->device) : NULL;

	return device && !is_guest(entry, device) ? device : NULL;
}

/**
 * vgpu_drm_device_of - the vgpu device on which a drm_device's objects count
 * @drm: alive
 *
 * Context: Any.
 * Return: borrowed for as long as the backend is loaded; NULL where it has
 * none, its driver is detached, or another backend charges what is there.
 */
struct vgpu_device *vgpu_drm_device_of(const struct drm_device *drm)
{
	struct vgpu_device *device;

	rcu_read_lock();
	device = charged_on(find(drm));
	rcu_read_unlock();
	return device;
}

/* Likewise, with its driver, which lives as long as the backend. */
struct vgpu_device *vgpu_drm_device_driver_of(const struct drm_device *drm,
					      struct vgpu_drm_driver **driver)
{
	struct vgpu_drm_device *entry;
	struct vgpu_device *device;

	rcu_read_lock();
	entry = find(drm);
	device = charged_on(entry);
	if (entry)
		*driver = entry->driver;
	rcu_read_unlock();
	return device;
}

/* Whoever charges what is there. */
static struct vgpu_device *leads_to(const struct drm_device *drm)
{
	struct vgpu_drm_device *entry;
	struct vgpu_device *device;

	rcu_read_lock();
	entry = find(drm);
	device = entry ? READ_ONCE(entry->device) : NULL;
	rcu_read_unlock();
	return device;
}

/* Could it not be taken up? A driver that is detached has let its devices go. */
static bool is_lost(const struct drm_device *drm)
{
	struct vgpu_drm_device *entry;
	bool lost;

	rcu_read_lock();
	entry = find(drm);
	lost = entry ? READ_ONCE(entry->lost) : READ_ONCE(unlisted);
	rcu_read_unlock();
	return lost;
}

/**
 * vgpu_drm_device_shut - keep groups with a quota from what is not charged
 * @drm: alive; vgpu_drm_device_of() has found none
 * @call: begun, without a device; on a guest, it gets that which it is on
 * @driver: whose
 * @route: the way the caller tries
 * @err: what it shall get
 *
 * Objects of a guest are another backend's to charge, which never sees them. A
 * quota on that device keeps the caller from making any. Where a device could not
 * be taken up, nobody can tell which quotas count there, so any does.
 *
 * Context: May sleep, in the task that tries.
 * Return: @err, or 0.
 */
int vgpu_drm_device_shut(const struct drm_device *drm, struct vgpu_call *call,
			 struct vgpu_driver *driver, struct vgpu_route *route,
			 int err)
{
	call->device = leads_to(drm);
	if (!call->device)
		return is_lost(drm) ? vgpu_driver_guard(driver, route, err) : 0;
	if (!vgpu_call_limited(call))
		return 0;
	return vgpu_driver_refuse(driver, route, call->device, err);
}

/**
 * vgpu_drm_device_lost - a drm_device cannot be taken up
 * @drm: alive
 * @entry: its; NULL where there is none
 *
 * Groups with a quota are kept off it.
 *
 * Context: May sleep.
 */
void vgpu_drm_device_lost(const struct drm_device *drm,
			  struct vgpu_drm_device *entry)
{
	if (entry)
		WRITE_ONCE(entry->lost, true);
	else
		WRITE_ONCE(unlisted, true);
	pr_warn("vgpu_drm: %s on %s cannot be taken up and is closed to groups with a quota\n",
		drm->driver->name, dev_name(drm->dev));
}

/* A name that another driver's device has leads to that one, as a guest. */
static void take_up(struct vgpu_drm_device *entry, struct drm_device *drm)
{
	const struct vgpu_drm_table *table = entry->driver->table;
	struct vgpu_device *device = ERR_PTR(-EEXIST);
	char name[VGPU_DEVICE_NAME_MAX];

	vgpu_device_stable_name(drm->dev, name);
	if (!table || !table->guest)
		device = vgpu_device_add(&entry->driver->base, name, 0);
	WRITE_ONCE(entry->guest, device == ERR_PTR(-EEXIST));
	if (entry->guest)
		device = vgpu_device_join(name);
	if (IS_ERR(device)) {
		vgpu_drm_device_lost(drm, entry);
		return;
	}
	WRITE_ONCE(entry->device, device);
	WRITE_ONCE(entry->lost, false);
}

/**
 * vgpu_drm_device_map - take up a drm_device
 * @drm: alive; about to be registered, or found
 * @driver: whose
 *
 * Context: May sleep.
 * Return: 0, though it may be lost; -EEXIST where it is known already; -ENOMEM.
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
	take_up(entry, drm);
	return 0;
}

static void each_node(struct vgpu_device *device, const struct drm_device *drm,
		      void (*act)(struct vgpu_device *device, const char *node))
{
	const struct drm_minor *minors[] = {
		drm->primary,
		drm->render,
#if IS_ENABLED(CONFIG_DRM_ACCEL)
		drm->accel,
#endif
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(minors); i++)
		if (minors[i] && minors[i]->kdev)
			act(device, dev_name(minors[i]->kdev));
}

static void alias(struct vgpu_device *device, const char *node)
{
	vgpu_device_alias(device, node);
}

/**
 * vgpu_drm_device_name - learn the nodes of a registered drm_device
 * @drm: registered
 *
 * Context: May sleep.
 */
void vgpu_drm_device_name(struct drm_device *drm)
{
	struct vgpu_device *device = leads_to(drm);

	if (device)
		each_node(device, drm, alias);
}

/**
 * vgpu_drm_device_unregistered - its nodes are gone
 * @drm: alive; open files on it may still create objects, so it stays known
 *
 * Context: May sleep.
 */
void vgpu_drm_device_unregistered(struct drm_device *drm)
{
	struct vgpu_drm_driver *driver = NULL;
	struct vgpu_device *gone = NULL;
	struct vgpu_drm_device *entry;
	unsigned long flags;

	raw_spin_lock_irqsave(&devices_lock, flags);
	entry = find(drm);
	if (entry && entry->registered) {
		entry->registered = false;
		gone = entry->device;
		driver = entry->driver;
	}
	raw_spin_unlock_irqrestore(&devices_lock, flags);
	if (!gone)
		return;
	each_node(gone, drm, vgpu_device_unalias);
	vgpu_device_remove(gone, &driver->base);
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

static void take_up_again(struct drm_device *drm)
{
	struct vgpu_drm_device *entry;

	/* The drm_device is held, and so its entry stays. */
	rcu_read_lock();
	entry = find(drm);
	rcu_read_unlock();
	if (entry && !entry->device)
		take_up(entry, drm);
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
		take_up_again(drm);
		vgpu_drm_device_name(drm);
		device = vgpu_drm_device_of(drm);
		if (device)
			vgpu_drm_adopt(driver, drm, device);
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
	bool registered, guest;

again:
	raw_spin_lock_irqsave(&devices_lock, flags);
	hash_for_each(devices, bucket, entry, node) {
		device = entry->device;
		if (entry->driver != driver)
			continue;
		WRITE_ONCE(entry->lost, false);
		if (!device)
			continue;
		registered = entry->registered;
		guest = is_guest(entry, device);
		WRITE_ONCE(entry->device, NULL);
		raw_spin_unlock_irqrestore(&devices_lock, flags);
		/* Births under way that saw the device end before this does. */
		synchronize_rcu_tasks();
		if (!guest)
			vgpu_object_drop(device);
		if (registered)
			vgpu_device_remove(device, &driver->base);
		goto again;
	}
	raw_spin_unlock_irqrestore(&devices_lock, flags);
}

/* Of those that are charged, the one at the next higher address, or NULL. */
static struct vgpu_device *next_device(const struct vgpu_device *after)
{
	struct vgpu_device *device, *next = NULL;
	struct vgpu_drm_device *entry;
	unsigned int bucket;

	rcu_read_lock();
	hash_for_each_rcu(devices, bucket, entry, node) {
		device = charged_on(entry);
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
