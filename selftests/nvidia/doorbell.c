// SPDX-License-Identifier: GPL-2.0
/*
 * New work of a queue that had none is heard of by its doorbell, at once and
 * with nobody looking meanwhile. The mock, which sees rings by looking, takes
 * no mapping away here: only vgpu does.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "clock.h"
#include "fifo.h"
#include "judge.h"
#include "load.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define SOON	(2 * MSEC)	/* for a job of one */
#define LATER	(60 * MSEC)	/* than the worker would look by itself */
#define MANY	40
#define FEWER	30	/* of which not one is too many */
#define CHILDREN 60
#define DOORBELLS_SIZE	0x10000

static uint64_t busy(const char *cg)
{
	return clock_cgroup(0, "graphics", cg_id(cg));
}

static void open_queue(struct fifo *q, struct rm *rm)
{
	if (rm_client_open(rm, 0) || fifo_open(q, rm, FIFO_COMPUTE))
		bail("no queue");
}

static void close_queue(struct fifo *q, struct rm *rm)
{
	fifo_close(q);
	rm_client_close(rm);
}

/* The longest that any of the jobs of a millisecond took. */
static uint64_t longest(struct fifo *q, unsigned int jobs)
{
	uint64_t began, took, worst = 0;
	unsigned int i;

	for (i = 0; i < jobs; i++) {
		sleep_ns(LATER + i * 1310 * USEC);
		began = clock_ns();
		fifo_submit(q, MSEC, 1);
		while (fifo_done(q) != q->submitted && clock_ns() < began + SEC)
			sleep_ns(20 * USEC);
		took = clock_ns() - began;
		worst = took > worst ? took : worst;
	}
	note("at worst in %" PRIu64 " us", worst / USEC);
	return worst;
}

static uint64_t asks(void)
{
	uint64_t before, n;

	sleep_ns(200 * MSEC);
	before = judge_value("idle_calls");
	sleep_ns(SEC);
	n = judge_value("idle_calls") - before;
	note("asked %" PRIu64 " times in a second", n);
	return n;
}

static void asked_rarely(void)
{
	ok(asks() < 40, "idle, it is hardly ever asked");
}

/* What cannot be heard is looked for. */
static void found_by_looking(struct fifo *q, const char *what)
{
	ok(asks() > 100, "%s: idle, it is asked every few milliseconds", what);
	ok(longest(q, 5) <= 20 * MSEC, "%s: and so its work is found", what);
}

static void alone(void)
{
	unsigned int n = loops(60, 15);
	struct fifo q;
	struct rm rm;

	cg_enter("/capped");
	open_queue(&q, &rm);
	asked_rarely();
	ok(longest(&q, n) <= SOON, "what it submits then is done at once");
	asked_rarely();
	close_queue(&q, &rm);
	cg_leave();
}

/* The page is one for all that have it from their parent. */
static void forked(void)
{
	struct fifo q;
	struct rm rm;
	pid_t pid;

	cg_enter("/capped");
	open_queue(&q, &rm);
	sleep_ns(LATER);
	pid = fork();
	if (!pid)
		_exit(longest(&q, 5) > SOON);
	is(cg_wait(pid), 0, "so it is of a child by the parent's doorbell");
	close_queue(&q, &rm);
	cg_leave();
}

static void map(struct fifo *q, void **maps, unsigned int n)
{
	uint32_t status;

	while (n--) {
		maps[n] = rm_map(q->rm, q->usermode, DOORBELLS_SIZE, &status);
		if (!maps[n])
			bail("no doorbell: %#x", status);
	}
}

static void unmap(void **maps, unsigned int n)
{
	while (n--)
		munmap(maps[n], DOORBELLS_SIZE);
}

/* More than are kept track of. */
static void too_many(void)
{
	void *maps[MANY];
	struct fifo q;
	struct rm rm;

	cg_enter("/capped");
	open_queue(&q, &rm);
	map(&q, maps, MANY);
	found_by_looking(&q, "40 doorbells");
	unmap(maps, MANY);
	close_queue(&q, &rm);
	cg_leave();
}

/* So many that the worker would be kept. */
static void dear(void)
{
	pid_t children[CHILDREN];
	void *maps[FEWER];
	struct fifo q;
	struct rm rm;
	int i;

	cg_enter("/capped");
	open_queue(&q, &rm);
	map(&q, maps, FEWER);
	for (i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		if (!children[i])
			for (;;)
				pause();
	}
	found_by_looking(&q, "30 of them in 60 processes");
	for (i = 0; i < CHILDREN; i++) {
		kill(children[i], SIGKILL);
		cg_wait(children[i]);
	}
	unmap(maps, FEWER);
	close_queue(&q, &rm);
	cg_leave();
}

/* One file may be mapped as often as its owner likes. */
static void twice(void)
{
	void *maps[2];
	uint32_t status;
	struct fifo q;
	struct rm rm;
	int fd, i;

	cg_enter("/capped");
	open_queue(&q, &rm);
	fd = rm_map_file(&rm, q.usermode, DOORBELLS_SIZE, &status);
	for (i = 0; i < 2; i++)
		maps[i] = mmap(NULL, DOORBELLS_SIZE, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, 0);
	if (fd < 0 || maps[0] == MAP_FAILED || maps[1] == MAP_FAILED)
		bail("no doorbells: %#x", status);
	found_by_looking(&q, "one file mapped twice");
	unmap(maps, 2);
	close(fd);
	close_queue(&q, &rm);
	cg_leave();
}

/* The page comes back only when it was taken for away already. */
static void late(void)
{
	struct fifo q;
	struct rm rm;

	cg_enter("/capped");
	open_queue(&q, &rm);
	sleep_ns(LATER);
	judge_set("fault_ms", 30);
	fifo_submit(&q, MSEC, 1);
	sleep_ns(4 * LATER);
	is(fifo_done(&q), q.submitted, "a slow fault delays its job");
	ok(longest(&q, 5) <= SOON, "and not those that come after it");
	close_queue(&q, &rm);
	cg_leave();
}

static void untrapped(void)
{
	struct fifo q;
	struct rm rm;

	stage_parameter("trap_doorbells", "N");
	cg_enter("/capped");
	open_queue(&q, &rm);
	found_by_looking(&q, "without the trap");
	stage_parameter("trap_doorbells", "Y");
	asked_rarely();
	close_queue(&q, &rm);
	cg_leave();
}

/* Rings that nothing stands behind: each may be good for a turn. */
static void crying_wolf(void)
{
	uint64_t from, had;
	struct fifo q;
	struct rm rm;
	pid_t pid;

	quota_set_time("/capped", GPU0, "--weight", "100");
	fifo_tenant("/other");
	pid = cg_fork("/capped");
	if (!pid) {
		open_queue(&q, &rm);
		for (;;) {
			fifo_ring(&q);
			sleep_ns(100 * USEC);
		}
	}
	sleep_ns(200 * MSEC);
	from = busy("/other");
	sleep_ns(SEC);
	had = busy("/other") - from;
	ok(had >= 45 * SEC / 100, "empty rings take nobody's share");
	note("%.1f %% of 50", 100.0 * (double)had / SEC);
	kill(pid, SIGKILL);
	cg_wait(pid);
	cg_kill("/other");
}

/* With its doorbell armed: nothing keeps the driver. */
static void killed(void)
{
	struct fifo q;
	struct rm rm;
	pid_t pid = cg_fork("/capped");

	if (!pid) {
		open_queue(&q, &rm);
		pause();
	}
	sleep_ns(LATER);
	kill(pid, SIGKILL);
	is(cg_wait(pid), 128 + SIGKILL, "a tenant is killed");
}

int main(void)
{
	stage_setup("nvidia-doorbell", getenv("MOCK") ?: "release=580");
	judge_set("linger_ns", 100 * SEC);
	cg_create("/capped");
	cg_create("/other");
	quota_set_time("/capped", GPU0, "--max", "50%");
	alone();
	forked();
	too_many();
	dear();
	twice();
	late();
	untrapped();
	crying_wolf();
	killed();
	return stage_finish();
}
