// SPDX-License-Identifier: GPL-2.0
/*
 * virtio_gpu: the size is that of the guest's backing, or of the window onto a
 * host blob (virtio_gpu_vram_create(), which never passes
 * drm_gem_object_init()). The argument of RESOURCE_CREATE may say 0: the
 * driver makes a page of it. The device has no memory that the guest could
 * tell from its own, so every object counts.
 *
 * EXECBUFFER is metered from the fence that it emits until the host signals
 * it. From Linux 6.4 on the driver makes none for a call that names no buffers and
 * wants none back, or only where it names a ring and the context polls that. Such a
 * call is closed to groups whose time is bound.
 *
 * Left out: MAP, RESOURCE_INFO, WAIT, GETPARAM, GET_CAPS only look;
 * TRANSFER_* act on objects that exist, and what a command stream makes the
 * host allocate cannot be seen here; CONTEXT_INIT makes a context on the host.
 */
#include <drm/virtgpu_drm.h>

#include "../table.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(VIRTGPU_EXECBUFFER, 0x02, 40),
		.effect = VGPU_DRM_SUBMIT,
		.fenced = VGPU_DRM_FIELD(struct drm_virtgpu_execbuffer, flags),
		.fenced_flags = VIRTGPU_EXECBUF_FENCE_FD_OUT,
		.fenced_count = VGPU_DRM_FIELD(struct drm_virtgpu_execbuffer,
					       num_bo_handles),
	},
	{
		VGPU_DRM_IOCTL(VIRTGPU_RESOURCE_CREATE, 0x04, 56),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_virtgpu_resource_create,
					size),
		.unit = 1,
	},
	{
		VGPU_DRM_IOCTL(VIRTGPU_RESOURCE_CREATE_BLOB, 0x0a, 48),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_virtgpu_resource_create_blob,
					size),
		.unit = 1,
	},
};

const struct vgpu_drm_table vgpu_drm_virtio_gpu = {
	.driver = "virtio_gpu",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
	.private_objects = true,
};
