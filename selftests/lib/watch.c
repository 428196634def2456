// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "quota.h"
#include "tap.h"
#include "watch.h"

#define TRIES	50	/* of 100 ms */

static char path[32];
static pid_t watcher;

/* The sum of "count" of the events that fit. */
static unsigned int count(const char *fits)
{
	char script[1024], out[64] = "";

	snprintf(script, sizeof(script),
		 "jq -R 'fromjson? | select(%s) | .count' %s |"
		 " jq -s 'add // 0'", fits, path);
	if (RUN(out, sizeof(out), "sh", "-c", script))
		bail("no events: %s", out);
	return strtoul(out, NULL, 0);
}

static unsigned int settled(const char *fits, unsigned int want)
{
	unsigned int i, n = count(fits);

	for (i = 0; i < TRIES && n < want; i++) {
		usleep(100000);
		n = count(fits);
	}
	return n;
}

void watch_begin(void)
{
	unsigned int i;
	int fd;

	strcpy(path, "/tmp/watch.XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		bail("mkstemp");
	watcher = fork();
	if (watcher < 0)
		bail("fork");
	if (!watcher) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fd, STDOUT_FILENO);
		execlp("vgpu-tool", "vgpu-tool", "watch", NULL);
		_exit(127);
	}
	close(fd);
	/* Until it listens, there is nothing to wait for but an event itself. */
	cg_create("/watch");
	for (i = 0; i < TRIES; i++) {
		quota_set("/watch", "platform:watch", 4096);
		usleep(100000);
		if (count(".type == \"quota-changed\""))
			return;
	}
	bail("vgpu-tool watch hears nothing");
}

void watch_end(void)
{
	kill(watcher, SIGKILL);
	waitpid(watcher, NULL, 0);
	unlink(path);
}

unsigned int watch_denied(const char *cg, const char *driver,
			  const char *route, unsigned int want)
{
	char fits[768], buf[256];

	snprintf(fits, sizeof(fits),
		 ".type == \"denied\" and .cgroup == \"%s\" and"
		 " .driver == \"%s\" and .route == \"%s\"",
		 cg_path(cg, buf), driver, route);
	return settled(fits, want);
}
