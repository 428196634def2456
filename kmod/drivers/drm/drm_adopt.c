// SPDX-License-Identifier: GPL-2.0
/*
 * Adoption: objects that existed before their driver was attached are charged
 * to the cgroup of the process that holds them.
 *
 * The points stand before this runs, so an object is seen here, at its birth,
 * or both, and the table of objects takes it once. Found are objects behind
 * handles and behind framebuffers. One that nothing but a dma-buf or a mapping
 * keeps alive has no owner left to charge, and dies uncharged.
 */
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_framebuffer.h>
#include <drm/drm_gem.h>

#include "../../object.h"
#include "backend.h"

#define BATCH	64

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

static u64 adopt_handles(struct vgpu_device *device, struct drm_file *file,
			 struct task_struct *owner,
			 struct drm_gem_object **objs)
{
	unsigned int i, n;
	int from = 1;
	u64 bytes = 0;

	while ((n = next_handles(file, &from, objs))) {
		for (i = 0; i < n; i++) {
			bytes += adopt_object(device, objs[i], owner);
			drm_gem_object_put(objs[i]);
		}
	}
	return bytes;
}

/* Framebuffers keep objects whose handles were closed. */
static u64 adopt_framebuffers(struct vgpu_device *device,
			      struct drm_file *file, struct task_struct *owner)
{
	struct drm_framebuffer *fb;
	u64 bytes = 0;
	int i;

	mutex_lock(&file->fbs_lock);
	list_for_each_entry(fb, &file->fbs, filp_head)
		for (i = 0; i < DRM_FORMAT_MAX_PLANES; i++)
			if (fb->obj[i])
				bytes += adopt_object(device, fb->obj[i],
						      owner);
	mutex_unlock(&file->fbs_lock);
	return bytes;
}

/**
 * vgpu_drm_adopt - charge what exists on a drm_device
 * @driver: attached
 * @drm: referenced
 * @device: its vgpu device
 *
 * Context: May sleep; takes the device's filelist_mutex.
 */
void vgpu_drm_adopt(struct vgpu_drm_driver *driver, struct drm_device *drm,
		    struct vgpu_device *device)
{
	struct drm_gem_object **objs;
	struct task_struct *owner;
	struct drm_file *file;
	u64 bytes = 0;

	objs = kcalloc(BATCH, sizeof(*objs), GFP_KERNEL);
	if (!objs)
		return;
	mutex_lock(&drm->filelist_mutex);
	list_for_each_entry(file, &drm->filelist, lhead) {
		owner = owner_of(file);
		bytes += adopt_handles(device, file, owner, objs);
		bytes += adopt_framebuffers(device, file, owner);
		if (owner)
			put_task_struct(owner);
	}
	mutex_unlock(&drm->filelist_mutex);
	kfree(objs);

	if (bytes)
		vgpu_driver_adopted(&driver->base, device, bytes);
}
