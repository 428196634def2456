/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints vgpu:*, described in Documentation/tracepoints.rst. A field that
 * is there stays; new ones are appended.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vgpu

#if !defined(_VGPU_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _VGPU_TRACE_H

#include <linux/tracepoint.h>

#include "account.h"
#include "share.h"

#define vgpu_show_engine(engine)					\
	__print_symbolic(engine,					\
		{ VGPU_ENGINE_COMPUTE, "compute" },			\
		{ VGPU_ENGINE_COPY, "copy" },				\
		{ VGPU_ENGINE_VIDEO, "video" })

#define vgpu_show_mem(mem)						\
	__print_symbolic(mem,						\
		{ VGPU_MEM_DEVICE, "device" },				\
		{ VGPU_MEM_SYSTEM, "system" })

#define vgpu_show_why(why)						\
	__print_symbolic(why,						\
		{ VGPU_SCHED_TURN, "turn" },				\
		{ VGPU_SCHED_CAP, "cap" },				\
		{ VGPU_SCHED_FROZEN, "frozen" })

#define vgpu_show_priority(priority)					\
	__print_symbolic(priority,					\
		{ VGPU_SCHED_HIGH, "high" },				\
		{ VGPU_SCHED_NORMAL, "normal" },			\
		{ VGPU_SCHED_LOW, "low" })

DECLARE_EVENT_CLASS(vgpu_memory,
	TP_PROTO(const struct vgpu_account *account, enum vgpu_mem mem,
		 u64 bytes),
	TP_ARGS(account, mem, bytes),
	TP_STRUCT__entry(
		__field(u64, cgroup)
		__field(u32, device)
		__field(u32, mem)
		__field(u64, bytes)
		__field(u64, usage)
	),
	TP_fast_assign(
		__entry->cgroup = account->key.group;
		__entry->device = account->key.device;
		__entry->mem = mem;
		__entry->bytes = bytes;
		__entry->usage = mem < VGPU_MEM_KINDS ?
			atomic64_read(&account->mem[mem].usage) : 0;
	),
	TP_printk("cgroup=%llu device=%u mem=%s bytes=%llu usage=%llu",
		  __entry->cgroup, __entry->device,
		  vgpu_show_mem(__entry->mem), __entry->bytes, __entry->usage)
);

/* Bytes were taken from a group and all above it. */
DEFINE_EVENT(vgpu_memory, vgpu_charge,
	TP_PROTO(const struct vgpu_account *account, enum vgpu_mem mem,
		 u64 bytes),
	TP_ARGS(account, mem, bytes));

/* They were given back. */
DEFINE_EVENT(vgpu_memory, vgpu_uncharge,
	TP_PROTO(const struct vgpu_account *account, enum vgpu_mem mem,
		 u64 bytes),
	TP_ARGS(account, mem, bytes));

/* A charge was refused; limiting is the cgroup whose limit it was, or 0. */
TRACE_EVENT(vgpu_refuse,
	TP_PROTO(const struct vgpu_account *account, u64 limiting,
		 enum vgpu_mem mem, u64 bytes),
	TP_ARGS(account, limiting, mem, bytes),
	TP_STRUCT__entry(
		__field(u64, cgroup)
		__field(u32, device)
		__field(u32, mem)
		__field(u64, limiting)
		__field(u64, bytes)
	),
	TP_fast_assign(
		__entry->cgroup = account->key.group;
		__entry->device = account->key.device;
		__entry->mem = mem;
		__entry->limiting = limiting;
		__entry->bytes = bytes;
	),
	TP_printk("cgroup=%llu device=%u mem=%s limiting=%llu bytes=%llu",
		  __entry->cgroup, __entry->device,
		  vgpu_show_mem(__entry->mem), __entry->limiting,
		  __entry->bytes)
);

DECLARE_EVENT_CLASS(vgpu_engine_time,
	TP_PROTO(const struct vgpu_share *share, u64 start, u64 ns, u32 why),
	TP_ARGS(share, start, ns, why),
	TP_STRUCT__entry(
		__field(u64, cgroup)
		__field(u32, device)
		__field(u32, engine)
		__field(u64, start)
		__field(u64, ns)
		__field(u32, why)
	),
	TP_fast_assign(
		__entry->cgroup = share->account->key.group;
		__entry->device = share->account->key.device;
		__entry->engine = vgpu_share_engine(share);
		__entry->start = start;
		__entry->ns = ns;
		__entry->why = why;
	),
	TP_printk("cgroup=%llu device=%u engine=%s start=%llu ns=%llu why=%s",
		  __entry->cgroup, __entry->device,
		  vgpu_show_engine(__entry->engine), __entry->start,
		  __entry->ns, vgpu_show_why(__entry->why))
);

/* The engine was busy for a group: at the end of it. */
DEFINE_EVENT(vgpu_engine_time, vgpu_run,
	TP_PROTO(const struct vgpu_share *share, u64 start, u64 ns, u32 why),
	TP_ARGS(share, start, ns, why));

/* A task waited for its group's turn: at the end of it, and why it began. */
DEFINE_EVENT(vgpu_engine_time, vgpu_throttle,
	TP_PROTO(const struct vgpu_share *share, u64 start, u64 ns, u32 why),
	TP_ARGS(share, start, ns, why));

DECLARE_EVENT_CLASS(vgpu_queues,
	TP_PROTO(const struct vgpu_share *share),
	TP_ARGS(share),
	TP_STRUCT__entry(
		__field(u64, cgroup)
		__field(u32, device)
		__field(u32, engine)
		__field(u32, queues)
	),
	TP_fast_assign(
		__entry->cgroup = share->account->key.group;
		__entry->device = share->account->key.device;
		__entry->engine = vgpu_share_engine(share);
		__entry->queues = atomic_read(&share->queues);
	),
	TP_printk("cgroup=%llu device=%u engine=%s queues=%u",
		  __entry->cgroup, __entry->device,
		  vgpu_show_engine(__entry->engine), __entry->queues)
);

/* A group's hardware queues, which have work, are to be stopped. */
DEFINE_EVENT(vgpu_queues, vgpu_suspend,
	TP_PROTO(const struct vgpu_share *share),
	TP_ARGS(share));

/* They are to run. */
DEFINE_EVENT(vgpu_queues, vgpu_resume,
	TP_PROTO(const struct vgpu_share *share),
	TP_ARGS(share));

/* What is in force for a group's time has changed. */
TRACE_EVENT(vgpu_share,
	TP_PROTO(const struct vgpu_account *account,
		 const struct vgpu_sched_params *params),
	TP_ARGS(account, params),
	TP_STRUCT__entry(
		__field(u64, cgroup)
		__field(u32, device)
		__field(u32, weight)
		__field(u32, min)
		__field(u32, max)
		__field(u32, priority)
		__field(u32, frozen)
	),
	TP_fast_assign(
		__entry->cgroup = account->key.group;
		__entry->device = account->key.device;
		__entry->weight = params->weight;
		__entry->min = params->min;
		__entry->max = params->max;
		__entry->priority = params->priority;
		__entry->frozen = params->frozen;
	),
	TP_printk("cgroup=%llu device=%u weight=%u min=%u max=%u priority=%s frozen=%u",
		  __entry->cgroup, __entry->device, __entry->weight,
		  __entry->min, __entry->max,
		  vgpu_show_priority(__entry->priority), __entry->frozen)
);

#endif /* _VGPU_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
