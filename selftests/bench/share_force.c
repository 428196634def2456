// SPDX-License-Identifier: GPL-2.0
/* How soon control of GPU time is in force. */
#define _GNU_SOURCE

#include "bench.h"
#include "cgroup.h"
#include "queue.h"
#include "quota.h"
#include "tap.h"

#define TIMES	20
#define JOB	(2 * MSEC)
#define ENDED	4096

static const struct engine *engine = &engine_drm;

static struct ended jobs[ENDED];

/* How long after @begin the engine was last busy with it. */
static uint64_t busy_after(const char *cg, uint64_t begin)
{
	unsigned int n = queue_ended(cg, jobs, ENDED);

	return n && jobs[n - 1].end > begin ? jobs[n - 1].end - begin : 0;
}

/* When it first was, or UINT64_MAX. */
static uint64_t begun_after(const char *cg, uint64_t begin)
{
	unsigned int i, n = queue_ended(cg, jobs, ENDED);

	for (i = 0; i < n; i++)
		if (jobs[i].begin >= begin)
			return jobs[i].begin - begin;
	return UINT64_MAX;
}

static void freeze_row(void)
{
	struct load load = { .cg = "/frozen", .length = JOB, .depth = 16 };
	uint64_t begin, took, worst = 0;
	unsigned int i;

	cg_create("/frozen");
	/* Before anything is set on a device, everything is let in at once. */
	quota_cap(cg_id("/frozen"), engine->device(), 9900);
	load_start(engine, &load);
	for (i = 0; i < TIMES; i++) {
		sleep_ns((50 + 7 * i) * MSEC);
		begin = clock_ns();
		freeze_put(cg_id("/frozen"), true);
		sleep_ns(100 * MSEC);
		took = busy_after("/frozen", begin);
		worst = took > worst ? took : worst;
		freeze_put(cg_id("/frozen"), false);
	}
	load_stop(&load);
	engine_settle(engine);
	row_print(&(struct row){
		.name = "freeze-in-force", .value = (double)worst / MSEC,
		.budget = 1 + (double)(HORIZON + JOB) / MSEC,
		.unit = "ms", .count = TIMES,
	});
}

/* A cap that holds up its work is lifted: nothing else is in its way. */
static void change_row(void)
{
	struct load load = { .cg = "/changed", .length = JOB, .depth = 16 };
	/* Once: to ask opens cards, and to close one may wait for its screen. */
	const char *device = engine->device();
	uint64_t begin, took, worst = 0;
	unsigned int i;

	cg_create("/changed");
	for (i = 0; i < TIMES; i++) {
		quota_cap(cg_id("/changed"), device, 100);
		load_start(engine, &load);
		/* Its first job is over, and its next is not due. */
		sleep_ns((50 + 3 * i) * MSEC);
		begin = clock_ns();
		quota_cap(cg_id("/changed"), device, 10000);
		sleep_ns(20 * MSEC);
		took = begun_after("/changed", begin);
		worst = took > worst ? took : worst;
		load_stop(&load);
		engine_settle(engine);
	}
	row_print(&(struct row){
		.name = "time-quota-change", .value = (double)worst / MSEC,
		.budget = 1, .unit = "ms", .count = TIMES,
	});
}

void force_rows(void)
{
	freeze_row();
	change_row();
}
