// SPDX-License-Identifier: GPL-2.0
/*
 * From libvgpu to the inventory.
 */
#include <errno.h>
#include <string.h>

#include "devices.h"
#include "log.h"

#define ALIASES	16

int devices_open(struct devices *devices)
{
	int err = vgpu_ctx_create(&devices->ctx);

	if (err)
		return err;
	err = vgpu_event_open(devices->ctx, NULL, &devices->events);
	if (err)
		say("without events, for %s: changes are seen when they are looked for",
		    vgpu_ctx_error(devices->ctx));
	return 0;
}

void devices_close(struct devices *devices)
{
	vgpu_event_close(devices->events);
	vgpu_ctx_free(devices->ctx);
}

int devices_fd(const struct devices *devices)
{
	return devices->events ? vgpu_event_fd(devices->events) : -1;
}

static bool of_devices(enum libvgpu_event_type type)
{
	return type == LIBVGPU_EVENT_DEVICE_ADDED ||
	       type == LIBVGPU_EVENT_DEVICE_REMOVED ||
	       type == LIBVGPU_EVENT_DRIVER_ATTACHED ||
	       type == LIBVGPU_EVENT_DRIVER_DETACHED ||
	       type == LIBVGPU_EVENT_LOST;
}

bool devices_events(struct devices *devices)
{
	struct vgpu_event *event;
	bool look = false;
	int err = 0;

	while (devices->events && !err) {
		err = vgpu_event_read(devices->events, &event);
		if (!err) {
			look = look || of_devices(vgpu_event_type(event));
			vgpu_event_free(event);
		}
	}
	if (devices->events && err != -EAGAIN) {
		say("the events end: %s", strerror(-err));
		vgpu_event_close(devices->events);
		devices->events = NULL;
		look = true;
	}
	return look;
}

static bool see(struct inventory *inventory, const struct vgpu_device *device)
{
	const char *alias[ALIASES];
	struct seen seen = {
		.name = vgpu_device_name(device),
		.alias = alias,
	};
	uint32_t parent;

	/* Only a quota names it, or vgpu has let go of its driver. */
	if (!vgpu_device_present(device))
		return false;
	while (seen.aliases < ALIASES) {
		alias[seen.aliases] = vgpu_device_alias_at(device, seen.aliases);
		if (!alias[seen.aliases])
			break;
		seen.aliases++;
	}
	if (vgpu_device_memory_total(device, &seen.total))
		seen.total = 0;
	seen.part = !vgpu_device_parent(device, &parent);
	return inventory_see(inventory, &seen);
}

/* Without the module nobody is held to a quota: no device is there for us. */
bool devices_refresh(struct devices *devices, struct inventory *inventory)
{
	const struct vgpu_device *device;
	struct vgpu_device_list *list = NULL;
	bool before[INVENTORY_GPUS];
	bool changed = false;
	size_t i;
	int err;

	err = vgpu_device_list_get(devices->ctx, &list);
	if (err && err != devices->err)
		say("no devices: %s", vgpu_ctx_error(devices->ctx));
	devices->err = err;
	inventory_begin(inventory, before);
	for (i = 0; !err; i++) {
		size_t n = inventory->n;

		device = vgpu_device_list_at(list, i);
		if (!device)
			break;
		if (see(inventory, device))
			changed = true;
		if (inventory->n > n) {
			before[n] = true;
			changed = true;
		}
	}
	vgpu_device_list_free(list);
	return inventory_end(inventory, before) || changed;
}
