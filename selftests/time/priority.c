// SPDX-License-Identifier: GPL-2.0
/*
 * Work of low priority is in the way of that of high priority for no longer
 * than what the engine was given before, and runs on what is left.
 */
#include <inttypes.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "tap.h"
#include "timing.h"

static const struct engine *engine = &ENGINE;

static void rank(const char *cg, const char *priority)
{
	quota_set_time(cg, engine->device(), "--priority", priority);
}

/* By its weight alone, high would have a fortieth, which is less than it uses. */
static void latency(uint64_t low)
{
	struct load load = { .cg = "/low", .length = low, .depth = 64 };
	unsigned int n = loops(1000, 200);
	uint64_t alone, with, bound;

	alone = timing_p99(engine, "/high", 2 * MSEC, 10 * MSEC, n);
	load_start(engine, &load);
	sleep_ns(200 * MSEC);
	with = timing_p99(engine, "/high", 2 * MSEC, 10 * MSEC, n);
	load_stop(&load);
	engine_settle(engine);
	bound = engine->suspendable ? alone + alone / 10 + MSEC :
				      alone + HORIZON + low;
	/* The clocks of programs are read a little apart. */
	ok(with <= bound + MSEC / 5, "jobs of low priority, %" PRIu64
	   " us long, leave the p99 of high alone", low / USEC);
	note("%.2f ms alone, %.2f ms with, at most %.2f ms",
	     (double)alone / MSEC, (double)with / MSEC, (double)bound / MSEC);
}

/* Who has always more leaves a lower priority nothing, and that has all once it
 * is gone. By their weights it would be the other way round.
 */
static void order(const char *above, const char *below)
{
	static const char *const cgs[] = { "/high", "/low" };
	static struct windows windows = { .ns = SEC, .n = 2 };
	struct load high = { .cg = "/high", .length = 2 * MSEC, .depth = 16 };
	struct load low = { .cg = "/low", .length = 2 * MSEC, .depth = 32 };

	rank("/high", above);
	rank("/low", below);
	load_start(engine, &high);
	load_start(engine, &low);
	sleep_ns(300 * MSEC);
	windows_take(engine, &windows, cgs, 2);
	ok(windows.part[0][0] > 97 && windows.part[1][0] > 97,
	   "%s that is always there goes before %s", above, below);
	note("%.2f and %.2f %%", windows.part[0][0], windows.part[0][1]);
	load_stop(&high);
	sleep_ns(100 * MSEC);
	windows_take(engine, &windows, cgs, 2);
	ok(windows.part[0][1] > 97 && windows.part[1][1] > 97,
	   "which has all once that is gone");
	load_stop(&low);
	engine_settle(engine);
}

int main(void)
{
	setup("priority");
	engine->load();
	cg_create("/high");
	cg_create("/low");
	quota_set_time("/low", engine->device(), "--weight", "3900");
	rank("/high", "high");
	rank("/low", "low");
	latency(1 * MSEC);
	latency(5 * MSEC);
	latency(20 * MSEC);
	order("high", "low");
	order("high", "normal");
	order("normal", "low");
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
