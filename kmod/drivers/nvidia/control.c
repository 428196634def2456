// SPDX-License-Identifier: GPL-2.0
/*
 * Controls, of which RM has more than a thousand.
 *
 * Those that hold memory or tell of it have handlers (export.c, view.c), or are
 * refused to groups with a quota where their form is not known. Those that say
 * when channels run have handlers (queue_control.c) or are listed as such. The
 * others of the list below have been looked at and hold neither memory nor
 * anybody else's. Any that is not listed passes and is counted by its number, so
 * that an operator sees what the programs on a host ask for, or is refused to
 * groups with a quota where the operator is strict.
 *
 * Numbers are those of src/common/sdk/nvidia/inc/ctrl, the same from 535 to 595.
 */
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>

#include "../../view.h"
#include "backend.h"

#define INDEX_BITS	8
#define COUNT_BITS	8
#define PROBES		8

static bool strict;
module_param_named(strict_controls, strict, bool, 0644);
MODULE_PARM_DESC(strict_controls,
		 "Refuse controls that vgpu does not know to groups with a quota (default off)");

static unsigned int allow_control[32];
static unsigned int nallowed;
module_param_array(allow_control, uint, &nallowed, 0644);
MODULE_PARM_DESC(allow_control,
		 "Controls that pass where strict_controls is on, or that tell of others");

static const struct {
	u32 cmd;
	enum nv_ctl ctl;
} controls[] = {	/* by number */
	{ 0x00000101, NV_CTL_HARMLESS },	/* SYSTEM_GET_BUILD_VERSION */
	{ 0x00000102, NV_CTL_HARMLESS },	/* SYSTEM_GET_CPU_INFO */
	{ 0x00000127, NV_CTL_HARMLESS },	/* SYSTEM_GET_P2P_CAPS */
	{ 0x0000012b, NV_CTL_HARMLESS },	/* SYSTEM_GET_P2P_CAPS_V2 */
	{ 0x0000013a, NV_CTL_HARMLESS },	/* SYSTEM_GET_P2P_CAPS_MATRIX */
	{ 0x0000013e, NV_CTL_HARMLESS },	/* SYSTEM_GET_BUILD_VERSION_V2 */
	{ 0x000001f0, NV_CTL_HARMLESS },	/* SYSTEM_GET_FABRIC_STATUS */
	{ NV_CTRL_GPU_GET_ATTACHED_IDS, NV_CTL_HARMLESS },
	{ 0x00000202, NV_CTL_HARMLESS },	/* GPU_GET_ID_INFO */
	{ 0x00000205, NV_CTL_HARMLESS },	/* GPU_GET_ID_INFO_V2 */
	{ 0x00000214, NV_CTL_HARMLESS },	/* GPU_GET_PROBED_IDS */
	{ 0x00000215, NV_CTL_HARMLESS },	/* GPU_ATTACH_IDS */
	{ 0x00000216, NV_CTL_HARMLESS },	/* GPU_DETACH_IDS */
	{ 0x0000021b, NV_CTL_HARMLESS },	/* GPU_GET_PCI_INFO */
	{ 0x00000274, NV_CTL_HARMLESS },	/* GPU_GET_UUID_INFO */
	{ 0x00000275, NV_CTL_HARMLESS },	/* GPU_GET_UUID_FROM_GPU_ID */
	{ 0x0000027b, NV_CTL_HARMLESS },	/* GPU_GET_MEMOP_ENABLE */
	{ NV_CTRL_GPUACCT_GET_PROC_ACCOUNTING_INFO, NV_CTL_VIEW },
	{ NV_CTRL_GPUACCT_GET_ACCOUNTING_PIDS, NV_CTL_VIEW },
	{ NV_CTRL_EXPORT_OBJECT_TO_FD, NV_CTL_EXPORT },
	{ NV_CTRL_IMPORT_OBJECT_FROM_FD, NV_CTL_EXPORT },
	{ 0x00003d07, NV_CTL_HARMLESS },	/* OS_GET_GPU_INFO */
	{ 0x00003d08, NV_CTL_HARMLESS },	/* OS_UNIX_GET_EXPORT_OBJECT_INFO */
	{ NV_CTRL_EXPORT_OBJECTS_TO_FD, NV_CTL_EXPORT },
	{ NV_CTRL_IMPORT_OBJECTS_FROM_FD, NV_CTL_EXPORT },
	{ 0x00410110, NV_CTL_HARMLESS },	/* GET_SURFACE_INFO */
	{ 0x00800201, NV_CTL_HARMLESS },	/* GPU_GET_CLASSLIST */
	{ 0x00800280, NV_CTL_HARMLESS },	/* GPU_GET_NUM_SUBDEVICES */
	{ 0x00800289, NV_CTL_HARMLESS },	/* GPU_GET_VIRTUALIZATION_MODE */
	{ 0x00800292, NV_CTL_HARMLESS },	/* GPU_GET_CLASSLIST_V2 */
	{ 0x00801402, NV_CTL_HARMLESS },	/* HOST_GET_CAPS_V2 */
	{ 0x00801711, NV_CTL_TIME },	/* FIFO_STOP_RUNLIST */
	{ 0x00801712, NV_CTL_TIME },	/* FIFO_START_RUNLIST */
	{ NV_CTRL_FIFO_IDLE_CHANNELS, NV_CTL_TIME },
	{ 0x00801813, NV_CTL_HARMLESS },	/* DMA_ADV_SCHED_GET_VA_CAPS */
	{ 0x20800102, NV_CTL_HARMLESS },	/* GPU_GET_INFO_V2 */
	{ 0x20800110, NV_CTL_HARMLESS },	/* GPU_GET_NAME_STRING */
	{ 0x20800111, NV_CTL_HARMLESS },	/* GPU_GET_SHORT_NAME_STRING */
	{ 0x20800119, NV_CTL_HARMLESS },	/* GPU_GET_SIMULATION_INFO */
	{ 0x2080012c, NV_CTL_TIME },	/* GPU_EVICT_CTX */
	{ 0x2080012f, NV_CTL_HARMLESS },	/* GPU_QUERY_ECC_STATUS */
	{ 0x20800131, NV_CTL_HARMLESS },	/* GPU_QUERY_COMPUTE_MODE_RULES */
	{ 0x20800142, NV_CTL_HARMLESS },	/* GPU_GET_ID */
	{ 0x2080014a, NV_CTL_HARMLESS },	/* GPU_GET_GID_INFO */
	{ 0x20800157, NV_CTL_HARMLESS },	/* GPU_GET_ENGINE_PARTNERLIST */
	{ 0x20800170, NV_CTL_HARMLESS },	/* GPU_GET_ENGINES_V2 */
	{ NV_CTRL_GPU_SET_PARTITIONS, NV_CTL_PARTITION },
	{ NV_CTRL_GPU_GET_PARTITIONS, NV_CTL_HARMLESS },
	{ 0x2080018b, NV_CTL_HARMLESS },	/* GPU_QUERY_ILLUM_SUPPORT and kin */
	{ NV_CTRL_GPU_GET_PIDS, NV_CTL_VIEW },
	{ NV_CTRL_GPU_GET_PID_INFO, NV_CTL_VIEW },
	{ NV_CTRL_FIFO_DISABLE_CHANNELS, NV_CTL_QUEUE },
	{ 0x20801115, NV_CTL_TIME },	/* FIFO_RUNLIST_SET_SCHED_POLICY */
	{ 0x20801117, NV_CTL_TIME },	/* FIFO_DISABLE_USERMODE_CHANNELS */
	{ 0x20801121, NV_CTL_TIME },	/* FIFO_OBJSCHED_SET_STATE */
	{ 0x20801201, NV_CTL_HARMLESS },	/* GR_GET_INFO */
	{ 0x20801210, NV_CTL_TIME },	/* GR_SET_CTXSW_PREEMPTION_MODE */
	{ 0x20801227, NV_CTL_HARMLESS },	/* GR_GET_GPC_MASK and kin */
	{ 0x2080122a, NV_CTL_HARMLESS },	/* GR_GET_TPC_MASK */
	{ NV_CTRL_FB_GET_INFO, NV_CTL_VIEW },
	{ NV_CTRL_FB_GET_INFO_V2, NV_CTL_VIEW },
	{ NV_CTRL_FB_GET_FB_REGION_INFO, NV_CTL_VIEW },
	{ 0x20801701, NV_CTL_HARMLESS },	/* MC_GET_ARCH_INFO */
	{ 0x20801702, NV_CTL_HARMLESS },	/* MC_SERVICE_INTERRUPTS */
	{ 0x20801801, NV_CTL_HARMLESS },	/* BUS_GET_PCI_INFO */
	{ 0x20801803, NV_CTL_HARMLESS },	/* BUS_GET_PCI_BAR_INFO */
	{ 0x20801823, NV_CTL_HARMLESS },	/* BUS_GET_INFO_V2 */
	{ 0x2080200a, NV_CTL_HARMLESS },	/* PERF_BOOST */
	{ NV_CTRL_PERF_GET_GPUMON_PERFMON_UTIL_SAMPLES_V2, NV_CTL_VIEW },
	{ 0x2080a083, NV_CTL_OTHERS },	/* samples of utilisation, of old */
	{ NV_CTRL_TSG_SCHEDULE, NV_CTL_QUEUE },
	{ 0xa06c0102, NV_CTL_HARMLESS },	/* BIND */
	{ 0xa06c0103, NV_CTL_HARMLESS },	/* SET_TIMESLICE */
	{ 0xa06c0104, NV_CTL_HARMLESS },	/* GET_TIMESLICE */
	{ 0xa06c0105, NV_CTL_HARMLESS },	/* PREEMPT */
	{ 0xa06c0106, NV_CTL_HARMLESS },	/* GET_INFO */
	{ 0xa06c0107, NV_CTL_TIME },	/* SET_INTERLEAVE_LEVEL */
	{ 0xa06c0110, NV_CTL_TIME },	/* MAKE_REALTIME */
	{ NV_CTRL_CHANNEL_SCHEDULE, NV_CTL_QUEUE },
	{ 0xa06f0104, NV_CTL_HARMLESS },	/* BIND */
	{ 0xa06f0112, NV_CTL_TIME },	/* STOP_CHANNEL */
	{ 0xc36f0108, NV_CTL_HARMLESS },	/* GPFIFO_GET_WORK_SUBMIT_TOKEN */
	{ NV_CTRL_GET_UUID, NV_CTL_HARMLESS },
};

/*
 * Counted where the call enters, in a breakpoint: a number takes a place once
 * and for all, and the places are more than real programs have numbers. What
 * finds none is counted as number 0, which is no control.
 */
static struct {
	atomic_t cmd;
	atomic_t calls;
} counts[(1 << COUNT_BITS) + 1];

/* Where a number stands in the list, and one more; 0 ends a search. */
static u8 places[1 << INDEX_BITS];

static unsigned int next(unsigned int at)
{
	return (at + 1) % (1 << INDEX_BITS);
}

/* Before anything is attached. */
void __init nv_control_init(void)
{
	unsigned int i, at;

	/* Half of the places are left, so that searches are short. */
	BUILD_BUG_ON(ARRAY_SIZE(controls) > 1 << (INDEX_BITS - 1));
	for (i = 0; i < ARRAY_SIZE(controls); i++) {
		at = hash_32(controls[i].cmd, INDEX_BITS);
		while (places[at])
			at = next(at);
		places[at] = i + 1;
	}
}

/**
 * nv_control_kind - who has business with a control
 * @cmd: its number
 *
 * Context: Any; on the entry of every control.
 */
enum nv_ctl nv_control_kind(u32 cmd)
{
	unsigned int at = hash_32(cmd, INDEX_BITS);

	for (; places[at]; at = next(at))
		if (controls[places[at] - 1].cmd == cmd)
			return controls[places[at] - 1].ctl;
	return NV_CTL_UNKNOWN;
}

static void count(u32 cmd)
{
	unsigned int at = hash_32(cmd, COUNT_BITS), i;
	int old;

	for (i = 0; i < PROBES; i++, at = (at + 1) % (1 << COUNT_BITS)) {
		old = atomic_read(&counts[at].cmd);
		if (!old)
			old = atomic_cmpxchg(&counts[at].cmd, 0, cmd);
		if (!old || (u32)old == cmd) {
			atomic_inc(&counts[at].calls);
			return;
		}
	}
	atomic_inc(&counts[1 << COUNT_BITS].calls);
}

/**
 * nv_control_private - may the caller not have one that tells of others?
 * @cmd: its number
 *
 * Context: Atomic; on its entry.
 */
bool nv_control_private(u32 cmd)
{
	return vgpu_view_limited() &&
	       !nv_allowed(allow_control, ARRAY_SIZE(allow_control), &nallowed,
			   cmd);
}

/**
 * nv_control_strict - may the caller not have one that no program needs?
 * @cmd: its number
 *
 * Context: Atomic; on its entry.
 */
bool nv_control_strict(u32 cmd)
{
	return READ_ONCE(strict) && nv_control_private(cmd);
}

/**
 * nv_control_pass - may a control go by that vgpu does not know?
 * @cmd: its number
 *
 * Context: Atomic; on its entry.
 */
bool nv_control_pass(u32 cmd)
{
	count(cmd);
	return !nv_control_strict(cmd);
}

/**
 * nv_control_deny - refuse one that may not
 * @esc: of this task
 *
 * Context: Any.
 * Return: as rm_ioctl().
 */
u32 nv_control_deny(struct nv_escape *esc)
{
	return nv_escape_deny(esc, NV_CONTROL_STATUS, NV_ERR_NOT_SUPPORTED,
			      NV_ROUTE_CONTROL);
}

/* A line for each number: how often it was asked for. */
static int show_counts(char *buffer, const struct kernel_param *kp)
{
	size_t i, len = 0;

	for (i = 0; i < ARRAY_SIZE(counts) && len < PAGE_SIZE - 32; i++)
		if (atomic_read(&counts[i].calls))
			len += scnprintf(buffer + len, PAGE_SIZE - len,
					 "%#010x %u\n",
					 atomic_read(&counts[i].cmd),
					 atomic_read(&counts[i].calls));
	return len;
}

static const struct kernel_param_ops count_ops = { .get = show_counts };
module_param_cb(unknown_controls, &count_ops, NULL, 0400);
MODULE_PARM_DESC(unknown_controls,
		 "Controls that vgpu does not know, and how often each came");
