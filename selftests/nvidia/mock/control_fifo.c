// SPDX-License-Identifier: GPL-2.0
/*
 * Controls of channels and their groups. Nothing runs here; what was asked for
 * is kept, and told by debugfs.
 */
#include "control.h"

/* NVA06C_CTRL_GPFIFO_SCHEDULE_PARAMS: of a group all its channels */
u32 mock_ctl_schedule(struct mock_ctl *ctl)
{
	struct mock_object *channel;
	bool enable = *(u8 *)ctl->params;

	ctl->object->enabled = enable;
	list_for_each_entry(channel, &ctl->object->children, sibling) {
		if (channel->kind == KIND_CHANNEL)
			channel->enabled = enable;
	}
	return NV_OK;
}

/* NVA06C_CTRL_TIMESLICE_PARAMS */
u32 mock_ctl_timeslice_set(struct mock_ctl *ctl)
{
	u64 timeslice = *(u64 *)ctl->params;

	if (!timeslice)
		return NV_ERR_INVALID_ARGUMENT;
	ctl->object->timeslice = timeslice;
	return NV_OK;
}

u32 mock_ctl_timeslice_get(struct mock_ctl *ctl)
{
	*(u64 *)ctl->params = ctl->object->timeslice;
	return NV_OK;
}

/* NVA06C_CTRL_INTERLEAVE_LEVEL_PARAMS */
u32 mock_ctl_interleave_set(struct mock_ctl *ctl)
{
	u32 level = *(u32 *)ctl->params;

	if (level > 2)
		return NV_ERR_INVALID_ARGUMENT;
	ctl->object->interleave = level;
	return NV_OK;
}

u32 mock_ctl_interleave_get(struct mock_ctl *ctl)
{
	*(u32 *)ctl->params = ctl->object->interleave;
	return NV_OK;
}

u32 mock_ctl_tsg_info(struct mock_ctl *ctl)
{
	*(u32 *)ctl->params = ctl->object->handle & 0xfff;
	return NV_OK;
}

/* NVC36F_CTRL_CMD_GPFIFO_GET_WORK_SUBMIT_TOKEN_PARAMS */
u32 mock_ctl_token(struct mock_ctl *ctl)
{
	*(u32 *)ctl->params = ctl->object->handle & 0xffff;
	return NV_OK;
}

/* NV2080_CTRL_FIFO_DISABLE_CHANNELS_PARAMS */
struct disable {
	u8 disable;
	u8 pad0[3];
	u32 count;
	u8 only_scheduling;
	u8 rewind;
	u8 pad1[6];
	u64 event;
	u32 client[64];
	u32 channel[64];
};

static_assert(sizeof(struct disable) == 536);

u32 mock_ctl_disable_channels(struct mock_ctl *ctl)
{
	const struct disable *p = ctl->params;
	struct mock_client *client;
	struct mock_object *channel;
	u32 i, status;

	if (p->count > 64)
		return NV_ERR_INVALID_ARGUMENT;
	for (i = 0; i < p->count; i++) {
		status = mock_client_get(ctl->caller, p->client[i], &client);
		if (status)
			return status;
		channel = mock_object_find(client, p->channel[i]);
		if (!channel || channel->kind != KIND_CHANNEL)
			return NV_ERR_INVALID_CHANNEL;
		channel->enabled = !p->disable;
	}
	return NV_OK;
}
