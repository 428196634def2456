// SPDX-License-Identifier: GPL-2.0
/*
 * Memory of RM in UVM's address spaces: kernel-open/nvidia-uvm/
 * uvm_map_external.c. Each mapping keeps a duplicate of the memory.
 */
#include <linux/bits.h>
#include <linux/slab.h>

#include "release.h"
#include "uvm.h"
#include "uvm_interface.h"

#define SMALL_PAGE 4096

static bool is_invalid(u64 base, u64 length)
{
	return base % SMALL_PAGE || length % SMALL_PAGE || !base || !length ||
	       base + length < base;
}

noinline u32 uvm_api_create_external_range(struct uvm_range_params *params,
					   struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	u32 status;

	if (is_invalid(params->base, params->length))
		return NV_ERR_INVALID_ADDRESS;
	down_write(&va_space->lock);
	uvm_va_range_create(va_space, params->base,
			    params->base + params->length - 1,
			    UVM_VA_RANGE_TYPE_EXTERNAL, &status);
	up_write(&va_space->lock);
	return status;
}

/* UVM_MAP_EXTERNAL_ALLOCATION_PARAMS, before and after its array */
struct map_head {
	u64 base;
	u64 length;
	u64 offset;
};

struct map_tail {
	u64 count;
	s32 ctl_fd;
	u32 client;
	u32 memory;
};

/* UvmGpuMappingAttributes */
struct map_gpu {
	uuid_t uuid;
	u32 words[5];
};

/* Take what lies in the bytes, for that GPU, out of the range. */
static void take_maps(struct uvm_va_range *range, u64 start, u64 end,
		      struct mock_gpu *gpu, struct list_head *to)
{
	struct uvm_ext_map *map, *next;

	list_for_each_entry_safe(map, next, &range->maps, list) {
		if (map->gpu == gpu && map->start <= end && start <= map->end)
			list_move_tail(&map->list, to);
	}
}

static u32 map_one(struct uvm_va_range *range, const struct map_head *head,
		   const struct map_tail *tail, struct mock_gpu *gpu)
{
	struct uvm_ext_map *map = kzalloc(sizeof(*map), GFP_KERNEL);
	LIST_HEAD(replaced);
	u32 status;

	if (!map)
		return NV_ERR_NO_MEMORY;
	status = nvUvmInterfaceDupMemory(gpu, tail->client, tail->memory,
					 &map->handle, NULL);
	if (status) {
		kfree(map);
		return status;
	}
	map->gpu = gpu;
	map->start = head->base;
	map->end = head->base + head->length - 1;
	take_maps(range, map->start, map->end, gpu, &replaced);
	list_add_tail(&map->list, &range->maps);
	uvm_deferred_free_object_list(&replaced);
	return NV_OK;
}

static u32 map_locked(struct uvm_va_space *va_space,
		      const struct map_head *head, const struct map_gpu *gpus,
		      const struct map_tail *tail)
{
	struct uvm_va_range *range = uvm_va_range_find(va_space, head->base);
	struct mock_gpu *gpu;
	u32 status = NV_OK;
	u64 i;

	if (!range || range->type != UVM_VA_RANGE_TYPE_EXTERNAL ||
	    head->base + head->length - 1 > range->end)
		return NV_ERR_INVALID_ADDRESS;
	for (i = 0; i < tail->count && !status; i++) {
		gpu = mock_gpu_by_uuid(&gpus[i].uuid);
		if (!gpu || !(va_space->gpus & BIT(gpu->nr)))
			status = NV_ERR_INVALID_DEVICE;
		else
			status = map_one(range, head, tail, gpu);
	}
	return status;
}

noinline u32 uvm_api_map_external_allocation(void *params, struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	const struct map_head *head = params;
	const struct map_gpu *gpus = params + sizeof(*head);
	const struct map_tail *tail =
		(const void *)(gpus + mock_release->uvm_gpus);
	u32 status;

	static_assert(sizeof(*gpus) == 36);
	if (!tail->count || tail->count > mock_release->uvm_gpus)
		return NV_ERR_INVALID_ARGUMENT;
	if (is_invalid(head->base, head->length))
		return NV_ERR_INVALID_ADDRESS;
	down_write(&va_space->lock);
	status = map_locked(va_space, head, gpus, tail);
	up_write(&va_space->lock);
	return status;
}

noinline u32 uvm_api_unmap_external(struct uvm_unmap_params *params,
				    struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	struct mock_gpu *gpu = mock_gpu_by_uuid(&params->uuid);
	u32 status = NV_ERR_INVALID_ADDRESS;
	struct uvm_va_range *range;
	LIST_HEAD(gone);

	if (is_invalid(params->base, params->length))
		return NV_ERR_INVALID_ADDRESS;
	down_write(&va_space->lock);
	range = uvm_va_range_find(va_space, params->base);
	if (range && range->type == UVM_VA_RANGE_TYPE_EXTERNAL) {
		take_maps(range, params->base,
			  params->base + params->length - 1, gpu, &gone);
		status = NV_OK;
	}
	up_write(&va_space->lock);
	uvm_deferred_free_object_list(&gone);
	return status;
}

/*
 * A whole range, by its address; managed ones go with their mapping. Up to 580
 * the length has to be right, 595 has none.
 */
noinline u32 uvm_api_free(struct uvm_range_params *params, struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	u32 status = NV_ERR_INVALID_ADDRESS;
	struct uvm_va_range *range;
	LIST_HEAD(gone);

	down_write(&va_space->lock);
	range = uvm_va_range_find(va_space, params->base);
	if (range && range->start == params->base &&
	    range->type != UVM_VA_RANGE_TYPE_MANAGED &&
	    (mock_release->uvm_free == 16 ||
	     range->end + 1 == params->base + params->length)) {
		uvm_va_range_destroy(range, &gone);
		status = NV_OK;
	}
	up_write(&va_space->lock);
	uvm_deferred_free_object_list(&gone);
	return status;
}
