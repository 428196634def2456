// SPDX-License-Identifier: GPL-2.0
/*
 * i915: objects are initialised as private GEM objects and never reach
 * drm_gem_object_release(). __i915_gem_free_object() is entered once the pages
 * are gone, on the driver's own path and on TTM's; i915_gem_object_free() also
 * frees what was never finished.
 *
 * GEM_CREATE places in system memory. GEM_CREATE_EXT says its placements in a
 * chain of user pointers, which is not read here: another thread could change
 * it before the driver looks. The size it says directly. Sizes are rounded up
 * to the region's page: 4 KiB for system memory, up to 64 KiB for local memory.
 *
 * One driver serves integrated parts, where all memory is the system's, and
 * discrete ones, and no argument tells them apart. So every object counts as
 * device memory.
 *
 * CONTEXT_CREATE and VM_CREATE make page tables and, with engines set, context
 * images: objects without a handle. EXECBUFFER2 makes page tables for what it
 * binds, which count where they show, and a request for each engine it names.
 * PERF_OPEN makes the buffer of its reports.
 *
 * Left out: GEM_BUSY, GEM_WAIT, GEM_THROTTLE, GEM_MADVISE, GEM_*_CACHING,
 * GEM_*_TILING, GEM_SET_DOMAIN, GEM_SW_FINISH, GEM_PREAD, GEM_PWRITE,
 * GEM_MMAP, GEM_MMAP_OFFSET, GEM_GET_APERTURE act on what exists; GETPARAM,
 * QUERY, REG_READ, GET_RESET_STATS, CONTEXT_GETPARAM only look;
 * PERF_ADD_CONFIG, OVERLAY_*, *_SPRITE_COLORKEY take memory of the kernel or
 * belong to the master; GEM_EXECBUFFER, GEM_PIN, GEM_UNPIN are refused.
 */
/* The kernel has another header of this name before the one meant here. */
#ifdef __KERNEL__
#include <uapi/drm/i915_drm.h>
#else
#include <drm/i915_drm.h>
#endif

#include "../table.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(I915_GEM_CREATE, 0x1b, 16),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_i915_gem_create, size),
		.unit = 1,
		.granule = 4096,
	},
	{
		VGPU_DRM_IOCTL(I915_GEM_EXECBUFFER2, 0x29, 64),
		.effect = VGPU_DRM_SUBMIT,
	},
	{
		VGPU_DRM_IOCTL(I915_GEM_CONTEXT_CREATE_EXT, 0x2d, 16),
		.effect = VGPU_DRM_UNSIZED,
		.least = 256 << 10,
	},
	{
		VGPU_DRM_IOCTL(I915_GEM_USERPTR, 0x33, 24),
		.effect = VGPU_DRM_USER,
	},
	{
		VGPU_DRM_IOCTL(I915_GEM_CONTEXT_SETPARAM, 0x35, 24),
		.effect = VGPU_DRM_UNSIZED,
		.safe = VGPU_DRM_PASS,
		.op = VGPU_DRM_FIELD(struct drm_i915_gem_context_param, param),
		.safe_ops = 1ULL << I915_CONTEXT_PARAM_BAN_PERIOD |
			    1ULL << I915_CONTEXT_PARAM_NO_ZEROMAP |
			    1ULL << I915_CONTEXT_PARAM_NO_ERROR_CAPTURE |
			    1ULL << I915_CONTEXT_PARAM_BANNABLE |
			    1ULL << I915_CONTEXT_PARAM_PRIORITY |
			    1ULL << I915_CONTEXT_PARAM_SSEU |
			    1ULL << I915_CONTEXT_PARAM_RECOVERABLE |
			    1ULL << I915_CONTEXT_PARAM_PERSISTENCE,
		.least = 256 << 10,
	},
	{
		VGPU_DRM_IOCTL(I915_PERF_OPEN, 0x36, 16),
		.effect = VGPU_DRM_UNSIZED,
		.least = 16 << 20,
	},
	{
		VGPU_DRM_IOCTL(I915_GEM_VM_CREATE, 0x3a, 16),
		.effect = VGPU_DRM_UNSIZED,
		.least = 64 << 10,
	},
	{
		VGPU_DRM_IOCTL(I915_GEM_CREATE_EXT, 0x3c, 24),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_i915_gem_create_ext, size),
		.unit = 1,
	},
};

const struct vgpu_drm_table vgpu_drm_i915 = {
	.driver = "i915",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 65536,
	.dumb_pitch = 64,
	/* From the longest stride of the display on, which is never less. */
	.dumb_coarse = 4096,
	.release = "__i915_gem_free_object",
	.abandon = "i915_gem_object_free",
	.private_objects = true,
};
