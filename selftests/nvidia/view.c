// SPDX-License-Identifier: GPL-2.0
/*
 * What a tenant is told: its quota is the device, what it holds is what is in
 * use, its processes are the processes. A group without a quota sees the truth.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define QUOTA	(8 * MIB)
#define POD	(12 * MIB)
#define HELD	(2 * MIB)
#define HEAP	(64 * MIB)

static void sizes(struct rm *rm, uint64_t total, uint64_t free,
		  const char *who)
{
	uint64_t bytes, left;

	is(rm_fb_info(rm, RM_FB_TOTAL, &bytes), RM_OK, "%s asks", who);
	is(bytes, total, "%s: the total (V2)", who);
	rm_fb_info(rm, RM_FB_HEAP, &bytes);
	ok(bytes <= total, "%s: the heap is no larger", who);
	rm_fb_info(rm, RM_FB_FREE, &bytes);
	is(bytes, free, "%s: what is free (V2)", who);
	rm_fb_info_v1(rm, RM_FB_TOTAL, &bytes);
	is(bytes, total, "%s: the total (V1)", who);
	rm_fb_info_v1(rm, RM_FB_FREE, &bytes);
	is(bytes, free, "%s: what is free (V1)", who);
	if (!rm_heap_info(rm, &bytes, &left)) {
		is(bytes, total, "%s: the total (heap control)", who);
		is(left, free, "%s: what is free (heap control)", who);
	}
}

static bool lists(struct rm *rm, pid_t pid)
{
	struct nv_pids pids;
	uint32_t i;

	memset(&pids, 0, sizeof(pids));
	if (rm_pids(rm, &pids))
		return false;
	for (i = 0; i < pids.count; i++)
		if (pids.pid[i] == (uint32_t)pid)
			return true;
	return false;
}

static pid_t holder(const char *cg, int ready[2])
{
	pid_t pid = cg_fork(cg);
	uint32_t handle;
	struct rm rm;

	if (pid)
		return pid;
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &handle))
		_exit(1);
	if (write(ready[1], "", 1) != 1)
		_exit(1);
	pause();
	_exit(0);
}

int main(void)
{
	uint64_t private, owned, duped;
	uint32_t handle;
	int ready[2];
	pid_t other;
	struct rm rm;
	char byte;

	stage_setup("nvidia-view", getenv("MOCK") ?: "release=580");
	cg_create("/pod");
	cg_create("/pod/a");
	cg_create("/b");
	quota_set("/pod/a", GPU0, QUOTA);
	if (pipe(ready))
		bail("pipe");
	other = holder("/b", ready);
	if (read(ready[0], &byte, 1) != 1)
		bail("the other process has no memory");

	cg_enter("/pod/a");
	if (rm_client_open(&rm, 0))
		bail("no client");
	sizes(&rm, QUOTA, QUOTA, "with a quota");
	rm_alloc_vidmem(&rm, HELD, RM_ROUTE_ALLOC64, &handle);
	sizes(&rm, QUOTA, QUOTA - HELD, "holding some");
	ok(lists(&rm, getpid()), "it is among the processes");
	ok(!lists(&rm, other), "another group's is not");
	rm_pid_info(&rm, getpid(), &private, &owned, &duped);
	is(private + owned, HELD, "its own use is told");
	rm_pid_info(&rm, other, &private, &owned, &duped);
	is(private + owned + duped, 0, "another group's is not");

	quota_set("/pod", GPU0, POD - QUOTA + HELD);
	sizes(&rm, POD - QUOTA + HELD, POD - QUOTA, "below a smaller quota");
	quota_set("/pod", GPU0, UNLIMITED);
	quota_set("/pod/a", GPU0, UNLIMITED);
	cg_leave();
	ok(lists(&rm, other), "without a quota it sees all processes");
	sizes(&rm, HEAP, HEAP - HELD - MIB, "without a quota");
	rm_client_close(&rm);
	cg_kill("/b");
	return stage_finish();
}
