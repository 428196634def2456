// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Quotas.
 */
#include <assert.h>
#include <errno.h>

#include <vgpu/quota.h>

#include "private.h"

static_assert(LIBVGPU_QUOTAS_MAX == VGPU_QUOTAS_MAX, "the numbers of the uapi");

static_assert((int)LIBVGPU_MANAGED_UNLIMITED == (int)VGPU_MANAGED_UNLIMITED,
	      "the numbers of the uapi");
static_assert((int)LIBVGPU_PRIORITY_LOW == (int)VGPU_PRIORITY_LOW,
	      "the numbers of the uapi");
static_assert((int)LIBVGPU_FREEZER_IGNORE == (int)VGPU_FREEZER_IGNORE,
	      "the numbers of the uapi");

struct vgpu_quota {
	struct group_id group;
	uint32_t device_id;
	char *device_name;
	uint64_t memory_max;
	uint64_t memory_system_max;
	uint32_t managed;
	uint32_t compute_max;
	uint32_t compute_min;
	uint32_t compute_weight;
	uint32_t priority;
	uint32_t freezer;
};

struct vgpu_quota_list {
	struct array quotas;
};

#define FIELD(attr, type, member, schema)				\
	{ VGPU_A_QUOTA_##attr, FIELD_##type,				\
	  offsetof(struct vgpu_quota, member), schema }

static const struct field quota_fields[] = {
	FIELD(GROUP, INSIDE, group, &group_id_schema),
	FIELD(DEVICE_ID, U32, device_id, NULL),
	FIELD(DEVICE_NAME, STRING, device_name, NULL),
	FIELD(MEMORY_MAX, U64, memory_max, NULL),
	FIELD(MEMORY_SYSTEM_MAX, U64, memory_system_max, NULL),
	FIELD(MANAGED, U32, managed, NULL),
	FIELD(COMPUTE_MAX, U32, compute_max, NULL),
	FIELD(COMPUTE_MIN, U32, compute_min, NULL),
	FIELD(COMPUTE_WEIGHT, U32, compute_weight, NULL),
	FIELD(PRIORITY, U32, priority, NULL),
	FIELD(FREEZER, U32, freezer, NULL),
};

static void quota_init(void *object)
{
	struct vgpu_quota *quota = object;

	quota->memory_max = LIBVGPU_UNLIMITED;
	quota->memory_system_max = LIBVGPU_UNLIMITED;
	quota->compute_max = LIBVGPU_SHARE_FULL;
}

static const struct schema quota_schema = {
	.size = sizeof(struct vgpu_quota),
	.fields = quota_fields,
	.n = ARRAY_SIZE(quota_fields),
	.init = quota_init,
};

#define LIMIT(bit, attr_name, member, size)				\
	{ LIBVGPU_QUOTA_##bit, VGPU_A_QUOTA_ENTRY_##attr_name,		\
	  offsetof(struct vgpu_quota_change, member), size }

/* What a change sets, beside reset: numbers of four or eight bytes. */
static const struct limit {
	unsigned int bit;
	int attr;
	size_t offset;
	size_t size;
} limits[] = {
	LIMIT(MEMORY, MEMORY_MAX, memory_max, 8),
	LIMIT(MEMORY_SYSTEM, MEMORY_SYSTEM_MAX, memory_system_max, 8),
	LIMIT(MANAGED, MANAGED, managed, 4),
	LIMIT(COMPUTE_MAX, COMPUTE_MAX, compute_max, 4),
	LIMIT(COMPUTE_MIN, COMPUTE_MIN, compute_min, 4),
	LIMIT(COMPUTE_WEIGHT, COMPUTE_WEIGHT, compute_weight, 4),
	LIMIT(PRIORITY, PRIORITY, priority, 4),
	LIMIT(FREEZER, FREEZER, freezer, 4),
};

static int put_limits(struct vgpu_ctx *ctx, struct nl_msg *msg,
		      const struct vgpu_quota_change *change)
{
	const struct limit *limit = limits;
	unsigned int left = change->set;
	int err = 0;

	if (left == LIBVGPU_QUOTA_RESET)
		return nla_put_flag(msg, VGPU_A_QUOTA_ENTRY_RESET) ? -ENOMEM : 0;
	for (; !err && limit < limits + ARRAY_SIZE(limits); limit++) {
		if (!(left & limit->bit))
			continue;
		left &= ~limit->bit;
		err = nla_put(msg, limit->attr, (int)limit->size,
			      (const char *)change + limit->offset);
	}
	if (err)
		return -ENOMEM;
	if (!change->set || left)
		return error_set(ctx, -EINVAL,
				 "quota: set one limit or more, or reset alone");
	return 0;
}

static int put_change(struct vgpu_ctx *ctx, struct nl_msg *msg,
		      const struct vgpu_quota_change *change)
{
	struct nlattr *nest;
	int err = 0;

	nest = nla_nest_start(msg, VGPU_A_QUOTA_ENTRY | NLA_F_NESTED);
	if (!nest)
		return -ENOMEM;
	if (change->device)
		err = put_device(ctx, msg, VGPU_A_QUOTA_ENTRY_DEVICE_NAME,
				 change->device);
	else if (nla_put_u32(msg, VGPU_A_QUOTA_ENTRY_DEVICE_ID,
			     change->device_id))
		err = -ENOMEM;
	if (!err)
		err = put_limits(ctx, msg, change);
	if (!err)
		nla_nest_end(msg, nest);
	return err;
}

static int put_changes(struct vgpu_ctx *ctx, struct nl_msg *msg,
		       const struct vgpu_quota_change *changes, size_t n)
{
	struct vgpu_quota_change change;
	size_t i;
	int err;

	if (!changes || !n || n > LIBVGPU_QUOTAS_MAX)
		return error_set(ctx, -EINVAL,
				 "quota: one call takes 1 to %d changes",
				 LIBVGPU_QUOTAS_MAX);
	for (i = 0; i < n; i++) {
		/* The array has the stride of whoever made it. */
		take_opts(&change, sizeof(change),
			  (const char *)changes + i * changes->sz);
		err = put_change(ctx, msg, &change);
		if (err)
			return err;
	}
	return 0;
}

int vgpu_quota_set(struct vgpu_ctx *ctx, const struct vgpu_cgroup *cgroup,
		   const struct vgpu_quota_change *changes, size_t n)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_QUOTA_SET);
	int err;

	err = msg ? put_cgroup_nest(ctx, msg, VGPU_A_QUOTA_GROUP, cgroup) :
		    -ENOMEM;
	if (!err)
		err = put_changes(ctx, msg, changes, n);
	if (err)
		return put_failed(ctx, msg, err);
	return nl_send_request(ctx, msg, NULL, NULL);
}

int vgpu_quota_get(struct vgpu_ctx *ctx, const struct vgpu_cgroup *cgroup,
		   const char *device, struct vgpu_quota **out)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_QUOTA_GET);
	void *quota;
	int err;

	err = msg ? put_cgroup_nest(ctx, msg, VGPU_A_QUOTA_GROUP, cgroup) :
		    -ENOMEM;
	if (!err)
		err = put_device(ctx, msg, VGPU_A_QUOTA_DEVICE_NAME, device);
	if (err)
		return put_failed(ctx, msg, err);
	err = nl_get_one(ctx, msg, &quota_schema, &quota);
	if (!err)
		*out = quota;
	return err;
}

void vgpu_quota_free(struct vgpu_quota *quota)
{
	decode_free(&quota_schema, quota);
}

int vgpu_quota_list_get(struct vgpu_ctx *ctx, const struct vgpu_cgroup *cgroup,
			struct vgpu_quota_list **out)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_QUOTA_GET);
	int err = msg ? 0 : -ENOMEM;
	void *list;

	if (!err && cgroup)
		err = put_cgroup_nest(ctx, msg, VGPU_A_QUOTA_GROUP, cgroup);
	if (err)
		return put_failed(ctx, msg, err);
	err = nl_get_list(ctx, msg, &quota_schema, &list);
	if (!err)
		*out = list;
	return err;
}

void vgpu_quota_list_free(struct vgpu_quota_list *list)
{
	array_free(&quota_schema, list);
}

const struct vgpu_quota *vgpu_quota_list_at(const struct vgpu_quota_list *list,
					    size_t index)
{
	return array_at(&list->quotas, index);
}

uint64_t vgpu_quota_cgroup_id(const struct vgpu_quota *quota)
{
	return quota->group.id;
}

const char *vgpu_quota_cgroup_path(const struct vgpu_quota *quota)
{
	return string_or_empty(quota->group.path);
}

uint32_t vgpu_quota_device_id(const struct vgpu_quota *quota)
{
	return quota->device_id;
}

const char *vgpu_quota_device_name(const struct vgpu_quota *quota)
{
	return string_or_empty(quota->device_name);
}

uint64_t vgpu_quota_memory_max(const struct vgpu_quota *quota)
{
	return quota->memory_max;
}

uint64_t vgpu_quota_memory_system_max(const struct vgpu_quota *quota)
{
	return quota->memory_system_max;
}

enum libvgpu_managed vgpu_quota_managed(const struct vgpu_quota *quota)
{
	return quota->managed;
}

uint32_t vgpu_quota_compute_max(const struct vgpu_quota *quota)
{
	return quota->compute_max;
}

uint32_t vgpu_quota_compute_min(const struct vgpu_quota *quota)
{
	return quota->compute_min;
}

uint32_t vgpu_quota_compute_weight(const struct vgpu_quota *quota)
{
	return quota->compute_weight;
}

enum libvgpu_priority vgpu_quota_priority(const struct vgpu_quota *quota)
{
	return quota->priority;
}

enum libvgpu_freezer vgpu_quota_freezer(const struct vgpu_quota *quota)
{
	return quota->freezer;
}
