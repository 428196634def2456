// SPDX-License-Identifier: GPL-2.0
/*
 * Use by group and device.
 *
 * The counters are read one after the other without a lock, so charged and
 * overhead may come from two moments; each by itself is exact.
 */
#include "account.h"
#include "netlink.h"
#include "time.h"

static int put(struct sk_buff *skb, int attrtype, u64 value)
{
	return vgpu_nl_put_u64(skb, attrtype, value, VGPU_A_STATS_PAD);
}

static int put_device_memory(struct sk_buff *skb,
			     const struct vgpu_counter *mem, u64 limit)
{
	u64 overhead = atomic64_read(&mem->overhead);
	u64 usage = atomic64_read(&mem->usage);

	if (put(skb, VGPU_A_STATS_MEMORY_CHARGED,
		usage - min(usage, overhead)) ||
	    put(skb, VGPU_A_STATS_MEMORY_OVERHEAD, overhead) ||
	    put(skb, VGPU_A_STATS_MEMORY_PEAK, atomic64_read(&mem->peak)) ||
	    put(skb, VGPU_A_STATS_MEMORY_MAX, READ_ONCE(mem->max)) ||
	    put(skb, VGPU_A_STATS_MEMORY_LIMIT, limit) ||
	    put(skb, VGPU_A_STATS_MEMORY_REFUSED,
		atomic64_read(&mem->refused)))
		return -EMSGSIZE;
	return 0;
}

static int put_system_memory(struct sk_buff *skb,
			     const struct vgpu_counter *mem, u64 limit)
{
	if (put(skb, VGPU_A_STATS_SYSTEM_CHARGED,
		atomic64_read(&mem->usage)) ||
	    put(skb, VGPU_A_STATS_SYSTEM_PEAK, atomic64_read(&mem->peak)) ||
	    put(skb, VGPU_A_STATS_SYSTEM_MAX, READ_ONCE(mem->max)) ||
	    put(skb, VGPU_A_STATS_SYSTEM_LIMIT, limit) ||
	    put(skb, VGPU_A_STATS_SYSTEM_REFUSED,
		atomic64_read(&mem->refused)))
		return -EMSGSIZE;
	return 0;
}

static int fill_stats(struct sk_buff *skb, const struct vgpu_nl_row *row)
{
	static const struct vgpu_counter none = { .max = VGPU_UNLIMITED };
	struct vgpu_account *account = row->account;
	const struct vgpu_counter *device = &none, *system = &none;
	struct vgpu_time_stats time = { };

	if (row->own) {
		device = &account->mem[VGPU_MEM_DEVICE];
		system = &account->mem[VGPU_MEM_SYSTEM];
	}
	if (put_device_memory(skb, device,
			      vgpu_account_limit(account, VGPU_MEM_DEVICE)) ||
	    put_system_memory(skb, system,
			      vgpu_account_limit(account, VGPU_MEM_SYSTEM)))
		return -EMSGSIZE;
	if (row->own)
		vgpu_time_stats(account, VGPU_ENGINE_COMPUTE, &time);
	if (put(skb, VGPU_A_STATS_OBJECTS,
		row->own ? atomic64_read(&account->objects) : 0) ||
	    put(skb, VGPU_A_STATS_BUSY_TIME, time.busy))
		return -EMSGSIZE;
	return nla_put_u32(skb, VGPU_A_STATS_MANAGED,
			   vgpu_account_managed(account));
}

static const struct vgpu_nl_row_ops stats = {
	.cmd = VGPU_CMD_STATS_GET,
	.fill = fill_stats,
};

int vgpu_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return vgpu_nl_row_get(skb, info, &stats);
}

int vgpu_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return vgpu_nl_row_dump(skb, cb, &stats);
}
