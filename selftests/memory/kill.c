// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that allocate, share and free at random are killed at random.
 * After each all is released, and after all of them not one byte is lost.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define QUOTA	(128 * PAGE)
#define HOLD	16
#define AT_ONCE	3
/* By then a victim alone would hold more than its device has. */
#define STEPS	96

/* How far each victim came, in memory that they share with us. */
static unsigned int *steps;

static void step(const struct maker *m, int fd, unsigned int *seed,
		 uint32_t held[HOLD])
{
	uint32_t *h = &held[rand_r(seed) % HOLD], imported;
	int dmabuf;

	if (!*h) {
		m->make(fd, (1 + rand_r(seed) % 16) * PAGE, h);
		return;
	}
	if (rand_r(seed) % 4 == 0 && !drm_export(fd, *h, &dmabuf)) {
		drm_close(fd, *h);
		drm_import(fd, dmabuf, &imported);
		close(dmabuf);
		*h = imported;
		return;
	}
	drm_close(fd, *h);
	*h = 0;
}

static pid_t victim(unsigned int k, unsigned int seed)
{
	pid_t pid = cg_fork("/a");
	const struct maker *m = &makers[seed % nr_makers];
	uint32_t held[HOLD] = {};
	int fd;

	if (pid)
		return pid;
	fd = drm_open(m->driver);
	for (;;) {
		step(m, fd, &seed, held);
		__atomic_fetch_add(&steps[k], 1, __ATOMIC_RELAXED);
	}
}

/* Until each came that far, however slow the machine. */
static void wait_for(unsigned int far)
{
	unsigned int k, i = 0;

	for (k = 0; k < AT_ONCE; k++) {
		while (__atomic_load_n(&steps[k], __ATOMIC_RELAXED) < far) {
			if (i++ > 100000)
				bail("a victim came %u of %u steps far",
				     steps[k], far);
			usleep(500);
		}
	}
}

static void kill_at_random(unsigned int n)
{
	unsigned int i, k, seed = 1, lost = 0, survived = 0;
	uint64_t most = 0;

	for (i = 0; i < n; i += AT_ONCE) {
		pid_t pids[AT_ONCE];

		peak_reset("/a");
		for (k = 0; k < AT_ONCE; k++) {
			steps[k] = 0;
			pids[k] = victim(k, i + k);
		}
		/* Some before they hold anything; the first when full. */
		wait_for(i ? rand_r(&seed) % STEPS : STEPS);
		usleep(rand_r(&seed) % 10000);
		for (k = 0; k < AT_ONCE; k++)
			kill(pids[k], SIGKILL);
		for (k = 0; k < AT_ONCE; k++)
			survived += cg_wait(pids[k]) != 128 + SIGKILL;
		lost += live_settled("/a", 0) != 0;
		most = peak("/a") > most ? peak("/a") : most;
	}
	is(survived, 0, "processes are killed while they allocate");
	is(lost, 0, "everything is released after each");
	note("at most %lu of %llu bytes were held", most, QUOTA);
	ok(most > QUOTA / 2 && most <= QUOTA,
	   "much was held at times, and never more than the quota");
}

int main(void)
{
	const char *vgem, *virtio;
	int fd, err;

	setup("kill");
	vgem = drm_card("vgem");
	virtio = drm_card("virtio_gpu");
	steps = mmap(NULL, AT_ONCE * sizeof(*steps), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (steps == MAP_FAILED)
		bail("mmap");
	cg_create("/a");
	/* Half on each device, so that their sum can be held against it. */
	quota_set("/a", vgem, QUOTA / 2);
	quota_set("/a", virtio, QUOTA / 2);
	kill_at_random(loops(10000, 300));
	is(charged_settled("/a", vgem, 0), 0, "no charge is left on vgem");
	is(charged_settled("/a", virtio, 0), 0, "nor on virtio-gpu");

	fd = drm_open("vgem");
	cg_enter("/a");
	is(drm_fill(fd, PAGE, &err), QUOTA / 2, "its whole quota is there");
	close(fd);
	fd = drm_open("virtio_gpu");
	is(drm_fill(fd, PAGE, &err), QUOTA / 2, "on the other device too");
	close(fd);
	cg_leave();
	return finish();
}
