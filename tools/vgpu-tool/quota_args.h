/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options that describe quotas: --device, --memory, --memory-system and
 * --managed, the same for group set and run.
 */
#ifndef QUOTA_ARGS_H
#define QUOTA_ARGS_H

#include "tool.h"

enum {
	QUOTA_ARG_DEVICE = 100,
	QUOTA_ARG_MEMORY,
	QUOTA_ARG_MEMORY_SYSTEM,
	QUOTA_ARG_MANAGED,
};

/**
 * struct quota_args - quotas as they were given
 * @tool: the context
 * @change: one for each device; the device may be missing in the only one
 * @memory: the size of each, as typed, or NULL
 * @memory_system: likewise
 * @n: how many
 * @only: name of the only device, where it was left out; owned
 */
struct quota_args {
	struct tool *tool;
	struct vgpu_quota_change change[LIBVGPU_QUOTAS_MAX];
	const char *memory[LIBVGPU_QUOTAS_MAX];
	const char *memory_system[LIBVGPU_QUOTAS_MAX];
	size_t n;
	char *only;
};

int quota_args_add(struct quota_args *quotas, int option, const char *value);
int quota_args_finish(struct quota_args *quotas);
void quota_args_free(struct quota_args *quotas);
int quota_args_set(struct quota_args *quotas,
		   const struct vgpu_cgroup *cgroup);

#endif /* QUOTA_ARGS_H */
