// SPDX-License-Identifier: GPL-2.0
/*
 * vc4: memory is the system's, contiguous. The driver keeps freed objects for
 * a second and hands them out again without a new initialisation: until such
 * an object leaves that cache it stays charged to the group that first made
 * it, whoever has it now.
 *
 * Left out: WAIT_SEQNO, WAIT_BO, MMAP_BO, GET_HANG_STATE, GET_PARAM,
 * GET_TILING, PERFMON_GET_VALUES only look; SET_TILING, LABEL_BO, GEM_MADVISE
 * set properties; PERFMON_CREATE and PERFMON_DESTROY take memory of the
 * kernel.
 *
 * SUBMIT_CL runs one job at a time, whose end a fence tells; the copy of its
 * command lists is an object without a handle, which counts where it shows.
 */
#include <drm/vc4_drm.h>

#include "../table.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(VC4_SUBMIT_CL, 0x00, 160),
		.effect = VGPU_DRM_SUBMIT,
	},
	{
		VGPU_DRM_IOCTL(VC4_CREATE_BO, 0x03, 16),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_vc4_create_bo, size),
		.unit = 1,
	},
	{
		VGPU_DRM_IOCTL(VC4_CREATE_SHADER_BO, 0x05, 24),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_vc4_create_shader_bo, size),
		.unit = 1,
	},
};

const struct vgpu_drm_table vgpu_drm_vc4 = {
	.driver = "vc4",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
};
