// SPDX-License-Identifier: GPL-2.0
/*
 * What a process had before vgpu came is charged to its group in one piece,
 * binds, and goes as it is given up, by call or by death.
 */
#include <signal.h>
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

#define GPU1	"pci:0001:00:01.0"
#define UUID1	"GPU-face6b00-1122-4344-9566-778899aabb02"
#define FIRST	(2 * MIB)
#define SECOND	(3 * MIB)
#define QUOTA	(4 * MIB)

/* Holds two pieces; each byte that it reads lets it give up one more. */
static pid_t holder(const char *cg, int go, int done)
{
	pid_t pid = cg_fork(cg);
	uint32_t first, second;
	struct rm rm;
	char byte;

	if (pid)
		return pid;
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, FIRST, RM_ROUTE_ALLOC64, &first) ||
	    rm_alloc_vidmem(&rm, SECOND, RM_ROUTE_ALLOC64, &second) ||
	    write(done, "", 1) != 1)
		_exit(1);
	if (read(go, &byte, 1) != 1 || rm_free(&rm, first) ||
	    write(done, "", 1) != 1)
		_exit(2);
	pause();
	_exit(0);
}

static int takes(void *arg)
{
	uint64_t bytes = *(uint64_t *)arg;
	uint32_t handle, status;
	struct rm rm;

	if (rm_client_open(&rm, 0))
		return 1;
	status = rm_alloc_vidmem(&rm, bytes, RM_ROUTE_ALLOC64, &handle);
	rm_client_close(&rm);
	return status ? 2 : 0;
}

/* One that cannot see the others' processes opens and closes a file. */
static int stranger(void *arg)
{
	struct rm rm;

	if (rm_client_open(&rm, 0))
		return 1;
	rm_client_close(&rm);
	return 0;
}

static void binds(void)
{
	uint64_t granule = 64 * KIB, rest = MIB;

	quota_set("/a", GPU0, FIRST + SECOND);
	ok(!in_cgroup("/a", takes, &granule),
	   "with a quota of that much, nothing more is let in");
	quota_set("/a", GPU0, FIRST + SECOND + MIB);
	ok(in_cgroup("/a", takes, &rest), "with more, what is left");
	ok(!in_cgroup("/a", takes, &(uint64_t){ MIB + granule }),
	   "and no granule beyond");
}

/* FB_GET_FB_REGION_INFO: bytes of all regions. */
static uint64_t regions(struct rm *rm)
{
	uint8_t params[8 + 16 * 56] = { 0 };
	uint64_t bounds[2], bytes = 0;
	uint32_t count, i;

	if (rm_control(rm, rm->subdevice, 0x20801320, params,
		       8 + 16 * rm->release->region))
		return UINT64_MAX;
	memcpy(&count, params, sizeof(count));
	for (i = 0; i < count; i++) {
		memcpy(bounds, params + 8 + i * rm->release->region,
		       sizeof(bounds));
		bytes += bounds[1] - bounds[0] + 1;
	}
	return bytes;
}

static void shows(struct rm *rm, uint64_t total, uint64_t free,
		  const char *when)
{
	uint64_t bytes, left;

	is(rm_fb_info(rm, RM_FB_FREE, &bytes), RM_OK, "%s, it asks", when);
	is(bytes, free, "and is told what is free (V2)");
	rm_fb_info(rm, RM_FB_TOTAL, &bytes);
	is(bytes, total, "and the total (V2)");
	is(rm_fb_info_v1(rm, RM_FB_FREE, &bytes), RM_OK, "%s, in V1", when);
	is(bytes, free, "what is free (V1)");
	rm_fb_info_v1(rm, RM_FB_TOTAL, &bytes);
	is(bytes, total, "and the total (V1)");
	is(regions(rm), total, "%s, its regions are as large", when);
	is(rm_heap_info(rm, &bytes, &left), RM_OK, "%s, of the heap", when);
	is(bytes, total, "the total (heap control)");
	is(left, free, "and what is free (heap control)");
}

/* The same, of a client whose device has no subdevice. */
static void shows_bare(struct rm *rm, uint64_t total, uint64_t free)
{
	uint64_t bytes, left, objects = judge_objects();

	is(rm_heap_info(rm, &bytes, &left), RM_OK, "without a subdevice");
	is(bytes, total, "the total (heap control)");
	is(left, free, "and what is free (heap control)");
	is(judge_objects(), objects, "and it has no more objects than before");
}

/* RM has no room to name more processes than others have. */
static void crowd(const char *n)
{
	stage_write("/sys/module/nvidia/parameters/crowd", n);
}

/* A context that is larger than is guessed, of a process that is not named. */
static void unnamed(void)
{
	uint32_t tsg;
	struct rm rm;

	stage_write("/sys/module/nvidia/parameters/overhead", "3145728");
	cg_enter("/b");
	if (rm_client_open(&rm, 0) || rm_tsg(&rm, 0, &tsg))
		bail("no context");
	stage_reconcile(&rm);
	is(stat_settled("/b", GPU0, "memory_overhead", 3 * MIB), 3 * MIB,
	   "what its context takes is found though it is not named");
	rm_free(&rm, tsg);
	stage_reconcile(&rm);
	is(stat_settled("/b", GPU0, "memory_overhead", 0), 0,
	   "and goes with that");
	rm_client_close(&rm);
	cg_leave();
	stage_write("/sys/module/nvidia/parameters/overhead", "0");
}

/* What a client had before vgpu is on a GPU all the same. */
static void views(struct rm *old, struct rm *bare)
{
	uint64_t total = judge_total(0), used = judge_used(0);
	uint32_t handle;

	quota_set("/d", GPU0, QUOTA);
	shows(old, total, total - used, "without a quota");
	cg_enter("/d");
	shows(old, QUOTA, QUOTA, "a client from before");
	shows_bare(bare, QUOTA, QUOTA);
	rm_alloc_vidmem(old, MIB, RM_ROUTE_ALLOC64, &handle);
	shows(old, QUOTA, QUOTA - MIB, "holding some");
	rm_free(old, handle);
	cg_leave();
}

/* What vgpu has seen being made is adopted as well when it is attached again. */
static void again(void)
{
	uint32_t handle;
	struct rm rm;

	cg_enter("/b");
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &handle))
		bail("no memory in a group without a quota");
	is(charged("/b", GPU0), MIB, "a group has some");
	ok(!RUN(NULL, 0, "vgpu-tool", "driver", "detach", "nvidia"),
	   "the driver is detached");
	is(charged_settled("/b", GPU0, 0), 0, "nothing is charged then");
	ok(!RUN(NULL, 0, "vgpu-tool", "driver", "attach", "nvidia"),
	   "and attached");
	is(charged_settled("/b", GPU0, MIB), MIB, "what the group has is adopted");
	is(rm_free(&rm, handle), RM_OK, "it gives that up");
	is(charged_settled("/b", GPU0, 0), 0, "which is noticed");
	rm_client_close(&rm);
	cg_leave();
}

/* A GPU that runs is known by all its names before a client comes. */
static void named(void)
{
	static const char script[] =
		"vgpu-tool --json device list | jq -r '.. | objects |"
		" select(.name? == \"" GPU0 "\") |"
		" [.memory_total, (.aliases | sort | join(\" \"))] |"
		" join(\" \")'";
	unsigned long long total = 0;
	char out[512] = "", uuid[64] = "", node[64] = "";

	if (RUN(out, sizeof(out), "sh", "-c", script))
		bail("no list of devices: %s", out);
	note("%s", out);
	ok(sscanf(out, "%llu %63s %63s", &total, uuid, node) == 3 &&
	   !strncmp(uuid, "GPU-", 4) && !strcmp(node, "nvidia0"),
	   "the GPU has its UUID and its node for names");
	is(total, judge_total(0), "and its memory is known");
}

/* In a group that has a quota by a name that nothing has yet. */
static int first_user(void *arg)
{
	uint32_t memory, more;
	struct rm rm;

	if (rm_client_open(&rm, 1) ||
	    rm_alloc_vidmem(&rm, 2 * MIB, RM_ROUTE_ALLOC64, &more) !=
	    RM_NO_MEMORY)
		return 1;
	if (rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &memory) ||
	    judge_used(1) != MIB || charged("/c", GPU1) != MIB)
		return 2;
	rm_client_close(&rm);
	return 0;
}

/* A GPU that does not run has no UUID before its first user has memory of it. */
static void unused(void)
{
	ok(RUN(NULL, 0, "vgpu-tool", "device", "show", UUID1),
	   "a GPU that nobody uses is not asked who it is");
	quota_set("/c", UUID1, MIB);
	quota_set_time("/c", UUID1, "--max", "30%");
	quota_set_time("/c", GPU1, "--max", "50%");
	ok(in_cgroup("/c", first_user, NULL),
	   "a quota by its UUID binds its first user from the first byte on");
	is(stat_of("/c", GPU1, "memory_max"), MIB, "by which it is known now");
	is(stat_of("/c", GPU1, "compute_max_percent"), 30,
	   "and of two caps the lower holds");
}

int main(void)
{
	int go[2], done[2];
	struct rm old, bare;
	pid_t pid;
	char byte;

	stage_driver("nvidia-adopt", getenv("MOCK") ?: "release=570 gpus=2");
	cg_create("/a");
	cg_create("/b");
	cg_create("/c");
	cg_create("/d");
	if (pipe(go) || pipe(done))
		bail("pipe");
	pid = holder("/a", go[0], done[1]);
	if (read(done[0], &byte, 1) != 1)
		bail("nobody holds memory");
	if (rm_client_open(&old, 0) || rm_client_open(&bare, 0) ||
	    rm_free(&bare, bare.subdevice))
		bail("no clients");
	if (vgpu_load())
		bail("modprobe vgpu");
	views(&old, &bare);
	rm_client_close(&old);
	rm_client_close(&bare);
	named();
	unused();
	is(charged_settled("/a", GPU0, FIRST + SECOND), FIRST + SECOND,
	   "what was there before is charged");
	is(charged("/b", GPU0), 0, "to its group");
	is(charged("", GPU0), FIRST + SECOND, "once");
	ok(in_namespace("/b", stranger, NULL),
	   "another comes and goes, in a namespace of its own");
	is(charged("/a", GPU0), FIRST + SECOND, "and changes nothing");
	binds();
	crowd("950");
	ok(in_cgroup("/b", stranger, NULL),
	   "another comes and goes, while processes are too many to be named");
	is(charged("/a", GPU0), FIRST + SECOND,
	   "and what was there before stays charged");
	if (write(go[1], "", 1) != 1 || read(done[0], &byte, 1) != 1)
		bail("it does not give any up");
	is(charged_settled("/a", GPU0, SECOND), SECOND,
	   "it gives up a part, which is noticed");
	/* Adopted memory is looked after with no regular look at all. */
	stage_parameter("reconcile_seconds", "0");
	kill(pid, SIGKILL);
	cg_wait(pid);
	is(charged_settled("/a", GPU0, 0), 0, "it dies, and nothing is charged");
	again();
	crowd("0");
	again();
	crowd("950");
	unnamed();
	return stage_finish();
}
