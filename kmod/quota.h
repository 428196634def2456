/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quotas: a change of what limits one group on its devices.
 */
#ifndef _VGPU_QUOTA_H
#define _VGPU_QUOTA_H

#include <linux/bits.h>
#include <linux/types.h>

#include <linux/vgpu.h>

struct cgroup;
struct vgpu_device;

#define VGPU_QUOTA_MEM		BIT(0)
#define VGPU_QUOTA_SYSTEM	BIT(1)
#define VGPU_QUOTA_MANAGED	BIT(2)
#define VGPU_QUOTA_COMPUTE_MAX	BIT(3)
#define VGPU_QUOTA_COMPUTE_MIN	BIT(4)
#define VGPU_QUOTA_WEIGHT	BIT(5)
#define VGPU_QUOTA_PRIORITY	BIT(6)
#define VGPU_QUOTA_FREEZER	BIT(7)

/**
 * struct vgpu_quota - a change of one (group, device)'s limits
 * @device: borrowed from the caller for the call
 * @set: which of the following to change, VGPU_QUOTA_*
 * @max: bytes by kind of memory; VGPU_UNLIMITED lifts
 * @managed: policy for managed memory; unset lifts
 * @compute_max: hundredths of a percent; 0 or the whole lifts
 * @compute_min: likewise; 0 lifts
 * @compute_weight: 0 lifts
 * @priority: unset lifts
 * @freezer: unset lifts
 */
struct vgpu_quota {
	struct vgpu_device *device;
	unsigned int set;
	u64 max[2];
	enum vgpu_managed managed;
	u32 compute_max;
	u32 compute_min;
	u32 compute_weight;
	enum vgpu_priority priority;
	enum vgpu_freezer freezer;
};

/**
 * struct vgpu_quota_refusal - why quotas were not set
 * @index: which of them
 * @limiting: cgroup id of the group whose children are promised too much
 * @left: hundredths of a percent that could be promised
 */
struct vgpu_quota_refusal {
	unsigned int index;
	u64 limiting;
	u32 left;
};

int vgpu_quota_found(struct vgpu_device *device, const char *name);
int vgpu_group_set_quotas(struct cgroup *cgrp, const struct vgpu_quota *quotas,
			  unsigned int n, struct vgpu_quota_refusal *why);

#endif /* _VGPU_QUOTA_H */
