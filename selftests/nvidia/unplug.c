// SPDX-License-Identifier: GPL-2.0
/*
 * A GPU is unplugged while a client holds memory of it, and comes back: its
 * quota stands as before, and nothing is left of what was held.
 */
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define QUOTA	(8 * MIB)
#define HELD	(2 * MIB)

static bool present(void)
{
	char out[4096];

	if (RUN(out, sizeof(out), "vgpu-tool", "-j", "device", "show", GPU0))
		bail("%s", out);
	return strstr(out, "\"present\":true");
}

int main(void)
{
	uint32_t held, handle;
	struct rm rm, late;

	stage_setup("nvidia-unplug", getenv("MOCK") ?: "release=580");
	cg_create("/a");
	quota_set("/a", GPU0, QUOTA);
	cg_enter("/a");
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, HELD, RM_ROUTE_ALLOC64, &held))
		bail("no memory");
	ok(present(), "a GPU that is used is present");
	stage_unplug();
	ok(!present(), "unplugged, it is not");
	is(charged("/a", GPU0), HELD, "what the driver still has is charged");
	is(rm_free(&rm, held), RM_OK, "it is given up");
	is(charged("/a", GPU0), 0, "with its charge");
	rm_client_close(&rm);

	/* The mock has it still, as a driver would after it was plugged in. */
	if (rm_client_open(&late, 0))
		bail("no client");
	ok(present(), "used again, it is present");
	is(rm_alloc_vidmem(&late, QUOTA, RM_ROUTE_ALLOC64, &held), RM_OK,
	   "its quota fits");
	is(rm_alloc_vidmem(&late, 64 * KIB, RM_ROUTE_ALLOC64, &handle),
	   RM_NO_MEMORY, "and binds");
	rm_client_close(&late);
	is(charged_settled("/a", GPU0, 0), 0, "closed, nothing is charged");
	cg_leave();
	return stage_finish();
}
