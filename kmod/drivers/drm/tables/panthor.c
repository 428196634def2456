// SPDX-License-Identifier: GPL-2.0
/*
 * panthor: memory is the system's. GROUP_CREATE makes the ring buffers and the
 * suspend areas of its queues, objects without a handle.
 *
 * TILER_HEAP_CREATE is closed to groups with a quota. A heap starts with some
 * chunks and grows up to a maximum, 8 MiB a chunk, from a worker of the driver
 * where no group is charged; chunks that a frame gives back are released and
 * grown again. To charge the maximum at creation would be sound only if the
 * charge lasted as long as the heap, but a heap is no object: nothing says
 * when it goes with its VM or its file. So until a backend keeps account of
 * heaps the route stays closed, which closes the tiler, and with it drawing,
 * though not computing.
 *
 * GROUP_SUBMIT makes a job of the DRM scheduler for each queue that it names.
 *
 * Left out: DEV_QUERY, VM_GET_STATE, BO_MMAP_OFFSET, BO_QUERY_INFO,
 * GROUP_GET_STATE only look; BO_SYNC, BO_SET_LABEL, SET_USER_MMIO_OFFSET set
 * properties; VM_DESTROY, GROUP_DESTROY,
 * TILER_HEAP_DESTROY give back; VM_CREATE and VM_BIND take page tables, which
 * are no objects.
 */
#include "../table.h"
#include "uapi_compat.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(PANTHOR_BO_CREATE, 0x05, 24),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_panthor_bo_create, size),
		.unit = 1,
	},
	{
		VGPU_DRM_IOCTL(PANTHOR_GROUP_CREATE, 0x07, 56),
		.effect = VGPU_DRM_UNSIZED,
		.least = 256 << 10,
	},
	{
		VGPU_DRM_IOCTL(PANTHOR_GROUP_SUBMIT, 0x09, 24),
		.effect = VGPU_DRM_SUBMIT,
	},
	{
		VGPU_DRM_IOCTL(PANTHOR_TILER_HEAP_CREATE, 0x0b, 40),
		.effect = VGPU_DRM_DENY,
	},
};

const struct vgpu_drm_table vgpu_drm_panthor = {
	.driver = "panthor",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
};
