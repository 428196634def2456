// SPDX-License-Identifier: GPL-2.0
/*
 * Commands on address spaces, GPUs and managed memory.
 */
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/mm.h>

#include "uvm.h"
#include "uvm_interface.h"

/* A GPU that is registered, by its UUID. */
static struct mock_gpu *registered(struct uvm_va_space *va_space,
				   const uuid_t *uuid)
{
	struct mock_gpu *gpu = mock_gpu_by_uuid(uuid);

	return gpu && va_space->gpus & BIT(gpu->nr) ? gpu : NULL;
}

noinline u32 uvm_api_register_gpu(struct uvm_gpu_params *params,
				  struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	struct mock_gpu *gpu = mock_gpu_by_uuid(&params->uuid);
	u32 status = NV_OK;

	if (!gpu)
		return NV_ERR_GPU_UUID_NOT_FOUND;
	/* uvm_gpu_retain_by_uuid(): what is divided is known by its parts */
	if (params->partition)
		status = mock_mig_uuid(params->client, params->partition,
				       &params->uuid);
	else if (READ_ONCE(gpu->nparts))
		status = NV_ERR_INVALID_ARGUMENT;
	if (status)
		return status;
	usleep_range(500, 2000);	/* it may have to be started */
	down_write(&va_space->lock);
	if (va_space->gpus & BIT(gpu->nr))
		status = NV_ERR_INVALID_DEVICE;
	va_space->gpus |= BIT(gpu->nr);
	up_write(&va_space->lock);
	if (status)
		return status;
	params->numa_enabled = 0;
	params->numa_node = -1;
	return NV_OK;
}

noinline u32 uvm_api_unregister_gpu(struct uvm_uuid_params *params,
				    struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	u32 status = NV_ERR_INVALID_DEVICE;
	struct mock_gpu *gpu;

	down_write(&va_space->lock);
	gpu = registered(va_space, &params->uuid);
	if (gpu) {
		uvm_va_space_evict_gpu(va_space, gpu);
		va_space->gpus &= ~BIT(gpu->nr);
		status = NV_OK;
	}
	up_write(&va_space->lock);
	/* What was put off is done, and the GPU let go by its global lock. */
	if (!status)
		usleep_range(2000, 4000);
	return status;
}

static u32 check_object(struct file *file, const uuid_t *uuid, u32 client,
			u32 handle)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	bool known;

	down_read(&va_space->lock);
	known = registered(va_space, uuid);
	up_read(&va_space->lock);
	return known ? mock_uvm_object(client, handle) : NV_ERR_INVALID_DEVICE;
}

noinline u32 uvm_api_register_gpu_va_space(struct uvm_vaspace_params *params,
					   struct file *file)
{
	return check_object(file, &params->uuid, params->client,
			    params->vaspace);
}

noinline u32 uvm_api_unregister_gpu_va_space(struct uvm_uuid_params *params,
					     struct file *file)
{
	return NV_OK;
}

noinline u32 uvm_api_register_channel(struct uvm_channel_params *params,
				      struct file *file)
{
	return check_object(file, &params->uuid, params->client,
			    params->channel);
}

noinline u32 uvm_api_unregister_channel(void *params, struct file *file)
{
	return NV_OK;
}

static bool is_invalid(u64 base, u64 length)
{
	return !PAGE_ALIGNED(base) || !PAGE_ALIGNED(length) || !base ||
	       !length || base + length < base;
}

/* Is all of it managed memory? */
static bool is_managed(struct uvm_va_space *va_space, u64 base, u64 end)
{
	struct uvm_va_range *range;

	do {
		range = uvm_va_range_find(va_space, base);
		if (!range || range->type != UVM_VA_RANGE_TYPE_MANAGED)
			return false;
		base = range->end + 1;
	} while (base <= end);
	return true;
}

/* A UUID of no GPU is the CPU's. */
noinline u32 uvm_api_migrate(struct uvm_migrate_params *params,
			     struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	u64 end = params->base + params->length - 1;
	struct mock_gpu *gpu = mock_gpu_by_uuid(&params->uuid);
	u32 status = NV_ERR_INVALID_ADDRESS;

	if (is_invalid(params->base, params->length))
		return NV_ERR_INVALID_ADDRESS;
	down_write(&va_space->lock);
	if (gpu && !registered(va_space, &params->uuid))
		status = NV_ERR_INVALID_DEVICE;
	else if (is_managed(va_space, params->base, end))
		status = uvm_va_space_migrate(va_space, params->base, end, gpu);
	up_write(&va_space->lock);
	return status;
}

noinline u32 uvm_api_set_preferred_location(const void *params,
					    struct file *file)
{
	const u64 *words = params;
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	bool managed;

	if (is_invalid(words[0], words[1]))
		return NV_ERR_INVALID_ADDRESS;
	down_read(&va_space->lock);
	managed = is_managed(va_space, words[0], words[0] + words[1] - 1);
	up_read(&va_space->lock);
	return managed ? NV_OK : NV_ERR_INVALID_ADDRESS;
}

noinline u32 uvm_api_validate_va_range(struct uvm_range_params *params,
				       struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	struct uvm_va_range *range;
	u32 status = NV_ERR_INVALID_ADDRESS;

	down_read(&va_space->lock);
	range = uvm_va_range_find(va_space, params->base);
	if (range && range->start == params->base &&
	    range->end + 1 == params->base + params->length)
		status = NV_OK;
	up_read(&va_space->lock);
	return status;
}

/* UVM_ALLOC_SEMAPHORE_POOL_PARAMS: the pool itself is in system memory. */
noinline u32 uvm_api_alloc_semaphore_pool(void *params, struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	const u64 *words = params;
	u32 status;

	if (is_invalid(words[0], words[1]))
		return NV_ERR_INVALID_ADDRESS;
	down_write(&va_space->lock);
	uvm_va_range_create(va_space, words[0], words[0] + words[1] - 1,
			    UVM_VA_RANGE_TYPE_SEMAPHORE_POOL, &status);
	up_write(&va_space->lock);
	return status;
}

noinline u32 uvm_api_pageable_mem_access_on_gpu(void *params,
						struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	bool known;

	down_read(&va_space->lock);
	known = registered(va_space, params);
	up_read(&va_space->lock);
	((u8 *)params)[16] = 0;
	return known ? NV_OK : NV_ERR_INVALID_DEVICE;
}
