// SPDX-License-Identifier: GPL-2.0
/*
 * The entry points of nv-kernel.o. They are compiled without -pg, as that
 * object is: nobody can attach to them but by a breakpoint.
 */
#include <linux/string.h>

#include "fault.h"
#include "file.h"
#include "release.h"
#include "rm.h"

/*
 * rm_ioctl(), osapi.c: the first level of the arguments is a copy that
 * nvidia_ioctl() made; what it points to is still the caller's.
 */
noinline u32 rm_ioctl(struct nv_stack *sp, struct nv_state *nv,
		      struct nv_file_private *nvfp, u32 cmd, void *data,
		      u32 size)
{
	u32 ret;

	mock_fault_park(cmd);
	ret = mock_escape(nv, nvfp, cmd, data, size);
	mock_fault_linger(cmd);
	return ret;
}

/* rm_cleanup_file_private(), osapi.c */
noinline void rm_cleanup_file_private(struct nv_stack *sp, struct nv_state *nv,
				      struct nv_file_private *nvfp)
{
	mock_escape_close(nvfp);
}

/* NV01_FREE .. NV04_SHARE: nvos.h */
enum {
	OP_FREE = 0x0,
	OP_ALLOC_MEMORY = 0x2,
	OP_ALLOC = 0x15,
	OP_VID_HEAP_CONTROL = 0x20,
	OP_MAP_MEMORY_DMA = 0x2e,
	OP_UNMAP_MEMORY_DMA = 0x2f,
	OP_CONTROL = 0x36,
	OP_DUP_OBJECT = 0x37,
	OP_SHARE = 0x3e,
};

/* nvidia_kernel_rmapi_ops_t: nv-kernel-rmapi-ops.h */
struct kernel_op {
	u32 op;
	u32 pad;
	union {
		struct os00 free;
		struct os02 memory;
		struct os21 alloc;
		struct os64 alloc64;
		struct os32 *heap;
		struct os46 map_dma;
		struct os54 control;
		struct os55 dup;
		struct os57 share;
	};
};

/* rm_kernel_rmapi_op(), osapi.c: with the kernel's privilege and pointers. */
noinline void rm_kernel_rmapi_op(struct nv_stack *sp, void *ops_cmd)
{
	const struct mock_caller caller = { .kernel = true };
	struct kernel_op *op = ops_cmd;
	u8 *bytes = (u8 *)&op->map_dma;

	switch (op->op) {
	case OP_FREE:
		mock_free(&caller, &op->free);
		break;
	case OP_ALLOC_MEMORY:
		mock_alloc_memory(&caller, &op->memory);
		break;
	case OP_ALLOC:
		mock_alloc(&caller, &op->alloc.root, &op->alloc.parent,
			   &op->alloc.new, op->alloc.class, op->alloc.params,
			   mock_release->alloc64 ? &op->alloc64.status :
						   &op->alloc.status);
		break;
	case OP_VID_HEAP_CONTROL:
		mock_heap_control(&caller, op->heap);
		break;
	case OP_MAP_MEMORY_DMA:
		*(u32 *)(bytes + mock_release->os46_out + 8) =
			mock_map_dma(&caller, &op->map_dma);
		break;
	case OP_UNMAP_MEMORY_DMA:
		*(u32 *)(bytes + mock_release->os47_out) =
			mock_unmap_dma(&caller, &op->map_dma);
		break;
	case OP_CONTROL:
		mock_control(&caller, &op->control);
		break;
	case OP_DUP_OBJECT:
		mock_dup(&caller, &op->dup);
		break;
	case OP_SHARE:
		mock_share(&caller, &op->share);
		break;
	}
}
