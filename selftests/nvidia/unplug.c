// SPDX-License-Identifier: GPL-2.0
/*
 * A GPU is unplugged, before anybody has used it and while a client holds memory
 * of it, and comes back: its quota stands as before, and nothing is left of what
 * was held.
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

/* One that does not run yet goes and comes like any other. */
static void unused(void)
{
	ok(present(), "a GPU that nobody has used is present");
	stage_unplug();
	ok(!present(), "unplugged, it is not");
	stage_write("/sys/bus/pci/rescan", "1");
	ok(!RUN(NULL, 0, "vgpu-tool", "driver", "detach", "nvidia") &&
	   !RUN(NULL, 0, "vgpu-tool", "driver", "attach", "nvidia"),
	   "the driver is attached once more");
	ok(present(), "found again, it is present");
}

int main(void)
{
	uint32_t held, handle;
	struct rm rm, late;

	stage_setup("nvidia-unplug", getenv("MOCK") ?: "release=580");
	cg_create("/a");
	quota_set("/a", GPU0, QUOTA);
	unused();
	stage_unplug();
	stage_write("/sys/bus/pci/rescan", "1");
	cg_enter("/a");
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, HELD, RM_ROUTE_ALLOC64, &held))
		bail("no memory");
	ok(present(), "a GPU that comes and is used is present");
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
