/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory and its holders. A piece of video memory counts in its GPU's heap as
 * long as it has a holder: a handle of a client, an export, a dma-buf, UVM.
 */
#ifndef MOCK_HEAP_H
#define MOCK_HEAP_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct mock_client;
struct mock_gpu;
struct mock_part;
struct page;

/**
 * struct mock_heap - the video memory of a GPU
 * @total: bytes there are
 * @used: bytes that have a holder
 * @high: the most that @used was since it was last reset
 * @cursor: where the next piece starts; addresses are told, never used
 * @allocs: pieces ever allocated
 *
 * All under mock_heap_lock.
 */
struct mock_heap {
	u64 total;
	u64 used;
	u64 high;
	u64 cursor;
	u64 allocs;
};

/**
 * struct mock_phys - a piece of memory
 * @ref: holders and mappings
 * @gpu: in whose heap it counts; NULL for system memory and registers
 * @part: out of which instance's; NULL where the GPU is not divided
 * @size: bytes, of whole pages of the GPU
 * @offset: where in video memory
 * @attr: as asked for
 * @doorbell: it is the registers of doorbells
 * @holders: struct mock_holder, the oldest first; mock_heap_lock
 * @pages: what a mapping sees, made at the first touch
 */
struct mock_phys {
	struct kref ref;
	struct mock_gpu *gpu;
	struct mock_part *part;
	u64 size;
	u64 offset;
	u32 attr;
	bool doorbell;
	struct list_head holders;
	struct xarray pages;
};

/**
 * struct mock_holder - one reason for memory to stay
 * @node: in mock_phys.holders
 * @phys: what is held; NULL when nothing is
 * @client: whose; NULL for the driver itself. It outlives the holder.
 */
struct mock_holder {
	struct list_head node;
	struct mock_phys *phys;
	struct mock_client *client;
};

/**
 * struct mock_use - what a process holds, in the terms of
 *	NV2080_CTRL_GPU_PID_INFO_VIDEO_MEMORY_USAGE_DATA
 */
struct mock_use {
	u64 private;
	u64 owned;
	u64 duped;
};

extern spinlock_t mock_heap_lock;

int mock_phys_new(struct mock_gpu *gpu, struct mock_part *part, u64 size,
		  struct mock_holder *holder, struct mock_client *client);
void mock_phys_hold(struct mock_holder *holder, struct mock_phys *phys,
		    struct mock_client *client);
void mock_phys_drop(struct mock_holder *holder);
void mock_phys_get(struct mock_phys *phys);
void mock_phys_put(struct mock_phys *phys);
struct page *mock_phys_page(struct mock_phys *phys, unsigned long index);
void mock_phys_use(struct mock_holder *holder, struct mock_gpu *gpu,
		   struct mock_part *part, struct mock_use *use);

int mock_heap_reserve(struct mock_gpu *gpu, u64 size);
void mock_heap_release(struct mock_gpu *gpu, u64 size);

#endif /* MOCK_HEAP_H */
