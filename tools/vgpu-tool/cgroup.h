/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How people name a cgroup, and where the tree is mounted.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <limits.h>

#include "tool.h"

/**
 * struct cgroup_mount - where cgroup v2 is mounted
 * @dir: the directory
 * @root: the cgroup that is seen there, "" for the root
 */
struct cgroup_mount {
	char dir[PATH_MAX];
	char root[PATH_MAX];
};

/**
 * struct cgroup - a cgroup as the user named it
 * @select: for the library
 * @path: holds the path that @select points to
 */
struct cgroup {
	struct vgpu_cgroup select;
	char path[PATH_MAX];
};

bool cgroup_mount_find(struct cgroup_mount *mount);
int cgroup_parse(struct tool *tool, const char *text, struct cgroup *out);
int cgroup_dir(struct tool *tool, const char *text, char dir[PATH_MAX]);
int cgroup_own(struct tool *tool, char dir[PATH_MAX]);
int cgroup_delegate(struct tool *tool, const char *dir, struct cgroup *out);
void cgroup_close(struct cgroup *cgroup);

#endif /* CGROUP_H */
