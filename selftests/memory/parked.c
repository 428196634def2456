// SPDX-License-Identifier: GPL-2.0
/*
 * A call is parked inside the driver, below a handler of vgpu's. Nobody waits
 * for it: a detach names it when its deadline is over, rmmod says that vgpu
 * is in use. When the call ends, or is killed, all goes, and nothing is left.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "mock.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define SIZE	MIB
#define QUOTA	(4 * MIB)

static int vram(int fd, uint64_t bytes, uint32_t *handle)
{
	return mock_create(fd, bytes, AMDGPU_GEM_DOMAIN_VRAM, handle);
}

static const struct parking {
	const char *name;
	int (*make)(int fd, uint64_t bytes, uint32_t *handle);
	const char *point;
	enum mock_park where;
	bool killed;
} parkings[] = {
	{ "GEM_CREATE before", vram, "AMDGPU_GEM_CREATE",
	  MOCK_PARK_BEFORE, false },
	{ "GEM_CREATE after", vram, "AMDGPU_GEM_CREATE",
	  MOCK_PARK_AFTER, true },
	{ "dumb before", drm_dumb, "drm_mode_create_dumb_ioctl",
	  MOCK_PARK_BEFORE, true },
	{ "dumb after", drm_dumb, "drm_mode_create_dumb_ioctl",
	  MOCK_PARK_AFTER, false },
};

static const char *card;

/* Makes an object, says so, and holds it until it is told to go. */
static pid_t caller(const struct parking *p, int go)
{
	pid_t pid = cg_fork("/a");
	uint32_t handle;
	char c;
	int fd;

	if (pid)
		return pid;
	fd = drm_open(MOCK);
	if (p->make(fd, SIZE, &handle) || read(go, &c, 1) != 1)
		_exit(1);
	_exit(0);
}

/* Ends within a minute, whatever it says. */
static int ends(const struct parking *p, const char *what, char out[4096],
		const char *command)
{
	int ret = run(out, 4096, (const char *const[]){
		"timeout", "-s", "KILL", "60", "sh", "-c", command, NULL });

	ok(ret != 124 && ret != 137, "%s: %s ends", p->name, what);
	return ret;
}

/* What an operator can do while the call is parked. */
static void stuck(const struct parking *p, pid_t pid, int fd, uint32_t handle)
{
	char out[4096], who[32];

	cg_enter("/a");
	is(-mock_op(fd, AMDGPU_GEM_OP_SET_PLACEMENT, handle), EOPNOTSUPP,
	   "%s: routes are closed", p->name);
	cg_leave();
	is(ends(p, "detach", out, "vgpu-tool driver detach amdgpu --deadline 300"),
	   1, "%s: detach says that it did not finish", p->name);
	snprintf(who, sizeof(who), "%d", pid);
	ok(strstr(out, who), "%s: it names the process", p->name);
	ok(strstr(out, p->point), "%s: and where it is", p->name);
	cg_enter("/a");
	is(mock_op(fd, AMDGPU_GEM_OP_SET_PLACEMENT, handle), 0,
	   "%s: from then on, calls pass", p->name);
	cg_leave();
	/* Or the kernel may hang in what follows. */
	if (!ok(ends(p, "rmmod", out, "rmmod vgpu_drm"), "%s: rmmod refuses",
		p->name))
		bail("%s: the code that the call returns to is gone", p->name);
	ok(strstr(out, "in use"), "%s: for it is in use", p->name);
	ok(ends(p, "modprobe -r", out,
		"exec modprobe -r $(ls /sys/module/vgpu/holders) vgpu"),
	   "%s: so does modprobe -r", p->name);
	is(mock_get("parked"), 1, "%s: the call is where it was", p->name);
}

static void park(const struct parking *p)
{
	uint64_t made = p->where == MOCK_PARK_AFTER ? SIZE : 0;
	int go[2], fd = drm_open(MOCK);
	uint32_t handle = 0;
	char out[4096];
	pid_t pid;

	if (pipe(go) || mock_create(fd, PAGE, AMDGPU_GEM_DOMAIN_GTT, &handle))
		bail("%s", p->name);
	quota_set("/a", card, QUOTA);
	mock_set("park", p->where);
	pid = caller(p, go[0]);
	is(mock_parked(1), 1, "%s: a call is parked", p->name);
	is(live("/a"), made, "%s: what it made counts", p->name);
	is(charged("/a", card), SIZE, "%s: what it is going to hold is charged",
	   p->name);
	stuck(p, pid, fd, handle);

	if (p->killed)
		kill(pid, SIGKILL);
	else
		mock_set("park", MOCK_PARK_NOWHERE);
	is(mock_parked(0), 0, "%s: the call ends", p->name);
	if (p->killed)
		is(cg_wait(pid), 128 + SIGKILL, "%s: killed", p->name);
	mock_set("park", MOCK_PARK_NOWHERE);
	is(live_settled("/a", p->killed ? 0 : SIZE), p->killed ? 0 : SIZE,
	   "%s: what is left of it", p->name);
	is(ends(p, "detach", out, "vgpu-tool driver detach amdgpu"), 0,
	   "%s: now detach succeeds", p->name);
	is(vgpu_unload(NULL, 0), 0, "%s: and rmmod", p->name);

	is(vgpu_load(), 0, "%s: vgpu comes back", p->name);
	is(charged("/a", card), p->killed ? 0 : SIZE,
	   "%s: and finds what is held", p->name);
	if (!p->killed) {
		is(write(go[1], "", 1), 1, "%s: the caller goes", p->name);
		is(cg_wait(pid), 0, "%s: it had its object", p->name);
	}
	close(go[0]);
	close(go[1]);
	close(fd);
	is(mock_settled(0), 0, "%s: nothing is held", p->name);
	is(charged_settled("/a", card, 0), 0, "%s: nothing is charged",
	   p->name);
}

/* Pages that the mock makes of units: all but 16 KiB of what 63 bits count. */
#define ABSURD	((1ull << 51) - 4)

/*
 * Who has no quota asks for more than anybody has, and its call is held up in
 * the driver. That leaves no less room to others.
 */
static void absurd(void)
{
	uint32_t handle;
	int fd, ret;
	pid_t pid;

	cg_create("/free");
	quota_set("/a", card, QUOTA);
	mock_set("park", MOCK_PARK_BEFORE);
	pid = cg_fork("/free");
	if (!pid)
		_exit(-mock_create(drm_open(MOCK), ABSURD,
				   AMDGPU_GEM_DOMAIN_GDS, &handle));
	usleep(500000);
	cg_enter("/a");
	fd = drm_open(MOCK);
	ret = mock_va(fd, AMDGPU_VA_OP_MAP, 0);
	cg_leave();
	is(ret, 0, "absurd: what fits into a quota is to be had");
	is(mock_get("parked"), 1, "absurd: the driver gets the call");
	mock_set("park", MOCK_PARK_NOWHERE);
	is(cg_wait(pid), 0, "absurd: and says what it makes of it");
	close(fd);
	is(mock_settled(0), 0, "absurd: nothing is held");
}

int main(void)
{
	unsigned int i;

	setup("parked");
	mock_load();
	card = drm_card(MOCK);
	cg_create("/a");
	for (i = 0; i < sizeof(parkings) / sizeof(parkings[0]); i++)
		park(&parkings[i]);
	absurd();
	mock_unload();
	return finish();
}
