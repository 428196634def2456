// SPDX-License-Identifier: GPL-2.0
/*
 * The options that describe quotas. A limit belongs to the device named last
 * before it, or where none is yet, to the first; where none is named at all, to
 * the only one that is present.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "quota_args.h"
#include "size.h"

static int add_device(struct quota_args *quotas, const char *device)
{
	size_t i;

	/* Sizes came first, and wait for it. */
	if (quotas->n && !quotas->change[0].device) {
		quotas->change[0].device = device;
		return STATUS_OK;
	}
	if (quotas->n == LIBVGPU_QUOTAS_MAX)
		return tool_usage(quotas->tool,
				  "at most %d devices go into one command",
				  LIBVGPU_QUOTAS_MAX);
	for (i = 0; i < quotas->n; i++)
		if (!strcmp(quotas->change[i].device, device))
			return tool_usage(quotas->tool,
					  "--device %s is given twice", device);
	quotas->change[quotas->n++] = (struct vgpu_quota_change){
		.sz = sizeof(quotas->change[0]),
		.device = device,
	};
	return STATUS_OK;
}

/* Their names, from QUOTA_ARG_DEVICE on. */
static const char * const names[] = {
	"device", "memory", "memory-system", "managed", "compute", "min",
	"max", "weight", "priority", "policy", "freezer",
};

/* The number of the option of that name, or -1. */
int quota_args_option(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return QUOTA_ARG_DEVICE + (int)i;
	return -1;
}

static int read_managed(struct quota_args *quotas, const char *value,
			struct vgpu_quota_change *change)
{
	change->set |= LIBVGPU_QUOTA_MANAGED;
	if (managed_parse(value, &change->managed))
		return tool_usage(quotas->tool,
				  "--managed: %s is no policy; give deny, commit, unlimited or default",
				  value);
	return STATUS_OK;
}

static int wrong_size(struct tool *tool, const char *option, const char *text,
		      int err)
{
	return tool_usage(tool, "--%s: %s is %s; %s", option, text,
			  err == -ERANGE ? "too large" : "no size",
			  SIZE_ALLOWED);
}

/*
 * Keep a size for quota_args_finish(), which knows of what it may be a part. One
 * that is wrong by itself is refused where it stands.
 */
static int keep_size(struct quota_args *quotas, int option, const char *text,
		     const char **kept)
{
	const uint64_t any = 0;
	uint64_t bytes;
	int err = size_parse(text, &any, &bytes);

	*kept = text;
	return err ? wrong_size(quotas->tool, names[option - QUOTA_ARG_DEVICE],
				text, err) : STATUS_OK;
}

/* Keep a size, or read the rest. */
static int keep(struct quota_args *quotas, int option, const char *value)
{
	size_t at = quotas->n - 1;
	struct vgpu_quota_change *change = &quotas->change[at];

	switch (option) {
	case QUOTA_ARG_MEMORY:
		change->set |= LIBVGPU_QUOTA_MEMORY;
		return keep_size(quotas, option, value, &quotas->memory[at]);
	case QUOTA_ARG_MEMORY_SYSTEM:
		change->set |= LIBVGPU_QUOTA_MEMORY_SYSTEM;
		return keep_size(quotas, option, value,
				 &quotas->memory_system[at]);
	case QUOTA_ARG_MANAGED:
		return read_managed(quotas, value, change);
	default:
		return time_args_add(quotas->tool, &quotas->time[at], option,
				     value);
	}
}

/* Take one option. Returns the exit status, after telling what is wrong. */
int quota_args_add(struct quota_args *quotas, int option, const char *value)
{
	int status;

	if (option == QUOTA_ARG_DEVICE)
		return add_device(quotas, value);
	if (!quotas->n) {
		status = add_device(quotas, NULL);
		if (status)
			return status;
	}
	if (quotas->given[quotas->n - 1] & QUOTA_ARG_BIT(option))
		return tool_usage(quotas->tool, "--%s is given twice for one device",
				  names[option - QUOTA_ARG_DEVICE]);
	quotas->given[quotas->n - 1] |= QUOTA_ARG_BIT(option);
	return keep(quotas, option, value);
}

/* The name of the device that is present, where there is exactly one. */
static int only_device(struct quota_args *quotas)
{
	struct tool *tool = quotas->tool;
	const struct vgpu_device *dev, *only = NULL;
	struct vgpu_device_list *list;
	unsigned int present = 0;
	int err, status = STATUS_OK;
	size_t i;

	err = vgpu_device_list_get(tool->ctx, &list);
	if (err)
		return tool_fail_lib(tool, err);
	for (i = 0; (dev = vgpu_device_list_at(list, i)); i++) {
		if (vgpu_device_present(dev)) {
			only = dev;
			present++;
		}
	}
	if (present == 1)
		quotas->only = strdup(vgpu_device_name(only));
	if (!present)
		status = tool_fail(tool, -ENODEV,
				   "no device is present; name one that will come with --device");
	else if (present > 1)
		status = tool_usage(tool, "%u devices are present; choose with --device",
				    present);
	else if (!quotas->only)
		status = tool_fail(tool, -ENOMEM, "out of memory");
	quotas->change[0].device = quotas->only;
	vgpu_device_list_free(list);
	return status;
}

/* What 100% of a device are; -ENODATA where nobody knows. */
static int device_total(struct tool *tool, const char *device,
			uint64_t *total)
{
	struct vgpu_device *dev;
	int err;

	err = vgpu_device_get(tool->ctx, device, &dev);
	if (err)
		return err;
	err = vgpu_device_memory_total(dev, total);
	vgpu_device_free(dev);
	return err;
}

static int read_size(struct tool *tool, const char *option,
		     const char *device, const char *text, uint64_t *bytes)
{
	uint64_t total = 0;
	bool known = false;
	int err;

	if (size_is_share(text)) {
		err = device_total(tool, device, &total);
		if (err && err != -ENODATA)
			return tool_fail(tool, err, "%s: %s", device,
					 vgpu_ctx_error(tool->ctx));
		known = !err;
	}
	err = size_parse(text, known ? &total : NULL, bytes);
	if (err == -ENODATA)
		return tool_fail(tool, err,
				 "--%s: %s of %s is unknown, for its driver does not say how much memory it has; give bytes",
				 option, text, device);
	return err ? wrong_size(tool, option, text, err) : STATUS_OK;
}

/*
 * After the last option: find the device that was left out and read the sizes.
 * Returns the exit status, after telling what is wrong.
 */
int quota_args_finish(struct quota_args *quotas)
{
	struct vgpu_quota_change *change;
	int status = STATUS_OK;
	size_t i;

	for (i = 0; i < quotas->n; i++)
		if (!quotas->given[i])
			return tool_usage(quotas->tool,
					  "--device %s is followed by no limit",
					  quotas->change[i].device);
	for (i = 0; i < quotas->n && !status; i++)
		status = time_args_finish(quotas->tool, &quotas->time[i],
					  &quotas->change[i]);
	if (!status && quotas->n && !quotas->change[0].device)
		status = only_device(quotas);
	for (i = 0; i < quotas->n && !status; i++) {
		change = &quotas->change[i];
		if (quotas->memory[i])
			status = read_size(quotas->tool, "memory",
					   change->device, quotas->memory[i],
					   &change->memory_max);
		if (!status && quotas->memory_system[i])
			status = read_size(quotas->tool, "memory-system",
					   change->device,
					   quotas->memory_system[i],
					   &change->memory_system_max);
	}
	return status;
}

int quota_args_set(struct quota_args *quotas,
		   const struct vgpu_cgroup *cgroup)
{
	return vgpu_quota_set(quotas->tool->ctx, cgroup, quotas->change,
			      quotas->n);
}

void quota_args_free(struct quota_args *quotas)
{
	free(quotas->only);
}
