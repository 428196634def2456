// SPDX-License-Identifier: GPL-2.0
/*
 * GPUs go to sleep, with the machine or before it, while groups have them in
 * turns or are frozen, and RM refuses whatever it is told meanwhile. Once they
 * are awake all is as it is set by then: shares go on, who is frozen has
 * nothing, and no queue stays stopped. The clock of the mock's engine is the
 * judge.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cgroup.h"
#include "clock.h"
#include "fifo.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define MS	1000000ull
#define BOUND	3		/* points */
/* After which a GPU that slept was told all that it has to know. */
#define RETOLD	150000		/* microseconds */

static uint64_t busy(const char *cg)
{
	return clock_cgroup(0, "graphics", cg_id(cg));
}

static uint64_t busy_for(const char *cg, unsigned int ms)
{
	uint64_t from = busy(cg);

	usleep(ms * 1000);
	return busy(cg) - from;
}

static unsigned int stopped(void)
{
	struct clock_engine engine;

	if (!clock_engine(0, "graphics", &engine))
		bail("no engine");
	return engine.stopped;
}

static void freeze(const char *cg, bool frozen)
{
	group_freeze(cg, frozen);
	usleep(3000);
}

/* The driver's own way, which leaves programs awake. */
static void driver_sleep(bool asleep)
{
	if (!file_write("/proc/driver/nvidia/suspend",
			asleep ? "suspend" : "resume"))
		bail("the driver does not go to sleep");
}

static void driver_slept(void)
{
	driver_sleep(true);
	is(busy_for("/a", 100) + busy_for("/b", 100), 0,
	   "while the driver is asleep nothing runs");
	driver_sleep(false);
	usleep(RETOLD);
}

static void machine_slept(void)
{
	uint64_t n = judge_value("slept");

	if (!file_write("/sys/power/pm_test", "devices"))
		bail("the kernel cannot try to sleep");
	ok(file_write("/sys/power/state", "freeze"),
	   "the machine goes to sleep, with its devices");
	file_write("/sys/power/pm_test", "none");
	is(judge_value("slept"), n + 1, "of which the GPU is one");
	usleep(RETOLD);
}

static void in_turns(void (*slept)(void))
{
	uint64_t a, b;
	double part;

	quota_set_time("/a", GPU0, "--weight", "100");
	quota_set_time("/b", GPU0, "--weight", "300");
	usleep(50000);
	slept();
	a = busy("/a");
	b = busy("/b");
	usleep(500000);
	a = busy("/a") - a;
	b = busy("/b") - b;
	part = 100.0 * (double)a / (double)(a + b);
	ok(part > 25 - BOUND && part < 25 + BOUND, "turns go on");
	note("%.2f %%", part);
	quota_set_time("/a", GPU0, "--weight", "default");
	quota_set_time("/b", GPU0, "--weight", "default");
	usleep(20000);
	is(stopped(), 0, "and without any none is stopped");
}

static void frozen(void (*slept)(void))
{
	freeze("/a", true);
	slept();
	is(busy_for("/a", 50), 0, "who is frozen has nothing");
	ok(busy_for("/b", 50) > 45 * MS, "another has it all");
	freeze("/a", false);
	ok(busy_for("/a", 50) > 15 * MS, "thawed, it goes on");
	is(stopped(), 0, "and none is stopped");
}

/* What is set while RM refuses it holds when it does no longer. */
static void set_asleep(void)
{
	driver_sleep(true);
	freeze("/a", true);
	driver_sleep(false);
	usleep(RETOLD);
	is(busy_for("/a", 50), 0, "who is frozen while the GPU sleeps has nothing");
	ok(busy_for("/b", 50) > 45 * MS, "another has it all");
	driver_sleep(true);
	freeze("/a", false);
	driver_sleep(false);
	usleep(RETOLD);
	is(stopped(), 0, "who is thawed then is not stopped");
	ok(busy_for("/a", 50) > 15 * MS, "and goes on");
}

int main(void)
{
	stage_setup("nvidia-suspend", "release=580");
	if (RUN(NULL, 0, "modprobe", "vgpu_mock_awake"))
		bail("modprobe vgpu_mock_awake");
	/* While the kernel spins before it turns back, one CPU does nothing. */
	if (!file_write("/sys/module/suspend/parameters/pm_test_delay", "0"))
		bail("the kernel cannot try to sleep");
	cg_create("/a");
	cg_create("/b");
	fifo_tenant("/a");
	fifo_tenant("/b");
	in_turns(driver_slept);
	in_turns(machine_slept);
	frozen(driver_slept);
	frozen(machine_slept);
	set_asleep();
	cg_kill("");
	usleep(50000);
	is(RUN(NULL, 0, "modprobe", "-r", "vgpu_mock_awake"), 0,
	   "what is awake may sleep again");
	return stage_finish();
}
