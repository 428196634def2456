/* SPDX-License-Identifier: GPL-2.0 */
/* What the mock DRM drivers have in common. */
#ifndef VGPU_MOCK_LIB_H
#define VGPU_MOCK_LIB_H

#include <linux/atomic.h>
#include <linux/dma-fence.h>
#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

struct drm_device;
struct drm_driver;
struct drm_file;
struct platform_device;

/**
 * struct mock_device - the one device of a mock
 * @pdev: that it is on
 * @drm: registered
 */
struct mock_device {
	struct platform_device *pdev;
	struct drm_device *drm;
};

int vgpu_mock_device_create(struct mock_device *device,
			    const struct drm_driver *driver, const char *name,
			    int (*prepare)(struct drm_device *drm));
void vgpu_mock_device_destroy(struct mock_device *device);

#define MOCK_TENANTS	256

/**
 * struct mock_tenant - a cgroup
 * @cgroup: its id
 * @busy: nanoseconds that it kept an engine busy
 * @jobs: of its that have ended
 */
struct mock_tenant {
	u64 cgroup, busy, jobs;
};

struct mock_tenant *
vgpu_mock_tenant(struct mock_tenant tenants[MOCK_TENANTS], u64 cgroup);
u64 vgpu_mock_cgroup(void);

/**
 * struct mock_file - an open file; the first of what a mock keeps of it
 * @ref: one for the file, one for each unfinished job
 * @unfinished: jobs
 * @left: the most of them that a caller ever waited for
 * @wait: for an end
 */
struct mock_file {
	struct kref ref;
	atomic_t unfinished;
	atomic_t left;
	wait_queue_head_t wait;
};

void vgpu_mock_file_init(struct mock_file *file);
void vgpu_mock_file_close(struct drm_device *dev, struct drm_file *priv);
int vgpu_mock_file_wait(struct mock_file *file, int left);

/**
 * struct mock_timeline - of the fences of an engine's jobs
 * @driver: what they say that their driver is
 * @name: and their timeline
 * @context: of the scheduled ones; that of the finished ones is one more
 * @seqno: of the last
 */
struct mock_timeline {
	const char *driver;
	const char *name;
	u64 context;
	u64 seqno;
};

/**
 * struct mock_job - as struct drm_sched_fence begins; likewise the first
 * @scheduled: owned by @finished
 * @finished: one reference is the engine's
 * @lock: of both
 * @timeline: of both
 * @list: of jobs of the engine, in the order in which they run
 * @file: owned
 * @tenant: the submitter's cgroup
 * @length: nanoseconds
 * @begin: when it could begin; of one that runs, when it did
 */
struct mock_job {
	struct dma_fence scheduled;
	struct dma_fence finished;
	spinlock_t lock;	/* of both fences */
	const struct mock_timeline *timeline;
	struct list_head list;
	struct mock_file *file;
	struct mock_tenant *tenant;
	u64 length;
	u64 begin;
};

static inline struct mock_job *mock_job_first(struct list_head *list)
{
	return list_first_entry_or_null(list, struct mock_job, list);
}

void vgpu_mock_job_init(struct mock_job *job, struct mock_file *file,
			struct mock_timeline *timeline, u64 length);
void vgpu_mock_jobs_done(struct list_head *jobs, int error);

void vgpu_mock_timer_init(struct hrtimer *timer,
			  enum hrtimer_restart (*tick)(struct hrtimer *timer));

#endif /* VGPU_MOCK_LIB_H */
