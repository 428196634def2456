// SPDX-License-Identifier: GPL-2.0
/*
 * xe: TTM objects, initialised as private GEM objects and released by TTM's
 * destroy callback through drm_gem_object_release(). The driver refuses a size
 * that is not a multiple of the page of its placement, so GEM_CREATE needs no
 * rounding; dumb buffers are rounded, to 64 KiB where the device wants it.
 *
 * One driver serves integrated parts, where all memory is the system's, and
 * discrete ones, and no argument tells them apart: a placement of region 0
 * alone is all the memory of the one and none of the other's. So every object
 * counts as device memory.
 *
 * VM_CREATE and VM_BIND make page tables, EXEC_QUEUE_CREATE context images,
 * OBSERVATION the buffer of its reports: objects without a handle. EXEC makes a
 * job of the DRM scheduler, whose timeline is named after the class of its
 * queue; which that is stands behind a pointer as the queue is made. A VM in
 * fault mode is closed to groups with a quota: its page tables and the device
 * copies of shared virtual memory are made by the page fault worker, where no
 * group is charged. So is one for long running work, whose jobs end with no
 * fence.
 *
 * Left out: DEVICE_QUERY, GEM_MMAP_OFFSET, WAIT_USER_FENCE, VM_GET_PROPERTY,
 * VM_QUERY_MEM_RANGE_ATTRS, EXEC_QUEUE_GET_PROPERTY only look; VM_DESTROY and
 * EXEC_QUEUE_DESTROY give back; MADVISE and EXEC_QUEUE_SET_PROPERTY
 * set properties.
 */
#include "../table.h"
#include "uapi_compat.h"

/* Queues are named after their class; what is left is rcs and ccs. */
static const struct vgpu_drm_timeline timelines[] = {
	{ "bcs", VGPU_ENGINE_COPY },
	{ "vcs", VGPU_ENGINE_VIDEO },
	{ "vecs", VGPU_ENGINE_VIDEO },
};

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(XE_GEM_CREATE, 0x01, 56),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(struct drm_xe_gem_create, size),
		.unit = 1,
		.granule = 4096,
	},
	{
		VGPU_DRM_IOCTL(XE_VM_CREATE, 0x03, 32),
		.effect = VGPU_DRM_DENY,
		.safe = VGPU_DRM_UNSIZED,
		.flags = VGPU_DRM_FIELD(struct drm_xe_vm_create, flags),
		.safe_flags = DRM_XE_VM_CREATE_FLAG_SCRATCH_PAGE,
		.unseen = true,
		.least = 64 << 10,
	},
	{
		VGPU_DRM_IOCTL(XE_VM_BIND, 0x05, 136),
		.effect = VGPU_DRM_UNSIZED,
		/* A vector of operations may map, whatever lies where one is. */
		.safe = VGPU_DRM_PASS,
		.op = VGPU_DRM_FIELD(struct drm_xe_vm_bind, bind.op),
		.safe_ops = 1ULL << DRM_XE_VM_BIND_OP_UNMAP |
			    1ULL << DRM_XE_VM_BIND_OP_UNMAP_ALL,
		.flags = VGPU_DRM_FIELD(struct drm_xe_vm_bind, num_binds),
		.safe_flags = 1,
		.least = 64 << 10,
	},
	{
		VGPU_DRM_IOCTL(XE_EXEC_QUEUE_CREATE, 0x06, 48),
		.effect = VGPU_DRM_UNSIZED,
		.least = 256 << 10,
	},
	{
		VGPU_DRM_IOCTL(XE_EXEC, 0x09, 56),
		.effect = VGPU_DRM_SUBMIT,
		.queue = VGPU_DRM_FIELD(struct drm_xe_exec, exec_queue_id),
	},
	{
		VGPU_DRM_IOCTL(XE_OBSERVATION, 0x0b, 32),
		.effect = VGPU_DRM_UNSIZED,
		.safe = VGPU_DRM_PASS,
		.op = VGPU_DRM_FIELD(struct drm_xe_observation_param,
				     observation_op),
		.safe_ops = 1ULL << DRM_XE_OBSERVATION_OP_ADD_CONFIG |
			    1ULL << DRM_XE_OBSERVATION_OP_REMOVE_CONFIG,
		.least = 16 << 20,
	},
};

const struct vgpu_drm_table vgpu_drm_xe = {
	.driver = "xe",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 65536,
	.dumb_pitch = 64,
	.timelines = timelines,
	.ntimelines = ARRAY_SIZE(timelines),
	.private_objects = true,
};
