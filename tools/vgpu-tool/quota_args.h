/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options that describe quotas, the same for group set and run.
 */
#ifndef QUOTA_ARGS_H
#define QUOTA_ARGS_H

#include "time_args.h"
#include "tool.h"

enum {
	QUOTA_ARG_DEVICE = 100,
	QUOTA_ARG_MEMORY,
	QUOTA_ARG_MEMORY_SYSTEM,
	QUOTA_ARG_MANAGED,
	QUOTA_ARG_COMPUTE,
	QUOTA_ARG_MIN,
	QUOTA_ARG_MAX,
	QUOTA_ARG_WEIGHT,
	QUOTA_ARG_PRIORITY,
	QUOTA_ARG_POLICY,
	QUOTA_ARG_FREEZER,
};

#define QUOTA_ARG_BIT(option)	(1U << ((option) - QUOTA_ARG_DEVICE))

/**
 * struct quota_args - quotas as they were given
 * @tool: the context
 * @change: one for each device; the device may be missing in the only one
 * @memory: the size of each, as typed, or NULL
 * @memory_system: likewise
 * @time: what was said of time for each
 * @given: all that was said for each, a QUOTA_ARG_BIT() an option
 * @n: how many
 * @only: name of the only device, where it was left out; owned
 */
struct quota_args {
	struct tool *tool;
	struct vgpu_quota_change change[LIBVGPU_QUOTAS_MAX];
	const char *memory[LIBVGPU_QUOTAS_MAX];
	const char *memory_system[LIBVGPU_QUOTAS_MAX];
	struct time_args time[LIBVGPU_QUOTAS_MAX];
	unsigned int given[LIBVGPU_QUOTAS_MAX];
	size_t n;
	char *only;
};

int quota_args_option(const char *name);
int quota_args_add(struct quota_args *quotas, int option, const char *value);
int quota_args_finish(struct quota_args *quotas);
void quota_args_free(struct quota_args *quotas);
int quota_args_set(struct quota_args *quotas,
		   const struct vgpu_cgroup *cgroup);

#endif /* QUOTA_ARGS_H */
