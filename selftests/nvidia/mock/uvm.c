// SPDX-License-Identifier: GPL-2.0
/*
 * The character device of nvidia-uvm.ko: kernel-open/nvidia-uvm/uvm.c.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "nodes.h"
#include "release.h"
#include "uvm.h"

/* uvm_fd_type_t, in the low bits of private_data */
#define UVM_FD_VA_SPACE		2UL
#define UVM_FD_MASK		3UL

static dev_t g_uvm_base_dev;
static struct cdev g_uvm_cdev;
static const struct file_operations uvm_fops;

bool uvm_file_is_nvidia_uvm(const struct file *file)
{
	return file->f_op == &uvm_fops;
}

struct uvm_va_space *uvm_va_space_get(struct file *file)
{
	unsigned long data = (unsigned long)READ_ONCE(file->private_data);

	if ((data & UVM_FD_MASK) != UVM_FD_VA_SPACE)
		return NULL;
	return (struct uvm_va_space *)(data & ~UVM_FD_MASK);
}

static void add_flags(struct vm_area_struct *vma, unsigned long flags)
{
#ifdef NO_VM_FLAGS_SET
	vma->vm_flags |= flags;
#else
	vm_flags_set(vma, flags);
#endif
}

static noinline int uvm_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static noinline int uvm_open_entry(struct inode *inode, struct file *file)
{
	return uvm_open(inode, file);
}

static noinline int uvm_release(struct inode *inode, struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);

	file->private_data = NULL;
	if (va_space)
		uvm_va_space_destroy(va_space);
	return 0;
}

static noinline int uvm_release_entry(struct inode *inode, struct file *file)
{
	return uvm_release(inode, file);
}

static vm_fault_t uvm_vm_fault_sigbus(struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct uvm_vm_ops_disabled = {
	.fault = uvm_vm_fault_sigbus,
};

/* The mapping names nothing from now on. */
static void uvm_disable_vma(struct vm_area_struct *vma)
{
	vma->vm_private_data = NULL;
	vma->vm_ops = &uvm_vm_ops_disabled;
}

static vm_fault_t uvm_vm_fault(struct vm_fault *vmf)
{
	struct uvm_va_space *va_space = uvm_va_space_get(vmf->vma->vm_file);
	struct page *page;

	down_read(&va_space->lock);
	page = uvm_va_space_page(va_space, vmf->address & PAGE_MASK);
	if (page)
		get_page(page);
	up_read(&va_space->lock);
	vmf->page = page;
	return page ? 0 : VM_FAULT_OOM;
}

/* Every managed range that lies in the mapping. */
static void destroy_in(struct uvm_va_space *va_space, u64 start, u64 end)
{
	struct uvm_va_range *range, *next;

	list_for_each_entry_safe(range, next, &va_space->ranges, list) {
		if (range->type == UVM_VA_RANGE_TYPE_MANAGED &&
		    range->start >= start && range->end < end)
			uvm_va_range_destroy(range, NULL);
	}
}

static void split_wrapper(struct uvm_va_space *va_space,
			  struct vm_area_struct *vma)
{
	struct uvm_va_range *range;

	list_for_each_entry(range, &va_space->ranges, list) {
		if (range->start >= vma->vm_start && range->end < vma->vm_end)
			range->vma_wrapper = vma->vm_private_data;
	}
}

static int split(struct uvm_va_space *va_space, struct vm_area_struct *original,
		 struct vm_area_struct *vma)
{
	struct uvm_vma_wrapper *wrapper;
	struct uvm_va_range *range;
	u64 new_end;

	if (vma->vm_start == original->vm_start)
		new_end = vma->vm_end - 1;
	else
		new_end = vma->vm_start - 1;
	wrapper = kzalloc(sizeof(*wrapper), GFP_KERNEL);
	if (!wrapper)
		return -ENOMEM;
	wrapper->vma = vma;
	vma->vm_private_data = wrapper;
	range = uvm_va_range_find(va_space, new_end);
	if (range && range->end != new_end &&
	    uvm_va_range_split(range, new_end, NULL)) {
		kfree(wrapper);
		return -ENOMEM;
	}
	split_wrapper(va_space, vma);
	return 0;
}

/* A copy, a move or a part of a mapping: uvm_vm_open_managed() */
static void uvm_vm_open_managed(struct vm_area_struct *vma)
{
	struct uvm_va_space *va_space = uvm_va_space_get(vma->vm_file);
	struct uvm_vma_wrapper *wrapper = vma->vm_private_data;
	struct vm_area_struct *original = wrapper->vma;

	vma->vm_private_data = NULL;
	if (vma->vm_mm != original->vm_mm ||
	    (vma->vm_start != original->vm_start &&
	     vma->vm_end != original->vm_end)) {
		uvm_disable_vma(vma);
		return;
	}
	down_write(&va_space->lock);
	if (split(va_space, original, vma)) {
		destroy_in(va_space, original->vm_start, original->vm_end);
		kfree(original->vm_private_data);
		uvm_disable_vma(original);
		uvm_disable_vma(vma);
	}
	up_write(&va_space->lock);
}

static void uvm_vm_close_managed(struct vm_area_struct *vma)
{
	struct uvm_va_space *va_space = uvm_va_space_get(vma->vm_file);

	down_write(&va_space->lock);
	destroy_in(va_space, vma->vm_start, vma->vm_end);
	kfree(vma->vm_private_data);
	up_write(&va_space->lock);
}

static const struct vm_operations_struct uvm_vm_ops_managed = {
	.open = uvm_vm_open_managed,
	.close = uvm_vm_close_managed,
	.fault = uvm_vm_fault,
};

static const struct vm_operations_struct uvm_vm_ops_semaphore_pool = {
	.fault = uvm_vm_fault,
};

/* A mapping of a pool whose range an ioctl has made. */
static bool is_pool(struct uvm_va_space *va_space, struct vm_area_struct *vma)
{
	struct uvm_va_range *range = uvm_va_range_find(va_space, vma->vm_start);

	return range && range->type == UVM_VA_RANGE_TYPE_SEMAPHORE_POOL &&
	       range->start == vma->vm_start && range->end + 1 == vma->vm_end;
}

static int map(struct uvm_va_space *va_space, struct vm_area_struct *vma)
{
	u32 status = uvm_va_range_create_mmap(va_space, vma->vm_mm,
					      vma->vm_private_data, NULL);

	if (status == NV_ERR_UVM_ADDRESS_IN_USE && is_pool(va_space, vma)) {
		kfree(vma->vm_private_data);
		vma->vm_private_data = NULL;
		vma->vm_ops = &uvm_vm_ops_semaphore_pool;
		return 0;
	}
	if (status == NV_ERR_UVM_ADDRESS_IN_USE)
		return -EINVAL;
	return status ? -ENOMEM : 0;
}

/* Managed memory is a mapping at the address that is its offset. */
static noinline int uvm_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	const unsigned long want = VM_SHARED | VM_READ | VM_WRITE;
	struct uvm_vma_wrapper *wrapper;
	int err;

	if (!va_space)
		return -EBADFD;
	if (vma->vm_start != vma->vm_pgoff << PAGE_SHIFT ||
	    (vma->vm_flags & want) != want)
		return -EINVAL;
	wrapper = kzalloc(sizeof(*wrapper), GFP_KERNEL);
	if (!wrapper)
		return -ENOMEM;
	wrapper->vma = vma;
	add_flags(vma, VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTCOPY);
	vma->vm_ops = &uvm_vm_ops_managed;
	vma->vm_private_data = wrapper;
	down_write(&va_space->lock);
	err = map(va_space, vma);
	up_write(&va_space->lock);
	if (err)
		kfree(wrapper);
	return err;
}

static noinline int uvm_mmap_entry(struct file *file,
				   struct vm_area_struct *vma)
{
	return uvm_mmap(file, vma);
}

/* uvm_hmm_is_enabled_system_wide(), uvm_hmm.c */
static bool hmm;
module_param(hmm, bool, 0644);
MODULE_PARM_DESC(hmm, "Memory of malloc() may move to a GPU");

/* uvm_ioctl.h */
#define UVM_INIT_FLAGS_DISABLE_HMM 1

/* UVM_INITIALIZE_PARAMS */
struct uvm_initialize {
	u64 flags;
	u32 status;
};

static noinline u32 uvm_api_initialize(struct uvm_initialize *params,
				       struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);
	u32 status;
	void *data;

	if (va_space)
		return va_space->flags == params->flags ?
			       NV_OK : NV_ERR_INVALID_ARGUMENT;
	status = uvm_va_space_create(file->f_mapping, &va_space,
				     params->flags);
	if (status)
		return status;
	data = (void *)((unsigned long)va_space | UVM_FD_VA_SPACE);
	if (cmpxchg(&file->private_data, NULL, data)) {
		uvm_va_space_destroy(va_space);
		return NV_ERR_BUSY_RETRY;
	}
	return NV_OK;
}

/* UVM_MM_INITIALIZE_PARAMS */
struct uvm_mm_initialize {
	s32 fd;
	u32 status;
};

/* As with a kernel where UVM needs no file to keep the mm. */
static noinline u32 uvm_api_mm_initialize(struct uvm_mm_initialize *params,
					  struct file *file)
{
	struct file *first = fget(params->fd);
	u32 status = NV_WARN_NOTHING_TO_DO;

	if (!first)
		return NV_ERR_INVALID_ARGUMENT;
	if (!uvm_file_is_nvidia_uvm(first) || !uvm_va_space_get(first))
		status = NV_ERR_INVALID_ARGUMENT;
	fput(first);
	return status;
}

/* uvm_va_space_pageable_mem_access_supported(), uvm_va_space.c */
static noinline u32 uvm_api_pageable_mem_access(u8 *params, struct file *file)
{
	struct uvm_va_space *va_space = uvm_va_space_get(file);

	params[0] = hmm && !(va_space->flags & UVM_INIT_FLAGS_DISABLE_HMM);
	return NV_OK;
}

static u32 run_space(unsigned int cmd, void *params, struct file *file)
{
	switch (cmd) {
	case UVM_REGISTER_GPU_VASPACE:
		return uvm_api_register_gpu_va_space(params, file);
	case UVM_UNREGISTER_GPU_VASPACE:
		return uvm_api_unregister_gpu_va_space(params, file);
	case UVM_REGISTER_CHANNEL:
		return uvm_api_register_channel(params, file);
	case UVM_UNREGISTER_CHANNEL:
		return uvm_api_unregister_channel(params, file);
	case UVM_REGISTER_GPU:
		return uvm_api_register_gpu(params, file);
	case UVM_UNREGISTER_GPU:
		return uvm_api_unregister_gpu(params, file);
	case UVM_PAGEABLE_MEM_ACCESS:
		return uvm_api_pageable_mem_access(params, file);
	default:
		return uvm_api_pageable_mem_access_on_gpu(params, file);
	}
}

static u32 run(unsigned int cmd, void *params, struct file *file)
{
	switch (cmd) {
	case UVM_INITIALIZE:
		return uvm_api_initialize(params, file);
	case UVM_MM_INITIALIZE:
		return uvm_api_mm_initialize(params, file);
	case UVM_MAP_EXTERNAL_ALLOCATION:
		return uvm_api_map_external_allocation(params, file);
	case UVM_UNMAP_EXTERNAL:
		return uvm_api_unmap_external(params, file);
	case UVM_FREE:
		return uvm_api_free(params, file);
	case UVM_SET_PREFERRED_LOCATION:
		return uvm_api_set_preferred_location(params, file);
	case UVM_MIGRATE:
		return uvm_api_migrate(params, file);
	case UVM_ALLOC_SEMAPHORE_POOL:
		return uvm_api_alloc_semaphore_pool(params, file);
	case UVM_VALIDATE_VA_RANGE:
		return uvm_api_validate_va_range(params, file);
	case UVM_CREATE_EXTERNAL_RANGE:
		return uvm_api_create_external_range(params, file);
	default:
		return run_space(cmd, params, file);
	}
}

/* How long the parameters are, and where rmStatus is in them. */
static size_t params_size(unsigned int cmd, size_t *status)
{
	const struct mock_release *r = mock_release;
	static const struct {
		u32 cmd;
		u16 size;
		u16 status;
	} fixed[] = {
		{ UVM_INITIALIZE, 16, 8 },
		{ UVM_MM_INITIALIZE, 8, 4 },
		{ UVM_REGISTER_GPU_VASPACE, 32, 28 },
		{ UVM_UNREGISTER_GPU_VASPACE, 20, 16 },
		{ UVM_REGISTER_CHANNEL, 56, 48 },
		{ UVM_REGISTER_GPU, 40, 36 },
		{ UVM_UNREGISTER_GPU, 20, 16 },
		{ UVM_PAGEABLE_MEM_ACCESS, 8, 4 },
		{ UVM_MIGRATE, 80, 72 },
		{ UVM_UNMAP_EXTERNAL, 40, 32 },
		{ UVM_PAGEABLE_MEM_ACCESS_ON_GPU, 24, 20 },
		{ UVM_VALIDATE_VA_RANGE, 24, 16 },
		{ UVM_CREATE_EXTERNAL_RANGE, 24, 16 },
	};
	size_t i;

	switch (cmd) {
	case UVM_FREE:
		*status = r->uvm_free - 8;
		return r->uvm_free;
	case UVM_UNREGISTER_CHANNEL:
		*status = r->nr >= 590 ? 8 : 24;
		return *status + 4;
	case UVM_SET_PREFERRED_LOCATION:
		*status = r->uvm_preferred_status;
		return 40;
	case UVM_MAP_EXTERNAL_ALLOCATION:
		*status = 24 + 36 * r->uvm_gpus + 20;
		return *status + 4;
	case UVM_ALLOC_SEMAPHORE_POOL:
		*status = 16 + 36 * r->uvm_gpus + 8;
		return *status + 8;
	}
	for (i = 0; i < ARRAY_SIZE(fixed); i++) {
		if (fixed[i].cmd == cmd) {
			*status = fixed[i].status;
			return fixed[i].size;
		}
	}
	return 0;
}

/* UVM_ROUTE_CMD_STACK and its kind, uvm_api.h: no size comes from the caller. */
static noinline long uvm_unlocked_ioctl(struct file *file, unsigned int cmd,
					unsigned long arg)
{
	size_t at, size = params_size(cmd, &at);
	void __user *user = (void __user *)arg;
	u32 *status;
	void *params;
	long ret = 0;

	if (cmd == UVM_DEINITIALIZE)
		return 0;
	if (!size)
		return -EINVAL;
	params = kvzalloc(size, GFP_KERNEL);
	if (!params)
		return -ENOMEM;
	status = params + at;
	if (copy_from_user(params, user, size)) {
		ret = -EFAULT;
		goto out;
	}
	if (cmd != UVM_INITIALIZE && cmd != UVM_MM_INITIALIZE &&
	    !uvm_va_space_get(file))
		*status = NV_ERR_ILLEGAL_ACTION;
	else
		*status = run(cmd, params, file);
	if (copy_to_user(user, params, size))
		ret = -EFAULT;
out:
	kvfree(params);
	return ret;
}

static noinline long uvm_unlocked_ioctl_entry(struct file *file,
					      unsigned int cmd,
					      unsigned long arg)
{
	return uvm_unlocked_ioctl(file, cmd, arg);
}

static const struct file_operations uvm_fops = {
	.open = uvm_open_entry,
	.release = uvm_release_entry,
	.mmap = uvm_mmap_entry,
	.unlocked_ioctl = uvm_unlocked_ioctl_entry,
	.compat_ioctl = uvm_unlocked_ioctl_entry,
	.owner = THIS_MODULE,
};

static int __init uvm_init_entry(void)
{
	int err = alloc_chrdev_region(&g_uvm_base_dev, 0, 2, "nvidia-uvm");

	if (err)
		return err;
	cdev_init(&g_uvm_cdev, &uvm_fops);
	g_uvm_cdev.owner = THIS_MODULE;
	err = cdev_add(&g_uvm_cdev, g_uvm_base_dev, 1);
	if (err)
		goto err_region;
	err = uvm_tools_init(g_uvm_base_dev);
	if (err)
		goto err_cdev;
	device_create(&mock_node_class, NULL, g_uvm_base_dev, NULL,
		      "nvidia-uvm");
	return 0;

err_cdev:
	cdev_del(&g_uvm_cdev);
err_region:
	unregister_chrdev_region(g_uvm_base_dev, 2);
	return err;
}

static void __exit uvm_exit_entry(void)
{
	device_destroy(&mock_node_class, g_uvm_base_dev);
	uvm_tools_exit();
	cdev_del(&g_uvm_cdev);
	unregister_chrdev_region(g_uvm_base_dev, 2);
}

module_init(uvm_init_entry);
module_exit(uvm_exit_entry);
MODULE_DESCRIPTION("Mock of nvidia-uvm.ko");
MODULE_LICENSE("Dual MIT/GPL");
