// SPDX-License-Identifier: GPL-2.0
/*
 * What a tenant is told: its quota is the device, what it holds is what is in
 * use, its processes are the processes. A group without a quota sees the truth.
 */
#include <pthread.h>
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
#define POD	(12 * MIB)
#define NOT_SUPPORTED	0x56
#define INVALID_CLASS	0x22
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

#define SAMPLES		72
#define ACCOUNTED	4000

static uint32_t word(const void *data, size_t at)
{
	uint32_t value;

	memcpy(&value, (const char *)data + at, sizeof(value));
	return value;
}

/* GPUMON_PERFMON_UTIL_SAMPLES_V2: is a process in any engine of any sample? */
static bool sampled(struct rm *rm, pid_t pid)
{
	const struct rm_release *r = rm->release;
	static uint8_t params[16 + SAMPLES * 776];
	size_t i, at, end;

	memset(params, 0, sizeof(params));
	if (rm_control(rm, rm->subdevice, 0x20802096, params,
		       16 + SAMPLES * r->sample))
		return false;
	for (i = 0; i < SAMPLES; i++) {
		at = 16 + i * r->sample + 8;
		end = 16 + (i + 1) * r->sample;
		for (; at < end; at += r->engine)
			if (word(params, at + 8) == (uint32_t)pid)
				return word(params, at) >= 100;
	}
	return false;
}

/* GPUACCT_GET_ACCOUNTING_PIDS */
static bool in_accounts(struct rm *rm, pid_t pid)
{
	static uint32_t pids[2 + ACCOUNTED + 1];
	uint32_t i;

	memset(pids, 0, sizeof(pids));
	pids[0] = rm->gpu_id;
	if (rm_control(rm, rm->root, 0xb04, pids, sizeof(pids)))
		return false;
	for (i = 0; i < pids[2 + ACCOUNTED]; i++)
		if (pids[2 + i] == (uint32_t)pid)
			return true;
	return false;
}

/* GPUACCT_GET_PROC_ACCOUNTING_INFO, and whether it says anything of memory */
static uint32_t account(struct rm *rm, pid_t pid, bool *says)
{
	uint32_t info[12] = { rm->gpu_id, (uint32_t)pid };
	uint32_t status = rm_control(rm, rm->root, 0xb03, info, sizeof(info));

	*says = word(info, 24);
	return status;
}

static bool accounted(struct rm *rm, pid_t pid)
{
	bool listed = in_accounts(rm, pid), says;

	is(account(rm, pid, &says), listed ? RM_OK : RM_NOT_FOUND,
	   "its account, or the lack of one");
	is(says, listed, "and what that says of memory");
	return listed;
}

/* FB_GET_FB_REGION_INFO: bytes of all regions. */
static uint64_t regions(struct rm *rm)
{
	uint8_t params[8 + 16 * 56] = { 0 };
	uint64_t bounds[2], bytes = 0;
	uint32_t i;

	if (rm_control(rm, rm->subdevice, 0x20801320, params,
		       8 + 16 * rm->release->region))
		return UINT64_MAX;
	for (i = 0; i < word(params, 0); i++) {
		memcpy(bounds, params + 8 + i * rm->release->region,
		       sizeof(bounds));
		bytes += bounds[1] - bounds[0] + 1;
	}
	return bytes;
}

/* Behind the last region nothing is left of the driver's others. */
static bool regions_end(struct rm *rm)
{
	uint8_t params[8 + 16 * 56] = { 0 };
	size_t size = rm->release->region, i;
	uint64_t bounds[3];

	if (rm_control(rm, rm->subdevice, 0x20801320, params,
		       (uint32_t)(8 + 16 * size)))
		return false;
	for (i = 0; i < 16; i++) {
		memcpy(bounds, params + 8 + i * size, sizeof(bounds));
		if (i < word(params, 0) ? bounds[2] > bounds[1] + 1 :
		    bounds[0] || bounds[1] || bounds[2])
			return false;
	}
	return true;
}

/* In how many samples was no process active on the engine? */
static unsigned int idle(struct rm *rm)
{
	const struct rm_release *r = rm->release;
	static uint8_t params[16 + SAMPLES * 776];
	unsigned int n = 0;
	size_t i, at;

	memset(params, 0, sizeof(params));
	rm_control(rm, rm->subdevice, 0x20802096, params,
		   16 + SAMPLES * r->sample);
	for (i = 0; i < SAMPLES; i++) {
		at = 16 + i * r->sample + 8 + r->engine;
		n += !word(params, at) && word(params, at + 8) == UINT32_MAX &&
		     word(params, at + 12) == UINT32_MAX;
	}
	return n;
}

static void protected(struct rm *rm, uint64_t total, uint64_t free)
{
	uint64_t bytes;

	rm_fb_info(rm, 0x33, &bytes);
	is(bytes, total, "protected memory");
	rm_fb_info(rm, 0x34, &bytes);
	is(bytes, free, "and what is free of it");
}

static void others(struct rm *rm, pid_t other)
{
	is(idle(rm), 2, "where another group's was active, nobody was");
	ok(lists(rm, getpid()), "it is among the processes");
	ok(!lists(rm, other), "another group's is not");
	ok(sampled(rm, getpid()), "samples tell of it");
	ok(!sampled(rm, other), "and not of another group's");
	ok(accounted(rm, getpid()), "accounting tells of it");
	ok(!accounted(rm, other), "and not of another group's");
}

struct asking {
	struct rm rm;
	uint32_t status;
	uint64_t bytes;
};

static void *ask(void *arg)
{
	struct asking *asking = arg;

	asking->status = rm_fb_info(&asking->rm, RM_FB_FREE, &asking->bytes);
	return NULL;
}

/* The handle that was asked by is gone before the answer is rewritten. */
static void stale(void)
{
	struct asking asking;
	pthread_t thread;
	unsigned int i;

	if (rm_client_open(&asking.rm, 0))
		bail("no client");
	judge_set("linger", NR_CONTROL);
	if (pthread_create(&thread, NULL, ask, &asking))
		bail("no thread");
	for (i = 0; i < 500 && judge_value("parked") != 1; i++)
		usleep(10000);
	is(rm_free(&asking.rm, asking.rm.subdevice), RM_OK,
	   "while it asks, its subdevice ends");
	judge_set("linger", 0);
	pthread_join(thread, NULL);
	is(asking.status, RM_OK, "it has been answered");
	is(asking.bytes, 0, "but not with what the GPU has");
	rm_client_close(&asking.rm);
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

/* Of 535 and 550 PID_INFO wants the number that a process has outside. */
static uint64_t expected(const struct rm *rm)
{
	return rm->release->major < 565 ? 0 : HELD;
}

/* The first process of a namespace has the number of one outside of it. */
static int sees_itself(void *arg)
{
	uint64_t private, owned, duped;
	uint32_t handle;
	struct rm rm;

	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, HELD, RM_ROUTE_ALLOC64, &handle))
		return 2;
	if (!lists(&rm, 1))
		return 3;
	if (rm_pid_info(&rm, 1, &private, &owned, &duped) ||
	    private + owned != expected(&rm))
		return 4;
	rm_client_close(&rm);
	return 0;
}

/* Of kernels with CONFIG_CHECKPOINT_RESTORE; with others forks would take ages. */
#define LAST_PID	"/proc/sys/kernel/ns_last_pid"

/* A process that has a number, in the namespace of the caller. */
static pid_t namesake(pid_t number)
{
	char last[16];
	pid_t pid;

	snprintf(last, sizeof(last), "%d", number - 1);
	file_write(LAST_PID, last);
	while ((pid = fork()) != number) {
		if (!pid)
			_exit(0);
		if (pid < 0 || pid > number)
			return -1;
		cg_wait(pid);
	}
	return pid;
}

/* A tenant's process may have any number, also that of another group's. */
static int sees_no_namesake(void *arg)
{
	uint64_t private, owned, duped;
	pid_t other = *(pid_t *)arg, pid;
	struct rm rm;
	bool says;

	pid = namesake(other);
	if (!pid) {
		pause();
		_exit(0);
	}
	if (pid < 0 || rm_client_open(&rm, 0))
		return 2;
	if (lists(&rm, other))
		return 3;
	if (rm_pid_info(&rm, other, &private, &owned, &duped) ||
	    private + owned + duped)
		return 4;
	if (sampled(&rm, other))
		return 5;
	if (in_accounts(&rm, other) ||
	    account(&rm, other, &says) != RM_NOT_FOUND || says)
		return 6;
	rm_client_close(&rm);
	return 0;
}

/* A page that all clients share cannot be rewritten. 535 has none. */
static uint32_t shared_page(struct rm *rm)
{
	uint64_t polled = 0;
	uint32_t handle = 0, status;

	status = rm_alloc(rm, rm->subdevice, &handle, 0xde, &polled);
	if (!status)
		rm_free(rm, handle);
	return status;
}

static void view(const char *params)
{
	uint64_t private, owned, duped;
	uint32_t handle;
	int ready[2];
	pid_t other;
	struct rm rm;
	char byte;

	note("mock: %s", params);
	stage_setup("nvidia-view", params);
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
	is(regions(&rm), QUOTA, "its regions are as large together");
	ok(regions_end(&rm), "and that is all");
	protected(&rm, QUOTA, QUOTA - HELD);
	stale();
	others(&rm, other);
	rm_pid_info(&rm, getpid(), &private, &owned, &duped);
	is(private + owned, HELD, "its own use is told");
	rm_pid_info(&rm, other, &private, &owned, &duped);
	is(private + owned + duped, 0, "another group's is not");
	is(shared_page(&rm), NOT_SUPPORTED, "nor is the page of all figures");
	ok(in_namespace("/pod/a", sees_itself, NULL),
	   "in a namespace of its own, a process sees itself");
	if (access(LAST_PID, W_OK))
		note("numbers of processes cannot be chosen here");
	else
		ok(in_namespace("/pod/a", sees_no_namesake, &other),
		   "and nothing of one that has a number of another group's");

	quota_set("/pod", GPU0, POD - QUOTA + HELD);
	sizes(&rm, POD - QUOTA + HELD, POD - QUOTA, "below a smaller quota");
	quota_set("/pod", GPU0, UNLIMITED);
	quota_set("/pod/a", GPU0, UNLIMITED);
	cg_leave();
	ok(lists(&rm, other), "without a quota it sees all processes");
	ok(sampled(&rm, other) && accounted(&rm, other),
	   "and what they used");
	is(shared_page(&rm), rm.release->major == 535 ? INVALID_CLASS : RM_OK,
	   "and the page of all figures where there is one");
	is(idle(&rm), 1, "one sample is of nobody");
	is(regions(&rm), HEAP, "and all of the memory");
	protected(&rm, HEAP, HEAP - HELD - MIB);
	sizes(&rm, HEAP, HEAP - HELD - MIB, "without a quota");
	rm_client_close(&rm);
	cg_kill("/b");
	stage_end();
}

int main(void)
{
	static const char *const releases[] = {
		"release=535 confidential=1", "release=550 confidential=1",
		"release=570 confidential=1", "release=580 confidential=1",
		"release=595 confidential=1",
	};
	size_t i;

	for (i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		view(releases[i]);
	return done();
}
