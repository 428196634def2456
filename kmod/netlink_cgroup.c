// SPDX-License-Identifier: GPL-2.0
/*
 * How a request names a cgroup, and who may name which.
 *
 * By path (from the root of the sender's cgroup namespace) or by id, or else by
 * an open directory. Beside a path or an id, the directory is a delegation: the
 * sender acts below it without the capability, if it may write there. That
 * asks for the mode of the directory and for a writable mount, since container
 * runtimes hand out /sys/fs/cgroup read-only to a root that owns it by uid.
 *
 * The caller and the opener of the socket must both have the right: else a
 * setuid program could be made to use its own by a socket passed as stdout.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sched.h>

#include <net/sock.h>

#include "compat.h"
#include "group.h"
#include "netlink.h"

/**
 * struct naming - what a request says of a cgroup
 * @cgrp: the one named, owned
 * @attr: by which attribute
 * @dir: behind cgroup-fd, owned; NULL where there is none, and the same as
 *	@cgrp where that names it
 * @fd: that attribute
 * @delegated: sender and opener may write to @dir
 */
struct naming {
	struct cgroup *cgrp;
	const struct nlattr *attr;
	struct cgroup *dir;
	const struct nlattr *fd;
	bool delegated;
};

/**
 * vgpu_nl_cgroup2 - does this host use the v2 hierarchy?
 *
 * On a pure v1 host it exists, but nobody has mounted it, and all tasks are
 * in its root.
 *
 * Context: Process. Racy: somebody may mount it at once after.
 */
bool vgpu_nl_cgroup2(void)
{
	struct file_system_type *type = get_fs_type("cgroup2");
	bool used;

	if (!type)
		return false;
	used = !hlist_empty(&type->fs_supers);
	module_put(type->owner);
	return used;
}

static bool may_write(struct sk_buff *skb, struct file *dir)
{
	const struct cred *opener, *caller;
	bool may;

	if (mnt_want_write_file(dir))
		return false;
	may = !file_permission(dir, MAY_WRITE | MAY_EXEC);
	opener = NETLINK_CB(skb).sk->sk_socket->file->f_cred;
	caller = override_creds(opener);
	may = !file_permission(dir, MAY_WRITE | MAY_EXEC) && may;
	revert_creds(caller);
	mnt_drop_write_file(dir);
	return may;
}

/* The cgroup behind a descriptor of the sender; @delegated may be NULL. */
static struct cgroup *get_dir(struct sk_buff *skb, const struct nlattr *attr,
			      struct netlink_ext_ack *extack, bool *delegated)
{
	u32 fd = nla_get_u32(attr);
	struct cgroup *cgrp;
	struct inode *inode;
	struct file *file;

	file = fd <= INT_MAX ? fget_raw(fd) : NULL;
	if (!file) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "not an open descriptor of the sender");
		return ERR_PTR(-EBADF);
	}
	/*
	 * The only way from a directory to its cgroup goes by the number, and
	 * another thread may have put another file there meanwhile. What is
	 * checked and what is used must be one.
	 */
	cgrp = cgroup_get_from_fd(fd);
	inode = file_inode(file);
	if (!IS_ERR(cgrp) && (inode->i_sb->s_magic != CGROUP2_SUPER_MAGIC ||
			      inode->i_ino != cgroup_id(cgrp))) {
		cgroup_put(cgrp);
		cgrp = ERR_PTR(-EBADF);
	}
	if (IS_ERR(cgrp))
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "not an open directory of the cgroup v2 hierarchy");
	else if (delegated)
		*delegated = may_write(skb, file);
	fput(file);
	return cgrp;
}

static struct cgroup *get_named(struct nlattr **attrs,
				struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = attrs[VGPU_A_GROUP_CGROUP_PATH];
	struct cgroup *cgrp;
	const char *path;

	if (!attr) {
		attr = attrs[VGPU_A_GROUP_CGROUP_ID];
		cgrp = cgroup_get_from_id(nla_get_u64(attr));
		if (IS_ERR(cgrp))
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "no cgroup of that id in the sender's cgroup namespace");
		return cgrp;
	}
	path = nla_data(attr);
	if (*path != '/') {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a path begins with '/', the root of the sender's cgroup namespace");
		return ERR_PTR(-EINVAL);
	}
	cgrp = cgroup_get_from_path(path);
	if (IS_ERR(cgrp))
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "no cgroup v2 directory of that path in the sender's cgroup namespace");
	return cgrp;
}

static void put_naming(struct naming *n)
{
	if (n->dir && n->dir != n->cgrp)
		cgroup_put(n->dir);
	cgroup_put(n->cgrp);
}

static int need_cgroup2(struct netlink_ext_ack *extack)
{
	if (vgpu_nl_cgroup2())
		return 0;
	NL_SET_ERR_MSG(extack,
		       "no cgroup v2 hierarchy is in use on this host: mount cgroup2 and place tasks in it");
	return -EOPNOTSUPP;
}

static int check_names(struct nlattr **attrs, const struct nlattr *nest,
		       struct netlink_ext_ack *extack)
{
	int ret = need_cgroup2(extack);

	if (ret)
		return ret;
	if (attrs[VGPU_A_GROUP_CGROUP_PATH] && attrs[VGPU_A_GROUP_CGROUP_ID]) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[VGPU_A_GROUP_CGROUP_ID],
				    "name the cgroup by path or by id, not by both");
		return -EINVAL;
	}
	if (!attrs[VGPU_A_GROUP_CGROUP_PATH] &&
	    !attrs[VGPU_A_GROUP_CGROUP_ID] &&
	    !attrs[VGPU_A_GROUP_CGROUP_FD]) {
		NL_SET_ERR_MSG(extack,
			       "no cgroup is named: give its path, its id or an open directory");
		NL_SET_ERR_ATTR_MISS(extack, nest, VGPU_A_GROUP_CGROUP_PATH);
		return -EINVAL;
	}
	return 0;
}

static int get_naming(struct sk_buff *skb, struct nlattr **attrs,
		      const struct nlattr *nest,
		      struct netlink_ext_ack *extack, struct naming *n)
{
	int ret;

	*n = (struct naming){ .fd = attrs[VGPU_A_GROUP_CGROUP_FD] };
	ret = check_names(attrs, nest, extack);
	if (ret)
		return ret;
	if (n->fd) {
		n->dir = get_dir(skb, n->fd, extack, &n->delegated);
		if (IS_ERR(n->dir))
			return PTR_ERR(n->dir);
	}
	n->attr = attrs[VGPU_A_GROUP_CGROUP_PATH] ?:
		  attrs[VGPU_A_GROUP_CGROUP_ID];
	if (!n->attr) {
		n->attr = n->fd;
		n->cgrp = n->dir;
		return 0;
	}
	n->cgrp = get_named(attrs, extack);
	if (IS_ERR(n->cgrp)) {
		ret = PTR_ERR(n->cgrp);
		goto err_put_dir;
	}
	if (n->dir && !cgroup_is_descendant(n->cgrp, n->dir)) {
		NL_SET_ERR_MSG_ATTR(extack, n->attr,
				    "not at or below the directory given as cgroup-fd");
		ret = -EPERM;
		goto err_put_cgrp;
	}
	return 0;

err_put_cgrp:
	cgroup_put(n->cgrp);
err_put_dir:
	if (n->dir)
		cgroup_put(n->dir);
	return ret;
}

static bool is_own(const struct cgroup *cgrp)
{
	bool own;

	rcu_read_lock();
	own = task_dfl_cgroup(current) == cgrp;
	rcu_read_unlock();
	return own;
}

static int refuse_fd(const struct naming *n, struct netlink_ext_ack *extack)
{
	if (n->fd)
		NL_SET_ERR_MSG_ATTR(extack, n->fd,
				    "the sender may not write to this directory, or its mount is read-only");
	else
		NL_SET_ERR_MSG_ATTR(extack, n->attr,
				    "needs CAP_SYS_ADMIN, or cgroup-fd: a directory at or above it that the sender may write to");
	return -EPERM;
}

/* May the sender read the named cgroup, or, with @below, all below it too? */
static int check_read(struct sk_buff *skb, const struct naming *n, bool below,
		      struct netlink_ext_ack *extack)
{
	if (vgpu_nl_admin(skb) || n->delegated)
		return 0;
	if (!below && is_own(n->cgrp))
		return 0;
	return refuse_fd(n, extack);
}

static int check_change(struct sk_buff *skb, const struct naming *n,
			struct netlink_ext_ack *extack)
{
	if (vgpu_nl_admin(skb))
		return 0;
	if (!n->delegated)
		return refuse_fd(n, extack);
	if (n->cgrp == n->dir) {
		NL_SET_ERR_MSG_ATTR(extack, n->attr,
				    "without CAP_SYS_ADMIN, quotas are set below the delegated directory, not on it: name a cgroup below by path or id");
		return -EPERM;
	}
	return 0;
}

static struct cgroup *finish(struct naming *n, int ret)
{
	if (ret) {
		put_naming(n);
		return ERR_PTR(ret);
	}
	if (n->dir && n->dir != n->cgrp)
		cgroup_put(n->dir);
	return n->cgrp;
}

/**
 * vgpu_nl_cgroup_read - the cgroup that a request wants to read
 * @skb: the request
 * @attrs: its attributes, by VGPU_A_GROUP_*
 * @nest: that they are in, or NULL
 * @extack: says why not
 *
 * Context: The sender's.
 * Return: a reference, or an ERR_PTR.
 */
struct cgroup *vgpu_nl_cgroup_read(struct sk_buff *skb, struct nlattr **attrs,
				   const struct nlattr *nest,
				   struct netlink_ext_ack *extack)
{
	struct naming n;
	int ret;

	ret = get_naming(skb, attrs, nest, extack, &n);
	if (ret)
		return ERR_PTR(ret);
	return finish(&n, check_read(skb, &n, false, extack));
}

/**
 * vgpu_nl_cgroup_change - the cgroup whose quotas a request wants to set
 * @skb: the request
 * @attrs: its attributes, by VGPU_A_GROUP_*
 * @nest: that they are in, or NULL
 * @extack: says why not
 *
 * Context: The sender's.
 * Return: a reference, or an ERR_PTR.
 */
struct cgroup *vgpu_nl_cgroup_change(struct sk_buff *skb,
				     struct nlattr **attrs,
				     const struct nlattr *nest,
				     struct netlink_ext_ack *extack)
{
	struct naming n;
	int ret;

	ret = get_naming(skb, attrs, nest, extack, &n);
	if (ret)
		return ERR_PTR(ret);
	return finish(&n, check_change(skb, &n, extack));
}

/**
 * vgpu_nl_cgroup_dir - a directory below which the sender may see everything
 * @skb: the request
 * @attr: the descriptor
 * @extack: says why not
 *
 * Context: The sender's.
 * Return: a reference, or an ERR_PTR.
 */
struct cgroup *vgpu_nl_cgroup_dir(struct sk_buff *skb,
				  const struct nlattr *attr,
				  struct netlink_ext_ack *extack)
{
	struct naming n = { .attr = attr, .fd = attr };
	int ret = need_cgroup2(extack);

	if (ret)
		return ERR_PTR(ret);
	n.dir = get_dir(skb, attr, extack, &n.delegated);
	if (IS_ERR(n.dir))
		return n.dir;
	n.cgrp = n.dir;
	return finish(&n, check_read(skb, &n, true, extack));
}

/**
 * vgpu_nl_cgroup_scope - what a dump may show
 * @skb: the request
 * @attrs: its attributes, by VGPU_A_GROUP_*; all NULL where none is named
 * @nest: that they are in, or NULL
 * @extack: says why not
 * @dump: told
 *
 * A cgroup that is named is shown with all below it. Where none is, the
 * capability shows all, and else the sender's own is shown alone.
 *
 * Context: The sender's.
 * Return: 0 or a negative errno.
 */
int vgpu_nl_cgroup_scope(struct sk_buff *skb, struct nlattr **attrs,
			 const struct nlattr *nest,
			 struct netlink_ext_ack *extack,
			 struct vgpu_nl_dump *dump)
{
	struct cgroup *cgrp;
	struct naming n;
	int ret;

	dump->admin = vgpu_nl_admin(skb);
	if (!attrs[VGPU_A_GROUP_CGROUP_PATH] &&
	    !attrs[VGPU_A_GROUP_CGROUP_ID] &&
	    !attrs[VGPU_A_GROUP_CGROUP_FD] && !nest) {
		if (dump->admin)
			return 0;
		rcu_read_lock();
		dump->root = cgroup_id(task_dfl_cgroup(current));
		rcu_read_unlock();
		return 0;
	}
	ret = get_naming(skb, attrs, nest, extack, &n);
	if (ret)
		return ret;
	dump->below = dump->admin || n.delegated;
	cgrp = finish(&n, check_read(skb, &n, dump->below, extack));
	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	dump->root = cgroup_id(cgrp);
	cgroup_put(cgrp);
	return 0;
}
