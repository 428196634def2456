// SPDX-License-Identifier: GPL-2.0
/*
 * GPUs that sleep, with the machine (nv_pmops_suspend(), nv.c) or because
 * "suspend" was written into /proc/driver/nvidia/suspend, and "resume" was not
 * yet (nv_set_system_power_state()). What runs is taken off the engine and goes on
 * afterwards, and what was disabled stays so. Meanwhile RM refuses controls with
 * NV_ERR_GPU_NOT_FULL_POWER (API_GPU_FULL_POWER_SANITY_CHECK in rmcontrol_
 * Prologue, control.c), programs' calls wait, as for nv_system_pm_lock, and
 * their doorbells are not mapped (nv_revoke_gpu_mappings()).
 *
 * The machine goes to sleep once programs stand still, so that none of them waits
 * then.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/pm.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "client.h"
#include "engine.h"
#include "file.h"
#include "nodes.h"
#include "sleep.h"

static bool locked;		/* as if nv_system_pm_lock were held */
static DECLARE_WAIT_QUEUE_HEAD(awake);
static u32 slept;		/* mock_rm_lock */

static void set_asleep(struct mock_gpu *gpu, bool asleep)
{
	unsigned long flags;
	u32 nr;

	mutex_lock(&mock_rm_lock);
	slept += asleep;
	spin_lock_irqsave(&mock_engine_lock, flags);
	for (nr = 0; nr < RUNLISTS; nr++)
		mock_runlist_advance(&mock_runlists[gpu->nr][nr]);
	WRITE_ONCE(gpu->asleep, asleep);
	for (nr = 0; nr < RUNLISTS; nr++)
		mock_runlist_sleep(&mock_runlists[gpu->nr][nr]);
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	mutex_unlock(&mock_rm_lock);
	if (asleep)
		mock_doorbell_revoke();
}

static struct mock_gpu *node_gpu(struct device *dev)
{
	u32 minor = MINOR(dev->devt);

	if (MAJOR(dev->devt) != NV_MAJOR || minor >= mock_gpu_count)
		return NULL;
	return &mock_gpus[minor];
}

static int node_suspend(struct device *dev)
{
	struct mock_gpu *gpu = node_gpu(dev);

	if (gpu)
		set_asleep(gpu, true);
	return 0;
}

/* Who was put to sleep by the file wakes by it. */
static int node_resume(struct device *dev)
{
	struct mock_gpu *gpu = node_gpu(dev);

	if (gpu && !READ_ONCE(locked))
		set_asleep(gpu, false);
	return 0;
}

const struct dev_pm_ops mock_node_pm = {
	SYSTEM_SLEEP_PM_OPS(node_suspend, node_resume)
};

/* A program's call: nv_down_read_interruptible(). */
int mock_sleep_wait(void)
{
	return wait_event_interruptible(awake, !READ_ONCE(locked));
}

bool mock_sleeping(void)
{
	return READ_ONCE(locked);
}

static void set_locked(bool lock)
{
	u32 nr;

	if (lock)
		WRITE_ONCE(locked, true);
	for (nr = 0; nr < mock_gpu_count; nr++)
		set_asleep(&mock_gpus[nr], lock);
	if (!lock)
		WRITE_ONCE(locked, false);
	wake_up_all(&awake);
}

/* nv_procfs_write_suspend() */
ssize_t mock_sleep_write(struct file *file, const char __user *from,
			 size_t size, loff_t *offset)
{
	char text[16] = "";

	if (size >= sizeof(text) || copy_from_user(text, from, size))
		return -EFAULT;
	if (strncmp(text, "suspend", 7) && strncmp(text, "resume", 6))
		return -EINVAL;
	set_locked(text[0] == 's');
	return size;
}

void mock_sleep_debugfs(struct dentry *dir)
{
	debugfs_create_u32("slept", 0444, dir, &slept);
}
