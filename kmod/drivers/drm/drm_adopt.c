// SPDX-License-Identifier: GPL-2.0
/*
 * Adoption: objects that existed before their driver was attached are charged
 * to the cgroup of the process that holds them.
 *
 * The points stand before this runs, so an object is seen here, at its birth,
 * or both, and the table of objects takes it once. Found are, in this order,
 * objects behind handles, behind framebuffers and behind the dma-bufs that
 * processes have open. One that nothing but a mapping or a message under way
 * keeps alive has no holder to charge, and dies uncharged.
 */
#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/magic.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem.h>
#include <drm/drm_prime.h>

#include "../../object.h"
#include "backend.h"

#define BATCH	64
#define ROUNDS	10	/* 20 ms apart */

/**
 * struct adoption - what of the files of a drm_device is charged
 * @device: its vgpu device
 * @objs: room for BATCH
 * @bytes: so many, so far
 * @locked: files whose framebuffers could not be looked at, this round
 * @owner: of the last of those, or 0
 */
struct adoption {
	struct vgpu_device *device;
	struct drm_gem_object **objs;
	u64 bytes;
	unsigned int locked;
	pid_t owner;
};

/* The owner of a DRM file; it may have passed the file on since. */
static struct task_struct *owner_of(struct drm_file *file)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(rcu_dereference_raw(file->pid), PIDTYPE_TGID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

static u64 adopt_object(struct vgpu_device *device, struct drm_gem_object *obj,
			struct task_struct *owner)
{
	if (obj->import_attach || vgpu_object_known(obj))
		return 0;
	if (vgpu_object_adopt(device, obj, obj->size, VGPU_MEM_DEVICE, owner))
		return 0;
	return obj->size;
}

/* The next handles of @file from *@from on, their objects referenced. */
static unsigned int next_handles(struct drm_file *file, int *from,
				 struct drm_gem_object **objs)
{
	struct drm_gem_object *obj;
	unsigned int n = 0;
	int handle = *from;

	spin_lock(&file->table_lock);
	while (n < BATCH && (obj = idr_get_next(&file->object_idr, &handle))) {
		drm_gem_object_get(obj);
		objs[n++] = obj;
		*from = ++handle;
	}
	spin_unlock(&file->table_lock);
	return n;
}

static void adopt_handles(struct adoption *adoption, struct drm_file *file,
			  struct task_struct *owner)
{
	struct drm_gem_object **objs = adoption->objs;
	unsigned int i, n;
	int from = 1;

	while ((n = next_handles(file, &from, objs))) {
		for (i = 0; i < n; i++) {
			adoption->bytes += adopt_object(adoption->device,
							objs[i], owner);
			drm_gem_object_put(objs[i]);
		}
	}
}

/*
 * Framebuffers keep objects whose handles were closed. The lock is not waited
 * for: MODE_GETRESOURCES holds it while it writes to memory of its caller's,
 * who may never serve that.
 */
static void adopt_framebuffers(struct adoption *adoption,
			       struct drm_file *file,
			       struct task_struct *owner)
{
	struct drm_framebuffer *fb;
	int i;

	if (!mutex_trylock(&file->fbs_lock)) {
		adoption->locked++;
		adoption->owner = owner ? task_tgid_nr(owner) : 0;
		return;
	}
	list_for_each_entry(fb, &file->fbs, filp_head)
		for (i = 0; i < DRM_FORMAT_MAX_PLANES; i++)
			if (fb->obj[i])
				adoption->bytes +=
					adopt_object(adoption->device,
						     fb->obj[i], owner);
	mutex_unlock(&file->fbs_lock);
}

/* Charged before is not charged again. True where nothing was left out. */
static bool adopt_files(struct adoption *adoption, struct drm_device *drm)
{
	struct task_struct *owner;
	struct drm_file *file;

	adoption->locked = 0;
	mutex_lock(&drm->filelist_mutex);
	list_for_each_entry(file, &drm->filelist, lhead) {
		owner = owner_of(file);
		adopt_handles(adoption, file, owner);
		adopt_framebuffers(adoption, file, owner);
		if (owner)
			put_task_struct(owner);
	}
	mutex_unlock(&drm->filelist_mutex);
	return !adoption->locked;
}

#define HELD_MAX	256

/**
 * struct holdings - objects behind dma-bufs that nobody is charged for yet
 * @drm: on which
 * @task: whose files are being looked at
 * @n: how many were found
 * @held: the objects and who holds them, both referenced
 */
struct holdings {
	const struct drm_device *drm;
	struct task_struct *task;
	unsigned int n;
	struct {
		struct drm_gem_object *obj;
		struct task_struct *task;
	} held[HELD_MAX];
};

/*
 * Every DRM driver's dma-bufs are released by the DRM core's function. One that
 * is opened by its path in /proc with O_PATH is kept alive by that file, too,
 * whose private_data is NULL: the dentry tells of both.
 */
static struct drm_gem_object *exported(const struct file *file,
				       const struct drm_device *drm)
{
	const struct dma_buf *dmabuf = file->f_path.dentry->d_fsdata;
	struct drm_gem_object *obj;

	if (file_inode(file)->i_sb->s_magic != DMA_BUF_MAGIC || !dmabuf ||
	    dmabuf->ops->release != drm_gem_dmabuf_release)
		return NULL;
	obj = dmabuf->priv;
	return obj->dev == drm ? obj : NULL;
}

/* Atomic: the file table is locked. */
static int look_at_file(const void *ctx, struct file *file, unsigned int fd)
{
	struct holdings *holdings = (void *)ctx;
	struct drm_gem_object *obj = exported(file, holdings->drm);

	if (!obj || obj->import_attach || vgpu_object_known(obj))
		return 0;
	drm_gem_object_get(obj);
	get_task_struct(holdings->task);
	holdings->held[holdings->n].obj = obj;
	holdings->held[holdings->n].task = holdings->task;
	return ++holdings->n == HELD_MAX;
}

/* Threads share their files, as a rule. */
static void look_at_tasks(struct holdings *holdings)
{
	struct task_struct *process, *task;

	holdings->n = 0;
	rcu_read_lock();
	for_each_process_thread(process, task) {
		task_lock(task);
		holdings->task = task;
		if (task->files &&
		    (task == process || task->files != process->files))
			iterate_fd(task->files, 0, look_at_file, holdings);
		task_unlock(task);
		if (holdings->n == HELD_MAX)
			goto full;
	}
full:
	rcu_read_unlock();
}

static u64 adopt_dmabufs(struct vgpu_device *device, struct drm_device *drm)
{
	struct holdings *holdings;
	u64 bytes = 0, more;
	unsigned int i;

	holdings = kvmalloc(sizeof(*holdings), GFP_KERNEL);
	if (!holdings)
		return 0;
	holdings->drm = drm;
	/* What was charged is known the next time; without progress, enough. */
	do {
		more = 0;
		look_at_tasks(holdings);
		for (i = 0; i < holdings->n; i++) {
			more += adopt_object(device, holdings->held[i].obj,
					     holdings->held[i].task);
			drm_gem_object_put(holdings->held[i].obj);
			put_task_struct(holdings->held[i].task);
		}
		bytes += more;
	} while (more && holdings->n == HELD_MAX);
	kvfree(holdings);
	return bytes;
}

/**
 * vgpu_drm_adopt - charge what exists on a drm_device
 * @driver: attached
 * @drm: referenced
 * @device: its vgpu device
 *
 * Context: May sleep; takes the device's filelist_mutex, and the locks of
 * tasks' files.
 */
void vgpu_drm_adopt(struct vgpu_drm_driver *driver, struct drm_device *drm,
		    struct vgpu_device *device)
{
	struct adoption adoption = { .device = device };
	unsigned int round = 0;

	adoption.objs = kcalloc(BATCH, sizeof(*adoption.objs), GFP_KERNEL);
	if (!adoption.objs)
		return;
	/* Others open and close files meanwhile. */
	while (!adopt_files(&adoption, drm) && ++round < ROUNDS)
		msleep(20);
	kfree(adoption.objs);
	if (adoption.locked)
		pr_warn("vgpu_drm: %s: the framebuffers of %u files are locked, the last by process %d: what only they hold is not charged\n",
			device->name, adoption.locked, adoption.owner);
	adoption.bytes += adopt_dmabufs(device, drm);

	if (adoption.bytes)
		vgpu_driver_adopted(&driver->base, device, adoption.bytes);
}
