// SPDX-License-Identifier: GPL-2.0
/*
 * nouveau: TTM objects; those of users pass drm_gem_object_init() and leave by
 * TTM's destroy callback through drm_gem_object_release(). The size becomes a
 * multiple of the page that the driver picks for the GPU: the largest of 512 MiB
 * (from Hopper on), 2 MiB, 128 or 64 KiB and 4 KiB that the size reaches, or
 * the smallest that can be compressed.
 *
 * From Tesla (2006) on an object stays in the domains that it was created
 * with. The chips before may be told any domain by each submission, and round
 * tiled sizes by the tile mode: there GART objects count as system memory
 * though they may move.
 *
 * Shared virtual memory (SVM_INIT, SVM_BIND) moves pages of the caller to the
 * device in chunks that are no objects: closed to groups with a quota.
 *
 * EXEC makes a job of the DRM scheduler for each push, GEM_PUSHBUF a fence of the
 * channel's.
 *
 * Left out: GETPARAM, GET_ZCULL_INFO, GEM_INFO, GEM_CPU_PREP, GEM_CPU_FINI
 * only look; CHANNEL_ALLOC, GROBJ_ALLOC,
 * NOTIFIEROBJ_ALLOC, VM_INIT and VM_BIND make contexts and page tables inside
 * the driver, which are no objects and cannot be seen here; CHANNEL_FREE and
 * GPUOBJ_FREE give back; SETPARAM is refused. NVIF does not pass the DRM
 * core's table; it makes engine objects of a channel, and refuses memory.
 */
#include <drm/nouveau_drm.h>

#include "../table.h"
#include "uapi_compat.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(NOUVEAU_SVM_INIT, 0x08, 16),
		.effect = VGPU_DRM_DENY,
	},
	{
		VGPU_DRM_IOCTL(NOUVEAU_SVM_BIND, 0x09, 64),
		.effect = VGPU_DRM_DENY,
	},
	{
		VGPU_DRM_IOCTL(NOUVEAU_EXEC, 0x12, 40),
		.effect = VGPU_DRM_SUBMIT,
	},
	{
		VGPU_DRM_IOCTL(NOUVEAU_GEM_NEW, 0x40, 48),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_nouveau_gem_new, info.size),
		.unit = 1,
		.placement = VGPU_DRM_FIELD(struct drm_nouveau_gem_new,
					    info.domain),
		/* What is neither VRAM nor GART the driver takes for CPU. */
		.system = (u32)~NOUVEAU_GEM_DOMAIN_VRAM,
	},
	{
		VGPU_DRM_IOCTL(NOUVEAU_GEM_PUSHBUF, 0x41, 64),
		.effect = VGPU_DRM_SUBMIT,
	},
};

const struct vgpu_drm_table vgpu_drm_nouveau = {
	.driver = "nouveau",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 128 << 10,
	.coarse = 512 << 20 | 2 << 20,
	.dumb_pitch = 256,
	.own_memory = true,
};
