// SPDX-License-Identifier: GPL-2.0
/* What the mock DRM drivers have in common; without them it does nothing. */
#include <linux/cgroup.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>

#include "vgpu_mock_lib.h"

/* @prepare: what is done before anybody sees it, or NULL */
int vgpu_mock_device_create(struct mock_device *device,
			    const struct drm_driver *driver, const char *name,
			    int (*prepare)(struct drm_device *drm))
{
	int ret;

	device->pdev = platform_device_register_simple(name,
						       PLATFORM_DEVID_NONE,
						       NULL, 0);
	if (IS_ERR(device->pdev))
		return PTR_ERR(device->pdev);
	ret = dma_coerce_mask_and_coherent(&device->pdev->dev,
					   DMA_BIT_MASK(64));
	if (ret)
		goto err_device;
	device->drm = drm_dev_alloc(driver, &device->pdev->dev);
	if (IS_ERR(device->drm)) {
		ret = PTR_ERR(device->drm);
		goto err_device;
	}
	ret = prepare ? prepare(device->drm) : 0;
	if (!ret)
		ret = drm_dev_register(device->drm, 0);
	if (ret)
		goto err_drm;
	return 0;

err_drm:
	drm_dev_put(device->drm);
err_device:
	platform_device_unregister(device->pdev);
	return ret;
}
EXPORT_SYMBOL_GPL(vgpu_mock_device_create);

/* It is unregistered already. */
void vgpu_mock_device_destroy(struct mock_device *device)
{
	drm_dev_put(device->drm);
	platform_device_unregister(device->pdev);
}
EXPORT_SYMBOL_GPL(vgpu_mock_device_destroy);

/* Under the lock that protects them. */
struct mock_tenant *
vgpu_mock_tenant(struct mock_tenant tenants[MOCK_TENANTS], u64 cgroup)
{
	struct mock_tenant *tenant;

	for (tenant = tenants; tenant < tenants + MOCK_TENANTS; tenant++) {
		if (!tenant->cgroup)
			tenant->cgroup = cgroup;
		if (tenant->cgroup == cgroup)
			return tenant;
	}
	WARN_ON_ONCE(1);
	return tenants;
}
EXPORT_SYMBOL_GPL(vgpu_mock_tenant);

/* The caller's. */
u64 vgpu_mock_cgroup(void)
{
	u64 id;

	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
	return id;
}
EXPORT_SYMBOL_GPL(vgpu_mock_cgroup);

static void file_free(struct kref *ref)
{
	kfree(container_of(ref, struct mock_file, ref));
}

void vgpu_mock_file_init(struct mock_file *file)
{
	kref_init(&file->ref);
	init_waitqueue_head(&file->wait);
}
EXPORT_SYMBOL_GPL(vgpu_mock_file_init);

/* As the driver's postclose. */
void vgpu_mock_file_close(struct drm_device *dev, struct drm_file *priv)
{
	struct mock_file *file = priv->driver_priv;

	kref_put(&file->ref, file_free);
}
EXPORT_SYMBOL_GPL(vgpu_mock_file_close);

/* Until no more jobs of the file are unfinished than that; or a signal. */
int vgpu_mock_file_wait(struct mock_file *file, int left)
{
	int most = atomic_read(&file->left);

	while (most < left && !atomic_try_cmpxchg(&file->left, &most, left))
		;
	return wait_event_interruptible(file->wait,
					atomic_read(&file->unfinished) <= left);
}
EXPORT_SYMBOL_GPL(vgpu_mock_file_wait);

static const struct mock_timeline *timeline_of(struct dma_fence *fence);

static const char *driver_name(struct dma_fence *fence)
{
	return timeline_of(fence)->driver;
}

static const char *timeline_name(struct dma_fence *fence)
{
	return timeline_of(fence)->name;
}

static const struct dma_fence_ops scheduled_ops = {
	.get_driver_name = driver_name,
	.get_timeline_name = timeline_name,
};

/* As drm_sched_fence_release_finished(). */
static void finished_release(struct dma_fence *fence)
{
	dma_fence_put(&container_of(fence, struct mock_job,
				    finished)->scheduled);
}

static const struct dma_fence_ops finished_ops = {
	.get_driver_name = driver_name,
	.get_timeline_name = timeline_name,
	.release = finished_release,
};

static const struct mock_timeline *timeline_of(struct dma_fence *fence)
{
	if (fence->ops == &scheduled_ops)
		return container_of(fence, struct mock_job,
				    scheduled)->timeline;
	return container_of(fence, struct mock_job, finished)->timeline;
}

/* The caller keeps the order of seqnos. */
void vgpu_mock_job_init(struct mock_job *job, struct mock_file *file,
			struct mock_timeline *timeline, u64 length)
{
	INIT_LIST_HEAD(&job->list);
	spin_lock_init(&job->lock);
	job->timeline = timeline;
	job->file = file;
	job->length = length;
	timeline->seqno++;
	dma_fence_init(&job->scheduled, &scheduled_ops, &job->lock,
		       timeline->context, timeline->seqno);
	dma_fence_init(&job->finished, &finished_ops, &job->lock,
		       timeline->context + 1, timeline->seqno);
}
EXPORT_SYMBOL_GPL(vgpu_mock_job_init);

static void job_done(struct mock_job *job)
{
	struct mock_file *file = job->file;

	dma_fence_signal(&job->finished);
	dma_fence_put(&job->finished);
	if (atomic_dec_return(&file->unfinished) <= atomic_read(&file->left))
		wake_up_all(&file->wait);
	kref_put(&file->ref, file_free);
}

/* They have ended, well where @error is 0. */
void vgpu_mock_jobs_done(struct list_head *jobs, int error)
{
	struct mock_job *job, *next;

	list_for_each_entry_safe(job, next, jobs, list) {
		list_del(&job->list);
		if (error)
			dma_fence_set_error(&job->finished, error);
		job_done(job);
	}
}
EXPORT_SYMBOL_GPL(vgpu_mock_jobs_done);

void vgpu_mock_timer_init(struct hrtimer *timer,
			  enum hrtimer_restart (*tick)(struct hrtimer *timer))
{
#ifdef MOCK_HRTIMER_SETUP
	hrtimer_setup(timer, tick, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	timer->function = tick;
#endif
}
EXPORT_SYMBOL_GPL(vgpu_mock_timer_init);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("What the mock DRM drivers have in common");
