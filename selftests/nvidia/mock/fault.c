// SPDX-License-Identifier: GPL-2.0
/*
 * What a driver may do and rarely does.
 *
 *	fail_after	N: N more pieces of video memory are allocated, the
 *			next fails once with NV_ERR_NO_MEMORY; 0 fails the
 *			next one; -1, the default, none
 *	extra		bytes that each piece of video memory has more than was
 *			asked for
 *	park		an escape, say 0x2b: its next call stops inside
 *			rm_ioctl before it reads what the caller points to,
 *			until 0 is written here or the caller is killed
 *	linger		an escape: one call of it stops when it is done, before
 *			the caller hears of that, until this is written again
 *			or the caller is killed
 *	parked		how many are stopped
 *	lost		GPUs that do not answer any more, as bits: what is asked
 *			of them fails, what is freed goes
 */
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "fault.h"

static atomic_t fail_after = ATOMIC_INIT(-1);
static u64 extra;
static u32 park;
static u32 linger;
static u32 lingers;	/* how often that was written */
static u32 lost;
static atomic_t parked = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(park_wait);

/* True for the one allocation that has to fail. */
bool mock_fault_alloc(void)
{
	int left = atomic_read(&fail_after);

	while (left >= 0) {
		int old = atomic_cmpxchg(&fail_after, left, left - 1);

		if (old == left)
			return !left;
		left = old;
	}
	return false;
}

/*
 * PDB_PROP_GPU_IS_LOST: API_GPU_ATTACHED_SANITY_CHECK(), gpu.h; rmcontrol_
 * Prologue, control.c. Not for nothing does a reset want that all have closed.
 */
bool mock_fault_lost(u32 nr)
{
	return READ_ONCE(lost) & BIT(nr);
}

u64 mock_fault_extra(void)
{
	return READ_ONCE(extra);
}

/* Stop here if this escape is to be parked. */
void mock_fault_park(u32 escape)
{
	if (!READ_ONCE(park) || READ_ONCE(park) != escape)
		return;
	atomic_inc(&parked);
	wait_event_killable(park_wait, READ_ONCE(park) != escape);
	atomic_dec(&parked);
}

/* The same when it is done. */
void mock_fault_linger(u32 escape)
{
	u32 was = READ_ONCE(lingers);

	if (!escape || cmpxchg(&linger, escape, 0) != escape)
		return;
	atomic_inc(&parked);
	wait_event_killable(park_wait, READ_ONCE(lingers) != was);
	atomic_dec(&parked);
}

static int linger_get(void *data, u64 *value)
{
	*value = linger;
	return 0;
}

static int linger_set(void *data, u64 value)
{
	WRITE_ONCE(lingers, lingers + 1);
	WRITE_ONCE(linger, value);
	wake_up_all(&park_wait);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(linger_fops, linger_get, linger_set, "0x%llx\n");

static int park_get(void *data, u64 *value)
{
	*value = park;
	return 0;
}

static int park_set(void *data, u64 value)
{
	WRITE_ONCE(park, value);
	wake_up_all(&park_wait);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(park_fops, park_get, park_set, "0x%llx\n");

static int fail_get(void *data, u64 *value)
{
	*value = atomic_read(&fail_after);
	return 0;
}

static int fail_set(void *data, u64 value)
{
	atomic_set(&fail_after, value);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE_SIGNED(fail_fops, fail_get, fail_set, "%lld\n");

void mock_fault_debugfs(struct dentry *dir)
{
	debugfs_create_file_unsafe("fail_after", 0644, dir, NULL, &fail_fops);
	debugfs_create_u64("extra", 0644, dir, &extra);
	debugfs_create_file_unsafe("park", 0644, dir, NULL, &park_fops);
	debugfs_create_file_unsafe("linger", 0644, dir, NULL, &linger_fops);
	debugfs_create_u32("lost", 0644, dir, &lost);
	debugfs_create_atomic_t("parked", 0444, dir, &parked);
}

/* Nobody may be left behind when the module goes. */
void mock_fault_release(void)
{
	park_set(NULL, 0);
	linger_set(NULL, 0);
}
