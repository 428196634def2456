// SPDX-License-Identifier: GPL-2.0
/*
 * Quotas in requests and replies.
 *
 * A quota-set is read to its end before anything is done: what is wrong with
 * its last entry is found before its first could take effect.
 */
#include <linux/cgroup.h>
#include <linux/slab.h>

#include "account.h"
#include "compat.h"
#include "device.h"
#include "group.h"
#include "netlink.h"
#include "quota.h"

/**
 * struct entry - one entry of a quota-set, as far as it is read
 * @attr: the nest
 * @tb: what is in it
 * @device: owned; NULL as long as only its name is known
 * @absent: that name
 */
struct entry {
	const struct nlattr *attr;
	struct nlattr *tb[VGPU_A_QUOTA_ENTRY_MAX + 1];
	struct vgpu_device *device;
	char absent[VGPU_DEVICE_NAME_MAX];
};

/**
 * struct request - a quota-set
 * @entries: of them
 * @n: so many
 * @cgrp: owned
 * @admin: the sender has the capability
 */
struct request {
	struct entry *entries;
	unsigned int n;
	struct cgroup *cgrp;
	bool admin;
};

static bool has_quota(const struct vgpu_account *account)
{
	return READ_ONCE(account->mem[VGPU_MEM_DEVICE].max) != VGPU_UNLIMITED ||
	       READ_ONCE(account->mem[VGPU_MEM_SYSTEM].max) != VGPU_UNLIMITED ||
	       READ_ONCE(account->managed) != VGPU_MANAGED_UNSET;
}

static int put_limit(struct sk_buff *skb, int attrtype, u64 max)
{
	if (max == VGPU_UNLIMITED)
		return 0;
	return vgpu_nl_put_u64(skb, attrtype, max, VGPU_A_QUOTA_PAD);
}

static int fill_quota(struct sk_buff *skb, const struct vgpu_nl_row *row)
{
	const struct vgpu_counter *mem;
	enum vgpu_managed managed;

	if (!row->own)
		return 0;
	mem = row->account->mem;
	if (put_limit(skb, VGPU_A_QUOTA_MEMORY_MAX,
		      READ_ONCE(mem[VGPU_MEM_DEVICE].max)) ||
	    put_limit(skb, VGPU_A_QUOTA_MEMORY_SYSTEM_MAX,
		      READ_ONCE(mem[VGPU_MEM_SYSTEM].max)))
		return -EMSGSIZE;
	managed = READ_ONCE(row->account->managed);
	if (managed == VGPU_MANAGED_UNSET)
		return 0;
	return nla_put_u32(skb, VGPU_A_QUOTA_MANAGED, managed);
}

static const struct vgpu_nl_row_ops quotas = {
	.cmd = VGPU_CMD_QUOTA_GET,
	.want = has_quota,
	.fill = fill_quota,
};

int vgpu_nl_quota_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return vgpu_nl_row_get(skb, info, &quotas);
}

int vgpu_nl_quota_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vgpu_nl_row_dump(skb, cb, &quotas);
}

/* Limits are all ones for none, or bytes that a signed counter can reach. */
static int check_limit(const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	u64 max = attr ? nla_get_u64(attr) : 0;

	if (max <= S64_MAX || max == VGPU_UNLIMITED)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a limit is at most 9223372036854775807 bytes, or all ones for none");
	return -ERANGE;
}

static int check_limits(const struct entry *entry,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *mem = entry->tb[VGPU_A_QUOTA_ENTRY_MEMORY_MAX];
	const struct nlattr *sys =
		entry->tb[VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX];
	const struct nlattr *managed = entry->tb[VGPU_A_QUOTA_ENTRY_MANAGED];
	const struct nlattr *reset = entry->tb[VGPU_A_QUOTA_ENTRY_RESET];

	if (!mem && !sys && !managed && !reset) {
		NL_SET_ERR_MSG_ATTR(extack, entry->attr,
				    "nothing to set: give memory-max, memory-system-max, managed or reset");
		return -EINVAL;
	}
	if (reset && (mem || sys || managed)) {
		NL_SET_ERR_MSG_ATTR(extack, reset,
				    "reset lifts every limit: give it alone");
		return -EINVAL;
	}
	return check_limit(mem, extack) ?: check_limit(sys, extack);
}

static bool same_device(const struct entry *a, const struct entry *b)
{
	return a->device == b->device &&
	       (a->device || !strcmp(a->absent, b->absent));
}

static int read_entry(struct request *req, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	struct entry *entry = &req->entries[req->n];
	unsigned int i;
	int ret;

	ret = vgpu_nl_once(nla_data(attr), nla_len(attr), VGPU_NL_NO_MULTI,
			   extack) ?:
	      nla_parse_nested(entry->tb, VGPU_A_QUOTA_ENTRY_MAX, attr,
			       vgpu_quota_entry_nl_policy, extack);
	if (ret)
		return ret;
	entry->attr = attr;
	/* A device that is not there takes memory for ever: not for everybody. */
	entry->device = vgpu_nl_device(entry->tb[VGPU_A_QUOTA_ENTRY_DEVICE_ID],
				       entry->tb[VGPU_A_QUOTA_ENTRY_DEVICE_NAME],
				       attr, VGPU_A_QUOTA_ENTRY_DEVICE_NAME,
				       req->admin ? entry->absent : NULL,
				       extack);
	if (IS_ERR(entry->device))
		return PTR_ERR(entry->device);
	req->n++;
	for (i = 0; i < req->n - 1; i++) {
		if (same_device(&req->entries[i], entry)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "the device has an entry already: give it one");
			return -EINVAL;
		}
	}
	return check_limits(entry, extack);
}

static int read_entries(struct request *req, struct genl_info *info)
{
	const struct nlattr *attr;
	int left, ret;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left) {
		if (nla_type(attr) != VGPU_A_QUOTA_ENTRY)
			continue;
		if (req->n == VGPU_QUOTAS_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "too many entries: 64 at most");
			return -E2BIG;
		}
		ret = read_entry(req, attr, info->extack);
		if (ret)
			return ret;
	}
	if (!req->n) {
		NL_SET_ERR_MSG(info->extack,
			       "no quota is given: add an entry for each device");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, VGPU_A_QUOTA_ENTRY);
		return -EINVAL;
	}
	return 0;
}

/* A delegate may lift a limit of its own, for its ancestors' still bind. */
static int check_above(const struct nlattr *attr,
		       struct vgpu_account *account, enum vgpu_mem mem,
		       struct netlink_ext_ack *extack)
{
	u64 max = attr ? nla_get_u64(attr) : VGPU_UNLIMITED;
	u64 limit = vgpu_account_limit(account, mem);

	if (max == VGPU_UNLIMITED || max <= limit)
		return 0;
	vgpu_nl_say(extack, attr, "above the limit of an ancestor",
		    "above the limit of an ancestor: at most %llu bytes",
		    limit);
	return -ERANGE;
}

static int check_delegated(const struct request *req,
			   struct netlink_ext_ack *extack)
{
	const struct entry *entry = req->entries;
	struct vgpu_account *account;
	int ret = 0;

	for (; entry < req->entries + req->n && !ret; entry++) {
		account = vgpu_nl_account_above(cgroup_parent(req->cgrp),
						entry->device->id);
		ret = check_above(entry->tb[VGPU_A_QUOTA_ENTRY_MEMORY_MAX],
				  account, VGPU_MEM_DEVICE, extack) ?:
		      check_above(entry->tb[VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX],
				  account, VGPU_MEM_SYSTEM, extack);
		vgpu_account_put(account);
	}
	return ret;
}

static void fill_change(const struct entry *entry, struct vgpu_quota *quota)
{
	const struct nlattr *mem = entry->tb[VGPU_A_QUOTA_ENTRY_MEMORY_MAX];
	const struct nlattr *sys =
		entry->tb[VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX];
	const struct nlattr *managed = entry->tb[VGPU_A_QUOTA_ENTRY_MANAGED];
	bool reset = entry->tb[VGPU_A_QUOTA_ENTRY_RESET];

	quota->device = entry->device;
	quota->max[VGPU_MEM_DEVICE] = mem ? nla_get_u64(mem) : VGPU_UNLIMITED;
	quota->max[VGPU_MEM_SYSTEM] = sys ? nla_get_u64(sys) : VGPU_UNLIMITED;
	quota->managed = managed ? nla_get_u32(managed) : VGPU_MANAGED_UNSET;
	quota->set = (mem || reset ? VGPU_QUOTA_MEM : 0) |
		     (sys || reset ? VGPU_QUOTA_SYSTEM : 0) |
		     (managed || reset ? VGPU_QUOTA_MANAGED : 0);
}

/* From here on nothing is wrong with the request. */
static int apply(struct request *req, struct netlink_ext_ack *extack)
{
	struct vgpu_quota_refusal why;
	struct vgpu_quota *changes;
	struct entry *entry;
	unsigned int i;
	int ret = 0;

	changes = kcalloc(req->n, sizeof(*changes), GFP_KERNEL);
	if (!changes)
		return -ENOMEM;
	for (i = 0; i < req->n && !ret; i++) {
		entry = &req->entries[i];
		if (!entry->device)
			entry->device = vgpu_device_expect(entry->absent);
		ret = PTR_ERR_OR_ZERO(entry->device);
		fill_change(entry, &changes[i]);
	}
	ret = ret ?: vgpu_group_set_quotas(req->cgrp, changes, req->n,
					   &why);
	kfree(changes);
	if (ret == -ENOMEM)
		NL_SET_ERR_MSG(extack,
			       "out of memory, or the kernel-memory-max of the cgroup or an ancestor is used up");
	else if (ret)
		NL_SET_ERR_MSG(extack, "the cgroup is being removed");
	return ret;
}

static int set_quotas(struct request *req, struct sk_buff *skb,
		      struct genl_info *info)
{
	struct nlattr *nest = info->attrs[VGPU_A_QUOTA_GROUP];
	struct nlattr *names[VGPU_A_GROUP_CGROUP_FD + 1];
	int ret;

	ret = vgpu_nl_cgroup_nest(nest, names, info->extack);
	if (ret)
		return ret;
	req->cgrp = vgpu_nl_cgroup_change(skb, names, nest, info->extack);
	if (IS_ERR(req->cgrp))
		return PTR_ERR(req->cgrp);
	ret = read_entries(req, info);
	if (!ret && !req->admin)
		ret = check_delegated(req, info->extack);
	if (!ret)
		ret = apply(req, info->extack);
	cgroup_put(req->cgrp);
	return ret;
}

int vgpu_nl_quota_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct request req = { .admin = vgpu_nl_admin(skb) };
	int ret;

	ret = vgpu_nl_begin(info, VGPU_A_QUOTA_ENTRY);
	if (ret)
		return ret;
	req.entries = kcalloc(VGPU_QUOTAS_MAX, sizeof(*req.entries),
			      GFP_KERNEL);
	if (!req.entries)
		return -ENOMEM;
	ret = set_quotas(&req, skb, info);
	while (req.n--)
		if (!IS_ERR(req.entries[req.n].device))
			vgpu_device_put(req.entries[req.n].device);
	kfree(req.entries);
	return ret;
}
