// SPDX-License-Identifier: GPL-2.0
/*
 * A mock DRM driver that calls itself panfrost: a queue and an engine
 *
 * The engine works on one job after the other, in the order in which they were
 * submitted, and each takes as long as its submitter said: what is the address
 * of a job chain in DRM_IOCTL_PANFROST_SUBMIT is a length in nanoseconds here.
 * It sleeps on a timer meanwhile, and keeps its own account of who kept it
 * busy for how long. DRM_IOCTL_PANFROST_WAIT_BO waits until no more jobs of
 * the file are unfinished than the handle says.
 *
 * A job has the two fences of the DRM scheduler, born inside the ioctl as by
 * drm_sched_job_arm(), one behind the other in memory as in struct
 * drm_sched_fence; the first is signalled as the engine takes the job, as by
 * drm_sched_fence_scheduled(), the second as the job ends. It knows nothing of
 * what is tested with it.
 *
 * In /sys/kernel/debug/vgpu_mock_queue/:
 *   busy    a line for each cgroup: cgroup_id nanoseconds jobs
 *   queued  jobs that have not ended
 *   fail    errno with which a submission fails once its fences are made
 */
#include <linux/cgroup.h>
#include <linux/debugfs.h>
#include <linux/dma-fence.h>
#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/panfrost_drm.h>

#define LENGTH_MAX	(60 * NSEC_PER_SEC)
#define TENANTS		64

/**
 * struct mock_file - an open file
 * @ref: one for the file, one for each unfinished job
 * @unfinished: jobs
 */
struct mock_file {
	struct kref ref;
	atomic_t unfinished;
};

/**
 * struct mock_job - as struct drm_sched_fence begins
 * @scheduled: owned by @finished
 * @finished: one reference is the engine's
 * @lock: of both
 * @list: in @queue
 * @file: owned
 * @length: nanoseconds
 * @cgroup: id of the submitter's
 * @started: when the engine took it
 */
struct mock_job {
	struct dma_fence scheduled;
	struct dma_fence finished;
	spinlock_t lock;	/* of both fences */
	struct list_head list;
	struct mock_file *file;
	u64 length;
	u64 cgroup;
	u64 started;
};

static struct tenant {
	u64 cgroup, busy, jobs;
} tenants[TENANTS];

static LIST_HEAD(queue);
static struct mock_job *running;
static u32 queued;
static DEFINE_SPINLOCK(engine_lock);	/* protects all of the above */
static DECLARE_WAIT_QUEUE_HEAD(engine_wait);
static struct hrtimer engine_timer;
static u64 context;
static u64 seqno;
static u32 fail;

static struct platform_device *pdev;
static struct drm_device *drm;
static struct dentry *dir;

static void file_free(struct kref *ref)
{
	kfree(container_of(ref, struct mock_file, ref));
}

static const char *fence_name(struct dma_fence *fence)
{
	return "mock";
}

static const struct dma_fence_ops scheduled_ops = {
	.get_driver_name = fence_name,
	.get_timeline_name = fence_name,
};

/* As drm_sched_fence_release_finished(). */
static void finished_release(struct dma_fence *fence)
{
	dma_fence_put(&container_of(fence, struct mock_job,
				    finished)->scheduled);
}

static const struct dma_fence_ops finished_ops = {
	.get_driver_name = fence_name,
	.get_timeline_name = fence_name,
	.release = finished_release,
};

static void account(const struct mock_job *job)
{
	u64 busy = ktime_get_ns() - job->started;
	struct tenant *tenant;

	lockdep_assert_held(&engine_lock);

	for (tenant = tenants; tenant < tenants + TENANTS; tenant++) {
		if (tenant->cgroup && tenant->cgroup != job->cgroup)
			continue;
		tenant->cgroup = job->cgroup;
		tenant->busy += busy;
		tenant->jobs++;
		return;
	}
	WARN_ON_ONCE(1);
}

/* Out of the queue, if there is one, to be told so without the lock. */
static struct mock_job *engine_take(void)
{
	lockdep_assert_held(&engine_lock);

	running = list_first_entry_or_null(&queue, struct mock_job, list);
	if (running) {
		list_del_init(&running->list);
		running->started = ktime_get_ns();
	}
	return running;
}

static void job_done(struct mock_job *job)
{
	struct mock_file *file = job->file;

	dma_fence_signal(&job->finished);
	dma_fence_put(&job->finished);
	atomic_dec(&file->unfinished);
	kref_put(&file->ref, file_free);
	wake_up_all(&engine_wait);
}

static enum hrtimer_restart engine_tick(struct hrtimer *timer)
{
	struct mock_job *done, *next;
	unsigned long flags;
	u64 length = 0;

	spin_lock_irqsave(&engine_lock, flags);
	done = running;
	account(done);
	queued--;
	next = engine_take();
	if (next) {
		length = next->length;
		dma_fence_get(&next->scheduled);
	}
	spin_unlock_irqrestore(&engine_lock, flags);
	job_done(done);
	if (!next)
		return HRTIMER_NORESTART;
	dma_fence_signal(&next->scheduled);
	dma_fence_put(&next->scheduled);
	hrtimer_forward_now(timer, ns_to_ktime(length));
	return HRTIMER_RESTART;
}

static void engine_queue(struct mock_job *job)
{
	struct mock_job *first = NULL;
	unsigned long flags;

	dma_fence_get(&job->scheduled);
	spin_lock_irqsave(&engine_lock, flags);
	list_add_tail(&job->list, &queue);
	queued++;
	if (!running)
		first = engine_take();
	spin_unlock_irqrestore(&engine_lock, flags);
	if (first) {
		dma_fence_signal(&job->scheduled);
		hrtimer_start(&engine_timer, ns_to_ktime(job->length),
			      HRTIMER_MODE_REL);
	}
	dma_fence_put(&job->scheduled);
}

static struct mock_job *job_make(struct mock_file *file, u64 length)
{
	struct mock_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	INIT_LIST_HEAD(&job->list);
	spin_lock_init(&job->lock);
	job->file = file;
	job->length = length;
	rcu_read_lock();
	job->cgroup = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
	seqno++;
	dma_fence_init(&job->scheduled, &scheduled_ops, &job->lock, context,
		       seqno);
	dma_fence_init(&job->finished, &finished_ops, &job->lock, context + 1,
		       seqno);
	return job;
}

static DEFINE_MUTEX(submit_lock);	/* protects the order of seqnos */

static int submit(struct drm_device *dev, void *data, struct drm_file *priv)
{
	const struct drm_panfrost_submit *args = data;
	struct mock_file *file = priv->driver_priv;
	int ret = -(int)READ_ONCE(fail);
	struct mock_job *job;

	if (!args->jc || args->jc > LENGTH_MAX || args->requirements & ~1)
		return -EINVAL;
	mutex_lock(&submit_lock);
	job = job_make(file, args->jc);
	if (!job) {
		ret = -ENOMEM;
	} else if (ret) {
		/* As drm_sched_job_cleanup() of an armed job. */
		dma_fence_put(&job->finished);
	} else {
		kref_get(&file->ref);
		atomic_inc(&file->unfinished);
		engine_queue(job);
	}
	mutex_unlock(&submit_lock);
	return ret;
}

static int wait_bo(struct drm_device *dev, void *data, struct drm_file *priv)
{
	const struct drm_panfrost_wait_bo *args = data;
	struct mock_file *file = priv->driver_priv;

	return wait_event_interruptible(engine_wait,
					atomic_read(&file->unfinished) <=
						(int)args->handle);
}

static const struct drm_ioctl_desc ioctls[] = {
	DRM_IOCTL_DEF_DRV(PANFROST_SUBMIT, submit, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(PANFROST_WAIT_BO, wait_bo, DRM_RENDER_ALLOW),
};

static int file_open(struct drm_device *dev, struct drm_file *priv)
{
	struct mock_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return -ENOMEM;
	kref_init(&file->ref);
	priv->driver_priv = file;
	return 0;
}

static void file_postclose(struct drm_device *dev, struct drm_file *priv)
{
	struct mock_file *file = priv->driver_priv;

	kref_put(&file->ref, file_free);
}

DEFINE_DRM_GEM_FOPS(fops);

static const struct drm_driver driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER,
	.name = "panfrost",
	.desc = "mock of panfrost",
#ifdef MOCK_DRIVER_DATE
	.date = "20260101",
#endif
	.open = file_open,
	.postclose = file_postclose,
	.ioctls = ioctls,
	.num_ioctls = ARRAY_SIZE(ioctls),
	.fops = &fops,
};

static int busy_show(struct seq_file *m, void *v)
{
	int i;

	for (i = 0; i < TENANTS && tenants[i].cgroup; i++) {
		spin_lock_irq(&engine_lock);
		seq_printf(m, "%llu %llu %llu\n", tenants[i].cgroup,
			   tenants[i].busy, tenants[i].jobs);
		spin_unlock_irq(&engine_lock);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(busy);

static void timer_make(void)
{
#ifdef MOCK_HRTIMER_SETUP
	hrtimer_setup(&engine_timer, engine_tick, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL);
#else
	hrtimer_init(&engine_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	engine_timer.function = engine_tick;
#endif
}

static int __init mock_init(void)
{
	int ret;

	context = dma_fence_context_alloc(2);
	timer_make();
	pdev = platform_device_register_simple(KBUILD_MODNAME,
					       PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	drm = drm_dev_alloc(&driver, &pdev->dev);
	if (IS_ERR(drm)) {
		ret = PTR_ERR(drm);
		goto err_device;
	}
	ret = drm_dev_register(drm, 0);
	if (ret)
		goto err_drm;
	dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("busy", 0400, dir, NULL, &busy_fops);
	debugfs_create_u32("queued", 0400, dir, &queued);
	debugfs_create_u32("fail", 0600, dir, &fail);
	return 0;

err_drm:
	drm_dev_put(drm);
err_device:
	platform_device_unregister(pdev);
	return ret;
}

/* No file is open, but jobs may be left: as the scheduler ends those. */
static void __exit mock_exit(void)
{
	struct mock_job *job, *next;

	debugfs_remove_recursive(dir);
	drm_dev_unregister(drm);
	hrtimer_cancel(&engine_timer);
	if (running)
		list_add(&running->list, &queue);
	list_for_each_entry_safe(job, next, &queue, list) {
		list_del(&job->list);
		dma_fence_set_error(&job->finished, -ECANCELED);
		job_done(job);
	}
	drm_dev_put(drm);
	platform_device_unregister(pdev);
	rcu_barrier();
}

module_init(mock_init);
module_exit(mock_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("A mock DRM driver that calls itself panfrost");
