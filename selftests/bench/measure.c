// SPDX-License-Identifier: GPL-2.0
/* Rows, memory, clocks. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "tap.h"

static bool outside;

/* Numbers are printed with at most one digit behind the point. */
void row_print(const struct row *row)
{
	const char *kernel = getenv("VGPU_KERNEL");
	bool within = row->value <= row->budget;
	struct utsname host;

	uname(&host);
	printf("{\"row\":\"%s\",\"kernel\":\"%s\",\"release\":\"%s\","
	       "\"value\":%.1f,\"baseline\":%.1f,\"budget\":%.1f,"
	       "\"unit\":\"%s\",\"count\":%" PRIu64 ",\"within\":%s}\n",
	       row->name, kernel ? kernel : "", host.release, row->value,
	       row->baseline, row->budget, row->unit, row->count,
	       within ? "true" : "false");
	fflush(stdout);
	outside |= !within;
}

bool kernel_is_old(void)
{
	const char *kernel = getenv("VGPU_KERNEL");

	return kernel && !strcmp(kernel, "6.1");
}

bool rows_within(void)
{
	return !outside;
}

static uint64_t field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	if (!at)
		bail("/proc/meminfo has no %s", name);
	return strtoull(at + strlen(name), NULL, 10) * 1024;
}

/*
 * Bytes that the kernel and its processes hold, whatever for. What is only
 * cached or about to be freed is out of it: caches are dropped, and a second
 * of sleep, which is free under icount, lets RCU and work items finish.
 */
uint64_t memory_used(void)
{
	static char text[16384];
	int fd, i;
	ssize_t n;

	for (i = 0; i < 2; i++) {
		fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, "3", 1) != 1)
			bail("drop_caches");
		close(fd);
		sleep(1);
	}
	fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		bail("/proc/meminfo");
	close(fd);
	text[n] = '\0';
	return field(text, "MemTotal:") - field(text, "MemFree:");
}

/* The clock of the observer. */
uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}
