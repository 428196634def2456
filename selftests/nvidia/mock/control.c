// SPDX-License-Identifier: GPL-2.0
/*
 * RM_CONTROL: src/nvidia/src/kernel/rmapi/control.c and resControl(), rs_
 * resource.c. Those are the controls that real clients issue at start, and
 * those that tell about memory or time; any other is unknown.
 */
#include <linux/capability.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "control.h"
#include "fault.h"
#include "release.h"
#include "rm.h"

/* Entries that an embedded list may have; the driver has limits of each. */
#define LIST_MAX 1024

static const struct mock_control controls[] = {
	{ 0x13e, 0, mock_ctl_build_version },
	{ 0x201, 128, mock_ctl_attached_ids },
	{ 0x202, 40, mock_ctl_id_info },
	{ 0x205, 32, mock_ctl_id_info_v2 },
	{ 0x214, 0, mock_ctl_probed_ids },
	{ 0x215, 132, mock_ctl_attach_ids },
	{ 0x216, 128, mock_ctl_nothing },
	{ 0x21b, 12, mock_ctl_pci_info },
	{ 0x274, 272, mock_ctl_id_from_uuid },
	{ 0x275, 268, mock_ctl_uuid_from_id },
	{ 0xb03, 48, mock_ctl_accounted },
	{ 0xb04, 16012, mock_ctl_accounted_pids },
	{ 0x3d05, 24, mock_ctl_export },
	{ 0x3d06, 20, mock_ctl_import },
	{ 0x3d08, 0, mock_ctl_export_info },
	{ 0x3d0b, 2128, mock_ctl_export_many },
	{ 0x3d0c, 652, mock_ctl_import_many },
	{ 0x800201, 16, mock_ctl_classlist, .elem = 4 },
	{ 0x800280, 4, mock_ctl_one },
	{ 0x800292, 0, mock_ctl_classlist_v2 },
	{ 0x801714, 16396, mock_ctl_idle_channels },
	{ 0x410110, 16, mock_ctl_surface, .elem = 8 },
	{ 0x20800110, 0, mock_ctl_name },
	{ 0x20800142, 4, mock_ctl_gpu_id },
	{ 0x2080014a, 268, mock_ctl_gid },
	{ 0x20800174, 0, mock_ctl_partitions_set, .admin = true },
	{ 0x20800175, 0, mock_ctl_partitions_get },
	{ 0x2080018d, 3812, mock_ctl_pids },
	{ 0x2080018e, 14408, mock_ctl_pid_info },
	{ 0x2080110b, 536, mock_ctl_disable_channels },
	{ 0x20801201, 32, mock_ctl_nothing, .elem = 8 },
	{ 0x20801301, 16, mock_ctl_fb_info, .elem = 8 },
	{ 0x20801303, 0, mock_ctl_fb_info_v2 },
	{ 0x20801320, 0, mock_ctl_fb_region },
	{ 0x20802096, 0, mock_ctl_samples },
	{ 0x2080200a, 8, mock_ctl_nothing },
	/* in no header; of its parameters nothing is known */
	{ 0x2080a083, 8, mock_ctl_nothing },
	{ 0xa06c0101, 0, mock_ctl_schedule },
	{ 0xa06c0102, 4, mock_ctl_nothing },
	{ 0xa06c0103, 8, mock_ctl_timeslice_set },
	{ 0xa06c0104, 8, mock_ctl_timeslice_get },
	{ 0xa06c0105, 8, mock_ctl_preempt },
	{ 0xa06c0106, 4, mock_ctl_tsg_info },
	{ 0xa06c0107, 4, mock_ctl_interleave_set, .admin = true },
	{ 0xa06c0108, 4, mock_ctl_interleave_get },
	{ 0xa06f0103, 0, mock_ctl_schedule },
	{ 0xa06f0104, 4, mock_ctl_nothing },
	{ 0xa06f0112, 1, mock_ctl_stop },
	{ 0xc36f0108, 4, mock_ctl_token },
	{ 0xc6380101, 57, mock_ctl_compute_uuid },
};

/* The length of parameters that differs by release. */
static u32 control_size(const struct mock_control *control)
{
	switch (control->cmd) {
	case 0x13e:
		return mock_release->build;
	case 0x214:
		return mock_release->probed;
	case 0x3d08:
		return mock_release->export_info;
	case 0x800292:
		return mock_release->classlist;
	case 0x20800174:
		return 8 + 8 * (mock_release->nr < 545 ? 32 : 48);
	case 0x20800175:
		return 8 + 8 * mock_release->partition;
	case 0x20800110:
		return mock_release->name;
	case 0x20801303:
		return 4 + 8 * mock_release->fb_info;
	case 0x20801320:
		return 8 + 16 * mock_release->fb_region;
	case 0x20802096:
		return 16 + 72 * mock_release->sample;
	case 0xa06c0101:
	case 0xa06f0103:
		return mock_release->schedule;
	default:
		return control->size;
	}
}

static const struct mock_control *control_find(u32 cmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(controls); i++) {
		if (controls[i].cmd == cmd)
			return &controls[i];
	}
	return NULL;
}

/* Is the object of the class that the command is of? */
static bool control_fits(u32 cmd, const struct mock_object *object)
{
	switch (cmd >> 16) {
	case 0x0000:
		return object->kind == KIND_ROOT;
	case 0x0080:
		return object->kind == KIND_DEVICE;
	case 0x2080:
		return object->kind == KIND_SUBDEVICE;
	case 0x0041:
		return mock_kind_is_memory(object->kind);
	case 0xc638:
		return object->kind == KIND_COMPUTE;
	case 0xa06c:
		return object->kind == KIND_TSG;
	case 0xa06f:
	case 0xc36f:
		return object->kind == KIND_CHANNEL;
	default:
		return false;
	}
}

static u32 control_locked(struct mock_ctl *ctl, const struct os54 *p,
			  const struct mock_control *control)
{
	u32 status = mock_client_get(ctl->caller, p->client, &ctl->client);

	if (status)
		return status;
	ctl->object = mock_object_find(ctl->client, p->object);
	if (!ctl->object)
		return NV_ERR_OBJECT_NOT_FOUND;
	if (!control || !control_fits(p->cmd, ctl->object))
		return NV_ERR_NOT_SUPPORTED;
	if (control->admin && !ctl->caller->kernel && !capable(CAP_SYS_ADMIN))
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	if (ctl->size != control_size(control))
		return NV_ERR_INVALID_PARAM_STRUCT;
	if (ctl->object->gpu && ctl->object->gpu->asleep)
		return NV_ERR_GPU_NOT_FULL_POWER;
	if (ctl->object->gpu && mock_fault_lost(ctl->object->gpu->nr))
		return NV_ERR_GPU_IS_LOST;
	return control->run(ctl);
}

static u32 control_run(struct mock_ctl *ctl, const struct os54 *p,
		       const struct mock_control *control)
{
	u32 status;

	mutex_lock(&mock_rm_lock);
	status = control_locked(ctl, p, control);
	mutex_unlock(&mock_rm_lock);
	return status;
}

/* embeddedParamCopyIn(), embedded_param_copy.c: the list, then the rest. */
static u32 control_list(struct mock_ctl *ctl, const struct os54 *p,
			const struct mock_control *control)
{
	u64 ptr = 0;
	size_t size;
	u32 status;

	if (control->elem && ctl->size == control->size) {
		memcpy(&ctl->count, ctl->params, sizeof(ctl->count));
		memcpy(&ptr, ctl->params + 8, sizeof(ptr));
	}
	if (!ptr || !ctl->count)
		return control_run(ctl, p, control);
	if (ctl->count > LIST_MAX)
		return NV_ERR_INVALID_ARGUMENT;
	size = ctl->count * control->elem;
	ctl->list = kzalloc(size, GFP_KERNEL);
	if (!ctl->list)
		return NV_ERR_NO_MEMORY;
	status = NV_ERR_INVALID_ADDRESS;
	if (mock_copy_in(ctl->caller, ctl->list, ptr, size))
		status = control_run(ctl, p, control);
	if (!status && !mock_copy_out(ctl->caller, ptr, ctl->list, size))
		status = NV_ERR_INVALID_ADDRESS;
	kfree(ctl->list);
	return status;
}

static u32 control_copied(struct mock_ctl *ctl, struct os54 *p,
			  const struct mock_control *control)
{
	u32 status;

	ctl->params = kvzalloc(ctl->size, GFP_KERNEL);
	if (!ctl->params)
		return NV_ERR_NO_MEMORY;
	status = NV_ERR_INVALID_ADDRESS;
	if (mock_copy_in(ctl->caller, ctl->params, p->params, ctl->size))
		status = control_list(ctl, p, control);
	if (!status &&
	    !mock_copy_out(ctl->caller, p->params, ctl->params, ctl->size))
		status = NV_ERR_INVALID_ADDRESS;
	kvfree(ctl->params);
	return status;
}

/**
 * mock_control() - NVOS54
 * @caller: who asks
 * @p: for what
 *
 * Context: May sleep.
 */
void mock_control(const struct mock_caller *caller, struct os54 *p)
{
	const struct mock_control *control = control_find(p->cmd);
	struct mock_ctl ctl = {
		.caller = caller,
		.cmd = p->cmd,
		.size = p->params_size,
	};

	/* Unknown, or of another length: refused before anything is read. */
	if (!control || ctl.size != control_size(control))
		p->status = control_run(&ctl, p, control);
	else if (!p->params)
		p->status = NV_ERR_INVALID_ARGUMENT;
	else
		p->status = control_copied(&ctl, p, control);
}
