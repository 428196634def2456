// SPDX-License-Identifier: GPL-2.0
/*
 * A release of the driver that vgpu has not been taught: groups with a quota,
 * on whatever device, are refused, and that is told; others are not. What a
 * client has when its group gets a quota goes with its file.
 */
#include <stdlib.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

static int works(void *arg)
{
	uint32_t handle;
	struct rm rm;

	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &handle))
		return 1;
	if (judge_used(0) != MIB)
		return 2;
	rm_client_close(&rm);
	return 0;
}

/* In each of the ways in: 0 if none leads anywhere. */
static int refused(void *arg)
{
	struct rm rm;
	int i;

	for (i = 0; i < 2; i++) {
		if (rm_ctl_open(&rm))
			return 1;
		rm.wrapped = i;
		if (!rm_root(&rm))
			return 2;
		rm_client_close(&rm);
	}
	return 0;
}

/* By whatever point, or guard, it was. */
static unsigned long told(void)
{
	static const char script[] =
		"vgpu-tool --json driver list |"
		" jq '[.. | objects | .refused? // 0] | add'";
	char out[256] = "";

	if (RUN(out, sizeof(out), "sh", "-c", script))
		bail("no figure of refusals: %s", out);
	return strtoul(out, NULL, 0);
}

int main(void)
{
	uint32_t handle;
	struct rm rm;

	if (RUN(NULL, 0, "modprobe", "vgem"))
		bail("modprobe vgem");
	stage_setup("nvidia-unknown", "release=595 version=999.10.01");
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", "platform:vgem", MIB);
	ok(in_cgroup("/b", works, NULL), "without a quota it works");
	is(told(), 0, "and nobody is refused");
	ok(in_cgroup("/a", refused, NULL), "with one nothing is to be had");
	ok(told() >= 2, "and it is told why");
	is(judge_used(0), 0, "nothing is held");

	cg_enter("/b");
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &handle))
		bail("no memory");
	quota_set("/b", "platform:vgem", MIB);
	ok(rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &handle),
	   "a client that was there gets no more");
	is(judge_used(0), MIB, "it keeps what it has");
	rm_client_close(&rm);
	cg_leave();
	is(judge_used(0), 0, "until its file is closed");

	stage_clear();
	return done();
}
