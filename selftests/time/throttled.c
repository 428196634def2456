// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever happens to a tenant while it waits for its share, it does not hang,
 * and a submission that it is told was interrupted never ran. Whatever happens
 * to vgpu, all who wait go on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "gated.h"
#include "load.h"
#include "queue.h"
#include "quota.h"
#include "tap.h"

#define JOB	(40 * MSEC)
#define SOON	(200 * MSEC)
#define CROWD	8
#define JOBS	60

static const struct engine *engine = &engine_drm;

static struct gated *waiting(int flags)
{
	return gated_waiting(engine, "/tenant", JOB, flags);
}

static void ended(struct gated *gated)
{
	uint64_t took = gated_kill(gated);

	ok(took < SOON, "killed it ends at once");
	gated_let_go(engine, "/tenant");
	engine_settle(engine);
}

/* And gives the submission the time to say what it has to. */
static void interrupt(const struct gated *gated)
{
	uint64_t begin = clock_ns();

	kill(gated->pid, SIGUSR1);
	while (!gated->signals && clock_ns() < begin + SEC)
		sleep_ns(MSEC);
	ok(clock_ns() - begin < SOON, "a signal is handled at once");
	sleep_ns(10 * MSEC);
}

static void signalled(void)
{
	struct gated *gated = waiting(0);
	uint64_t n;

	interrupt(gated);
	is(gated->interrupted, 1, "the submission says EINTR");
	n = gated->submitted;
	engine_settle(engine);
	is(queue_jobs("/tenant"), n, "and never ran");
	ended(gated);
}

static void restarted(void)
{
	struct gated *gated = waiting(SA_RESTART);
	uint64_t n = gated->submitted;

	interrupt(gated);
	is(gated->interrupted + gated->failed, 0,
	   "the submission says nothing where signals restart");
	ok(gated_waits(gated), "but waits on");
	gated_let_go(engine, "/tenant");
	ok(gated_goes_on(gated, n, SOON), "until it may");
	ended(gated);
}

/* Waits for what waitpid() says of it; false if it does not in time. */
static bool changes(pid_t pid, int options, int *status)
{
	uint64_t end = clock_ns() + SEC;

	while (clock_ns() < end) {
		if (waitpid(pid, status, options | WNOHANG) == pid)
			return true;
		sleep_ns(MSEC);
	}
	return false;
}

static void stopped(void)
{
	struct gated *gated = waiting(0);
	uint64_t n = gated->submitted;
	int status = 0;

	kill(gated->pid, SIGSTOP);
	ok(changes(gated->pid, WUNTRACED, &status) && WIFSTOPPED(status),
	   "SIGSTOP stops it");
	gated_let_go(engine, "/tenant");
	sleep_ns(100 * MSEC);
	is(gated->submitted, n, "and stopped it submits nothing");
	kill(gated->pid, SIGCONT);
	ok(gated_goes_on(gated, n, SOON), "continued it goes on");
	is(gated->failed + gated->interrupted, 0, "and saw nothing of it");
	ended(gated);
}

static void traced(void)
{
	struct gated *gated = waiting(0);
	uint64_t n = gated->submitted;
	int status = 0;

	is(ptrace(PTRACE_SEIZE, gated->pid, NULL, NULL), 0, "it is traced");
	is(ptrace(PTRACE_INTERRUPT, gated->pid, NULL, NULL), 0,
	   "and interrupted");
	ok(changes(gated->pid, __WALL, &status) && WIFSTOPPED(status),
	   "which stops it");
	is(ptrace(PTRACE_DETACH, gated->pid, NULL, NULL), 0, "it is let go");
	gated_let_go(engine, "/tenant");
	ok(gated_goes_on(gated, n, SOON), "and goes on");
	is(gated->failed + gated->interrupted, 0, "and saw nothing of it");
	ended(gated);
}

static int shared_fd;

static void *close_it(void *arg)
{
	sleep_ns(300 * MSEC);
	close(shared_fd);
	return arg;
}

/* One thread waits with a file that another closes. */
static void closed(void)
{
	pthread_t thread;
	uint64_t begin;
	pid_t pid;

	gated_throttle(engine, "/tenant");
	pid = cg_fork("/tenant");
	if (!pid) {
		shared_fd = engine->open();
		if (engine->submit(shared_fd, JOB) ||
		    pthread_create(&thread, NULL, close_it, NULL))
			_exit(1);
		while (!engine->submit(shared_fd, JOB))
			;
		_exit(errno == EBADF ? 0 : 2);
	}
	sleep_ns(600 * MSEC);
	gated_let_go(engine, "/tenant");
	begin = clock_ns();
	is(cg_wait(pid), 0, "its file is closed while it waits");
	ok(clock_ns() - begin < SOON, "and it goes on");
	engine_settle(engine);
}

/* Many are killed at once, so that their room must come back. */
static void crowd_killed(void)
{
	struct gated *gated[CROWD];
	struct load load = { .cg = "/tenant", .length = 2 * MSEC, .depth = 8 };
	unsigned int i;

	gated_throttle(engine, "/tenant");
	for (i = 0; i < CROWD; i++)
		gated[i] = gated_start(engine, "/tenant", JOB, 0, 0);
	sleep_ns(300 * MSEC);
	for (i = 0; i < CROWD; i++)
		gated_kill(gated[i]);
	gated_let_go(engine, "/tenant");
	engine_settle(engine);
	load_start(engine, &load);
	sleep_ns(100 * MSEC);
	ok(load_part(engine, "/tenant", 200 * MSEC) > 97.5,
	   "of %u that were killed waiting nothing is left", CROWD);
	load_stop(&load);
	engine_settle(engine);
}

/* Those who wait when vgpu lets go of the driver, or goes. */
static void crowd_goes_on(const char *what, int (*let)(char *out, size_t size))
{
	struct gated *gated[CROWD];
	uint64_t before[CROWD], first = UINT64_MAX, last = 0;
	unsigned int i, on = 0, failed = 0;
	char out[1024] = "";

	gated_throttle(engine, "/tenant");
	for (i = 0; i < CROWD; i++)
		gated[i] = gated_start(engine, "/tenant", JOB, JOBS,
				       SA_RESTART);
	sleep_ns(500 * MSEC);
	for (i = 0; i < CROWD; i++)
		before[i] = gated[i]->submitted;
	is(let(out, sizeof(out)), 0, "%s while %u wait: %s", what, CROWD, out);
	for (i = 0; i < CROWD; i++) {
		on += before[i] < JOBS &&
			gated_goes_on(gated[i], JOBS - 1, SEC);
		failed += gated[i]->failed + gated[i]->interrupted;
		if (first > gated[i]->last)
			first = gated[i]->last;
		if (last < gated[i]->last)
			last = gated[i]->last;
	}
	is(on, CROWD, "all of them go on");
	ok(last - first < SOON, "and none after the others");
	note("all within %.1f ms", (double)(last - first) / MSEC);
	is(failed, 0, "and none saw anything of it");
	for (i = 0; i < CROWD; i++)
		gated_kill(gated[i]);
	engine_settle(engine);
}

/*
 * Every four seconds it is the turn of one of them: who waits for it is stuck.
 * The kernel looks at the time, not we, as that goes on while the tool is read.
 */
static int detach(char *out, size_t size)
{
	int status = RUN(out, size, "vgpu-tool", "driver", "detach",
			 engine->driver, "--deadline", "1000");

	ok(queue_length() > 0, "no job of theirs is waited for");
	return status;
}

/* A call that waits is in vgpu's hands, so it stays until it lets go of it. */
static int unload(char *out, size_t size)
{
	ok(vgpu_unload(out, size) != 0, "vgpu stays while calls wait in it");
	return detach(out, size) ? 1 : vgpu_unload(out, size);
}

static void attach(void)
{
	char out[1024] = "";

	is(RUN(out, sizeof(out), "vgpu-tool", "driver", "attach",
	       engine->driver), 0, "the driver is attached: %s", out);
	is(gated_kill(waiting(0)) < SOON, 1, "and there is a gate again");
	engine_settle(engine);
}

/* The driver itself, once the last of its files is closed. */
static void driver_goes(void)
{
	struct gated *gated = waiting(0);

	is(engine->unload() != 0, 1, "the driver stays while a tenant waits");
	ok(gated_kill(gated) < SOON, "the tenant is killed");
	is(engine->unload(), 0, "the driver goes, its jobs in the queue");
	engine->load();
	is(gated_kill(waiting(0)) < SOON, 1,
	   "and when it comes back there is a gate");
	engine_settle(engine);
}

int main(void)
{
	setup("throttled");
	engine->load();
	cg_create("/tenant");
	signalled();
	restarted();
	stopped();
	traced();
	closed();
	crowd_killed();
	driver_goes();
	crowd_goes_on("the driver is detached", detach);
	attach();
	crowd_goes_on("vgpu is unloaded after a detach", unload);
	is(engine->unload(), 0, "the driver is unloaded");
	is(vgpu_load(), 0, "vgpu is loaded");
	return finish();
}
