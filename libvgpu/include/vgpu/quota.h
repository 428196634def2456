/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Quotas: the limits of one group on one device. A limit that is not set does
 * not bind there; those of the ancestors still do.
 */
#ifndef LIBVGPU_QUOTA_H
#define LIBVGPU_QUOTA_H

#include <vgpu/ctx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vgpu_quota;
struct vgpu_quota_list;

/* What a struct vgpu_quota_change changes. */
#define LIBVGPU_QUOTA_MEMORY		(1U << 0)
#define LIBVGPU_QUOTA_MEMORY_SYSTEM	(1U << 1)
#define LIBVGPU_QUOTA_RESET		(1U << 2)
#define LIBVGPU_QUOTA_MANAGED		(1U << 3)
#define LIBVGPU_QUOTA_COMPUTE_MAX	(1U << 4)
#define LIBVGPU_QUOTA_COMPUTE_MIN	(1U << 5)
#define LIBVGPU_QUOTA_COMPUTE_WEIGHT	(1U << 6)
#define LIBVGPU_QUOTA_PRIORITY		(1U << 7)
#define LIBVGPU_QUOTA_FREEZER		(1U << 8)

/**
 * struct vgpu_quota_change - new limits of one device
 * @sz: sizeof(struct vgpu_quota_change); the same in all of an array
 * @device: name or alias of the device, which may be absent; or NULL
 * @device_id: its id, where @device is NULL
 * @set: LIBVGPU_QUOTA_ and the name of each of the following that is to be
 *	set; LIBVGPU_QUOTA_RESET alone lifts all of them
 * @memory_max: bytes of device memory, or LIBVGPU_UNLIMITED
 * @memory_system_max: bytes of system memory bound to the device, or
 *	LIBVGPU_UNLIMITED
 * @managed: policy for managed memory; LIBVGPU_MANAGED_UNSET lifts it
 * @compute_max: most of each engine class's time that it may take, from 1 to
 *	LIBVGPU_SHARE_FULL, which lifts the cap
 * @compute_min: how much of it is guaranteed, up to LIBVGPU_SHARE_FULL; 0
 *	lifts the guarantee
 * @compute_weight: its part, beside its siblings', of what no guarantee takes,
 *	from 1 to 10000; 0 lifts it, and then it is 100
 * @priority: beside its siblings'; LIBVGPU_PRIORITY_UNSET lifts it
 * @freezer: LIBVGPU_FREEZER_UNSET lifts it
 */
struct vgpu_quota_change {
	size_t sz;
	const char *device;
	uint32_t device_id;
	unsigned int set;
	uint64_t memory_max;
	uint64_t memory_system_max;
	enum libvgpu_managed managed;
	uint32_t compute_max;
	uint32_t compute_min;
	uint32_t compute_weight;
	enum libvgpu_priority priority;
	enum libvgpu_freezer freezer;
};

/**
 * vgpu_quota_set() - change the quotas of a group on one or more devices
 * @ctx: the context
 * @cgroup: the cgroup
 * @changes: the changes, one for each device
 * @n: how many, 1 to LIBVGPU_QUOTAS_MAX
 *
 * Makes all of the changes or, on any error, none. They bind at once, for
 * running tasks too; what is held beyond a lowered limit stays held, and no
 * new charge passes. Needs CAP_SYS_ADMIN or a delegated directory.
 *
 * Return: 0; -EINVAL for a malformed change or selector; -ENOENT where there
 * is no such cgroup; -ENODEV for a device that is unknown; -ERANGE for a limit
 * above 2^63 - 1 bytes, for a share or weight out of range or, by a delegate,
 * for a limit above that of an ancestor; -ENOSPC where the guarantees of a
 * cgroup's children would be more than the whole; or a negative errno of ctx.h.
 */
LIBVGPU_API int vgpu_quota_set(struct vgpu_ctx *ctx,
			       const struct vgpu_cgroup *cgroup,
			       const struct vgpu_quota_change *changes,
			       size_t n);

/**
 * vgpu_quota_get() - look up the quota of a group on a device
 * @ctx: the context
 * @cgroup: the cgroup
 * @device: name or alias of the device
 * @out: the quota, to be freed with vgpu_quota_free()
 *
 * A task may look up its own cgroup; anything else needs CAP_SYS_ADMIN or a
 * delegated directory.
 *
 * Return: 0, without a quota too: its limits are LIBVGPU_UNLIMITED then;
 * -ENOENT where there is no such cgroup; -ENODEV where no device has that name;
 * or a negative errno of ctx.h.
 */
LIBVGPU_API int vgpu_quota_get(struct vgpu_ctx *ctx,
			       const struct vgpu_cgroup *cgroup,
			       const char *device, struct vgpu_quota **out);
LIBVGPU_API void vgpu_quota_free(struct vgpu_quota *quota);

/**
 * vgpu_quota_list_get() - list quotas that are set
 * @ctx: the context
 * @cgroup: list those of this cgroup and all below it; NULL lists all that
 *	the caller may see
 * @out: the list, to be freed with vgpu_quota_list_free()
 *
 * Return: 0, -EINVAL and -ENOENT as vgpu_quota_get(), or a negative errno of
 * ctx.h.
 */
LIBVGPU_API int vgpu_quota_list_get(struct vgpu_ctx *ctx,
				    const struct vgpu_cgroup *cgroup,
				    struct vgpu_quota_list **out);
LIBVGPU_API void vgpu_quota_list_free(struct vgpu_quota_list *list);

/* The quota at @index, counted from 0, or NULL past the end; the list's. */
LIBVGPU_API const struct vgpu_quota *
vgpu_quota_list_at(const struct vgpu_quota_list *list, size_t index);

/* Whose quota it is: id and path of the cgroup. */
LIBVGPU_API uint64_t vgpu_quota_cgroup_id(const struct vgpu_quota *quota);
LIBVGPU_API const char *vgpu_quota_cgroup_path(const struct vgpu_quota *quota);
/* On which device: id and stable name. */
LIBVGPU_API uint32_t vgpu_quota_device_id(const struct vgpu_quota *quota);
LIBVGPU_API const char *vgpu_quota_device_name(const struct vgpu_quota *quota);
/* Limits in bytes, LIBVGPU_UNLIMITED where not set. */
LIBVGPU_API uint64_t vgpu_quota_memory_max(const struct vgpu_quota *quota);
LIBVGPU_API uint64_t
vgpu_quota_memory_system_max(const struct vgpu_quota *quota);
/* Policy for managed memory, LIBVGPU_MANAGED_UNSET where not set. */
LIBVGPU_API enum libvgpu_managed
vgpu_quota_managed(const struct vgpu_quota *quota);
/* Cap and guarantee of time: LIBVGPU_SHARE_FULL and 0 where not set. */
LIBVGPU_API uint32_t vgpu_quota_compute_max(const struct vgpu_quota *quota);
LIBVGPU_API uint32_t vgpu_quota_compute_min(const struct vgpu_quota *quota);
/* Weight, priority and option: 0 or _UNSET where not set. */
LIBVGPU_API uint32_t vgpu_quota_compute_weight(const struct vgpu_quota *quota);
LIBVGPU_API enum libvgpu_priority
vgpu_quota_priority(const struct vgpu_quota *quota);
LIBVGPU_API enum libvgpu_freezer
vgpu_quota_freezer(const struct vgpu_quota *quota);

#ifdef __cplusplus
}
#endif

#endif /* LIBVGPU_QUOTA_H */
