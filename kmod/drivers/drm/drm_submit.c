// SPDX-License-Identifier: GPL-2.0
/*
 * Submissions: what the GPU is told to do, and how long it takes.
 *
 * A driver makes a fence for the work of each submission, which it signals as
 * the work ends. That fence is found as it is born inside the driver's ioctl,
 * by the tracepoint dma_fence_init, and a reference is taken. Only once the
 * driver has said that it took the work is a callback added: the fence of a
 * submission that failed is never signalled.
 *
 * Which fence, if several are born in one call:
 *  - Containers (arrays, chains) have no work of their own.
 *  - The DRM scheduler makes a pair for each job, one right behind the other in
 *    memory: the first is signalled as the job is handed to the hardware, when
 *    all that it depends on is over, and the second as it ends. A submission may
 *    be several jobs; those that there is no memory for count as one with the
 *    job before, from its beginning to the end of the last.
 *  - Else the last. Work begins when the tracepoint dma_fence_emit says that
 *    it was queued, and where a driver does not say so, with the fence.
 *
 * A callback runs with the fence's lock held and interrupts off, so it only
 * charges and puts the job on the list of those that are over; a work item
 * drops the references. When a driver is detached, the callbacks of its jobs
 * are taken back. So nobody ever waits for a tenant's work, and none of our
 * text is called once a detach is over. What was not over then is not charged.
 */
#include <linux/dma-fence.h>
#include <linux/list.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include <drm/drm_file.h>
#include <drm/drm_ioctl.h>

#include "../../time.h"
#include "backend.h"

/**
 * struct job - work of one submission
 * @work: whose it is, and the memory; first
 * @ended: on @end
 * @end: owned
 * @begin: signalled as the work begins; owned; NULL where the driver has no
 *	such fence
 * @driver: whose work it is, borrowed: a detach takes all its jobs
 * @list: in @pending or @over, under jobs_lock; in @more of its submission while
 *	that is in flight; else empty, with whoever took it from there
 * @start: not before this did the work run, where there is no @begin
 * @engine: of what class is the one it runs on
 * @over: its end was seen; under jobs_lock
 */
struct job {
	struct vgpu_work work;
	struct dma_fence_cb ended;
	struct dma_fence *end;
	struct dma_fence *begin;
	const struct vgpu_drm_driver *driver;
	struct list_head list;
	u64 start;
	enum vgpu_engine engine;
	bool over;
};

static_assert(offsetof(struct job, work) == 0);
static_assert(sizeof(struct job) <= VGPU_WORK_SIZE);

/**
 * struct submit - a submission in flight, on its task's stack
 * @call: of kind VGPU_CALL_SUBMIT
 * @job: what it becomes
 * @more: what else it becomes
 */
struct submit {
	struct vgpu_call call;
	struct job *job;
	struct list_head more;
};

static LIST_HEAD(pending);
static LIST_HEAD(over);
static DEFINE_RAW_SPINLOCK(jobs_lock);	/* protects both; any context */
static struct tracepoint *fence_init;
static struct tracepoint *fence_emit;

static void reap(struct work_struct *work);
static DECLARE_WORK(reap_work, reap);

static void job_free(struct job *job)
{
	dma_fence_put(job->begin);
	dma_fence_put(job->end);
	vgpu_time_leave(&job->work);
}

/* The first of a list, of one driver or of any, taken out of it. */
static struct job *take(struct list_head *from,
			const struct vgpu_drm_driver *driver)
{
	struct job *job, *found = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&jobs_lock, flags);
	list_for_each_entry(job, from, list) {
		if (!driver || job->driver == driver) {
			found = job;
			list_del_init(&job->list);
			break;
		}
	}
	raw_spin_unlock_irqrestore(&jobs_lock, flags);
	return found;
}

/* Whose callback has put it here, and touches it no more. */
static void reap(struct work_struct *work)
{
	struct job *job;

	while ((job = take(&over, NULL)))
		job_free(job);
}

/* When a fence that is signalled was; its timestamp comes a moment after. */
static u64 signalled_at(const struct dma_fence *fence, u64 otherwise)
{
	if (test_bit(DMA_FENCE_FLAG_TIMESTAMP_BIT, &fence->flags))
		return ktime_to_ns(fence->timestamp);
	return otherwise;
}

/*
 * Not before this did work run that is over. Where the fence that should have
 * said so was never signalled, it may be since the work before it was over.
 */
static u64 began_at(const struct job *job)
{
	return job->begin ? signalled_at(job->begin, 0) : job->start;
}

static void job_ended(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct job *job = container_of(cb, struct job, ended);
	unsigned long flags;
	bool listed;

	vgpu_time_ended(&job->work, began_at(job), ktime_get_ns());
	raw_spin_lock_irqsave(&jobs_lock, flags);
	job->over = true;
	listed = !list_empty(&job->list);
	if (listed)
		list_move_tail(&job->list, &over);
	raw_spin_unlock_irqrestore(&jobs_lock, flags);
	if (listed)
		schedule_work(&reap_work);
}

/* The driver took the work: see it end. */
static void job_follow(struct job *job)
{
	unsigned long flags;
	bool ended;

	if (dma_fence_add_callback(job->end, &job->ended, job_ended)) {
		vgpu_time_ended(&job->work, began_at(job),
				signalled_at(job->end, ktime_get_ns()));
		job_free(job);
		return;
	}
	raw_spin_lock_irqsave(&jobs_lock, flags);
	ended = job->over;
	list_add_tail(&job->list, ended ? &over : &pending);
	raw_spin_unlock_irqrestore(&jobs_lock, flags);
	if (ended)
		schedule_work(&reap_work);
}

/* In the memory that was given for its work. */
static struct job *job_init(struct vgpu_work *work,
			    const struct vgpu_drm_driver *driver,
			    enum vgpu_engine engine)
{
	struct job *job = container_of(work, struct job, work);

	INIT_LIST_HEAD(&job->list);
	INIT_LIST_HEAD(&job->ended.node);
	job->end = NULL;
	job->begin = NULL;
	job->driver = driver;
	job->start = 0;
	job->over = false;
	job->engine = engine;
	return job;
}

/* Waits until it is the turn of the caller's group. */
static struct job *job_make(struct vgpu_call *call,
			    const struct vgpu_drm_driver *driver,
			    enum vgpu_engine engine)
{
	struct vgpu_work *work = vgpu_time_enter(call->device, engine);

	return IS_ERR(work) ? ERR_CAST(work) : job_init(work, driver, engine);
}

static struct submit *submitting(void)
{
	struct vgpu_call *call;

	/* An interrupt that makes a fence does not do so for its victim. */
	if (!in_task())
		return NULL;
	call = vgpu_call_submit();
	return call ? container_of(call, struct submit, call) : NULL;
}

/* The first fence of a job more, which may be made where nobody may sleep. */
static struct job *job_more(struct submit *submit)
{
	const struct job *first = submit->job;
	struct vgpu_work *work = vgpu_time_join(&first->work);
	struct job *job;

	if (!work)
		return NULL;
	job = job_init(work, first->driver, first->engine);
	list_add(&job->list, &submit->more);
	return job;
}

/* The job that the fence may belong to: the last that was begun. */
static struct job *last_of(struct submit *submit)
{
	return list_first_entry_or_null(&submit->more, struct job, list) ?:
	       submit->job;
}

/* The driver is still making it, and holds a reference of its own. */
static void saw_init(void *data, struct dma_fence *fence)
{
	struct submit *submit = submitting();
	struct job *job;

	if (!submit || !submit->job || dma_fence_is_container(fence))
		return;
	job = last_of(submit);
	/* Where there is no memory for one more, both together are one. */
	if (job->begin)
		job = job_more(submit) ?: job;
	if (job->end && fence == job->end + 1 && !job->begin)
		job->begin = job->end;
	else
		dma_fence_put(job->end);
	job->end = dma_fence_get(fence);
	/* With two of them the first says when it began. */
	if (!job->begin)
		job->start = ktime_get_ns();
	if (job->driver->table->timelines)
		job->engine = vgpu_drm_engine_of(job->driver->table, fence);
}

static void saw_emit(void *data, struct dma_fence *fence)
{
	struct submit *submit = submitting();

	if (submit && submit->job && submit->job->end == fence)
		submit->job->start = ktime_get_ns();
}

/* The driver has taken what the submission became, or nothing of it. */
static void job_settle(struct job *job, bool taken)
{
	if (!taken || !job->end) {
		job_free(job);
		return;
	}
	vgpu_time_move(&job->work, job->engine);
	job_follow(job);
}

static void submit_settle(struct submit *submit, struct job *first, bool taken)
{
	struct job *job, *next;

	job_settle(first, taken);
	list_for_each_entry_safe(job, next, &submit->more, list) {
		list_del_init(&job->list);
		job_settle(job, taken);
	}
}

/* Before the driver has seen it. */
static int submit_enter(struct submit *submit, const struct vgpu_drm_hook *hook,
			const void *data, const struct drm_file *file)
{
	struct job *job;

	if (!vgpu_drm_fenced(hook->ioctl, data, hook->size) &&
	    vgpu_time_bound(submit->call.device))
		return vgpu_driver_refuse(&hook->driver->base, hook->route,
					  submit->call.device, -EOPNOTSUPP);
	job = job_make(&submit->call, hook->driver,
		       vgpu_drm_engine_guess(hook, data, file));
	if (IS_ERR(job))
		return PTR_ERR(job);
	submit->job = job;
	return 0;
}

/**
 * vgpu_drm_submit - in place of a driver's ioctl that gives the GPU work
 * @drm: as the driver's function gets it
 * @data: likewise, the DRM core's copy
 * @file: likewise
 * @point: of a struct vgpu_drm_hook
 *
 * Objects that the driver makes on the way are charged as they appear. There
 * is no taking back then: the GPU has the work.
 *
 * Context: A process, no lock held but what drm_ioctl_kernel() holds.
 * Return: -ERESTARTSYS for a signal while it is not the group's turn, -ENOMEM
 * where the work cannot be followed, -EOPNOTSUPP where no fence would tell its
 * end and the group's time is bound, all before the driver has seen it; else
 * what the driver says.
 */
int vgpu_drm_submit(struct drm_device *drm, void *data, struct drm_file *file,
		    struct vgpu_point *point)
{
	struct vgpu_device *device = vgpu_drm_device_of(drm);
	const struct vgpu_drm_hook *hook = point->data;
	drm_ioctl_t *original = point->addr;
	struct submit submit;
	struct job *job;
	int ret = 0;

	submit.job = NULL;
	INIT_LIST_HEAD(&submit.more);
	vgpu_call_begin(&submit.call, point, device, VGPU_CALL_SUBMIT);
	if (device)
		ret = submit_enter(&submit, hook, data, file);
	if (!ret)
		ret = original(drm, data, file);
	job = submit.job;
	if (job && !ret)
		vgpu_drm_engine_learn(hook, data, file,
				      last_of(&submit)->engine);
	submit.job = NULL;	/* fences that are born from here on */
	/* While the call is in flight, as a detach takes what it finds after. */
	if (job)
		submit_settle(&submit, job, !ret);
	vgpu_call_end(&submit.call);
	vgpu_point_leave(point);
	return ret;
}

/**
 * vgpu_drm_submit_detach - let go of the work of a driver
 * @driver: none of its calls is in flight; NULL for all
 *
 * Context: May sleep.
 */
void vgpu_drm_submit_detach(const struct vgpu_drm_driver *driver)
{
	struct job *job;

	while ((job = take(&pending, driver))) {
		dma_fence_remove_callback(job->end, &job->ended);
		job_free(job);
	}
	/* What was over before must not outlive the driver either. */
	flush_work(&reap_work);
}

static void find_tracepoint(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "dma_fence_init"))
		fence_init = tp;
	else if (!strcmp(tp->name, "dma_fence_emit"))
		fence_emit = tp;
}

int vgpu_drm_submit_init(void)
{
	int ret;

	for_each_kernel_tracepoint(find_tracepoint, NULL);
	if (!fence_init || !fence_emit)
		return -ENOENT;
	ret = tracepoint_probe_register(fence_init, saw_init, NULL);
	if (ret)
		return ret;
	ret = tracepoint_probe_register(fence_emit, saw_emit, NULL);
	if (ret)
		tracepoint_probe_unregister(fence_init, saw_init, NULL);
	return ret;
}

/* When every driver is detached. */
void vgpu_drm_submit_deinit(void)
{
	tracepoint_probe_unregister(fence_init, saw_init, NULL);
	tracepoint_probe_unregister(fence_emit, saw_emit, NULL);
	tracepoint_synchronize_unregister();
	vgpu_drm_submit_detach(NULL);
}
