// SPDX-License-Identifier: GPL-2.0
/*
 * The two older ways to allocate memory, which the driver turns into the newer:
 * src/nvidia/interface/deprecated/rmapi_deprecated_vidheapctrl.c and
 * rmapi_deprecated_allocmemory.c. All their parameters are in the first level.
 */
#include <linux/capability.h>

#include "control.h"
#include "rm.h"

static u32 alloc(const struct mock_caller *caller, u32 root, u32 parent,
		 u32 *handle, u32 class, void *params)
{
	u32 status;

	mutex_lock(&mock_rm_lock);
	status = mock_object_alloc(caller, root, parent, handle,
				   mock_class_find(class), params);
	mutex_unlock(&mock_rm_lock);
	return status;
}

/* _rmVidHeapControlAllocCommon(): the flags decide on the class. */
static u32 alloc_common(const struct mock_caller *caller, struct os32 *p,
			u32 *handle, struct mem_params *params)
{
	u32 class;

	if (!(params->flags & OS32_FLAGS_HANDLE_PROVIDED))
		*handle = 0;
	params->vaspace = p->vaspace;
	if (params->flags & OS32_FLAGS_VIRTUAL)
		class = CLASS_NV50_MEMORY_VIRTUAL;
	else if (params->attr2 & OS32_ATTR2_USE_EGM)
		class = CLASS_MEMORY_EXTENDED;
	else if (OS32_ATTR_LOCATION(params->attr) == OS32_LOCATION_VIDMEM)
		class = CLASS_MEMORY_LOCAL_USER;
	else
		class = CLASS_MEMORY_SYSTEM;
	p->free = 0;
	p->total = 0;
	return alloc(caller, p->root, p->parent, handle, class, params);
}

static u32 alloc_size(const struct mock_caller *caller, struct os32 *p)
{
	struct os32_size *arm = &p->size;
	struct mem_params params = {
		.owner = arm->owner,
		.type = arm->type,
		.flags = arm->flags,
		.width = arm->width,
		.height = arm->height,
		.attr = arm->attr,
		.attr2 = arm->attr2,
		.size = arm->size,
		.alignment = arm->alignment,
		.offset = arm->offset,
	};
	u32 status = alloc_common(caller, p, &arm->memory, &params);

	arm->stride = 256;
	arm->size = params.size;
	arm->offset = params.offset;
	arm->limit = params.limit;
	return status;
}

static u32 alloc_tiled(const struct mock_caller *caller, struct os32 *p)
{
	struct os32_tiled *arm = &p->tiled;
	struct mem_params params = {
		.owner = arm->owner,
		.type = arm->type,
		.flags = arm->flags,
		.width = arm->width,
		.height = arm->height,
		.pitch = arm->pitch,
		.attr = arm->attr,
		.size = (u64)arm->height * arm->pitch,
		.alignment = arm->alignment,
		.offset = arm->offset,
	};
	u32 status = alloc_common(caller, p, &arm->memory, &params);

	arm->stride = 256;
	arm->size = params.size;
	arm->offset = params.offset;
	arm->limit = params.limit;
	return status;
}

static u32 alloc_range(const struct mock_caller *caller, struct os32 *p)
{
	struct os32_range *arm = &p->range;
	struct mem_params params = {
		.owner = arm->owner,
		.type = arm->type,
		.flags = arm->flags,
		.attr = arm->attr,
		.attr2 = arm->attr2,
		.range_lo = arm->range_begin,
		.range_hi = arm->range_end,
		.size = arm->size,
		.alignment = arm->alignment,
		.offset = arm->offset,
	};
	u32 status = alloc_common(caller, p, &arm->memory, &params);

	arm->stride = 256;
	arm->size = params.size;
	arm->offset = params.offset;
	arm->limit = params.limit;
	return status;
}

static u32 heap_free(const struct mock_caller *caller, struct os32 *p)
{
	u32 status;

	if (!(p->release.flags & OS32_FREE_HANDLE_PROVIDED))
		return NV_ERR_INVALID_ARGUMENT;
	mutex_lock(&mock_rm_lock);
	status = mock_object_release(caller, p->root, p->release.memory);
	mutex_unlock(&mock_rm_lock);
	return status;
}

/* The GPU below whose device or subdevice the parent is. */
static u32 parent_gpu(const struct mock_caller *caller, u32 root, u32 parent,
		      struct mock_gpu **gpu)
{
	struct mock_object *object;
	struct mock_client *client;
	u32 status;

	mutex_lock(&mock_rm_lock);
	status = mock_client_get(caller, root, &client);
	if (!status) {
		object = mock_object_find(client, parent);
		*gpu = object ? object->gpu : NULL;
		if (!*gpu)
			status = NV_ERR_INVALID_OBJECT_PARENT;
	}
	mutex_unlock(&mock_rm_lock);
	return status;
}

static u32 heap_info(const struct mock_caller *caller, struct os32 *p)
{
	struct mock_gpu *gpu;
	u32 status = parent_gpu(caller, p->root, p->parent, &gpu);

	if (status)
		return status;
	p->free = mock_fb_info(gpu, NULL, 0x16) << 10;
	p->total = mock_fb_info(gpu, NULL, 0x9) << 10;
	p->info.base = 0;
	p->info.size = mock_fb_info(gpu, NULL, 0x12) << 10;
	p->info.offset = 0;
	return NV_OK;
}

/**
 * mock_heap_control() - NVOS32
 * @caller: who asks
 * @p: for what
 *
 * Context: May sleep.
 */
void mock_heap_control(const struct mock_caller *caller, struct os32 *p)
{
	switch (p->function) {
	case OS32_ALLOC_SIZE:
		p->status = alloc_size(caller, p);
		break;
	case OS32_ALLOC_TILED:
		p->status = alloc_tiled(caller, p);
		break;
	case OS32_ALLOC_RANGE:
		p->status = alloc_range(caller, p);
		break;
	case OS32_FREE:
		p->status = heap_free(caller, p);
		break;
	case OS32_INFO:
		p->status = heap_info(caller, p);
		break;
	case OS32_DUMP:
		p->status = NV_ERR_NOT_SUPPORTED;
		break;
	default:
		p->status = NV_ERR_INVALID_ARGUMENT;
	}
}

/*
 * _rmAllocMemoryLocalUser(): class 0x40 is no allocation here, it names all of
 * the memory. Administrators get that, others a handle that holds nothing, and
 * the size.
 */
static u32 alloc_local(const struct mock_caller *caller, struct os02 *p)
{
	bool admin = caller->kernel || capable(CAP_SYS_ADMIN);
	struct mock_gpu *gpu;
	u64 params[3] = {};
	u32 status = parent_gpu(caller, p->root, p->parent, &gpu);

	if (status)
		return status;
	p->limit = (mock_fb_info(gpu, NULL, 0x8) << 10) - 1;
	return alloc(caller, p->root, p->parent, &p->new,
		     admin ? CLASS_MEMORY_LOCAL_PHYSICAL :
			     CLASS_MEMORY_VIRTUAL, params);
}

static u32 alloc_descriptor(const struct mock_caller *caller, struct os02 *p)
{
	struct os_desc_params params = {
		.descriptor = p->memory,
		.limit = p->limit,
	};

	return alloc(caller, p->root, p->parent, &p->new, p->class, &params);
}

static u32 alloc_system(const struct mock_caller *caller, struct os02 *p)
{
	struct mem_params params = {
		.attr = 1 << 25,	/* LOCATION_PCI */
		.size = p->limit + 1,
	};

	return alloc(caller, p->root, p->parent, &p->new, p->class, &params);
}

/**
 * mock_alloc_memory() - NVOS02
 * @caller: who asks
 * @p: for what
 *
 * Context: May sleep.
 */
void mock_alloc_memory(const struct mock_caller *caller, struct os02 *p)
{
	switch (p->class) {
	case CLASS_MEMORY_LOCAL_USER:
		p->status = alloc_local(caller, p);
		break;
	case CLASS_MEMORY_OS_DESCRIPTOR:
		p->status = alloc_descriptor(caller, p);
		break;
	case CLASS_MEMORY_SYSTEM:
		p->status = alloc_system(caller, p);
		break;
	default:
		p->status = NV_ERR_INVALID_CLASS;
	}
}
