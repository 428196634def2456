// SPDX-License-Identifier: GPL-2.0
/*
 * What exists before vgpu is loaded is charged to the cgroup of its owner when
 * it comes. Adoption may put a group above its quota; then nothing new passes
 * until enough was freed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"
#include "tenant.h"

#define OBJECTS	4

static void unload(void)
{
	char out[1024];

	is(vgpu_unload(out, sizeof(out)), 0, "vgpu is not there");
}

static void owned(const char *driver)
{
	const char *card = drm_card(driver);
	uint32_t handles[OBJECTS], extra;
	struct tenant t;
	int i, err;

	unload();
	t = tenant_start("/pod/a", driver);
	for (i = 0; i < OBJECTS; i++)
		tenant_dumb(&t, MIB, &handles[i]);
	is(live("/pod/a"), OBJECTS * MIB, "%s: objects are made", driver);
	is(vgpu_load(), 0, "%s: vgpu comes", driver);
	is(charged("/pod/a", card), OBJECTS * MIB,
	   "%s: they are charged to their owner", driver);
	is(charged("/pod", card), OBJECTS * MIB, "%s: and its parent", driver);

	quota_set("/pod/a", card, 2 * MIB);
	is(-tenant_dumb(&t, PAGE, &extra), ENOMEM,
	   "%s: above its quota, nothing passes", driver);
	is(live("/pod/a"), OBJECTS * MIB, "%s: nothing is taken away", driver);
	tenant_close(&t, handles[0]);
	tenant_close(&t, handles[1]);
	live_settled("/pod/a", 2 * MIB);
	is(charged_settled("/pod/a", card, 2 * MIB), 2 * MIB,
	   "%s: what it closes is released", driver);
	is(-tenant_dumb(&t, PAGE, &extra), ENOMEM,
	   "%s: at its quota, nothing passes", driver);
	tenant_close(&t, handles[2]);
	live_settled("/pod/a", MIB);
	/* A driver may release in a worker, and what is charged goes after it. */
	charged_settled("/pod/a", card, MIB);
	is(tenant_fill(&t, MIB / 4, &err), MIB,
	   "%s: below it, what is missing", driver);
	is(live("/pod/a"), 2 * MIB, "%s: to the byte", driver);
	tenant_end(&t);
	is(live_settled("/pod", 0), 0, "%s: in the end nothing is held",
	   driver);
	is(charged_settled("/pod", card, 0), 0, "%s: and nothing charged",
	   driver);
}

/* An object with two names, a file of its own gone, and a dma-buf. */
static void shared(const char *card)
{
	struct tenant a, b;
	uint32_t handle, theirs;
	int dmabuf;

	unload();
	a = tenant_start("/pod/a", "vgem");
	b = tenant_start("/pod/b", "vgem");
	tenant_dumb(&a, MIB, &handle);
	tenant_export(&a, handle, &dmabuf);
	tenant_import(&b, dmabuf, &theirs);
	close(dmabuf);
	is(vgpu_load(), 0, "vgpu comes when two processes share an object");
	is(charged("/pod", card), MIB, "it is charged once");
	tenant_end(&a);
	is(live("/pod"), MIB, "one of them goes");
	is(charged("/pod", card), MIB, "and the charge stays");
	tenant_end(&b);
	live_settled("/pod", 0);
	is(charged_settled("/pod", card, 0), 0, "until the other went");
}

/* Only a dma-buf refers to the object: whoever holds it open is charged. */
static void only_dmabuf(const char *driver)
{
	const char *card = drm_card(driver);
	struct tenant t;
	uint32_t handle;
	int dmabuf;
	pid_t pid;

	unload();
	t = tenant_start("/pod/a", driver);
	tenant_dumb(&t, MIB, &handle);
	tenant_export(&t, handle, &dmabuf);
	tenant_close(&t, handle);
	pid = cg_fork("/pod/b");
	if (!pid) {
		pause();
		_exit(0);
	}
	close(dmabuf);
	is(live("/pod/a"), MIB, "%s: an object lives in a dma-buf only", driver);
	is(vgpu_load(), 0, "%s: vgpu comes", driver);
	is(charged("/pod/b", card), MIB, "%s: its holder is charged", driver);
	is(charged("/pod/a", card), 0, "%s: and not who made it", driver);
	quota_set("/pod/b", card, MIB);
	is(stat_of("/pod/b", card, "objects"), 1, "%s: once", driver);
	kill(pid, SIGKILL);
	cg_wait(pid);
	is(live_settled("/pod", 0), 0, "%s: it goes with its holder", driver);
	is(charged_settled("/pod", card, 0), 0, "%s: and so does the charge",
	   driver);
	is(tenant_dumb(&t, MIB, &handle), 0, "%s: another is made", driver);
	is(charged("/pod/a", card), MIB, "%s: which is charged", driver);
	tenant_end(&t);
	live_settled("/pod", 0);
	is(charged_settled("/pod", card, 0), 0, "%s: until it goes", driver);
}

static int reopen(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_PATH);
}

/* A file that can nothing but be there keeps a dma-buf alive like any other. */
static void path_only(const char *driver)
{
	const char *card = drm_card(driver);
	int fd, dmabuf, paths[2];
	uint32_t handle;
	pid_t pid;

	unload();
	fd = drm_open(driver);
	if (drm_dumb(fd, MIB, &handle) || drm_export(fd, handle, &dmabuf))
		bail("%s: no dma-buf", driver);
	pid = cg_fork("/pod/b");
	if (!pid) {
		paths[0] = reopen(fd);
		paths[1] = reopen(dmabuf);
		close(fd);
		close(dmabuf);
		if (paths[0] < 0 || paths[1] < 0)
			_exit(1);
		pause();
		_exit(0);
	}
	usleep(200000);
	close(dmabuf);
	close(fd);
	is(vgpu_load(), 0, "%s: vgpu comes to a file of a dma-buf's path",
	   driver);
	is(charged("/pod/b", card), MIB, "%s: its holder is charged", driver);
	is(kill(pid, SIGKILL), 0, "%s: which is there", driver);
	is(cg_wait(pid), 128 + SIGKILL, "%s: and goes", driver);
	is(charged_settled("/pod", card, 0), 0, "%s: and so does the charge",
	   driver);
}

/* More of them than are looked at in one go. */
static void many_dmabufs(const char *card)
{
	enum { MANY = 600 };
	uint32_t handle;
	int i, fd, dmabuf;
	pid_t pid;

	unload();
	pid = cg_fork("/pod/b");
	if (!pid) {
		fd = drm_open("vgem");
		for (i = 0; i < MANY; i++)
			if (drm_dumb(fd, PAGE, &handle) ||
			    drm_export(fd, handle, &dmabuf))
				_exit(1);
		close(fd);
		pause();
		_exit(0);
	}
	for (i = 0; i < 1000 && live("/pod/b") < MANY * PAGE; i++)
		usleep(10000);
	usleep(200000);
	is(vgpu_load(), 0, "vgpu comes to %d of them", MANY);
	is(charged("/pod/b", card), MANY * PAGE, "all are charged");
	kill(pid, SIGKILL);
	cg_wait(pid);
	is(live_settled("/pod", 0), 0, "they go");
	is(charged_settled("/pod", card, 0), 0, "and with them the charge");
}

/*
 * All drivers lose the points on the DRM core, and get them back: what died
 * meanwhile is not charged, and what lives is, also what is new.
 */
static void core_detached(const char *driver)
{
	const char *card = drm_card(driver);
	struct tenant t = tenant_start("/pod/c", driver);
	uint32_t dies, lives, born;

	tenant_dumb(&t, 4 * MIB, &dies);
	tenant_dumb(&t, MIB, &lives);
	is(charged("/pod/c", card), 5 * MIB, "%s: two objects are made",
	   driver);
	is(RUN(NULL, 0, "vgpu-tool", "driver", "detach", "drm"), 0,
	   "%s: the DRM core is detached", driver);
	is(charged("/pod/c", card), 0, "%s: nothing is charged", driver);
	tenant_close(&t, dies);
	is(live_settled("/pod/c", MIB), MIB, "%s: one goes", driver);
	is(tenant_dumb(&t, 2 * MIB, &born), 0, "%s: another comes", driver);
	is(RUN(NULL, 0, "vgpu-tool", "driver", "attach", "drm"), 0,
	   "%s: the DRM core is attached", driver);
	is(charged("/pod/c", card), 3 * MIB, "%s: what lives is charged",
	   driver);
	tenant_end(&t);
	is(live_settled("/pod/c", 0), 0, "%s: all goes", driver);
	is(charged_settled("/pod/c", card, 0), 0, "%s: and so does the charge",
	   driver);
}

int main(void)
{
	setup("adopt");
	cg_create("/pod");
	cg_create("/pod/a");
	cg_create("/pod/b");
	cg_create("/pod/c");
	owned("vgem");
	owned("virtio_gpu");
	shared(drm_card("vgem"));
	only_dmabuf("vgem");
	only_dmabuf("virtio_gpu");
	path_only("vgem");
	path_only("virtio_gpu");
	many_dmabufs(drm_card("vgem"));
	core_detached("vgem");
	core_detached("virtio_gpu");
	return finish();
}
