/* SPDX-License-Identifier: GPL-2.0 */
/* What client.c and tree.c share: a client owns its objects. */
#ifndef _VGPU_NVIDIA_TREE_H
#define _VGPU_NVIDIA_TREE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct nv_client;
struct nv_gpu;
struct nv_object;

extern struct mutex nv_tree_lock;	/* protects clients' table and trees */

void nv_tree_uproot(struct nv_client *client, struct nv_object *root,
		    struct list_head *dead);
void nv_tree_bury(struct list_head *dead);
u64 nv_tree_weigh(const struct nv_client *client, const struct nv_gpu *gpu,
		  u64 now);

#endif /* _VGPU_NVIDIA_TREE_H */
