// SPDX-License-Identifier: GPL-2.0
/*
 * A quota binds its cgroup and nobody else: a sibling allocates on while
 * another is refused, a process outside is not bound at all, and a quota on
 * one device says nothing about another.
 */
#include <errno.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define QUOTA (2 * MIB)

/* Says how far it got, and stays there until told to go. */
static pid_t filler(const char *cg, uint64_t bytes, int to, int from)
{
	pid_t pid = cg_fork(cg);
	uint64_t got;
	char c;
	int err;

	if (pid)
		return pid;
	got = drm_fill(drm_open("vgem"), bytes, &err);
	if (write(to, &got, sizeof(got)) < 0 || read(from, &c, 1) < 0)
		_exit(1);
	_exit(err != -ENOMEM);
}

int main(void)
{
	int said[2], go[2], vgem, virtio, err;
	const char *card;
	uint32_t handle;
	uint64_t got = 0;
	pid_t pid;

	setup("siblings");
	card = drm_card("vgem");
	cg_create("/a");
	cg_create("/b");
	cg_create("/free");
	quota_set("/a", card, QUOTA);
	quota_set("/b", card, 2 * QUOTA);
	if (pipe(said) || pipe(go))
		bail("pipe");

	pid = filler("/a", MIB / 4, said[1], go[0]);
	if (read(said[0], &got, sizeof(got)) != sizeof(got))
		bail("no word from the filler");
	is(got, QUOTA, "one cgroup fills its quota");
	is(live("/a"), QUOTA, "and holds it");

	vgem = drm_open("vgem");
	virtio = drm_open("virtio_gpu");
	cg_enter("/b");
	is(drm_fill(vgem, MIB / 4, &err), 2 * QUOTA,
	   "its sibling has all of its own");
	is(live("/b"), 2 * QUOTA, "and holds it");
	is(-err, ENOMEM, "then it is refused as well");
	cg_enter("/free");
	is(drm_dumb(vgem, 64 * MIB, &handle), 0,
	   "a cgroup without a quota has no limit");
	cg_leave();
	is(drm_dumb(vgem, 64 * MIB, &handle), 0, "nor has a task in no cgroup");

	cg_enter("/b");
	is(drm_dumb(virtio, MIB, &handle), 0,
	   "a quota on one device does not bind on another");
	is(live("/b"), 2 * QUOTA + MIB, "where the object is");
	is(-drm_dumb(vgem, PAGE, &handle), ENOMEM, "and still binds on its own");
	cg_leave();

	close(vgem);
	close(virtio);
	is(live_settled("/b", 0), 0, "the sibling's objects go");
	is(live("/a"), QUOTA, "the first one's stay");
	if (write(go[1], "", 1) != 1)
		bail("write");
	is(cg_wait(pid), 0, "the first one was refused with ENOMEM");
	is(live_settled("/a", 0), 0, "and leaves nothing");
	is(peak("/a"), QUOTA, "the first one never had a byte more");
	return finish();
}
