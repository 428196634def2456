// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

int run(char *out, size_t size, const char *const argv[])
{
	char sink[4096];
	size_t used = 0;
	int fds[2];
	ssize_t n;
	pid_t pid;

	if (pipe(fds))
		bail("pipe");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(fds[1]);
	while ((n = read(fds[0], sink, sizeof(sink))) > 0) {
		if (out && used + n < size) {
			memcpy(out + used, sink, n);
			used += n;
		}
	}
	close(fds[0]);
	if (out)
		out[used] = '\0';
	return cg_wait(pid);
}

void quota_set(const char *cg, const char *device, uint64_t bytes)
{
	char path[256], size[32] = "max", out[1024];

	if (bytes != UNLIMITED)
		snprintf(size, sizeof(size), "%" PRIu64, bytes);
	if (RUN(out, sizeof(out), "vgpu-tool", "group", "set",
		cg_path(cg, path), "--device", device, "--memory", size))
		bail("vgpu-tool group set %s %s: %s", path, size, out);
}

uint64_t charged(const char *cg, const char *device)
{
	static const char key[] = "\"charged\":";
	char path[256], out[8192];
	char *s;

	if (RUN(out, sizeof(out), "vgpu-tool", "-j", "stat",
		cg_path(cg, path), "--device", device))
		bail("vgpu-tool stat %s: %s", path, out);
	s = strstr(out, key);
	return s ? strtoull(s + strlen(key), NULL, 10) : 0;
}

uint64_t charged_settled(const char *cg, const char *device, uint64_t want)
{
	uint64_t got = charged(cg, device);
	int i;

	for (i = 0; i < 100 && got != want; i++) {
		usleep(10000);
		got = charged(cg, device);
	}
	return got;
}

int vgpu_load(void)
{
	return RUN(NULL, 0, "modprobe", "vgpu");
}

int vgpu_unload(char *out, size_t size)
{
	return RUN(out, size, "modprobe", "-r", "vgpu_drm", "vgpu");
}

unsigned int loops(unsigned int longest, unsigned int full)
{
	const char *which = getenv("VGPU_LOOPS");
	unsigned int n = full;

	if (which && !strcmp(which, "long"))
		n = longest;
	else if (which && !strcmp(which, "debug"))
		n = (full + 9) / 10;
	note("loops: %u/%u", n, longest);
	return n;
}

void setup(const char *test)
{
	/* The observer first: it must see every birth. */
	if (RUN(NULL, 0, "modprobe", "observer"))
		bail("modprobe observer");
	if (RUN(NULL, 0, "modprobe", "vgem"))
		bail("modprobe vgem");
	if (vgpu_load())
		bail("modprobe vgpu");
	cg_setup(test);
}

int finish(void)
{
	observer_check();
	cg_teardown();
	return done();
}
