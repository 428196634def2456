// SPDX-License-Identifier: GPL-2.0
/*
 * panfrost: memory is the system's. A heap is rounded up to 2 MiB and counts
 * as a whole from its creation, though its pages come with the GPU's faults.
 * SUBMIT makes one job of the DRM scheduler.
 * PERFCNT_ENABLE makes the buffer of the counters, without a handle.
 *
 * Left out: GET_PARAM, GET_BO_OFFSET, WAIT_BO, MMAP_BO, PERFCNT_DUMP,
 * QUERY_BO_INFO only look; MADVISE, SET_LABEL_BO, SYNC_BO act on what exists;
 * JM_CTX_CREATE and JM_CTX_DESTROY take memory of the kernel.
 */
#include <drm/panfrost_drm.h>

#include "../table.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(PANFROST_SUBMIT, 0x00, 40),
		.effect = VGPU_DRM_SUBMIT,
	},
	{
		VGPU_DRM_IOCTL(PANFROST_CREATE_BO, 0x02, 24),
		.effect = VGPU_DRM_ALLOC,
		.flags = VGPU_DRM_FIELD(struct drm_panfrost_create_bo, flags),
		.coarse_flags = PANFROST_BO_HEAP,
		.coarse = 2 << 20,
		.bytes = VGPU_DRM_FIELD(struct drm_panfrost_create_bo, size),
		.unit = 1,
	},
	{
		VGPU_DRM_IOCTL(PANFROST_PERFCNT_ENABLE, 0x06, 8),
		.effect = VGPU_DRM_UNSIZED,
		.safe = VGPU_DRM_PASS,
		.op = VGPU_DRM_FIELD(struct drm_panfrost_perfcnt_enable,
				     enable),
		.safe_ops = 1ULL << 0,
		.least = 64 << 10,
	},
};

const struct vgpu_drm_table vgpu_drm_panfrost = {
	.driver = "panfrost",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
};
