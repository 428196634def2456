// SPDX-License-Identifier: GPL-2.0
/*
 * What vgpu takes from a tenant that nobody else is in the way of: of its
 * throughput, and of a submission, with vgpu loaded and not in the same boot.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "cgroup.h"
#include "queue.h"
#include "quota.h"
#include "tap.h"

#define TURNS		4
#define SUBMISSIONS	400

static const struct engine *engine = &engine_drm;

static const struct {
	uint64_t length;
	unsigned int depth;
} works[] = {
	{ 10 * MSEC, 1 },
	{ 1 * MSEC, 2 },
	{ 100 * USEC, 8 },
};

#define WORKS (sizeof(works) / sizeof(works[0]))

static void throughput(double *busy)
{
	unsigned int i;

	for (i = 0; i < WORKS; i++) {
		struct load load = { .cg = "/alone", .length = works[i].length,
				     .depth = works[i].depth };

		busy[i] = load_alone(engine, &load, SEC);
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Of one call, the engine idle, so that what it interrupts with is not in it.
 * The quarter of them is what those took into which no tick fell.
 */
static double submission(void)
{
	static double cost[SUBMISSIONS];
	unsigned int i;
	uint64_t start;
	int fd;

	levels_enter();
	fd = engine->open();
	for (i = 0; i < SUBMISSIONS; i++) {
		start = instructions();
		if (engine->submit(fd, 300 * USEC))
			bail("a submission");
		cost[i] = instructions() - start;
		if (engine->wait(fd, 0))
			bail("a wait");
	}
	close(fd);
	cg_leave();
	qsort(cost, SUBMISSIONS, sizeof(cost[0]), by_value);
	return cost[SUBMISSIONS / 4];
}

void alone_rows(void)
{
	double without[WORKS], with[WORKS], lost = 0, off;
	double bare = INFINITY, metered = INFINITY, cost;
	unsigned int i;

	cg_create("/alone");
	throughput(without);
	for (i = 0; i < TURNS; i++) {
		cost = submission();
		bare = cost < bare ? cost : bare;
		vgpu_in(NULL);
		if (!i)
			throughput(with);
		levels_share(engine->device());
		cost = submission();
		metered = cost < metered ? cost : metered;
		vgpu_out();
	}
	for (i = 0; i < WORKS; i++) {
		off = 100 * (1 - with[i] / without[i]);
		lost = off > lost ? off : lost;
	}
	row_print(&(struct row){
		.name = "alone-lost", .value = lost, .budget = 1,
		.unit = "percent", .count = WORKS,
	});
	row_print(&(struct row){
		.name = "submission", .value = metered - bare,
		.baseline = bare, .budget = kernel_is_old() ? 600 : 900,
		.unit = "instructions", .count = TURNS * SUBMISSIONS,
	});
}
