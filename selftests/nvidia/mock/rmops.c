// SPDX-License-Identifier: GPL-2.0
/*
 * What other modules of the kernel get: kernel-open/nvidia/
 * nv-modeset-interface.c. A caller with the wrong version is told the right one
 * and nothing else. The symbol is not GPL's alone, as up to 560: that is the one
 * which is harder to get.
 */
#include <linux/export.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "gpu.h"
#include "release.h"
#include "rm.h"
#include "rmops.h"

static int ops_alloc_stack(struct nv_stack **sp)
{
	*sp = NULL;
	return 0;
}

static void ops_free_stack(struct nv_stack *sp)
{
}

/* nv_gpu_info_t: nv-gpu-info.h */
struct gpu_info {
	u32 gpu_id;
	struct {
		u32 domain;
		u8 bus;
		u8 slot;
		u8 function;
	} pci;
	bool needs_numa_setup;	/* from 580 */
	void *os_device_ptr;
};

static_assert(sizeof(struct gpu_info) == 24);
static_assert(offsetof(struct gpu_info, os_device_ptr) == 16);

static u32 ops_enumerate_gpus(void *to)
{
	struct gpu_info *info = to;
	u32 nr;

	for (nr = 0; nr < mock_gpu_count; nr++) {
		const struct mock_gpu *gpu = &mock_gpus[nr];

		info[nr].gpu_id = gpu->nv.gpu_id;
		info[nr].pci.domain = gpu->nv.pci_info.domain;
		info[nr].pci.bus = gpu->nv.pci_info.bus;
		info[nr].pci.slot = gpu->nv.pci_info.slot;
		info[nr].pci.function = gpu->nv.pci_info.function;
		info[nr].os_device_ptr = gpu->pci ? &gpu->pci->dev : NULL;
	}
	return mock_gpu_count;
}

static int ops_open_gpu(u32 gpu_id, struct nv_stack *sp)
{
	struct mock_gpu *gpu = mock_gpu_by_id(gpu_id);

	if (!gpu)
		return -ENODEV;
	mock_gpu_attach(gpu);
	return 0;
}

static void ops_close_gpu(u32 gpu_id, struct nv_stack *sp)
{
}

static int ops_set_callbacks(const void *callbacks)
{
	return 0;
}

u32 nvidia_get_rm_ops(struct rm_ops *ops)
{
	if (strcmp(ops->version_string, mock_release->version)) {
		ops->version_string = mock_release->version;
		return NV_ERR_GENERIC;
	}
	*ops = (struct rm_ops){
		.version_string = mock_release->version,
		.alloc_stack = ops_alloc_stack,
		.free_stack = ops_free_stack,
		.enumerate_gpus = ops_enumerate_gpus,
		.open_gpu = ops_open_gpu,
		.close_gpu = ops_close_gpu,
		.op = rm_kernel_rmapi_op,
		.set_callbacks = ops_set_callbacks,
	};
	return NV_OK;
}
EXPORT_SYMBOL(nvidia_get_rm_ops);
