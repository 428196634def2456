/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nvidia-uvm.ko: address spaces and their ranges. Names and linkage of
 * functions are the driver's.
 */
#ifndef MOCK_UVM_H
#define MOCK_UVM_H

#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/types.h>
#include <linux/uuid.h>
#include <linux/xarray.h>

#include "gpu.h"

struct file;
struct uvm_tools_flags_params;
struct mm_struct;
struct vm_area_struct;

/* Numbers: uvm_linux_ioctl.h, uvm_ioctl.h */
enum {
	UVM_REGISTER_GPU_VASPACE = 25,
	UVM_UNREGISTER_GPU_VASPACE = 26,
	UVM_REGISTER_CHANNEL = 27,
	UVM_UNREGISTER_CHANNEL = 28,
	UVM_MAP_EXTERNAL_ALLOCATION = 33,
	UVM_FREE = 34,
	UVM_REGISTER_GPU = 37,
	UVM_UNREGISTER_GPU = 38,
	UVM_PAGEABLE_MEM_ACCESS = 39,
	UVM_SET_PREFERRED_LOCATION = 42,
	UVM_MIGRATE = 51,
	UVM_UNMAP_EXTERNAL = 66,
	UVM_ALLOC_SEMAPHORE_POOL = 68,
	UVM_PAGEABLE_MEM_ACCESS_ON_GPU = 70,
	UVM_VALIDATE_VA_RANGE = 72,
	UVM_CREATE_EXTERNAL_RANGE = 73,
	UVM_MM_INITIALIZE = 75,
	UVM_INITIALIZE = 0x30000001,
	UVM_DEINITIALIZE = 0x30000002,
};

/* Managed memory is populated in blocks of this size. */
#define UVM_BLOCK_SHIFT 12

enum uvm_va_range_type {
	UVM_VA_RANGE_TYPE_MANAGED = 1,
	UVM_VA_RANGE_TYPE_EXTERNAL = 2,
	UVM_VA_RANGE_TYPE_SEMAPHORE_POOL = 5,
};

/**
 * struct uvm_va_space - the GPU addresses of an open file
 * @lock: all that is here; inside mmap_lock, outside the RM lock
 * @flags: as given to UVM_INITIALIZE
 * @gpus: registered, as bits
 * @ranges: struct uvm_va_range, by address
 * @blocks: managed memory that is in video memory, by address; a value is the
 *	GPU's number
 * @pages: what the CPU sees of managed memory and semaphores, by address
 */
struct uvm_va_space {
	struct rw_semaphore lock;
	u64 flags;
	u32 gpus;
	struct list_head ranges;
	struct xarray blocks;
	struct xarray pages;
};

/**
 * struct uvm_va_range - a range of them; the first three are where the driver
 *	has them (uvm_va_range_t, uvm_range_tree_node_t)
 * @va_space: whose
 * @start: first byte
 * @end: last byte
 * @list: in the address space
 * @type: of what
 * @vma_wrapper: managed: its mapping
 * @maps: external: struct uvm_ext_map
 */
struct uvm_va_range {
	struct uvm_va_space *va_space;
	u64 start;
	u64 end;
	struct list_head list;
	enum uvm_va_range_type type;
	struct uvm_vma_wrapper *vma_wrapper;
	struct list_head maps;
};

/* uvm_vma_wrapper_t */
struct uvm_vma_wrapper {
	struct vm_area_struct *vma;
};

/**
 * struct uvm_ext_map - memory of RM that is mapped (uvm_ext_gpu_map_t)
 * @list: in its range, or on its way out
 * @gpu: for whom
 * @handle: of the duplicate
 * @start: first byte
 * @end: last byte
 */
struct uvm_ext_map {
	struct list_head list;
	struct mock_gpu *gpu;
	u32 handle;
	u64 start;
	u64 end;
};

bool uvm_file_is_nvidia_uvm(const struct file *file);
struct uvm_va_space *uvm_va_space_get(struct file *file);
u32 uvm_va_space_create(struct address_space *mapping,
			struct uvm_va_space **out, u64 flags);
void uvm_va_space_destroy(struct uvm_va_space *va_space);
u32 uvm_va_space_migrate(struct uvm_va_space *va_space, u64 start, u64 end,
			 struct mock_gpu *gpu);
void uvm_va_space_evict_gpu(struct uvm_va_space *va_space,
			    struct mock_gpu *gpu);
void uvm_va_space_drop(struct uvm_va_space *va_space, u64 start, u64 end);
struct page *uvm_va_space_page(struct uvm_va_space *va_space, u64 address);

struct uvm_va_range *uvm_va_range_find(struct uvm_va_space *va_space, u64 at);
struct uvm_va_range *uvm_va_range_create(struct uvm_va_space *va_space,
					 u64 start, u64 end,
					 enum uvm_va_range_type type,
					 u32 *status);
u32 uvm_va_range_create_mmap(struct uvm_va_space *va_space,
			     struct mm_struct *mm,
			     struct uvm_vma_wrapper *vma_wrapper,
			     struct uvm_va_range **out_va_range);
void uvm_va_range_destroy(struct uvm_va_range *va_range,
			  struct list_head *deferred_free_list);
u32 uvm_va_range_split(struct uvm_va_range *existing, u64 new_end,
		       struct uvm_va_range **new_va_range);
void uvm_deferred_free_object_list(struct list_head *deferred_free_list);

/* uvm_ioctl.h: the parameters that no release changed */
struct uvm_gpu_params {
	uuid_t uuid;
	u8 numa_enabled;
	u8 pad[3];
	s32 numa_node;
	s32 ctl_fd;
	u32 client;
	u32 partition;
	u32 status;
};

struct uvm_uuid_params {
	uuid_t uuid;
	u32 status;
};

struct uvm_vaspace_params {
	uuid_t uuid;
	s32 ctl_fd;
	u32 client;
	u32 vaspace;
	u32 status;
};

struct uvm_channel_params {
	uuid_t uuid;
	s32 ctl_fd;
	u32 client;
	u32 channel;
	u32 pad;
	u64 base;
	u64 length;
	u32 status;
};

struct uvm_range_params {
	u64 base;
	u64 length;
	u32 status;
};

struct uvm_unmap_params {
	u64 base;
	u64 length;
	uuid_t uuid;
	u32 status;
};

struct uvm_migrate_params {
	u64 base;
	u64 length;
	uuid_t uuid;
	u32 flags;
	u64 semaphore;
	u32 payload;
	s32 numa_node;
	u64 user_start;
	u64 user_length;
	u32 status;
};

static_assert(sizeof(struct uvm_gpu_params) == 40);
static_assert(sizeof(struct uvm_vaspace_params) == 32);
static_assert(sizeof(struct uvm_channel_params) == 56);
static_assert(sizeof(struct uvm_range_params) == 24);
static_assert(sizeof(struct uvm_unmap_params) == 40);
static_assert(sizeof(struct uvm_migrate_params) == 80);

u32 uvm_api_register_gpu(struct uvm_gpu_params *params, struct file *file);
u32 uvm_api_unregister_gpu(struct uvm_uuid_params *params, struct file *file);
u32 uvm_api_register_gpu_va_space(struct uvm_vaspace_params *params,
				  struct file *file);
u32 uvm_api_unregister_gpu_va_space(struct uvm_uuid_params *params,
				    struct file *file);
u32 uvm_api_register_channel(struct uvm_channel_params *params,
			     struct file *file);
u32 uvm_api_unregister_channel(void *params, struct file *file);
u32 uvm_api_create_external_range(struct uvm_range_params *params,
				  struct file *file);
u32 uvm_api_map_external_allocation(void *params, struct file *file);
u32 uvm_api_unmap_external(struct uvm_unmap_params *params, struct file *file);
u32 uvm_api_free(struct uvm_range_params *params, struct file *file);
u32 uvm_api_migrate(struct uvm_migrate_params *params, struct file *file);
u32 uvm_api_set_preferred_location(const void *params, struct file *file);
u32 uvm_api_alloc_semaphore_pool(void *params, struct file *file);
u32 uvm_api_validate_va_range(struct uvm_range_params *params,
			      struct file *file);
u32 uvm_api_pageable_mem_access_on_gpu(void *params, struct file *file);

int uvm_tools_init(dev_t uvm_base_dev);
void uvm_tools_exit(void);
u32 uvm_api_tools_event_queue_enable_events(struct uvm_tools_flags_params *params,
					    struct file *file);

#endif /* MOCK_UVM_H */
