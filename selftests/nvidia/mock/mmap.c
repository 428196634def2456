// SPDX-License-Identifier: GPL-2.0
/*
 * Mapping: MAP_MEMORY leaves with a file what its next mmap shall map
 * (rm_create_mmap_context(), osapi.c; nvidia_mmap_helper(), nv-mmap.c). The
 * pages outlive the object: here they are ordinary ones, made when touched.
 * Doorbells are mapped by page number, as all of a GPU is by the driver, and are
 * taken away by and by (doorbell.c).
 */
#include <linux/mm.h>

#include "engine.h"
#include "file.h"
#include "sleep.h"

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

/* The page has to be there before the store that it is wanted for. */
static vm_fault_t fault_doorbell(struct vm_fault *vmf, struct page *page)
{
	vm_fault_t ret;

	mock_doorbell_dawdle();
	ret = vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(page));
	if (ret == VM_FAULT_NOPAGE)
		mock_doorbell_touch();
	return ret;
}

static vm_fault_t nvidia_fault(struct vm_fault *vmf)
{
	struct mock_phys *phys = vmf->vma->vm_private_data;
	struct page *page = mock_phys_page(phys, vmf->pgoff);

	if (!page)
		return VM_FAULT_SIGBUS;
	/* The store is made again until the GPU is awake. */
	if (phys->doorbell && mock_sleeping())
		return VM_FAULT_NOPAGE;
	if (phys->doorbell)
		return fault_doorbell(vmf, page);
	get_page(page);
	vmf->page = page;
	return 0;
}

/*
 * /proc/PID/mem and ptrace: nvidia_vma_access(), which does not ask whether the
 * mapping was taken away.
 */
static int nvidia_vma_access(struct vm_area_struct *vma, unsigned long addr,
			     void *buffer, int length, int write)
{
	struct mock_phys *phys = vma->vm_private_data;
	unsigned long index = (addr - vma->vm_start) >> PAGE_SHIFT;
	struct page *page = mock_phys_page(phys, vma->vm_pgoff + index);
	void *at;

	if (!page || length < 0)
		return -EINVAL;
	at = page_address(page) + offset_in_page(addr);
	length = min_t(int, length, PAGE_SIZE - offset_in_page(addr));
	if (write)
		memcpy(at, buffer, length);
	else
		memcpy(buffer, at, length);
	if (write && phys->doorbell)
		mock_doorbell_touch();
	return length;
}

static const struct vm_operations_struct nv_vm_ops = {
	.open = vma_open,
	.close = vma_close,
	.fault = nvidia_fault,
	.access = nvidia_vma_access,
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
	mock_doorbell_unmapped(nvlfp);
	if (nvlfp->map.phys)
		mock_phys_put(nvlfp->map.phys);
}

static void set_io(struct vm_area_struct *vma)
{
	vm_flags_t flags = VM_IO | VM_PFNMAP | VM_DONTEXPAND;

#ifdef NO_VM_FLAGS_SET
	vma->vm_flags |= flags;
#else
	vm_flags_set(vma, flags);
#endif
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
	if (map.phys->doorbell) {
		set_io(vma);
		mock_doorbell_mapped(nvlfp);
	}
	return 0;
}
