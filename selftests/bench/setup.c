// SPDX-License-Identifier: GPL-2.0
/* vgpu in and out, and the cgroups in which everything is measured. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <vgpu/group.h>
#include <vgpu/quota.h>
#include <vgpu/stats.h>

#include "bench.h"
#include "cgroup.h"
#include "quota.h"
#include "tap.h"

struct vgpu_ctx *vgpu;

static const char *const levels[LEVELS] = {
	"", "/pod", "/pod/container", "/pod/container/job",
};

void bench_setup(void)
{
	/* A page that is missing waits for the host, and the clock leaps. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		bail("mlockall");
	if (RUN(NULL, 0, "modprobe", "vgem"))
		bail("modprobe vgem");
	cg_setup("bench");
	levels_create();
}

void vgpu_in(const char *parameter)
{
	if (RUN(NULL, 0, "modprobe", "vgpu", parameter))
		bail("modprobe vgpu");
	if (vgpu_ctx_create(&vgpu))
		bail("vgpu_ctx_create");
}

void vgpu_out(void)
{
	char out[1024] = "";

	vgpu_ctx_free(vgpu);
	vgpu = NULL;
	if (vgpu_unload(out, sizeof(out)))
		bail("modprobe -r vgpu: %s", out);
}

static void put(uint64_t cgroup, const struct vgpu_quota_change *change)
{
	const struct vgpu_cgroup where = { .sz = sizeof(where), .id = cgroup };

	if (vgpu_quota_set(vgpu, &where, change, 1))
		bail("vgpu_quota_set: %s", vgpu_ctx_error(vgpu));
}

void quota_put(uint64_t cgroup, const char *device, uint64_t bytes)
{
	const struct vgpu_quota_change change = {
		.sz = sizeof(change), .device = device,
		.set = LIBVGPU_QUOTA_MEMORY, .memory_max = bytes,
	};

	put(cgroup, &change);
}

void quota_cap(uint64_t cgroup, const char *device, uint32_t most)
{
	const struct vgpu_quota_change change = {
		.sz = sizeof(change), .device = device,
		.set = LIBVGPU_QUOTA_COMPUTE_MAX, .compute_max = most,
	};

	put(cgroup, &change);
}

void freeze_put(uint64_t cgroup, bool frozen)
{
	const struct vgpu_cgroup where = { .sz = sizeof(where), .id = cgroup };

	if (vgpu_group_set_frozen(vgpu, &where, frozen))
		bail("vgpu_group_set_frozen: %s", vgpu_ctx_error(vgpu));
}

uint64_t charged_of(uint64_t cgroup, const char *device)
{
	const struct vgpu_cgroup where = { .sz = sizeof(where), .id = cgroup };
	struct vgpu_stats *stats;
	uint64_t bytes;

	if (vgpu_stats_get(vgpu, &where, device, &stats))
		bail("vgpu_stats_get: %s", vgpu_ctx_error(vgpu));
	if (vgpu_stats_value(stats, LIBVGPU_STAT_MEMORY_CHARGED, &bytes))
		bail("vgpu_stats_value");
	vgpu_stats_free(stats);
	return bytes;
}

/* The first is there already: it is the bench's own. */
void levels_create(void)
{
	unsigned int i;

	for (i = 1; i < LEVELS; i++)
		cg_create(levels[i]);
}

void levels_enter(void)
{
	cg_enter(levels[LEVELS - 1]);
}

/* Limits that are never reached: a refusal is not what is measured. */
void levels_limit(const char *device)
{
	unsigned int i;

	for (i = 0; i < LEVELS; i++)
		quota_put(cg_id(levels[i]), device, 1024 * MIB);
}

void levels_share(const char *device)
{
	const struct vgpu_quota_change change = {
		.sz = sizeof(change), .device = device,
		.set = LIBVGPU_QUOTA_COMPUTE_WEIGHT, .compute_weight = 200,
	};
	unsigned int i;

	for (i = 0; i < LEVELS; i++)
		put(cg_id(levels[i]), &change);
}
