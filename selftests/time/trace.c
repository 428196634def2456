// SPDX-License-Identifier: GPL-2.0
/*
 * The timeline of a recording is what the engine did, by the engine's own
 * clock, and says what held up each group.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "tap.h"

#define TIMELINE	"/tmp/selftest-timeline.json"

static const struct engine *engine = &engine_drm;

static pid_t record(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	execlp("vgpu-tool", "vgpu-tool", "trace", "record", "--output",
	       TIMELINE, NULL);
	_exit(127);
}

/* What the timeline says of a group; 0 where it says nothing. */
static uint64_t told(const char *out, const char *cg, const char *state)
{
	char line[512], path[256];
	const char *at;

	snprintf(line, sizeof(line), "%s %s ", cg_path(cg, path), state);
	at = strstr(out, line);
	return at ? strtoull(at + strlen(line), NULL, 10) : 0;
}

static void sums(char *out, size_t size, uint64_t from, uint64_t to)
{
	char first[32], last[32];

	snprintf(first, sizeof(first), "%" PRIu64, from);
	snprintf(last, sizeof(last), "%" PRIu64, to);
	is(RUN(out, size, "python3", "../lib/timeline.py", TIMELINE, first, last), 0,
	   "the timeline can be read");
	note("%s", out);
}

/* Each job is told as its fence is signalled, some time after its end. */
static void same(const char *out, const struct snapshot *from,
		 const struct snapshot *to, const char *cg)
{
	uint64_t had = snapshot_between(from, to, cg);
	uint64_t says = told(out, cg, "running");
	uint64_t off = had > says ? had - says : says - had;

	ok(off * 100 <= to->now - from->now,
	   "%s ran for as long as the engine says: %" PRIu64 " of %" PRIu64
	   " ns", cg, says, had);
}

static bool instance_left(void)
{
	char out[4096] = "";

	RUN(out, sizeof(out), "ls", "/sys/kernel/tracing/instances");
	return strstr(out, "vgpu-tool");
}

int main(void)
{
	struct load capped = { .cg = "/capped", .length = 2 * MSEC,
			       .depth = 8 };
	struct load other = { .cg = "/other", .length = MSEC, .depth = 32 };
	static struct snapshot from, to;
	static char out[8192];
	uint64_t frozen;
	int status = -1;
	pid_t pid;

	setup("trace");
	engine->load();
	cg_create("/capped");
	cg_create("/other");
	quota_set_time("/capped", engine->device(), "--max", "20%");
	load_start(engine, &capped);
	load_start(engine, &other);
	pid = record();
	sleep_ns(SEC);
	ok(instance_left(), "it traces beside the kernel's own trace");
	engine->snapshot(&from);
	sleep_ns(SEC);
	engine->snapshot(&to);
	group_freeze("/other", true);
	frozen = clock_ns();
	sleep_ns(300 * MSEC);
	group_freeze("/other", false);
	sleep_ns(200 * MSEC);
	kill(pid, SIGINT);
	is(waitpid(pid, &status, 0) == pid ? status : -1, 0,
	   "a signal ends the recording");
	ok(!instance_left(), "and nothing of it is left");
	load_stop(&capped);
	load_stop(&other);

	sums(out, sizeof(out), from.now, to.now);
	same(out, &from, &to, "/capped");
	same(out, &from, &to, "/other");
	ok(told(out, "/capped", "capped") > SEC / 2,
	   "the cap held up the one that has it");
	is(told(out, "/other", "capped"), 0, "and not the other");
	is(told(out, "/other", "frozen"), 0, "nothing is frozen then");
	sums(out, sizeof(out), frozen + 20 * MSEC, frozen + 280 * MSEC);
	ok(told(out, "/other", "frozen") >= 255 * MSEC,
	   "what is frozen is told so");
	is(told(out, "/capped", "frozen"), 0, "and nothing else");
	engine_settle(engine);
	is(engine->unload(), 0, "the driver is unloaded");
	return finish();
}
