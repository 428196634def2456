// SPDX-License-Identifier: GPL-2.0
/*
 * What each class of RM's objects is to a quota.
 *
 * A class that is not listed has not been looked at, and a group with a quota
 * does not get it. The list is that of src/nvidia/src/kernel/rmapi/
 * resource_list.h, releases 535 to 595, as far as users may allocate.
 *
 * Not listed on purpose, so denied: memory that the host lends (0x42), aliases
 * of device memory by physical address (0x82, 0x83, 0xc2), fabric, multicast,
 * FLA and IMEX memory (0xe0, 0xf1, 0xf3, 0xf8, 0xf9, 0xfb, 0xfd), deviceless
 * memory (0x90ce), MPS (0x900e), the page of the GPU's figures that all clients
 * share, free memory and other processes among them (0xde), what configures and
 * watches MIG (0xc639, 0xc640), vGPU (0xa080 to 0xa084) and lock tests.
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>

#include "backend.h"

#define GROUP	0xa06c		/* KEPLER_CHANNEL_GROUP_A */

static unsigned int allow_class[16];
static unsigned int nallowed;
module_param_array(allow_class, uint, &nallowed, 0644);
MODULE_PARM_DESC(allow_class,
		 "Classes that groups with a quota get although what they hold is not charged");

/*
 * What the driver takes for a context beside what its client asks for by name:
 * instance blocks, context buffers, page directories. How much that is depends
 * on the GPU. These are guesses, for room to be there beforehand; what the
 * driver itself says is taken in later (process.c).
 */
static unsigned long overhead_group = SZ_2M;
module_param(overhead_group, ulong, 0644);
MODULE_PARM_DESC(overhead_group,
		 "Bytes of device memory charged for a channel group (default 2 MiB)");

static unsigned long overhead_channel = SZ_64K;
module_param(overhead_channel, ulong, 0644);
MODULE_PARM_DESC(overhead_channel,
		 "Bytes of device memory charged for a channel (default 64 KiB)");

static unsigned long overhead_vaspace = SZ_1M;
module_param(overhead_vaspace, ulong, 0644);
MODULE_PARM_DESC(overhead_vaspace,
		 "Bytes of device memory charged for a GPU address space (default 1 MiB)");

static const struct {
	u16 first;
	u16 last;
	u8 policy;
} classes[] = {
	{ 0x0000, 0x0001, NV_POLICY_ROOT },	/* NV01_ROOT, _NON_PRIV */
	{ 0x0002, 0x0002, NV_POLICY_PASS },	/* CONTEXT_DMA */
	{ 0x0004, 0x0005, NV_POLICY_PASS },	/* TIMER, EVENT */
	{ 0x0020, 0x0020, NV_POLICY_PASS },	/* GPU_MANAGEMENT */
	{ 0x003e, 0x003f, NV_POLICY_PASS },	/* MEMORY_SYSTEM, registers */
	{ 0x0040, 0x0040, NV_POLICY_VIDMEM },	/* MEMORY_LOCAL_USER */
	{ 0x0041, 0x0041, NV_POLICY_ROOT },	/* ROOT_CLIENT */
	{ 0x0060, 0x0060, NV_POLICY_PASS },	/* SYNC_GPU_BOOST */
	{ 0x0070, 0x0071, NV_POLICY_PASS },	/* VIRTUAL, OS_DESCRIPTOR */
	{ 0x0073, 0x0073, NV_POLICY_PASS },	/* DISPLAY_COMMON */
	{ 0x0078, 0x0079, NV_POLICY_PASS },	/* EVENT callbacks, OS_EVENT */
	{ 0x007d, 0x007e, NV_POLICY_PASS },	/* software test, callback_ex */
	{ 0x0080, 0x0080, NV_POLICY_DEVICE },	/* DEVICE_0 */
	{ 0x00b1, 0x00b1, NV_POLICY_PASS },	/* HW_RESOURCES: tags */
	{ 0x00c3, 0x00c3, NV_POLICY_PASS },	/* SYNCPOINT */
	{ 0x00da, 0x00db, NV_POLICY_PASS },	/* SEMAPHORE_SURFACE, debug */
	{ 0x00fe, 0x00fe, NV_POLICY_PASS },	/* MEMORY_MAPPER */
	{ 0x2080, 0x2081, NV_POLICY_PASS },	/* SUBDEVICE_0, BINAPI */
	{ 0x208f, 0x208f, NV_POLICY_PASS },	/* SUBDEVICE_DIAG */
	{ 0x30f1, 0x30f1, NV_POLICY_PASS },	/* GSYNC */
	{ 0x402c, 0x402c, NV_POLICY_PASS },	/* I2C */
	{ 0x503b, 0x503c, NV_POLICY_PASS },	/* P2P */
	{ 0x5080, 0x5080, NV_POLICY_PASS },	/* DEFERRED_API */
	{ 0x50a0, 0x50a0, NV_POLICY_PASS },	/* MEMORY_VIRTUAL */
	{ 0x83de, 0x83de, NV_POLICY_PASS },	/* DEBUGGER */
	{ 0x844c, 0x844c, NV_POLICY_PASS },	/* PERFBUFFER */
	{ 0x902d, 0x902d, NV_POLICY_PASS },	/* TWOD */
	{ 0x9067, 0x9067, NV_POLICY_PASS },	/* CONTEXT_SHARE */
	{ 0x906f, 0x906f, NV_POLICY_PASS },	/* CHANNEL_GPFIFO */
	{ 0x9072, 0x9074, NV_POLICY_PASS },	/* software methods */
	{ 0x9096, 0x9096, NV_POLICY_PASS },	/* ZBC_CLEAR */
	{ 0x90cc, 0x90cd, NV_POLICY_PASS },	/* PROFILER, EVENT_BUFFER */
	{ 0x90e6, 0x90e7, NV_POLICY_PASS },	/* SUBDEVICE_MASTER, INFOROM */
	{ 0x90ec, 0x90ec, NV_POLICY_PASS },	/* HDACODEC */
	{ 0x90f1, 0x90f1, NV_POLICY_PASS },	/* VASPACE */
	{ 0xa06c, 0xa06c, NV_POLICY_PASS },	/* CHANNEL_GROUP */
	{ 0xa06f, 0xa06f, NV_POLICY_PASS },
	{ 0xa0bc, 0xa0bd, NV_POLICY_PASS },	/* NVENC, NVFBC sessions */
	{ 0xa140, 0xa140, NV_POLICY_PASS },	/* INLINE_TO_MEMORY */
	{ 0xa16f, 0xa16f, NV_POLICY_PASS },
	{ 0xb06f, 0xb06f, NV_POLICY_PASS },
	{ 0xb0b5, 0xb0b5, NV_POLICY_PASS },	/* Maxwell */
	{ 0xb1cc, 0xb1cc, NV_POLICY_PASS },	/* profilers */
	{ 0xb2cc, 0xb2cc, NV_POLICY_PASS },
	{ 0xb4b7, 0xb4b7, NV_POLICY_PASS },	/* video */
	{ 0xb8b0, 0xb8b0, NV_POLICY_PASS },
	{ 0xb8d1, 0xb8d1, NV_POLICY_PASS },
	{ 0xb8fa, 0xb8fa, NV_POLICY_PASS },
	{ 0xc06f, 0xc06f, NV_POLICY_PASS },	/* Pascal */
	{ 0xc0b5, 0xc0b5, NV_POLICY_PASS },
	{ 0xc361, 0xc361, NV_POLICY_PASS },	/* Volta */
	{ 0xc365, 0xc365, NV_POLICY_PASS },	/* ACCESS_COUNTER_NOTIFY */
	{ 0xc36f, 0xc36f, NV_POLICY_PASS },
	{ 0xc461, 0xc461, NV_POLICY_PASS },	/* Turing */
	{ 0xc46f, 0xc46f, NV_POLICY_PASS },
	{ 0xc4b0, 0xc4b0, NV_POLICY_PASS },
	{ 0xc4b7, 0xc4b7, NV_POLICY_PASS },
	{ 0xc4d1, 0xc4d1, NV_POLICY_PASS },
	{ 0xc561, 0xc561, NV_POLICY_PASS },	/* Ampere */
	{ 0xc56f, 0xc56f, NV_POLICY_PASS },
	{ 0xc597, 0xc597, NV_POLICY_PASS },
	{ 0xc5b5, 0xc5b5, NV_POLICY_PASS },
	{ 0xc5c0, 0xc5c0, NV_POLICY_PASS },
	{ 0xc637, 0xc637, NV_POLICY_INSTANCE },	/* SMC_PARTITION_REF */
	{ 0xc638, 0xc638, NV_POLICY_PASS },	/* SMC_EXEC_PARTITION_REF */
	{ 0xc661, 0xc661, NV_POLICY_PASS },	/* Hopper */
	{ 0xc697, 0xc697, NV_POLICY_PASS },
	{ 0xc6b0, 0xc6b0, NV_POLICY_PASS },
	{ 0xc6b5, 0xc6b5, NV_POLICY_PASS },
	{ 0xc6c0, 0xc6c0, NV_POLICY_PASS },
	{ 0xc6fa, 0xc6fa, NV_POLICY_PASS },
	{ 0xc761, 0xc761, NV_POLICY_PASS },	/* Blackwell */
	{ 0xc797, 0xc797, NV_POLICY_PASS },
	{ 0xc7b0, 0xc7b0, NV_POLICY_PASS },
	{ 0xc7b5, 0xc7b5, NV_POLICY_PASS },
	{ 0xc7b7, 0xc7b7, NV_POLICY_PASS },
	{ 0xc7c0, 0xc7c0, NV_POLICY_PASS },
	{ 0xc7fa, 0xc7fa, NV_POLICY_PASS },
	{ 0xc86f, 0xc86f, NV_POLICY_PASS },
	{ 0xc8b5, 0xc8b5, NV_POLICY_PASS },
	{ 0xc96f, 0xc96f, NV_POLICY_PASS },
	{ 0xc997, 0xc997, NV_POLICY_PASS },	/* Ada */
	{ 0xc9b0, 0xc9b0, NV_POLICY_PASS },
	{ 0xc9b5, 0xc9b5, NV_POLICY_PASS },
	{ 0xc9b7, 0xc9b7, NV_POLICY_PASS },
	{ 0xc9c0, 0xc9c0, NV_POLICY_PASS },
	{ 0xc9d1, 0xc9d1, NV_POLICY_PASS },
	{ 0xc9fa, 0xc9fa, NV_POLICY_PASS },
	{ 0xca6f, 0xca6f, NV_POLICY_PASS },
	{ 0xcab5, 0xcab5, NV_POLICY_PASS },
	{ 0xcb33, 0xcb33, NV_POLICY_PASS },	/* CONFIDENTIAL_COMPUTE */
	{ 0xcb97, 0xcb97, NV_POLICY_PASS },
	{ 0xcba2, 0xcba2, NV_POLICY_PASS },	/* SEC2_WORK_LAUNCH */
	{ 0xcbc0, 0xcbc0, NV_POLICY_PASS },
	{ 0xcbca, 0xcbca, NV_POLICY_PASS },	/* COUNTER_COLLECTION */
	{ 0xcd40, 0xcd40, NV_POLICY_PASS },
	{ 0xcd97, 0xcd97, NV_POLICY_PASS },
	{ 0xcdb0, 0xcdb0, NV_POLICY_PASS },
	{ 0xcdc0, 0xcdc0, NV_POLICY_PASS },
	{ 0xcdd1, 0xcdd1, NV_POLICY_PASS },
	{ 0xcdfa, 0xcdfa, NV_POLICY_PASS },
	{ 0xce97, 0xce97, NV_POLICY_PASS },
	{ 0xceb0, 0xceb0, NV_POLICY_PASS },
	{ 0xceb7, 0xceb7, NV_POLICY_PASS },
	{ 0xcec0, 0xcec0, NV_POLICY_PASS },
	{ 0xced0, 0xced0, NV_POLICY_PASS },
	{ 0xcefa, 0xcefa, NV_POLICY_PASS },
	{ 0xcfb0, 0xcfb0, NV_POLICY_PASS },
	{ 0xcfb7, 0xcfb7, NV_POLICY_PASS },
	{ 0xcfd1, 0xcfd1, NV_POLICY_PASS },
	{ 0xcffa, 0xcffa, NV_POLICY_PASS },
	{ 0xd1b0, 0xd1b0, NV_POLICY_PASS },
	{ 0xd1b7, 0xd1b7, NV_POLICY_PASS },
	{ 0xd1fa, 0xd1fa, NV_POLICY_PASS },
};

/**
 * nv_class_policy - what a class is to a quota
 * @class: external class, as a tenant names it
 *
 * Context: Any.
 */
enum nv_policy nv_class_policy(u32 class)
{
	unsigned int low = 0, high = ARRAY_SIZE(classes), mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (class < classes[mid].first)
			high = mid;
		else if (class > classes[mid].last)
			low = mid + 1;
		else
			return classes[mid].policy;
	}
	return nv_allowed(allow_class, ARRAY_SIZE(allow_class), &nallowed,
			  class) ? NV_POLICY_PASS : NV_POLICY_DENY;
}

/**
 * nv_class_overhead - what an object of a class takes without a word
 * @class: external class
 *
 * Context: Any.
 * Return: bytes, a guess; 0 for most.
 */
u64 nv_class_overhead(u32 class)
{
	switch (class) {
	case GROUP:
		return READ_ONCE(overhead_group);
	case 0x90f1:	/* FERMI_VASPACE_A */
		return READ_ONCE(overhead_vaspace);
	default:
		return nv_class_is_channel(class) ?
			       READ_ONCE(overhead_channel) : 0;
	}
}

/* *_CHANNEL_GPFIFO_* */
bool nv_class_is_channel(u32 class)
{
	return (class & 0xff) == 0x6f && class > 0x9000;
}

/* A channel, or a group of them. */
bool nv_class_is_queue(u32 class)
{
	return class == GROUP || nv_class_is_channel(class);
}

/* *_USERMODE_A: VOLTA, TURING, AMPERE, HOPPER, BLACKWELL */
bool nv_class_is_doorbell(u32 class)
{
	return (class & 0xff) == 0x61 && class >= 0xc361;
}
