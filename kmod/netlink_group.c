// SPDX-License-Identifier: GPL-2.0
/*
 * Groups in requests and replies.
 *
 * A dump goes on where it stopped by the groups' order of birth. It holds no
 * lock between two of them, and is flagged where groups or limits changed.
 */
#include <linux/cgroup.h>

#include "account.h"
#include "compat.h"
#include "device.h"
#include "group.h"
#include "netlink.h"

/**
 * vgpu_nl_cgroup_nest - take the attribute apart that names a cgroup
 * @nest: the attribute; NULL leaves @attrs empty
 * @attrs: room for VGPU_A_GROUP_CGROUP_FD + 1
 * @extack: says why not
 *
 * Return: 0 or -EINVAL.
 */
int vgpu_nl_cgroup_nest(const struct nlattr *nest, struct nlattr **attrs,
			struct netlink_ext_ack *extack)
{
	int ret;

	memset(attrs, 0, (VGPU_A_GROUP_CGROUP_FD + 1) * sizeof(*attrs));
	if (!nest)
		return 0;
	ret = vgpu_nl_once(nla_data(nest), nla_len(nest), VGPU_NL_NO_MULTI,
			   extack);
	return ret ?: nla_parse_nested(attrs, VGPU_A_GROUP_CGROUP_FD, nest,
				       vgpu_cgroup_nl_policy, extack);
}

static bool visible(const struct vgpu_nl_dump *dump,
		    const struct vgpu_group *group)
{
	if (!dump->root)
		return true;
	for (; group; group = group->parent)
		if (group->id == dump->root)
			return true;
	return false;
}

/**
 * vgpu_nl_dump_next - the next group that a dump may show
 * @dump: how far it is
 *
 * Context: May sleep; takes vgpu_group_lock.
 * Return: a reference, or NULL.
 */
struct vgpu_group *vgpu_nl_dump_next(const struct vgpu_nl_dump *dump)
{
	struct vgpu_group *group;
	u64 serial = dump->serial;

	if (dump->root && !dump->below)
		return serial ? NULL : vgpu_group_find(dump->root);
	while ((group = vgpu_group_next(serial))) {
		if (visible(dump, group))
			break;
		serial = group->serial;
		vgpu_group_put(group);
	}
	return group;
}

/* Changes with all that a dump of groups, quotas or stats shows, bar use. */
unsigned int vgpu_nl_generation(void)
{
	return vgpu_group_generation() + vgpu_device_generation();
}

/**
 * struct entry - a group to show
 * @group: borrowed
 * @paths: of cgroups, borrowed
 */
struct entry {
	struct vgpu_group *group;
	struct vgpu_nl_paths *paths;
};

static u64 count_objects(struct vgpu_group *group)
{
	struct vgpu_account *account;
	u64 objects = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(account, &group->accounts, sibling)
		objects += atomic64_read(&account->objects);
	rcu_read_unlock();
	return objects;
}

static int fill_group(struct sk_buff *skb, void *ctx)
{
	const struct entry *entry = ctx;
	struct vgpu_group *group = entry->group;

	if (vgpu_nl_put_u64(skb, VGPU_A_GROUP_CGROUP_ID, group->id,
			    VGPU_A_GROUP_PAD) ||
	    vgpu_nl_put_path(skb, VGPU_A_GROUP_CGROUP_PATH, group->id,
			     entry->paths))
		return -EMSGSIZE;
	if (group->parent &&
	    vgpu_nl_put_u64(skb, VGPU_A_GROUP_PARENT_ID, group->parent->id,
			    VGPU_A_GROUP_PAD))
		return -EMSGSIZE;
	if (vgpu_nl_put_u64(skb, VGPU_A_GROUP_KERNEL_MEMORY,
			    atomic64_read(&group->kmem), VGPU_A_GROUP_PAD) ||
	    vgpu_nl_put_u64(skb, VGPU_A_GROUP_KERNEL_MEMORY_MAX,
			    READ_ONCE(group->kmem_max), VGPU_A_GROUP_PAD) ||
	    vgpu_nl_put_u64(skb, VGPU_A_GROUP_OBJECTS, count_objects(group),
			    VGPU_A_GROUP_PAD))
		return -EMSGSIZE;
	if (READ_ONCE(group->frozen) && nla_put_u32(skb, VGPU_A_GROUP_FROZEN, 1))
		return -EMSGSIZE;
	if (vgpu_group_limited(group) &&
	    nla_put_flag(skb, VGPU_A_GROUP_LIMITED))
		return -EMSGSIZE;
	return 0;
}

int vgpu_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct cgroup *cgrp;
	struct entry entry;
	int ret;

	ret = vgpu_nl_begin(info, VGPU_NL_NO_MULTI);
	if (ret)
		return ret;
	cgrp = vgpu_nl_cgroup_read(skb, info->attrs, NULL, info->extack);
	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	entry.group = vgpu_group_find(cgroup_id(cgrp));
	cgroup_put(cgrp);
	if (!entry.group) {
		NL_SET_ERR_MSG(info->extack,
			       "no group is kept for this cgroup: it and all below it have neither use nor a quota");
		return -ENOENT;
	}
	entry.paths = vgpu_nl_paths_create();
	ret = -ENOMEM;
	if (entry.paths)
		ret = vgpu_nl_reply(info, VGPU_CMD_GROUP_GET, fill_group,
				    &entry);
	vgpu_nl_paths_destroy(entry.paths);
	vgpu_group_put(entry.group);
	return ret;
}

static int start(struct netlink_callback *cb, struct vgpu_nl_dump *dump)
{
	int ret;

	ret = vgpu_nl_dump_once(cb) ?:
	      vgpu_nl_cgroup_scope(cb->skb, vgpu_dump_attrs(cb), NULL,
				   cb->extack, dump);
	dump->started = !ret;
	return ret;
}

int vgpu_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vgpu_nl_dump *dump = vgpu_nl_dump(cb);
	unsigned int generation;
	struct entry entry;
	int ret = 0;

	if (!dump->started)
		ret = start(cb, dump);
	if (ret)
		return ret;
	entry.paths = vgpu_nl_paths_create();
	if (!entry.paths)
		return -ENOMEM;
	do {
		generation = vgpu_nl_generation();
		entry.group = vgpu_nl_dump_next(dump);
		if (!entry.group)
			break;
		ret = vgpu_nl_dump_entry(skb, cb, VGPU_CMD_GROUP_GET,
					 generation, fill_group, &entry);
		if (!ret)
			dump->serial = entry.group->serial;
		vgpu_group_put(entry.group);
	} while (!ret);
	vgpu_nl_paths_destroy(entry.paths);
	return vgpu_nl_dump_end(skb, cb, generation, ret);
}

static int check_set(const struct genl_info *info)
{
	const struct nlattr *frozen = info->attrs[VGPU_A_GROUP_FROZEN];

	if (!info->attrs[VGPU_A_GROUP_KERNEL_MEMORY_MAX] && !frozen) {
		NL_SET_ERR_MSG(info->extack,
			       "nothing to set: give kernel-memory-max in bytes, or all ones for no bound; or frozen, 0 or 1");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     VGPU_A_GROUP_KERNEL_MEMORY_MAX);
		return -EINVAL;
	}
	if (frozen && nla_get_u32(frozen) > 1) {
		NL_SET_ERR_MSG_ATTR(info->extack, frozen,
				    "frozen is 1 to hold all work of the group, or 0 to let it go on");
		return -ERANGE;
	}
	return 0;
}

/* What can fail comes first, so that it is all or nothing. */
static int set_group(struct vgpu_group *group, const struct genl_info *info)
{
	const struct nlattr *max = info->attrs[VGPU_A_GROUP_KERNEL_MEMORY_MAX];
	const struct nlattr *frozen = info->attrs[VGPU_A_GROUP_FROZEN];
	int ret = 0;

	if (frozen)
		ret = vgpu_group_freeze(group, nla_get_u32(frozen));
	if (ret)
		NL_SET_ERR_MSG_ATTR(info->extack, frozen,
				    "the cgroup is being removed");
	else if (max)
		vgpu_group_set_kmem_max(group, nla_get_u64(max));
	return ret;
}

int vgpu_nl_group_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct vgpu_group *group;
	struct cgroup *cgrp;
	int ret;

	ret = vgpu_nl_begin(info, VGPU_NL_NO_MULTI) ?:
	      vgpu_nl_need_admin(skb, info->extack) ?:
	      check_set(info);
	if (ret)
		return ret;
	cgrp = vgpu_nl_cgroup_read(skb, info->attrs, NULL, info->extack);
	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	group = vgpu_group_of(cgrp);
	cgroup_put(cgrp);
	if (IS_ERR(group)) {
		if (PTR_ERR(group) == -E2BIG)
			NL_SET_ERR_MSG(info->extack, VGPU_NL_TOO_DEEP);
		else
			NL_SET_ERR_MSG(info->extack,
				       "out of memory, or an ancestor's kernel-memory-max is used up");
		return PTR_ERR(group);
	}
	ret = set_group(group, info);
	vgpu_group_put(group);
	return ret;
}
