// SPDX-License-Identifier: GPL-2.0
/*
 * What an address space has in memory. Managed memory is in video memory from
 * a migration to a GPU until one to the CPU, or until its range goes; which is
 * when its bytes are in the heap (the driver does so by root chunks, in
 * uvm_va_block.c and uvm_pmm_gpu.c; here pages of 4 KiB).
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "uvm.h"

#define UVM_BLOCK_SIZE	BIT_ULL(UVM_BLOCK_SHIFT)

u32 uvm_va_space_create(struct address_space *mapping,
			struct uvm_va_space **out, u64 flags)
{
	struct uvm_va_space *va_space = kzalloc(sizeof(*va_space), GFP_KERNEL);

	if (!va_space)
		return NV_ERR_NO_MEMORY;
	init_rwsem(&va_space->lock);
	va_space->flags = flags;
	INIT_LIST_HEAD(&va_space->ranges);
	xa_init(&va_space->blocks);
	xa_init(&va_space->pages);
	*out = va_space;
	return NV_OK;
}

void uvm_va_space_destroy(struct uvm_va_space *va_space)
{
	struct uvm_va_range *range, *next;

	down_write(&va_space->lock);
	list_for_each_entry_safe(range, next, &va_space->ranges, list)
		uvm_va_range_destroy(range, NULL);
	up_write(&va_space->lock);
	WARN_ON_ONCE(!xa_empty(&va_space->blocks));
	xa_destroy(&va_space->blocks);
	xa_destroy(&va_space->pages);
	kfree(va_space);
}

static void block_drop(struct uvm_va_space *va_space, unsigned long block)
{
	void *entry = xa_erase(&va_space->blocks, block);

	if (entry)
		mock_heap_release(&mock_gpus[xa_to_value(entry)], UVM_BLOCK_SIZE);
}

/* Out of video memory, and what the CPU sees of it, too. */
void uvm_va_space_drop(struct uvm_va_space *va_space, u64 start, u64 end)
{
	unsigned long at;
	struct page *page;
	void *entry;

	lockdep_assert_held_write(&va_space->lock);
	xa_for_each_range(&va_space->blocks, at, entry,
			  start >> UVM_BLOCK_SHIFT, end >> UVM_BLOCK_SHIFT)
		block_drop(va_space, at);
	xa_for_each_range(&va_space->pages, at, page, start >> PAGE_SHIFT,
			  end >> PAGE_SHIFT) {
		xa_erase(&va_space->pages, at);
		put_page(page);
	}
}

static u32 block_take(struct uvm_va_space *va_space, unsigned long block,
		      struct mock_gpu *gpu)
{
	void *entry = xa_load(&va_space->blocks, block);

	if (entry && xa_to_value(entry) == gpu->nr)
		return NV_OK;
	if (mock_heap_reserve(gpu, UVM_BLOCK_SIZE))
		return NV_ERR_NO_MEMORY;
	block_drop(va_space, block);
	if (xa_err(xa_store(&va_space->blocks, block, xa_mk_value(gpu->nr),
			    GFP_KERNEL))) {
		mock_heap_release(gpu, UVM_BLOCK_SIZE);
		return NV_ERR_NO_MEMORY;
	}
	return NV_OK;
}

/**
 * uvm_va_space_migrate() - move managed memory
 * @va_space: of whom
 * @start: first byte
 * @end: last byte
 * @gpu: where to; NULL for the CPU
 *
 * Context: With the lock for writing.
 * Return: NV_OK or what is wrong; what was moved until then stays there.
 */
u32 uvm_va_space_migrate(struct uvm_va_space *va_space, u64 start, u64 end,
			 struct mock_gpu *gpu)
{
	unsigned long block;
	u32 status = NV_OK;

	lockdep_assert_held_write(&va_space->lock);
	for (block = start >> UVM_BLOCK_SHIFT;
	     !status && block <= end >> UVM_BLOCK_SHIFT; block++) {
		if (gpu)
			status = block_take(va_space, block, gpu);
		else
			block_drop(va_space, block);
	}
	return status;
}

/* The GPU goes: what is on it has to go to the CPU. */
void uvm_va_space_evict_gpu(struct uvm_va_space *va_space, struct mock_gpu *gpu)
{
	unsigned long at;
	void *entry;

	lockdep_assert_held_write(&va_space->lock);
	xa_for_each(&va_space->blocks, at, entry) {
		if (xa_to_value(entry) == gpu->nr)
			block_drop(va_space, at);
	}
}

/* The page that the CPU sees at an address of a range, or NULL. */
struct page *uvm_va_space_page(struct uvm_va_space *va_space, u64 address)
{
	unsigned long at = address >> PAGE_SHIFT;
	struct page *page = xa_load(&va_space->pages, at);
	struct page *old;

	if (page || !uvm_va_range_find(va_space, address))
		return page;
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page)
		return NULL;
	old = xa_cmpxchg(&va_space->pages, at, NULL, page, GFP_KERNEL);
	if (old) {
		put_page(page);
		page = xa_is_err(old) ? NULL : old;
	}
	return page;
}
