/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the driver's closed-over part (nv-kernel.o) offers the rest; linkage
 * and names are the driver's.
 */
#ifndef MOCK_RM_H
#define MOCK_RM_H

#include <linux/types.h>

#include "abi.h"
#include "client.h"

struct nv_file_private;
struct nv_stack;
struct nv_state;

u32 rm_ioctl(struct nv_stack *sp, struct nv_state *nv,
	     struct nv_file_private *nvfp, u32 cmd, void *data, u32 size);
void rm_cleanup_file_private(struct nv_stack *sp, struct nv_state *nv,
			     struct nv_file_private *nvfp);
void rm_kernel_rmapi_op(struct nv_stack *sp, void *ops_cmd);
u32 rm_perform_version_check(struct nv_stack *sp, void *data, u32 size);

u32 nv_dma_buf_export(struct nv_state *nv, void *params);

u32 mock_escape(struct nv_state *nv, struct nv_file_private *nvfp, u32 cmd,
		void *data, u32 size);
void mock_escape_close(struct nv_file_private *nvfp);
void mock_alloc(const struct mock_caller *caller, u32 *root, u32 *parent,
		u32 *new, u32 class, u64 params, u32 *status);
void mock_free(const struct mock_caller *caller, struct os00 *p);
void mock_dup(const struct mock_caller *caller, struct os55 *p);
void mock_share(const struct mock_caller *caller, struct os57 *p);
void mock_control(const struct mock_caller *caller, struct os54 *p);
void mock_heap_control(const struct mock_caller *caller, struct os32 *p);
void mock_alloc_memory(const struct mock_caller *caller, struct os02 *p);
u32 mock_map_memory(const struct mock_caller *caller, struct os33 *p, int fd);
u32 mock_map_dma(const struct mock_caller *caller, const struct os46 *p);
u32 mock_unmap_dma(const struct mock_caller *caller, const struct os46 *p);

bool mock_copy_in(const struct mock_caller *caller, void *to, u64 from,
		  size_t size);
bool mock_copy_out(const struct mock_caller *caller, u64 to, const void *from,
		   size_t size);

#endif /* MOCK_RM_H */
