// SPDX-License-Identifier: GPL-2.0
/*
 * Mapping: MAP_MEMORY leaves with a file what its next mmap shall map
 * (rm_create_mmap_context(), osapi.c; nvidia_mmap_helper(), nv-mmap.c). The
 * pages outlive the object: here they are ordinary ones, made when touched.
 */
#include <linux/mm.h>

#include "file.h"

/* mock_mapping of every file; below mmap_lock. */
static DEFINE_SPINLOCK(map_lock);

static void vma_open(struct vm_area_struct *vma)
{
	mock_phys_get(vma->vm_private_data);
}

static void vma_close(struct vm_area_struct *vma)
{
	mock_phys_put(vma->vm_private_data);
}

static vm_fault_t nvidia_fault(struct vm_fault *vmf)
{
	struct page *page = mock_phys_page(vmf->vma->vm_private_data,
					   vmf->pgoff);

	if (!page)
		return VM_FAULT_SIGBUS;
	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct nv_vm_ops = {
	.open = vma_open,
	.close = vma_close,
	.fault = nvidia_fault,
};

/**
 * mock_file_map() - what the next mmap of a file maps
 * @fd: a file of the caller
 * @ctl: it may be a control file
 * @phys: what to map
 * @offset: from where
 * @length: how much
 *
 * Context: With the RM lock. May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 mock_file_map(int fd, bool ctl, struct mock_phys *phys, u64 offset,
		  u64 length)
{
	struct nv_file_private *nvfp;
	struct nv_linux_file *nvlfp;
	struct mock_phys *old;
	void *file;

	nvfp = nv_get_file_private(fd, false, &file);
	if (!nvfp && ctl)
		nvfp = nv_get_file_private(fd, true, &file);
	if (!nvfp)
		return NV_ERR_INVALID_ARGUMENT;
	nvlfp = container_of(nvfp, struct nv_linux_file, nvfp);
	mock_phys_get(phys);
	spin_lock(&map_lock);
	old = nvlfp->map.phys;
	nvlfp->map.phys = phys;
	nvlfp->map.first = offset >> PAGE_SHIFT;
	nvlfp->map.size = PAGE_ALIGN(offset + length) - (offset & PAGE_MASK);
	spin_unlock(&map_lock);
	if (old)
		mock_phys_put(old);
	nv_put_file_private(file);
	return NV_OK;
}

/* The file goes. */
void mock_file_unmap(struct nv_linux_file *nvlfp)
{
	if (nvlfp->map.phys)
		mock_phys_put(nvlfp->map.phys);
}

int nvidia_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct nv_linux_file *nvlfp = file->private_data;
	u64 size = vma->vm_end - vma->vm_start;
	struct mock_mapping map;

	/* Nothing is mapped from a file that objects were exported into. */
	if (nvlfp->nvfp.handles)
		return -EINVAL;
	spin_lock(&map_lock);
	map = nvlfp->map;
	if (map.phys)
		mock_phys_get(map.phys);
	spin_unlock(&map_lock);
	if (!map.phys)
		return -EINVAL;
	if (vma->vm_pgoff || size != map.size) {
		mock_phys_put(map.phys);
		return vma->vm_pgoff ? -EINVAL : -ENXIO;
	}
	vma->vm_pgoff = map.first;
	vma->vm_private_data = map.phys;
	vma->vm_ops = &nv_vm_ops;
	return 0;
}
