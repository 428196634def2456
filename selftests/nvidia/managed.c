// SPDX-License-Identifier: GPL-2.0
/*
 * Managed memory, charged when it is committed; and memory of RM's that UVM
 * maps, charged once however it is held.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "uvm.h"

#define QUOTA	(8 * MIB)
#define EXTERN	((void *)0x700000000000)
#define MANY	6000ull
#define PAGE	4096ull
#define TRIES	20

static void commits(struct uvm *uvm)
{
	char *half, *all;

	half = uvm_managed(uvm, QUOTA / 2);
	ok(half && half != MAP_FAILED, "half of the quota is mapped");
	is(charged("/a", GPU0), QUOTA / 2, "and charged, untouched");
	is(uvm_migrate(uvm, half, QUOTA / 2, true), RM_OK,
	   "it moves to the GPU");
	is(judge_used(0), QUOTA / 2, "where the heap has it");
	is(charged("/a", GPU0), QUOTA / 2, "charged once");
	all = uvm_managed(uvm, QUOTA);
	ok(!all || all == MAP_FAILED, "more than what is left is refused");
	is(charged("/a", GPU0), QUOTA / 2, "which changes nothing");

	munmap(half + QUOTA / 4, QUOTA / 4);
	is(charged("/a", GPU0), QUOTA / 4, "the upper half is unmapped");
	munmap(half + QUOTA / 16, QUOTA / 16);
	is(charged("/a", GPU0), QUOTA / 4 - QUOTA / 16, "a hole is made");
	munmap(half, QUOTA / 2);
	is(charged("/a", GPU0), 0, "all of it is unmapped");
	is(judge_used(0), 0, "as the heap has it");
}

static void late_gpu(struct rm *rm)
{
	struct uvm uvm;
	void *much, *some;

	if (uvm_open(&uvm, rm) || uvm_initialize(&uvm, 0))
		bail("no address space");
	much = uvm_managed(&uvm, 2 * QUOTA);
	ok(much && much != MAP_FAILED,
	   "without a GPU, memory is mapped at will");
	is(uvm_register_gpu(&uvm), RM_NO_MEMORY,
	   "but then no GPU is to be had");
	munmap(much, 2 * QUOTA);
	some = uvm_managed(&uvm, QUOTA / 2);
	is(uvm_register_gpu(&uvm), RM_OK, "with less it is");
	is(charged("/a", GPU0), QUOTA / 2, "and charged then");
	is(uvm_unregister_gpu(&uvm), RM_OK, "the GPU is given up");
	is(charged("/a", GPU0), 0, "and so is the charge");
	is(uvm_register_gpu(&uvm), RM_OK, "the GPU is back");
	(void)some;
	uvm_close(&uvm);
	munmap(some, QUOTA / 2);
	is(charged_settled("/a", GPU0, 0), 0, "closed, nothing is charged");
}

/* As soon as it can be. */
static void *keep_registering(void *uvm)
{
	while (uvm_register_gpu(uvm) != RM_OK)
		;
	return NULL;
}

static void *register_once(void *uvm)
{
	uvm_register_gpu(uvm);
	return NULL;
}

/* With a GPU that UVM has registered, all that is managed is charged. */
static bool is_charged(struct uvm *uvm, void *old)
{
	void *new = uvm_managed(uvm, QUOTA / 4);
	bool right;

	if (!new || uvm_migrate(uvm, old, QUOTA / 4, true) ||
	    uvm_migrate(uvm, new, QUOTA / 4, true))
		bail("no managed memory on the GPU");
	right = judge_used(0) == QUOTA / 2 &&
		charged("/a", GPU0) == QUOTA / 2;
	munmap(new, QUOTA / 4);
	return right;
}

/* Threads register and unregister a GPU of one file, all at once. */
static void races(struct rm *rm)
{
	unsigned int i, n = loops(500, 50), lost = 0, torn = 0;
	pthread_t thread, other;
	struct uvm uvm;
	void *old;

	if (uvm_open(&uvm, rm) || uvm_initialize(&uvm, 0) ||
	    uvm_register_gpu(&uvm))
		bail("no address space with a GPU");
	is(uvm_register_gpu(&uvm), RM_INVALID_DEVICE, "a GPU registers once");
	old = uvm_managed(&uvm, QUOTA / 4);
	for (i = 0; i < n; i++) {
		pthread_create(&thread, NULL, keep_registering, &uvm);
		while (uvm_unregister_gpu(&uvm) != RM_OK)
			;
		pthread_join(thread, NULL);
		lost += !is_charged(&uvm, old);
	}
	is(lost, 0, "unregistered and registered at once, it is known of");
	for (i = 0; i < n; i++) {
		if (uvm_unregister_gpu(&uvm))
			bail("the GPU cannot be given up");
		pthread_create(&thread, NULL, register_once, &uvm);
		pthread_create(&other, NULL, register_once, &uvm);
		pthread_join(thread, NULL);
		pthread_join(other, NULL);
		torn += !is_charged(&uvm, old);
	}
	is(torn, 0, "registered twice at once, it is, too");
	is(uvm_unregister_gpu(&uvm), RM_OK, "the GPU is given up");
	is(charged("/a", GPU0), 0, "and so is the charge");
	uvm_close(&uvm);
	munmap(old, QUOTA / 4);
	is(charged_settled("/a", GPU0, 0), 0, "closed, nothing is charged");
}

static void external(struct rm *rm, struct uvm *uvm)
{
	uint64_t base = (uintptr_t)EXTERN;
	uint32_t vaspace, memory;

	if (rm_vaspace(rm, &vaspace) || uvm_register_vaspace(uvm, vaspace))
		bail("no GPU address space");
	is(rm_alloc_vidmem(rm, QUOTA / 2, RM_ROUTE_ALLOC64, &memory), RM_OK,
	   "memory of RM's");
	is(uvm_create_external(uvm, base, QUOTA / 2), RM_OK, "a place for it");
	is(uvm_map_external(uvm, base, QUOTA / 2, memory), RM_OK,
	   "it is mapped by UVM");
	is(charged("/a", GPU0), QUOTA / 2, "and charged once");
	rm_free(rm, memory);
	is(judge_used(0), QUOTA / 2, "its handle goes, the memory stays");
	is(charged("/a", GPU0), QUOTA / 2, "and so does the charge");
	is(uvm_free(uvm, base, QUOTA / 2), RM_OK, "UVM lets go");
	is(judge_used(0), 0, "and the memory goes");
	is(charged("/a", GPU0), 0, "with its charge");
}

/* The operator's other choices: none of it, or none of it charged. */
static void policies(struct rm *rm)
{
	struct uvm uvm;
	void *some;

	if (uvm_open(&uvm, rm) || uvm_initialize(&uvm, 0) ||
	    uvm_register_gpu(&uvm))
		bail("no address space with a GPU");
	quota_set_managed("/a", GPU0, "deny");
	some = uvm_managed(&uvm, QUOTA / 4);
	ok(!some || some == MAP_FAILED, "denied, managed memory is refused");
	quota_set_managed("/a", GPU0, "unlimited");
	some = uvm_managed(&uvm, 2 * QUOTA);
	ok(some && some != MAP_FAILED, "unlimited, it is not");
	is(charged("/a", GPU0), 0, "nor is it charged");
	munmap((char *)some + QUOTA, QUOTA);
	is(charged("/a", GPU0), 0, "nor is what is left of it");
	quota_set_managed("", GPU0, "commit");
	ok(!uvm_managed(&uvm, 2 * QUOTA),
	   "an ancestor that has it charged binds");
	munmap(some, QUOTA);
	is(uvm_unregister_gpu(&uvm), RM_OK, "the GPU is given up");
	quota_set_managed("", GPU0, "deny");
	some = uvm_managed(&uvm, QUOTA / 4);
	is(uvm_register_gpu(&uvm), RM_NO_MEMORY,
	   "denied, there is no GPU for what is mapped already");
	quota_set_managed("", GPU0, "default");
	quota_set_managed("/a", GPU0, "default");
	is(uvm_register_gpu(&uvm), RM_OK, "by default there is");
	is(charged("/a", GPU0), QUOTA / 4, "and it is charged");
	uvm_close(&uvm);
	munmap(some, QUOTA / 4);
	is(charged_settled("/a", GPU0, 0), 0, "closed, nothing is charged");
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Of somebody who maps and unmaps: how often, and the longest that it took. */
static struct {
	_Atomic uint64_t rounds, longest;
} *other;

static pid_t bystander(void)
{
	pid_t pid = cg_fork("/b");
	uint64_t began, took;
	struct uvm uvm;
	struct rm rm;
	void *some;

	if (pid)
		return pid;
	if (rm_client_open(&rm, 0) || uvm_open(&uvm, &rm) ||
	    uvm_initialize(&uvm, 0) || uvm_register_gpu(&uvm))
		_exit(1);
	for (;;) {
		began = now();
		some = uvm_managed(&uvm, PAGE);
		if (!some)
			_exit(2);
		munmap(some, PAGE);
		took = now() - began;
		if (took > other->longest)
			other->longest = took;
		other->rounds++;
	}
}

static void await_round(void)
{
	uint64_t rounds = other->rounds;

	while (other->rounds == rounds)
		usleep(1000);
}

/* Registers a GPU; does a mapping of the other tenant take about as long? */
static bool waits(struct uvm *uvm)
{
	uint64_t began, took;

	other->longest = 0;
	began = now();
	if (uvm_register_gpu(uvm))
		bail("no GPU for very many ranges");
	took = now() - began;
	await_round();
	note("it took %llu us, a mapping of another tenant %llu us at most",
	     (unsigned long long)took / 1000,
	     (unsigned long long)other->longest / 1000);
	return other->longest >= took / 2;
}

/*
 * A tenant that has very much charged at once holds up nobody else. The machine
 * may do so, too, but not each time.
 */
static void many(struct rm *rm)
{
	unsigned int i, tries = TRIES;
	static void *at[MANY];
	struct uvm uvm;
	pid_t pid;

	other = mmap(NULL, sizeof(*other), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (other == MAP_FAILED || uvm_open(&uvm, rm) ||
	    uvm_initialize(&uvm, 0))
		bail("no address space");
	for (i = 0; i < MANY; i++) {
		at[i] = uvm_managed(&uvm, PAGE);
		if (!at[i])
			bail("only %u ranges", i);
	}
	quota_set("/a", GPU0, 2 * MANY * PAGE);	/* and what is overhead */
	pid = bystander();
	await_round();
	while (waits(&uvm) && --tries)
		uvm_unregister_gpu(&uvm);
	ok(tries > 0, "where very many ranges are charged, nobody else waits");
	is(charged("/a", GPU0), MANY * PAGE, "they are charged");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	uvm_close(&uvm);
	for (i = 0; i < MANY; i++)
		munmap(at[i], PAGE);
	is(charged_settled("/a", GPU0, 0), 0, "and then not any more");
}

int main(void)
{
	struct uvm uvm;
	struct rm rm;

	stage_setup("nvidia-managed", getenv("MOCK") ?: "release=535");
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, QUOTA);
	cg_enter("/a");
	if (rm_client_open(&rm, 0) || uvm_open(&uvm, &rm) ||
	    uvm_initialize(&uvm, 0) || uvm_register_gpu(&uvm))
		bail("no client of UVM");
	commits(&uvm);
	external(&rm, &uvm);
	uvm_close(&uvm);
	late_gpu(&rm);
	races(&rm);
	policies(&rm);
	/* A debug kernel is slow for itself, and tells nothing of who waits. */
	if (strcmp(getenv("VGPU_LOOPS") ?: "", "debug"))
		many(&rm);
	rm_client_close(&rm);
	cg_leave();
	return stage_finish();
}
