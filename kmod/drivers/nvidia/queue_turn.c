// SPDX-License-Identifier: GPL-2.0
/*
 * Which channels run now.
 *
 * Work is submitted to them without a system call, so a group that may not run
 * has its queues taken out of the GPU's run list: GPFIFO_SCHEDULE off, by
 * which none of its channels is scheduled any more, and PREEMPT, which takes
 * off what runs, without waiting for it, since RM holds its lock for that
 * long. What is in the rings stays there.
 *
 * Where anybody's time is bound, groups have the GPU in turns (sched_turn.c).
 * Whether a queue has work only RM can tell: FIFO_IDLE_CHANNELS takes channels
 * out of the run list and waits for them to end what they have, here for the
 * shortest time there is, and says whether they have. What runs is asked at the
 * end of each turn, and put back; what is stopped and had nothing is asked
 * every few milliseconds. One that does not answer counts as busy: that may
 * waste time, and gives none away. What was asked and had nothing rings when it
 * has (doorbell.c), and is asked but rarely.
 *
 * One worker does all this, through the kernel's way into RM. While a GPU is
 * asleep, with the machine or before it, RM refuses all of it, and has what it
 * was told before once the GPU is awake. So what was refused is not taken for
 * done, and is done again until it is.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../../compat.h"
#include "../../time.h"
#include "backend.h"

#define ASK_EVERY	(3 * NSEC_PER_MSEC)
#define LOOK_EVERY	(4 * NSEC_PER_MSEC)
#define LOOK_RARELY	(100 * NSEC_PER_MSEC)
#define LOOK_ASLEEP	(20 * NSEC_PER_MSEC)

#define IDLE_MAX	4096
#define IDLE_TIMEOUT	1	/* microseconds; 0 might be RM's own default */

/* NV0080_CTRL_FIFO_IDLE_CHANNELS_PARAMS */
static struct {
	u32 count;
	u32 channels[IDLE_MAX];
	u32 flags;
	u32 timeout;
} idle_params = { .timeout = IDLE_TIMEOUT };	/* the worker's */

static_assert(sizeof(idle_params) == 16396);

static bool leaving;		/* nothing is stopped any more */
static bool asleep;		/* RM refused something; the worker's */

static void look(struct work_struct *work);
static DECLARE_WORK(look_work, look);
static struct hrtimer timer;

/* Something may have changed. Context: Any. */
void nv_turn_kick(void)
{
	queue_work(system_highpri_wq, &look_work);
}

static void changed(struct vgpu_arbiter *arbiter)
{
	nv_turn_kick();
}

static enum hrtimer_restart due(struct hrtimer *unused)
{
	nv_turn_kick();
	return HRTIMER_NORESTART;
}

static bool is_timed(const struct nv_queue *queue)
{
	return !READ_ONCE(leaving) && vgpu_queue_timed(queue->time);
}

/**
 * nv_turn_may_run - may a group of channels, or one without a group, run now?
 * @queue: which
 *
 * Context: Any.
 */
bool nv_turn_may_run(const struct nv_queue *queue)
{
	return READ_ONCE(leaving) || vgpu_queue_may_run(queue->time);
}

/* Whether RM refused it for now. */
static bool is_asleep(u32 status)
{
	if (status != NV_ERR_GPU_NOT_FULL_POWER)
		return false;
	asleep = true;
	return true;
}

static u32 tell(const struct nv_queue *queue, bool enable)
{
	u8 params[4] = { enable };	/* bSkipSubmit, bSkipEnable: no */

	return nv_rm_control(queue->client, queue->handle,
			     queue->is_channel ? NV_CTRL_CHANNEL_SCHEDULE :
						 NV_CTRL_TSG_SCHEDULE,
			     params, nv_rm_abi()->schedule_size);
}

/* NVA06C_CTRL_PREEMPT_PARAMS: bWait, bManualTimeout, timeoutUs: none */
static u32 preempt(const struct nv_queue *queue)
{
	u64 params = 0;

	return nv_rm_control(queue->client, queue->handle, NV_CTRL_TSG_PREEMPT,
			     &params, sizeof(params));
}

/*
 * The same for a channel without a group, by a client of vgpu's own: disabled,
 * it leaves the GPU. RM waits for that. It is out of the run list already and
 * so does not run when it is enabled again.
 */
static u32 preempt_channel(const struct nv_queue *queue)
{
	struct nv_disable *params;
	u32 client, subdevice, status;

	params = kzalloc(sizeof(*params), GFP_KERNEL);
	if (!params)
		return NV_ERR_NO_MEMORY;
	status = nv_rm_begin(queue->gpu, &client, &subdevice);
	if (status != NV_OK)
		goto err_params;
	params->disable = true;
	params->count = 1;
	params->clients[0] = queue->client;
	params->channels[0] = queue->handle;
	nv_rm_control(client, subdevice, NV_CTRL_FIFO_DISABLE_CHANNELS, params,
		      sizeof(*params));
	params->disable = false;
	status = nv_rm_control(client, subdevice, NV_CTRL_FIFO_DISABLE_CHANNELS,
			       params, sizeof(*params));
	nv_rm_free(client, client);

err_params:
	kfree(params);
	return status;
}

static void begin(struct nv_queue *queue)
{
	lockdep_assert_held(&nv_queue_lock);

	queue->busy = true;
	mutex_unlock(&nv_queue_lock);
}

static void end(struct nv_queue *queue)
{
	mutex_lock(&nv_queue_lock);
	WRITE_ONCE(queue->busy, false);
	wake_up_all(&nv_queue_idle);
}

static void set_off(struct nv_queue *queue)
{
	struct nv_queue *channel;

	lockdep_assert_held(&nv_queue_lock);

	list_for_each_entry(channel, &queue->channels, sibling)
		channel->on = false;
}

static void stop(struct nv_queue *queue)
{
	u32 status;

	lockdep_assert_held(&nv_queue_lock);

	/* First, so that whoever comes by from now on knows. */
	queue->stopped = true;
	queue->again = false;
	queue->leaves = true;
	begin(queue);
	status = tell(queue, false);
	end(queue);
	/* Or else each channel by itself. */
	if (status == NV_OK)
		set_off(queue);
	queue->again |= is_asleep(status);
}

/* All that are to go are off by now, so none runs in the place of another. */
static void take_off(struct nv_queue *queue)
{
	u32 status;

	lockdep_assert_held(&nv_queue_lock);

	if (!queue->leaves)
		return;
	queue->leaves = false;
	begin(queue);
	status = queue->is_channel ? preempt_channel(queue) : preempt(queue);
	end(queue);
	queue->again |= is_asleep(status);
}

/* Its channels are put back one by one. */
static void let_run(struct nv_queue *queue)
{
	lockdep_assert_held(&nv_queue_lock);

	queue->stopped = false;
	queue->again = false;
}

static void settle_channel(struct nv_queue *channel)
{
	bool enable = channel->wish && !nv_queue_top(channel)->stopped;
	u32 status;

	lockdep_assert_held(&nv_queue_lock);

	if (channel->on == enable)
		return;
	channel->on = enable;
	begin(channel);
	status = tell(channel, enable);
	end(channel);
	if (is_asleep(status))
		channel->on = !enable;
}

/* As many channels as are to run. */
static u32 name_channels(const struct nv_queue *queue)
{
	struct nv_queue *channel;
	u32 n = 0;

	lockdep_assert_held(&nv_queue_lock);

	list_for_each_entry(channel, &queue->channels, sibling)
		if (channel->wish && n < IDLE_MAX)
			idle_params.channels[n++] = channel->handle;
	return n;
}

/*
 * The lock is let go of for each channel, which keeps its group: @queue is
 * there as long as we are at one of its channels.
 */
static void settle_channels(struct nv_queue *queue)
{
	struct nv_queue *channel;

	lockdep_assert_held(&nv_queue_lock);

	list_for_each_entry(channel, &queue->channels, sibling)
		settle_channel(channel);
}

/* Has it something to run? */
static bool has_work(struct nv_queue *queue)
{
	u32 status, n = name_channels(queue);

	lockdep_assert_held(&nv_queue_lock);

	if (!n)
		return false;
	idle_params.count = n;
	begin(queue);
	status = nv_rm_control(queue->client, queue->device,
			       NV_CTRL_FIFO_IDLE_CHANNELS, &idle_params,
			       sizeof(idle_params));
	end(queue);
	if (!queue->stopped) {
		set_off(queue);
		settle_channels(queue);
	}
	return status != NV_OK;
}

static bool arm(struct nv_queue *queue)
{
	bool armed;

	begin(queue);
	armed = nv_doorbell_arm(queue->client, queue->gpu);
	end(queue);
	return armed;
}

/* What was rung before is not seen, so it is asked once more. */
static void find_out(struct nv_queue *queue)
{
	bool ready = has_work(queue);

	queue->armed = false;
	if (!ready && arm(queue)) {
		ready = has_work(queue);
		queue->armed = !ready;
	}
	vgpu_queue_ready(queue->time, ready);
}

/* The page is there before the store that it is wanted for. */
static bool has_rung(struct nv_queue *queue)
{
	bool was = queue->armed;
	u32 rings;

	queue->armed &= nv_doorbell_armed(queue->client, queue->gpu, &rings);
	if (queue->rings == rings)
		return false;
	queue->rings = rings;
	queue->armed = false;
	return was;
}

/* Of a group, or a channel without one. */
static void ask(struct nv_queue *queue)
{
	u64 now = ktime_get_ns();

	lockdep_assert_held(&nv_queue_lock);

	if (!is_timed(queue)) {
		vgpu_queue_ready(queue->time, false);
		queue->armed = false;
		return;
	}
	if (has_rung(queue)) {
		queue->asked = now;
		vgpu_queue_ready(queue->time, true);
		return;
	}
	/* What it had when it was stopped it still has. */
	if ((queue->stopped && vgpu_queue_is_ready(queue->time)) ||
	    now - queue->asked < (queue->armed ? LOOK_RARELY : ASK_EVERY))
		return;
	queue->asked = now;
	find_out(queue);
}

/* When to look again for its sake; 0 for never. */
static u64 look_at(const struct nv_queue *queue)
{
	lockdep_assert_held(&nv_queue_lock);

	if (!is_timed(queue))
		return 0;
	if (!queue->armed)
		return ktime_get_ns() + LOOK_EVERY;
	/* What runs does so with nobody to look; what is stopped may not ring. */
	return queue->stopped ? queue->asked + LOOK_RARELY : 0;
}

/* Those that may run, or those that may not. */
static void settle(bool run)
{
	struct nv_queue *queue;

	lockdep_assert_held(&nv_queue_lock);

	list_for_each_entry(queue, &nv_queues, list) {
		if (nv_turn_may_run(queue) == run) {
			if (run)
				let_run(queue);
			else if (!queue->stopped || queue->again)
				stop(queue);
		}
		settle_channels(queue);
	}
}

/*
 * The lock is let go of for calls into RM. A queue stays in its list for that
 * long, and whoever changes one that was passed already kicks once more.
 */
static void look(struct work_struct *work)
{
	struct nv_queue *queue;
	u64 next, at;

	asleep = false;
	mutex_lock(&nv_queue_lock);
	list_for_each_entry(queue, &nv_queues, list)
		ask(queue);
	mutex_unlock(&nv_queue_lock);

	next = nv_gpu_turns();

	/* Who runs next is there before who ran is gone, or the GPU would idle. */
	mutex_lock(&nv_queue_lock);
	settle(true);
	settle(false);
	list_for_each_entry(queue, &nv_queues, list)
		take_off(queue);
	list_for_each_entry(queue, &nv_queues, list) {
		at = look_at(queue);
		next = min_not_zero(next, at);
	}
	mutex_unlock(&nv_queue_lock);

	if (asleep)
		next = min_not_zero(next, ktime_get_ns() + LOOK_ASLEEP);
	if (next)
		hrtimer_start(&timer, ns_to_ktime(next), HRTIMER_MODE_ABS);
}

/**
 * nv_turn_gpu - a GPU has come, or goes
 * @gpu: which
 * @present: it has come
 *
 * Context: Any. One that goes may kick until nv_turn_deinit().
 */
void nv_turn_gpu(struct nv_gpu *gpu, bool present)
{
	vgpu_queue_suspendable(gpu->device, present ? changed : NULL);
}

void nv_turn_init(void)
{
	vgpu_hrtimer_setup(&timer, due);
}

void nv_turn_attach(void)
{
	WRITE_ONCE(leaving, false);
}

/**
 * nv_turn_detach - let all run that are stopped, as their tenants wish
 *
 * Context: May sleep; no call is in flight.
 */
void nv_turn_detach(void)
{
	WRITE_ONCE(leaving, true);
	nv_turn_kick();
	flush_work(&look_work);
}

/* With the module: all GPUs have gone. */
void nv_turn_deinit(void)
{
	synchronize_rcu();	/* then nobody kicks any more */
	/* Either may set off the other once more, which then finds no queues. */
	hrtimer_cancel(&timer);
	cancel_work_sync(&look_work);
	hrtimer_cancel(&timer);
	cancel_work_sync(&look_work);
}
