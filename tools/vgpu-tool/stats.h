/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Use by group and device, for the commands that show it.
 */
#ifndef STATS_H
#define STATS_H

#include "cgroup.h"
#include "output.h"

struct json_object *stats_json(const struct vgpu_stats *stats);
void stats_text(const struct vgpu_stats_list *list, uint64_t cgroup_id);
uint64_t stats_value(const struct vgpu_stats *stats, enum libvgpu_stat which);
uint64_t stats_limit(const struct vgpu_stats *stats, enum libvgpu_stat which);
uint64_t stats_used(const struct vgpu_stats *stats);
const char *stats_cgroup(const struct vgpu_stats *stats);

/* stats_time.c */
void stats_time_json(struct json_object *object,
		     const struct vgpu_stats *stats);
void stats_time_text(const struct vgpu_stats_list *list, uint64_t cgroup_id);
uint64_t engine_value(const struct vgpu_engine_stats *engine,
		      enum libvgpu_engine_stat which);

int stats_args(struct tool *tool, int argc, char **argv,
	       struct cgroup *cgroup);

#endif /* STATS_H */
