/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The view: what a tenant's own queries may show it of a device.
 */
#ifndef _VGPU_VIEW_H
#define _VGPU_VIEW_H

#include <linux/types.h>

struct vgpu_device;

/**
 * struct vgpu_view - one device, as the caller may see it
 * @total: bytes it may hold
 * @free: bytes it may still take
 */
struct vgpu_view {
	u64 total;
	u64 free;
};

bool vgpu_view_limited(void);
bool vgpu_view_get(struct vgpu_device *device, struct vgpu_view *view);
bool vgpu_view_shows(u32 pid);
bool vgpu_view_shows_host(u32 pid);

#endif /* _VGPU_VIEW_H */
