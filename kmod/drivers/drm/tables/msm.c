// SPDX-License-Identifier: GPL-2.0
/*
 * msm: memory is the system's. Objects pass drm_gem_object_init(), or
 * drm_gem_private_object_init() where they come from a carveout.
 * GEM_SUBMIT makes one job of the DRM scheduler.
 *
 * Left out: GET_PARAM, GEM_INFO, GEM_CPU_PREP, GEM_CPU_FINI, WAIT_FENCE,
 * SUBMITQUEUE_QUERY only look; SET_PARAM, GEM_MADVISE, PERFCNTR_CONFIG set
 * properties; SUBMITQUEUE_NEW, SUBMITQUEUE_CLOSE and VM_BIND
 * take memory of the kernel and page tables, which are no objects.
 */
#include <drm/msm_drm.h>

#include "../table.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(MSM_GEM_NEW, 0x02, 16),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_msm_gem_new, size),
		.unit = 1,
	},
	{
		VGPU_DRM_IOCTL(MSM_GEM_SUBMIT, 0x06, 32),
		.effect = VGPU_DRM_SUBMIT,
	},
};

const struct vgpu_drm_table vgpu_drm_msm = {
	.driver = "msm",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
	.dumb_pixels = 32,
	.private_objects = true,
};
