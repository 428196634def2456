// SPDX-License-Identifier: GPL-2.0
/*
 * Routes of a driver that are closed to a group with a quota on its device,
 * and open to all others: with EOPNOTSUPP, which a driver that has no such
 * route says, and counted. User-mode queues are closed to frozen groups, too.
 */
#include <errno.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "mock.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

static int fd;
static uint32_t handle;

static int move(void)
{
	return -mock_op(fd, AMDGPU_GEM_OP_SET_PLACEMENT, handle);
}

static int query(void)
{
	return -mock_op(fd, AMDGPU_GEM_OP_GET_GEM_CREATE_INFO, handle);
}

static int make_queue(void)
{
	return -mock_userq(fd, MOCK_USERQ_CREATE);
}

static int free_queue(void)
{
	return -mock_userq(fd, MOCK_USERQ_FREE);
}

static unsigned int refused(const char *route)
{
	return route_refused(MOCK, route, "denied");
}

static void all_pass(const char *cg, const char *who)
{
	cg_enter(cg);
	is(move(), 0, "%s: a buffer may be moved", who);
	is(query(), 0, "%s: and looked at", who);
	is(make_queue(), 0, "%s: a queue may be made", who);
	is(free_queue(), 0, "%s: and ended", who);
	cg_leave();
}

static void closed(const char *cg, const char *who)
{
	unsigned int moves = refused("AMDGPU_GEM_OP");
	unsigned int queues = refused("AMDGPU_USERQ");

	cg_enter(cg);
	is(move(), EOPNOTSUPP, "%s: no buffer may be moved", who);
	is(query(), 0, "%s: but looked at", who);
	is(make_queue(), EOPNOTSUPP, "%s: no queue may be made", who);
	is(free_queue(), 0, "%s: but ended", who);
	is(-mock_op(fd, 77, handle), EOPNOTSUPP,
	   "%s: what nobody knows is closed as well", who);
	cg_leave();
	is(refused("AMDGPU_GEM_OP"), moves + 2, "%s: that is counted", who);
	is(refused("AMDGPU_USERQ"), queues + 1, "%s: for queues too", who);
}

/* What a queue is given could not be held, so none is made meanwhile. */
static void frozen(const char *freeze, const char *cg, const char *who)
{
	char path[256];

	cg_path(freeze, path);
	if (RUN(NULL, 0, "vgpu-tool", "group", "freeze", path))
		bail("freeze");
	cg_enter(cg);
	is(move(), 0, "%s: a buffer may be moved", who);
	is(make_queue(), EOPNOTSUPP, "%s: no queue may be made", who);
	is(free_queue(), 0, "%s: but ended", who);
	cg_leave();
	if (RUN(NULL, 0, "vgpu-tool", "group", "thaw", path))
		bail("thaw");
}

int main(void)
{
	const char *card;

	setup("denied");
	mock_load();
	card = drm_card(MOCK);
	fd = drm_open(MOCK);
	if (mock_create(fd, PAGE, AMDGPU_GEM_DOMAIN_GTT, &handle))
		bail("mock_create");
	cg_create("/free");
	cg_create("/other");
	cg_create("/a");
	cg_create("/a/child");
	quota_set("/other", drm_card("vgem"), MIB);
	quota_set("/a", card, 64 * MIB);

	all_pass("/free", "no quota");
	all_pass("/other", "a quota on another device");
	closed("/a", "a quota");
	closed("/a/child", "an ancestor's");
	quota_set("/a", card, UNLIMITED);
	all_pass("/a", "lifted");
	quota_set_system("/a", card, MIB);
	closed("/a", "a quota on system memory");
	quota_set_system("/a", card, UNLIMITED);
	all_pass("/a/child", "lifted again");
	frozen("/free", "/free", "frozen without a quota");
	all_pass("/free", "thawed");
	frozen("/a", "/a/child", "an ancestor frozen");

	close(fd);
	is(mock_settled(0), 0, "nothing is left");
	mock_unload();
	return finish();
}
