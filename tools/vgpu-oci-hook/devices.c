// SPDX-License-Identifier: GPL-2.0
/*
 * The devices of the host, as the module knows them: a document names one by
 * its UUID or its minor (nvidia0), both of which are aliases there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <vgpu/vgpu.h>

#include "devices.h"

#define PCI	"pci:"

/* An instance of MIG is of the same driver, but has a parent. */
static bool is_whole_nvidia(const struct vgpu_device *dev)
{
	const char *driver = vgpu_device_driver(dev);
	uint32_t parent;

	return driver && !strcmp(driver, "nvidia") &&
	       vgpu_device_parent(dev, &parent);
}

static void copy_name(struct host_device *dev, const char *name)
{
	if (dev->names < HOST_NAMES)
		snprintf(dev->name[dev->names++], sizeof(dev->name[0]), "%s",
			 name);
}

/* Read those that are present. */
int devices_read(struct vgpu_ctx *ctx, struct host *out, struct refusal *why)
{
	const struct vgpu_device *dev;
	struct vgpu_device_list *list;
	struct host_device *to;
	const char *alias;
	size_t i, j;
	int err;

	err = vgpu_device_list_get(ctx, &list);
	if (err)
		return refuse(why, err, "%s", vgpu_ctx_error(ctx));
	*out = (struct host){ .n = 0 };
	for (i = 0; (dev = vgpu_device_list_at(list, i)); i++) {
		if (!vgpu_device_present(dev))
			continue;
		if (out->n == LIBVGPU_QUOTAS_MAX) {
			err = refuse(why, -E2BIG, "more than %d devices",
				     LIBVGPU_QUOTAS_MAX);
			break;
		}
		to = &out->device[out->n++];
		copy_name(to, vgpu_device_name(dev));
		/* The address alone is a name too, of which nobody is told. */
		if (!strncmp(vgpu_device_name(dev), PCI, strlen(PCI)))
			copy_name(to, vgpu_device_name(dev) + strlen(PCI));
		for (j = 0; (alias = vgpu_device_alias_at(dev, j)); j++)
			copy_name(to, alias);
		to->total_known = !vgpu_device_memory_total(dev, &to->total);
		to->nvidia = is_whole_nvidia(dev);
	}
	vgpu_device_list_free(list);
	return err;
}
