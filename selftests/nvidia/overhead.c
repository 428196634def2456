// SPDX-License-Identifier: GPL-2.0
/*
 * What contexts take without a word: charged beforehand as vgpu guesses it,
 * shown apart, bound by the quota together with what was asked for; and then
 * as the driver says it is.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "unserved.h"

#define CLASS_DEVICE	0x80
#define QUOTA		(9 * MIB)
#define GROUP		(2 * MIB)	/* what vgpu guesses, by default */
#define VASPACE		(1 * MIB)
#define CHANNEL		(64 * KIB)
#define TRUTH		(3 * MIB)	/* what the mock takes for each of two */

static uint64_t overhead(void)
{
	return stat_of("/a", GPU0, "memory_overhead");
}

static uint64_t overhead_settled(uint64_t want)
{
	return stat_settled("/a", GPU0, "memory_overhead", want);
}

static void guesses(struct rm *rm, uint32_t *vaspace, uint32_t *tsg)
{
	uint32_t memory, channel;

	is(rm_vaspace(rm, vaspace), RM_OK, "an address space");
	is(overhead(), VASPACE, "is charged as a guess");
	is(rm_tsg(rm, *vaspace, tsg), RM_OK, "a channel group");
	is(overhead(), VASPACE + GROUP, "and so is that");
	is(charged("/a", GPU0), 0, "both apart from what was asked for");
	is(rm_alloc_vidmem(rm, MIB, RM_ROUTE_ALLOC64, &memory), RM_OK,
	   "memory");
	is(charged("/a", GPU0), MIB, "is charged exactly");
	is(rm_channel(rm, *tsg, 0, memory, &channel), RM_OK, "a channel");
	is(overhead(), VASPACE + GROUP + CHANNEL, "has its share, too");
	rm_free(rm, channel);
	rm_free(rm, memory);
	is(overhead(), VASPACE + GROUP, "as long as it is there");
}

static void binds(struct rm *rm)
{
	uint32_t memory, more, tsg, status;
	uint64_t left = QUOTA - VASPACE - GROUP;

	is(rm_alloc_vidmem(rm, left, RM_ROUTE_ALLOC64, &memory), RM_OK,
	   "the quota, less the overhead, is to be had");
	is(rm_alloc_vidmem(rm, 64 * KIB, RM_ROUTE_ALLOC64, &more),
	   RM_NO_MEMORY, "and no granule beyond");
	status = rm_tsg(rm, 0, &tsg);
	is(status, RM_NO_MEMORY, "nor another channel group");
	is(judge_used(0), 2 * TRUTH + left, "and the driver made none");
	rm_free(rm, memory);
	is(rm_tsg(rm, 0, &tsg), RM_OK, "for which there is room then");
	rm_free(rm, tsg);
	is(overhead(), VASPACE + GROUP, "and it goes with its share");
}

static void truth(struct rm *rm)
{
	uint32_t memory;

	stage_reconcile(rm);
	is(judge_used(0), 2 * TRUTH, "the driver has taken more");
	is(overhead_settled(2 * TRUTH), 2 * TRUTH, "and vgpu takes it in");
	is(charged("/a", GPU0), 0, "as overhead alone");
	is(rm_alloc_vidmem(rm, QUOTA - 2 * TRUTH + 64 * KIB, RM_ROUTE_ALLOC64,
			   &memory), RM_NO_MEMORY, "which binds");
}

/* What RM counts once, however many handles there are, hides nothing else. */
static void duplicates(struct rm *rm, uint32_t vaspace, uint32_t tsg)
{
	uint32_t handle[8] = { 0 };
	unsigned int i;

	for (i = 0; i < 8; i++)
		is(rm_dup(rm, &handle[i], rm->root, i % 2 ? tsg : vaspace),
		   RM_OK, "one more handle");
	stage_reconcile(rm);
	usleep(500000);
	is(judge_used(0), 2 * TRUTH, "takes nothing");
	is(overhead(), 2 * TRUTH, "and leaves the overhead what it is");
	for (i = 0; i < 8; i++)
		rm_free(rm, handle[i]);
}

static struct rm other;

static void *stall(void *page)
{
	struct nvos64_alloc alloc = {
		.root = other.root, .parent = other.root,
		.class = CLASS_DEVICE, .params = (uintptr_t)page,
	};

	rm_escape(&other, other.ctl, NR_ALLOC, &alloc, sizeof(alloc));
	return NULL;
}

/* Makes contexts while a call of another client of its own stands still. */
static void __attribute__((noreturn)) hide(void)
{
	uint32_t vaspace, tsg, memory;
	pthread_t thread;
	struct rm rm;
	void *page;
	int fd;

	page = unserved_page(&fd);
	if (!page || rm_client_open(&rm, 0) || rm_client_open(&other, 0) ||
	    pthread_create(&thread, NULL, stall, page) || !unserved_wait(fd) ||
	    rm_vaspace(&rm, &vaspace) || rm_tsg(&rm, vaspace, &tsg))
		_exit(1);
	for (;;) {
		usleep(300000);
		if (!rm_alloc_vidmem(&rm, 64 * KIB, RM_ROUTE_ALLOC64, &memory))
			rm_free(&rm, memory);
	}
}

static void *churn(void *unused)
{
	uint32_t memory;

	for (;;)
		if (!rm_alloc_vidmem(&other, 64 * KIB, RM_ROUTE_ALLOC64,
				     &memory))
			rm_free(&other, memory);
	return NULL;
}

/* Has a call under way whenever it is asked for, and each time another. */
static void __attribute__((noreturn)) bustle(void)
{
	uint32_t vaspace, tsg, memory;
	pthread_t thread;
	struct rm rm;

	if (rm_client_open(&rm, 0) || rm_client_open(&other, 0) ||
	    rm_vaspace(&rm, &vaspace) || rm_tsg(&rm, vaspace, &tsg))
		_exit(1);
	judge_set("linger", NR_ALLOC);
	pthread_create(&thread, NULL, churn, NULL);
	for (;;) {
		usleep(1100000);
		if (!rm_alloc_vidmem(&rm, 64 * KIB, RM_ROUTE_HEAP_SIZE,
				     &memory))
			rm_free(&rm, memory);
		judge_set("linger", NR_ALLOC);
	}
}

static void hidden(const char *how, void (*hiding)(void))
{
	unsigned int i;
	pid_t pid;

	stage_parameter("reconcile_seconds", "1");
	pid = cg_fork("/a");
	if (!pid)
		hiding();
	for (i = 0; i < 20 && overhead() != 2 * TRUTH; i++)
		sleep(1);
	is(overhead(), 2 * TRUTH, "%s hides nothing", how);
	kill(pid, SIGKILL);
	is(cg_wait(pid), 128 + SIGKILL, "and ends when it is killed");
	is(overhead_settled(0), 0, "with all of it");
}

int main(void)
{
	uint32_t vaspace, tsg;
	char params[64];
	struct rm rm;

	snprintf(params, sizeof(params), "release=550 overhead=%llu", TRUTH);
	stage_setup("nvidia-overhead", params);
	cg_create("/a");
	quota_set("/a", GPU0, QUOTA);
	stage_parameter("reconcile_seconds", "1000");
	cg_enter("/a");
	if (rm_client_open(&rm, 0))
		bail("no client");
	guesses(&rm, &vaspace, &tsg);
	binds(&rm);
	truth(&rm);
	duplicates(&rm, vaspace, tsg);
	rm_free(&rm, tsg);
	rm_free(&rm, vaspace);
	rm_client_close(&rm);
	is(overhead_settled(0), 0, "closed, nothing is left of it");
	cg_leave();
	hidden("a call that stands still", hide);
	hidden("always another", bustle);
	return stage_finish();
}
