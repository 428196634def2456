/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options of a quota that are about time, and what they come to.
 */
#ifndef TIME_ARGS_H
#define TIME_ARGS_H

#include "tool.h"

enum time_policy {
	TIME_POLICY_BEST_EFFORT,
	TIME_POLICY_FIXED_SHARE,
	TIME_POLICY_BURST_SHARE,
};

/**
 * struct time_args - the options of one device
 * @given: which of the following, a QUOTA_ARG_BIT() an option
 * @compute: a share of which the policy says what it is
 * @no_compute: it is the word for none
 * @min: the guarantee
 * @max: the cap
 * @weight: beside the siblings
 * @priority: likewise
 * @policy: the preset
 * @freezer: what the cgroup freezer does
 */
struct time_args {
	unsigned int given;
	uint32_t compute;
	bool no_compute;
	uint32_t min;
	uint32_t max;
	uint32_t weight;
	enum libvgpu_priority priority;
	enum time_policy policy;
	enum libvgpu_freezer freezer;
};

int time_args_add(struct tool *tool, struct time_args *args, int option,
		  const char *value);
int time_args_finish(struct tool *tool, const struct time_args *args,
		     struct vgpu_quota_change *change);

#endif /* TIME_ARGS_H */
