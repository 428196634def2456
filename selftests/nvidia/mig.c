// SPDX-License-Identifier: GPL-2.0
/*
 * A GPU that MIG has divided: each instance is a device of its own with the GPU
 * as its parent. Memory of a client that has subscribed to one is charged to
 * the instance and to the GPU, and the quota of either binds.
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
#include "uvm.h"

#define GI1		GPU0 "/gi1"
#define GI2		GPU0 "/gi2"
#define QUOTA		(8 * MIB)
#define NOT_SUPPORTED	0x56
#define INVALID_STATE	0x40
#define HALF		1	/* NV2080_CTRL_GPU_PARTITION_FLAG_MEMORY_SIZE */
#define PROFILING	0xfffffffe
#define TRUTH		(3 * MIB)	/* what a context takes */

/* NV2080_CTRL_GPU_SET_PARTITIONS: 0x20800174 */
static uint32_t set_partition(struct rm *rm, bool create, uint32_t *swizz)
{
	bool uuids = rm->release->major >= 545;
	uint32_t params[98] = { 1 }, *info = params + 2, status;

	info[0] = *swizz;
	info[uuids ? 5 : 1] = HALF;
	info[uuids ? 6 : 2] = create;
	status = rm_control(rm, rm->subdevice, 0x20800174, params,
			    8 + 8 * (uuids ? 48 : 32));
	*swizz = info[0];
	return status;
}

/* AMPERE_SMC_PARTITION_REF */
static uint32_t subscribe(struct rm *rm, uint32_t swizz, uint32_t *handle)
{
	struct {
		uint64_t capability;
		uint32_t swizz;
		uint32_t pad;
	} params = { .swizz = swizz };

	*handle = 0;
	return rm_alloc(rm, rm->subdevice, handle, 0xc637, &params);
}

/* AMPERE_SMC_EXEC_PARTITION_REF, the only one; its name */
static uint32_t compute(struct rm *rm, uint32_t partition, char *name)
{
	struct {
		uint64_t capability;
		uint32_t number;
		uint32_t pad;
	} params = { 0 };
	uint8_t uuid[57];
	uint32_t handle = 0, status;

	status = rm_alloc(rm, partition, &handle, 0xc638, &params);
	if (!status)
		status = rm_control(rm, handle, 0xc6380101, uuid,
				    sizeof(uuid));
	if (!status)
		strcpy(name, (char *)uuid + 16);
	return status;
}

/* What the driver has given out of an instance, by its own account. */
static uint64_t part_used(uint32_t swizz)
{
	unsigned long long total, used, high, found = UNLIMITED;
	FILE *f = fopen("/sys/kernel/debug/fakegpu/gpu0/parts", "r");
	unsigned int number;

	while (f && fscanf(f, "%u %llu %llu %llu", &number, &total, &used,
			   &high) == 4)
		if (number == swizz)
			found = used;
	if (f)
		fclose(f);
	return found;
}

/* One figure or word that vgpu-tool shows of a device; "" where it has none. */
static const char *shown(const char *device, const char *key)
{
	static char value[256];
	char out[4096], *at;
	size_t n;

	*value = '\0';
	if (RUN(out, sizeof(out), "vgpu-tool", "-j", "device", "show", device))
		return value;
	at = strstr(out, key);
	if (!at)
		return value;
	at += strlen(key) + 2;
	n = strcspn(at, ",}");
	snprintf(value, sizeof(value), "%.*s", (int)n, at);
	return value;
}

static bool present(const char *device)
{
	return !strcmp(shown(device, "present"), "true");
}

static struct rm admin;

static int devices(void)
{
	uint32_t one = 0, two = 0;
	char parent[32];

	ok(!present(GI1), "an instance that nobody made is no device");
	is(set_partition(&admin, true, &one), RM_OK, "the GPU is divided");
	is(set_partition(&admin, true, &two), RM_OK, "in two");
	ok(one == 1 && two == 2, "as its driver numbers halves");
	ok(present(GI1) && present(GI2), "each instance is a device");
	snprintf(parent, sizeof(parent), "%s", shown(GPU0, "\"id"));
	is(strcmp(shown(GI1, "parent"), parent) ||
	   strcmp(shown(GI2, "parent"), parent), 0,
	   "the GPU is the parent of both");
	is(strtoull(shown(GI1, "memory_total"), NULL, 10), judge_total(0) / 2,
	   "and half of its memory the memory of one");
	return 0;
}

/* In a group with a quota on the first instance. */
static int charges(void *unused)
{
	uint32_t partition, held, more;
	char name[48] = "";
	struct rm rm;
	uint64_t bytes;

	if (rm_client_open(&rm, 0))
		return 1;
	if (rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &held) !=
	    INVALID_STATE)
		return 2;	/* the driver's own: it gives none */
	if (subscribe(&rm, PROFILING, &partition) != NOT_SUPPORTED)
		return 3;
	if (subscribe(&rm, 1, &partition))
		return 4;
	if (compute(&rm, partition, name))
		return 5;
	if (strncmp(name, "MIG-", 4) || charged("/a", name))
		return 13;	/* by which it is known from now on */
	if (rm_fb_info(&rm, RM_FB_TOTAL, &bytes) || bytes != QUOTA)
		return 6;
	if (rm_alloc_vidmem(&rm, 2 * MIB, RM_ROUTE_ALLOC64, &held))
		return 7;
	if (part_used(1) != 2 * MIB || charged("/a", GI1) != 2 * MIB ||
	    charged("/a", GPU0) != 2 * MIB || charged("/a", GI2))
		return 8;
	if (rm_fb_info(&rm, RM_FB_FREE, &bytes) || bytes != QUOTA - 2 * MIB)
		return 9;
	if (rm_alloc_vidmem(&rm, QUOTA - 2 * MIB, RM_ROUTE_HEAP_SIZE, &more))
		return 10;
	if (rm_alloc_vidmem(&rm, 64 * KIB, RM_ROUTE_ALLOC32, &held) !=
	    RM_NO_MEMORY || part_used(1) != QUOTA)
		return 11;
	if (rm_free(&rm, more) || charged("/a", GI1) != 2 * MIB ||
	    charged("/a", GPU0) != 2 * MIB)
		return 12;
	rm_client_close(&rm);
	return 0;
}

/* With a quota on the GPU alone: both instances together are held to it. */
static int whole(void *unused)
{
	uint32_t partition, memory;
	struct rm one, two;
	uint64_t bytes;

	if (rm_client_open(&one, 0) || subscribe(&one, 1, &partition) ||
	    rm_client_open(&two, 0) || subscribe(&two, 2, &partition))
		return 1;
	if (rm_fb_info(&two, RM_FB_TOTAL, &bytes) || bytes != QUOTA)
		return 2;
	if (rm_alloc_vidmem(&one, 6 * MIB, RM_ROUTE_ALLOC64, &memory))
		return 3;
	if (rm_alloc_vidmem(&two, 4 * MIB, RM_ROUTE_ALLOC64, &memory) !=
	    RM_NO_MEMORY)
		return 4;
	if (charged("/b", GI2))
		return 5;	/* of what was refused nothing is left */
	if (rm_alloc_vidmem(&two, 2 * MIB, RM_ROUTE_ALLOC64, &memory))
		return 6;
	if (judge_used(0) != QUOTA || charged("/b", GI1) != 6 * MIB ||
	    charged("/b", GI2) != 2 * MIB || charged("/b", GPU0) != QUOTA)
		return 7;
	rm_client_close(&one);
	rm_client_close(&two);
	return 0;
}

/* Unsubscribed, the client has no memory any more, nor a charge to come. */
static int leave(void *unused)
{
	uint32_t partition, memory;
	struct rm rm;

	if (rm_client_open(&rm, 0) || subscribe(&rm, 1, &partition))
		return 1;
	if (rm_free(&rm, partition) || subscribe(&rm, 2, &partition) ||
	    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &memory))
		return 2;
	if (charged("/b", GI2) != MIB || charged("/b", GI1))
		return 3;
	rm_client_close(&rm);
	return 0;
}

/* Managed memory counts on the instance that the VA space has registered. */
static int managed(void *unused)
{
	uint32_t partition;
	struct uvm uvm;
	struct rm rm;

	if (rm_client_open(&rm, 0) || subscribe(&rm, 2, &partition) ||
	    uvm_open(&uvm, &rm) || uvm_initialize(&uvm, 0))
		return 1;
	if (!uvm_register_gpu(&uvm))
		return 2;	/* of a divided GPU only an instance can be */
	uvm.partition = partition;
	if (uvm_register_gpu(&uvm))
		return 3;
	if (!uvm_managed(&uvm, 4 * MIB) || charged("/b", GI2) != 4 * MIB ||
	    charged("/b", GPU0) != 4 * MIB || charged("/b", GI1))
		return 4;
	if (uvm_managed(&uvm, 6 * MIB) || charged("/b", GI2) != 4 * MIB)
		return 5;
	if (uvm_unregister_gpu(&uvm) || charged("/b", GI2) ||
	    charged("/b", GPU0))
		return 6;
	uvm_close(&uvm);
	rm_client_close(&rm);
	return 0;
}

/* Contexts take memory that no call names: of the instance. */
static int overhead(void *unused)
{
	uint32_t partition, tsg;
	struct rm rm;

	if (rm_client_open(&rm, 0) || subscribe(&rm, 1, &partition) ||
	    rm_tsg(&rm, 0, &tsg))
		return 1;
	if (stat_of("/c", GI1, "memory_overhead") != 2 * MIB ||
	    stat_of("/c", GPU0, "memory_overhead") != 2 * MIB)
		return 2;
	/* The driver took more than is guessed, and tells of it when asked. */
	stage_reconcile(&rm);
	if (part_used(1) != TRUTH ||
	    stat_settled("/c", GI1, "memory_overhead", TRUTH) != TRUTH ||
	    stat_settled("/c", GPU0, "memory_overhead", TRUTH) != TRUTH)
		return 3;
	rm_client_close(&rm);
	return 0;
}

/* Shares are not enforced here: one of the GPU closes its instances, too. */
static int timed(void *unused)
{
	uint32_t partition, tsg;
	struct rm rm;

	if (rm_client_open(&rm, 0) || subscribe(&rm, 1, &partition))
		return 1;
	if (rm_tsg(&rm, 0, &tsg) != RM_NO_MEMORY)
		return 2;
	rm_client_close(&rm);
	return 0;
}

/* Holds memory of an instance until it is killed. */
static pid_t holder(int ready)
{
	pid_t pid = cg_fork("/e");
	uint32_t partition, held;
	struct rm rm;

	if (pid)
		return pid;
	if (rm_client_open(&rm, 0) || subscribe(&rm, 2, &partition) ||
	    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &held) ||
	    write(ready, "", 1) != 1)
		_exit(1);
	pause();
	_exit(0);
}

/* What was divided, and what is held of it, before vgpu comes. */
static void adopted(void)
{
	int ready[2];
	char byte;

	if (pipe(ready))
		bail("pipe");
	holder(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		bail("nobody holds memory of an instance");
	ok(!RUN(NULL, 0, "vgpu-tool", "driver", "detach", "nvidia") &&
	   !present(GI1) && !present(GI2),
	   "without its driver no instance is there");
	ok(!RUN(NULL, 0, "vgpu-tool", "driver", "attach", "nvidia") &&
	   present(GI1) && present(GI2), "attached, they are found");
	is(charged_settled("/e", GI2, MIB), MIB,
	   "and what a process holds of one is charged there");
	is(charged("/e", GPU0), MIB, "and on the GPU");
	is(charged("/e", GI1), 0, "and not on the other");
	cg_kill("/e");
}

static void contexts_take(uint64_t bytes)
{
	char value[24];

	snprintf(value, sizeof(value), "%llu", (unsigned long long)bytes);
	stage_write("/sys/module/nvidia/parameters/overhead", value);
}

static void went(void)
{
	uint32_t one = 1;

	is(set_partition(&admin, false, &one), RM_OK,
	   "an instance is given up");
	ok(!present(GI1) && present(GI2), "and its device is absent");
	quota_set("/a", GI1, QUOTA / 2);
	is(set_partition(&admin, true, &one), RM_OK, "it is made again");
	ok(present(GI1), "and it is the same device");
	is(stat_of("/a", GI1, "memory_max"), QUOTA / 2,
	   "with the quota that waited for it");
}

static void unplug(void)
{
	stage_unplug();
	ok(!present(GPU0) && !present(GI1) && !present(GI2),
	   "unplugged, the GPU is absent, and so are its instances");
}

static void settled(const char *cg, const char *what)
{
	is(charged_settled(cg, GI1, 0) + charged_settled(cg, GI2, 0) +
	   charged_settled(cg, GPU0, 0), 0, "%s", what);
}

int main(void)
{
	stage_setup("nvidia-mig", getenv("MOCK") ?: "release=550");
	if (rm_client_open(&admin, 0))
		bail("no client");
	devices();
	cg_create("/a");
	cg_create("/b");
	cg_create("/c");
	cg_create("/d");
	cg_create("/e");
	quota_set("/a", GI1, QUOTA);
	quota_set("/b", GPU0, QUOTA);
	ok(in_cgroup("/a", charges, NULL),
	   "a quota on an instance binds and is shown; the GPU is charged, too");
	settled("/a", "closed, nothing of it is");
	ok(in_cgroup("/b", whole, NULL),
	   "a quota on the GPU binds over all of its instances");
	settled("/b", "closed, nothing is charged");
	ok(in_cgroup("/b", leave, NULL), "another subscription, another account");
	settled("/b", "and nothing is left");
	ok(in_cgroup("/b", managed, NULL),
	   "managed memory counts on the instance and on the GPU");
	settled("/b", "and no longer than it is there");
	quota_set_time("/d", GPU0, "--max", "30%");
	ok(in_cgroup("/d", timed, NULL),
	   "who has a cap on the GPU gets no queue on an instance");
	settled("/d", "and nothing is charged");
	contexts_take(TRUTH);
	ok(in_cgroup("/c", overhead, NULL), "so do contexts");
	settled("/c", "likewise");
	contexts_take(0);
	adopted();
	settled("/e", "it dies, and nothing is charged");
	went();
	unplug();
	rm_client_close(&admin);
	return stage_finish();
}
