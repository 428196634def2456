// SPDX-License-Identifier: GPL-2.0
/*
 * The budgets of GPU time, each measured on the mock of panfrost, by whose own
 * clock it is: one JSON object a line. Run as root in a guest with --icount and
 * 4 GiB of memory. The exit status is 1 if any row is outside its budget.
 *
 * Lines that begin with "comparison" are no rows: the error of shares without
 * vgpu and by other means, in the same run.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "cgroup.h"
#include "queue.h"
#include "quota.h"
#include "scenario.h"
#include "tap.h"
#include "timing.h"

#define SECONDS	3	/* windows of each measurement */
#define RETURNS	100
#define JOBS	200	/* of which the latency is taken */

static const struct engine *engine = &engine_drm;

static const struct way {
	const char *name;
	enum by by;
	bool slices;
} ways[] = {
	{ "none", BY_NOTHING, false },
	{ "slices-model", BY_NOTHING, true },
	{ "bucket-model", BY_BUCKET, false },
	{ "vgpu", BY_VGPU, false },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void compare(const struct scenario *s, const struct way *way)
{
	static struct outcome outcome;
	static double worst_without;
	double busy = 0;
	char name[64];
	unsigned int i;

	queue_slices(way->slices);
	scenario_play(engine, s, way->by, SECONDS, &outcome);
	queue_slices(false);
	for (i = 0; i < SECONDS; i++)
		busy += outcome.windows.all[i] / SECONDS;
	printf("{\"comparison\":\"%s\",\"way\":\"%s\",\"mean\":%.2f,"
	       "\"worst\":%.2f,\"busy\":%.2f,\"unit\":\"points\"}\n",
	       s->row, way->name, outcome.error.mean, outcome.error.worst,
	       busy);
	fflush(stdout);
	if (way->by == BY_NOTHING && !way->slices)
		worst_without = outcome.error.worst;
	if (way->by != BY_VGPU)
		return;
	snprintf(name, sizeof(name), "share-%s", s->row);
	row_print(&(struct row){
		.name = name, .value = outcome.error.worst,
		.baseline = worst_without,
		.budget = scenario_bound(engine, outcome.longest),
		.unit = "points", .count = SECONDS * outcome.n,
	});
}

static void share_rows(void)
{
	unsigned int i, j;

	for (i = 0; i < nr_scenarios; i++) {
		for (j = 0; j < WAYS; j++) {
			if (ways[j].by == BY_VGPU)
				vgpu_in(NULL);
			compare(&scenarios[i], &ways[j]);
			if (ways[j].by == BY_VGPU)
				vgpu_out();
		}
	}
}

static void cap_row(void)
{
	static const unsigned int caps[] = { 5, 10, 30, 50, 90 };
	static struct windows windows = { .ns = SEC, .n = SECONDS };
	static const char *const cg = "/cap";
	struct load load = { .cg = cg, .length = 2 * MSEC, .depth = 8 };
	double worst = 0, off;
	unsigned int i, j, n = sizeof(caps) / sizeof(caps[0]);

	cg_create(cg);
	for (i = 0; i < n; i++) {
		quota_cap(cg_id(cg), engine->device(), caps[i] * 100);
		load_start(engine, &load);
		sleep_ns(300 * MSEC);
		windows_take(engine, &windows, &cg, 1);
		load_stop(&load);
		engine_settle(engine);
		for (j = 0; j < SECONDS; j++) {
			off = fabs(windows.part[j][0] - caps[i]);
			worst = off > worst ? off : worst;
		}
	}
	row_print(&(struct row){
		.name = "cap-error", .value = worst, .baseline = 0,
		.budget = 100.0 * (HORIZON + load.length) / SEC,
		.unit = "points", .count = n * SECONDS,
	});
}

/* Both are due half. */
static void back_row(void)
{
	struct load other = { .cg = "/other", .length = 4 * MSEC, .depth = 16 };
	uint64_t worst;

	cg_create("/owner");
	cg_create("/other");
	quota_set_time("/owner", engine->device(), "--weight", "100");
	quota_set_time("/other", engine->device(), "--weight", "100");
	load_start(engine, &other);
	worst = timing_return(engine, "/owner", MSEC, 120 * MSEC, 0.5, RETURNS);
	load_stop(&other);
	engine_settle(engine);
	row_print(&(struct row){
		.name = "idle-share-back", .value = (double)worst / MSEC,
		.budget = 20 + (double)(HORIZON + other.length) / MSEC,
		.unit = "ms", .count = RETURNS,
	});
}

static void latency_row(void)
{
	struct load low = { .cg = "/low", .length = 5 * MSEC, .depth = 32 };
	uint64_t alone, with;

	cg_create("/high");
	cg_create("/low");
	quota_set_time("/high", engine->device(), "--priority", "high");
	quota_set_time("/low", engine->device(), "--priority", "low");
	alone = timing_p99(engine, "/high", 2 * MSEC, 10 * MSEC, JOBS);
	load_start(engine, &low);
	sleep_ns(100 * MSEC);
	with = timing_p99(engine, "/high", 2 * MSEC, 10 * MSEC, JOBS);
	load_stop(&low);
	engine_settle(engine);
	row_print(&(struct row){
		.name = "high-priority-delay",
		.value = ((double)with - alone) / MSEC,
		.baseline = (double)alone / MSEC,
		.budget = (double)(HORIZON + low.length) / MSEC,
		.unit = "ms", .count = JOBS,
	});
}

static void with_vgpu(void (*rows)(void))
{
	vgpu_in(NULL);
	rows();
	vgpu_out();
}

static const struct part {
	const char *name;
	void (*rows)(void);
	bool vgpu;
} parts[] = {
	{ "shares", share_rows, false },
	{ "cap", cap_row, true },
	{ "back", back_row, true },
	{ "latency", latency_row, true },
	{ "force", force_rows, true },
	{ "alone", alone_rows, false },
};

int main(int argc, char **argv)
{
	unsigned int i, ran = 0;

	bench_setup();
	engine->load();
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (argc > 1 && strcmp(argv[1], parts[i].name))
			continue;
		if (parts[i].vgpu)
			with_vgpu(parts[i].rows);
		else
			parts[i].rows();
		ran++;
	}
	if (engine->unload())
		bail("modprobe -r");
	cg_teardown();
	if (!ran) {
		fprintf(stderr, "usage: share [PART]\n");
		return 2;
	}
	return !rows_within();
}
