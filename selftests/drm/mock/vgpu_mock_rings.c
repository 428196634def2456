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
 * A job has the two fences of the DRM scheduler, as in queue.c, and
 * for their timeline the ring's name. It knows nothing of what is tested with it.
 *
 * In /sys/kernel/debug/vgpu_mock_rings/ a file for each ring, with a line for
 * each cgroup: cgroup_id nanoseconds jobs. All are of one moment, and include what
 * was done of the job that runs. The first line is of no cgroup: 0, what time it
 * was, and jobs of all.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/amdgpu_drm.h>
#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>

#include "vgpu_mock_lib.h"

#define GANG	4
#define CHUNKS	64

/**
 * struct ring - one engine
 * @timeline: of its fences, by the name that amdgpu gives it
 * @ip: what IBs call it
 * @lock: protects the rest
 * @jobs: the first of them runs
 * @timer: its end
 * @ended: jobs
 * @tenants: who had how much
 */
struct ring {
	struct mock_timeline timeline;
	u32 ip;
	spinlock_t lock;	/* protects what is below */
	struct list_head jobs;
	struct hrtimer timer;
	u64 ended;
	struct mock_tenant tenants[MOCK_TENANTS];
};

static struct ring rings[] = {
	{ .timeline.name = "gfx_0.0.0", .ip = AMDGPU_HW_IP_GFX },
	{ .timeline.name = "sdma0", .ip = AMDGPU_HW_IP_DMA },
	{ .timeline.name = "vcn_dec_0", .ip = AMDGPU_HW_IP_VCN_DEC },
};

static struct mock_device device;
static struct dentry *dir;

/* What is first runs, and what is second is on the ring already. */
static void ring_go(struct ring *ring)
{
	struct mock_job *job = mock_job_first(&ring->jobs);

	lockdep_assert_held(&ring->lock);

	if (!job)
		return;
	dma_fence_signal(&job->scheduled);
	hrtimer_start(&ring->timer, ns_to_ktime(job->begin + job->length),
		      HRTIMER_MODE_ABS);
	if (!list_is_last(&job->list, &ring->jobs))
		dma_fence_signal(&list_next_entry(job, list)->scheduled);
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
	while ((job = mock_job_first(&ring->jobs)) &&
	       job->begin + job->length <= now) {
		end = job->begin + job->length;
		job->tenant->busy += job->length;
		job->tenant->jobs++;
		ring->ended++;
		list_move_tail(&job->list, &done);
		job = mock_job_first(&ring->jobs);
		if (job)
			job->begin = max(job->begin, end);
	}
	ring_go(ring);
	spin_unlock_irqrestore(&ring->lock, flags);
	vgpu_mock_jobs_done(&done, 0);
	return HRTIMER_NORESTART;
}

static void ring_queue(struct ring *ring, struct mock_job *job, u64 cgroup)
{
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	job->tenant = vgpu_mock_tenant(ring->tenants, cgroup);
	job->begin = ktime_get_ns();
	list_add_tail(&job->list, &ring->jobs);
	ring_go(ring);
	spin_unlock_irqrestore(&ring->lock, flags);
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

static DEFINE_MUTEX(submit_lock);	/* protects the order of seqnos */

static int submit_one(struct mock_file *file, struct ring *ring, u64 length)
{
	struct mock_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return -ENOMEM;
	vgpu_mock_job_init(job, file, &ring->timeline, length);
	kref_get(&file->ref);
	atomic_inc(&file->unfinished);
	ring_queue(ring, job, vgpu_mock_cgroup());
	return 0;
}

static int submit(struct drm_device *dev, void *data, struct drm_file *priv)
{
	struct drm_amdgpu_cs_chunk_ib ibs[GANG];
	int i, n, ret = 0;

	n = read_ibs(data, ibs);
	if (n < 0)
		return n;
	mutex_lock(&submit_lock);
	for (i = 0; i < n && !ret; i++)
		ret = submit_one(priv->driver_priv, ring_of(ibs[i].ip_type),
				 ibs[i].ib_bytes);
	mutex_unlock(&submit_lock);
	return ret;
}

static int wait_cs(struct drm_device *dev, void *data, struct drm_file *priv)
{
	const union drm_amdgpu_wait_cs *args = data;

	return vgpu_mock_file_wait(priv->driver_priv,
				   min_t(u64, args->in.handle, INT_MAX));
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
	vgpu_mock_file_init(file);
	priv->driver_priv = file;
	return 0;
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
	.postclose = vgpu_mock_file_close,
	.ioctls = ioctls,
	.num_ioctls = ARRAY_SIZE(ioctls),
	.fops = &fops,
};

static int busy_show(struct seq_file *m, void *v)
{
	struct ring *ring = m->private;
	struct mock_tenant *tenant;
	struct mock_job *job;
	u64 begin, end, now;

	spin_lock_irq(&ring->lock);
	now = ktime_get_ns();
	seq_printf(m, "0 %llu %llu\n", now, ring->ended);
	for (tenant = ring->tenants;
	     tenant < ring->tenants + MOCK_TENANTS && tenant->cgroup;
	     tenant++) {
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
	ring->timeline.driver = "drm_sched";
	ring->timeline.context = dma_fence_context_alloc(2);
	vgpu_mock_timer_init(&ring->timer, ring_tick);
}

static int __init mock_init(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(rings); i++)
		ring_init(&rings[i]);
	ret = vgpu_mock_device_create(&device, &driver, KBUILD_MODNAME, NULL);
	if (ret)
		return ret;
	dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	for (i = 0; i < ARRAY_SIZE(rings); i++)
		debugfs_create_file(rings[i].timeline.name, 0400, dir,
				    &rings[i], &busy_fops);
	return 0;
}

/* No file is open, but jobs may be left: as the scheduler ends those. */
static void __exit mock_exit(void)
{
	unsigned int i;

	debugfs_remove_recursive(dir);
	drm_dev_unregister(device.drm);
	for (i = 0; i < ARRAY_SIZE(rings); i++) {
		hrtimer_cancel(&rings[i].timer);
		vgpu_mock_jobs_done(&rings[i].jobs, -ECANCELED);
	}
	vgpu_mock_device_destroy(&device);
	rcu_barrier();
}

module_init(mock_init);
module_exit(mock_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("A mock DRM driver that calls itself amdgpu");
