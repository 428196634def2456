// SPDX-License-Identifier: GPL-2.0
/*
 * A GPU falls off the bus while clients hold memory of it: what is asked of it
 * fails as the driver says, what is given up is given back, and once its clients
 * have gone nothing of them is left. That is also when the driver can reset it:
 * it wants everybody to have closed. Reset, or taken off the bus and found again,
 * it is the same device with the same quotas.
 */
#include <stdio.h>
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
#define HELD	(2 * MIB)
#define TRUTH	(3 * MIB)	/* what a context takes, more than is guessed */
#define LOST	0xf		/* NV_ERR_GPU_IS_LOST */

static unsigned int id(void)
{
	char out[4096], *at;

	if (RUN(out, sizeof(out), "vgpu-tool", "-j", "device", "show", GPU0))
		bail("%s", out);
	at = strstr(out, "\"id\":");
	return at ? strtoul(at + 5, NULL, 10) : 0;
}

/* Holds memory and a context until it is killed; says when by its charge. */
static pid_t holder(void)
{
	pid_t pid = cg_fork("/b");
	uint32_t memory, tsg;
	struct rm rm;

	if (pid)
		return pid;
	if (rm_client_open(&rm, 0) || rm_tsg(&rm, 0, &tsg) ||
	    rm_alloc_vidmem(&rm, HELD, RM_ROUTE_ALLOC64, &memory))
		_exit(1);
	sleep(2);	/* then it is due */
	rm_free(&rm, memory);
	pause();
	_exit(0);
}

static void lose(struct rm *rm, uint32_t held)
{
	uint64_t bytes;
	uint32_t more;

	judge_set("lost", 1);
	is(rm_alloc_vidmem(rm, HELD, RM_ROUTE_ALLOC64, &more), LOST,
	   "a GPU that is lost gives no memory, as the driver says");
	is(charged("/a", GPU0), HELD, "and none is charged");
	is(rm_fb_info(rm, RM_FB_TOTAL, &bytes), LOST,
	   "and what it is asked has that answer");
	is(rm_free(rm, held), RM_OK, "what was held can be given up");
	is(charged("/a", GPU0), 0, "with its charge");
}

static int again(void *arg)
{
	uint32_t memory, more;
	struct rm rm;

	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, QUOTA, RM_ROUTE_ALLOC64, &memory))
		return 1;
	if (rm_alloc_vidmem(&rm, 64 * KIB, RM_ROUTE_ALLOC64, &more) !=
	    RM_NO_MEMORY || judge_used(0) != QUOTA)
		return 2;
	rm_client_close(&rm);
	return 0;
}

int main(void)
{
	unsigned int before;
	char params[64];
	uint32_t held;
	struct rm rm;

	snprintf(params, sizeof(params), "release=570 overhead=%llu", TRUTH);
	stage_setup("nvidia-reset", getenv("MOCK") ?: params);
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, QUOTA);
	before = id();
	stage_parameter("reconcile_seconds", "1");
	holder();
	is(stat_settled("/b", GPU0, "memory_overhead", TRUTH), TRUTH,
	   "a process has a context, as the driver tells");
	stage_parameter("reconcile_seconds", "1000");
	cg_enter("/a");
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, HELD, RM_ROUTE_ALLOC64, &held))
		bail("no memory");
	lose(&rm, held);
	cg_kill("/b");	/* and wait for it */
	rm_client_close(&rm);
	cg_leave();
	is(charged_settled("/b", GPU0, 0) +
	   stat_settled("/b", GPU0, "memory_overhead", 0), 0,
	   "of a process that has died nothing is left, though the GPU is");

	judge_set("lost", 0);	/* as a reset leaves it */
	is(id(), before, "reset, it is the same device");
	ok(in_cgroup("/a", again, NULL), "and its quota binds");
	is(charged_settled("/a", GPU0, 0), 0, "closed, nothing is charged");

	stage_unplug();
	stage_write("/sys/bus/pci/rescan", "1");
	ok(in_cgroup("/a", again, NULL),
	   "removed and found again, its quota binds");
	is(id(), before, "and it is the same device");
	is(charged_settled("/a", GPU0, 0), 0, "closed, nothing is charged");
	return stage_finish();
}
