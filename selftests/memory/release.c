// SPDX-License-Identifier: GPL-2.0
/*
 * What a killed process held is given back within 10 ms of the moment at which
 * the driver let go of the last of it. That moment is the observer's, and the
 * time is the guest's under icount, where it does not depend on the machine.
 * The question to vgpu is asked through the library: a program would have to
 * be read from the host first, and the clock would leap.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <vgpu/vgpu.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define QUOTA		(1024 * PAGE)
#define HELD		256
#define WITHIN_NS	10000000ull
#define NEVER		UINT64_MAX

static struct vgpu_ctx *vgpu;
static unsigned int *made;	/* by the victim, in memory that it shares */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t charged_now(uint64_t id, const char *card)
{
	const struct vgpu_cgroup cgroup = { .sz = sizeof(cgroup), .id = id };
	struct vgpu_stats *stats;
	uint64_t bytes;

	if (vgpu_stats_get(vgpu, &cgroup, card, &stats))
		bail("vgpu_stats_get: %s", vgpu_ctx_error(vgpu));
	if (vgpu_stats_value(stats, LIBVGPU_STAT_MEMORY_CHARGED, &bytes))
		bail("vgpu_stats_value");
	vgpu_stats_free(stats);
	return bytes;
}

/* Holds, and then waits or makes and ends one more over and over. */
static void victim(const struct maker *m, bool busy)
{
	int fd = drm_open(m->driver);
	uint32_t handle;

	for (;;) {
		if (m->make(fd, PAGE, &handle))
			_exit(1);
		if (__atomic_add_fetch(made, 1, __ATOMIC_RELAXED) < HELD)
			continue;
		if (busy)
			drm_close(fd, handle);
		else
			pause();
	}
}

/* From the last death in the driver until nothing is charged. */
static uint64_t released(const struct maker *m, const char *card,
			 uint64_t id, bool busy)
{
	uint64_t now = 0;
	unsigned int i;
	pid_t pid;

	*made = 0;
	pid = cg_fork("/a");
	if (!pid)
		victim(m, busy);
	for (i = 0; __atomic_load_n(made, __ATOMIC_RELAXED) < HELD; i++) {
		if (i > 100000)
			bail("%s: %u objects were made", m->name, *made);
		usleep(500);
	}
	if (busy)
		usleep(i % 16 * 50);
	if (charged_now(id, card) < (HELD - 1) * PAGE)
		bail("%s: the objects are not charged", m->name);
	kill(pid, SIGKILL);
	/* The process may have more to wait for before it is gone. */
	for (i = 0; i < 100000 && !now; i++) {
		usleep(100);
		if (!charged_now(id, card))
			now = now_ns();
	}
	if (cg_wait(pid) != 128 + SIGKILL)
		bail("%s: it was not killed", m->name);
	if (!now || live("/a"))
		return NEVER;
	return now - observe("/a").died;
}

static void judge(const struct maker *m, bool busy, unsigned int n)
{
	const char *card = drm_card(m->driver);
	uint64_t id = cg_id("/a"), took, worst = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		took = released(m, card, id, busy);
		worst = took > worst ? took : worst;
	}
	note("%s%s: after %lu ns at worst", m->name,
	     busy ? ", killed while it makes objects" : "", worst);
	ok(worst <= WITHIN_NS, "%s%s: all is released within 10 ms", m->name,
	   busy ? ", killed while it makes objects" : "");
}

int main(void)
{
	unsigned int i, n;

	setup("release");
	made = mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (made == MAP_FAILED)
		bail("mmap");
	cg_create("/a");
	quota_set("/a", drm_card("vgem"), QUOTA);
	quota_set("/a", drm_card("virtio_gpu"), QUOTA);
	if (vgpu_ctx_create(&vgpu))
		bail("vgpu_ctx_create");
	/* A page that is missing waits for the host, and the clock leaps. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		bail("mlockall");
	n = loops(200, 20);
	for (i = 0; i < nr_makers; i++) {
		judge(&makers[i], false, n);
		judge(&makers[i], true, n);
	}
	munlockall();
	vgpu_ctx_free(vgpu);
	return finish();
}
