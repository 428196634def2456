// SPDX-License-Identifier: GPL-2.0
/*
 * v3d: memory is the system's. A submission makes up to three jobs of the DRM
 * scheduler, on queues of their own. The unit of SUBMIT_TFU copies textures and
 * changes their format; all others draw, or compute.
 *
 * Left out: WAIT_BO, MMAP_BO, GET_PARAM, GET_BO_OFFSET, PERFMON_GET_* only
 * look; PERFMON_CREATE, PERFMON_DESTROY and PERFMON_SET_GLOBAL take memory of
 * the kernel. While a
 * binner job runs out of memory the driver's worker hands it 256 KiB at a
 * time, which belong to no group and go with the job.
 */
#include <drm/v3d_drm.h>

#include "../table.h"
#include "uapi_compat.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(V3D_SUBMIT_CL, 0x00, 56),
		.effect = VGPU_DRM_SUBMIT,
	},
	{
		VGPU_DRM_IOCTL(V3D_CREATE_BO, 0x02, 16),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_v3d_create_bo, size),
		.unit = 1,
	},
	{
		VGPU_DRM_IOCTL(V3D_SUBMIT_TFU, 0x06, 68),
		.effect = VGPU_DRM_SUBMIT,
		.engine = VGPU_ENGINE_COPY,
	},
	{
		VGPU_DRM_IOCTL(V3D_SUBMIT_CSD, 0x07, 72),
		.effect = VGPU_DRM_SUBMIT,
	},
	{
		VGPU_DRM_IOCTL(V3D_SUBMIT_CPU, 0x0b, 24),
		.effect = VGPU_DRM_SUBMIT,
	},
};

const struct vgpu_drm_table vgpu_drm_v3d = {
	.driver = "v3d",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
};
