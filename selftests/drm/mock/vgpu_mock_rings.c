// SPDX-License-Identifier: GPL-2.0
/*
 * A mock DRM driver that calls itself amdgpu: three rings that run side by side
 *
 * DRM_IOCTL_AMDGPU_CS reads its chunks from the caller's memory, as
 * amdgpu_cs_ioctl() does, and each IB among them becomes a job of the ring that
 * its ip_type names, up to the four of a gang. A job takes as many nanoseconds
 * as its IB has bytes. DRM_IOCTL_AMDGPU_WAIT_CS waits until no more jobs of the
 * file are unfinished than the handle says.
 *
 * Each ring works on one job after the other and goes on to the next by itself,
 * however late its interrupt comes, so its account is exact to the nanosecond.
 * A job has the two fences of the DRM scheduler, as in vgpu_mock_queue.c, and
 * for their timeline the ring's name. It knows nothing of what is tested with it.
 *
 * In /sys/kernel/debug/vgpu_mock_rings/ a file for each ring, with a line for
 * each cgroup: cgroup_id nanoseconds jobs. All are of one moment, and include what
 * was done of the job that runs. The first line is of no cgroup: 0, what time it
 * was, and jobs of all.
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
#include <linux/uaccess.h>
#include <linux/wait.h>

#include <drm/amdgpu_drm.h>
#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>

#define TENANTS	256
#define GANG	4
#define CHUNKS	64

/**
 * struct mock_file - an open file
 * @ref: one for the file, one for each unfinished job
 * @unfinished: jobs
 * @wait: for an end
 */
struct mock_file {
	struct kref ref;
	atomic_t unfinished;
	wait_queue_head_t wait;
};

struct tenant {
	u64 cgroup, busy, jobs;
};

/**
 * struct ring - one engine
 * @name: as amdgpu calls it
 * @ip: what IBs call it
 * @lock: protects the rest
 * @jobs: the first of them runs
 * @timer: its end
 * @context: of its fences
 * @seqno: of the last
 * @ended: jobs
 * @tenants: who had how much
 */
struct ring {
	const char *name;
	u32 ip;
	spinlock_t lock;	/* protects what is below */
	struct list_head jobs;
	struct hrtimer timer;
	u64 context;
	u64 seqno;
	u64 ended;
	struct tenant tenants[TENANTS];
};

static struct ring rings[] = {
	{ .name = "gfx_0.0.0", .ip = AMDGPU_HW_IP_GFX },
	{ .name = "sdma0", .ip = AMDGPU_HW_IP_DMA },
	{ .name = "vcn_dec_0", .ip = AMDGPU_HW_IP_VCN_DEC },
};

/**
 * struct mock_job - as struct drm_sched_fence begins
 * @scheduled: owned by @finished
 * @finished: one reference is the ring's
 * @lock: of both
 * @ring: for which
 * @list: in its list
 * @file: owned
 * @tenant: the submitter's cgroup
 * @length: nanoseconds
 * @begin: of the first of its ring
 */
struct mock_job {
	struct dma_fence scheduled;
	struct dma_fence finished;
	spinlock_t lock;	/* of both fences */
	struct ring *ring;
	struct list_head list;
	struct mock_file *file;
	struct tenant *tenant;
	u64 length;
	u64 begin;
};

static struct platform_device *pdev;
static struct drm_device *drm;
static struct dentry *dir;

static const char *driver_name(struct dma_fence *fence)
{
	return "drm_sched";
}

static const char *scheduled_timeline(struct dma_fence *fence)
{
	return container_of(fence, struct mock_job, scheduled)->ring->name;
}

static const char *finished_timeline(struct dma_fence *fence)
{
	return container_of(fence, struct mock_job, finished)->ring->name;
}

static const struct dma_fence_ops scheduled_ops = {
	.get_driver_name = driver_name,
	.get_timeline_name = scheduled_timeline,
};

static void finished_release(struct dma_fence *fence)
{
	dma_fence_put(&container_of(fence, struct mock_job,
				    finished)->scheduled);
}

static const struct dma_fence_ops finished_ops = {
	.get_driver_name = driver_name,
	.get_timeline_name = finished_timeline,
	.release = finished_release,
};

static void file_free(struct kref *ref)
{
	kfree(container_of(ref, struct mock_file, ref));
}

static struct mock_job *first_of(struct list_head *list)
{
	return list_first_entry_or_null(list, struct mock_job, list);
}

static struct tenant *tenant_find(struct ring *ring, u64 cgroup)
{
	struct tenant *tenant;

	lockdep_assert_held(&ring->lock);

	for (tenant = ring->tenants; tenant < ring->tenants + TENANTS;
	     tenant++) {
		if (!tenant->cgroup)
			tenant->cgroup = cgroup;
		if (tenant->cgroup == cgroup)
			return tenant;
	}
	WARN_ON_ONCE(1);
	return ring->tenants;
}

/* What is first runs, and what is second is on the ring already. */
static void ring_go(struct ring *ring)
{
	struct mock_job *job = first_of(&ring->jobs);

	lockdep_assert_held(&ring->lock);

	if (!job)
		return;
	dma_fence_signal(&job->scheduled);
	hrtimer_start(&ring->timer, ns_to_ktime(job->begin + job->length),
		      HRTIMER_MODE_ABS);
	if (!list_is_last(&job->list, &ring->jobs))
		dma_fence_signal(&list_next_entry(job, list)->scheduled);
}

static void jobs_done(struct list_head *jobs, int error)
{
	struct mock_job *job, *next;
	struct mock_file *file;

	list_for_each_entry_safe(job, next, jobs, list) {
		list_del(&job->list);
		file = job->file;
		if (error)
			dma_fence_set_error(&job->finished, error);
		dma_fence_signal(&job->finished);
		dma_fence_put(&job->finished);
		atomic_dec(&file->unfinished);
		wake_up_all(&file->wait);
		kref_put(&file->ref, file_free);
	}
}

static enum hrtimer_restart ring_tick(struct hrtimer *timer)
{
	struct ring *ring = container_of(timer, struct ring, timer);
	struct mock_job *job;
	unsigned long flags;
	LIST_HEAD(done);
	u64 now, end;

	spin_lock_irqsave(&ring->lock, flags);
	now = ktime_get_ns();
	while ((job = first_of(&ring->jobs)) &&
	       job->begin + job->length <= now) {
		end = job->begin + job->length;
		job->tenant->busy += job->length;
		job->tenant->jobs++;
		ring->ended++;
		list_move_tail(&job->list, &done);
		job = first_of(&ring->jobs);
		if (job)
			job->begin = max(job->begin, end);
	}
	ring_go(ring);
	spin_unlock_irqrestore(&ring->lock, flags);
	jobs_done(&done, 0);
	return HRTIMER_NORESTART;
}

static void ring_queue(struct mock_job *job, u64 cgroup)
{
	struct ring *ring = job->ring;
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	job->tenant = tenant_find(ring, cgroup);
	job->begin = ktime_get_ns();
	list_add_tail(&job->list, &ring->jobs);
	ring_go(ring);
	spin_unlock_irqrestore(&ring->lock, flags);
}

static struct mock_job *job_make(struct mock_file *file, struct ring *ring,
				 u64 length)
{
	struct mock_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	spin_lock_init(&job->lock);
	job->ring = ring;
	job->file = file;
	job->length = length;
	ring->seqno++;
	dma_fence_init(&job->scheduled, &scheduled_ops, &job->lock,
		       ring->context, ring->seqno);
	dma_fence_init(&job->finished, &finished_ops, &job->lock,
		       ring->context + 1, ring->seqno);
	return job;
}

static struct ring *ring_of(u32 ip)
{
	struct ring *ring;

	for (ring = rings; ring < rings + ARRAY_SIZE(rings); ring++)
		if (ring->ip == ip)
			return ring;
	return NULL;
}

/* The IBs of a submission; how many, or a negative errno. */
static int read_ibs(const union drm_amdgpu_cs *cs,
		    struct drm_amdgpu_cs_chunk_ib ibs[GANG])
{
	u64 __user *array = u64_to_user_ptr(cs->in.chunks);
	struct drm_amdgpu_cs_chunk chunk;
	u64 at;
	u32 i;
	int n = 0;

	if (cs->in.num_chunks > CHUNKS)
		return -EINVAL;
	for (i = 0; i < cs->in.num_chunks; i++) {
		if (get_user(at, array + i) ||
		    copy_from_user(&chunk, u64_to_user_ptr(at), sizeof(chunk)))
			return -EFAULT;
		if (chunk.chunk_id != AMDGPU_CHUNK_ID_IB)
			continue;
		if (n == GANG || chunk.length_dw < sizeof(*ibs) / 4)
			return -EINVAL;
		if (copy_from_user(&ibs[n],
				   u64_to_user_ptr(chunk.chunk_data),
				   sizeof(*ibs)))
			return -EFAULT;
		if (!ring_of(ibs[n].ip_type) || !ibs[n].ib_bytes)
			return -EINVAL;
		n++;
	}
	return n ?: -EINVAL;
}

static u64 own_cgroup(void)
{
	u64 id;

	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
	return id;
}

static DEFINE_MUTEX(submit_lock);	/* protects the order of seqnos */

static int submit(struct drm_device *dev, void *data, struct drm_file *priv)
{
	struct drm_amdgpu_cs_chunk_ib ibs[GANG];
	struct mock_file *file = priv->driver_priv;
	struct mock_job *job;
	int i, n, ret = 0;

	n = read_ibs(data, ibs);
	if (n < 0)
		return n;
	mutex_lock(&submit_lock);
	for (i = 0; i < n && !ret; i++) {
		job = job_make(file, ring_of(ibs[i].ip_type), ibs[i].ib_bytes);
		if (!job) {
			ret = -ENOMEM;
			break;
		}
		kref_get(&file->ref);
		atomic_inc(&file->unfinished);
		ring_queue(job, own_cgroup());
	}
	mutex_unlock(&submit_lock);
	return ret;
}

static int wait_cs(struct drm_device *dev, void *data, struct drm_file *priv)
{
	const union drm_amdgpu_wait_cs *args = data;
	struct mock_file *file = priv->driver_priv;
	int left = min_t(u64, args->in.handle, INT_MAX);

	return wait_event_interruptible(file->wait,
					atomic_read(&file->unfinished) <= left);
}

static const struct drm_ioctl_desc ioctls[] = {
	DRM_IOCTL_DEF_DRV(AMDGPU_CS, submit, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(AMDGPU_WAIT_CS, wait_cs, DRM_RENDER_ALLOW),
};

static int file_open(struct drm_device *dev, struct drm_file *priv)
{
	struct mock_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return -ENOMEM;
	kref_init(&file->ref);
	init_waitqueue_head(&file->wait);
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
	.name = "amdgpu",
	.desc = "mock of amdgpu",
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
	struct ring *ring = m->private;
	struct tenant *tenant;
	struct mock_job *job;
	u64 begin, end, now;

	spin_lock_irq(&ring->lock);
	now = ktime_get_ns();
	seq_printf(m, "0 %llu %llu\n", now, ring->ended);
	for (tenant = ring->tenants;
	     tenant < ring->tenants + TENANTS && tenant->cgroup; tenant++) {
		u64 busy = tenant->busy;

		/* The interrupt may be late, and then others have run. */
		end = 0;
		list_for_each_entry(job, &ring->jobs, list) {
			begin = max(job->begin, end);
			if (begin >= now)
				break;
			end = begin + job->length;
			if (job->tenant == tenant)
				busy += min(now, end) - begin;
		}
		seq_printf(m, "%llu %llu %llu\n", tenant->cgroup, busy,
			   tenant->jobs);
	}
	spin_unlock_irq(&ring->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(busy);

static void ring_init(struct ring *ring)
{
	spin_lock_init(&ring->lock);
	INIT_LIST_HEAD(&ring->jobs);
	ring->context = dma_fence_context_alloc(2);
#ifdef MOCK_HRTIMER_SETUP
	hrtimer_setup(&ring->timer, ring_tick, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS);
#else
	hrtimer_init(&ring->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	ring->timer.function = ring_tick;
#endif
}

static int __init mock_init(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(rings); i++)
		ring_init(&rings[i]);
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
	for (i = 0; i < ARRAY_SIZE(rings); i++)
		debugfs_create_file(rings[i].name, 0400, dir, &rings[i],
				    &busy_fops);
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
	unsigned int i;

	debugfs_remove_recursive(dir);
	drm_dev_unregister(drm);
	for (i = 0; i < ARRAY_SIZE(rings); i++) {
		hrtimer_cancel(&rings[i].timer);
		jobs_done(&rings[i].jobs, -ECANCELED);
	}
	drm_dev_put(drm);
	platform_device_unregister(pdev);
	rcu_barrier();
}

module_init(mock_init);
module_exit(mock_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("A mock DRM driver that calls itself amdgpu");
