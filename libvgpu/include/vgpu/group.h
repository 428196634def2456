/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Groups: what vgpu keeps for a cgroup that has used a device or has a quota,
 * and for each of its ancestors.
 */
#ifndef LIBVGPU_GROUP_H
#define LIBVGPU_GROUP_H

#include <vgpu/ctx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vgpu_group;
struct vgpu_group_list;

/**
 * vgpu_group_get() - look up the group of a cgroup
 * @ctx: the context
 * @cgroup: the cgroup
 * @out: the group, to be freed with vgpu_group_free()
 *
 * A task may look up its own cgroup; anything else needs CAP_SYS_ADMIN or a
 * delegated directory.
 *
 * Return: 0; -EINVAL for a selector that does not name one cgroup; -ENOENT
 * where there is no such cgroup, or no group for it yet; or a negative errno
 * of ctx.h.
 */
LIBVGPU_API int vgpu_group_get(struct vgpu_ctx *ctx,
			       const struct vgpu_cgroup *cgroup,
			       struct vgpu_group **out);
LIBVGPU_API void vgpu_group_free(struct vgpu_group *group);

/**
 * vgpu_group_list_get() - list groups
 * @ctx: the context
 * @cgroup: list this cgroup and all below it; NULL lists all that the caller
 *	may see
 * @out: the list, to be freed with vgpu_group_list_free()
 *
 * Return: 0, -EINVAL and -ENOENT as vgpu_group_get(), or a negative errno of
 * ctx.h.
 */
LIBVGPU_API int vgpu_group_list_get(struct vgpu_ctx *ctx,
				    const struct vgpu_cgroup *cgroup,
				    struct vgpu_group_list **out);
LIBVGPU_API void vgpu_group_list_free(struct vgpu_group_list *list);

/* The group at @index, counted from 0, or NULL past the end; the list's. */
LIBVGPU_API const struct vgpu_group *
vgpu_group_list_at(const struct vgpu_group_list *list, size_t index);

/**
 * vgpu_group_set_kernel_memory() - bound the kernel memory kept for a group
 * @ctx: the context
 * @cgroup: the cgroup
 * @bytes: most that vgpu may hold for it and all below it, or
 *	LIBVGPU_UNLIMITED
 *
 * Needs CAP_SYS_ADMIN.
 *
 * Return: 0, -EINVAL and -ENOENT as vgpu_group_get(), or a negative errno of
 * ctx.h.
 */
LIBVGPU_API int vgpu_group_set_kernel_memory(struct vgpu_ctx *ctx,
					     const struct vgpu_cgroup *cgroup,
					     uint64_t bytes);

/**
 * vgpu_group_set_frozen() - hold the work of a group on all devices, or let go
 * @ctx: the context
 * @cgroup: the cgroup
 * @frozen: 1 to hold it, with that of all below; 0 to let it go on
 *
 * Nothing new runs; what a device was given before ends. Needs CAP_SYS_ADMIN.
 *
 * Return: 0, -EINVAL and -ENOENT as vgpu_group_get(), or a negative errno of
 * ctx.h.
 */
LIBVGPU_API int vgpu_group_set_frozen(struct vgpu_ctx *ctx,
				      const struct vgpu_cgroup *cgroup,
				      int frozen);

/* Id of its cgroup, and of the parent of that; 0 for the root's parent. */
LIBVGPU_API uint64_t vgpu_group_id(const struct vgpu_group *group);
LIBVGPU_API uint64_t vgpu_group_parent(const struct vgpu_group *group);
/* Path of its cgroup as the caller sees it, "" once the cgroup is removed. */
LIBVGPU_API const char *vgpu_group_path(const struct vgpu_group *group);
/* Bytes of kernel memory held for it and all below it, and their bound. */
LIBVGPU_API uint64_t vgpu_group_kernel_memory(const struct vgpu_group *group);
LIBVGPU_API uint64_t
vgpu_group_kernel_memory_max(const struct vgpu_group *group);
/* Objects that hold device memory, in it and all below it. */
LIBVGPU_API uint64_t vgpu_group_objects(const struct vgpu_group *group);
/* 1 if it or an ancestor has a quota. */
LIBVGPU_API int vgpu_group_limited(const struct vgpu_group *group);
/* 1 if vgpu_group_set_frozen() holds the work of this very group. */
LIBVGPU_API int vgpu_group_frozen(const struct vgpu_group *group);

#ifdef __cplusplus
}
#endif

#endif /* LIBVGPU_GROUP_H */
