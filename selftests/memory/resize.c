// SPDX-License-Identifier: GPL-2.0
/*
 * A quota changes under a running process: raised, it lets the next object
 * pass without a restart; lowered below what is held, it takes nothing away
 * and admits nothing until enough was freed.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define STEP (MIB / 2)

/* Takes whatever it can get, for ever. */
static pid_t glutton(void)
{
	pid_t pid = cg_fork("/a");
	uint32_t handle;
	int fd;

	if (pid)
		return pid;
	fd = drm_open("vgem");
	while (drm_dumb(fd, STEP, &handle) != 0 || live("/a") < 64 * MIB)
		usleep(1000);
	_exit(0);
}

static void running(const char *card)
{
	pid_t pid;

	quota_set("/a", card, 2 * MIB);
	pid = glutton();
	is(live_settled("/a", 2 * MIB), 2 * MIB, "a process fills its quota");
	quota_set("/a", card, 5 * MIB);
	is(live_settled("/a", 5 * MIB), 5 * MIB,
	   "raised, it goes on to the new one");
	quota_set("/a", card, 3 * MIB);
	usleep(100000);
	is(live("/a"), 5 * MIB, "lowered, it keeps what it has");
	quota_set("/a", card, 7 * MIB);
	is(live_settled("/a", 7 * MIB), 7 * MIB, "raised again, it goes on");
	is(peak("/a"), 7 * MIB, "at no time was there a byte more");
	kill(pid, SIGKILL);
	is(cg_wait(pid), 128 + SIGKILL, "it ran all the time");
	is(live_settled("/a", 0), 0, "killed, it leaves nothing");
}

static void lowered(const char *card)
{
	uint32_t handles[8], extra;
	int i, fd = drm_open("vgem"), made = 0;

	quota_set("/a", card, 4 * MIB);
	cg_enter("/a");
	for (i = 0; i < 8; i++)
		made += !drm_dumb(fd, STEP, &handles[i]);
	is(made, 8, "the quota is full");
	quota_set("/a", card, 2 * MIB);
	is(-drm_dumb(fd, PAGE, &extra), ENOMEM, "above a lowered quota: ENOMEM");
	for (i = 0; i < 4; i++)
		drm_close(fd, handles[i]);
	is(live_settled("/a", 2 * MIB), 2 * MIB, "half is freed");
	is(-drm_dumb(fd, PAGE, &extra), ENOMEM, "at the lowered quota: ENOMEM");
	drm_close(fd, handles[4]);
	live_settled("/a", 2 * MIB - STEP);
	is(drm_dumb(fd, STEP, &extra), 0, "below it: what was freed fits");
	is(-drm_dumb(fd, PAGE, &extra), ENOMEM, "and nothing more");
	quota_set("/a", card, UNLIMITED);
	is(drm_dumb(fd, 32 * MIB, &extra), 0, "lifted, all passes");
	close(fd);
	cg_leave();
	is(live_settled("/a", 0), 0, "in the end nothing is held");
	is(charged_settled("/a", card, 0), 0, "and nothing charged");
}

int main(void)
{
	const char *card;

	setup("resize");
	card = drm_card("vgem");
	cg_create("/a");
	running(card);
	lowered(card);
	return finish();
}
