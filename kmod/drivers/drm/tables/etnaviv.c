// SPDX-License-Identifier: GPL-2.0
/*
 * etnaviv: memory is the system's. Objects that wrap pages of the caller or
 * come from elsewhere are private GEM objects.
 *
 * Left out: GET_PARAM, GEM_INFO, GEM_CPU_PREP, GEM_CPU_FINI, WAIT_FENCE,
 * GEM_WAIT, PM_QUERY_DOM, PM_QUERY_SIG only look; the
 * command buffers of a GEM_SUBMIT, one job of the DRM scheduler, are the
 * driver's.
 */
#include <drm/etnaviv_drm.h>

#include "../table.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(ETNAVIV_GEM_NEW, 0x02, 16),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_etnaviv_gem_new, size),
		.unit = 1,
	},
	{
		VGPU_DRM_IOCTL(ETNAVIV_GEM_SUBMIT, 0x06, 48),
		.effect = VGPU_DRM_SUBMIT,
	},
	{
		VGPU_DRM_IOCTL(ETNAVIV_GEM_USERPTR, 0x08, 24),
		.effect = VGPU_DRM_USER,
	},
};

const struct vgpu_drm_table vgpu_drm_etnaviv = {
	.driver = "etnaviv",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
	.private_objects = true,
};
