// SPDX-License-Identifier: GPL-2.0
/*
 * The classes and what they may be below, after
 * src/nvidia/src/kernel/rmapi/resource_list.h.
 */
#include <linux/kernel.h>
#include <linux/limits.h>

#include "client.h"
#include "release.h"

/* Sizes that the release decides. */
enum mock_size {
	SIZE_MEM = U16_MAX - 8,
	SIZE_CHANNEL,
	SIZE_VASPACE,
	SIZE_ROOT,
};

#define BELOW(kind)	BIT(KIND_##kind)

static const struct mock_class classes[] = {
	{ CLASS_ROOT, KIND_ROOT, .params = SIZE_ROOT },
	{ CLASS_ROOT_NON_PRIV, KIND_ROOT, .params = SIZE_ROOT },
	{ CLASS_ROOT_CLIENT, KIND_ROOT, .params = SIZE_ROOT },
	{ CLASS_DEVICE, KIND_DEVICE, BELOW(ROOT), 56 },
	{ CLASS_SUBDEVICE, KIND_SUBDEVICE, BELOW(DEVICE), 4 },
	{ CLASS_PARTITION_REF, KIND_PARTITION, BELOW(SUBDEVICE), 16, true },
	{ CLASS_EXEC_PARTITION_REF, KIND_COMPUTE, BELOW(PARTITION), 16, true },
	{ CLASS_MEMORY_LOCAL_USER, KIND_VIDMEM, BELOW(DEVICE), SIZE_MEM, true },
	{ CLASS_MEMORY_SYSTEM, KIND_SYSMEM, BELOW(DEVICE), SIZE_MEM, true },
	{ CLASS_MEMORY_EXTENDED, KIND_SYSMEM, BELOW(DEVICE), SIZE_MEM, true },
	{ CLASS_MEMORY_OS_DESCRIPTOR, KIND_OS_DESCRIPTOR, BELOW(DEVICE),
	  sizeof(struct os_desc_params), true },
	{ CLASS_MEMORY_VIRTUAL, KIND_VIRTUAL, BELOW(DEVICE), 24, true },
	{ CLASS_NV50_MEMORY_VIRTUAL, KIND_VIRTUAL, BELOW(DEVICE), SIZE_MEM,
	  true },
	{ CLASS_MEMORY_LOCAL_PRIVILEGED, KIND_ALIAS, BELOW(SUBDEVICE) },
	{ CLASS_MEMORY_LOCAL_PHYSICAL, KIND_ALIAS, BELOW(DEVICE), 8, true,
	  true },
	{ CLASS_MEMORY_LIST_FBMEM, KIND_ALIAS, BELOW(DEVICE), 88, true, true },
	{ CLASS_MEMORY_LIST_OBJECT, KIND_ALIAS, BELOW(DEVICE), 88, true, true },
	{ CLASS_MEMORY_FABRIC, KIND_FABRIC, BELOW(DEVICE), 48, true },
	{ CLASS_VASPACE, KIND_VASPACE, BELOW(DEVICE), SIZE_VASPACE, true },
	{ CLASS_TSG, KIND_TSG, BELOW(DEVICE), 20, true },
	{ CLASS_CTXSHARE, KIND_CTXSHARE, BELOW(TSG), 12, true },
	{ CLASS_DEBUGGER, KIND_DEBUGGER, BELOW(DEVICE), 12, true },
	{ CLASS_USER_SHARED_DATA, KIND_SHARED_DATA, BELOW(SUBDEVICE), 8, true },
	{ CLASS_EVENT, KIND_EVENT, 0, 24, true },
	{ CLASS_EVENT_OS, KIND_EVENT, 0, 24, true },
	/* channels: Turing, Ampere, Hopper, Blackwell */
	{ 0xc46f, KIND_CHANNEL, BELOW(TSG) | BELOW(DEVICE), SIZE_CHANNEL,
	  true },
	{ 0xc56f, KIND_CHANNEL, BELOW(TSG) | BELOW(DEVICE), SIZE_CHANNEL,
	  true },
	{ 0xc86f, KIND_CHANNEL, BELOW(TSG) | BELOW(DEVICE), SIZE_CHANNEL,
	  true },
	{ 0xc96f, KIND_CHANNEL, BELOW(TSG) | BELOW(DEVICE), SIZE_CHANNEL,
	  true },
	/* copy engines */
	{ 0xc5b5, KIND_ENGINE, BELOW(CHANNEL), 8 },
	{ 0xc6b5, KIND_ENGINE, BELOW(CHANNEL), 8 },
	{ 0xc7b5, KIND_ENGINE, BELOW(CHANNEL), 8 },
	{ 0xc8b5, KIND_ENGINE, BELOW(CHANNEL), 8 },
	{ 0xc9b5, KIND_ENGINE, BELOW(CHANNEL), 8 },
	/* compute */
	{ 0xc5c0, KIND_ENGINE, BELOW(CHANNEL), 16 },
	{ 0xc6c0, KIND_ENGINE, BELOW(CHANNEL), 16 },
	{ 0xc7c0, KIND_ENGINE, BELOW(CHANNEL), 16 },
	{ 0xc9c0, KIND_ENGINE, BELOW(CHANNEL), 16 },
	{ 0xcbc0, KIND_ENGINE, BELOW(CHANNEL), 16 },
	{ 0xcdc0, KIND_ENGINE, BELOW(CHANNEL), 16 },
	/* doorbells */
	{ 0xc361, KIND_USERMODE, BELOW(SUBDEVICE) },
	{ 0xc461, KIND_USERMODE, BELOW(SUBDEVICE) },
	{ 0xc561, KIND_USERMODE, BELOW(SUBDEVICE) },
	{ 0xc661, KIND_USERMODE, BELOW(SUBDEVICE), 2 },
	{ 0xc761, KIND_USERMODE, BELOW(SUBDEVICE), 2 },
};

const struct mock_class *mock_class_find(u32 nr)
{
	size_t i;

	if (nr == CLASS_USER_SHARED_DATA && mock_release->nr < 545)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		if (classes[i].nr == nr)
			return &classes[i];
	}
	return NULL;
}

/* How many bytes the parameters of a class have. */
u32 mock_class_params(const struct mock_class *class)
{
	switch (class->params) {
	case SIZE_MEM:
		return mock_release->mem;
	case SIZE_CHANNEL:
		return mock_release->channel;
	case SIZE_VASPACE:
		return mock_release->vaspace;
	case SIZE_ROOT:
		return mock_release->root;
	default:
		return class->params;
	}
}
