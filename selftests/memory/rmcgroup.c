// SPDX-License-Identifier: GPL-2.0
/*
 * A cgroup is removed while its objects live on in a dma-buf: the parent holds
 * the charge until they go.
 */
#include <errno.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define HELD (2 * MIB)

/* Leaves an object of the cgroup that only a dma-buf refers to. */
static int orphan(const char *cg)
{
	int fd = drm_open("vgem"), dmabuf = -1;
	uint32_t handle;

	cg_enter(cg);
	if (drm_dumb(fd, HELD, &handle) || drm_export(fd, handle, &dmabuf))
		bail("no dma-buf");
	cg_leave();
	close(fd);
	return dmabuf;
}

static void parent_holds(const char *card)
{
	int fd = drm_open("vgem"), dmabuf, err;
	uint32_t handle;

	cg_create("/pod/a");
	quota_set("/pod/a", card, HELD);
	dmabuf = orphan("/pod/a");
	is(live("/pod/a"), HELD, "an object lives in a dma-buf");
	ok(cg_remove("/pod/a"), "its cgroup is removed");
	is(live("/pod"), HELD, "the object lives on below the parent");
	is(charged("/pod", card), HELD, "which is charged for it");

	cg_enter("/pod");
	is(drm_fill(fd, MIB / 2, &err), 4 * MIB - HELD,
	   "the parent has the rest of its quota");
	is(-err, ENOMEM, "and is refused then");
	is(peak("/pod"), 4 * MIB, "not one byte over");
	close(dmabuf);
	is(live_settled("/pod", 4 * MIB - HELD), 4 * MIB - HELD,
	   "the dma-buf goes");
	is(drm_dumb(fd, HELD, &handle), 0, "what it held is there again");
	is(-drm_dumb(fd, PAGE, &handle), ENOMEM, "and no page more");
	close(fd);
	cg_leave();
	is(live_settled("/pod", 0), 0, "nothing is held");
	is(charged_settled("/pod", card, 0), 0, "and nothing charged");
}

/* Two levels removed one after the other, and the path used again. */
static void grandparent_holds(const char *card)
{
	int fd = drm_open("vgem"), dmabuf;
	uint32_t handle;

	cg_create("/pod/b");
	cg_create("/pod/b/c");
	dmabuf = orphan("/pod/b/c");
	ok(cg_remove("/pod/b/c") && cg_remove("/pod/b"),
	   "a cgroup and its parent are removed");
	is(live("/pod"), HELD, "the object lives on");
	is(charged("/pod", card), HELD, "its grandparent is charged");

	cg_create("/pod/b");
	quota_set("/pod/b", card, HELD);
	is(charged("/pod/b", card), 0,
	   "a new cgroup of the old name starts with nothing");
	cg_enter("/pod/b");
	is(drm_dumb(fd, HELD, &handle), 0, "and has its own quota");
	is(-drm_dumb(fd, PAGE, &handle), ENOMEM, "which binds");
	cg_leave();
	close(dmabuf);
	close(fd);
	is(live_settled("/pod", 0), 0, "nothing is held");
	is(charged_settled("/pod", card, 0), 0, "and nothing charged");
}

int main(void)
{
	const char *card;

	setup("rmcgroup");
	card = drm_card("vgem");
	cg_create("/pod");
	quota_set("/pod", card, 4 * MIB);
	parent_holds(card);
	grandparent_holds(card);
	return finish();
}
