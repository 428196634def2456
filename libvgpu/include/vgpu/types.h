/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every part of libvgpu shares: how a function is exported, how a limit
 * is lifted and how a cgroup is named.
 */
#ifndef LIBVGPU_TYPES_H
#define LIBVGPU_TYPES_H

#include <stddef.h>
#include <stdint.h>

#define LIBVGPU_API __attribute__((visibility("default")))

/* The value of a limit that is not set, in bytes. */
#define LIBVGPU_UNLIMITED (~(uint64_t)0)

/* Most devices that one call of vgpu_quota_set() takes. */
#define LIBVGPU_QUOTAS_MAX 64

/* Longest name of a device, driver or point, with its closing NUL. */
#define LIBVGPU_NAME_MAX 64

/* What becomes of memory that the driver moves to the device on demand. */
enum libvgpu_managed {
	LIBVGPU_MANAGED_UNSET = 0,	/* as the ancestors say, or commit */
	LIBVGPU_MANAGED_DENY = 1,	/* refused */
	LIBVGPU_MANAGED_COMMIT = 2,	/* charged in full when it is mapped */
	LIBVGPU_MANAGED_UNLIMITED = 3	/* not charged */
};

/* All of an engine's time, in the hundredths of a percent that shares are in. */
#define LIBVGPU_SHARE_FULL 10000

/* Weight of a group for which none is set. */
#define LIBVGPU_WEIGHT_DEFAULT 100

/* Whose work goes first, among the children of one cgroup. */
enum libvgpu_priority {
	LIBVGPU_PRIORITY_UNSET = 0,	/* normal */
	LIBVGPU_PRIORITY_HIGH = 1,
	LIBVGPU_PRIORITY_NORMAL = 2,
	LIBVGPU_PRIORITY_LOW = 3
};

/* Whether work of a cgroup that the cgroup freezer stops is held, too. */
enum libvgpu_freezer {
	LIBVGPU_FREEZER_UNSET = 0,	/* follow */
	LIBVGPU_FREEZER_FOLLOW = 1,	/* held until the cgroup thaws */
	LIBVGPU_FREEZER_IGNORE = 2	/* goes on */
};

/* A class of a device's engines. Later versions may add values. */
enum libvgpu_engine {
	LIBVGPU_ENGINE_COMPUTE = 0,	/* compute and graphics */
	LIBVGPU_ENGINE_COPY = 1,
	LIBVGPU_ENGINE_VIDEO = 2
};

/**
 * struct vgpu_cgroup - which cgroup (v2) is meant
 * @sz: sizeof(struct vgpu_cgroup)
 * @path: below the root of the caller's cgroup namespace, as "/pods/a"; or NULL
 * @id: the cgroup's 64-bit id (the inode number of its directory); or 0
 * @fd: an open file descriptor of its directory; 0 and below stand for none
 * @delegate_fd: an open directory of the cgroup tree which the caller may
 *	write to. Callers without CAP_SYS_ADMIN act with it, and only on the
 *	cgroups below it. 0 and below stand for none.
 *
 * Name the cgroup in exactly one way; @delegate_fd goes with @path or @id. The
 * structure and what it points to are read during the call and never kept.
 */
struct vgpu_cgroup {
	size_t sz;
	const char *path;
	uint64_t id;
	int fd;
	int delegate_fd;
};

#endif /* LIBVGPU_TYPES_H */
