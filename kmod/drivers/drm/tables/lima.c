// SPDX-License-Identifier: GPL-2.0
/*
 * lima: memory is the system's. A heap counts as a whole from its creation,
 * though its pages come with the GPU's faults. GEM_SUBMIT makes one job of the DRM
 * scheduler.
 *
 * Left out: GET_PARAM, GEM_INFO, GEM_WAIT only look;
 * CTX_CREATE and CTX_FREE take memory of the kernel.
 */
#include <drm/lima_drm.h>

#include "../table.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(LIMA_GEM_CREATE, 0x01, 16),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_lima_gem_create, size),
		.unit = 1,
	},
	{
		VGPU_DRM_IOCTL(LIMA_GEM_SUBMIT, 0x03, 48),
		.effect = VGPU_DRM_SUBMIT,
	},
};

const struct vgpu_drm_table vgpu_drm_lima = {
	.driver = "lima",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
};
