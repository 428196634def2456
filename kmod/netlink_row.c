// SPDX-License-Identifier: GPL-2.0
/*
 * Rows: what quota-get and stats-get have in common. Each shows one thing of
 * one (group, device), named the same way in the request and in the reply.
 */
#include <linux/cgroup.h>

#include "account.h"
#include "compat.h"
#include "device.h"
#include "group.h"
#include "netlink.h"

static_assert((int)VGPU_A_QUOTA_GROUP == (int)VGPU_A_STATS_GROUP);
static_assert((int)VGPU_A_QUOTA_DEVICE_ID == (int)VGPU_A_STATS_DEVICE_ID);
static_assert((int)VGPU_A_QUOTA_DEVICE_NAME == (int)VGPU_A_STATS_DEVICE_NAME);

/**
 * vgpu_nl_account_above - the account that binds a cgroup most closely
 * @cgrp: referenced by the caller
 * @device: device id
 *
 * Context: Any.
 * Return: a reference to the account of the cgroup or of its nearest ancestor
 * that has one, or NULL.
 */
struct vgpu_account *vgpu_nl_account_above(struct cgroup *cgrp, u32 device)
{
	struct vgpu_account *account = NULL;

	for (; cgrp && !account; cgrp = cgroup_parent(cgrp))
		account = vgpu_account_find(cgroup_id(cgrp), device);
	return account;
}

struct filling {
	const struct vgpu_nl_row_ops *ops;
	struct vgpu_nl_row *row;
};

static int fill_row(struct sk_buff *skb, void *ctx)
{
	const struct filling *filling = ctx;
	const struct vgpu_nl_row *row = filling->row;

	if (vgpu_nl_put_group(skb, VGPU_A_STATS_GROUP, row->id, row->paths) ||
	    nla_put_u32(skb, VGPU_A_STATS_DEVICE_ID, row->device->id) ||
	    nla_put_string(skb, VGPU_A_STATS_DEVICE_NAME, row->device->name))
		return -EMSGSIZE;
	return filling->ops->fill(skb, row);
}

static int reply_row(struct genl_info *info, const struct vgpu_nl_row_ops *ops,
		     struct cgroup *cgrp, struct vgpu_device *device)
{
	struct vgpu_nl_row row = {
		.id = cgroup_id(cgrp),
		.device = device,
	};
	struct filling filling = { .ops = ops, .row = &row };
	int ret = -ENOMEM;

	row.paths = vgpu_nl_paths_create();
	if (!row.paths)
		return ret;
	row.account = vgpu_nl_account_above(cgrp, device->id);
	row.own = row.account && row.account->key.group == row.id;
	ret = vgpu_nl_reply(info, ops->cmd, fill_row, &filling);
	vgpu_account_put(row.account);
	vgpu_nl_paths_destroy(row.paths);
	return ret;
}

/**
 * vgpu_nl_row_get - answer a request for one row
 * @skb: the request
 * @info: the request
 * @ops: the kind
 *
 * A cgroup without a group has a row too: no use, no quota of its own, and the
 * limits of its ancestors.
 *
 * Return: 0 or a negative errno.
 */
int vgpu_nl_row_get(struct sk_buff *skb, struct genl_info *info,
		    const struct vgpu_nl_row_ops *ops)
{
	struct nlattr *nest = info->attrs[VGPU_A_STATS_GROUP];
	struct nlattr *names[VGPU_A_GROUP_CGROUP_FD + 1];
	struct vgpu_device *device;
	struct cgroup *cgrp;
	int ret;

	ret = vgpu_nl_begin(info, VGPU_NL_NO_MULTI) ?:
	      vgpu_nl_cgroup_nest(nest, names, info->extack);
	if (ret)
		return ret;
	cgrp = vgpu_nl_cgroup_read(skb, names, nest, info->extack);
	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	device = vgpu_nl_device(info->attrs[VGPU_A_STATS_DEVICE_ID],
				info->attrs[VGPU_A_STATS_DEVICE_NAME], NULL,
				VGPU_A_STATS_DEVICE_NAME, NULL, info->extack);
	ret = PTR_ERR_OR_ZERO(device);
	if (!ret) {
		ret = reply_row(info, ops, cgrp, device);
		vgpu_device_put(device);
	}
	cgroup_put(cgrp);
	return ret;
}

static int start(struct netlink_callback *cb, struct vgpu_nl_dump *dump)
{
	struct nlattr **attrs = vgpu_dump_attrs(cb);
	struct nlattr *names[VGPU_A_GROUP_CGROUP_FD + 1];
	struct vgpu_device *device;
	int ret;

	ret = vgpu_nl_dump_once(cb) ?:
	      vgpu_nl_cgroup_nest(attrs[VGPU_A_STATS_GROUP], names,
				  cb->extack) ?:
	      vgpu_nl_cgroup_scope(cb->skb, names, attrs[VGPU_A_STATS_GROUP],
				   cb->extack, dump);
	if (ret)
		return ret;
	if (attrs[VGPU_A_STATS_DEVICE_ID] || attrs[VGPU_A_STATS_DEVICE_NAME]) {
		device = vgpu_nl_device(attrs[VGPU_A_STATS_DEVICE_ID],
					attrs[VGPU_A_STATS_DEVICE_NAME], NULL,
					VGPU_A_STATS_DEVICE_NAME, NULL,
					cb->extack);
		if (IS_ERR(device))
			return PTR_ERR(device);
		dump->device = device->id;
		vgpu_device_put(device);
	}
	dump->started = true;
	return 0;
}

/* A group's account with the lowest device id above the one last shown. */
static struct vgpu_account *next_account(struct vgpu_group *group,
					 const struct vgpu_nl_dump *dump)
{
	struct vgpu_account *account, *next = NULL;

	mutex_lock(&vgpu_group_lock);
	list_for_each_entry(account, &group->accounts, sibling) {
		if (account->key.device <= dump->account ||
		    (dump->device && account->key.device != dump->device) ||
		    (next && account->key.device > next->key.device))
			continue;
		next = account;
	}
	if (next)
		vgpu_account_get(next);
	mutex_unlock(&vgpu_group_lock);
	return next;
}

/* Show what is left of one group. */
static int dump_group(struct sk_buff *skb, struct netlink_callback *cb,
		      unsigned int generation, struct filling *filling,
		      struct vgpu_group *group)
{
	struct vgpu_nl_dump *dump = vgpu_nl_dump(cb);
	const struct vgpu_nl_row_ops *ops = filling->ops;
	struct vgpu_nl_row *row = filling->row;
	int ret = 0;

	row->id = group->id;
	while (!ret && (row->account = next_account(group, dump))) {
		row->device = row->account->device;
		if (!ops->want || ops->want(row->account))
			ret = vgpu_nl_dump_entry(skb, cb, ops->cmd, generation,
						 fill_row, filling);
		if (!ret)
			dump->account = row->device->id;
		vgpu_account_put(row->account);
	}
	return ret;
}

/**
 * vgpu_nl_row_dump - go on with a dump of rows
 * @skb: room for some
 * @cb: the dump
 * @ops: the kind
 *
 * Return: as a dumpit does.
 */
int vgpu_nl_row_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct vgpu_nl_row_ops *ops)
{
	struct vgpu_nl_dump *dump = vgpu_nl_dump(cb);
	struct vgpu_nl_row row = { .own = true };
	struct filling filling = { .ops = ops, .row = &row };
	struct vgpu_group *group;
	unsigned int generation;
	int ret = 0;

	if (!dump->started)
		ret = start(cb, dump);
	if (ret)
		return ret;
	row.paths = vgpu_nl_paths_create();
	if (!row.paths)
		return -ENOMEM;
	do {
		generation = vgpu_nl_generation();
		group = vgpu_nl_dump_next(dump);
		if (!group)
			break;
		ret = dump_group(skb, cb, generation, &filling, group);
		if (!ret) {
			dump->serial = group->serial;
			dump->account = 0;
		}
		vgpu_group_put(group);
	} while (!ret);
	vgpu_nl_paths_destroy(row.paths);
	return vgpu_nl_dump_end(skb, cb, generation, ret);
}
