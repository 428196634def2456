// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/vgpu.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <linux/vgpu.h>

/* Common nested types */
const struct nla_policy vgpu_cgroup_nl_policy[VGPU_A_GROUP_CGROUP_FD + 1] = {
	[VGPU_A_GROUP_CGROUP_ID] = { .type = NLA_U64, },
	[VGPU_A_GROUP_CGROUP_PATH] = { .type = NLA_NUL_STRING, .len = 4095, },
	[VGPU_A_GROUP_CGROUP_FD] = { .type = NLA_U32, },
};

const struct nla_policy vgpu_quota_entry_nl_policy[VGPU_A_QUOTA_ENTRY_FREEZER + 1] = {
	[VGPU_A_QUOTA_ENTRY_DEVICE_ID] = { .type = NLA_U32, },
	[VGPU_A_QUOTA_ENTRY_DEVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[VGPU_A_QUOTA_ENTRY_MEMORY_MAX] = { .type = NLA_U64, },
	[VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX] = { .type = NLA_U64, },
	[VGPU_A_QUOTA_ENTRY_RESET] = { .type = NLA_FLAG, },
	[VGPU_A_QUOTA_ENTRY_MANAGED] = NLA_POLICY_MAX(NLA_U32, 3),
	[VGPU_A_QUOTA_ENTRY_COMPUTE_MAX] = { .type = NLA_U32, },
	[VGPU_A_QUOTA_ENTRY_COMPUTE_MIN] = { .type = NLA_U32, },
	[VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT] = { .type = NLA_U32, },
	[VGPU_A_QUOTA_ENTRY_PRIORITY] = NLA_POLICY_MAX(NLA_U32, 3),
	[VGPU_A_QUOTA_ENTRY_FREEZER] = NLA_POLICY_MAX(NLA_U32, 2),
};

/* VGPU_CMD_INFO_GET - do */
const struct nla_policy vgpu_info_get_nl_policy[VGPU_A_INFO_PAD + 1] = {
};

/* VGPU_CMD_DEVICE_GET - do */
const struct nla_policy vgpu_device_get_nl_policy[VGPU_A_DEVICE_NAME + 1] = {
	[VGPU_A_DEVICE_ID] = { .type = NLA_U32, },
	[VGPU_A_DEVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* VGPU_CMD_DRIVER_GET - do */
const struct nla_policy vgpu_driver_get_nl_policy[VGPU_A_DRIVER_NAME + 1] = {
	[VGPU_A_DRIVER_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* VGPU_CMD_DRIVER_ATTACH - do */
const struct nla_policy vgpu_driver_attach_nl_policy[VGPU_A_DRIVER_NAME + 1] = {
	[VGPU_A_DRIVER_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* VGPU_CMD_DRIVER_DETACH - do */
const struct nla_policy vgpu_driver_detach_nl_policy[VGPU_A_DRIVER_DEADLINE_MS + 1] = {
	[VGPU_A_DRIVER_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
	[VGPU_A_DRIVER_DEADLINE_MS] = NLA_POLICY_MAX(NLA_U32, 30000),
};

/* VGPU_CMD_GROUP_GET - do */
const struct nla_policy vgpu_group_get_nl_policy[VGPU_A_GROUP_CGROUP_FD + 1] = {
	[VGPU_A_GROUP_CGROUP_ID] = { .type = NLA_U64, },
	[VGPU_A_GROUP_CGROUP_PATH] = { .type = NLA_NUL_STRING, .len = 4095, },
	[VGPU_A_GROUP_CGROUP_FD] = { .type = NLA_U32, },
};

/* VGPU_CMD_GROUP_SET - do */
const struct nla_policy vgpu_group_set_nl_policy[VGPU_A_GROUP_FROZEN + 1] = {
	[VGPU_A_GROUP_CGROUP_ID] = { .type = NLA_U64, },
	[VGPU_A_GROUP_CGROUP_PATH] = { .type = NLA_NUL_STRING, .len = 4095, },
	[VGPU_A_GROUP_CGROUP_FD] = { .type = NLA_U32, },
	[VGPU_A_GROUP_KERNEL_MEMORY_MAX] = { .type = NLA_U64, },
	[VGPU_A_GROUP_FROZEN] = { .type = NLA_U32, },
};

/* VGPU_CMD_QUOTA_GET - do */
const struct nla_policy vgpu_quota_get_nl_policy[VGPU_A_QUOTA_DEVICE_NAME + 1] = {
	[VGPU_A_QUOTA_GROUP] = NLA_POLICY_NESTED(vgpu_cgroup_nl_policy),
	[VGPU_A_QUOTA_DEVICE_ID] = { .type = NLA_U32, },
	[VGPU_A_QUOTA_DEVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* VGPU_CMD_QUOTA_SET - do */
const struct nla_policy vgpu_quota_set_nl_policy[VGPU_A_QUOTA_ENTRY + 1] = {
	[VGPU_A_QUOTA_GROUP] = NLA_POLICY_NESTED(vgpu_cgroup_nl_policy),
	[VGPU_A_QUOTA_ENTRY] = NLA_POLICY_NESTED(vgpu_quota_entry_nl_policy),
};

/* VGPU_CMD_STATS_GET - do */
const struct nla_policy vgpu_stats_get_nl_policy[VGPU_A_STATS_DEVICE_NAME + 1] = {
	[VGPU_A_STATS_GROUP] = NLA_POLICY_NESTED(vgpu_cgroup_nl_policy),
	[VGPU_A_STATS_DEVICE_ID] = { .type = NLA_U32, },
	[VGPU_A_STATS_DEVICE_NAME] = { .type = NLA_NUL_STRING, .len = 63, },
};

/* VGPU_CMD_EVENT_SUBSCRIBE - do */
const struct nla_policy vgpu_event_subscribe_nl_policy[VGPU_A_EVENT_CGROUP_FD + 1] = {
	[VGPU_A_EVENT_CGROUP_FD] = { .type = NLA_U32, },
};

/* Ops table for vgpu */
const struct genl_ops vgpu_nl_ops[11] = {
	{
		.cmd		= VGPU_CMD_INFO_GET,
		.doit		= vgpu_nl_info_get_doit,
		.policy		= vgpu_info_get_nl_policy,
		.maxattr	= VGPU_A_INFO_PAD,
	},
	{
		.cmd		= VGPU_CMD_DEVICE_GET,
		.doit		= vgpu_nl_device_get_doit,
		.dumpit		= vgpu_nl_device_get_dumpit,
		.policy		= vgpu_device_get_nl_policy,
		.maxattr	= VGPU_A_DEVICE_NAME,
	},
	{
		.cmd		= VGPU_CMD_DRIVER_GET,
		.doit		= vgpu_nl_driver_get_doit,
		.dumpit		= vgpu_nl_driver_get_dumpit,
		.policy		= vgpu_driver_get_nl_policy,
		.maxattr	= VGPU_A_DRIVER_NAME,
	},
	{
		.cmd		= VGPU_CMD_DRIVER_ATTACH,
		.doit		= vgpu_nl_driver_attach_doit,
		.policy		= vgpu_driver_attach_nl_policy,
		.maxattr	= VGPU_A_DRIVER_NAME,
	},
	{
		.cmd		= VGPU_CMD_DRIVER_DETACH,
		.doit		= vgpu_nl_driver_detach_doit,
		.policy		= vgpu_driver_detach_nl_policy,
		.maxattr	= VGPU_A_DRIVER_DEADLINE_MS,
	},
	{
		.cmd		= VGPU_CMD_GROUP_GET,
		.doit		= vgpu_nl_group_get_doit,
		.dumpit		= vgpu_nl_group_get_dumpit,
		.policy		= vgpu_group_get_nl_policy,
		.maxattr	= VGPU_A_GROUP_CGROUP_FD,
	},
	{
		.cmd		= VGPU_CMD_GROUP_SET,
		.doit		= vgpu_nl_group_set_doit,
		.policy		= vgpu_group_set_nl_policy,
		.maxattr	= VGPU_A_GROUP_FROZEN,
	},
	{
		.cmd		= VGPU_CMD_QUOTA_GET,
		.doit		= vgpu_nl_quota_get_doit,
		.dumpit		= vgpu_nl_quota_get_dumpit,
		.policy		= vgpu_quota_get_nl_policy,
		.maxattr	= VGPU_A_QUOTA_DEVICE_NAME,
	},
	{
		.cmd		= VGPU_CMD_QUOTA_SET,
		.doit		= vgpu_nl_quota_set_doit,
		.policy		= vgpu_quota_set_nl_policy,
		.maxattr	= VGPU_A_QUOTA_ENTRY,
	},
	{
		.cmd		= VGPU_CMD_STATS_GET,
		.doit		= vgpu_nl_stats_get_doit,
		.dumpit		= vgpu_nl_stats_get_dumpit,
		.policy		= vgpu_stats_get_nl_policy,
		.maxattr	= VGPU_A_STATS_DEVICE_NAME,
	},
	{
		.cmd		= VGPU_CMD_EVENT_SUBSCRIBE,
		.doit		= vgpu_nl_event_subscribe_doit,
		.policy		= vgpu_event_subscribe_nl_policy,
		.maxattr	= VGPU_A_EVENT_CGROUP_FD,
	},
};
