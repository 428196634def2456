// SPDX-License-Identifier: GPL-2.0
/*
 * What vgpu adds to calls to NVIDIA's driver: on the mock, and of what needs no
 * GPU also on NVIDIA's own modules, where the guest has them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "bench.h"
#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "tap.h"

#define GPU0	"pci:0001:00:00.0"
#define REAL	"/vgpu/nvidia/550"

#define CALLS	200	/* in a batch */
#define BATCHES	10
#define TURNS	2	/* with and without vgpu, in turn */

/* Nothing that vgpu has business with: GET_ATTACHED_IDS */
static uint32_t control(struct rm *rm)
{
	uint32_t ids[32];

	return rm_control(rm, rm->root, 0x201, ids, sizeof(ids));
}

static uint32_t wrapped(struct rm *rm)
{
	uint32_t status;

	rm->wrapped = true;
	status = control(rm);
	rm->wrapped = false;
	return status;
}

/* NV_ESC_RM_IDLE_CHANNELS of a wrong size: the driver looks no further. */
static uint32_t foreign(struct rm *rm)
{
	uint32_t word = 0;

	rm_escape(rm, rm->ctl, 0x41, &word, sizeof(word));
	return RM_OK;
}

static uint32_t memory(struct rm *rm)
{
	uint32_t handle;
	uint32_t status = rm_alloc_vidmem(rm, 64 * 1024, RM_ROUTE_ALLOC64,
					  &handle);

	return status ? status : rm_free(rm, handle);
}

static uint32_t query(struct rm *rm)
{
	uint64_t bytes;

	return rm_fb_info(rm, RM_FB_FREE, &bytes);
}

static uint32_t root(struct rm *rm)
{
	struct rm other = *rm;
	uint32_t status;

	other.root = 0;
	status = rm_root(&other);
	return status ? status : rm_free(&other, other.root);
}

/**
 * struct kind - a call, and what vgpu may add to it
 * @row: as in the file "rows"
 * @call: RM_OK where it went well
 * @old: budget of instructions on 6.1; what a breakpoint costs, which
 *	Documentation/design/nvidia.rst says the reason of
 * @budget: on later kernels
 * @real: on NVIDIA's own modules
 */
struct kind {
	const char *row;
	uint32_t (*call)(struct rm *rm);
	double old;
	double budget;
	bool real;
};

static const struct kind kinds[] = {
	{ "nvidia-foreign", foreign, 400, 800, false },
	{ "nvidia-control", control, 500, 850, false },
	{ "nvidia-control-wrapped", wrapped, 500, 850, false },
	{ "nvidia-memory", memory, 7250, 8500, false },
	{ "nvidia-query", query, 1750, 2500, false },
	{ "nvidia-real-control", control, 500, 850, true },
	{ "nvidia-real-control-wrapped", wrapped, 500, 850, true },
	{ "nvidia-real-root", root, 3000, 4250, true },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static double cost(struct rm *rm, const struct kind *kind)
{
	double best = INFINITY, each;
	unsigned int i, j;
	uint64_t start;

	for (i = 0; i < BATCHES; i++) {
		start = instructions();
		for (j = 0; j < CALLS; j++)
			if (kind->call(rm))
				bail("%s", kind->row);
		each = (double)(instructions() - start) / CALLS;
		best = each < best ? each : best;
	}
	return best;
}

static void open_client(struct rm *rm, bool real)
{
	if (!real && rm_client_open(rm, 0))
		bail("no client of the mock");
	if (real && (rm_ctl_open(rm) || rm_root(rm)))
		bail("no client of the driver");
}

static void measure(bool real, double least[KINDS])
{
	struct rm rm;
	double each;
	size_t i;

	levels_enter();
	open_client(&rm, real);
	for (i = 0; i < KINDS; i++) {
		if (kinds[i].real != real)
			continue;
		each = cost(&rm, &kinds[i]);
		least[i] = each < least[i] ? each : least[i];
	}
	rm_client_close(&rm);
	cg_leave();
}

static void turns(bool real)
{
	double without[KINDS], with[KINDS];
	size_t i;

	for (i = 0; i < KINDS; i++) {
		without[i] = INFINITY;
		with[i] = INFINITY;
	}
	for (i = 0; i < TURNS; i++) {
		measure(real, without);
		vgpu_in(NULL);
		/* Without a GPU a quota on another device has to do. */
		levels_limit(real ? drm_card("vgem") : GPU0);
		measure(real, with);
		vgpu_out();
	}
	for (i = 0; i < KINDS; i++)
		if (kinds[i].real == real)
			row_print(&(struct row){
				.name = kinds[i].row,
				.value = with[i] - without[i],
				.baseline = without[i],
				.budget = kernel_is_old() ? kinds[i].old :
							    kinds[i].budget,
				.unit = "instructions",
				.count = TURNS * BATCHES * CALLS,
			});
}

void nvidia_rows(void)
{
	char path[256];

	if (!judge_load("release=550"))
		bail("the mock does not load");
	turns(false);
	if (!judge_unload())
		bail("the mock does not unload");

	if (access(REAL "/nvidia.ko", R_OK))
		return;
	snprintf(path, sizeof(path), "%s/fakepci.ko", getenv("VGPU_KDIR"));
	insmod(path);
	insmod(REAL "/nvidia.ko");
	unlink("/dev/nvidiactl");
	if (mknod("/dev/nvidiactl", S_IFCHR | 0600, makedev(195, 255)))
		bail("mknod");
	turns(true);
	if (RUN(NULL, 0, "rmmod", "nvidia", "fakepci"))
		bail("rmmod nvidia");
}
