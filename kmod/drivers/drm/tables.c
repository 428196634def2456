// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of all drivers, for the backend to look a driver up by its name.
 */
#include "table.h"

const struct vgpu_drm_table * const vgpu_drm_tables[] = {
	&vgpu_drm_amdgpu,
	&vgpu_drm_etnaviv,
	&vgpu_drm_i915,
	&vgpu_drm_lima,
	&vgpu_drm_msm,
	&vgpu_drm_nouveau,
	&vgpu_drm_nvidia_drm,
	&vgpu_drm_panfrost,
	&vgpu_drm_panthor,
	&vgpu_drm_radeon,
	&vgpu_drm_v3d,
	&vgpu_drm_vc4,
	&vgpu_drm_vgem,
	&vgpu_drm_virtio_gpu,
	&vgpu_drm_xe,
};

const unsigned int vgpu_drm_ntables = ARRAY_SIZE(vgpu_drm_tables);
