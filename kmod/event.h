/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events: what an operator may want to know at once. Posting is possible in
 * any context and never fails; a flood of one kind from one group folds into
 * a count.
 */
#ifndef _VGPU_EVENT_H
#define _VGPU_EVENT_H

#include <linux/types.h>

#include <linux/vgpu.h>

#include "device.h"

/**
 * struct vgpu_event - one thing that happened
 * @type: enum vgpu_event_type of the uapi
 * @time: CLOCK_BOOTTIME nanoseconds
 * @cgroup: cgroup id it concerns, 0 for none
 * @limiting: cgroup id whose limit refused, 0 for none
 * @device: device id, 0 for none
 * @pid: of the task in the init pid namespace, 0 for none
 * @bytes: asked, adopted or set
 * @limit: the limit that refused
 * @count: how many events this one stands for
 * @device_name: or empty
 * @driver: or empty
 * @route: or empty
 * @comm: or empty
 */
struct vgpu_event {
	u32 type;
	u64 time;
	u64 cgroup;
	u64 limiting;
	u32 device;
	u32 pid;
	u64 bytes;
	u64 limit;
	u64 count;
	char device_name[VGPU_DEVICE_NAME_MAX];
	char driver[VGPU_DEVICE_NAME_MAX];
	char route[VGPU_DEVICE_NAME_MAX];
	char comm[16];
};

int vgpu_event_init(void);
void vgpu_event_deinit(void);
void vgpu_event_post(const struct vgpu_event *event);

#endif /* _VGPU_EVENT_H */
