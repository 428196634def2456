// SPDX-License-Identifier: GPL-2.0
/*
 * Work whose end no fence would tell is refused to groups whose time is bound,
 * before the driver sees it, and to nobody else. The driver of a virtio-gpu
 * without 3D says ENOSYS to whatever reaches it.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "quota.h"
#include "tap.h"

#define DRIVER "virtio_gpu"
#define RING_IDX 0x04	/* VIRTGPU_EXECBUF_RING_IDX, not in every header */

static int fd;

static int submit(const char *cg, uint32_t flags, uint32_t buffers)
{
	uint32_t handles[1] = { 0 };
	struct drm_virtgpu_execbuffer args = {
		.flags = flags,
		.bo_handles = (uintptr_t)handles,
		.num_bo_handles = buffers,
		.fence_fd = -1,
	};
	int err;

	cg_enter(cg);
	err = ioctl(fd, DRM_IOCTL_VIRTGPU_EXECBUFFER, &args) ? errno : 0;
	cg_leave();
	return err;
}

static unsigned int refused(void)
{
	return route_refused(DRIVER, "VIRTGPU_EXECBUFFER", "enforced");
}

static void passes(const char *cg, const char *who)
{
	is(submit(cg, 0, 0), ENOSYS, "%s: work without a fence passes", who);
}

static void closed(const char *cg, const char *who)
{
	unsigned int before = refused();

	is(submit(cg, 0, 0), EOPNOTSUPP, "%s: none without a fence", who);
	is(refused(), before + 1, "%s: that is counted", who);
	is(submit(cg, RING_IDX, 0), EOPNOTSUPP,
	   "%s: a ring may have none", who);
	is(submit(cg, VIRTGPU_EXECBUF_FENCE_FD_OUT, 0), ENOSYS,
	   "%s: but with one for the tenant", who);
	is(submit(cg, 0, 1), ENOSYS, "%s: or for buffers", who);
	is(refused(), before + 2, "%s: which is not counted", who);
}

int main(void)
{
	const char *card;

	setup("unfenced");
	card = drm_card(DRIVER);
	fd = drm_open(DRIVER);
	cg_create("/free");
	cg_create("/memory");
	cg_create("/other");
	cg_create("/a");
	cg_create("/a/child");
	quota_set("/memory", card, 64 * MIB);
	quota_set_time("/other", drm_card("vgem"), "--max", "50%");
	passes("/a", "nothing set");
	quota_set_time("/a", card, "--weight", "70");
	closed("/a", "a weight");
	closed("/a/child", "an ancestor's");
	passes("/free", "no quota");
	passes("/memory", "a quota on memory");
	passes("/other", "a cap on another device");
	quota_set_time("/a", card, "--weight", "default");
	passes("/a/child", "lifted");
	quota_set_time("/a", card, "--max", "50%");
	closed("/a", "a cap");
	close(fd);
	return finish();
}
