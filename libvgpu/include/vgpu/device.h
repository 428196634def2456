/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Devices: one for each GPU, however many nodes lead to it, and one for each
 * absent device that a quota names.
 */
#ifndef LIBVGPU_DEVICE_H
#define LIBVGPU_DEVICE_H

#include <vgpu/ctx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vgpu_device;
struct vgpu_device_list;

/**
 * vgpu_device_get() - look up a device
 * @ctx: the context
 * @name: its stable name or any alias: PCI address, node, UUID
 * @out: the device, to be freed with vgpu_device_free()
 *
 * The node of an NVIDIA GPU is looked for in /proc/driver/nvidia/gpus, since its
 * driver tells it there only. Needs no privilege for a device that is present.
 *
 * Return: 0; -EINVAL for a name that is empty or has LIBVGPU_NAME_MAX
 * characters or more; -ENODEV where no device has that name; or a negative
 * errno of ctx.h.
 */
LIBVGPU_API int vgpu_device_get(struct vgpu_ctx *ctx, const char *name,
				struct vgpu_device **out);
LIBVGPU_API void vgpu_device_free(struct vgpu_device *dev);

/**
 * vgpu_device_list_get() - list all devices
 * @ctx: the context
 * @out: the list, to be freed with vgpu_device_list_free()
 *
 * Without CAP_SYS_ADMIN, those that are present.
 *
 * Return: 0 or a negative errno of ctx.h.
 */
LIBVGPU_API int vgpu_device_list_get(struct vgpu_ctx *ctx,
				     struct vgpu_device_list **out);
LIBVGPU_API void vgpu_device_list_free(struct vgpu_device_list *list);

/* The device at @index, counted from 0, or NULL past the end; the list's. */
LIBVGPU_API const struct vgpu_device *
vgpu_device_list_at(const struct vgpu_device_list *list, size_t index);

/* Its id, stable while the module is loaded and never used again. */
LIBVGPU_API uint32_t vgpu_device_id(const struct vgpu_device *dev);
/* Its stable name. */
LIBVGPU_API const char *vgpu_device_name(const struct vgpu_device *dev);
/* Its alias at @index, counted from 0, or NULL past the end. */
LIBVGPU_API const char *vgpu_device_alias_at(const struct vgpu_device *dev,
					     size_t index);
/* Name of the kernel driver that has it, or "" for an absent device. */
LIBVGPU_API const char *vgpu_device_driver(const struct vgpu_device *dev);
/* 1 if it is there, 0 if only a quota names it. */
LIBVGPU_API int vgpu_device_present(const struct vgpu_device *dev);

/**
 * vgpu_device_memory_total() - how much memory a device has
 * @dev: the device
 * @out: bytes
 *
 * Return: 0, or -ENODATA where its driver does not say.
 */
LIBVGPU_API int vgpu_device_memory_total(const struct vgpu_device *dev,
					 uint64_t *out);

/**
 * vgpu_device_charged() - how much of it all groups hold together
 * @dev: the device
 * @out: bytes
 *
 * Return: 0, or -ENODATA where the caller lacked CAP_SYS_ADMIN.
 */
LIBVGPU_API int vgpu_device_charged(const struct vgpu_device *dev,
				    uint64_t *out);

/**
 * vgpu_device_parent() - the device that this one is a part of
 * @dev: the device
 * @out: its id
 *
 * Return: 0, or -ENODATA for a device that is no part of another.
 */
LIBVGPU_API int vgpu_device_parent(const struct vgpu_device *dev,
				   uint32_t *out);

#ifdef __cplusplus
}
#endif

#endif /* LIBVGPU_DEVICE_H */
