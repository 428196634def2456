// SPDX-License-Identifier: GPL-2.0
/*
 * Run lists. Each feeds one engine, which runs one channel group at a time, for
 * a slice of time if another waits, and takes jobs from the channels of that
 * group in turn. When a slice ends inside a job, the context is saved, which
 * takes preempt_ns and counts for nobody, and the job goes on where it was at
 * the group's next turn, as compute does with CILP; with wfi set the engine
 * waits for the end of the job instead.
 *
 * The engine is a function of time: mock_runlist_advance() makes everything
 * happen that the hardware would have done since it was last called, at the
 * exact nanosecond, however late the call is. The timer is only there so that
 * clients see the results; nothing runs while nothing is queued.
 *
 * Interleave levels (NVA06C_CTRL_CMD_SET_INTERLEAVE_LEVEL) are kept and change
 * nothing here: every group is in the list once.
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "engine.h"

/* A client sees the end of a job this much late at most; saves interrupts. */
#define GRAIN_NS 20000

DEFINE_SPINLOCK(mock_engine_lock);
struct mock_runlist mock_runlists[MOCK_GPUS][RUNLISTS];

static u64 preempt_ns = 50000;
static bool wfi;

/*
 * NV2080_ENGINE_TYPE of a group decides the run list (kchangrpapiConstruct_IMPL,
 * kernel_channel_group_api.c): an engine has to be named, and without MIG only
 * the first graphics engine may be. There is one list for all copy engines
 * here; other engines run nothing and share it.
 */
struct mock_runlist *mock_runlist_find(struct mock_gpu *gpu, u32 engine)
{
	if (!engine || engine >= ENGINE_LAST)
		return NULL;
	if (engine == ENGINE_GRAPHICS)
		return &mock_runlists[gpu->nr][RUNLIST_GRAPHICS];
	if (engine < ENGINE_COPY0)
		return NULL;
	return &mock_runlists[gpu->nr][RUNLIST_COPY];
}

static bool tsg_ready(struct mock_tsg *tsg)
{
	struct mock_channel *channel;

	list_for_each_entry(channel, &tsg->channels, node) {
		if (mock_channel_ready(channel))
			return true;
	}
	return false;
}

static struct mock_tsg *next_ready(struct mock_runlist *list)
{
	struct mock_tsg *tsg;

	if (list->gpu->asleep)
		return NULL;
	list_for_each_entry(tsg, &list->tsgs, node) {
		if (tsg != list->loaded && tsg_ready(tsg))
			return tsg;
	}
	return NULL;
}

/*
 * The group leaves the engine; its next turn is after that of all others, and
 * begins with the channel whose job is not done.
 */
static void unload(struct mock_runlist *list)
{
	list->loaded->running = NULL;
	list->loaded->unloads++;
	list_move_tail(&list->loaded->node, &list->tsgs);
	list->loaded = NULL;
	list->preempt = false;
	/* Who comes later asks under the lock that we hold. */
	if (waitqueue_active(&list->wait))
		wake_up_all(&list->wait);
}

static void load(struct mock_runlist *list, struct mock_tsg *tsg)
{
	list->loaded = tsg;
	list->slice_start = list->at;
}

/* The next job of the loaded group, from the channel whose turn it is. */
static bool start_job(struct mock_tsg *tsg)
{
	struct mock_channel *channel;

	list_for_each_entry(channel, &tsg->channels, node) {
		if (!mock_channel_ready(channel))
			continue;
		if (!channel->started)
			mock_channel_start(channel);
		tsg->running = channel;
		return true;
	}
	return false;
}

/* When the loaded group has to leave; U64_MAX for not at all. */
static u64 leave_at(struct mock_runlist *list)
{
	struct mock_tsg *tsg = list->loaded;

	if (list->preempt)
		return list->at;
	if (next_ready(list) ||
	    (tsg->running && !mock_channel_ready(tsg->running)))
		return max(list->at, list->slice_start + tsg->slice);
	return U64_MAX;
}

/* The job runs. While nobody waits, one slice follows the other. */
static void account(struct mock_runlist *list, u64 ns, bool alone)
{
	struct mock_tsg *tsg = list->loaded;
	u64 slices;

	list->at += ns;
	list->busy += ns;
	tsg->busy += ns;
	tsg->running->usage->busy += ns;
	tsg->running->left -= ns;
	if (alone) {
		slices = div64_u64(list->at - list->slice_start, tsg->slice);
		list->slice_start += slices * tsg->slice;
	}
}

static void finish_job(struct mock_runlist *list)
{
	struct mock_tsg *tsg = list->loaded;
	struct mock_channel *channel = tsg->running;

	mock_channel_done(channel);
	channel->usage->jobs++;
	tsg->jobs++;
	list->jobs++;
	tsg->running = NULL;
	list_move_tail(&channel->node, &tsg->channels);
}

static void save_context(struct mock_runlist *list)
{
	list->loaded->preemptions++;
	list->preemptions++;
	list->switching = true;
	list->switched = list->at + preempt_ns;
}

/* One step of the loaded group towards @now; false when it is there. */
static bool run(struct mock_runlist *list, u64 now)
{
	struct mock_tsg *tsg = list->loaded;
	struct mock_channel *channel = tsg->running;
	u64 leave = leave_at(list);
	bool alone = leave == U64_MAX;

	if (!channel) {
		/* Between two jobs there is nothing to save. */
		if (leave <= list->at || !start_job(tsg))
			unload(list);
		return true;
	}
	if (wfi)
		leave = U64_MAX;
	account(list, min3(channel->left, leave - list->at, now - list->at),
		alone);
	if (!channel->left)
		finish_job(list);
	else if (list->at == leave)
		save_context(list);
	else
		return false;
	return true;
}

static void advance(struct mock_runlist *list, u64 now)
{
	struct mock_tsg *tsg;

	for (;;) {
		if (list->switching) {
			list->lost += min(list->switched, now) - list->at;
			list->at = min(list->switched, now);
			if (list->at < list->switched)
				return;
			list->switching = false;
			if (list->loaded)
				unload(list);
			continue;
		}
		if (list->loaded) {
			if (!run(list, now))
				return;
			continue;
		}
		tsg = next_ready(list);
		if (!tsg) {
			list->at = now;
			return;
		}
		load(list, tsg);
	}
}

/* Let all happen that has happened by now. Before anything is changed. */
void mock_runlist_advance(struct mock_runlist *list)
{
	u64 now = ktime_get_ns();

	lockdep_assert_held(&mock_engine_lock);
	if (now > list->at)
		advance(list, now);
}

/* When something happens next, if nobody does anything; 0 for never. */
static u64 next_event(struct mock_runlist *list)
{
	struct mock_tsg *tsg = list->loaded;
	u64 end, leave;

	if (list->switching)
		return list->switched;
	if (!tsg || !tsg->running)
		return 0;
	end = list->at + max_t(u64, tsg->running->left, GRAIN_NS);
	leave = wfi ? U64_MAX : leave_at(list);
	/* A job may be longer than time lasts. */
	return min3(end < list->at ? U64_MAX : end, leave, (u64)S64_MAX);
}

/* Go on after a change: what is new may begin, and the timer is set. */
void mock_runlist_kick(struct mock_runlist *list)
{
	u64 next;

	lockdep_assert_held(&mock_engine_lock);
	advance(list, list->at);
	next = next_event(list);
	if (next)
		hrtimer_start(&list->timer, ns_to_ktime(next),
			      HRTIMER_MODE_ABS);
	else
		hrtimer_try_to_cancel(&list->timer);
}

static enum hrtimer_restart runlist_tick(struct hrtimer *timer)
{
	struct mock_runlist *list = container_of(timer, struct mock_runlist,
						 timer);
	unsigned long flags;

	spin_lock_irqsave(&mock_engine_lock, flags);
	mock_runlist_advance(list);
	mock_runlist_kick(list);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return HRTIMER_NORESTART;
}

/* Take the group off the engine, if it is there; kick afterwards. */
void mock_runlist_preempt(struct mock_tsg *tsg)
{
	struct mock_runlist *list = tsg->runlist;

	lockdep_assert_held(&mock_engine_lock);
	if (list->loaded == tsg && !list->switching)
		list->preempt = true;
}

/* A channel goes for good, and with it the job that it may be in. */
void mock_runlist_drop(struct mock_channel *channel)
{
	struct mock_tsg *tsg = channel->tsg;
	struct mock_runlist *list = tsg->runlist;

	lockdep_assert_held(&mock_engine_lock);
	mock_runlist_advance(list);
	if (tsg->running == channel) {
		if (list->loaded == tsg && !list->switching)
			save_context(list);
		tsg->running = NULL;
	}
	list_del(&channel->node);
	mock_runlist_kick(list);
}

/* A group without channels goes. */
void mock_runlist_leave(struct mock_tsg *tsg)
{
	struct mock_runlist *list = tsg->runlist;

	lockdep_assert_held(&mock_engine_lock);
	mock_runlist_advance(list);
	if (list->loaded == tsg)
		unload(list);
	list_del(&tsg->node);
	mock_runlist_kick(list);
}

/* Its GPU goes to sleep or is awake again. After mock_runlist_advance(). */
void mock_runlist_sleep(struct mock_runlist *list)
{
	lockdep_assert_held(&mock_engine_lock);
	if (list->gpu->asleep && list->loaded && !list->switching)
		unload(list);
	mock_runlist_kick(list);
}

/* hrtimer_setup() is of 6.13, and hrtimer_init() is gone from 6.15 on. */
void mock_timer_init(struct hrtimer *timer,
		     enum hrtimer_restart (*run)(struct hrtimer *timer))
{
#ifdef HRTIMER_SETUP
	hrtimer_setup(timer, run, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	timer->function = run;
#endif
}

void mock_runlist_debugfs(struct dentry *dir)
{
	debugfs_create_u64("preempt_ns", 0644, dir, &preempt_ns);
	debugfs_create_bool("wfi", 0644, dir, &wfi);
}

void mock_runlist_init(void)
{
	struct mock_runlist *list;
	u32 i;

	for (i = 0; i < MOCK_GPUS * RUNLISTS; i++) {
		list = &mock_runlists[i / RUNLISTS][i % RUNLISTS];
		list->gpu = &mock_gpus[i / RUNLISTS];
		list->nr = i % RUNLISTS;
		INIT_LIST_HEAD(&list->tsgs);
		INIT_LIST_HEAD(&list->usages);
		init_waitqueue_head(&list->wait);
		ida_init(&list->tsg_ids);
		ida_init(&list->channel_ids);
		mock_timer_init(&list->timer, runlist_tick);
	}
}

void mock_runlist_exit(void)
{
	struct mock_usage *usage, *next;
	struct mock_runlist *list;
	u32 i;

	for (i = 0; i < MOCK_GPUS * RUNLISTS; i++) {
		list = &mock_runlists[i / RUNLISTS][i % RUNLISTS];
		hrtimer_cancel(&list->timer);
		list_for_each_entry_safe(usage, next, &list->usages, node)
			kfree(usage);
		ida_destroy(&list->tsg_ids);
		ida_destroy(&list->channel_ids);
	}
}
