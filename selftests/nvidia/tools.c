// SPDX-License-Identifier: GPL-2.0
/*
 * A profiler's file: whose memory it keeps alive stays charged, and it tells a
 * group with a quota nothing of what others' faults make the GPU do.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "tools.h"
#include "uvm.h"

#define QUOTA	(8 * MIB)
#define EXTERN	0x700000000000
#define REPLAY	4	/* UvmEventTypeGpuFaultReplay */

/* Somebody's fault has been served. */
static void replay(void)
{
	stage_write("/sys/module/nvidia_uvm/parameters/replay", "1");
}

static void begin(struct rm *rm, struct uvm *uvm)
{
	if (rm_client_open(rm, 0) || uvm_open(uvm, rm) ||
	    uvm_initialize(uvm, 0) || uvm_register_gpu(uvm))
		bail("no client of UVM");
}

/* The address space outlives its own file and the client. */
static void keeps(void)
{
	uint32_t vaspace, memory, more;
	struct tools tools;
	struct uvm uvm;
	struct rm rm;

	begin(&rm, &uvm);
	if (rm_vaspace(&rm, &vaspace) || uvm_register_vaspace(&uvm, vaspace) ||
	    rm_alloc_vidmem(&rm, QUOTA / 2, RM_ROUTE_ALLOC64, &memory) ||
	    uvm_create_external(&uvm, EXTERN, QUOTA / 2) ||
	    uvm_map_external(&uvm, EXTERN, QUOTA / 2, memory))
		bail("no memory of RM's in UVM");
	is(tools_open(&tools, &uvm), RM_OK, "a profiler has a queue of events");
	rm_free(&rm, memory);
	uvm_close(&uvm);
	is(judge_used(0), QUOTA / 2, "it keeps memory that is let go");
	is(charged("/a", GPU0), QUOTA / 2, "which stays charged");
	is(rm_alloc_vidmem(&rm, QUOTA, RM_ROUTE_ALLOC64, &more), RM_NO_MEMORY,
	   "and is not to be had again");
	tools_close(&tools);
	is(judge_used(0), 0, "with its file the memory goes");
	is(charged_settled("/a", GPU0, 0), 0, "and the charge");
	rm_client_close(&rm);
}

static void tells(const char *who, unsigned int want)
{
	struct tools tools;
	struct uvm uvm;
	struct rm rm;

	begin(&rm, &uvm);
	if (tools_open(&tools, &uvm))
		bail("no queue of events");
	replay();
	is(tools_events(&tools, REPLAY), 0, "%s asked for nothing yet", who);
	is(tools_enable(&tools, TOOLS_REPLAY | TOOLS_MIGRATION), RM_OK,
	   "%s asks for events", who);
	replay();
	is(tools_events(&tools, REPLAY), want, "and is told of %u fault%s",
	   want, want == 1 ? "" : "s");
	ok(tools_enable(&tools, 1ull << 40) != RM_OK,
	   "what is no event is refused by the driver");
	tools_close(&tools);
	uvm_close(&uvm);
	rm_client_close(&rm);
}

static void stage(const char *params)
{
	stage_setup("nvidia-tools", params);
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, QUOTA);
	cg_enter("/a");
	keeps();
	tells("a group with a quota", 0);
	cg_enter("/b");
	tells("a group without one", 1);
	cg_leave();
	stage_end();
}

int main(void)
{
	stage("release=535");
	stage("release=550");
	stage("release=595");
	return done();
}
