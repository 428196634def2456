// SPDX-License-Identifier: GPL-2.0
/*
 * What a group leaves idle goes to the others at once, and comes back at once:
 * alone a group has all of the engine, and as much of it as without vgpu.
 */
#include <inttypes.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "tap.h"
#include "timing.h"

static const struct engine *engine = &ENGINE;

static void lone(void)
{
	struct load load = { .cg = "/burst", .length = 2 * MSEC, .depth = 4 };
	double part;

	cg_create("/burst");
	cg_create("/owner");
	quota_set_time("/burst", engine->device(), "--min", "20%");
	quota_set_time("/owner", engine->device(), "--min", "70%");
	part = load_alone(engine, &load, SEC);
	ok(part >= 97, "a group that is guaranteed 20 %% has all if it is alone");
	note("%.2f %%", part);
}

/*
 * The owner of 70 % idles and comes back, over and over. By how much it then
 * is behind what it is due is how long it waited for it. By its weight it would
 * have a twentieth.
 */
static void returns(void)
{
	unsigned int n = loops(100, 100);
	struct load other = { .cg = "/burst", .length = 4 * MSEC, .depth = 16 };
	uint64_t bound = 20 * MSEC + other.length, worst;

	if (!engine->suspendable)
		bound += HORIZON;
	quota_set_time("/burst", engine->device(), "--weight", "1900");
	load_start(engine, &other);
	worst = timing_return(engine, "/owner", MSEC, 120 * MSEC, 0.7, n);
	load_stop(&other);
	engine_settle(engine);
	ok(worst <= bound, "its owner has 70 %% back within %" PRIu64
	   " ms, %u times", bound / MSEC, n);
	note("at worst after %.2f ms", (double)worst / MSEC);
}

static const struct alone {
	const char *name;
	uint64_t length;
	unsigned int depth;
} alones[] = {
	{ "jobs of 10 ms, one at a time", 10 * MSEC, 1 },
	{ "jobs of 1 ms, 2 of them", MSEC, 2 },
	{ "jobs of 100 us, 8 of them", 100 * USEC, 8 },
	{ "jobs of 20 us, 64 of them", 20 * USEC, 64 },
};

#define ALONES (sizeof(alones) / sizeof(alones[0]))

static void measure(double *parts)
{
	unsigned int i;

	for (i = 0; i < ALONES; i++) {
		struct load load = { .cg = "/alone",
				     .length = alones[i].length,
				     .depth = alones[i].depth };

		parts[i] = load_alone(engine, &load, SEC / 2);
	}
}

static void alone(void)
{
	double without[ALONES], with[ALONES];
	char out[1024] = "";
	unsigned int i;

	cg_create("/alone");
	measure(with);
	is(vgpu_unload(out, sizeof(out)), 0, "vgpu is unloaded: %s", out);
	measure(without);
	is(vgpu_load(), 0, "and loaded");
	for (i = 0; i < ALONES; i++) {
		ok(with[i] >= 0.99 * without[i],
		   "alone, without a quota, as much as without vgpu: %s",
		   alones[i].name);
		note("%.3f %% with vgpu, %.3f %% without", with[i], without[i]);
	}
}

int main(void)
{
	setup("lend");
	engine->load();
	lone();
	returns();
	alone();
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
