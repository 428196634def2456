/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOCK_RMOPS_H
#define MOCK_RMOPS_H

#include <linux/types.h>

struct nv_stack;

/**
 * struct rm_ops - nvidia_modeset_rm_ops_t (nv-modeset-interface.h)
 * @version_string: the caller's idea of the version; then the driver's
 * @allow_write_combining: system_info
 * @alloc_stack: what @op wants
 * @free_stack: its end
 * @enumerate_gpus: fills nv_gpu_info_t[32]
 * @open_gpu: keeps a GPU in use
 * @close_gpu: no longer
 * @op: rm_kernel_rmapi_op()
 * @set_callbacks: nvidia-modeset's
 */
struct rm_ops {
	const char *version_string;
	bool allow_write_combining;
	int (*alloc_stack)(struct nv_stack **sp);
	void (*free_stack)(struct nv_stack *sp);
	u32 (*enumerate_gpus)(void *info);
	int (*open_gpu)(u32 gpu_id, struct nv_stack *sp);
	void (*close_gpu)(u32 gpu_id, struct nv_stack *sp);
	void (*op)(struct nv_stack *sp, void *ops_cmd);
	int (*set_callbacks)(const void *callbacks);
};

static_assert(sizeof(struct rm_ops) == 72);

u32 nvidia_get_rm_ops(struct rm_ops *ops);

#endif /* MOCK_RMOPS_H */
