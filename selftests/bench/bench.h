/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The benches: what vgpu adds, counted in guest instructions, and how well it
 * shares.
 *
 * Under icount one instruction is one nanosecond and one tick of the TSC, so
 * the TSC counts instructions to the last one, on any machine. Time in which
 * the guest is idle passes in leaps; nothing here is measured across a sleep
 * unless it says so.
 */
#ifndef SELFTESTS_BENCH_H
#define SELFTESTS_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include <vgpu/ctx.h>

#include "drm.h"
#include "load.h"

#define LEVELS 4	/* cgroups below the root that have a quota */

/**
 * struct row - one line of the result
 * @name: as in the file "rows"
 * @value: what was measured
 * @baseline: the same without vgpu, or what a growth is measured against
 * @budget: most that @value may be
 * @unit: of all three
 * @count: of what was measured, or of what stood around it
 */
struct row {
	const char *name;
	double value;
	double baseline;
	double budget;
	const char *unit;
	uint64_t count;
};

extern struct vgpu_ctx *vgpu;		/* of this process */
extern unsigned int nr_groups;		/* how many "10,000" are in this run */
extern unsigned int nr_objects;		/* and "1,000,000" */

/* measure.c */
void row_print(const struct row *row);
bool rows_within(void);
/* Is it 6.1, for which budgets are others? */
bool kernel_is_old(void);
uint64_t memory_used(void);
uint64_t now_ns(void);

static inline uint64_t instructions(void)
{
	return __builtin_ia32_rdtsc();
}

/* setup.c */
void bench_setup(void);
void vgpu_in(const char *parameter);
void vgpu_out(void);
void quota_put(uint64_t cgroup, const char *device, uint64_t bytes);
/* Hundredths of a percent of the device's time. */
void quota_cap(uint64_t cgroup, const char *device, uint32_t most);
void freeze_put(uint64_t cgroup, bool frozen);
uint64_t charged_of(uint64_t cgroup, const char *device);
void levels_create(void);
void levels_enter(void);
void levels_limit(const char *device);
void levels_share(const char *device);

/* path.c: the cost of a call, and of an object */
double object_cost(const struct maker *maker);
void path_rows(void);

/* scale.c: what grows with groups and objects, and must not */
void group_rows(void);
void object_rows(void);

/* bind.c: how soon and how hard a quota binds */
void bind_rows(void);

/* nvidia.c: calls to NVIDIA's driver */
void nvidia_rows(void);

/* share_force.c: how soon control of time is in force */
void force_rows(void);

/* share_alone.c: what vgpu costs a tenant that is alone */
void alone_rows(void);

#endif /* SELFTESTS_BENCH_H */
