// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdbool.h>
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

static void set_word(const char *cg, const char *device, const char *which,
		     const char *word)
{
	char path[256], out[1024];

	if (RUN(out, sizeof(out), "vgpu-tool", "group", "set",
		cg_path(cg, path), "--device", device, which, word))
		bail("vgpu-tool group set %s %s: %s", path, word, out);
}

static void set(const char *cg, const char *device, const char *which,
		uint64_t bytes)
{
	char size[32] = "max";

	if (bytes != UNLIMITED)
		snprintf(size, sizeof(size), "%" PRIu64, bytes);
	set_word(cg, device, which, size);
}

void quota_set(const char *cg, const char *device, uint64_t bytes)
{
	set(cg, device, "--memory", bytes);
}

void quota_set_system(const char *cg, const char *device, uint64_t bytes)
{
	set(cg, device, "--memory-system", bytes);
}

void quota_set_managed(const char *cg, const char *device, const char *policy)
{
	set_word(cg, device, "--managed", policy);
}

void quota_set_time(const char *cg, const char *device, const char *option,
		    const char *value)
{
	set_word(cg, device, option, value);
}

void group_freeze(const char *cg, bool frozen)
{
	const char *verb = frozen ? "freeze" : "thaw";
	char path[256], out[1024] = "";

	is(RUN(out, sizeof(out), "vgpu-tool", "group", verb,
	       cg_path(cg, path)), 0, "%s %s: %s", verb, cg, out);
}

/* The number at a key, in the text of a JSON object up to @end. */
static bool number(const char *json, const char *end, const char *key,
		   uint64_t *value)
{
	char quoted[64];
	const char *s;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	s = strstr(json, quoted);
	if (!s || s > end)
		return false;
	*value = strtoull(s + strlen(quoted), NULL, 10);
	return true;
}

static uint64_t device_id(const char *device)
{
	char out[4096];
	uint64_t id;

	if (RUN(out, sizeof(out), "vgpu-tool", "-j", "device", "show", device))
		bail("vgpu-tool device show %s: %s", device, out);
	if (!number(out, out + strlen(out), "id", &id))
		bail("no id in %s", out);
	return id;
}

/* A group that vgpu has no row for never held or was refused anything. */
uint64_t stat_of(const char *cg, const char *device, const char *key)
{
	uint64_t want = device_id(device), cgroup = cg_id(cg), id, value;
	static char out[1 << 20];
	char path[256];
	const char *row, *end;

	if (RUN(out, sizeof(out), "vgpu-tool", "-j", "stat",
		cg_path(cg, path)))
		bail("vgpu-tool stat %s: %s", path, out);
	for (row = strchr(out, '{'); row; row = strchr(end, '{')) {
		end = strchr(row, '}');
		if (!end)
			break;
		if (!number(row, end, "cgroup_id", &id) || id != cgroup ||
		    !number(row, end, "device_id", &id) || id != want)
			continue;
		if (!number(row, end, key, &value))
			bail("no %s in %s", key, row);
		return value;
	}
	return 0;
}

uint64_t kernel_memory(const char *cg)
{
	static char out[65536];
	char path[256];
	uint64_t bytes;

	if (RUN(out, sizeof(out), "vgpu-tool", "-j", "group", "show",
		cg_path(cg, path)))
		bail("vgpu-tool group show %s: %s", path, out);
	if (!number(out, out + strlen(out), "kernel_memory", &bytes))
		bail("no kernel_memory in %s", out);
	return bytes;
}

void kernel_memory_set(const char *cg, uint64_t bytes)
{
	char path[256], size[32], out[1024];

	snprintf(size, sizeof(size), "%" PRIu64, bytes);
	if (RUN(out, sizeof(out), "vgpu-tool", "group", "set",
		cg_path(cg, path), "--kernel-memory", size))
		bail("vgpu-tool group set %s %s: %s", path, size, out);
}

unsigned int route_refused(const char *driver, const char *route,
			   const char *state)
{
	char out[8192], name[64], is_in[16];
	unsigned int n;
	const char *s;

	if (RUN(out, sizeof(out), "vgpu-tool", "driver", "list", driver))
		bail("vgpu-tool driver list: %s", out);
	snprintf(name, sizeof(name), "route %s ", route);
	s = strstr(out, name);
	if (!s || sscanf(s + strlen(name), "%15s %u refused", is_in, &n) != 2 ||
	    strcmp(is_in, state))
		bail("no %s%s in %s", name, state, out);
	return n;
}

uint64_t charged(const char *cg, const char *device)
{
	return stat_of(cg, device, "memory_charged");
}

uint64_t stat_settled(const char *cg, const char *device, const char *key,
		      uint64_t want)
{
	uint64_t got = stat_of(cg, device, key);
	int i;

	for (i = 0; i < 100 && got != want; i++) {
		usleep(10000);
		got = stat_of(cg, device, key);
	}
	return got;
}

uint64_t charged_settled(const char *cg, const char *device, uint64_t want)
{
	return stat_settled(cg, device, "memory_charged", want);
}

int vgpu_load(void)
{
	return RUN(NULL, 0, "modprobe", "vgpu");
}

/* The backends first; which those are is not ours to know. */
int vgpu_unload(char *out, size_t size)
{
	return RUN(out, size, "sh", "-c",
		   "exec modprobe -r $(ls /sys/module/vgpu/holders) vgpu");
}

void insmod(const char *path)
{
	static const char script[] =
		"for m in $(modinfo -F depends \"$0\" | tr , ' '); do"
		" [ -e /sys/module/$m ] || modprobe $m || exit; done;"
		" exec insmod \"$0\"";
	char out[4096];

	if (RUN(out, sizeof(out), "sh", "-c", script, path))
		bail("insmod %s: %s", path, out);
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
