// SPDX-License-Identifier: GPL-2.0
/*
 * Controls by which tenants let their queues run, or not.
 *
 * Of a queue that vgpu has stopped they are remembered and reported as done.
 * The parameters lie behind a user pointer, so what is read there is only what
 * the tenant is believed to wish; the driver does not see the call at all.
 * Of any other queue the call passes, and queue.c is told when it is back.
 *
 * All other controls of queues change nothing of one that is stopped.
 *
 * RM lets a client be named by its control file and by all that are registered
 * with that, whoever has them. vgpu knows the one and the process that made the
 * client. Of others it takes no wishes: RM is to say whether they may. As it may
 * well say yes, they do not come that far while the queue is stopped.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../../view.h"
#include "backend.h"

static const void __user *params_of(const struct nv_escape *esc)
{
	return u64_to_user_ptr(nv_get64(esc->data, NV_CONTROL_PARAMS));
}

static u32 swallow(struct nv_escape *esc)
{
	nv_put32(esc->data, NV_CONTROL_STATUS, NV_OK);
	return NV_OK;
}

static bool is_done(const struct nv_escape *esc, u32 ret)
{
	return ret == NV_OK && nv_get32(esc->data, NV_CONTROL_STATUS) == NV_OK;
}

/* @own is set to whether it is known to be the caller's. */
static struct nv_queue *find(const struct nv_escape *esc, u32 handle,
			     u32 object, bool *own)
{
	struct nv_client *client = nv_client_get(handle);
	struct nv_queue *queue = NULL;

	*own = client && nv_client_is_own(client, esc->nvfp);
	if (client)
		queue = nv_object_queue(client, object);
	nv_client_put(client);
	return queue;
}

static u32 refuse(struct nv_escape *esc)
{
	return nv_escape_deny(esc, NV_CONTROL_STATUS, NV_ERR_INVALID_CLIENT,
			      NV_ROUTES);
}

/* GPFIFO_SCHEDULE of a channel or a group */
static u32 schedule_known(struct nv_escape *esc, struct nv_queue *queue,
			  bool own)
{
	u8 enable;
	u32 ret;

	/* The driver, a moment later, might get it. */
	if (copy_from_user(&enable, params_of(esc), sizeof(enable)))
		return nv_escape_deny(esc, NV_CONTROL_STATUS, NV_ERR_NO_MEMORY,
				      NV_ROUTES);
	if (nv_queue_stopped(queue)) {
		if (!own)
			return refuse(esc);
		nv_queue_wish(queue, enable);
		return swallow(esc);
	}
	ret = nv_escape_pass(esc);
	nv_queue_told(queue, enable, is_done(esc, ret));
	return ret;
}

/*
 * Of a client whose queues are all known: then this is none, or a group of RM's
 * own around a channel, by a handle that was guessed.
 */
static bool is_closed(const struct nv_escape *esc)
{
	struct nv_client *client =
		nv_client_get(nv_get32(esc->data, NV_CONTROL_CLIENT));
	bool closed = client && nv_client_closed(client);

	nv_client_put(client);
	return closed;
}

static u32 schedule_one(struct nv_escape *esc)
{
	u32 cmd = nv_get32(esc->data, NV_CONTROL_CMD);
	struct nv_queue *queue;
	bool of_channel, own;
	u32 ret;

	queue = find(esc, nv_get32(esc->data, NV_CONTROL_CLIENT),
		     nv_get32(esc->data, NV_CONTROL_OBJECT), &own);
	of_channel = cmd == NV_CTRL_CHANNEL_SCHEDULE;
	if (queue && queue->is_channel == of_channel &&
	    nv_get32(esc->data, NV_CONTROL_PARAMS_SIZE) ==
	    nv_rm_abi()->schedule_size)
		ret = schedule_known(esc, queue, own);
	else
		ret = is_closed(esc) ? refuse(esc) : nv_escape_pass(esc);
	nv_queue_put(queue);
	return ret;
}

/*
 * Where RM has firmware to ask, it does not look whose the channels are. What the
 * driver would read of them, a moment later, might be another's: so the control is
 * carried out with vgpu's copy, by the kernel's way. That does not ask whose
 * the client is, and takes the event for the kernel's, which tenants have none of.
 */
static u32 carry_out(struct nv_escape *esc, struct nv_disable *params)
{
	u32 root = nv_get32(esc->data, NV_CONTROL_CLIENT), status;
	struct nv_client *client = nv_client_get(root);
	bool own = client && nv_client_is_own(client, esc->nvfp);

	nv_client_put(client);
	if (!own || params->event)
		return refuse(esc);
	status = nv_rm_control(root, nv_get32(esc->data, NV_CONTROL_OBJECT),
			       NV_CTRL_FIFO_DISABLE_CHANNELS, params,
			       sizeof(*params));
	nv_put32(esc->data, NV_CONTROL_STATUS, status);
	return NV_OK;
}

/* Where one of them is stopped, all are left to the worker. */
static u32 disable_some(struct nv_escape *esc, struct nv_disable *params)
{
	struct nv_queue *queues[NV_DISABLE_MAX];
	bool stopped = false, all = true, own, done;
	u32 i, ret;

	for (i = 0; i < params->count; i++) {
		queues[i] = find(esc, params->clients[i], params->channels[i],
				 &own);
		all &= own;
		if (queues[i])
			stopped |= nv_queue_stopped(queues[i]);
	}
	if (!all && (stopped || vgpu_view_limited()))
		ret = refuse(esc);
	else if (stopped)
		ret = swallow(esc);
	else if (vgpu_view_limited())
		ret = carry_out(esc, params);
	else
		ret = nv_escape_pass(esc);
	done = is_done(esc, ret);
	for (i = 0; i < params->count; i++) {
		if (queues[i] && stopped && all)
			nv_queue_wish(queues[i], !params->disable);
		else if (queues[i])
			nv_queue_told(queues[i], !params->disable, done);
		nv_queue_put(queues[i]);
	}
	return ret;
}

/* FIFO_DISABLE_CHANNELS, of a GPU */
static u32 disable(struct nv_escape *esc)
{
	struct nv_disable *params;
	u32 ret;

	if (nv_get32(esc->data, NV_CONTROL_PARAMS_SIZE) != sizeof(*params))
		return nv_escape_pass(esc);	/* which is refused */
	params = memdup_user(params_of(esc), sizeof(*params));
	if (IS_ERR(params))
		return nv_escape_deny(esc, NV_CONTROL_STATUS, NV_ERR_NO_MEMORY,
				      NV_ROUTES);
	if (params->count > NV_DISABLE_MAX)
		ret = vgpu_view_limited() ?	/* as the driver does */
			      nv_escape_deny(esc, NV_CONTROL_STATUS,
					     NV_ERR_INVALID_ARGUMENT,
					     NV_ROUTES) :
			      nv_escape_pass(esc);
	else
		ret = disable_some(esc, params);
	kfree(params);
	return ret;
}

/**
 * nv_queue_control - a control that lets channels run, or not
 * @esc: of this task
 *
 * Context: May sleep.
 * Return: as rm_ioctl().
 */
u32 nv_queue_control(struct nv_escape *esc)
{
	if (nv_get32(esc->data, NV_CONTROL_CMD) ==
	    NV_CTRL_FIFO_DISABLE_CHANNELS)
		return disable(esc);
	return schedule_one(esc);
}
