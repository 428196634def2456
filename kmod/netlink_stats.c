// SPDX-License-Identifier: GPL-2.0
/*
 * Use by group and device.
 *
 * The counters are read one after the other without a lock, so charged and
 * overhead may come from two moments; each by itself is exact.
 */
#include "account.h"
#include "netlink.h"
#include "sched.h"
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

/* What is not set is not told: a dump of all groups is mostly that. */
static int put_setting(struct sk_buff *skb, int attrtype, u32 value)
{
	return value ? nla_put_u32(skb, attrtype, value) : 0;
}

static int put_settings(struct sk_buff *skb,
			const struct vgpu_compute *compute)
{
	if (!(READ_ONCE(compute->max) | READ_ONCE(compute->min) |
	      READ_ONCE(compute->weight) | READ_ONCE(compute->priority) |
	      READ_ONCE(compute->freezer)))
		return 0;
	if (put_setting(skb, VGPU_A_STATS_COMPUTE_MAX,
			READ_ONCE(compute->max)) ||
	    put_setting(skb, VGPU_A_STATS_COMPUTE_MIN,
			READ_ONCE(compute->min)) ||
	    put_setting(skb, VGPU_A_STATS_COMPUTE_WEIGHT,
			READ_ONCE(compute->weight)) ||
	    put_setting(skb, VGPU_A_STATS_PRIORITY,
			READ_ONCE(compute->priority)) ||
	    put_setting(skb, VGPU_A_STATS_FREEZER,
			READ_ONCE(compute->freezer)))
		return -EMSGSIZE;
	return 0;
}

/* Averages are numbered one after the other. */
static int put_averages(struct sk_buff *skb, int attrtype, const u32 *shares)
{
	int i, ret = 0;

	for (i = 0; i < 3 && !ret; i++)
		ret = nla_put_u32(skb, attrtype + i, shares[i]);
	return ret;
}

static int put_ns(struct sk_buff *skb, int attrtype, u64 value)
{
	return vgpu_nl_put_u64(skb, attrtype, value, VGPU_A_ENGINE_STATS_PAD);
}

static int put_engine(struct sk_buff *skb, enum vgpu_engine engine,
		      const struct vgpu_time_stats *time)
{
	struct nlattr *nest = nla_nest_start(skb, VGPU_A_STATS_ENGINE);

	if (!nest ||
	    nla_put_u32(skb, VGPU_A_ENGINE_STATS_CLASS, engine) ||
	    put_ns(skb, VGPU_A_ENGINE_STATS_BUSY_TIME, time->busy) ||
	    put_averages(skb, VGPU_A_ENGINE_STATS_SHARE_1S, time->share) ||
	    put_ns(skb, VGPU_A_ENGINE_STATS_THROTTLED_TIME,
		   time->throttled) ||
	    put_ns(skb, VGPU_A_ENGINE_STATS_THROTTLED_COUNT,
		   time->throttled_count) ||
	    nla_put_u32(skb, VGPU_A_ENGINE_STATS_WAITING, time->waiting) ||
	    nla_put_u32(skb, VGPU_A_ENGINE_STATS_IN_FLIGHT,
			time->in_flight) ||
	    nla_put_u32(skb, VGPU_A_ENGINE_STATS_QUEUES, time->queues) ||
	    put_averages(skb, VGPU_A_ENGINE_STATS_SOME_10S, time->some) ||
	    put_averages(skb, VGPU_A_ENGINE_STATS_FULL_10S, time->full) ||
	    put_ns(skb, VGPU_A_ENGINE_STATS_SOME_TOTAL, time->some_total) ||
	    put_ns(skb, VGPU_A_ENGINE_STATS_FULL_TOTAL, time->full_total))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* What each engine class was busy, and the sum, which is the device's. */
static int put_engines(struct sk_buff *skb, struct vgpu_account *account)
{
	struct vgpu_time_stats time;
	enum vgpu_engine engine;
	u64 busy = 0;

	for (engine = VGPU_ENGINE_COMPUTE; engine <= VGPU_ENGINE_VIDEO;
	     engine++) {
		if (!account || !READ_ONCE(account->shares[engine]) ||
		    !vgpu_time_stats(account, engine, &time))
			continue;
		if (put_engine(skb, engine, &time))
			return -EMSGSIZE;
		busy += time.busy;
	}
	return put(skb, VGPU_A_STATS_BUSY_TIME, busy);
}

static int put_time(struct sk_buff *skb, const struct vgpu_nl_row *row)
{
	static const struct vgpu_compute none;

	return put_settings(skb, row->own ? &row->account->compute : &none) ?:
	       put_engines(skb, row->own ? row->account : NULL);
}

static int fill_stats(struct sk_buff *skb, const struct vgpu_nl_row *row)
{
	static const struct vgpu_counter none = { .max = VGPU_UNLIMITED };
	struct vgpu_account *account = row->account;
	const struct vgpu_counter *device = &none, *system = &none;
	u64 limits[VGPU_MEM_KINDS];

	if (row->own) {
		device = &account->mem[VGPU_MEM_DEVICE];
		system = &account->mem[VGPU_MEM_SYSTEM];
	}
	vgpu_account_limits(account, limits);
	if (put_device_memory(skb, device, limits[VGPU_MEM_DEVICE]) ||
	    put_system_memory(skb, system, limits[VGPU_MEM_SYSTEM]))
		return -EMSGSIZE;
	if (put(skb, VGPU_A_STATS_OBJECTS,
		row->own ? atomic64_read(&account->objects) : 0))
		return -EMSGSIZE;
	if (nla_put_u32(skb, VGPU_A_STATS_MANAGED,
			vgpu_account_managed(account)))
		return -EMSGSIZE;
	return put_time(skb, row);
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
