// SPDX-License-Identifier: GPL-2.0
/*
 * A DRM driver that nothing is known of: each object that it makes is charged
 * as it appears, and taken back where the quota has no room for it.
 */
#include <errno.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "mock.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define STRANGER	"stranger"
#define QUOTA		(4 * MIB)

static int vram(int fd, uint64_t bytes, uint32_t *handle)
{
	return mock_create(fd, bytes, AMDGPU_GEM_DOMAIN_VRAM, handle);
}

static void binds(const char *what, const char *card,
		  int (*make)(int fd, uint64_t bytes, uint32_t *handle))
{
	int i, err = 0, fd = drm_open(STRANGER);
	uint32_t handle;

	cg_enter("/a");
	for (i = 0; i < 16 && !err; i++)
		err = make(fd, MIB, &handle);
	cg_leave();
	is(-err, ENOMEM, "%s: refused with ENOMEM", what);
	is(live_settled("/a", QUOTA), QUOTA, "%s: the quota is held, no more",
	   what);
	is(mock_live("vram"), QUOTA, "%s: as the driver says, too", what);
	is(charged("/a", card), QUOTA, "%s: and charged", what);
	is(make(fd, MIB, &handle), 0, "%s: others are not refused", what);
	close(fd);
	is(live_settled("/a", 0), 0, "%s: closed, nothing is held", what);
	is(charged_settled("/a", card, 0), 0, "%s: or charged", what);
}

int main(void)
{
	const char *card;

	setup("untabled");
	if (RUN(NULL, 0, "modprobe", "vgpu_mock_drm", "name=" STRANGER))
		bail("modprobe vgpu_mock_drm");
	card = drm_card(STRANGER);
	cg_create("/a");
	quota_set("/a", card, QUOTA);
	binds("an ioctl of its own", card, vram);
	binds("a dumb buffer", card, drm_dumb);
	mock_unload();
	return finish();
}
