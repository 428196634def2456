// SPDX-License-Identifier: GPL-2.0
/*
 * What vgpu adds to one call and to the life of one object, by the same
 * program in the same boot with vgpu loaded and not.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench.h"
#include "cgroup.h"
#include "tap.h"

#define CALLS	1000	/* in a batch: the clock's tick rarely falls in */
#define BATCHES	10
#define TURNS	4	/* with and without vgpu, in turn */

#define ALIVE	64	/* objects at a time */
#define ROUNDS	200

static int gem_close(int fd)
{
	struct drm_gem_close arg = { .handle = 0x7ffffff0 };

	return ioctl(fd, DRM_IOCTL_GEM_CLOSE, &arg);
}

static int getparam(int fd)
{
	uint64_t value = 0;
	struct drm_virtgpu_getparam arg = {
		.param = VIRTGPU_PARAM_3D_FEATURES,
		.value = (uintptr_t)&value,
	};

	return ioctl(fd, DRM_IOCTL_VIRTGPU_GETPARAM, &arg);
}

static const struct foreign {
	const char *row;
	const char *driver;
	int (*call)(int fd);
} foreign[] = {
	{ "ioctl-vgem-gem-close", "vgem", gem_close },
	{ "ioctl-virtio_gpu-gem-close", "virtio_gpu", gem_close },
	{ "ioctl-virtio_gpu-getparam", "virtio_gpu", getparam },
};

#define FOREIGN (sizeof(foreign) / sizeof(foreign[0]))

static double least_of(double a, double b)
{
	return a < b ? a : b;
}

static double call_cost(const struct foreign *f)
{
	double best = INFINITY, cost;
	int fd = drm_open(f->driver);
	unsigned int i, j;
	uint64_t start;

	for (i = 0; i < BATCHES; i++) {
		start = instructions();
		for (j = 0; j < CALLS; j++)
			f->call(fd);
		cost = (double)(instructions() - start) / CALLS;
		best = least_of(best, cost);
	}
	close(fd);
	return best;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * On vgem, all that an object leads to is here: a run is long and never idle,
 * so that deferred frees fall into it, with the clock's ticks spread evenly.
 */
static double cost_in_all(int fd, const struct maker *maker)
{
	uint32_t handles[ALIVE];
	uint64_t start = instructions();
	unsigned int i, j;

	for (i = 0; i < ROUNDS; i++) {
		for (j = 0; j < ALIVE; j++)
			if (maker->make(fd, PAGE, &handles[j]))
				bail("%s", maker->name);
		for (j = 0; j < ALIVE; j++)
			drm_close(fd, handles[j]);
	}
	return (double)(instructions() - start) / (ROUNDS * ALIVE);
}

/*
 * virtio-gpu has a host, which answers when it likes and interrupts. What the
 * caller waits for is seen in the calls that were not interrupted: a quarter of
 * them, at the least. The end of an object comes with the host's answer.
 */
static double cost_of_calls(int fd, const struct maker *maker)
{
	static double make[ROUNDS], end[ROUNDS];
	uint64_t start, made;
	uint32_t handle;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		usleep(1000);
		start = instructions();
		if (maker->make(fd, PAGE, &handle))
			bail("%s", maker->name);
		made = instructions();
		drm_close(fd, handle);
		end[i] = instructions() - made;
		make[i] = made - start;
	}
	qsort(make, ROUNDS, sizeof(make[0]), by_value);
	qsort(end, ROUNDS, sizeof(end[0]), by_value);
	return make[ROUNDS / 4] + end[ROUNDS / 4];
}

/* Instructions for making and ending one object. */
double object_cost(const struct maker *maker)
{
	int fd = drm_open(maker->driver);
	double cost;

	cost = strcmp(maker->driver, "vgem") ? cost_of_calls(fd, maker) :
					       cost_in_all(fd, maker);
	close(fd);
	return cost;
}

static const char *const object_row[] = {
	"object-vgem-dumb", "object-virtio_gpu-dumb",
	"object-virtio_gpu-resource",
};

/*
 * What several turns gave: of calls the least, as a tick only adds; of objects
 * the mean, as a deferred free that one run misses falls into the next.
 */
struct costs {
	double call[FOREIGN];
	double object[3];
};

static void measure(struct costs *costs)
{
	unsigned int i;

	for (i = 0; i < FOREIGN; i++)
		costs->call[i] = least_of(costs->call[i],
					  call_cost(&foreign[i]));
	levels_enter();
	for (i = 0; i < nr_makers; i++)
		costs->object[i] += object_cost(&makers[i]) / TURNS;
	cg_leave();
}

void path_rows(void)
{
	struct costs without = {}, with = {};
	unsigned int i;

	for (i = 0; i < FOREIGN; i++) {
		without.call[i] = INFINITY;
		with.call[i] = INFINITY;
	}
	for (i = 0; i < TURNS; i++) {
		measure(&without);
		vgpu_in(NULL);
		levels_limit(drm_card("vgem"));
		levels_limit(drm_card("virtio_gpu"));
		measure(&with);
		vgpu_out();
	}
	/* Less than one instruction a call is what a tick more or less does. */
	for (i = 0; i < FOREIGN; i++)
		row_print(&(struct row){
			.name = foreign[i].row,
			.value = trunc(with.call[i] - without.call[i]),
			.baseline = without.call[i], .budget = 0,
			.unit = "instructions",
			.count = TURNS * BATCHES * CALLS,
		});
	for (i = 0; i < nr_makers; i++)
		row_print(&(struct row){
			.name = object_row[i],
			.value = with.object[i] - without.object[i],
			.baseline = without.object[i], .budget = 2500,
			.unit = "instructions",
			.count = TURNS * ROUNDS *
				 (strcmp(makers[i].driver, "vgem") ? 1 :
								     ALIVE),
		});
}
