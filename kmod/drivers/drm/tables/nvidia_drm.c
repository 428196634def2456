// SPDX-License-Identifier: GPL-2.0
/*
 * nvidia-drm: its objects are handles to memory that the resource manager of
 * nvidia.ko allocates in the kernel's own name, so no client of the resource
 * manager pays for them and the memory outlives the client that imported it.
 * Every ioctl that allocates such memory or carries it from one side to the
 * other is closed to groups with a quota, and dumb buffers with them. Vulkan
 * and CUDA need none of these to compute or to render off screen. The device is
 * the GPU that nvidia.ko has, so a quota on that counts, and its backend charges.
 *
 * The numbers are those of nvidia-drm's own header, the same from 535 to 595;
 * the kernel's headers have none.
 *
 * Left out: GET_CRTC_CRC32, GET_CRTC_CRC32_V2, GET_DEV_INFO, FENCE_SUPPORTED,
 * GET_CLIENT_CAPABILITY, GEM_MAP_OFFSET, GEM_IDENTIFY_OBJECT,
 * DMABUF_SUPPORTED, GET_DPY_ID_FOR_CONNECTOR_ID,
 * GET_CONNECTOR_ID_FOR_DPY_ID, GET_DRM_FILE_UNIQUE_ID and what concerns
 * regions of interest (0x19 to 0x1c) only look; GEM_PRIME_FENCE_ATTACH and
 * SEMSURF_FENCE_CREATE, _WAIT, _ATTACH act on a context that exists;
 * GRANT_PERMISSIONS and REVOKE_PERMISSIONS belong to the master.
 */
#include "../table.h"
#include "uapi_compat.h"

static const struct vgpu_drm_ioctl ioctls[] = {
	{
		VGPU_DRM_IOCTL(NVIDIA_GEM_IMPORT_NVKMS_MEMORY, 0x01, 32),
		.effect = VGPU_DRM_DENY,
	},
	{
		VGPU_DRM_IOCTL(NVIDIA_GEM_IMPORT_USERSPACE_MEMORY, 0x02, 24),
		.effect = VGPU_DRM_USER,
	},
	{
		VGPU_DRM_IOCTL(NVIDIA_PRIME_FENCE_CONTEXT_CREATE, 0x05, 48),
		.effect = VGPU_DRM_DENY,
	},
	{
		VGPU_DRM_IOCTL(NVIDIA_GEM_EXPORT_NVKMS_MEMORY, 0x09, 24),
		.effect = VGPU_DRM_DENY,
	},
	{
		VGPU_DRM_IOCTL(NVIDIA_GEM_ALLOC_NVKMS_MEMORY, 0x0b, 24),
		.effect = VGPU_DRM_DENY,
	},
	{
		VGPU_DRM_IOCTL(NVIDIA_GEM_EXPORT_DMABUF_MEMORY, 0x0d, 24),
		.effect = VGPU_DRM_DENY,
	},
	{
		VGPU_DRM_IOCTL(NVIDIA_SEMSURF_FENCE_CTX_CREATE, 0x14, 32),
		.effect = VGPU_DRM_DENY,
	},
};

const struct vgpu_drm_table vgpu_drm_nvidia_drm = {
	.driver = "nvidia-drm",
	.module = "nvidia_drm",
	.ioctls = ioctls,
	.nioctls = ARRAY_SIZE(ioctls),
	.granule = 4096,
	.deny_dumb = true,
	.own_memory = true,
	.private_objects = true,
	.guest = true,
};
