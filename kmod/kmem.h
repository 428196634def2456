/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel memory that a backend holds for a tenant, bounded per group.
 */
#ifndef _VGPU_KMEM_H
#define _VGPU_KMEM_H

#include <linux/types.h>

struct vgpu_group;

/* A receipt: whom to give it back to. Opaque to backends. */
struct vgpu_group *vgpu_kmem_charge(size_t bytes);
void vgpu_kmem_uncharge(struct vgpu_group *payer, size_t bytes);

#endif /* _VGPU_KMEM_H */
