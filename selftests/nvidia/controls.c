// SPDX-License-Identifier: GPL-2.0
/*
 * A control that the driver knows and vgpu does not: it passes and is counted;
 * where the operator is strict, a group with a quota does not get it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define UNKNOWN		0xa06c0108u	/* GET_INTERLEAVE_LEVEL */
#define NOT_SUPPORTED	0x56

static unsigned int counted(unsigned int control)
{
	unsigned int number, calls, found = 0;
	FILE *f = fopen(STAGE_PARAMETERS "unknown_controls", "r");

	if (!f)
		bail(STAGE_PARAMETERS "unknown_controls");
	while (fscanf(f, "%x %u", &number, &calls) == 2)
		if (number == control)
			found = calls;
	fclose(f);
	return found;
}

static uint32_t ask(struct rm *rm, uint32_t tsg)
{
	uint32_t level;

	return rm_control(rm, tsg, UNKNOWN, &level, sizeof(level));
}

static int strict_without_quota(void *arg)
{
	uint32_t tsg;
	struct rm rm;

	if (rm_client_open(&rm, 0) || rm_tsg(&rm, 0, &tsg))
		return 1;
	return ask(&rm, tsg) ? 2 : 0;
}

int main(void)
{
	uint32_t tsg, ids[32];
	unsigned int before;
	struct rm rm;

	stage_setup("nvidia-controls", getenv("MOCK") ?: "release=550");
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, 8 * MIB);
	cg_enter("/a");
	if (rm_client_open(&rm, 0) || rm_tsg(&rm, 0, &tsg))
		bail("no channel group");
	before = counted(UNKNOWN);
	is(ask(&rm, tsg), RM_OK, "a control that vgpu does not know passes");
	is(counted(UNKNOWN), before + 1, "and is counted by its number");
	is(rm_control(&rm, rm.root, 0x201, ids, sizeof(ids)), RM_OK,
	   "one that it knows passes");
	is(counted(0x201), 0, "and is not");
	stage_parameter("strict_controls", "1");
	is(ask(&rm, tsg), NOT_SUPPORTED, "strictly, the first is refused");
	is(rm_control(&rm, rm.root, 0x201, ids, sizeof(ids)), RM_OK,
	   "and the second is not");
	ok(in_cgroup("/b", strict_without_quota, NULL),
	   "nor is it to a group without a quota");
	stage_parameter("allow_control", "0xa06c0108");
	is(ask(&rm, tsg), RM_OK, "allowed, the first passes again");
	rm_client_close(&rm);
	cg_leave();
	return stage_finish();
}
