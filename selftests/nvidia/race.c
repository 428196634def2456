// SPDX-License-Identifier: GPL-2.0
/*
 * 16 processes of 8 threads in one group allocate, free, copy, export, import,
 * close and are killed, all at once, with a quota that leaves room for a few
 * of them. The driver's heap must never hold a byte more, and nothing is left.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <signal.h>
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

#define PROCESSES	16
#define THREADS		8
#define HOLD		8
#define QUOTA		(4 * MIB)

static struct shared {
	atomic_uint done, made, refused, copied, exported, imported;
} *shared;

static struct rm common;	/* of all threads of a process */

struct hands {
	struct rm *rm;
	uint32_t handle[HOLD];
	int fd[HOLD];
	unsigned int seed;
};

static void act(struct hands *h)
{
	unsigned int at = rand_r(&h->seed) % HOLD;
	unsigned int other = rand_r(&h->seed) % HOLD;
	uint32_t status;

	switch (rand_r(&h->seed) % 8) {
	case 0:
	case 1:
	case 2:
		if (h->handle[at])
			break;
		status = rm_alloc_vidmem(h->rm, (1 + rand_r(&h->seed) % 8) *
					 64 * KIB, rand_r(&h->seed) % RM_ROUTES,
					 &h->handle[at]);
		if (status)
			h->handle[at] = 0;
		shared->made += !status;
		shared->refused += status == RM_NO_MEMORY;
		break;
	case 3:
	case 4:
		if (h->handle[at])
			rm_free(h->rm, h->handle[at]);
		h->handle[at] = 0;
		break;
	case 5:
		if (h->handle[at] || !h->handle[other])
			break;
		status = rm_dup(h->rm, &h->handle[at], h->rm->root,
				h->handle[other]);
		if (status)
			h->handle[at] = 0;
		shared->copied += !status;
		break;
	case 6:
		if (!h->handle[at] || h->fd[other] >= 0)
			break;
		if (rm_export(h->rm, h->handle[at], &h->fd[other]))
			h->fd[other] = -1;
		else
			shared->exported++;
		break;
	default:
		if (h->fd[at] < 0)
			break;
		if (!h->handle[other]) {
			status = rm_import(h->rm, h->fd[at],
					   &h->handle[other]);
			if (status)
				h->handle[other] = 0;
			shared->imported += !status;
		}
		close(h->fd[at]);
		h->fd[at] = -1;
	}
}

/* Every other thread has a client of its own. */
static void *thread(void *arg)
{
	unsigned long nr = (unsigned long)arg;
	struct hands h = { .rm = &common, .seed = nr ^ getpid() << 4 };
	struct rm own;
	int i;

	memset(h.fd, -1, sizeof(h.fd));
	if (nr & 1) {
		if (rm_client_open(&own, 0))
			return NULL;
		h.rm = &own;
	}
	for (;;) {
		for (i = 0; i < 32; i++)
			act(&h);
		shared->done++;
		if (h.rm == &own && !(rand_r(&h.seed) % 8)) {
			rm_client_close(&own);
			memset(h.handle, 0, sizeof(h.handle));
			if (rm_client_open(&own, 0))
				return NULL;
		}
	}
}

static pid_t process(void)
{
	pthread_t threads[THREADS];
	pid_t pid = cg_fork("/a");
	unsigned long i;

	if (pid)
		return pid;
	if (rm_client_open(&common, 0))
		_exit(1);
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, thread, (void *)i);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(2);
}

int main(void)
{
	unsigned int rounds = loops(2000, 100), i;
	pid_t pids[PROCESSES];

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	stage_setup("nvidia-race", getenv("MOCK") ?: "release=570");
	cg_create("/a");
	quota_set("/a", GPU0, QUOTA);
	judge_reset_high(0);

	for (i = 0; i < PROCESSES; i++)
		pids[i] = process();
	for (i = 0; i < rounds; i++) {
		unsigned int victim = rand() % PROCESSES, seen = shared->done;

		while (shared->done == seen)
			usleep(1000);
		kill(pids[victim], SIGKILL);
		waitpid(pids[victim], NULL, 0);
		pids[victim] = process();
	}
	for (i = 0; i < PROCESSES; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}

	/* Once nothing is charged, nothing may be held: not the other way. */
	is(charged_settled("/a", GPU0, 0), 0, "all of them killed, 0 is charged");
	is(judge_used(0), 0, "and by then the heap of the driver is empty");
	note("%u made, %u refused, %u copied, %u exported, %u imported",
	     shared->made, shared->refused, shared->copied, shared->exported,
	     shared->imported);
	ok(shared->made && shared->refused && shared->copied &&
	   shared->exported && shared->imported, "all of it was tried");
	note("high: %llu of %llu", (unsigned long long)judge_high(0),
	     (unsigned long long)QUOTA);
	ok(judge_high(0) <= QUOTA, "never a byte more than the quota");
	ok(judge_high(0) > QUOTA / 2, "and much of it at times");
	return stage_finish();
}
