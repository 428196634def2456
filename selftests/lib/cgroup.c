// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "tap.h"

#define MADE_MAX 128

static char root[128];		/* where cgroup2 is mounted */
static char base[64];		/* the test's own cgroup, below root */
static char made[MADE_MAX][256];
static unsigned int nr_made;

static void root_find(void)
{
	char line[512], where[128], type[32];
	FILE *f = fopen("/proc/mounts", "re");

	if (!f)
		bail("/proc/mounts");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %127s %31s", where, type) == 2 &&
		    !strcmp(type, "cgroup2"))
			snprintf(root, sizeof(root), "%s", where);
	fclose(f);
	if (!root[0])
		bail("no cgroup2 is mounted");
}

const char *cg_dir(const char *path, char buf[static 256])
{
	snprintf(buf, 256, "%s%s%s", root, base, path);
	return buf;
}

const char *cg_path(const char *path, char buf[static 256])
{
	snprintf(buf, 256, "%s%s", base, path);
	return buf;
}

bool file_write(const char *path, const char *text)
{
	size_t size = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, size) == (ssize_t)size;

	if (fd >= 0)
		close(fd);
	return done;
}

bool cg_write(const char *path, const char *file, const char *text)
{
	char at[300], dir[256];

	snprintf(at, sizeof(at), "%s/%s", cg_dir(path, dir), file);
	return file_write(at, text);
}

void cg_setup(const char *test)
{
	root_find();
	snprintf(base, sizeof(base), "/selftest-%s-%d", test, getpid());
	cg_create("");
	at_bail(cg_teardown);
}

void cg_teardown(void)
{
	cg_leave();
	cg_kill("");
	while (nr_made) {
		char dir[300];

		snprintf(dir, sizeof(dir), "%s%s", root, made[--nr_made]);
		/* Some were removed by the test. */
		if (rmdir(dir) && errno != ENOENT)
			note("%s stays: %s", dir, strerror(errno));
	}
}

void cg_create(const char *path)
{
	char dir[256];

	if (nr_made == MADE_MAX)
		bail("more than %d cgroups", MADE_MAX);
	if (mkdir(cg_dir(path, dir), 0755))
		bail("mkdir %s", dir);
	snprintf(made[nr_made++], sizeof(made[0]), "%s%s", base, path);
}

/* So that a test may make and remove one over and over. */
static void forget(const char *path)
{
	char name[128];
	unsigned int i;

	snprintf(name, sizeof(name), "%s%s", base, path);
	for (i = nr_made; i--;) {
		if (strcmp(made[i], name))
			continue;
		nr_made--;
		memmove(made[i], made[i + 1],
			(nr_made - i) * sizeof(made[0]));
		return;
	}
}

bool cg_remove(const char *path)
{
	char dir[256];
	int i;

	/* A killed task may take a moment to leave it. */
	for (i = 0; i < 200; i++) {
		if (!rmdir(cg_dir(path, dir))) {
			forget(path);
			return true;
		}
		if (errno != EBUSY)
			return false;
		usleep(10000);
	}
	return false;
}

void cg_enter(const char *path)
{
	if (!cg_write(path, "cgroup.procs", "0"))
		bail("%s/cgroup.procs", path);
}

void cg_leave(void)
{
	char file[160];

	snprintf(file, sizeof(file), "%s/cgroup.procs", root);
	if (!file_write(file, "0"))
		bail("%s", file);
}

void cg_freeze(const char *path, bool frozen)
{
	if (!cg_write(path, "cgroup.freeze", frozen ? "1" : "0"))
		bail("%s/cgroup.freeze", path);
}

void cg_kill(const char *path)
{
	if (!cg_write(path, "cgroup.kill", "1"))
		return;
	while (waitpid(-1, NULL, 0) > 0)
		;
}

uint64_t cg_id(const char *path)
{
	struct stat st;
	char dir[256];

	if (stat(cg_dir(path, dir), &st))
		bail("stat %s", dir);
	return st.st_ino;
}

pid_t cg_fork(const char *path)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		cg_enter(path);
	}
	return pid;
}

int cg_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			bail("waitpid %d", pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
		WEXITSTATUS(status);
}
