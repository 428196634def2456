// SPDX-License-Identifier: GPL-2.0
/*
 * The memory classes.
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "client.h"
#include "fault.h"

bool mock_kind_is_memory(enum mock_kind kind)
{
	switch (kind) {
	case KIND_VIDMEM:
	case KIND_SYSMEM:
	case KIND_FABRIC:
	case KIND_OS_DESCRIPTOR:
	case KIND_VIRTUAL:
	case KIND_ALIAS:
		return true;
	default:
		return false;
	}
}

static u32 take(const struct mock_caller *caller, struct mock_object *object,
		struct mock_gpu *gpu, u64 size, u64 page)
{
	struct mock_part *part = NULL;
	u32 status;

	if (!size)
		return NV_ERR_INVALID_ARGUMENT;
	if (size > S64_MAX)
		return NV_ERR_NO_MEMORY;
	if (gpu && mock_fault_lost(gpu->nr))
		return NV_ERR_GPU_IS_LOST;
	status = gpu ? mock_mig_part(caller, object, &part) : NV_OK;
	if (status)
		return status;
	return mock_phys_new(gpu, part, ALIGN(size, page), &object->holder,
			     object->client) ? NV_ERR_NO_MEMORY : NV_OK;
}

/* What the caller is told: NV_MEMORY_ALLOCATION_PARAMS, the OUT fields. */
static void tell(const struct mock_object *object, struct mem_params *params)
{
	const struct mock_phys *phys = object->holder.phys;

	params->size = phys->size;
	params->limit = phys->size - 1;
	params->offset = phys->offset;
}

/*
 * vidmemConstruct_IMPL, video_mem.c: the class decides what it is, attributes
 * that say otherwise are refused. Pages are 64 KiB, or 2 MiB if asked for.
 */
static u32 vidmem_construct(const struct mock_caller *caller,
			    struct mock_object *object,
			    struct mem_params *params)
{
	u64 page = OS32_ATTR_PAGE_SIZE(params->attr) == OS32_PAGE_SIZE_HUGE ?
			   SZ_2M : SZ_64K;
	u32 status;

	if (OS32_ATTR_LOCATION(params->attr) != OS32_LOCATION_VIDMEM ||
	    params->flags & OS32_FLAGS_VIRTUAL)
		return NV_ERR_INVALID_ARGUMENT;
	status = take(caller, object, object->gpu, params->size, page);
	if (!status) {
		object->holder.phys->attr = params->attr;
		tell(object, params);
	}
	return status;
}

/* sysmemConstruct_IMPL, system_mem.c; the host's memory, so not in a heap. */
static u32 sysmem_construct(struct mock_object *object,
			    struct mem_params *params)
{
	u32 status;

	if (OS32_ATTR_LOCATION(params->attr) == OS32_LOCATION_VIDMEM &&
	    object->class == CLASS_MEMORY_SYSTEM)
		return NV_ERR_INVALID_ARGUMENT;
	if (params->flags & OS32_FLAGS_VIRTUAL)
		return NV_ERR_INVALID_ARGUMENT;
	status = take(NULL, object, NULL, params->size, PAGE_SIZE);
	if (!status)
		tell(object, params);
	return status;
}

/**
 * mock_memory_construct() - give an object of a memory class its memory
 * @caller: who allocates
 * @object: new
 * @params: its parameters, as the class has them; OUT fields are written
 *
 * Context: With the RM lock. May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 mock_memory_construct(const struct mock_caller *caller,
			  struct mock_object *object, void *params)
{
	const struct os_desc_params *desc = params;

	switch (object->kind) {
	case KIND_VIDMEM:
		return vidmem_construct(caller, object, params);
	case KIND_SYSMEM:
		return sysmem_construct(object, params);
	case KIND_FABRIC:
		/* NV00F8_ALLOCATION_PARAMETERS.allocSize */
		return take(caller, object, object->gpu, ((u64 *)params)[1],
			    SZ_2M);
	case KIND_OS_DESCRIPTOR:
		return take(NULL, object, NULL, desc->limit + 1, PAGE_SIZE);
	default:
		return NV_OK;
	}
}
