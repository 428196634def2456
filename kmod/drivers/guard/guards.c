// SPDX-License-Identifier: GPL-2.0
/*
 * The drivers without a backend.
 *
 * kfd: kfd_open(), kfd_ioctl() and kfd_mmap() of amdgpu's kfd_chardev.c, the
 * same from 6.1 to 7.3. Queues are made by AMDKFD_IOC_CREATE_QUEUE.
 *
 * nvidia: up to 535 the nodes lead through nv-frontend.c
 * (nvidia_frontend_open() and so on) to functions of nv.c; from 545 on to
 * those directly. nvidia-uvm and nvidia-modeset have had these names
 * throughout. nvidia and nvidia-uvm have a backend, vgpu_nvidia.ko, and
 * are closed here only where that is not loaded; likewise nvidia-drm, whose
 * backend is vgpu_drm.ko.
 */
#include <linux/kernel.h>

#include "guard.h"

struct vgpu_guard vgpu_guards[] = {
	{
		.base.name = "kfd",
		.module = "amdgpu",
		.rows = {
			{ "/dev/kfd open", VGPU_GUARD_OPEN, { "kfd_open" } },
			{ "/dev/kfd ioctl", VGPU_GUARD_IOCTL,
			  { "kfd_ioctl" }, 0x02 },
			{ "/dev/kfd mmap", VGPU_GUARD_MMAP, { "kfd_mmap" } },
		},
		.nrows = 3,
	}, {
		.base.name = "nvidia",
		.module = "nvidia",
		.rows = {
			{ "/dev/nvidia* open", VGPU_GUARD_OPEN,
			  { "nvidia_frontend_open", "nvidia_open" } },
			{ "/dev/nvidia* ioctl", VGPU_GUARD_IOCTL,
			  { "nvidia_frontend_unlocked_ioctl",
			    "nvidia_unlocked_ioctl" } },
			{ "/dev/nvidia* mmap", VGPU_GUARD_MMAP,
			  { "nvidia_frontend_mmap", "nvidia_mmap" } },
		},
		.nrows = 3,
	}, {
		.base.name = "nvidia-uvm",
		.module = "nvidia_uvm",
		.rows = {
			{ "/dev/nvidia-uvm open", VGPU_GUARD_OPEN,
			  { "uvm_open_entry" } },
			{ "/dev/nvidia-uvm ioctl", VGPU_GUARD_IOCTL,
			  { "uvm_unlocked_ioctl_entry" } },
			{ "/dev/nvidia-uvm mmap", VGPU_GUARD_MMAP,
			  { "uvm_mmap_entry" } },
		},
		.nrows = 3,
	}, {
		.base.name = "nvidia-modeset",
		.module = "nvidia_modeset",
		.rows = {
			{ "/dev/nvidia-modeset open", VGPU_GUARD_OPEN,
			  { "nvkms_open" } },
			{ "/dev/nvidia-modeset ioctl", VGPU_GUARD_IOCTL,
			  { "nvkms_unlocked_ioctl", "nvkms_ioctl" } },
			{ "/dev/nvidia-modeset mmap", VGPU_GUARD_MMAP,
			  { "nvkms_mmap" } },
		},
		.nrows = 3,
	}, {
		/* Its memory comes from nvidia-modeset, past nvidia's nodes. */
		.base.name = "nvidia-drm",
		.module = "nvidia_drm",
		.rows = {
			{ "nvidia-drm dumb buffers", VGPU_GUARD_CALL,
			  { "nv_drm_dumb_create" } },
			{ "nvidia-drm memory", VGPU_GUARD_CALL,
			  { "nv_drm_gem_alloc_nvkms_memory_ioctl" } },
			{ "nvidia-drm import", VGPU_GUARD_CALL,
			  { "nv_drm_gem_import_nvkms_memory_ioctl" } },
		},
		.nrows = 3,
	},
};

const unsigned int vgpu_nguards = ARRAY_SIZE(vgpu_guards);
