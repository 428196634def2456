// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Groups, and how a request names a cgroup.
 */
#include <errno.h>
#include <string.h>

#include <vgpu/group.h>

#include "private.h"

/* The longest path that the module takes, from the spec. */
#define PATH_LONGEST	4095

struct vgpu_group {
	struct group_id id;
	uint64_t parent;
	uint64_t kernel_memory;
	uint64_t kernel_memory_max;
	uint64_t objects;
	int limited;
	uint32_t frozen;
};

struct vgpu_group_list {
	struct array groups;
};

static const struct field group_id_fields[] = {
	{ VGPU_A_GROUP_CGROUP_ID, FIELD_U64,
	  offsetof(struct group_id, id), NULL },
	{ VGPU_A_GROUP_CGROUP_PATH, FIELD_STRING,
	  offsetof(struct group_id, path), NULL },
};

const struct schema group_id_schema = {
	.size = sizeof(struct group_id),
	.fields = group_id_fields,
	.n = ARRAY_SIZE(group_id_fields),
};

#define FIELD(attr, type, member)					\
	{ VGPU_A_GROUP_##attr, FIELD_##type,				\
	  offsetof(struct vgpu_group, member), NULL }

static const struct field group_fields[] = {
	FIELD(CGROUP_ID, U64, id.id),
	FIELD(CGROUP_PATH, STRING, id.path),
	FIELD(PARENT_ID, U64, parent),
	FIELD(KERNEL_MEMORY, U64, kernel_memory),
	FIELD(KERNEL_MEMORY_MAX, U64, kernel_memory_max),
	FIELD(OBJECTS, U64, objects),
	FIELD(LIMITED, FLAG, limited),
	FIELD(FROZEN, U32, frozen),
};

static void group_init(void *object)
{
	struct vgpu_group *group = object;

	group->kernel_memory_max = LIBVGPU_UNLIMITED;
}

static const struct schema group_schema = {
	.size = sizeof(struct vgpu_group),
	.fields = group_fields,
	.n = ARRAY_SIZE(group_fields),
	.init = group_init,
};

static int check_cgroup(struct vgpu_ctx *ctx, const struct vgpu_cgroup *cg)
{
	int names = !!cg->path + !!cg->id;

	if (cg->fd > 0)
		names++;
	if (names != 1)
		return error_set(ctx, -EINVAL,
				 "cgroup: name it by exactly one of path, id and directory");
	if (cg->delegate_fd > 0 && cg->fd > 0)
		return error_set(ctx, -EINVAL,
				 "cgroup: beside a delegated directory, name it by path or id");
	if (cg->path && (!*cg->path || strlen(cg->path) > PATH_LONGEST))
		return error_set(ctx, -EINVAL,
				 "cgroup: the path has 1 to %d characters",
				 PATH_LONGEST);
	return 0;
}

/*
 * Put a cgroup into a request. On failure says why, unless it is for lack of
 * memory.
 */
int put_cgroup(struct vgpu_ctx *ctx, struct nl_msg *msg,
	       const struct vgpu_cgroup *cgroup)
{
	struct vgpu_cgroup cg;
	int err, fd;

	take_opts(&cg, sizeof(cg), cgroup);
	err = check_cgroup(ctx, &cg);
	if (err)
		return err;
	if (cg.path)
		err = nla_put_string(msg, VGPU_A_GROUP_CGROUP_PATH, cg.path);
	if (!err && cg.id)
		err = nla_put_u64(msg, VGPU_A_GROUP_CGROUP_ID, cg.id);
	fd = cg.fd > 0 ? cg.fd : cg.delegate_fd;
	if (!err && fd > 0)
		err = nla_put_u32(msg, VGPU_A_GROUP_CGROUP_FD, (uint32_t)fd);
	return err ? -ENOMEM : 0;
}

/* The same inside a nest. */
int put_cgroup_nest(struct vgpu_ctx *ctx, struct nl_msg *msg, int attr,
		    const struct vgpu_cgroup *cgroup)
{
	struct nlattr *nest = nla_nest_start(msg, attr | NLA_F_NESTED);
	int err;

	if (!nest)
		return -ENOMEM;
	err = put_cgroup(ctx, msg, cgroup);
	if (!err)
		nla_nest_end(msg, nest);
	return err;
}

int vgpu_group_get(struct vgpu_ctx *ctx, const struct vgpu_cgroup *cgroup,
		   struct vgpu_group **out)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_GROUP_GET);
	void *group;
	int err;

	err = msg ? put_cgroup(ctx, msg, cgroup) : -ENOMEM;
	if (err)
		return put_failed(ctx, msg, err);
	err = nl_get_one(ctx, msg, &group_schema, &group);
	if (!err)
		*out = group;
	return err;
}

void vgpu_group_free(struct vgpu_group *group)
{
	decode_free(&group_schema, group);
}

int vgpu_group_list_get(struct vgpu_ctx *ctx, const struct vgpu_cgroup *cgroup,
			struct vgpu_group_list **out)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_GROUP_GET);
	int err = msg ? 0 : -ENOMEM;
	void *list;

	if (!err && cgroup)
		err = put_cgroup(ctx, msg, cgroup);
	if (err)
		return put_failed(ctx, msg, err);
	err = nl_get_list(ctx, msg, &group_schema, &list);
	if (!err)
		*out = list;
	return err;
}

void vgpu_group_list_free(struct vgpu_group_list *list)
{
	array_free(&group_schema, list);
}

const struct vgpu_group *vgpu_group_list_at(const struct vgpu_group_list *list,
					    size_t index)
{
	return array_at(&list->groups, index);
}

int vgpu_group_set_kernel_memory(struct vgpu_ctx *ctx,
				 const struct vgpu_cgroup *cgroup,
				 uint64_t bytes)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_GROUP_SET);
	int err;

	err = msg ? put_cgroup(ctx, msg, cgroup) : -ENOMEM;
	if (!err && nla_put_u64(msg, VGPU_A_GROUP_KERNEL_MEMORY_MAX, bytes))
		err = -ENOMEM;
	if (err)
		return put_failed(ctx, msg, err);
	return nl_send_request(ctx, msg, NULL, NULL);
}

int vgpu_group_set_frozen(struct vgpu_ctx *ctx,
			  const struct vgpu_cgroup *cgroup, int frozen)
{
	struct nl_msg *msg = nl_request(VGPU_CMD_GROUP_SET);
	int err;

	err = msg ? put_cgroup(ctx, msg, cgroup) : -ENOMEM;
	if (!err && nla_put_u32(msg, VGPU_A_GROUP_FROZEN, !!frozen))
		err = -ENOMEM;
	if (err)
		return put_failed(ctx, msg, err);
	return nl_send_request(ctx, msg, NULL, NULL);
}

uint64_t vgpu_group_id(const struct vgpu_group *group)
{
	return group->id.id;
}

uint64_t vgpu_group_parent(const struct vgpu_group *group)
{
	return group->parent;
}

const char *vgpu_group_path(const struct vgpu_group *group)
{
	return string_or_empty(group->id.path);
}

uint64_t vgpu_group_kernel_memory(const struct vgpu_group *group)
{
	return group->kernel_memory;
}

uint64_t vgpu_group_kernel_memory_max(const struct vgpu_group *group)
{
	return group->kernel_memory_max;
}

uint64_t vgpu_group_objects(const struct vgpu_group *group)
{
	return group->objects;
}

int vgpu_group_limited(const struct vgpu_group *group)
{
	return group->limited;
}

int vgpu_group_frozen(const struct vgpu_group *group)
{
	return !!group->frozen;
}
