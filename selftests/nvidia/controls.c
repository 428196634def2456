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

/*
 * Those that hold memory or time, or tell of it. Wherever they go, and whatever
 * the driver says to them, vgpu knows them.
 */
static const uint32_t known[] = {
	0xb03, 0xb04, 0x3d05, 0x3d06, 0x3d0b, 0x3d0c, 0x410110, 0x801711,
	0x801712, 0x801714, 0x2080012c, 0x20800174, 0x20800175, 0x2080018d,
	0x2080018e, 0x2080110b, 0x20801115, 0x20801117, 0x20801121, 0x20801210,
	0x20801301, 0x20801303, 0x20801320, 0x20802096, 0x2080a083, 0xa06c0101,
	0xa06c0102, 0xa06c0103, 0xa06c0104, 0xa06c0105, 0xa06c0106, 0xa06c0107,
	0xa06c0110, 0xa06f0103, 0xa06f0104, 0xa06f0112,
};

static unsigned int unknown_of_those(struct rm *rm)
{
	unsigned int i, n = 0;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		rm_control(rm, rm->root, known[i], NULL, 0);
		if (counted(known[i])) {
			note("%#x is not known", known[i]);
			n++;
		}
	}
	return n;
}

/* The old samples of utilisation: whose they are cannot be told. */
static uint32_t old_samples(struct rm *rm)
{
	uint64_t params = 0;

	return rm_control(rm, rm->subdevice, 0x2080a083, &params,
			  sizeof(params));
}

static int others_without_quota(void *arg)
{
	struct rm rm;

	return rm_client_open(&rm, 0) || old_samples(&rm);
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
	is(unknown_of_those(&rm), 0, "and all that have to do with it are known");
	is(old_samples(&rm), NOT_SUPPORTED,
	   "one that tells of others is refused");
	stage_parameter("allow_control", "0x2080a083");
	is(old_samples(&rm), RM_OK, "unless it is allowed");
	ok(in_cgroup("/b", others_without_quota, NULL),
	   "a group without a quota has it");
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
