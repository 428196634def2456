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
#include "sched.h"

#define ABOVE_CAP	"the guarantee would be above the cap"

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
	return vgpu_account_has_quota(account) ||
	       READ_ONCE(account->managed) != VGPU_MANAGED_UNSET ||
	       READ_ONCE(account->compute.freezer) != VGPU_FREEZER_UNSET;
}

static int put_limit(struct sk_buff *skb, int attrtype, u64 max)
{
	if (max == VGPU_UNLIMITED)
		return 0;
	return vgpu_nl_put_u64(skb, attrtype, max, VGPU_A_QUOTA_PAD);
}

/* What is not set is 0. */
static int put_set(struct sk_buff *skb, int attrtype, u32 value)
{
	return value ? nla_put_u32(skb, attrtype, value) : 0;
}

static int put_time(struct sk_buff *skb, const struct vgpu_compute *compute)
{
	if (put_set(skb, VGPU_A_QUOTA_COMPUTE_MAX, READ_ONCE(compute->max)) ||
	    put_set(skb, VGPU_A_QUOTA_COMPUTE_MIN, READ_ONCE(compute->min)) ||
	    put_set(skb, VGPU_A_QUOTA_COMPUTE_WEIGHT,
		    READ_ONCE(compute->weight)) ||
	    put_set(skb, VGPU_A_QUOTA_PRIORITY,
		    READ_ONCE(compute->priority)) ||
	    put_set(skb, VGPU_A_QUOTA_FREEZER, READ_ONCE(compute->freezer)))
		return -EMSGSIZE;
	return 0;
}

static int fill_quota(struct sk_buff *skb, const struct vgpu_nl_row *row)
{
	const struct vgpu_counter *mem;

	if (!row->own)
		return 0;
	mem = row->account->mem;
	if (put_limit(skb, VGPU_A_QUOTA_MEMORY_MAX,
		      READ_ONCE(mem[VGPU_MEM_DEVICE].max)) ||
	    put_limit(skb, VGPU_A_QUOTA_MEMORY_SYSTEM_MAX,
		      READ_ONCE(mem[VGPU_MEM_SYSTEM].max)))
		return -EMSGSIZE;
	if (put_set(skb, VGPU_A_QUOTA_MANAGED,
		    READ_ONCE(row->account->managed)))
		return -EMSGSIZE;
	return put_time(skb, &row->account->compute);
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

/* Shares are hundredths of a percent. */
static int check_time(const struct entry *entry,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *max = entry->tb[VGPU_A_QUOTA_ENTRY_COMPUTE_MAX];
	const struct nlattr *min = entry->tb[VGPU_A_QUOTA_ENTRY_COMPUTE_MIN];
	const struct nlattr *weight =
		entry->tb[VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT];

	if (max && (!nla_get_u32(max) || nla_get_u32(max) > VGPU_SCHED_FULL)) {
		NL_SET_ERR_MSG_ATTR(extack, max,
				    "a cap is 1 to 10000 hundredths of a percent; 10000 lifts it");
		return -ERANGE;
	}
	if (min && nla_get_u32(min) > VGPU_SCHED_FULL) {
		NL_SET_ERR_MSG_ATTR(extack, min,
				    "a guarantee is at most 10000 hundredths of a percent; 0 lifts it");
		return -ERANGE;
	}
	if (weight && nla_get_u32(weight) > VGPU_SCHED_WEIGHT_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, weight,
				    "a weight is 1 to 10000; 0 lifts it, and then it is 100");
		return -ERANGE;
	}
	if (max && min && nla_get_u32(min) > nla_get_u32(max)) {
		NL_SET_ERR_MSG_ATTR(extack, min, ABOVE_CAP);
		return -EINVAL;
	}
	return 0;
}

/* Is there any of what an entry can set, reset aside? */
static bool sets_something(const struct entry *entry)
{
	static const u8 settable[] = {
		VGPU_A_QUOTA_ENTRY_MEMORY_MAX,
		VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX,
		VGPU_A_QUOTA_ENTRY_MANAGED,
		VGPU_A_QUOTA_ENTRY_COMPUTE_MAX,
		VGPU_A_QUOTA_ENTRY_COMPUTE_MIN,
		VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT,
		VGPU_A_QUOTA_ENTRY_PRIORITY,
		VGPU_A_QUOTA_ENTRY_FREEZER,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(settable); i++)
		if (entry->tb[settable[i]])
			return true;
	return false;
}

static int check_limits(const struct entry *entry,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *reset = entry->tb[VGPU_A_QUOTA_ENTRY_RESET];
	bool sets = sets_something(entry);

	if (!sets && !reset) {
		NL_SET_ERR_MSG_ATTR(extack, entry->attr,
				    "nothing to set: give a limit of memory or time, or reset");
		return -EINVAL;
	}
	if (sets && reset) {
		NL_SET_ERR_MSG_ATTR(extack, reset,
				    "reset lifts every limit: give it alone");
		return -EINVAL;
	}
	return check_limit(entry->tb[VGPU_A_QUOTA_ENTRY_MEMORY_MAX], extack) ?:
	       check_limit(entry->tb[VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX],
			   extack) ?:
	       check_time(entry, extack);
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

/* The same for time, where only a cap counts outside the delegated directory. */
static int check_cap_above(const struct nlattr *attr,
			   const struct vgpu_account *account,
			   struct netlink_ext_ack *extack)
{
	u32 max = attr ? nla_get_u32(attr) : VGPU_SCHED_FULL;
	u32 cap = VGPU_SCHED_FULL;

	for (; account; account = account->parent)
		cap = min(cap, READ_ONCE(account->compute.max) ?: VGPU_SCHED_FULL);
	if (max == VGPU_SCHED_FULL || max <= cap)
		return 0;
	vgpu_nl_say(extack, attr, "above the cap of an ancestor",
		    "above the cap of an ancestor: at most %u.%02u %%",
		    cap / 100, cap % 100);
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
				  account, VGPU_MEM_SYSTEM, extack) ?:
		      check_cap_above(entry->tb[VGPU_A_QUOTA_ENTRY_COMPUTE_MAX],
				      account, extack);
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

/* 0 stands for what is not set, as a cap of all does in a request. */
static void fill_time(const struct entry *entry, struct vgpu_quota *quota)
{
	const struct nlattr *max = entry->tb[VGPU_A_QUOTA_ENTRY_COMPUTE_MAX];
	const struct nlattr *min = entry->tb[VGPU_A_QUOTA_ENTRY_COMPUTE_MIN];
	const struct nlattr *weight =
		entry->tb[VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT];
	const struct nlattr *prio = entry->tb[VGPU_A_QUOTA_ENTRY_PRIORITY];
	const struct nlattr *freezer = entry->tb[VGPU_A_QUOTA_ENTRY_FREEZER];
	bool reset = entry->tb[VGPU_A_QUOTA_ENTRY_RESET];

	quota->compute_max = max ? nla_get_u32(max) % VGPU_SCHED_FULL : 0;
	quota->compute_min = min ? nla_get_u32(min) : 0;
	quota->compute_weight = weight ? nla_get_u32(weight) : 0;
	quota->priority = prio ? nla_get_u32(prio) : VGPU_PRIORITY_UNSET;
	quota->freezer = freezer ? nla_get_u32(freezer) : VGPU_FREEZER_UNSET;
	quota->set |= (max || reset ? VGPU_QUOTA_COMPUTE_MAX : 0) |
		      (min || reset ? VGPU_QUOTA_COMPUTE_MIN : 0) |
		      (weight || reset ? VGPU_QUOTA_WEIGHT : 0) |
		      (prio || reset ? VGPU_QUOTA_PRIORITY : 0) |
		      (freezer || reset ? VGPU_QUOTA_FREEZER : 0);
}

/* Why the group would not take what is right by itself. */
static void say_refused(const struct request *req, int err,
			const struct vgpu_quota_refusal *why,
			struct netlink_ext_ack *extack)
{
	struct nlattr *const *tb = req->entries[why->index].tb;
	const struct nlattr *min = tb[VGPU_A_QUOTA_ENTRY_COMPUTE_MIN];
	const struct nlattr *max = tb[VGPU_A_QUOTA_ENTRY_COMPUTE_MAX];

	switch (err) {
	case -ENOSPC:
		vgpu_nl_say(extack, min,
			    "the guarantees of this level would be more than the whole",
			    "the guarantees of this level would be more than the whole: at most %u.%02u %% is left",
			    why->left / 100, why->left % 100);
		break;
	case -EINVAL:
		NL_SET_ERR_MSG_ATTR(extack, min ?: max, ABOVE_CAP);
		break;
	case -ENOMEM:
		NL_SET_ERR_MSG(extack,
			       "out of memory, or the kernel-memory-max of the cgroup or an ancestor is used up");
		break;
	case -E2BIG:
		NL_SET_ERR_MSG(extack, VGPU_NL_TOO_DEEP);
		break;
	default:
		NL_SET_ERR_MSG(extack, "the cgroup is being removed");
	}
}

/* From here on nothing is wrong with the request by itself. */
static int apply(struct request *req, struct netlink_ext_ack *extack)
{
	struct vgpu_quota_refusal why = { 0 };
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
		fill_time(entry, &changes[i]);
	}
	ret = ret ?: vgpu_group_set_quotas(req->cgrp, changes, req->n, &why);
	kfree(changes);
	if (ret)
		say_refused(req, ret, &why, extack);
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
