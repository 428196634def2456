// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "gated.h"
#include "quota.h"
#include "tap.h"

/* Nobody can submit so many jobs while there is a gate. */
#define LOTS 10000

static struct gated *own;

static void count(int signal)
{
	(void)signal;
	own->signals++;
}

static void submit(const struct engine *engine, uint64_t length,
		   unsigned int n)
{
	int ret, fd = engine->open();

	while (!n || own->submitted < n) {
		ret = engine->submit(fd, length);
		if (!ret) {
			own->last = clock_ns();
			own->submitted++;
		} else if (ret == -EINTR) {
			own->interrupted++;
		} else {
			own->failed++;
		}
		if (own->submitted > LOTS || own->failed > LOTS)
			_exit(1);
	}
	_exit(engine->wait(fd, 0) || own->failed);
}

struct gated *gated_start(const struct engine *engine, const char *cg,
			  uint64_t length, unsigned int n, int flags)
{
	struct sigaction action = { .sa_handler = count, .sa_flags = flags };
	pid_t pid;

	own = mmap(NULL, sizeof(*own), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (own == MAP_FAILED)
		bail("mmap");
	pid = cg_fork(cg);
	if (!pid) {
		sigaction(SIGUSR1, &action, NULL);
		submit(engine, length, n);
	}
	own->pid = pid;
	return own;
}

static char state_of(pid_t pid)
{
	char path[64], state = '?';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return state;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	fclose(f);
	return state;
}

bool gated_waits(const struct gated *gated)
{
	uint64_t before;
	int i;

	for (i = 0; i < 100; i++) {
		before = gated->submitted;
		sleep_ns(50 * MSEC);
		if (state_of(gated->pid) == 'Z')
			return false;
		if (before && before == gated->submitted &&
		    state_of(gated->pid) == 'S')
			return true;
	}
	return false;
}

void gated_throttle(const struct engine *engine, const char *cg)
{
	quota_set_time(cg, engine->device(), "--max", "1%");
}

void gated_let_go(const struct engine *engine, const char *cg)
{
	quota_set_time(cg, engine->device(), "--max", "100%");
}

struct gated *gated_waiting(const struct engine *engine, const char *cg,
			    uint64_t length, int flags)
{
	struct gated *gated;

	gated_throttle(engine, cg);
	gated = gated_start(engine, cg, length, 0, flags);
	ok(gated_waits(gated), "a tenant waits at the gate");
	return gated;
}

bool gated_goes_on(const struct gated *gated, uint64_t than, uint64_t ns)
{
	uint64_t end = clock_ns() + ns;

	while (gated->submitted <= than && clock_ns() < end)
		sleep_ns(MSEC);
	return gated->submitted > than;
}

uint64_t gated_kill(struct gated *gated)
{
	uint64_t begin = clock_ns();

	kill(gated->pid, SIGKILL);
	cg_wait(gated->pid);
	munmap(gated, sizeof(*gated));
	return clock_ns() - begin;
}
