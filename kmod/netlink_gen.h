/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vgpu.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_VGPU_GEN_H
#define _LINUX_VGPU_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <linux/vgpu.h>

/* Common nested types */
extern const struct nla_policy vgpu_cgroup_nl_policy[VGPU_A_GROUP_CGROUP_FD + 1];
extern const struct nla_policy vgpu_quota_entry_nl_policy[VGPU_A_QUOTA_ENTRY_FREEZER + 1];

extern const struct nla_policy vgpu_info_get_nl_policy[VGPU_A_INFO_PAD + 1];

extern const struct nla_policy vgpu_device_get_nl_policy[VGPU_A_DEVICE_NAME + 1];

extern const struct nla_policy vgpu_driver_get_nl_policy[VGPU_A_DRIVER_NAME + 1];

extern const struct nla_policy vgpu_driver_attach_nl_policy[VGPU_A_DRIVER_NAME + 1];

extern const struct nla_policy vgpu_driver_detach_nl_policy[VGPU_A_DRIVER_DEADLINE_MS + 1];

extern const struct nla_policy vgpu_group_get_nl_policy[VGPU_A_GROUP_CGROUP_FD + 1];

extern const struct nla_policy vgpu_group_set_nl_policy[VGPU_A_GROUP_FROZEN + 1];

extern const struct nla_policy vgpu_quota_get_nl_policy[VGPU_A_QUOTA_DEVICE_NAME + 1];

extern const struct nla_policy vgpu_quota_set_nl_policy[VGPU_A_QUOTA_ENTRY + 1];

extern const struct nla_policy vgpu_stats_get_nl_policy[VGPU_A_STATS_DEVICE_NAME + 1];

extern const struct nla_policy vgpu_event_subscribe_nl_policy[VGPU_A_EVENT_CGROUP_FD + 1];

/* Ops table for vgpu */
extern const struct genl_ops vgpu_nl_ops[11];

int vgpu_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_device_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vgpu_nl_driver_get_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_driver_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vgpu_nl_driver_attach_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_driver_detach_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_group_get_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vgpu_nl_group_set_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_quota_get_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_quota_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vgpu_nl_quota_set_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int vgpu_nl_stats_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int vgpu_nl_event_subscribe_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	VGPU_NLGRP_EVENTS,
};

#endif /* _LINUX_VGPU_GEN_H */
