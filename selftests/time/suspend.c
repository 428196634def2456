// SPDX-License-Identifier: GPL-2.0
/*
 * The machine goes to sleep, with its devices, while tenants wait at the gate,
 * throttled or frozen, and while the engine has a job. The driver is not kept
 * from it, nobody gives the sleeping device work, and once all are awake they go
 * on as before.
 */
#include <signal.h>
#include <unistd.h>

#include "cgroup.h"
#include "gated.h"
#include "load.h"
#include "queue.h"
#include "quota.h"
#include "rounds.h"
#include "tap.h"

#define JOB	(40 * MSEC)
#define LONG	(300 * MSEC)
#define OTHER	(2 * MSEC)
#define SOON	(200 * MSEC)
#define BOUND	(HORIZON + JOB + OTHER + 15 * MSEC)

static const struct engine *engine = &engine_drm;
static struct rounds *others;

/* How far the machine goes before it turns back, the kernel's pm_test. */
static const struct stage {
	const char *test;
	const char *state;
} stages[] = {
	{ "devices", "freeze" },
	{ "platform", "freeze" },
	{ "core", "mem" },
};

#define STAGES (sizeof(stages) / sizeof(stages[0]))

static pid_t other_start(void)
{
	pid_t pid = cg_fork("/other");
	uint64_t begin;
	int fd;

	if (pid)
		return pid;
	fd = engine->open();
	for (;;) {
		begin = clock_ns();
		round_over(others, begin, engine->submit(fd, OTHER) ?:
					  engine->wait(fd, 0));
		sleep_ns(10 * MSEC);
	}
}

static pid_t one_job(uint64_t length)
{
	pid_t pid = cg_fork("/runs");

	if (!pid) {
		int fd = engine->open();

		_exit(engine->submit(fd, length) || engine->wait(fd, 0));
	}
	return pid;
}

static bool sleep_to(const struct stage *stage)
{
	return file_write("/sys/power/pm_test", stage->test) &&
	       file_write("/sys/power/state", stage->state);
}

static void slept(const struct stage *stage)
{
	uint64_t begin, jobs, n = queue_figure("slept");
	struct gated *frozen, *gated;
	pid_t runs;

	gated = gated_waiting(engine, "/tenant", JOB, 0);
	group_freeze("/frozen", true);
	frozen = gated_start(engine, "/frozen", JOB, 0, 0);
	runs = one_job(LONG);
	sleep_ns(50 * MSEC);
	jobs = gated->submitted;
	begin = clock_ns();
	ok(sleep_to(stage), "the machine goes to sleep as far as %s",
	   stage->test);
	note("and is back in %.1f s", (double)(clock_ns() - begin) / SEC);
	file_write("/sys/power/pm_test", "none");
	is(queue_figure("slept"), n + 1, "the device slept, and was not kept");
	is(cg_wait(runs), 0, "what it was at had been done");
	is(frozen->submitted + frozen->failed, 0, "who was frozen waits still");
	sleep_ns(20 * MSEC);
	rounds_clear(others);
	sleep_ns(200 * MSEC);
	rounds_judge(others, BOUND, "others go on");
	ok(gated_waits(gated), "and who was throttled waits");
	note("%d jobs later", (int)(gated->submitted - jobs));
	jobs = gated->submitted;
	gated_let_go(engine, "/tenant");
	ok(gated_goes_on(gated, jobs + 1, SOON), "until it may go on");
	group_freeze("/frozen", false);
	ok(gated_goes_on(frozen, 0, SOON), "as may who was frozen");
	is(gated->failed + frozen->failed, 0, "and neither saw any of it");
	gated_kill(gated);
	gated_kill(frozen);
	sleep_ns(2 * BOUND);
}

int main(void)
{
	pid_t other;
	unsigned int i;

	setup("suspend");
	engine->load();
	if (RUN(NULL, 0, "modprobe", "vgpu_mock_awake"))
		bail("modprobe vgpu_mock_awake");
	/* The kernel spins for so many seconds before it turns back. */
	if (!file_write("/sys/module/suspend/parameters/pm_test_delay", "0") ||
	    !file_write("/sys/power/pm_freeze_timeout", "2000"))
		bail("the kernel cannot try to sleep");
	cg_create("/tenant");
	cg_create("/frozen");
	cg_create("/runs");
	cg_create("/other");
	/* Or else nobody waits once the others are let go, and queues for long. */
	quota_set_time("/other", engine->device(), "--weight", "100");
	others = rounds_make();
	for (i = 0; i < STAGES; i++) {
		other = other_start();
		slept(&stages[i]);
		kill(other, SIGKILL);
		cg_wait(other);
	}
	engine_settle(engine);
	is(RUN(NULL, 0, "modprobe", "-r", "vgpu_mock_awake"), 0,
	   "what is awake may sleep again");
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
