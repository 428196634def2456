// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel memory that a backend holds for a tenant, bounded per group, so that
 * no tenant exhausts the kernel by making handles.
 */
#include <linux/err.h>
#include <linux/export.h>

#include "group.h"
#include "kmem.h"

/**
 * vgpu_kmem_charge - charge kernel memory to the caller's group
 * @bytes: that are about to be allocated
 *
 * Context: May sleep.
 * Return: who pays, for vgpu_kmem_uncharge(); NULL where there is no more for
 * that group, or no memory.
 */
struct vgpu_group *vgpu_kmem_charge(size_t bytes)
{
	struct vgpu_group *group = vgpu_group_current();

	if (IS_ERR(group))
		return NULL;
	if (!vgpu_group_charge_kmem(group, bytes))
		return group;
	vgpu_group_put(group);
	return NULL;
}
EXPORT_SYMBOL_GPL(vgpu_kmem_charge);

/**
 * vgpu_kmem_uncharge - give it back
 * @payer: from vgpu_kmem_charge()
 * @bytes: as many
 *
 * Context: Any.
 */
void vgpu_kmem_uncharge(struct vgpu_group *payer, size_t bytes)
{
	vgpu_group_uncharge_kmem(payer, bytes);
	vgpu_group_put(payer);
}
EXPORT_SYMBOL_GPL(vgpu_kmem_uncharge);
