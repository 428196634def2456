// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "array.h"
#include "names.h"

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

static const char * const priorities[] = {
	[LIBVGPU_PRIORITY_UNSET] = "default",
	[LIBVGPU_PRIORITY_HIGH] = "high",
	[LIBVGPU_PRIORITY_NORMAL] = "normal",
	[LIBVGPU_PRIORITY_LOW] = "low",
};

static const char * const freezer_choices[] = {
	[LIBVGPU_FREEZER_UNSET] = "default",
	[LIBVGPU_FREEZER_FOLLOW] = "follow",
	[LIBVGPU_FREEZER_IGNORE] = "ignore",
};

static const char * const engines[] = {
	[LIBVGPU_ENGINE_COMPUTE] = "compute",
	[LIBVGPU_ENGINE_COPY] = "copy",
	[LIBVGPU_ENGINE_VIDEO] = "video",
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

/* The number of that name, or -EINVAL. */
static int number(const char * const *names, size_t n, const char *text)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(text, names[i]))
			return (int)i;
	return -EINVAL;
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
	int i = number(managed_policies, ARRAY_SIZE(managed_policies), text);

	if (i < 0)
		return i;
	*managed = (enum libvgpu_managed)i;
	return 0;
}

const char *name_priority(enum libvgpu_priority priority)
{
	return name(priorities, ARRAY_SIZE(priorities), priority);
}

/* The priority of that name: 0 or -EINVAL. */
int priority_parse(const char *text, enum libvgpu_priority *priority)
{
	int i = number(priorities, ARRAY_SIZE(priorities), text);

	if (i < 0)
		return i;
	*priority = (enum libvgpu_priority)i;
	return 0;
}

const char *name_freezer(enum libvgpu_freezer freezer)
{
	return name(freezer_choices, ARRAY_SIZE(freezer_choices), freezer);
}

/* The choice of that name: 0 or -EINVAL. */
int freezer_parse(const char *text, enum libvgpu_freezer *freezer)
{
	int i = number(freezer_choices, ARRAY_SIZE(freezer_choices), text);

	if (i < 0)
		return i;
	*freezer = (enum libvgpu_freezer)i;
	return 0;
}

const char *name_engine(enum libvgpu_engine engine)
{
	return name(engines, ARRAY_SIZE(engines), engine);
}

const char *name_method(enum libvgpu_method method)
{
	return name(methods, ARRAY_SIZE(methods), method);
}

const char *name_route_state(enum libvgpu_route_state state)
{
	return name(route_states, ARRAY_SIZE(route_states), state);
}
