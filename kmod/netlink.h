/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control: the generic netlink family, one file per object.
 *
 * Who may: CAP_SYS_ADMIN in the init user namespace, held by the caller and
 * by the socket's opener, for everything. Without it, one's own cgroup may be
 * read, and cgroups at or below a directory that caller and opener may write
 * to; quotas are set strictly below that directory. GENL_ADMIN_PERM is no use
 * here: it asks for CAP_NET_ADMIN and sends no sentence.
 */
#ifndef _VGPU_NETLINK_H
#define _VGPU_NETLINK_H

#include <linux/stringify.h>
#include <net/genetlink.h>

#include "group.h"
#include "netlink_gen.h"

struct cgroup;
struct vgpu_account;
struct vgpu_device;
struct vgpu_event;

extern struct genl_family vgpu_nl_family;

int vgpu_netlink_init(void);
void vgpu_netlink_deinit(void);

/* netlink.c: what all requests share */
#define VGPU_NL_NO_MULTI	0
#define VGPU_NL_TOO_DEEP \
	"no group is kept below " __stringify(VGPU_GROUP_DEPTH_MAX) \
	" levels of cgroups: set the quota of one above"

int vgpu_nl_begin(struct genl_info *info, int multi);
int vgpu_nl_once(const struct nlattr *head, int len, int multi,
		 struct netlink_ext_ack *extack);
bool vgpu_nl_admin(struct sk_buff *skb);
int vgpu_nl_need_admin(struct sk_buff *skb, struct netlink_ext_ack *extack);
__printf(4, 5)
void vgpu_nl_say(struct netlink_ext_ack *extack, const struct nlattr *attr,
		 const char *plain, const char *fmt, ...);
int vgpu_nl_reply(struct genl_info *info, u8 cmd,
		  int (*fill)(struct sk_buff *skb, void *ctx), void *ctx);
int vgpu_nl_put_u64(struct sk_buff *skb, int attrtype, u64 value, int pad);

/**
 * struct vgpu_nl_dump - how far a dump is, in netlink_callback.ctx
 * @root: cgroup id of the top of what may be seen; 0 for everything
 * @serial: of the last group or driver that was shown whole, or device id
 * @account: device id of the last account shown of the next group
 * @device: show only this one; 0 for all
 * @below: what lies below @root may be seen too
 * @admin: the sender had the capability when the dump began
 * @started: the above is set
 *
 * Ids and no references, so there is nothing to undo when a dump ends early.
 */
struct vgpu_nl_dump {
	u64 root;
	u64 serial;
	u32 account;
	u32 device;
	bool below;
	bool admin;
	bool started;
};

struct vgpu_nl_dump *vgpu_nl_dump(struct netlink_callback *cb);
int vgpu_nl_dump_once(struct netlink_callback *cb);
int vgpu_nl_dump_entry(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd, unsigned int generation,
		       int (*fill)(struct sk_buff *skb, void *ctx), void *ctx);
int vgpu_nl_dump_end(struct sk_buff *skb, struct netlink_callback *cb,
		     unsigned int generation, int ret);

/* netlink_cgroup.c: who may name which cgroup */
struct cgroup *vgpu_nl_cgroup_read(struct sk_buff *skb, struct nlattr **attrs,
				   const struct nlattr *nest,
				   struct netlink_ext_ack *extack);
struct cgroup *vgpu_nl_cgroup_change(struct sk_buff *skb,
				     struct nlattr **attrs,
				     const struct nlattr *nest,
				     struct netlink_ext_ack *extack);
struct cgroup *vgpu_nl_cgroup_dir(struct sk_buff *skb,
				  const struct nlattr *attr,
				  struct netlink_ext_ack *extack);
int vgpu_nl_cgroup_scope(struct sk_buff *skb, struct nlattr **attrs,
			 const struct nlattr *nest,
			 struct netlink_ext_ack *extack,
			 struct vgpu_nl_dump *dump);
bool vgpu_nl_cgroup2(void);

/* netlink_path.c */
struct vgpu_nl_paths;

struct vgpu_nl_paths *vgpu_nl_paths_create(void);
void vgpu_nl_paths_destroy(struct vgpu_nl_paths *paths);
int vgpu_nl_put_path(struct sk_buff *skb, int attrtype, u64 id,
		     struct vgpu_nl_paths *paths);
int vgpu_nl_put_group(struct sk_buff *skb, int attrtype, u64 id,
		      struct vgpu_nl_paths *paths);

/* netlink_device.c */
struct vgpu_device *vgpu_nl_device(struct nlattr *id, struct nlattr *name,
				   const struct nlattr *nest, int missing,
				   char *absent,
				   struct netlink_ext_ack *extack);

/* netlink_group.c */
int vgpu_nl_cgroup_nest(const struct nlattr *nest, struct nlattr **attrs,
			struct netlink_ext_ack *extack);
struct vgpu_group *vgpu_nl_dump_next(const struct vgpu_nl_dump *dump);
unsigned int vgpu_nl_generation(void);

/* netlink_row.c: what quotas and stats share */

/**
 * struct vgpu_nl_row - one (group, device) to show
 * @id: cgroup id
 * @device: borrowed
 * @account: the nearest at or above the cgroup, borrowed; may be NULL
 * @own: @account is the cgroup's own and not an ancestor's
 * @paths: of cgroups, borrowed
 */
struct vgpu_nl_row {
	u64 id;
	struct vgpu_device *device;
	struct vgpu_account *account;
	bool own;
	struct vgpu_nl_paths *paths;
};

/**
 * struct vgpu_nl_row_ops - a kind of rows
 * @cmd: of the messages
 * @want: in a dump, is there anything to show? NULL shows all
 * @fill: adds what follows the names of group and device; 0 or -EMSGSIZE
 */
struct vgpu_nl_row_ops {
	u8 cmd;
	bool (*want)(const struct vgpu_account *account);
	int (*fill)(struct sk_buff *skb, const struct vgpu_nl_row *row);
};

int vgpu_nl_row_get(struct sk_buff *skb, struct genl_info *info,
		    const struct vgpu_nl_row_ops *ops);
int vgpu_nl_row_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct vgpu_nl_row_ops *ops);
struct vgpu_account *vgpu_nl_account_above(struct cgroup *cgrp, u32 device);

/* netlink_event.c */
int vgpu_nl_event_init(void);
void vgpu_nl_event_deinit(void);
void vgpu_nl_event_send(const struct vgpu_event *event,
			struct vgpu_group *group);

#endif /* _VGPU_NETLINK_H */
