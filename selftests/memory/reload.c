// SPDX-License-Identifier: GPL-2.0
/*
 * A driver is unloaded and loaded again under vgpu. Nothing of vgpu holds it,
 * and a quota outlasts its device or is there before it.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "mock.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

/* Names that say which device is meant while it is away. */
#define DEVICE "platform:vgem"
#define MOCK_DEVICE "platform:vgpu_mock_drm"

static int vgem(const char *what)
{
	char out[1024];
	int ret;

	if (!strcmp(what, "load"))
		ret = RUN(out, sizeof(out), "modprobe", "vgem");
	else
		ret = RUN(out, sizeof(out), "modprobe", "-r", "vgem");
	if (ret)
		note("%s vgem: %s", what, out);
	return ret;
}

static void binds(uint64_t quota, const char *when)
{
	int err, fd = drm_open("vgem");

	cg_enter("/a");
	is(drm_fill(fd, MIB / 4, &err), quota, "%s: the quota fits", when);
	cg_leave();
	is(-err, ENOMEM, "%s: then it is ENOMEM", when);
	is(live("/a"), quota, "%s: as much is held", when);
	close(fd);
	is(live_settled("/a", 0), 0, "%s: closed, nothing is held", when);
	is(charged_settled("/a", DEVICE, 0), 0, "%s: or charged", when);
}

/*
 * What the mock makes cannot be refused where it is born, as vgem's can, but
 * only by its own ioctl: the quota binds there if that was taken again.
 */
static void own_ioctl(const char *when)
{
	uint32_t handle;
	int fd;

	mock_load();
	fd = drm_open(MOCK);
	cg_enter("/a");
	is(mock_create(fd, MIB, AMDGPU_GEM_DOMAIN_VRAM, &handle), 0,
	   "a driver with ioctls of its own, %s: the quota fits", when);
	is(-mock_create(fd, PAGE, AMDGPU_GEM_DOMAIN_VRAM, &handle), ENOMEM,
	   "a driver with ioctls of its own, %s: then it is ENOMEM", when);
	cg_leave();
	is(live("/a"), MIB,
	   "a driver with ioctls of its own, %s: as much is held", when);
	close(fd);
	is(live_settled("/a", 0), 0,
	   "a driver with ioctls of its own, %s: closed, nothing is held",
	   when);
	mock_unload();
}

int main(void)
{
	unsigned int i, n, bad = 0;
	int fd;

	setup("reload");
	cg_create("/a");
	quota_set("/a", DEVICE, MIB);
	binds(MIB, "at first");

	fd = drm_open("vgem");
	ok(vgem("unload") != 0, "a driver with an open file cannot go");
	close(fd);
	is(vgem("unload"), 0, "without one it can");
	ok(!drm_present("vgem"), "it is gone");
	is(vgem("load"), 0, "it comes again");
	binds(MIB, "come again");

	is(vgem("unload"), 0, "it goes once more");
	quota_set("/a", DEVICE, 2 * MIB);
	is(vgem("load"), 0, "it comes to a quota set while it was away");
	binds(2 * MIB, "changed while away");

	is(vgem("unload"), 0, "it goes");
	is(vgpu_unload(NULL, 0), 0, "and vgpu too");
	is(vgpu_load(), 0, "vgpu comes first");
	quota_set("/a", DEVICE, 3 * MIB);
	is(vgem("load"), 0, "then the driver");
	binds(3 * MIB, "never seen before");

	quota_set("/a", MOCK_DEVICE, MIB);
	own_ioctl("at first");
	own_ioctl("come again");

	n = loops(200, 20);
	for (i = 0; i < n; i++)
		bad += vgem("unload") || vgem("load");
	is(bad, 0, "it goes and comes %u times", n);
	binds(3 * MIB, "after all that");
	return finish();
}
