// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "names.h"
#include "tool.h"

static const char * const driver_states[] = {
	[LIBVGPU_DRIVER_ABSENT] = "absent",
	[LIBVGPU_DRIVER_ATTACHED] = "attached",
	[LIBVGPU_DRIVER_DEGRADED] = "degraded",
	[LIBVGPU_DRIVER_DRAINING] = "draining",
	[LIBVGPU_DRIVER_DETACHED] = "detached",
};

static const char * const methods[] = {
	[LIBVGPU_METHOD_NONE] = "none",
	[LIBVGPU_METHOD_FTRACE] = "ftrace",
	[LIBVGPU_METHOD_KPROBE] = "kprobe",
	[LIBVGPU_METHOD_SLOT] = "slot",
};

static const char * const managed_policies[] = {
	[LIBVGPU_MANAGED_UNSET] = "default",
	[LIBVGPU_MANAGED_DENY] = "deny",
	[LIBVGPU_MANAGED_COMMIT] = "commit",
	[LIBVGPU_MANAGED_UNLIMITED] = "unlimited",
};

static const char * const route_states[] = {
	[LIBVGPU_ROUTE_OPEN] = "open",
	[LIBVGPU_ROUTE_ENFORCED] = "enforced",
	[LIBVGPU_ROUTE_DENIED] = "denied",
};

static const char *name(const char * const *names, size_t n, unsigned int i)
{
	return i < n ? names[i] : "unknown";
}

const char *name_driver_state(enum libvgpu_driver_state state)
{
	return name(driver_states, ARRAY_SIZE(driver_states), state);
}

const char *name_managed(enum libvgpu_managed managed)
{
	return name(managed_policies, ARRAY_SIZE(managed_policies), managed);
}

/* The policy of that name: 0 or -EINVAL. */
int managed_parse(const char *text, enum libvgpu_managed *managed)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(managed_policies); i++) {
		if (!strcmp(text, managed_policies[i])) {
			*managed = i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *name_method(enum libvgpu_method method)
{
	return name(methods, ARRAY_SIZE(methods), method);
}

const char *name_route_state(enum libvgpu_route_state state)
{
	return name(route_states, ARRAY_SIZE(route_states), state);
}
