// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "tap.h"
#include "timing.h"

#define DEPTH 24

/* A page that a child of ours writes its results to. */
static uint64_t *results(unsigned int n)
{
	void *page = mmap(NULL, n * sizeof(uint64_t), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		bail("mmap");
	return page;
}

/* The tenant is there before it begins: a fork is no part of its wait. */
static uint64_t run_for(const struct engine *engine, uint64_t length,
			uint64_t ns, const char *cg, double due)
{
	static struct snapshot from, to;
	unsigned int held = 0;
	int fd = engine->open();
	uint64_t wall, had;

	engine->snapshot(&from);
	do {
		if (held == DEPTH && engine->wait(fd, --held))
			_exit(1);
		if (engine->submit(fd, length))
			_exit(1);
		held++;
		engine->snapshot(&to);
		wall = to.now - from.now;
	} while (wall < ns);
	had = snapshot_between(&from, &to, cg) / due;
	return had < wall ? wall - had : 0;
}

static uint64_t return_once(const struct engine *engine, const char *cg,
			    uint64_t length, uint64_t ns, double due)
{
	uint64_t *behind = results(1), value;
	pid_t pid = cg_fork(cg);

	if (!pid) {
		*behind = run_for(engine, length, ns, cg, due);
		_exit(0);
	}
	if (cg_wait(pid))
		bail("a tenant of %s failed", cg);
	value = *behind;
	munmap(behind, sizeof(*behind));
	return value;
}

uint64_t timing_return(const struct engine *engine, const char *cg,
		       uint64_t length, uint64_t ns, double due,
		       unsigned int n)
{
	uint64_t behind, worst = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		sleep_ns((20 + i * 7 % 50) * MSEC);
		behind = return_once(engine, cg, length, ns, due);
		worst = behind > worst ? behind : worst;
	}
	return worst;
}

static int longest_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

static void measure(const struct engine *engine, uint64_t length,
		    uint64_t period, unsigned int n, uint64_t *took)
{
	int fd = engine->open();
	uint64_t begin;
	unsigned int i;

	for (i = 0; i < n; i++) {
		/* Not in step with anything. */
		sleep_ns(period + i * 37 % 100 * period / 100);
		begin = clock_ns();
		if (engine->submit(fd, length) || engine->wait(fd, 0))
			_exit(1);
		took[i] = clock_ns() - begin;
	}
	_exit(0);
}

uint64_t timing_p99(const struct engine *engine, const char *cg,
		    uint64_t length, uint64_t period, unsigned int n)
{
	uint64_t *took = results(n), value;
	pid_t pid = cg_fork(cg);

	if (!pid)
		measure(engine, length, period, n, took);
	if (cg_wait(pid))
		bail("a tenant of %s failed", cg);
	qsort(took, n, sizeof(*took), longest_first);
	value = took[(n - 1) / 100];
	munmap(took, n * sizeof(*took));
	return value;
}
