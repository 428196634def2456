// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu goes while files are open, buffers mapped and calls in flight. It
 * never hangs, what tenants hold goes on working, and if rmmod says no, detach
 * makes it say yes.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"
#include "tenant.h"

#define WORKERS	2

static struct shared {
	atomic_uint worked, wrong;
	atomic_bool stop;
} *shared;

static void held(const char *card)
{
	uint32_t mapped, shared, extra;
	struct tenant t;
	int dmabuf;

	quota_set("/a", card, 4 * MIB);
	t = tenant_start("/a", "vgem");
	is(tenant_dumb(&t, MIB, &mapped), 0, "a buffer is made");
	is(tenant_touch(&t, mapped, MIB), 0, "and mapped");
	is(tenant_dumb(&t, MIB, &shared), 0, "another is made");
	is(tenant_export(&t, shared, &dmabuf), 0, "and exported");
	is(vgpu_unload(NULL, 0), 0, "vgpu goes while they are held");
	is(tenant_touch(&t, mapped, MIB), 0, "the mapping holds what it held");
	is(tenant_dumb(&t, 16 * MIB, &extra), 0, "the driver works, unbound");
	tenant_close(&t, extra);
	live_settled("/a", 2 * MIB);

	is(vgpu_load(), 0, "vgpu comes back");
	is(tenant_touch(&t, mapped, MIB), 0, "the mapping is there still");
	quota_set("/a", card, 3 * MIB);
	is(-tenant_dumb(&t, MIB + PAGE, &extra), ENOMEM,
	   "a quota counts what was held all the time");
	is(tenant_dumb(&t, MIB, &extra), 0, "and leaves the rest");
	is(vgpu_unload(NULL, 0), 0, "vgpu goes again");
	tenant_end(&t);
	close(dmabuf);
	is(live_settled("/a", 0), 0, "what was held goes without it");
	is(vgpu_load(), 0, "vgpu comes back");
	is(charged("/a", card), 0, "and finds nothing");
}

static pid_t worker(void)
{
	pid_t pid = cg_fork("/a");
	unsigned int seed = getpid();
	int fd;

	if (pid)
		return pid;
	fd = drm_open("vgem");
	while (!shared->stop) {
		uint64_t size = (1 + rand_r(&seed) % 16) * PAGE;
		uint32_t handle;
		int dmabuf, err = drm_dumb(fd, size, &handle);

		if (err) {
			shared->wrong += err != -ENOMEM;
			continue;
		}
		/* Seldom: it costs a hundred times what the rest does. */
		if (rand_r(&seed) % 16 == 0)
			munmap(drm_map_dumb(fd, handle, size), size);
		if (drm_export(fd, handle, &dmabuf))
			shared->wrong++;
		else
			close(dmabuf);
		drm_close(fd, handle);
		shared->worked++;
	}
	_exit(0);
}

/* Gone at last? A refusal is not wrong: then the driver is detached first. */
static bool goes(unsigned int *refusals)
{
	char out[1024];
	int i;

	for (i = 0; i < 20; i++) {
		if (!vgpu_unload(out, sizeof(out)))
			return true;
		++*refusals;
		RUN(NULL, 0, "vgpu-tool", "driver", "detach", "vgem");
	}
	note("modprobe -r: %s", out);
	return false;
}

static void under_load(const char *card)
{
	unsigned int i, n = loops(200, 10), stays = 0, lost = 0, refusals = 0;
	pid_t pids[WORKERS];

	shared->stop = false;
	for (i = 0; i < WORKERS; i++)
		pids[i] = worker();
	for (i = 0; i < n; i++) {
		stays += !goes(&refusals);
		lost += vgpu_load() != 0;
		quota_set("/a", card, 24 * PAGE);
		usleep(20000);
	}
	shared->stop = true;
	for (i = 0; i < WORKERS; i++)
		stays += cg_wait(pids[i]);
	note("%u objects made, %u refusals of rmmod", shared->worked, refusals);
	is(stays, 0, "it goes %u times under load", n);
	is(lost, 0, "and comes as often");
	ok(shared->worked > n, "all the time there was load");
	is(shared->wrong, 0, "no call answered anything strange");
	is(live_settled("/a", 0), 0, "in the end nothing is held");
	is(charged_settled("/a", card, 0), 0, "and nothing charged");
}

int main(void)
{
	const char *card;

	setup("unload");
	card = drm_card("vgem");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail("mmap");
	cg_create("/a");
	held(card);
	under_load(card);
	return finish();
}
