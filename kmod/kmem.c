// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel memory that vgpu and its backends hold for a tenant, bounded per
 * group, so that no tenant exhausts the kernel by making handles.
 */
#include <linux/err.h>
#include <linux/export.h>

#include "group.h"
#include "kmem.h"

/*
 * charge_kmem - take kernel memory from a group and all above
 * @group: NULL charges nothing
 * @bytes: how many
 * @own: for what a task of the group makes: its default bound counts
 *
 * The default bound of an ancestor does not. It is no higher than this group's,
 * which could fill it alone and leave nothing to its siblings.
 */
static int charge_kmem(struct vgpu_group *group, u64 bytes, bool own)
{
	struct vgpu_group *level, *undo;

	for (level = group; level; level = level->parent)
		if (!vgpu_group_take_kmem(level, bytes, own && level == group))
			goto err_undo;
	return 0;

err_undo:
	for (undo = group; undo != level; undo = undo->parent)
		atomic64_sub(bytes, &undo->kmem);
	return -ENOMEM;
}

/**
 * vgpu_group_charge_kmem - take kernel memory for what a task makes
 * @group: its; all above are charged, too
 * @bytes: how many
 *
 * Context: Any.
 * Return: 0 or -ENOMEM.
 */
int vgpu_group_charge_kmem(struct vgpu_group *group, u64 bytes)
{
	return charge_kmem(group, bytes, true);
}

/**
 * vgpu_group_charge_tree - take kernel memory for groups and accounts
 * @group: NULL charges nothing; all above are charged, too
 * @bytes: how many
 *
 * Context: Any.
 * Return: 0; -ENOMEM where an operator's bound has no room.
 */
int vgpu_group_charge_tree(struct vgpu_group *group, u64 bytes)
{
	return charge_kmem(group, bytes, false);
}

void vgpu_group_uncharge_kmem(struct vgpu_group *group, u64 bytes)
{
	for (; group; group = group->parent)
		atomic64_sub(bytes, &group->kmem);
}

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
