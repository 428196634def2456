// SPDX-License-Identifier: GPL-2.0
/*
 * A quota on video memory, on every route to it, plain and wrapped: filled to
 * the last granule, refused with the driver's own word for it beyond, given
 * back by every way of ending. The heap of the mock driver is the judge.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define QUOTA	(8 * MIB)
#define STEP	(64 * KIB)
#define STEPS	(QUOTA / STEP)

static const char *const names[RM_ROUTES] = {
	[RM_ROUTE_ALLOC64] = "RM_ALLOC of 48 bytes",
	[RM_ROUTE_ALLOC32] = "RM_ALLOC of 32 bytes",
	[RM_ROUTE_HEAP_SIZE] = "heap control, size",
	[RM_ROUTE_HEAP_TILED] = "heap control, tiled",
	[RM_ROUTE_HEAP_RANGE] = "heap control, range",
};

static void fill(struct rm *rm, enum rm_route route, const char *how)
{
	uint32_t handles[STEPS], more, status;
	unsigned int n;

	for (n = 0; n < STEPS; n++)
		if (rm_alloc_vidmem(rm, STEP, route, &handles[n]))
			break;
	is(n, STEPS, "%s, %s: the quota fits", names[route], how);
	is(judge_used(0), QUOTA, "%s, %s: and is held", names[route], how);
	status = rm_alloc_vidmem(rm, STEP, route, &more);
	is(status, RM_NO_MEMORY, "%s, %s: one granule more is 0x51",
	   names[route], how);
	is(judge_used(0), QUOTA, "%s, %s: and changes nothing",
	   names[route], how);
	if (!n)
		return;
	is(rm_free(rm, handles[--n]), RM_OK, "%s, %s: one goes",
	   names[route], how);
	is(rm_alloc_vidmem(rm, STEP, route, &handles[n++]), RM_OK,
	   "%s, %s: another takes its place", names[route], how);
	while (n--)
		rm_free(rm, handles[n]);
	is(judge_used(0), 0, "%s, %s: all is given back", names[route], how);
	is(charged("/a", GPU0), 0, "%s, %s: and uncharged", names[route], how);
}

static void large(struct rm *rm)
{
	uint32_t handle;

	is(rm_alloc_vidmem(rm, QUOTA + 1, RM_ROUTE_ALLOC64, &handle),
	   RM_NO_MEMORY, "a byte too much at once is refused");
	is(rm_alloc_vidmem(rm, UINT64_MAX, RM_ROUTE_ALLOC64, &handle),
	   RM_NO_MEMORY, "and so is the most that can be said");
	is(rm_alloc_vidmem(rm, QUOTA, RM_ROUTE_ALLOC64, &handle), RM_OK,
	   "the quota at once fits");
	is(charged("/a", GPU0), QUOTA, "and is charged");
	rm_free(rm, handle);
}

/* Freeing what is above frees what is below. */
static void ends(void)
{
	uint32_t handle;
	struct rm rm;

	if (rm_client_open(&rm, 0))
		bail("no client");
	rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &handle);
	is(rm_free(&rm, rm.device), RM_OK, "the device is freed");
	is(charged_settled("/a", GPU0, 0), 0, "what lay below is uncharged");
	is(judge_used(0), 0, "as the driver has it");
	rm_client_close(&rm);

	if (rm_client_open(&rm, 0))
		bail("no client");
	rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &handle);
	is(rm_free(&rm, rm.root), RM_OK, "the client is freed");
	is(charged_settled("/a", GPU0, 0), 0, "what it had is uncharged");
	rm_client_close(&rm);

	if (rm_client_open(&rm, 0))
		bail("no client");
	rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &handle);
	is(charged("/a", GPU0), MIB, "a file is held open");
	rm_client_close(&rm);
	is(charged_settled("/a", GPU0, 0), 0, "closed, nothing is charged");
	is(judge_used(0), 0, "as the driver has it");
}

static int tenant(void *arg)
{
	struct rm rm;
	int route;

	if (!ok(!rm_client_open(&rm, 0), "a client in a group with a quota"))
		return 1;
	for (route = 0; route < RM_ROUTES; route++) {
		rm.wrapped = false;
		fill(&rm, route, "plain");
		rm.wrapped = true;
		fill(&rm, route, "wrapped");
	}
	rm.wrapped = false;
	large(&rm);
	rm_client_close(&rm);
	ends();
	return 0;
}

/* Once a client has used it, a GPU is known by each of its names. */
static void known_names(void)
{
	char out[4096];

	if (RUN(out, sizeof(out), "vgpu-tool", "-j", "device", "show", GPU0))
		bail("%s", out);
	ok(strstr(out, "\"nvidia0\"") && strstr(out, "\"GPU-"),
	   "node and UUID are among its names");
	ok(!RUN(NULL, 0, "vgpu-tool", "group", "set", cg_path("/a", out),
		"--device", "nvidia0", "--memory", "8M"),
	   "and a quota may name the node");
}

static int unlimited(void *arg)
{
	uint32_t handle;
	struct rm rm;

	if (rm_client_open(&rm, 0))
		return 1;
	if (rm_alloc_vidmem(&rm, 4 * QUOTA, RM_ROUTE_ALLOC64, &handle))
		return 2;
	if (charged("/b", GPU0) != 4 * QUOTA)
		return 3;
	rm_client_close(&rm);
	return 0;
}

int main(void)
{
	const char *params = getenv("MOCK") ?: "release=550";

	note("mock: %s", params);
	stage_setup("nvidia-limit", params);
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, QUOTA);

	/* In this process, so that its results are counted. */
	cg_enter("/a");
	tenant(NULL);
	cg_leave();
	is(judge_high(0), QUOTA, "never a byte more than the quota");
	known_names();
	ok(in_cgroup("/b", unlimited, NULL),
	   "a group without a quota has all of it, and is counted");
	return stage_finish();
}
