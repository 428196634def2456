// SPDX-License-Identifier: GPL-2.0
/*
 * amdgpu: buffer objects are TTM objects, initialised as private GEM objects
 * and released by the destroy callback of TTM through
 * drm_gem_object_release(). Their size is that of the argument in pages; video
 * memory comes in larger blocks only while a block is split, and is trimmed to
 * that size. GDS, GWS and OA are not memory: there the size counts units, and
 * the driver makes a page of each.
 *
 * GEM_VA makes page tables, which are objects without a handle; sparse ranges
 * take page tables without any buffer behind. CS may make some too, where
 * GEM_VA was told to delay: they count where they show. CS makes one job of the
 * DRM scheduler for each of its rings, and some of the ring that writes page
 * tables; each has the name of its ring for a timeline. GEM_OP could move a
 * buffer from system memory to the device's after the fact, so only its queries
 * stay open. User queues (USERQ) bypass submission altogether.
 *
 * Left out: GEM_MMAP, GEM_METADATA, GEM_WAIT_IDLE, GEM_LIST_HANDLES, INFO,
 * WAIT_CS, WAIT_FENCES, FENCE_TO_HANDLE look at what exists; CTX, BO_LIST, VM,
 * SCHED, PROC_OPTIONS take memory of the kernel, none of the device;
 * USERQ_SIGNAL and USERQ_WAIT need a user queue.
 */
#include <drm/amdgpu_drm.h>

#include "../table.h"
#include "uapi_compat.h"

#define DOMAINS_SYSTEM	(AMDGPU_GEM_DOMAIN_CPU | AMDGPU_GEM_DOMAIN_GTT)
#define DOMAINS_UNITS	(AMDGPU_GEM_DOMAIN_GDS | AMDGPU_GEM_DOMAIN_GWS | \
			 AMDGPU_GEM_DOMAIN_OA)

#define VIDEO(ip)	(1ULL << AMDGPU_HW_IP_##ip)

static const struct vgpu_drm_chunks chunks = {
	.count = VGPU_DRM_FIELD(union drm_amdgpu_cs, in.num_chunks),
	.array = VGPU_DRM_FIELD(union drm_amdgpu_cs, in.chunks),
	.id = AMDGPU_CHUNK_ID_IB +
	      VGPU_DRM_CHUNK_PROVE(struct drm_amdgpu_cs_chunk),
	.offset = offsetof(struct drm_amdgpu_cs_chunk_ib, ip_type),
	.copy = 1ULL << AMDGPU_HW_IP_DMA,
	.video = VIDEO(UVD) | VIDEO(VCE) | VIDEO(UVD_ENC) | VIDEO(VCN_DEC) |
		 VIDEO(VCN_ENC) | VIDEO(VCN_JPEG) | VIDEO(VPE),
};

/* The names of rings; what is left is gfx and comp. */
static const struct vgpu_drm_timeline timelines[] = {
	{ "sdma", VGPU_ENGINE_COPY },
	{ "page", VGPU_ENGINE_COPY },
	{ "uvd", VGPU_ENGINE_VIDEO },
	{ "vce", VGPU_ENGINE_VIDEO },
	{ "vcn_", VGPU_ENGINE_VIDEO },
	{ "jpeg_", VGPU_ENGINE_VIDEO },
	{ "vpe", VGPU_ENGINE_VIDEO },
};

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(AMDGPU_GEM_CREATE, 0x00, 32),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(union drm_amdgpu_gem_create,
					in.bo_size),
		.unit = 1,
		.placement = VGPU_DRM_FIELD(union drm_amdgpu_gem_create,
					    in.domains),
		.system = DOMAINS_SYSTEM,
		.pages = DOMAINS_UNITS,
	},
	{
		VGPU_DRM_IOCTL(AMDGPU_CS, 0x04, 24),
		.effect = VGPU_DRM_SUBMIT,
		.chunks = &chunks,
	},
	{
		VGPU_DRM_IOCTL(AMDGPU_GEM_VA, 0x08, 40),
		.effect = VGPU_DRM_UNSIZED,
		.safe = VGPU_DRM_PASS,
		.op = VGPU_DRM_FIELD(struct drm_amdgpu_gem_va, operation),
		.safe_ops = 1ULL << AMDGPU_VA_OP_UNMAP,
		/* Four levels, at both ends of the range. */
		.least = 8 * 4096,
	},
	{
		VGPU_DRM_IOCTL(AMDGPU_GEM_OP, 0x10, 16),
		.effect = VGPU_DRM_DENY,
		.safe = VGPU_DRM_PASS,
		.op = VGPU_DRM_FIELD(struct drm_amdgpu_gem_op, op),
		.safe_ops = 1ULL << AMDGPU_GEM_OP_GET_GEM_CREATE_INFO |
			    1ULL << AMDGPU_GEM_OP_GET_MAPPING_INFO,
	},
	{
		VGPU_DRM_IOCTL(AMDGPU_GEM_USERPTR, 0x11, 24),
		.effect = VGPU_DRM_USER,
	},
	{
		VGPU_DRM_IOCTL(AMDGPU_USERQ, 0x16, 72),
		.effect = VGPU_DRM_DENY,
		.safe = VGPU_DRM_PASS,
		.op = VGPU_DRM_FIELD(VGPU_AMDGPU_USERQ, VGPU_AMDGPU_USERQ_OP),
		.safe_ops = 1ULL << AMDGPU_USERQ_OP_FREE,
		.unseen = true,
	},
};

const struct vgpu_drm_table vgpu_drm_amdgpu = {
	.driver = "amdgpu",
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
