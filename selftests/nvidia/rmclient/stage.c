// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

static void undo(void)
{
	char out[4096];

	vgpu_unload(out, sizeof(out));
	judge_unload();
}

void stage_driver(const char *test, const char *params)
{
	if (!judge_load(params))
		bail("the mock does not load");
	at_bail(undo);
	cg_setup(test);
}

void stage_setup(const char *test, const char *params)
{
	stage_driver(test, params);
	if (vgpu_load())
		bail("modprobe vgpu");
}

void stage_clear(void)
{
	char out[4096];

	cg_teardown();
	if (!ok(!vgpu_unload(out, sizeof(out)), "vgpu unloads"))
		note("%s", out);
	ok(judge_unload(), "and so does the driver");
}

void stage_end(void)
{
	unsigned int i;

	for (i = 0; i < 100 && judge_used(0); i++)
		usleep(10000);
	is(judge_used(0), 0, "the heap of the driver is empty");
	is(charged_settled("", GPU0, 0), 0, "and nothing is charged");
	stage_clear();
}

int stage_finish(void)
{
	stage_end();
	return done();
}

bool in_cgroup(const char *cg, int (*part)(void *arg), void *arg)
{
	pid_t pid = cg_fork(cg);

	if (!pid)
		_exit(part(arg));
	return !cg_wait(pid);
}

bool in_namespace(const char *cg, int (*part)(void *arg), void *arg)
{
	pid_t pid = cg_fork(cg);

	if (pid)
		return !cg_wait(pid);
	if (unshare(CLONE_NEWPID))
		_exit(127);
	pid = fork();
	if (pid)
		_exit(cg_wait(pid));
	_exit(part(arg));
}

void stage_write(const char *path, const char *value)
{
	if (!file_write(path, value))
		bail("%s", path);
}

void stage_unplug(void)
{
	stage_write("/sys/bus/pci/devices/0001:00:00.0/remove", "1");
}

void stage_parameter(const char *name, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), STAGE_PARAMETERS "%s", name);
	stage_write(path, value);
}

/* A second without a call, then one: it is due. */
void stage_reconcile(struct rm *rm)
{
	uint32_t memory;

	stage_parameter("reconcile_seconds", "1");
	sleep(2);
	rm_alloc_vidmem(rm, 64 * KIB, RM_ROUTE_ALLOC64, &memory);
	rm_free(rm, memory);
}
