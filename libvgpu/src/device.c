// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Devices.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <vgpu/device.h>

#include "private.h"

struct vgpu_device {
	uint32_t id;
	uint32_t parent;
	char *name;
	struct array aliases;
	char *driver;
	int present;
	uint64_t memory_total;
	uint64_t charged;
};

/* What no device can have, so it marks what the module did not say. */
#define NOT_SAID	UINT64_MAX

#define FIELD(attr, type, member)					\
	{ VGPU_A_DEVICE_##attr, FIELD_##type,				\
	  offsetof(struct vgpu_device, member), NULL }

static const struct field device_fields[] = {
	FIELD(ID, U32, id),
	FIELD(PARENT, U32, parent),
	FIELD(NAME, STRING, name),
	FIELD(ALIAS, STRINGS, aliases),
	FIELD(DRIVER, STRING, driver),
	FIELD(PRESENT, FLAG, present),
	FIELD(MEMORY_TOTAL, U64, memory_total),
	FIELD(CHARGED, U64, charged),
};

static void device_init(void *object)
{
	struct vgpu_device *dev = object;

	dev->memory_total = NOT_SAID;
	dev->charged = NOT_SAID;
}

static const struct schema device_schema = {
	.size = sizeof(struct vgpu_device),
	.fields = device_fields,
	.n = ARRAY_SIZE(device_fields),
	.init = device_init,
};

struct vgpu_device_list {
	struct array devices;
};

/* The node, which the module does not know. */
static int add_node(struct vgpu_device *dev)
{
	unsigned int minor;
	char *alias;
	int err;

	if (!dev->name || !nvidia_minor(NVIDIA_GPUS, dev->name, &minor))
		return 0;
	if (asprintf(&alias, "nvidia%u", minor) < 0)
		return -ENOMEM;
	err = array_add(&dev->aliases, alias);
	if (err)
		free(alias);
	return err;
}

int vgpu_device_get(struct vgpu_ctx *ctx, const char *name,
		    struct vgpu_device **out)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_DEVICE_GET);
	void *dev;
	int err;

	err = msg ? put_device(ctx, msg, VGPU_A_DEVICE_NAME, name) : -ENOMEM;
	if (err)
		return put_failed(ctx, msg, err);
	err = nl_get_one(ctx, msg, &device_schema, &dev);
	if (err)
		return err;
	err = add_node(dev);
	if (err) {
		vgpu_device_free(dev);
		return error_errno(ctx, err);
	}
	*out = dev;
	return 0;
}

void vgpu_device_free(struct vgpu_device *dev)
{
	decode_free(&device_schema, dev);
}

int vgpu_device_list_get(struct vgpu_ctx *ctx, struct vgpu_device_list **out)
{
	struct vgpu_device_list *list;
	void *read;
	size_t i;
	int err;

	err = nl_get_list(ctx, nl_request(VGPU_CMD_DEVICE_GET), &device_schema,
			  &read);
	if (err)
		return err;
	list = read;
	for (i = 0; !err && i < list->devices.n; i++)
		err = add_node(list->devices.row[i]);
	if (err) {
		vgpu_device_list_free(list);
		return error_errno(ctx, err);
	}
	*out = list;
	return 0;
}

void vgpu_device_list_free(struct vgpu_device_list *list)
{
	array_free(&device_schema, list);
}

const struct vgpu_device *
vgpu_device_list_at(const struct vgpu_device_list *list, size_t index)
{
	return array_at(&list->devices, index);
}

uint32_t vgpu_device_id(const struct vgpu_device *dev)
{
	return dev->id;
}

const char *vgpu_device_name(const struct vgpu_device *dev)
{
	return string_or_empty(dev->name);
}

const char *vgpu_device_alias_at(const struct vgpu_device *dev, size_t index)
{
	return array_at(&dev->aliases, index);
}

const char *vgpu_device_driver(const struct vgpu_device *dev)
{
	return string_or_empty(dev->driver);
}

int vgpu_device_present(const struct vgpu_device *dev)
{
	return dev->present;
}

int vgpu_device_memory_total(const struct vgpu_device *dev, uint64_t *out)
{
	if (dev->memory_total == NOT_SAID)
		return -ENODATA;
	*out = dev->memory_total;
	return 0;
}

int vgpu_device_charged(const struct vgpu_device *dev, uint64_t *out)
{
	if (dev->charged == NOT_SAID)
		return -ENODATA;
	*out = dev->charged;
	return 0;
}

int vgpu_device_parent(const struct vgpu_device *dev, uint32_t *out)
{
	if (!dev->parent)
		return -ENODATA;
	*out = dev->parent;
	return 0;
}
