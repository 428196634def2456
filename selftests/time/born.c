// SPDX-License-Identifier: GPL-2.0
/*
 * A group that is born just as its cgroup is thawed does not stay frozen.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "cgroup.h"
#include "gated.h"
#include "quota.h"
#include "tap.h"

#define KNOBS "/sys/module/hold/parameters/"

static const struct engine *engine = &engine_drm;

static void on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		bail("sched_setaffinity");
}

static bool is_held(void)
{
	FILE *f = fopen(KNOBS "held", "re");
	int c = f ? fgetc(f) : EOF;

	if (f)
		fclose(f);
	return c == 'Y';
}

/* As soon as its group was looked at, and before the birth goes on. */
static pid_t thaw_late(const char *cg)
{
	pid_t pid = fork();

	if (!pid) {
		uint64_t end = clock_ns() + 20 * SEC;

		on_cpu(1);
		while (!is_held() && clock_ns() < end)
			sleep_ns(MSEC);
		if (!is_held())
			_exit(1);
		cg_freeze(cg, false);
		_exit(!file_write(KNOBS "go", "1"));
	}
	return pid;
}

int main(void)
{
	struct gated *gated;
	pid_t pid;

	setup("born");
	engine->load();
	cg_create("/other");
	cg_create("/born");
	quota_set_time("/other", engine->device(), "--weight", "100");
	cg_freeze("/born", true);
	if (RUN(NULL, 0, "modprobe", "hold", "function=vgpu_freezer_look"))
		bail("modprobe hold");
	pid = thaw_late("/born");
	on_cpu(0);
	quota_set_time("/born", engine->device(), "--weight", "100");
	is(cg_wait(pid), 0, "it was thawed while its group was born");
	is(RUN(NULL, 0, "modprobe", "-r", "hold"), 0, "that is over");
	gated = gated_start(engine, "/born", MSEC, 4, 0);
	ok(gated_goes_on(gated, 3, 5 * SEC), "its work is let in");
	gated_kill(gated);
	engine_settle(engine);
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
