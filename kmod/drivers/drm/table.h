/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What vgpu has to know of a DRM driver: which of its ioctls create objects,
 * where the argument says how large and where they may live, and which routes
 * are closed to groups with a quota. One file of tables/ for each driver.
 *
 * This header and decode.c know nothing of the kernel, so that the same
 * source is tested in userspace.
 */
#ifndef _VGPU_DRM_TABLE_H
#define _VGPU_DRM_TABLE_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
#define U64_MAX UINT64_MAX
#endif

/* An unsigned field of an ioctl argument. A width of 0 means none. */
struct vgpu_drm_field {
	u16 offset;
	u8 width;	/* bytes: 1, 2, 4 or 8 */
};

#define VGPU_DRM_FIELD(type, member)					\
	{ offsetof(type, member), sizeof(((type *)0)->member) }

enum vgpu_drm_effect {
	VGPU_DRM_ALLOC,		/* creates objects of a size that it says */
	VGPU_DRM_UNSIZED,	/* creates objects; their size shows later */
	VGPU_DRM_USER,		/* wraps the caller's own pages: no charge */
	VGPU_DRM_DENY,		/* a route closed to groups with a quota */
};

/**
 * struct vgpu_drm_ioctl - one ioctl of a driver that vgpu cares for
 * @name: as in the driver's uapi header, less the DRM_IOCTL_ prefix
 * @nr: number, counted from DRM_COMMAND_BASE
 * @size: least size of the argument that holds every field used here
 * @effect: what it does
 * @bytes: the field that holds the size
 * @unit: bytes that 1 in @bytes stands for
 * @count: a field that multiplies @bytes, if any
 * @placement: the field that says where the object may live, if any
 * @device: bits of @placement that mean the device's own memory
 */
struct vgpu_drm_ioctl {
	const char *name;
	u8 nr;
	u16 size;
	enum vgpu_drm_effect effect;
	struct vgpu_drm_field bytes;
	u32 unit;
	struct vgpu_drm_field count;
	struct vgpu_drm_field placement;
	u64 device;
};

/**
 * struct vgpu_drm_table - one driver
 * @driver: drm_driver.name
 * @module: the module's name, where it differs from @driver; else NULL
 * @ioctls: its ioctls that matter, ordered by nr
 * @nioctls: how many
 * @granule: sizes are rounded up to a multiple of this power of two
 * @dumb_pitch: dumb buffers' pitch is rounded up to a multiple of this power
 *	of two, in bytes
 * @release: the function (struct drm_gem_object *) whose entry means that the
 *	memory is returned, where it is not drm_gem_object_release()
 * @own_memory: the device has memory of its own, so that placement matters
 * @private_objects: it creates objects that never pass drm_gem_object_init()
 */
struct vgpu_drm_table {
	const char *driver;
	const char *module;
	const struct vgpu_drm_ioctl *ioctls;
	u32 nioctls;
	u32 granule;
	u32 dumb_pitch;
	const char *release;
	bool own_memory;
	bool private_objects;
};

/**
 * struct vgpu_drm_request - a decoded argument
 * @bytes: to reserve, rounded to the driver's granule
 * @device: the objects may live in device memory
 */
struct vgpu_drm_request {
	u64 bytes;
	bool device;
};

int vgpu_drm_decode(const struct vgpu_drm_table *table,
		    const struct vgpu_drm_ioctl *ioctl, const void *data,
		    size_t size, struct vgpu_drm_request *request);
int vgpu_drm_decode_dumb(const struct vgpu_drm_table *table, u32 width,
			 u32 height, u32 bpp,
			 struct vgpu_drm_request *request);

/* Every driver that has a table, in the order of their names. */
extern const struct vgpu_drm_table * const vgpu_drm_tables[];
extern const unsigned int vgpu_drm_ntables;

#endif /* _VGPU_DRM_TABLE_H */
