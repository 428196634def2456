// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges of addresses: kernel-open/nvidia-uvm/uvm_va_range.c. From 570 on the
 * driver has a struct for each type, which begins with the common one; here
 * there is one struct, so the pointers are the same at every release.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "uvm.h"
#include "uvm_interface.h"

struct uvm_va_range *uvm_va_range_find(struct uvm_va_space *va_space, u64 at)
{
	struct uvm_va_range *range;

	lockdep_assert_held(&va_space->lock);
	list_for_each_entry(range, &va_space->ranges, list) {
		if (range->start <= at && at <= range->end)
			return range;
	}
	return NULL;
}

static bool overlaps(struct uvm_va_space *va_space, u64 start, u64 end)
{
	struct uvm_va_range *range;

	list_for_each_entry(range, &va_space->ranges, list) {
		if (range->start <= end && start <= range->end)
			return true;
	}
	return false;
}

/**
 * uvm_va_range_create() - a range that is empty
 * @va_space: where
 * @start: first byte
 * @end: last byte
 * @type: of what
 * @status: why not, when NULL is returned
 *
 * Context: With the lock for writing.
 * Return: the range or NULL.
 */
struct uvm_va_range *uvm_va_range_create(struct uvm_va_space *va_space,
					 u64 start, u64 end,
					 enum uvm_va_range_type type,
					 u32 *status)
{
	struct uvm_va_range *range;

	lockdep_assert_held_write(&va_space->lock);
	*status = NV_ERR_UVM_ADDRESS_IN_USE;
	if (overlaps(va_space, start, end))
		return NULL;
	*status = NV_ERR_NO_MEMORY;
	range = kzalloc(sizeof(*range), GFP_KERNEL);
	if (!range)
		return NULL;
	range->va_space = va_space;
	range->start = start;
	range->end = end;
	range->type = type;
	INIT_LIST_HEAD(&range->maps);
	list_add_tail(&range->list, &va_space->ranges);
	*status = NV_OK;
	return range;
}

noinline u32 uvm_va_range_create_mmap(struct uvm_va_space *va_space,
				      struct mm_struct *mm,
				      struct uvm_vma_wrapper *vma_wrapper,
				      struct uvm_va_range **out_va_range)
{
	struct vm_area_struct *vma = vma_wrapper->vma;
	struct uvm_va_range *range;
	u32 status;

	range = uvm_va_range_create(va_space, vma->vm_start, vma->vm_end - 1,
				    UVM_VA_RANGE_TYPE_MANAGED, &status);
	if (!range)
		return status;
	range->vma_wrapper = vma_wrapper;
	if (out_va_range)
		*out_va_range = range;
	return NV_OK;
}

/* What was put off because it calls RM. */
void uvm_deferred_free_object_list(struct list_head *deferred_free_list)
{
	struct uvm_ext_map *map, *next;

	list_for_each_entry_safe(map, next, deferred_free_list, list) {
		nvUvmInterfaceFreeDupedHandle(map->gpu, map->handle);
		kfree(map);
	}
}

noinline void uvm_va_range_destroy(struct uvm_va_range *va_range,
				   struct list_head *deferred_free_list)
{
	LIST_HEAD(now);

	if (!va_range)
		return;
	lockdep_assert_held_write(&va_range->va_space->lock);
	list_splice_init(&va_range->maps, deferred_free_list ?: &now);
	uvm_va_space_drop(va_range->va_space, va_range->start, va_range->end);
	list_del(&va_range->list);
	kfree(va_range);
	uvm_deferred_free_object_list(&now);
}

noinline u32 uvm_va_range_split(struct uvm_va_range *existing, u64 new_end,
				struct uvm_va_range **new_va_range)
{
	u64 end = existing->end;
	struct uvm_va_range *range;
	u32 status;

	existing->end = new_end;
	range = uvm_va_range_create(existing->va_space, new_end + 1, end,
				    existing->type, &status);
	if (!range) {
		existing->end = end;
		return status;
	}
	range->vma_wrapper = existing->vma_wrapper;
	if (new_va_range)
		*new_va_range = range;
	return NV_OK;
}
