/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Controls: RM_CONTROL's commands, each on the object of its class.
 */
#ifndef MOCK_CONTROL_H
#define MOCK_CONTROL_H

#include <linux/types.h>

#include "client.h"

/**
 * struct mock_ctl - a control being run
 * @caller: who asks
 * @client: its client
 * @object: on what
 * @cmd: the command
 * @params: its parameters, a copy that goes back
 * @size: the length of @params
 * @list: what an embedded pointer pointed to, a copy that goes back, or NULL
 * @count: entries of @list
 */
struct mock_ctl {
	const struct mock_caller *caller;
	struct mock_client *client;
	struct mock_object *object;
	u32 cmd;
	void *params;
	u32 size;
	void *list;
	u32 count;
};

/**
 * struct mock_control - a command that is known
 * @cmd: its number
 * @size: of its parameters
 * @run: does it, with the RM lock
 * @elem: size of an entry of the list whose length is at 0 and whose address
 *	is at 8; 0 when there is none
 * @admin: for administrators
 */
struct mock_control {
	u32 cmd;
	u32 size;
	u32 (*run)(struct mock_ctl *ctl);
	u8 elem;
	bool admin;
};

u32 mock_ctl_build_version(struct mock_ctl *ctl);
u32 mock_ctl_attached_ids(struct mock_ctl *ctl);
u32 mock_ctl_probed_ids(struct mock_ctl *ctl);
u32 mock_ctl_id_info(struct mock_ctl *ctl);
u32 mock_ctl_id_info_v2(struct mock_ctl *ctl);
u32 mock_ctl_attach_ids(struct mock_ctl *ctl);
u32 mock_ctl_pci_info(struct mock_ctl *ctl);
u32 mock_ctl_uuid_from_id(struct mock_ctl *ctl);
u32 mock_ctl_id_from_uuid(struct mock_ctl *ctl);

u32 mock_ctl_export(struct mock_ctl *ctl);
u32 mock_ctl_import(struct mock_ctl *ctl);
u32 mock_ctl_export_info(struct mock_ctl *ctl);
u32 mock_ctl_export_many(struct mock_ctl *ctl);
u32 mock_ctl_import_many(struct mock_ctl *ctl);

u32 mock_ctl_classlist(struct mock_ctl *ctl);
u32 mock_ctl_classlist_v2(struct mock_ctl *ctl);
u32 mock_ctl_one(struct mock_ctl *ctl);
u32 mock_ctl_nothing(struct mock_ctl *ctl);
u32 mock_ctl_name(struct mock_ctl *ctl);
u32 mock_ctl_gid(struct mock_ctl *ctl);
u32 mock_ctl_gpu_id(struct mock_ctl *ctl);

u32 mock_ctl_partitions_set(struct mock_ctl *ctl);
u32 mock_ctl_partitions_get(struct mock_ctl *ctl);
u32 mock_ctl_compute_uuid(struct mock_ctl *ctl);
u32 mock_mig_scope(struct mock_ctl *ctl, struct mock_part **part);

u32 mock_ctl_pids(struct mock_ctl *ctl);
u32 mock_ctl_pid_info(struct mock_ctl *ctl);
u32 mock_ctl_fb_info(struct mock_ctl *ctl);
u32 mock_ctl_fb_info_v2(struct mock_ctl *ctl);
u32 mock_ctl_fb_region(struct mock_ctl *ctl);
u32 mock_ctl_surface(struct mock_ctl *ctl);
u64 mock_fb_info(struct mock_gpu *gpu, struct mock_part *part, u32 index);

u32 mock_ctl_samples(struct mock_ctl *ctl);
u32 mock_ctl_accounted(struct mock_ctl *ctl);
u32 mock_ctl_accounted_pids(struct mock_ctl *ctl);

u32 mock_ctl_schedule(struct mock_ctl *ctl);
u32 mock_ctl_preempt(struct mock_ctl *ctl);
u32 mock_ctl_stop(struct mock_ctl *ctl);
u32 mock_ctl_timeslice_set(struct mock_ctl *ctl);
u32 mock_ctl_timeslice_get(struct mock_ctl *ctl);
u32 mock_ctl_interleave_set(struct mock_ctl *ctl);
u32 mock_ctl_interleave_get(struct mock_ctl *ctl);
u32 mock_ctl_tsg_info(struct mock_ctl *ctl);
u32 mock_ctl_token(struct mock_ctl *ctl);
extern u64 mock_idle_calls;
u32 mock_ctl_idle_channels(struct mock_ctl *ctl);
u32 mock_ctl_disable_channels(struct mock_ctl *ctl);

#endif /* MOCK_CONTROL_H */
