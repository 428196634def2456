/* SPDX-License-Identifier: GPL-2.0 */
/*
 * GPU time: how much of a device's time the work of each group took.
 *
 * A backend enters a group's work before the driver gets it, charges the time
 * that it took once it is over, and lets go of the account.
 */
#ifndef _VGPU_TIME_H
#define _VGPU_TIME_H

#include <linux/types.h>

struct vgpu_account;
struct vgpu_device;

struct vgpu_account *vgpu_time_enter(struct vgpu_device *device, size_t kmem);
void vgpu_time_charge(struct vgpu_account *account, u64 start, u64 end);
void vgpu_time_leave(struct vgpu_account *account, size_t kmem);

#endif /* _VGPU_TIME_H */
