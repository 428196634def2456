// SPDX-License-Identifier: GPL-2.0
/*
 * 8 processes of several threads race for the room below two quotas, of the
 * container and of the pod. The observer's high-water mark must not be one
 * byte over either, and no refusal or free may lose a byte of it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define PROCESSES	8
#define THREADS		4
#define HOLD		8
#define QUOTA		(64 * PAGE)
#define POD		(96 * PAGE)

static struct shared {
	atomic_uint made, refused, wrong;
	atomic_bool go;
} *shared;

static unsigned int rounds;

/* Makes and closes at random, on a file of its own or of all its process. */
static void *racer(void *arg)
{
	unsigned int seed = (unsigned long)arg ^ (getpid() << 8), i;
	uint32_t held[HOLD] = {};
	static int common = -1;
	int fd;

	if (seed & 1) {
		fd = drm_open("vgem");
	} else {
		static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;

		pthread_mutex_lock(&once);
		if (common < 0)
			common = drm_open("vgem");
		fd = common;
		pthread_mutex_unlock(&once);
	}
	while (!shared->go)
		sched_yield();
	for (i = 0; i < rounds; i++) {
		uint32_t *h = &held[rand_r(&seed) % HOLD];
		int err;

		if (*h) {
			drm_close(fd, *h);
			*h = 0;
			continue;
		}
		err = drm_dumb(fd, (1 + rand_r(&seed) % 8) * PAGE, h);
		if (!err)
			shared->made++;
		else if (err == -ENOMEM)
			shared->refused++;
		else
			shared->wrong++;
	}
	return NULL;
}

static pid_t racing_process(const char *cg, unsigned long nr)
{
	pid_t pid = cg_fork(cg);
	pthread_t threads[THREADS];
	unsigned long i;

	if (pid)
		return pid;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, racer,
				   (void *)(nr * THREADS + i)))
			_exit(1);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static void race(void)
{
	pid_t pids[PROCESSES * 2];
	int i, bad = 0;

	for (i = 0; i < PROCESSES * 2; i++)
		pids[i] = racing_process(i < PROCESSES ? "/pod/a" : "/pod/b", i);
	shared->go = true;
	for (i = 0; i < PROCESSES * 2; i++)
		bad += cg_wait(pids[i]) != 0;
	is(bad, 0, "%d processes of %d threads race to the end",
	   2 * PROCESSES, THREADS);
}

static void full_again(void)
{
	int a = drm_open("vgem"), b = drm_open("vgem"), err;

	cg_enter("/pod/a");
	is(drm_fill(a, PAGE, &err), QUOTA,
	   "no byte of the quota was lost on the way");
	cg_enter("/pod/b");
	is(drm_fill(b, PAGE, &err), POD - QUOTA, "nor of the pod's");
	cg_leave();
	close(a);
	close(b);
}

int main(void)
{
	const char *card;

	setup("race");
	card = drm_card("vgem");
	rounds = loops(5000, 500);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail("mmap");
	cg_create("/pod");
	cg_create("/pod/a");
	cg_create("/pod/b");
	quota_set("/pod", card, POD);
	quota_set("/pod/a", card, QUOTA);
	quota_set("/pod/b", card, QUOTA);
	race();
	note("%u made, %u refused", shared->made, shared->refused);
	ok(shared->refused > rounds, "there were refusals enough");
	ok(shared->made > rounds, "and successes");
	is(shared->wrong, 0, "and no other answer");
	ok(peak("/pod/a") <= QUOTA && peak("/pod/b") <= QUOTA,
	   "no container was ever over its quota");
	ok(peak("/pod") <= POD, "nor was the pod");
	ok(peak("/pod") > POD - 8 * PAGE, "which was as good as full");
	note("peaks: %lu, %lu of %llu bytes, together %lu of %llu",
	     peak("/pod/a"), peak("/pod/b"), QUOTA, peak("/pod"), POD);
	is(live_settled("/pod", 0), 0, "in the end nothing is held");
	is(charged_settled("/pod", card, 0), 0, "and nothing charged");
	full_again();
	return finish();
}
