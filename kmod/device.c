// SPDX-License-Identifier: GPL-2.0
/*
 * The list of devices: those that backends have, those that have gone and
 * those that so far only a quota names.
 *
 * A device stays in the list until the module goes, so that its id and the
 * quotas and charges on it survive a reset, a hotplug or a reload of its
 * driver. What comes back under the same stable name is the same device.
 */
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "device.h"
#include "driver.h"
#include "event.h"

static DEFINE_MUTEX(vgpu_device_lock);	/* protects all below */
static LIST_HEAD(devices);		/* ordered by id */
static u32 last_id;
static unsigned int count;		/* read locklessly */
static unsigned int generation;		/* likewise */

static void free_device(struct kref *ref)
{
	struct vgpu_device *device = container_of(ref, struct vgpu_device, ref);
	int i;

	for (i = 0; i < VGPU_ENGINES; i++)
		vgpu_arbiter_deinit(&device->arbiters[i]);
	kfree(device);
}

void vgpu_device_get(struct vgpu_device *device)
{
	kref_get(&device->ref);
}

/**
 * vgpu_device_put - drop a reference
 * @device: may be NULL
 *
 * Context: Any.
 */
void vgpu_device_put(struct vgpu_device *device)
{
	if (device)
		kref_put(&device->ref, free_device);
}

/**
 * vgpu_device_stable_name - the name by which a device is known for good
 * @dev: any struct device of it: its nearest PCI ancestor names it, or else
 *	its highest named one, with the bus in front
 * @name: VGPU_DEVICE_NAME_MAX bytes
 *
 * Context: Any, @dev referenced.
 */
void vgpu_device_stable_name(const struct device *dev, char *name)
{
	const char *bus = "platform";
	const struct device *at;

	for (at = dev; at; at = at->parent) {
		if (at->bus == &pci_bus_type) {
			snprintf(name, VGPU_DEVICE_NAME_MAX, "pci:%s",
				 dev_name(at));
			return;
		}
	}
	for (at = dev; at && !at->bus; at = at->parent)
		;
	at = at ?: dev;
	/* 6.16 moved vgem and its like to the faux bus; quotas know no kernel. */
	if (at->bus && strcmp(at->bus->name, "faux"))
		bus = at->bus->name;
	snprintf(name, VGPU_DEVICE_NAME_MAX, "%s:%s", bus, dev_name(at));
}
EXPORT_SYMBOL_GPL(vgpu_device_stable_name);

static struct vgpu_device *find_stable(const char *name)
{
	struct vgpu_device *device;

	lockdep_assert_held(&vgpu_device_lock);

	list_for_each_entry(device, &devices, list)
		if (!strcmp(device->name, name))
			return device;
	return NULL;
}

/* "0000:00:02.0" and "pci:0000:00:02.0" are the same. */
static bool same_stable(const char *stable, const char *name)
{
	return !strcmp(stable, name) ||
	       (strstarts(stable, "pci:") && !strcmp(stable + 4, name));
}

static bool has_name(const struct vgpu_device *device, const char *name)
{
	unsigned int i;

	if (same_stable(device->name, name))
		return true;
	for (i = 0; i < device->naliases; i++)
		if (!strcmp(device->aliases[i], name))
			return true;
	return false;
}

static struct vgpu_device *make(const char *name)
{
	struct vgpu_device *device;
	int i;

	lockdep_assert_held(&vgpu_device_lock);

	device = kzalloc(sizeof(*device), GFP_KERNEL);
	if (!device)
		return NULL;
	kref_init(&device->ref);
	for (i = 0; i < VGPU_ENGINES; i++)
		vgpu_arbiter_init(&device->arbiters[i], device);
	strscpy(device->name, name, sizeof(device->name));
	device->id = ++last_id;
	list_add_tail(&device->list, &devices);
	WRITE_ONCE(count, count + 1);
	WRITE_ONCE(generation, generation + 1);
	return device;
}

static void announce(u32 type, const struct vgpu_device *device,
		     const struct vgpu_driver *driver)
{
	struct vgpu_event event = {
		.type = type,
		.device = device->id,
	};

	strscpy(event.device_name, device->name, sizeof(event.device_name));
	if (driver)
		strscpy(event.driver, driver->name, sizeof(event.driver));
	vgpu_event_post(&event);
}

/* Once more by the driver that has it, or the first time. */
static void hold(struct vgpu_device *device, struct vgpu_driver *driver,
		 u64 total)
{
	lockdep_assert_held(&vgpu_device_lock);

	vgpu_device_get(device);
	if (device->holds++)
		return;
	device->present = true;
	WRITE_ONCE(device->driver, driver);
	device->total = total;
	WRITE_ONCE(device->open, false);
	WRITE_ONCE(generation, generation + 1);
	announce(VGPU_EVENT_TYPE_DEVICE_ADDED, device, driver);
}

static void let_go(struct vgpu_device *device)
{
	lockdep_assert_held(&vgpu_device_lock);

	announce(VGPU_EVENT_TYPE_DEVICE_REMOVED, device, device->driver);
	device->present = false;
	WRITE_ONCE(device->driver, NULL);
	device->holds = 0;
	WRITE_ONCE(device->open, true);
	WRITE_ONCE(generation, generation + 1);
}

/**
 * vgpu_device_add - a device is here
 * @driver: whose it is; stays registered until the device is removed
 * @name: stable name
 * @total: bytes of memory, 0 where the driver does not say
 *
 * What a driver knows by one name several times over is one device, and gone
 * when it was removed as often.
 *
 * Context: May sleep.
 * Return: a reference to the device that ever had this name, or to a new one;
 * an ERR_PTR: -EEXIST where another driver has it, -ENOMEM.
 */
struct vgpu_device *vgpu_device_add(struct vgpu_driver *driver,
				    const char *name, u64 total)
{
	struct vgpu_device *device;

	mutex_lock(&vgpu_device_lock);
	device = find_stable(name) ?: make(name);
	if (!device)
		device = ERR_PTR(-ENOMEM);
	else if (device->present && device->driver != driver)
		device = ERR_PTR(-EEXIST);
	else
		hold(device, driver, total);
	mutex_unlock(&vgpu_device_lock);
	return device;
}
EXPORT_SYMBOL_GPL(vgpu_device_add);

/**
 * vgpu_device_take - a device is here, whoever has it
 * @driver: as vgpu_device_add(), for the one that knows of all memory on it
 * @name: likewise
 * @total: likewise
 *
 * Another driver that has it is a guest on it from then on.
 *
 * Context: May sleep.
 * Return: as vgpu_device_add(), but never -EEXIST.
 */
struct vgpu_device *vgpu_device_take(struct vgpu_driver *driver,
				     const char *name, u64 total)
{
	struct vgpu_device *device;

	mutex_lock(&vgpu_device_lock);
	device = find_stable(name) ?: make(name);
	if (device && device->present && device->driver != driver) {
		device->guests += device->holds;
		let_go(device);
	}
	if (device)
		hold(device, driver, total);
	mutex_unlock(&vgpu_device_lock);
	return device ?: ERR_PTR(-ENOMEM);
}
EXPORT_SYMBOL_GPL(vgpu_device_take);

/**
 * vgpu_device_join - be a guest on a device
 * @name: stable name; it may be absent
 *
 * For a driver that leads to a device whose memory another charges.
 * vgpu_device_remove() ends it.
 *
 * Context: May sleep.
 * Return: a reference, or an ERR_PTR: -ENOMEM.
 */
struct vgpu_device *vgpu_device_join(const char *name)
{
	struct vgpu_device *device;

	mutex_lock(&vgpu_device_lock);
	device = find_stable(name) ?: make(name);
	if (device) {
		device->guests++;
		vgpu_device_get(device);
	}
	mutex_unlock(&vgpu_device_lock);
	return device ?: ERR_PTR(-ENOMEM);
}
EXPORT_SYMBOL_GPL(vgpu_device_join);

/**
 * vgpu_device_alias - give a device one name more
 * @device: present, or the caller is a guest on it
 * @alias: as users type it, "card0"; one that it has already is fine
 *
 * Context: May sleep.
 * Return: 0, or -ENOSPC.
 */
int vgpu_device_alias(struct vgpu_device *device, const char *alias)
{
	int ret = -ENOSPC;

	mutex_lock(&vgpu_device_lock);
	if (has_name(device, alias)) {
		ret = 0;
	} else if (device->naliases < VGPU_DEVICE_ALIASES) {
		strscpy(device->aliases[device->naliases++], alias,
			VGPU_DEVICE_NAME_MAX);
		ret = 0;
	}
	mutex_unlock(&vgpu_device_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(vgpu_device_alias);

/**
 * vgpu_device_unalias - take a name away from a device
 * @device: referenced
 * @alias: that it may have
 *
 * Context: May sleep.
 */
void vgpu_device_unalias(struct vgpu_device *device, const char *alias)
{
	unsigned int i;

	mutex_lock(&vgpu_device_lock);
	for (i = 0; i < device->naliases; i++)
		if (!strcmp(device->aliases[i], alias))
			break;
	if (i < device->naliases && i != --device->naliases)
		strscpy(device->aliases[i],
			device->aliases[device->naliases],
			VGPU_DEVICE_NAME_MAX);
	mutex_unlock(&vgpu_device_lock);
}
EXPORT_SYMBOL_GPL(vgpu_device_unalias);

/**
 * vgpu_device_set_total - what the driver said only later
 * @device: present
 * @total: bytes of memory
 *
 * Context: May sleep.
 */
void vgpu_device_set_total(struct vgpu_device *device, u64 total)
{
	mutex_lock(&vgpu_device_lock);
	WRITE_ONCE(device->total, total);
	WRITE_ONCE(generation, generation + 1);
	mutex_unlock(&vgpu_device_lock);
}
EXPORT_SYMBOL_GPL(vgpu_device_set_total);

/**
 * vgpu_device_set_parent - a device is a part of another
 * @device: present
 * @parent: of that one, for good
 *
 * It is shown, no more: whoever charges the part has to charge the whole, too.
 *
 * Context: May sleep.
 */
void vgpu_device_set_parent(struct vgpu_device *device,
			    const struct vgpu_device *parent)
{
	mutex_lock(&vgpu_device_lock);
	device->parent = parent->id;
	WRITE_ONCE(generation, generation + 1);
	mutex_unlock(&vgpu_device_lock);
}
EXPORT_SYMBOL_GPL(vgpu_device_set_parent);

/**
 * vgpu_device_remove - a device has gone; its quotas wait for it
 * @device: as vgpu_device_add(), _take() or _join() gave it; that reference is
 *	dropped
 * @driver: to whom
 *
 * Context: May sleep.
 */
void vgpu_device_remove(struct vgpu_device *device,
			const struct vgpu_driver *driver)
{
	mutex_lock(&vgpu_device_lock);
	if (device->driver != driver)
		device->guests--;
	else if (device->holds == 1)
		let_go(device);
	else
		device->holds--;
	/* What other drivers call it stays as long as they are there. */
	if (!device->present && !device->guests)
		device->naliases = 0;
	mutex_unlock(&vgpu_device_lock);
	vgpu_device_put(device);
}
EXPORT_SYMBOL_GPL(vgpu_device_remove);

/**
 * vgpu_device_open - whether anybody waits for their turn on a driver's devices
 * @driver: whose
 * @open: nobody does, for it is being let go of
 *
 * Context: May sleep.
 */
void vgpu_device_open(const struct vgpu_driver *driver, bool open)
{
	struct vgpu_device *device;

	mutex_lock(&vgpu_device_lock);
	list_for_each_entry(device, &devices, list)
		if (device->driver == driver)
			WRITE_ONCE(device->open, open);
	mutex_unlock(&vgpu_device_lock);
}

/**
 * vgpu_device_by_id - look a device up
 * @id: its id
 *
 * Context: May sleep.
 * Return: a reference, or NULL.
 */
struct vgpu_device *vgpu_device_by_id(u32 id)
{
	struct vgpu_device *device = id ? vgpu_device_next(id - 1) : NULL;

	if (device && device->id != id) {
		vgpu_device_put(device);
		device = NULL;
	}
	return device;
}

/**
 * vgpu_device_by_name - look a device up
 * @name: stable name, PCI address, or any alias
 *
 * Context: May sleep.
 * Return: a reference, or NULL. A present device comes before one that is only
 * waited for by that name.
 */
struct vgpu_device *vgpu_device_by_name(const char *name)
{
	struct vgpu_device *device, *found = NULL;

	mutex_lock(&vgpu_device_lock);
	list_for_each_entry(device, &devices, list)
		if (has_name(device, name) && (!found || device->present))
			found = device;
	if (found)
		vgpu_device_get(found);
	mutex_unlock(&vgpu_device_lock);
	return found;
}

/**
 * vgpu_device_expect - a device by its stable name, also one yet to come
 * @name: a stable name, complete with its bus
 *
 * Context: May sleep.
 * Return: a reference, or an ERR_PTR: -ENOMEM.
 */
struct vgpu_device *vgpu_device_expect(const char *name)
{
	struct vgpu_device *device;

	mutex_lock(&vgpu_device_lock);
	device = find_stable(name) ?: make(name);
	if (device)
		vgpu_device_get(device);
	mutex_unlock(&vgpu_device_lock);
	return device ?: ERR_PTR(-ENOMEM);
}

/**
 * vgpu_device_waiting - a device that only quotas name so far
 * @name: by which they do
 *
 * Context: May sleep.
 * Return: a reference, or NULL where there is none or it is present.
 */
struct vgpu_device *vgpu_device_waiting(const char *name)
{
	struct vgpu_device *device;

	mutex_lock(&vgpu_device_lock);
	device = find_stable(name);
	if (device && device->present)
		device = NULL;
	if (device)
		vgpu_device_get(device);
	mutex_unlock(&vgpu_device_lock);
	return device;
}

/**
 * vgpu_device_forget - a device was another all the time
 * @device: absent, and in no account any more; referenced by the caller
 *
 * Context: May sleep.
 */
void vgpu_device_forget(struct vgpu_device *device)
{
	mutex_lock(&vgpu_device_lock);
	list_del(&device->list);
	WRITE_ONCE(count, count - 1);
	WRITE_ONCE(generation, generation + 1);
	mutex_unlock(&vgpu_device_lock);
	vgpu_device_put(device);
}

/**
 * vgpu_device_next - walk the devices
 * @id: of the last one seen, 0 to begin
 *
 * Context: May sleep.
 * Return: a reference to the next, or NULL.
 */
struct vgpu_device *vgpu_device_next(u32 id)
{
	struct vgpu_device *device, *next = NULL;

	mutex_lock(&vgpu_device_lock);
	list_for_each_entry(device, &devices, list) {
		if (device->id > id) {
			vgpu_device_get(device);
			next = device;
			break;
		}
	}
	mutex_unlock(&vgpu_device_lock);
	return next;
}

/**
 * vgpu_device_info - copy what may be shown of a device
 * @device: referenced
 * @info: filled in
 *
 * Context: May sleep.
 */
void vgpu_device_info(struct vgpu_device *device,
		      struct vgpu_device_info *info)
{
	mutex_lock(&vgpu_device_lock);
	info->id = device->id;
	info->present = device->present;
	info->total = device->total;
	info->parent = device->parent;
	strscpy(info->name, device->name, sizeof(info->name));
	info->driver[0] = '\0';
	if (device->driver)
		strscpy(info->driver, device->driver->name,
			sizeof(info->driver));
	memcpy(info->aliases, device->aliases, sizeof(info->aliases));
	info->naliases = device->naliases;
	mutex_unlock(&vgpu_device_lock);
}

unsigned int vgpu_device_count(void)
{
	return READ_ONCE(count);
}

/* How many devices a driver has, for those who show it. May sleep. */
unsigned int vgpu_device_count_of(const struct vgpu_driver *driver)
{
	struct vgpu_device *device;
	unsigned int n = 0;

	mutex_lock(&vgpu_device_lock);
	list_for_each_entry(device, &devices, list)
		n += device->driver == driver;
	mutex_unlock(&vgpu_device_lock);
	return n;
}

/* Changes with every device that comes or goes. */
unsigned int vgpu_device_generation(void)
{
	return READ_ONCE(generation);
}

/* After the last backend; accounts may hold references for a while yet. */
void vgpu_device_deinit(void)
{
	struct vgpu_device *device, *next;

	mutex_lock(&vgpu_device_lock);
	list_for_each_entry_safe(device, next, &devices, list) {
		list_del(&device->list);
		vgpu_device_put(device);
	}
	mutex_unlock(&vgpu_device_lock);
}
