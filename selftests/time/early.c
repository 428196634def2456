// SPDX-License-Identifier: GPL-2.0
/*
 * What was let in before anything was set runs to its end, but counts from
 * then on: who has filled the engine's queue pays for it with its share.
 */
#include <math.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "queue.h"
#include "tap.h"

#define JOB	(2 * MSEC)
#define DEPTH	400		/* so 800 ms are in the queue */
#define LOOK	(6 * SEC)

static const struct engine *engine = &engine_drm;

/* A millisecond, the horizon, and a job at each end of the window. */
static const double bound = 100.0 * (MSEC + HORIZON + 2 * JOB) / LOOK;

static void near(double part, double due, const char *what)
{
	ok(fabs(part - due) <= bound, "%s", what);
	note("%.2f %%, to within %.1f of %.1f", part, bound, due);
}

static void settle(struct load *load, const char *option, const char *unset)
{
	load_stop(load);
	engine_settle(engine);
	quota_set_time(load->cg, engine->device(), option, unset);
}

/* The queue takes longer than the cap allows in all of that time. */
static void cap(void)
{
	struct load load = { .cg = "/capped", .length = JOB, .depth = DEPTH };

	cg_create(load.cg);
	load_start(engine, &load);
	sleep_ns(300 * MSEC);
	ok(queue_length() > DEPTH / 2, "the queue is full");
	quota_set_time(load.cg, engine->device(), "--max", "20%");
	near(load_part(engine, load.cg, LOOK), 20, "a cap binds what was let in");
	settle(&load, "--max", "default");
}

static void share(void)
{
	struct load load = { .cg = "/first", .length = JOB, .depth = DEPTH };
	struct load late = { .cg = "/late", .length = JOB, .depth = 16 };

	cg_create(load.cg);
	cg_create(late.cg);
	load_start(engine, &load);
	sleep_ns(300 * MSEC);
	quota_set_time(load.cg, engine->device(), "--weight", "100");
	load_start(engine, &late);
	near(load_part(engine, load.cg, LOOK), 50, "so does a share");
	load_stop(&late);
	settle(&load, "--weight", "default");
}

int main(void)
{
	setup("early");
	engine->load();
	cap();
	share();
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
