// SPDX-License-Identifier: GPL-2.0
/*
 * Quotas into the module. A container may have several hooks, one for each CDI
 * device; none of them raises what another has set.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <vgpu/vgpu.h>

#include "apply.h"

/* The quota that stands for a device, or NULL. */
static const struct vgpu_quota *standing(const struct vgpu_quota_list *list,
					 const char *cgroup,
					 const char *device)
{
	const struct vgpu_quota *quota;
	size_t i;

	for (i = 0; (quota = vgpu_quota_list_at(list, i)); i++)
		if (!strcmp(vgpu_quota_cgroup_path(quota), cgroup) &&
		    !strcmp(vgpu_quota_device_name(quota), device))
			return quota;
	return NULL;
}

static void keep_lower(struct quota *quota, const struct vgpu_quota *old,
		       struct notes *notes)
{
	const enum libvgpu_priority priority = vgpu_quota_priority(old);
	const uint32_t compute = vgpu_quota_compute_max(old);
	const uint32_t weight = vgpu_quota_compute_weight(old);

	if (vgpu_quota_memory_max(old) < quota->memory) {
		note(notes, "memory of %s: %" PRIu64 " bytes stand already, and are kept",
		     quota->device, vgpu_quota_memory_max(old));
		quota->memory = vgpu_quota_memory_max(old);
	}
	if (compute < quota->compute) {
		if (compute < PART_ALL)
			note(notes, "compute of %s: %u.%02u %% stand already, and are kept",
			     quota->device, compute / 100, compute % 100);
		quota->compute = compute;
	}
	if (weight && weight < quota->weight) {
		note(notes, "weight of %s: %u stands already, and is kept",
		     quota->device, weight);
		quota->weight = weight;
	}
	if (priority > quota->priority) {
		note(notes, "priority of %s: %s stands already, and is kept",
		     quota->device, claim_priority_name(priority));
		quota->priority = priority;
	}
}

static struct vgpu_quota_change change_of(const struct quota *quota)
{
	struct vgpu_quota_change change = {
		.sz = sizeof(change),
		.device = quota->device,
	};

	if (quota->memory != LIBVGPU_UNLIMITED) {
		change.set |= LIBVGPU_QUOTA_MEMORY;
		change.memory_max = quota->memory;
	}
	if (quota->compute < PART_ALL) {
		change.set |= LIBVGPU_QUOTA_COMPUTE_MAX;
		change.compute_max = quota->compute;
	}
	if (quota->weight) {
		change.set |= LIBVGPU_QUOTA_COMPUTE_WEIGHT;
		change.compute_weight = quota->weight;
	}
	if (quota->priority != LIBVGPU_PRIORITY_UNSET) {
		change.set |= LIBVGPU_QUOTA_PRIORITY;
		change.priority = quota->priority;
	}
	return change;
}

/* Set all of the quotas or, on any error, none. */
int apply(struct vgpu_ctx *ctx, const char *cgroup, struct quotas *quotas,
	  struct notes *notes, struct refusal *why)
{
	struct vgpu_cgroup select = { .sz = sizeof(select), .path = cgroup };
	struct vgpu_quota_change changes[LIBVGPU_QUOTAS_MAX];
	const struct vgpu_quota *old;
	struct vgpu_quota_list *list;
	char text[QUOTA_TEXT];
	size_t i, n = 0;
	int err;

	err = vgpu_quota_list_get(ctx, &select, &list);
	if (err)
		return refuse(why, err, "%s", vgpu_ctx_error(ctx));
	for (i = 0; i < quotas->n; i++) {
		old = standing(list, cgroup, quotas->item[i].device);
		if (old)
			keep_lower(&quotas->item[i], old, notes);
		changes[n] = change_of(&quotas->item[i]);
		n += !!changes[n].set;
	}
	vgpu_quota_list_free(list);
	if (n)
		err = vgpu_quota_set(ctx, &select, changes, n);
	if (err)
		return refuse(why, err, "%s", vgpu_ctx_error(ctx));
	for (i = 0; i < quotas->n; i++)
		note(notes, "%s has %s", cgroup,
		     quota_text(&quotas->item[i], text));
	return 0;
}
