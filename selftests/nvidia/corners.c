// SPDX-License-Identifier: GPL-2.0
/*
 * What only shows where calls meet, or the operator decides: a client's lock is
 * held while the driver works and a task that waits for it can be killed; files
 * that the driver cleans up later; charges whose group has gone; a class that is
 * allowed; memory of malloc() that would move to the GPU; and managed memory that
 * moves there when the quota has no room any more.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "uvm.h"

#define QUOTA		(8 * MIB)
#define FABRIC		0xf8
#define NOT_SUPPORTED	0x56
#define MOCK_PARAMETERS	"/sys/module/nvidia/parameters/"
#define UVM_PARAMETERS	"/sys/module/nvidia_uvm/parameters/"

/* The exit status, or -1 where it has none within so many milliseconds. */
static int ended(pid_t pid, unsigned int ms)
{
	int status;

	for (; ms; ms -= 10, usleep(10000))
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) :
						   128 + WTERMSIG(status);
	return -1;
}

static bool parked(uint64_t want)
{
	unsigned int i;

	for (i = 0; i < 500 && judge_value("parked") != want; i++)
		usleep(10000);
	return judge_value("parked") == want;
}

/* One allocates and is held up inside the driver; another frees meanwhile. */
static void lock(void)
{
	uint32_t memory, more;
	pid_t maker, freer;
	struct rm rm;

	cg_enter("/a");
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &memory))
		bail("no memory");
	cg_leave();
	judge_set("park", 0x2b);
	maker = cg_fork("/a");
	if (!maker)
		_exit(rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &more));
	ok(parked(1), "an allocation is held up inside the driver");
	freer = cg_fork("/a");
	if (!freer)
		_exit(rm_free(&rm, memory));
	is(ended(freer, 500), -1, "of the same client nothing is freed");
	is(judge_used(0), MIB, "and the driver was not asked");
	kill(freer, SIGKILL);
	is(ended(freer, 5000), 128 + SIGKILL,
	   "who waits for it is killed at once");
	ok(parked(1), "though it is held up still");
	judge_set("park", 0);
	is(ended(maker, 5000), RM_OK, "let go, the memory is made");
	is(charged("/a", GPU0), 2 * MIB, "and charged");
	is(rm_free(&rm, memory), RM_OK, "and the other can be freed");
	is(charged("/a", GPU0), MIB, "with its charge");
	rm_client_close(&rm);
	is(charged_settled("/a", GPU0, 0), 0, "closed, nothing is charged");
}

/* A killed allocation, in the driver, leaves neither memory nor a charge. */
static void killed(void)
{
	uint32_t memory;
	struct rm rm;
	pid_t pid;

	pid = cg_fork("/a");
	if (!pid) {
		if (rm_client_open(&rm, 0))
			_exit(1);
		judge_set("park", 0x2b);
		rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &memory);
		_exit(0);
	}
	ok(parked(1), "one more is held up");
	is(charged("/a", GPU0), MIB, "what it may take is taken from the quota");
	kill(pid, SIGKILL);
	is(ended(pid, 5000), 128 + SIGKILL, "and killed there");
	judge_set("park", 0);
	is(charged_settled("/a", GPU0, 0), 0, "nothing of it is charged");
	is(judge_used(0), 0, "or held");
}

/* The driver cleans up in a thread of its own: nothing is given back before. */
static void deferred(void)
{
	unsigned int i, early = 0;
	uint32_t memory;
	struct rm rm;

	stage_write(MOCK_PARAMETERS "defer_close", "1");
	cg_enter("/a");
	for (i = 0; i < 20; i++) {
		if (rm_client_open(&rm, 0) ||
		    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &memory))
			bail("no memory");
		rm_client_close(&rm);
		early += !charged("/a", GPU0) && judge_used(0);
	}
	cg_leave();
	stage_write(MOCK_PARAMETERS "defer_close", "0");
	is(early, 0, "of what the driver has not cleaned up nothing is free");
	is(charged_settled("/a", GPU0, 0), 0, "and then all of it is");
	is(judge_used(0), 0, "as the driver has it");
}

/* Its maker's group is removed; the memory lives on by a copy. */
static void orphan(void)
{
	uint32_t memory, copy = 0;
	struct rm rm, far;

	cg_create("/a/x");
	cg_enter("/b");
	if (rm_client_open(&far, 0))
		bail("no client");
	cg_enter("/a/x");
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &memory))
		bail("no memory");
	cg_enter("/b");
	is(rm_dup(&far, &copy, rm.root, memory), RM_OK, "a copy is made");
	rm_client_close(&rm);
	cg_leave();
	ok(cg_remove("/a/x"), "its maker has gone, and its group");
	is(judge_used(0), MIB, "the copy keeps it");
	is(charged("/a", GPU0), MIB, "the charge is its parent's");
	is(charged("/b", GPU0), 0, "and not that of whoever keeps it");
	rm_free(&far, copy);
	is(charged_settled("/a", GPU0, 0), 0, "until the copy goes");
	rm_client_close(&far);
}

static void allowed(void)
{
	uint64_t params[6] = { 0, 2 * MIB };
	uint32_t handle = 0;
	struct rm rm;

	cg_enter("/a");
	if (rm_client_open(&rm, 0))
		bail("no client");
	is(rm_alloc(&rm, rm.device, &handle, FABRIC, params), NOT_SUPPORTED,
	   "a class that is not for tenants is refused");
	stage_parameter("allow_class", "0xf8");
	is(rm_alloc(&rm, rm.device, &handle, FABRIC, params), RM_OK,
	   "allowed by the operator, it is not");
	is(charged("/a", GPU0), 0, "nor charged, as is said of it");
	rm_client_close(&rm);
	cg_leave();
	stage_parameter("allow_class", "0");
}

static int moves(void *want)
{
	struct uvm uvm;
	uint8_t possible;
	struct rm rm;

	if (rm_client_open(&rm, 0) || uvm_open(&uvm, &rm) ||
	    uvm_initialize(&uvm, 0) || uvm_pageable_access(&uvm, &possible))
		return 2;
	return possible != *(uint8_t *)want;
}

/* Nothing fails where a page is moved: what is committed is to be had. */
static void served(void)
{
	struct uvm uvm;
	struct rm rm;
	char *some;

	cg_enter("/a");
	if (rm_client_open(&rm, 0) || uvm_open(&uvm, &rm) ||
	    uvm_initialize(&uvm, 0) || uvm_register_gpu(&uvm))
		bail("no address space with a GPU");
	some = uvm_managed(&uvm, 4 * MIB);
	if (!some || some == MAP_FAILED)
		bail("no managed memory");
	quota_set("/a", GPU0, MIB);
	is(uvm_migrate(&uvm, some, 4 * MIB, true), RM_OK,
	   "what is committed moves to the GPU, whatever the quota is by then");
	is(judge_used(0), 4 * MIB, "all of it");
	ok(!uvm_managed(&uvm, 64 * KIB), "but no more is committed");
	munmap(some, 4 * MIB);
	uvm_close(&uvm);
	rm_client_close(&rm);
	quota_set("/a", GPU0, QUOTA);
	cg_leave();
	is(charged_settled("/a", GPU0, 0), 0, "closed, nothing is charged");
}

int main(void)
{
	uint8_t no = 0, yes = 1;

	stage_setup("nvidia-corners", getenv("MOCK") ?: "release=580");
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, QUOTA);
	lock();
	killed();
	deferred();
	orphan();
	allowed();
	stage_write(UVM_PARAMETERS "hmm", "1");
	ok(in_cgroup("/b", moves, &yes), "memory of malloc() moves to the GPU");
	ok(in_cgroup("/a", moves, &no), "but not that of a group with a quota");
	served();
	return stage_finish();
}
