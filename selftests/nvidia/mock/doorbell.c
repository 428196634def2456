// SPDX-License-Identifier: GPL-2.0
/*
 * Doorbells: the USERMODE classes (usermode_api.c), a page of registers that a
 * client maps and where it stores a channel's token to say that there is work
 * (NVC361_NOTIFY_CHANNEL_PENDING, clc361.h). Here they are ordinary pages, one
 * object's apart from the other's, where nothing notices a store. So:
 *
 * While nobody rings the pages are not mapped, and the first touch faults. From
 * then on the words are looked at, soon and then every poll_ns. After linger_ns
 * without a ring all mappings are taken away, the words are looked at once more,
 * and no timer runs any longer.
 *
 * Of several stores between two looks the last is seen, so a ring is taken as
 * one for every channel of the client whose page it is.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "client.h"
#include "engine.h"
#include "file.h"

#define USERMODE_SIZE	SZ_64K		/* NVC361_NV_USERMODE__SIZE */
#define NOTIFY_PENDING	0x90		/* NVC361_NOTIFY_CHANNEL_PENDING */
#define NOBODY		(~0U)		/* no token: it has bits 22:0 */

#define SOON_NS		5000

/**
 * struct mock_doorbell - the page of an object
 * @node: in doorbells
 * @gpu: of which GPU
 * @client: whose, a handle
 * @word: where tokens are stored, in memory that the object holds
 */
struct mock_doorbell {
	struct list_head node;
	struct mock_gpu *gpu;
	u32 client;
	u32 *word;
};

/* All under mock_engine_lock. */
static LIST_HEAD(doorbells);
static struct hrtimer poll_timer;
static bool polling;
static u64 touches;
static u64 last_ring;
static u64 rings;

static u64 poll_ns = 100000;
static u64 linger_ns = NSEC_PER_MSEC;
static u64 fault_ms;

/* Files that map doorbells. Inside mmap_lock, outside i_mmap_rwsem. */
static LIST_HEAD(files);
static DEFINE_MUTEX(files_lock);

static void silence(struct work_struct *work);
static DECLARE_WORK(silence_work, silence);

u32 mock_doorbell_construct(struct mock_object *object)
{
	struct mock_doorbell *bell;
	unsigned long flags;
	struct page *page;

	if (mock_phys_new(NULL, NULL, USERMODE_SIZE, &object->holder,
			  object->client))
		return NV_ERR_NO_MEMORY;
	object->holder.phys->doorbell = true;
	page = mock_phys_page(object->holder.phys, 0);
	bell = page ? kzalloc(sizeof(*bell), GFP_KERNEL) : NULL;
	if (!bell)
		return NV_ERR_NO_MEMORY;
	bell->gpu = object->gpu;
	bell->client = object->client->root.handle;
	bell->word = page_address(page) + NOTIFY_PENDING;
	*bell->word = NOBODY;
	object->doorbell = bell;
	spin_lock_irqsave(&mock_engine_lock, flags);
	list_add(&bell->node, &doorbells);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return NV_OK;
}

void mock_doorbell_destroy(struct mock_object *object)
{
	unsigned long flags;

	if (!object->doorbell)
		return;
	spin_lock_irqsave(&mock_engine_lock, flags);
	list_del(&object->doorbell->node);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	kfree(object->doorbell);
	object->doorbell = NULL;
}

static void ring_runlist(struct mock_runlist *list, u32 client)
{
	struct mock_channel *channel;
	struct mock_tsg *tsg;

	mock_runlist_advance(list);
	list_for_each_entry(tsg, &list->tsgs, node) {
		list_for_each_entry(channel, &tsg->channels, node)
			channel->pending |= channel->client == client;
	}
	mock_runlist_kick(list);
}

static bool token_valid(struct mock_gpu *gpu, u32 client, u32 token)
{
	struct mock_channel *channel;
	struct mock_tsg *tsg;
	u32 nr;

	for (nr = 0; nr < RUNLISTS; nr++) {
		list_for_each_entry(tsg, &mock_runlists[gpu->nr][nr].tsgs, node)
			list_for_each_entry(channel, &tsg->channels, node)
				if (channel->client == client &&
				    mock_channel_token(channel) == token)
					return true;
	}
	return false;
}

/* See who has rung. */
static void look(void)
{
	struct mock_doorbell *bell;
	u32 token, nr;

	lockdep_assert_held(&mock_engine_lock);
	list_for_each_entry(bell, &doorbells, node) {
		if (READ_ONCE(*bell->word) == NOBODY)
			continue;
		token = xchg(bell->word, NOBODY);
		last_ring = ktime_get_ns();
		rings++;
		if (!token_valid(bell->gpu, bell->client, token))
			continue;
		for (nr = 0; nr < RUNLISTS; nr++)
			ring_runlist(&mock_runlists[bell->gpu->nr][nr],
				     bell->client);
	}
}

static enum hrtimer_restart poll(struct hrtimer *timer)
{
	unsigned long flags;
	u64 now;

	spin_lock_irqsave(&mock_engine_lock, flags);
	if (polling) {
		look();
		now = ktime_get_ns();
		if (now - last_ring >= linger_ns)
			schedule_work(&silence_work);
		hrtimer_start(timer, ns_to_ktime(now + poll_ns),
			      HRTIMER_MODE_ABS);
	}
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return HRTIMER_NORESTART;
}

/* A page of doorbells was mapped or written to: it may ring at any time now. */
void mock_doorbell_touch(void)
{
	unsigned long flags;

	spin_lock_irqsave(&mock_engine_lock, flags);
	touches++;
	last_ring = ktime_get_ns();
	polling = true;
	hrtimer_start(&poll_timer, ns_to_ktime(last_ring + SOON_NS),
		      HRTIMER_MODE_ABS);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
}

/* The next fault takes a while. */
void mock_doorbell_dawdle(void)
{
	u64 ms = xchg(&fault_ms, 0);

	if (ms)
		msleep(ms);
}

static u64 touched(void)
{
	unsigned long flags;
	u64 value;

	spin_lock_irqsave(&mock_engine_lock, flags);
	value = touches;
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return value;
}

/* All mappings go, and whoever touches one faults. */
void mock_doorbell_revoke(void)
{
	struct nv_linux_file *file;

	mutex_lock(&files_lock);
	list_for_each_entry(file, &files, doorbell)
		unmap_mapping_range(&file->mapping, 0, 0, 1);
	mutex_unlock(&files_lock);
}

/*
 * Nobody has rung for a while. Whoever faulted while the mappings were taken
 * away may ring; for the others there is one last look.
 */
static void silence(struct work_struct *work)
{
	u64 before = touched();
	unsigned long flags;

	mock_doorbell_revoke();
	spin_lock_irqsave(&mock_engine_lock, flags);
	look();
	if (touches == before) {
		polling = false;
		hrtimer_try_to_cancel(&poll_timer);
	}
	spin_unlock_irqrestore(&mock_engine_lock, flags);
}

/* The file maps doorbells from now on. */
void mock_doorbell_mapped(struct nv_linux_file *file)
{
	mutex_lock(&files_lock);
	if (list_empty(&file->doorbell))
		list_add(&file->doorbell, &files);
	mutex_unlock(&files_lock);
}

/* The file goes, and its mappings have gone before. */
void mock_doorbell_unmapped(struct nv_linux_file *file)
{
	mutex_lock(&files_lock);
	list_del_init(&file->doorbell);
	mutex_unlock(&files_lock);
}

/*
 *	rings		stores that were seen
 *	polling		1 as long as somebody looks
 *	poll_ns		how often
 *	linger_ns	and for how long after the last ring; the driver never takes
 *			a mapping away by itself
 *	fault_ms	the next fault takes that long, once
 */
void mock_doorbell_debugfs(struct dentry *dir)
{
	debugfs_create_u64("rings", 0444, dir, &rings);
	debugfs_create_bool("polling", 0444, dir, &polling);
	debugfs_create_u64("poll_ns", 0644, dir, &poll_ns);
	debugfs_create_u64("linger_ns", 0644, dir, &linger_ns);
	debugfs_create_u64("fault_ms", 0644, dir, &fault_ms);
}

void mock_doorbell_init(void)
{
	mock_timer_init(&poll_timer, poll);
}

void mock_doorbell_exit(void)
{
	unsigned long flags;

	spin_lock_irqsave(&mock_engine_lock, flags);
	polling = false;
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	hrtimer_cancel(&poll_timer);
	cancel_work_sync(&silence_work);
}
