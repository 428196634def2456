// SPDX-License-Identifier: GPL-2.0
/*
 * Controls of channels and their groups: kernel_channel_group_api.c, kernel_
 * channel.c, kernel_fifo_ctrl.c of src/nvidia/src/kernel/gpu/fifo, which hand
 * them on to the GPU's firmware. What that does is told by the headers of the
 * controls, ctrla06c.h, ctrla06fgpfifo.h, ctrl2080fifo.h.
 */
#include "control.h"
#include "engine.h"

/* What RM waits for the GPU, in microseconds. */
#define TIMEOUT_US	4000000
/* NVA06C_CTRL_CMD_PREEMPT_MAX_MANUAL_TIMEOUT_US */
#define TIMEOUT_MAX_US	1000000

/* NVA06F_CTRL_GPFIFO_SCHEDULE_PARAMS */
struct schedule {
	u8 enable;
	u8 skip_submit;
	u8 skip_enable;		/* from 575.51.02 */
};

/*
 * Of a group: all its channels, whichever of its handles they were made below
 * (kchangrpapiCtrlCmdGpFifoSchedule_IMPL goes through pChanList).
 */
u32 mock_ctl_schedule(struct mock_ctl *ctl)
{
	const struct schedule *p = ctl->params;
	bool skip_enable = ctl->size == sizeof(*p) && p->skip_enable;
	struct mock_channel *channel = ctl->object->channel;

	/* "When bEnable is set, both [...] can't be set." */
	if (p->enable && p->skip_submit && skip_enable)
		return NV_ERR_INVALID_ARGUMENT;
	if (channel) {
		mock_channel_schedule(channel, p->enable, p->skip_submit,
				      skip_enable);
		return NV_OK;
	}
	list_for_each_entry(channel, &ctl->object->tsg->members, member)
		mock_channel_schedule(channel, p->enable, p->skip_submit,
				      skip_enable);
	return NV_OK;
}

/* NVA06C_CTRL_PREEMPT_PARAMS */
struct preempt {
	u8 wait;
	u8 manual_timeout;
	u32 timeout_us;
};

static_assert(sizeof(struct preempt) == 8);

u32 mock_ctl_preempt(struct mock_ctl *ctl)
{
	const struct preempt *p = ctl->params;

	if (p->manual_timeout && p->timeout_us > TIMEOUT_MAX_US)
		return NV_ERR_INVALID_ARGUMENT;
	return mock_tsg_preempt(ctl->object->tsg, p->wait,
				p->manual_timeout ? p->timeout_us : TIMEOUT_US);
}

/*
 * NVA06F_CTRL_STOP_CHANNEL_PARAMS: out of the run list and off the engine, until
 * it is scheduled again. The error notifier is not written.
 */
u32 mock_ctl_stop(struct mock_ctl *ctl)
{
	mock_channel_schedule(ctl->object->channel, false, false, false);
	return mock_tsg_preempt(ctl->object->channel->tsg, true, TIMEOUT_US);
}

/* NVA06C_CTRL_TIMESLICE_PARAMS */
u32 mock_ctl_timeslice_set(struct mock_ctl *ctl)
{
	u64 timeslice = *(u64 *)ctl->params;

	if (!timeslice)
		return NV_ERR_INVALID_ARGUMENT;
	mock_tsg_timeslice(ctl->object->tsg, timeslice);
	return NV_OK;
}

u32 mock_ctl_timeslice_get(struct mock_ctl *ctl)
{
	*(u64 *)ctl->params = ctl->object->tsg->timeslice;
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
	*(u32 *)ctl->params = ctl->object->tsg->id;
	return NV_OK;
}

/* NVC36F_CTRL_CMD_GPFIFO_GET_WORK_SUBMIT_TOKEN_PARAMS */
u32 mock_ctl_token(struct mock_ctl *ctl)
{
	*(u32 *)ctl->params = mock_channel_token(ctl->object->channel);
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

/* Firmware is handed the list as it is, and nobody asks whose the clients are. */
static u32 disable_find(struct mock_ctl *ctl, u32 i,
			struct mock_object **channel)
{
	const struct disable *p = ctl->params;
	struct mock_client *client = mock_client_find(p->client[i]);

	if (!client)
		return NV_ERR_INVALID_CLIENT;
	*channel = mock_object_find(client, p->channel[i]);
	if (!*channel || !(*channel)->channel)
		return NV_ERR_INVALID_CHANNEL;
	return NV_OK;
}

/*
 * Channels that are disabled are off the engine when this returns, or, where
 * only their scheduling is, go on to the end of their slice. They stay in the
 * run list.
 */
u32 mock_ctl_disable_channels(struct mock_ctl *ctl)
{
	const struct disable *p = ctl->params;
	struct mock_object *channel;
	u32 i, status = NV_OK;

	/* subdeviceCtrlCmdFifoDisableChannels_IMPL, kernel_fifo_ctrl.c */
	if (p->event && !ctl->caller->kernel)
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	if (p->count > 64)
		return NV_ERR_INVALID_ARGUMENT;
	for (i = 0; i < p->count && !status; i++) {
		status = disable_find(ctl, i, &channel);
		if (!status)
			mock_channel_enable(channel, !p->disable, p->rewind);
	}
	if (!p->disable || p->only_scheduling)
		return status;
	for (i = 0; i < p->count && !status; i++) {
		status = disable_find(ctl, i, &channel);
		if (!status)
			status = mock_tsg_preempt(channel->channel->tsg, true,
						  TIMEOUT_US);
	}
	return status;
}

/* NV0080_CTRL_FIFO_IDLE_CHANNELS_PARAMS */
struct idle {
	u32 count;
	u32 channel[4096];
	u32 flags;
	u32 timeout_us;
};

static_assert(sizeof(struct idle) == 16396);

u64 mock_idle_calls;

/* "idles (deschedules and waits for pending work to complete)" */
static u32 idle_one(struct mock_object *channel)
{
	mock_channel_schedule(channel->channel, false, false, false);
	return mock_channel_busy(channel) ? NV_ERR_TIMEOUT : NV_OK;
}

/*
 * deviceCtrlCmdFifoIdleChannels_IMPL, kernel_fifo_ctrl.c. Descheduled, what is
 * pending does not complete, however long one waits: so there is no waiting
 * here. They stay descheduled.
 */
u32 mock_ctl_idle_channels(struct mock_ctl *ctl)
{
	const struct idle *p = ctl->params;
	struct mock_object *channel;
	u32 i, one, status = NV_OK;

	if (p->count > ARRAY_SIZE(p->channel))
		return NV_ERR_INVALID_ARGUMENT;
	mock_idle_calls++;
	for (i = 0; i < p->count; i++) {
		channel = mock_object_find(ctl->client, p->channel[i]);
		if (!channel || !channel->channel)
			return NV_ERR_OBJECT_NOT_FOUND;
		one = idle_one(channel);
		if (one)
			status = one;
	}
	return status;
}
