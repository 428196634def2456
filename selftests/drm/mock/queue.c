// SPDX-License-Identifier: GPL-2.0
/*
 * A mock DRM driver that calls itself panfrost: a queue and an engine
 *
 * The engine works on one job after the other, in the order in which they were
 * submitted, and each takes as long as its submitter said: what is the address
 * of a job chain in DRM_IOCTL_PANFROST_SUBMIT is a length in nanoseconds here.
 * It has a ring of two entries, as in panfrost_job_init(), and goes on to the
 * second of them by itself, however late its interrupt comes: a timer, on which
 * it sleeps meanwhile. So its account of who kept it busy is exact to the
 * nanosecond. DRM_IOCTL_PANFROST_WAIT_BO waits until no more jobs of the file
 * are unfinished than the handle says.
 *
 * With the requirement of a fragment job a submission is two jobs of that length,
 * as one to v3d may be a binner's and a renderer's. It may name buffers and a
 * sync object (buffers.c).
 *
 * A job has the two fences of the DRM scheduler, born inside the ioctl as by
 * drm_sched_job_arm(), one behind the other in memory as in struct
 * drm_sched_fence; the first is signalled as the job comes into the ring, as by
 * drm_sched_fence_scheduled(), the second as its end is seen. It knows nothing
 * of what is tested with it.
 *
 * In /sys/kernel/debug/vgpu_mock_queue/:
 *   busy    a line for each cgroup: cgroup_id nanoseconds jobs. All are of one
 *           moment, and include what was done of the job that runs. The first
 *           line is of no cgroup: 0, what time it was, and jobs of all
 *   ended   a line for each of the last jobs that ended, the oldest first:
 *           cgroup_id length begin end
 *   queued  jobs that have not ended
 *   slices  not 0: the engine takes next what is of the file that has had the
 *           least, a model of hardware that gives each an equal time slice
 *   hold    not 0: no job comes into the ring, as if each waited for a fence
 *           that it depends on
 *   fail    errno with which a submission fails once its fences are made
 *   reset   written: what is in the ring ends here and now, and its fences say
 *           that it timed out
 *   slept   how often it went to sleep with the machine, once its jobs were over
 *   reclaimed, skipped
 *           buffers that the shrinker waited for; whose reservation others had
 *   invalidated
 *           how often the MMU notifier waited
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/pm_domain.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_gem_shmem_helper.h>
#include <drm/drm_ioctl.h>
#include <drm/panfrost_drm.h>

#include "buffers.h"
#include "vgpu_mock_lib.h"

#define LENGTH_MAX	(60 * NSEC_PER_SEC)
#define RING		2
#define ENDED		4096	/* jobs that are remembered */
#define DRAIN_MS	10000	/* as long as hardware may take to be idle */

/**
 * struct queue_file - an open file
 * @base: what all mocks have
 * @jobs: in @queue
 * @link: in @files, while there are any
 * @had: time of its jobs; no less than that of others when it came back
 */
struct queue_file {
	struct mock_file base;
	struct list_head jobs;
	struct list_head link;
	u64 had;	/* protected by engine_lock, as both lists are */
};

/**
 * struct queue_job - a job in @queue or @ring
 * @base: what all mocks have; its @begin: when it came into the ring, and of the
 *	first there, when it began
 * @mine: in the file's, while in @queue
 */
struct queue_job {
	struct mock_job base;
	struct list_head mine;
};

static struct mock_tenant tenants[MOCK_TENANTS];

static struct ended {
	u64 cgroup, length, begin, end;
} ended[ENDED];

static u64 nr_ended;
static LIST_HEAD(queue);
static LIST_HEAD(ring);
static LIST_HEAD(files);
static u32 in_ring;
static u32 queued;
static u64 least_had;	/* of who was last taken */
static DEFINE_SPINLOCK(engine_lock);	/* protects all of the above */
static struct hrtimer engine_timer;
static struct mock_timeline timeline = { .driver = "mock", .name = "mock" };
static u32 fail;
static u32 slices;
static bool hold;	/* under engine_lock */
static bool asleep;	/* likewise */
static u32 slept;

static struct mock_device device;
static struct dentry *dir;

static struct queue_file *file_of(const struct queue_job *job)
{
	return container_of(job->base.file, struct queue_file, base);
}

static struct queue_job *first_of(struct list_head *list)
{
	return list_first_entry_or_null(list, struct queue_job, base.list);
}

static void account(struct mock_job *job)
{
	u64 end = job->begin + job->length;

	lockdep_assert_held(&engine_lock);

	job->tenant->busy += job->length;
	job->tenant->jobs++;
	ended[nr_ended++ % ENDED] = (struct ended) {
		job->tenant->cgroup, job->length, job->begin, end,
	};
}

static struct queue_job *queue_next(void)
{
	struct queue_file *file, *next = NULL;

	lockdep_assert_held(&engine_lock);

	if (hold)
		return NULL;
	if (!READ_ONCE(slices))
		return first_of(&queue);
	list_for_each_entry(file, &files, link) {
		file->had = max(file->had, least_had);
		if (!next || file->had < next->had)
			next = file;
	}
	if (!next)
		return NULL;
	least_had = next->had;
	return list_first_entry(&next->jobs, struct queue_job, mine);
}

static void ring_add(struct queue_job *job, u64 now)
{
	struct queue_file *file = file_of(job);

	lockdep_assert_held(&engine_lock);

	list_move_tail(&job->base.list, &ring);
	list_del_init(&job->mine);
	if (list_empty(&file->jobs))
		list_del_init(&file->link);
	file->had += job->base.length;
	job->base.begin = now;
	in_ring++;
	dma_fence_signal(&job->base.scheduled);
}

/*
 * Fill the ring, and have the timer look again when its first job ends. The
 * fence is signalled under the lock, or that of the end could come before it.
 */
static void engine_fill(u64 now)
{
	struct queue_job *next;
	struct mock_job *job;

	lockdep_assert_held(&engine_lock);

	while (in_ring < RING && (next = queue_next()))
		ring_add(next, now);
	job = mock_job_first(&ring);
	if (job)
		hrtimer_start(&engine_timer,
			      ns_to_ktime(job->begin + job->length),
			      HRTIMER_MODE_ABS);
}

static enum hrtimer_restart engine_tick(struct hrtimer *timer)
{
	struct mock_job *job;
	unsigned long flags;
	LIST_HEAD(done);
	u64 now, end;

	spin_lock_irqsave(&engine_lock, flags);
	now = ktime_get_ns();
	while ((job = mock_job_first(&ring)) &&
	       job->begin + job->length <= now) {
		end = job->begin + job->length;
		account(job);
		list_move_tail(&job->list, &done);
		in_ring--;
		queued--;
		job = mock_job_first(&ring);
		if (job)
			job->begin = max(job->begin, end);
	}
	engine_fill(now);
	spin_unlock_irqrestore(&engine_lock, flags);
	vgpu_mock_jobs_done(&done, 0);
	return HRTIMER_NORESTART;
}

static void engine_queue(struct queue_job *job, u64 cgroup)
{
	struct queue_file *file = file_of(job);
	unsigned long flags;

	spin_lock_irqsave(&engine_lock, flags);
	WARN_ON_ONCE(asleep);
	job->base.tenant = vgpu_mock_tenant(tenants, cgroup);
	list_add_tail(&job->base.list, &queue);
	if (list_empty(&file->jobs))
		list_add_tail(&file->link, &files);
	list_add_tail(&job->mine, &file->jobs);
	queued++;
	if (in_ring < RING)
		engine_fill(ktime_get_ns());
	spin_unlock_irqrestore(&engine_lock, flags);
}

static struct queue_job *job_make(struct mock_file *file, u64 length)
{
	struct queue_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	vgpu_mock_job_init(&job->base, file, &timeline, length);
	INIT_LIST_HEAD(&job->mine);
	return job;
}

static DEFINE_MUTEX(submit_lock);	/* protects the order of seqnos */

static int submit_one(struct mock_file *file, u64 length, struct mock_use *use)
{
	int ret = -(int)READ_ONCE(fail);
	struct queue_job *job = job_make(file, length);

	if (!job)
		return -ENOMEM;
	if (ret) {
		/* As drm_sched_job_cleanup() of an armed job. */
		dma_fence_put(&job->base.finished);
		return ret;
	}
	kref_get(&file->ref);
	atomic_inc(&file->unfinished);
	if (use)
		mock_use_publish(use, &job->base.finished);
	engine_queue(job, vgpu_mock_cgroup());
	return 0;
}

static int submit(struct drm_device *dev, void *data, struct drm_file *priv)
{
	const struct drm_panfrost_submit *args = data;
	struct mock_use use;
	int ret;

	if (!args->jc || args->jc > LENGTH_MAX || args->requirements & ~1)
		return -EINVAL;
	ret = mock_use_begin(&use, priv, args);
	if (ret)
		return ret;
	mutex_lock(&submit_lock);
	if (args->requirements)
		ret = submit_one(priv->driver_priv, args->jc, NULL);
	if (!ret)
		ret = submit_one(priv->driver_priv, args->jc, &use);
	mutex_unlock(&submit_lock);
	mock_use_end(&use);
	return ret;
}

static int wait_bo(struct drm_device *dev, void *data, struct drm_file *priv)
{
	const struct drm_panfrost_wait_bo *args = data;

	return vgpu_mock_file_wait(priv->driver_priv,
				   min_t(u32, args->handle, INT_MAX));
}

static const struct drm_ioctl_desc ioctls[] = {
	DRM_IOCTL_DEF_DRV(PANFROST_SUBMIT, submit, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(PANFROST_WAIT_BO, wait_bo, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(PANFROST_CREATE_BO, mock_buffer_create,
			  DRM_RENDER_ALLOW),
};

static int file_open(struct drm_device *dev, struct drm_file *priv)
{
	struct queue_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return -ENOMEM;
	vgpu_mock_file_init(&file->base);
	INIT_LIST_HEAD(&file->jobs);
	INIT_LIST_HEAD(&file->link);
	priv->driver_priv = &file->base;
	return 0;
}

DEFINE_DRM_GEM_FOPS(fops);

static const struct drm_driver driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER | DRIVER_SYNCOBJ,
	.name = "panfrost",
	.desc = "mock of panfrost",
#ifdef MOCK_DRIVER_DATE
	.date = "20260101",
#endif
	.open = file_open,
	.postclose = vgpu_mock_file_close,
	.ioctls = ioctls,
	.num_ioctls = ARRAY_SIZE(ioctls),
	.fops = &fops,
	.gem_create_object = mock_buffer_alloc,
	DRM_GEM_SHMEM_DRIVER_OPS,
};

static u64 done_of(const struct mock_job *job, u64 begin, u64 now)
{
	return now > begin ? min(now - begin, job->length) : 0;
}

static int busy_show(struct seq_file *m, void *v)
{
	struct mock_job *job, *behind = NULL;
	u64 busy, now, end = 0;
	int i;

	spin_lock_irq(&engine_lock);
	now = ktime_get_ns();
	/* Its interrupt may be late, and then another runs by now. */
	job = mock_job_first(&ring);
	if (job && in_ring > 1 && job->begin + job->length < now) {
		behind = list_last_entry(&ring, struct mock_job, list);
		end = job->begin + job->length;
	}
	seq_printf(m, "0 %llu %llu\n", now, nr_ended);
	for (i = 0; i < MOCK_TENANTS && tenants[i].cgroup; i++) {
		busy = tenants[i].busy;
		if (job && job->tenant == &tenants[i])
			busy += done_of(job, job->begin, now);
		if (behind && behind->tenant == &tenants[i])
			busy += done_of(behind, max(behind->begin, end), now);
		seq_printf(m, "%llu %llu %llu\n", tenants[i].cgroup, busy,
			   tenants[i].jobs);
	}
	spin_unlock_irq(&engine_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(busy);

static int ended_show(struct seq_file *m, void *v)
{
	struct ended *e;
	u64 i;

	spin_lock_irq(&engine_lock);
	for (i = nr_ended > ENDED ? nr_ended - ENDED : 0; i < nr_ended; i++) {
		e = &ended[i % ENDED];
		seq_printf(m, "%llu %llu %llu %llu\n", e->cgroup, e->length,
			   e->begin, e->end);
	}
	spin_unlock_irq(&engine_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ended);

static int hold_set(void *data, u64 val)
{
	spin_lock_irq(&engine_lock);
	hold = val;
	engine_fill(ktime_get_ns());
	spin_unlock_irq(&engine_lock);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(hold_fops, NULL, hold_set, "%llu\n");

/* As drm_sched's time-out: what hangs is ended, and the next has its turn. */
static int reset_set(void *data, u64 val)
{
	struct mock_job *job;
	LIST_HEAD(done);
	u64 now;

	spin_lock_irq(&engine_lock);
	now = ktime_get_ns();
	list_splice_init(&ring, &done);
	queued -= in_ring;
	in_ring = 0;
	list_for_each_entry(job, &done, list) {
		job->length = done_of(job, job->begin, now);
		account(job);
		/* It alone ran. */
		now = min(now, job->begin);
	}
	engine_fill(ktime_get_ns());
	spin_unlock_irq(&engine_lock);
	vgpu_mock_jobs_done(&done, -ETIMEDOUT);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(reset_fops, NULL, reset_set, "%llu\n");

/* What was begun ends first, as amdgpu_fence_driver_hw_fini() has it. */
static int engine_suspend(struct device *dev)
{
	int ms;

	for (ms = 0; READ_ONCE(queued) && ms < DRAIN_MS; ms++)
		usleep_range(1000, 2000);
	spin_lock_irq(&engine_lock);
	asleep = !queued;
	slept += asleep;
	spin_unlock_irq(&engine_lock);
	return asleep ? 0 : -EBUSY;
}

static int engine_resume(struct device *dev)
{
	spin_lock_irq(&engine_lock);
	asleep = false;
	spin_unlock_irq(&engine_lock);
	return 0;
}

static struct dev_pm_domain domain = {
	.ops = { SYSTEM_SLEEP_PM_OPS(engine_suspend, engine_resume) },
};

static int __init mock_init(void)
{
	int ret;

	timeline.context = dma_fence_context_alloc(2);
	vgpu_mock_timer_init(&engine_timer, engine_tick);
	ret = mock_buffers_init();
	if (ret)
		return ret;
	ret = vgpu_mock_device_create(&device, &driver, KBUILD_MODNAME, NULL);
	if (ret) {
		mock_buffers_exit();
		return ret;
	}
	dev_pm_domain_set(&device.pdev->dev, &domain);
	dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("busy", 0400, dir, NULL, &busy_fops);
	debugfs_create_file("ended", 0400, dir, NULL, &ended_fops);
	debugfs_create_u32("queued", 0400, dir, &queued);
	debugfs_create_u32("slices", 0600, dir, &slices);
	debugfs_create_file_unsafe("hold", 0200, dir, NULL, &hold_fops);
	debugfs_create_u32("fail", 0600, dir, &fail);
	debugfs_create_file_unsafe("reset", 0200, dir, NULL, &reset_fops);
	debugfs_create_u32("slept", 0400, dir, &slept);
	mock_buffers_debugfs(dir);
	return 0;
}

/* No file is open, but jobs may be left: as the scheduler ends those. */
static void __exit mock_exit(void)
{
	debugfs_remove_recursive(dir);
	drm_dev_unregister(device.drm);
	hrtimer_cancel(&engine_timer);
	list_splice(&ring, &queue);
	vgpu_mock_jobs_done(&queue, -ECANCELED);
	mock_buffers_exit();
	vgpu_mock_device_destroy(&device);
	rcu_barrier();
}

module_init(mock_init);
module_exit(mock_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("A mock DRM driver that calls itself panfrost");
