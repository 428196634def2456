// SPDX-License-Identifier: GPL-2.0
/*
 * vgem: memory comes from dumb buffers alone, in pages of the system.
 *
 * Left out: FENCE_ATTACH and FENCE_SIGNAL, which make fences.
 */
#include "../table.h"

const struct vgpu_drm_table vgpu_drm_vgem = {
	.driver = "vgem",
	.granule = 4096,
};
