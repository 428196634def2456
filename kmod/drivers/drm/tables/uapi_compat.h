/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the oldest supported uapi headers lack, each behind a test for the
 * thing itself. The unit tests compile the tables against the newest headers
 * as well, where these give way and the real ones must agree with the rows.
 */
#ifndef _VGPU_DRM_UAPI_COMPAT_H
#define _VGPU_DRM_UAPI_COMPAT_H

#include <drm/drm.h>

/* sparse cannot parse __has_include(): it checks the definitions below. */
#ifndef __CHECKER__
#if __has_include("drm/panthor_drm.h")
#define VGPU_HAVE_PANTHOR_DRM_H
#endif
#if __has_include("drm/xe_drm.h")
#define VGPU_HAVE_XE_DRM_H
#endif
#endif

/* amdgpu: since Linux 6.16. Only the head of the union is needed here. */
#ifndef DRM_IOCTL_AMDGPU_USERQ
struct vgpu_amdgpu_userq {
	__u32 op;
	__u32 rest[17];
};

#define DRM_IOCTL_AMDGPU_USERQ						\
	DRM_IOWR(DRM_COMMAND_BASE + 0x16, struct vgpu_amdgpu_userq)
#define AMDGPU_USERQ_OP_FREE		2
#define VGPU_AMDGPU_USERQ		struct vgpu_amdgpu_userq
#define VGPU_AMDGPU_USERQ_OP		op
#else
#define VGPU_AMDGPU_USERQ		union drm_amdgpu_userq
#define VGPU_AMDGPU_USERQ_OP		in.op
#endif

#ifndef AMDGPU_HW_IP_VPE
#define AMDGPU_HW_IP_VPE		9
#endif

#ifndef AMDGPU_GEM_OP_GET_MAPPING_INFO
#define AMDGPU_GEM_OP_GET_MAPPING_INFO	2
#endif

/* panthor: since Linux 6.10. */
#ifdef VGPU_HAVE_PANTHOR_DRM_H
#include <drm/panthor_drm.h>
#else
struct drm_panthor_bo_create {
	__u64 size;
	__u32 flags;
	__u32 exclusive_vm_id;
	__u32 handle;
	__u32 pad;
};

struct drm_panthor_tiler_heap_create {
	__u32 vm_id;
	__u32 initial_chunk_count;
	__u32 chunk_size;
	__u32 max_chunks;
	__u32 target_in_flight;
	__u32 handle;
	__u64 tiler_heap_ctx_gpu_va;
	__u64 first_heap_chunk_gpu_va;
};

struct drm_panthor_group_create {
	__u64 rest[7];
};

struct drm_panthor_group_submit {
	__u64 rest[3];
};

#define DRM_IOCTL_PANTHOR_BO_CREATE					\
	DRM_IOWR(DRM_COMMAND_BASE + 0x05, struct drm_panthor_bo_create)
#define DRM_IOCTL_PANTHOR_GROUP_CREATE					\
	DRM_IOWR(DRM_COMMAND_BASE + 0x07, struct drm_panthor_group_create)
#define DRM_IOCTL_PANTHOR_GROUP_SUBMIT					\
	DRM_IOWR(DRM_COMMAND_BASE + 0x09, struct drm_panthor_group_submit)
#define DRM_IOCTL_PANTHOR_TILER_HEAP_CREATE				\
	DRM_IOWR(DRM_COMMAND_BASE + 0x0b,				\
		 struct drm_panthor_tiler_heap_create)
#endif

/* xe: since Linux 6.8. */
#ifdef VGPU_HAVE_XE_DRM_H
#include <drm/xe_drm.h>
#else
struct drm_xe_gem_create {
	__u64 extensions;
	__u64 size;
	__u32 placement;
	__u32 flags;
	__u32 vm_id;
	__u32 handle;
	__u16 cpu_caching;
	__u16 pad[3];
	__u64 reserved[2];
};

struct drm_xe_vm_create {
	__u64 extensions;
	__u32 flags;
	__u32 vm_id;
	__u64 reserved[2];
};

struct drm_xe_vm_bind_op {
	__u64 extensions;
	__u32 obj;
	__u16 pat_index;
	__u16 pad;
	__u64 obj_offset;
	__u64 range;
	__u64 addr;
	__u32 op;
	__u32 flags;
	__u32 prefetch_mem_region_instance;
	__u32 pad2;
	__u64 reserved[3];
};

struct drm_xe_vm_bind {
	__u64 extensions;
	__u32 vm_id;
	__u32 exec_queue_id;
	__u32 pad;
	__u32 num_binds;
	struct drm_xe_vm_bind_op bind;
	__u32 pad2;
	__u32 num_syncs;
	__u64 syncs;
	__u64 reserved[2];
};

struct drm_xe_exec_queue_create {
	__u64 rest[6];
};

struct drm_xe_exec {
	__u64 extensions;
	__u32 exec_queue_id;
	__u32 num_syncs;
	__u64 rest[5];
};

struct drm_xe_observation_param {
	__u64 extensions;
	__u64 observation_type;
	__u64 observation_op;
	__u64 param;
};

#define DRM_IOCTL_XE_GEM_CREATE						\
	DRM_IOWR(DRM_COMMAND_BASE + 0x01, struct drm_xe_gem_create)
#define DRM_IOCTL_XE_VM_CREATE						\
	DRM_IOWR(DRM_COMMAND_BASE + 0x03, struct drm_xe_vm_create)
#define DRM_IOCTL_XE_VM_BIND						\
	DRM_IOW(DRM_COMMAND_BASE + 0x05, struct drm_xe_vm_bind)
#define DRM_IOCTL_XE_EXEC_QUEUE_CREATE					\
	DRM_IOWR(DRM_COMMAND_BASE + 0x06, struct drm_xe_exec_queue_create)
#define DRM_IOCTL_XE_EXEC						\
	DRM_IOW(DRM_COMMAND_BASE + 0x09, struct drm_xe_exec)
#define DRM_IOCTL_XE_OBSERVATION					\
	DRM_IOW(DRM_COMMAND_BASE + 0x0b, struct drm_xe_observation_param)
#define DRM_XE_VM_CREATE_FLAG_SCRATCH_PAGE	0x1
#define DRM_XE_VM_BIND_OP_UNMAP			1
#define DRM_XE_VM_BIND_OP_UNMAP_ALL		3
#define DRM_XE_OBSERVATION_OP_ADD_CONFIG	1
#define DRM_XE_OBSERVATION_OP_REMOVE_CONFIG	2
#endif

/* nouveau: since Linux 6.6. */
#ifndef DRM_NOUVEAU_EXEC
struct vgpu_nouveau_exec {
	__u64 rest[5];
};

#define DRM_IOCTL_NOUVEAU_EXEC						\
	DRM_IOWR(DRM_COMMAND_BASE + 0x12, struct vgpu_nouveau_exec)
#define VGPU_NOUVEAU_EXEC		struct vgpu_nouveau_exec
#else
#define VGPU_NOUVEAU_EXEC		struct drm_nouveau_exec
#endif

/* v3d: since Linux 6.8. */
#ifndef DRM_IOCTL_V3D_SUBMIT_CPU
struct vgpu_v3d_submit_cpu {
	__u64 rest[3];
};

#define DRM_IOCTL_V3D_SUBMIT_CPU					\
	DRM_IOW(DRM_COMMAND_BASE + 0x0b, struct vgpu_v3d_submit_cpu)
#define VGPU_V3D_SUBMIT_CPU		struct vgpu_v3d_submit_cpu
#else
#define VGPU_V3D_SUBMIT_CPU		struct drm_v3d_submit_cpu
#endif

/* nvidia-drm: in no kernel header. Sizes and numbers, and nothing else. */
#define VGPU_NVIDIA_IOCTL(number, bytes)				\
	DRM_IOWR(DRM_COMMAND_BASE + (number), __u8[bytes])

#ifndef DRM_NVIDIA_GEM_IMPORT_NVKMS_MEMORY
#define DRM_IOCTL_NVIDIA_GEM_IMPORT_NVKMS_MEMORY	VGPU_NVIDIA_IOCTL(0x01, 32)
#define DRM_IOCTL_NVIDIA_GEM_IMPORT_USERSPACE_MEMORY	VGPU_NVIDIA_IOCTL(0x02, 24)
#define DRM_IOCTL_NVIDIA_PRIME_FENCE_CONTEXT_CREATE	VGPU_NVIDIA_IOCTL(0x05, 48)
#define DRM_IOCTL_NVIDIA_GEM_EXPORT_NVKMS_MEMORY	VGPU_NVIDIA_IOCTL(0x09, 24)
#define DRM_IOCTL_NVIDIA_GEM_ALLOC_NVKMS_MEMORY		VGPU_NVIDIA_IOCTL(0x0b, 24)
#define DRM_IOCTL_NVIDIA_GEM_EXPORT_DMABUF_MEMORY	VGPU_NVIDIA_IOCTL(0x0d, 24)
#define DRM_IOCTL_NVIDIA_SEMSURF_FENCE_CTX_CREATE	VGPU_NVIDIA_IOCTL(0x14, 32)
#endif

#endif /* _VGPU_DRM_UAPI_COMPAT_H */
