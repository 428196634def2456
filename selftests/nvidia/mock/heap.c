// SPDX-License-Identifier: GPL-2.0
/*
 * The heap counts; that is what makes the mock a judge. Whoever holds memory
 * longest is charged for it in the table of clients, and the next oldest when
 * that one lets go (compare _gpuCollectMemInfo, gpu_rmapi.c: the owner of the
 * memory descriptor, and those that duplicated it).
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "fault.h"
#include "gpu.h"
#include "heap.h"
#include "client.h"

/* Every mock_heap, mock_client.bytes and mock_phys.holders. Innermost. */
DEFINE_SPINLOCK(mock_heap_lock);

static struct mock_holder *owner_of(struct mock_phys *phys)
{
	lockdep_assert_held(&mock_heap_lock);
	return list_first_entry_or_null(&phys->holders, struct mock_holder,
					node);
}

static void charge_owner(struct mock_phys *phys, s64 bytes)
{
	struct mock_holder *owner = owner_of(phys);

	if (owner && owner->client && phys->gpu)
		owner->client->bytes[phys->gpu->nr] += bytes;
}

static int heap_take(struct mock_heap *heap, u64 size)
{
	lockdep_assert_held(&mock_heap_lock);
	if (size > heap->total - heap->used)
		return -ENOMEM;
	heap->used += size;
	heap->high = max(heap->high, heap->used);
	heap->allocs++;
	return 0;
}

static int phys_take(struct mock_phys *phys)
{
	struct mock_heap *part = phys->part ? &phys->part->heap : NULL;
	int err = part ? heap_take(part, phys->size) : 0;

	if (err)
		return err;
	err = heap_take(&phys->gpu->heap, phys->size);
	if (err && part)
		part->used -= phys->size;
	return err;
}

/**
 * mock_heap_reserve() - take from the heap what no object shows
 * @gpu: whose heap
 * @size: bytes
 *
 * Context: Any.
 * Return: 0 or -ENOMEM.
 */
int mock_heap_reserve(struct mock_gpu *gpu, u64 size)
{
	int err;

	spin_lock(&mock_heap_lock);
	err = heap_take(&gpu->heap, size);
	spin_unlock(&mock_heap_lock);
	return err;
}
EXPORT_SYMBOL_GPL(mock_heap_reserve);

/**
 * mock_heap_release() - give back what mock_heap_reserve() took
 * @gpu: whose heap
 * @size: bytes
 *
 * Context: Any.
 */
void mock_heap_release(struct mock_gpu *gpu, u64 size)
{
	spin_lock(&mock_heap_lock);
	WARN_ON_ONCE(gpu->heap.used < size);
	gpu->heap.used -= size;
	spin_unlock(&mock_heap_lock);
}
EXPORT_SYMBOL_GPL(mock_heap_release);

/**
 * mock_phys_new() - allocate memory
 * @gpu: in whose heap; NULL for system memory
 * @part: in which instance's, too, or NULL
 * @size: bytes, rounded by the caller
 * @holder: its first holder, empty
 * @client: whose the holder is, or NULL
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int mock_phys_new(struct mock_gpu *gpu, struct mock_part *part, u64 size,
		  struct mock_holder *holder, struct mock_client *client)
{
	struct mock_phys *phys = kzalloc(sizeof(*phys), GFP_KERNEL);
	int err = 0;

	if (!phys)
		return -ENOMEM;
	if (gpu)
		size += mock_fault_extra();
	phys->gpu = gpu;
	phys->part = part;
	phys->size = size;
	kref_init(&phys->ref);
	INIT_LIST_HEAD(&phys->holders);
	xa_init(&phys->pages);
	spin_lock(&mock_heap_lock);
	if (gpu) {
		err = mock_fault_alloc() ? -ENOMEM : phys_take(phys);
		phys->offset = gpu->heap.cursor;
	}
	if (!err) {
		if (gpu) {
			gpu->heap.cursor += size;
			gpu->heap.cursor %= gpu->heap.total;
		}
		holder->phys = phys;
		holder->client = client;
		list_add_tail(&holder->node, &phys->holders);
		charge_owner(phys, size);
	}
	spin_unlock(&mock_heap_lock);
	if (err)
		kfree(phys);
	return err;
}
EXPORT_SYMBOL_GPL(mock_phys_new);

/**
 * mock_phys_hold() - one more holder
 * @holder: empty
 * @phys: what it shall hold, held by somebody who cannot let go meanwhile
 * @client: whose the holder is, or NULL
 *
 * Context: Any, with the RM lock held.
 */
void mock_phys_hold(struct mock_holder *holder, struct mock_phys *phys,
		    struct mock_client *client)
{
	mock_phys_get(phys);
	spin_lock(&mock_heap_lock);
	holder->phys = phys;
	holder->client = client;
	list_add_tail(&holder->node, &phys->holders);
	spin_unlock(&mock_heap_lock);
}

/**
 * mock_phys_drop() - let go
 * @holder: may be empty
 *
 * Context: May sleep.
 */
void mock_phys_drop(struct mock_holder *holder)
{
	struct mock_phys *phys = holder->phys;

	if (!phys)
		return;
	spin_lock(&mock_heap_lock);
	charge_owner(phys, -(s64)phys->size);
	list_del(&holder->node);
	charge_owner(phys, phys->size);
	if (phys->gpu && list_empty(&phys->holders)) {
		WARN_ON_ONCE(phys->gpu->heap.used < phys->size);
		phys->gpu->heap.used -= phys->size;
		if (phys->part)
			phys->part->heap.used -= phys->size;
	}
	spin_unlock(&mock_heap_lock);
	holder->phys = NULL;
	mock_phys_put(phys);
}
EXPORT_SYMBOL_GPL(mock_phys_drop);

static void phys_free(struct kref *ref)
{
	struct mock_phys *phys = container_of(ref, struct mock_phys, ref);
	unsigned long index;
	struct page *page;

	xa_for_each(&phys->pages, index, page)
		put_page(page);
	xa_destroy(&phys->pages);
	kfree(phys);
}

void mock_phys_get(struct mock_phys *phys)
{
	kref_get(&phys->ref);
}
EXPORT_SYMBOL_GPL(mock_phys_get);

void mock_phys_put(struct mock_phys *phys)
{
	kref_put(&phys->ref, phys_free);
}
EXPORT_SYMBOL_GPL(mock_phys_put);

/**
 * mock_phys_page() - the page that a mapping sees
 * @phys: mapped
 * @index: which page of it
 *
 * Context: May sleep.
 * Return: the page, without a reference of its own, or NULL.
 */
struct page *mock_phys_page(struct mock_phys *phys, unsigned long index)
{
	struct page *page = xa_load(&phys->pages, index);
	struct page *old;

	if (page || index >= phys->size >> PAGE_SHIFT)
		return page;
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page)
		return NULL;
	old = xa_cmpxchg(&phys->pages, index, NULL, page, GFP_KERNEL);
	if (old) {
		put_page(page);
		page = xa_is_err(old) ? NULL : old;
	}
	return page;
}
EXPORT_SYMBOL_GPL(mock_phys_page);

/**
 * mock_phys_use() - add a handle to what its process holds
 * @holder: the handle's
 * @gpu: of which GPU the question is
 * @part: of which instance of it, or NULL
 * @use: the sum
 *
 * Memory with several handles is owned by one of them (_gpuCollectMemInfo(),
 * gpu_rmapi.c), also where they are all of one client.
 *
 * Context: Any.
 */
void mock_phys_use(struct mock_holder *holder, struct mock_gpu *gpu,
		   struct mock_part *part, struct mock_use *use)
{
	struct mock_phys *phys = holder->phys;

	if (!phys || phys->gpu != gpu || (part && phys->part != part))
		return;
	spin_lock(&mock_heap_lock);
	if (list_is_singular(&phys->holders))
		use->private += phys->size;
	else if (owner_of(phys) == holder)
		use->owned += phys->size;
	else
		use->duped += phys->size;
	spin_unlock(&mock_heap_lock);
}
