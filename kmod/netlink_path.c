// SPDX-License-Identifier: GPL-2.0
/*
 * Paths of cgroups, as the receiver's cgroup namespace shows them.
 *
 * The kernel formats a path level by level, which is half the cost of a dump
 * of many groups. Groups have few parents, so the paths of those are kept for
 * the length of one call: cgroups of the v2 hierarchy are never renamed, and a
 * parent lives as long as its child.
 */
#include <linux/cgroup.h>
#include <linux/kernfs.h>
#include <linux/slab.h>

#include "compat.h"
#include "netlink.h"

#define CACHED		7
#define CACHED_MAX	240

/**
 * struct vgpu_nl_paths - makes paths, in one call
 * @root: of the cgroup namespace, owned; NULL where it was removed
 * @cache: paths of parents, by their ids
 */
struct vgpu_nl_paths {
	struct cgroup *root;
	struct {
		u64 id;
		int len;
		char path[CACHED_MAX];
	} cache[CACHED];
};

/**
 * vgpu_nl_paths_create - get ready to make paths
 *
 * Context: The receiver's.
 * Return: to be destroyed before the call returns; NULL if out of memory.
 */
struct vgpu_nl_paths *vgpu_nl_paths_create(void)
{
	struct vgpu_nl_paths *paths = kmalloc(sizeof(*paths), GFP_KERNEL);
	int i;

	if (!paths)
		return NULL;
	paths->root = cgroup_get_from_path("/");
	if (IS_ERR(paths->root))
		paths->root = NULL;
	for (i = 0; i < CACHED; i++)
		paths->cache[i].id = 0;
	return paths;
}

void vgpu_nl_paths_destroy(struct vgpu_nl_paths *paths)
{
	if (!paths)
		return;
	if (paths->root)
		cgroup_put(paths->root);
	kfree(paths);
}

/*
 * The path of a parent, without a closing slash, and its length; or what
 * kernfs says where there is no room for it.
 */
static int put_parent(struct vgpu_nl_paths *paths, struct cgroup *parent,
		      char *to, int room)
{
	u64 id = cgroup_id(parent);
	typeof(paths->cache[0]) *cached = &paths->cache[id % CACHED];
	int len;

	if (parent == paths->root)
		return 0;
	if (cached->id == id) {
		if (cached->len < room)
			memcpy(to, cached->path, cached->len);
		return cached->len;
	}
	len = kernfs_path_from_node(parent->kn, paths->root->kn, to, room);
	if (len > 0 && len < CACHED_MAX && len < room) {
		memcpy(cached->path, to, len);
		cached->len = len;
		cached->id = id;
	}
	return len;
}

/* Returns its length, or -EMSGSIZE where there is no room. */
static int make_path(struct vgpu_nl_paths *paths, struct cgroup *cgrp,
		     char *to, int room)
{
	int len = 0, name;

	if (cgrp != paths->root)
		len = put_parent(paths, cgroup_parent(cgrp), to, room);
	if (len < 0 || len >= room - 1)
		return -EMSGSIZE;
	to[len++] = '/';
	if (cgrp == paths->root) {
		to[len] = '\0';
		return len;
	}
	rcu_read_lock();
	name = strscpy(to + len, vgpu_kernfs_name(cgrp->kn), room - len);
	rcu_read_unlock();
	return name < 0 ? -EMSGSIZE : len + name;
}

/**
 * vgpu_nl_put_path - add the path of a cgroup, if it lives and can be seen
 * @skb: the message
 * @attrtype: of the attribute
 * @id: of the cgroup
 * @paths: to make it with
 *
 * It is made where it will stay. Longer than PATH_MAX, it is left out.
 *
 * Context: The receiver's.
 * Return: 0 or -EMSGSIZE.
 */
int vgpu_nl_put_path(struct sk_buff *skb, int attrtype, u64 id,
		     struct vgpu_nl_paths *paths)
{
	char *to = skb_tail_pointer(skb) + NLA_HDRLEN;
	int room = min(skb_tailroom(skb) - NLA_HDRLEN, PATH_MAX);
	struct cgroup *cgrp;
	int len;

	if (!paths->root)
		return 0;
	/* Negative where not even the header fits; others take it for a size. */
	if (room < 2)
		return -EMSGSIZE;
	/* Finds none but those at and below the root of the namespace. */
	cgrp = cgroup_get_from_id(id);
	if (IS_ERR(cgrp))
		return 0;
	len = make_path(paths, cgrp, to, room);
	cgroup_put(cgrp);
	if (len < 0 && room == PATH_MAX)
		return 0;
	return len < 0 || !nla_reserve(skb, attrtype, len + 1) ? -EMSGSIZE : 0;
}

/**
 * vgpu_nl_put_group - add the nest that names a cgroup
 * @skb: the message
 * @attrtype: of the nest
 * @id: of the cgroup
 * @paths: to make its path with
 *
 * Context: The receiver's.
 * Return: 0 or -EMSGSIZE.
 */
int vgpu_nl_put_group(struct sk_buff *skb, int attrtype, u64 id,
		      struct vgpu_nl_paths *paths)
{
	struct nlattr *nest = nla_nest_start(skb, attrtype);

	if (!nest ||
	    vgpu_nl_put_u64(skb, VGPU_A_GROUP_CGROUP_ID, id,
			    VGPU_A_GROUP_PAD) ||
	    vgpu_nl_put_path(skb, VGPU_A_GROUP_CGROUP_PATH, id, paths))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
