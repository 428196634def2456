// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "cgroup.h"
#include "observer.h"
#include "tap.h"

#define OBSERVER "/sys/kernel/debug/observer/"

void observer_check(void)
{
	uint64_t lost = 1;
	FILE *f = fopen(OBSERVER "lost", "re");

	if (!f || fscanf(f, "%" SCNu64, &lost) != 1)
		bail(OBSERVER "lost: is observer.ko loaded?");
	fclose(f);
	is(lost, 0, "the observer saw everything");
}

/* A cgroup that the observer has no line for never held anything. */
static bool row(const char *name, uint64_t id, uint64_t v[3])
{
	FILE *f = fopen(name, "re");
	bool found = false;
	uint64_t got;

	if (!f)
		bail("%s: is observer.ko loaded?", name);
	memset(v, 0, 3 * sizeof(*v));
	while (!found && fscanf(f, "%" SCNu64 " %" SCNu64 " %" SCNu64
				" %" SCNu64, &got, &v[0], &v[1], &v[2]) == 4)
		found = got == id;
	fclose(f);
	if (!found)
		memset(v, 0, 3 * sizeof(*v));
	return found;
}

struct seen observe_id(uint64_t id)
{
	uint64_t b[3], w[3];

	row(OBSERVER "bytes", id, b);
	row(OBSERVER "work", id, w);
	return (struct seen){ b[0], b[1], b[2], w[0], w[1], w[2] };
}

struct seen observe(const char *cg)
{
	return observe_id(cg_id(cg));
}

uint64_t live(const char *cg)
{
	uint64_t b[3];

	row(OBSERVER "bytes", cg_id(cg), b);
	return b[0];
}

uint64_t peak(const char *cg)
{
	uint64_t b[3];

	row(OBSERVER "bytes", cg_id(cg), b);
	return b[2];
}

void peak_reset(const char *cg)
{
	FILE *f = fopen(OBSERVER "reset_peak", "we");

	if (!f || fprintf(f, "%" PRIu64, cg_id(cg)) < 0 || fclose(f))
		bail(OBSERVER "reset_peak");
}

uint64_t live_settled(const char *cg, uint64_t want)
{
	uint64_t got = live(cg);
	int i;

	for (i = 0; i < 300 && got != want; i++) {
		usleep(10000);
		got = live(cg);
	}
	return got;
}
