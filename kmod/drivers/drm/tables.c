// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of all drivers, for the backend to look a driver up by its name.
 */
#include "table.h"

const struct vgpu_drm_table * const vgpu_drm_tables[] = {
	&vgpu_drm_vgem,
	&vgpu_drm_virtio_gpu,
};

const unsigned int vgpu_drm_ntables =
	sizeof(vgpu_drm_tables) / sizeof(vgpu_drm_tables[0]);
