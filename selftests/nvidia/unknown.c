// SPDX-License-Identifier: GPL-2.0
/*
 * A release of the driver that vgpu has not been taught: groups with a quota,
 * on whatever device, are refused, and that is told; others are not. What a
 * client has when its group gets a quota goes with its file. Likewise what vgpu
 * does not know of a release that it does: an escape, a function, a class, the
 * size of an argument. Each refusal is an event that names the way.
 */
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "watch.h"

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

static void foreign(void)
{
	uint32_t handle;
	struct rm rm;

	stage_setup("nvidia-unknown", "release=595 version=999.10.01");
	cg_create("/a");
	cg_create("/b");
	watch_begin();
	quota_set("/a", "platform:vgem", MIB);
	ok(in_cgroup("/b", works, NULL), "without a quota it works");
	is(told(), 0, "and nobody is refused");
	ok(in_cgroup("/a", refused, NULL), "with one nothing is to be had");
	ok(told() >= 2, "and it is told why");
	ok(watch_denied("/a", "nvidia", "unknown releases", 2) >= 2,
	   "and there are events");
	is(watch_denied("/b", "nvidia", "unknown releases", 0), 0,
	   "of that group alone");
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
	watch_end();
	stage_clear();
}

/* Ways that no release has: an escape, a function of the heap, classes. */
static unsigned int ask_unknown(struct rm *rm)
{
	struct nvos32_heap heap = { .root = rm->root, .function = 99 };
	uint64_t params[32] = { 0 };
	uint32_t handle = 0;
	unsigned int failed;

	failed = rm_escape(rm, rm->ctl, 0x5c, params, 32) != RM_OK;
	rm_escape(rm, rm->ctl, NR_VID_HEAP, &heap, sizeof(heap));
	failed += heap.status != RM_OK;
	failed += rm_alloc(rm, rm->device, &handle, 0xdeadbeef,
			   params) != RM_OK;
	failed += rm_alloc32(rm, rm->device, &handle, 0xdeadbeef,
			     params) != RM_OK;
	return failed;
}

/* Escapes that vgpu reads, with arguments a word longer than they are. */
static const struct {
	unsigned int nr;
	size_t size;
} longer[] = {
	{ NR_ALLOC_MEMORY, 60 }, { 0x28, 24 }, { NR_FREE, 20 },
	{ NR_CONTROL, 36 }, { NR_ALLOC, 36 }, { NR_ALLOC, 52 },
	{ NR_DUP, 32 }, { NR_VID_HEAP, 188 },
};

#define LONGER	(sizeof(longer) / sizeof(longer[0]))

static unsigned int ask_longer(struct rm *rm)
{
	unsigned int i, failed = 0;
	uint32_t arg[64];

	for (i = 0; i < LONGER; i++) {
		memset(arg, 0, sizeof(arg));
		arg[0] = rm->root;
		failed += rm_escape(rm, longer[i].nr == NR_ALLOC_MEMORY ?
					rm->gpu : rm->ctl,
				    longer[i].nr, arg, longer[i].size) != RM_OK;
	}
	/* Nor what a control that exports carries. */
	return failed + (rm_control(rm, rm->root, 0x3d05, arg, 28) != RM_OK);
}

/* All of it, in vain. */
static int ask(void *arg)
{
	struct rm rm;
	int ret;

	if (rm_client_open(&rm, 0))
		return 1;
	ret = ask_unknown(&rm) == 4 && ask_longer(&rm) == LONGER + 1 ? 0 : 2;
	rm_client_close(&rm);
	return ret;
}

static void known(void)
{
	stage_setup("nvidia-unknown", "release=550");
	cg_create("/a");
	cg_create("/b");
	watch_begin();
	quota_set("/a", GPU0, MIB);
	ok(in_cgroup("/b", ask, NULL),
	   "what no release has, the driver refuses");
	ok(in_cgroup("/a", ask, NULL), "and vgpu to a group with a quota");
	is(watch_denied("/a", "nvidia", "unknown escapes", 2), 2,
	   "an escape and a function are told");
	is(watch_denied("/a", "nvidia", "other classes", 2), 2,
	   "a class is told, by both forms");
	is(watch_denied("/a", "nvidia", "arguments of unknown sizes",
			LONGER + 1), LONGER + 1, "and each size");
	is(watch_denied("/b", "nvidia", "unknown escapes", 0) +
	   watch_denied("/b", "nvidia", "other classes", 0) +
	   watch_denied("/b", "nvidia", "arguments of unknown sizes", 0), 0,
	   "of the group without a quota nothing is");
	watch_end();
	stage_end();
}

int main(void)
{
	if (RUN(NULL, 0, "modprobe", "vgem"))
		bail("modprobe vgem");
	foreign();
	known();
	return done();
}
