// SPDX-License-Identifier: GPL-2.0
/*
 * radeon: TTM objects, initialised as private GEM objects and released by
 * TTM's destroy callback through drm_gem_object_release().
 *
 * Where GEM_CREATE places an object says little: each relocation of a CS names
 * its domain anew, and the driver moves the object there. So every object may
 * live in device memory, whatever domain it was created with, and none is
 * taken for system memory. GEM_VA makes page tables, which have no handle.
 *
 * CS moves buffers, and its work ends with a fence of the ring, whose timeline
 * has the ring's name.
 *
 * Left out: GEM_INFO, GEM_MMAP, GEM_WAIT_IDLE, GEM_BUSY, GEM_SET_TILING,
 * GEM_GET_TILING, GEM_PREAD, GEM_PWRITE, INFO look at or fill what exists;
 * GEM_SET_DOMAIN, GEM_OP moves what is counted already; everything
 * before GEM_INFO belongs to user modesetting and is refused by the driver.
 */
#include <drm/radeon_drm.h>

#include "../table.h"

static const struct vgpu_drm_chunks chunks = {
	.count = VGPU_DRM_FIELD(struct drm_radeon_cs, num_chunks),
	.array = VGPU_DRM_FIELD(struct drm_radeon_cs, chunks),
	.id = RADEON_CHUNK_ID_FLAGS +
	      VGPU_DRM_CHUNK_PROVE(struct drm_radeon_cs_chunk),
	/* The second word of the data. */
	.offset = 4,
	.copy = 1ULL << RADEON_CS_RING_DMA,
	.video = 1ULL << RADEON_CS_RING_UVD | 1ULL << RADEON_CS_RING_VCE,
};

static const struct vgpu_drm_timeline timelines[] = {
	{ "radeon.dma", VGPU_ENGINE_COPY },
	{ "radeon.uvd", VGPU_ENGINE_VIDEO },
	{ "radeon.vce", VGPU_ENGINE_VIDEO },
};

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(RADEON_GEM_CREATE, 0x1d, 32),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_radeon_gem_create, size),
		.unit = 1,
	},
	{
		VGPU_DRM_IOCTL(RADEON_CS, 0x26, 32),
		.effect = VGPU_DRM_SUBMIT,
		.chunks = &chunks,
	},
	{
		VGPU_DRM_IOCTL(RADEON_GEM_VA, 0x2b, 24),
		.effect = VGPU_DRM_UNSIZED,
		.safe = VGPU_DRM_PASS,
		.op = VGPU_DRM_FIELD(struct drm_radeon_gem_va, operation),
		.safe_ops = 1ULL << RADEON_VA_UNMAP,
		/* Tables of 32 KiB, at both ends of the range. */
		.least = 64 << 10,
	},
	{
		VGPU_DRM_IOCTL(RADEON_GEM_USERPTR, 0x2d, 24),
		.effect = VGPU_DRM_USER,
	},
};

const struct vgpu_drm_table vgpu_drm_radeon = {
	.driver = "radeon",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
	/* 256, 128, 64, 64 pixels for pixels of 1, 2, 3, 4 bytes. */
	.dumb_pixels = 64,
	.dumb_pitch = 256,
	.timelines = timelines,
	.ntimelines = ARRAY_SIZE(timelines),
	.own_memory = true,
	.private_objects = true,
};
