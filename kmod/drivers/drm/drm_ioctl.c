// SPDX-License-Identifier: GPL-2.0
/*
 * Handlers of drivers' own ioctls: reserve, call, true up, release.
 *
 * The reservation is taken from the DRM core's copy of the argument before
 * the driver runs, so a refusal costs the driver nothing and runs none of its
 * error paths. The objects that it then makes are bound to the reservation as
 * they are born (drm_gem.c), and what is left is given back.
 */
#include <linux/idr.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>

#include "../../object.h"
#include "backend.h"

static enum vgpu_mem mem_of(const struct vgpu_drm_request *request)
{
	return request->device ? VGPU_MEM_DEVICE : VGPU_MEM_SYSTEM;
}

static int deny(struct vgpu_call *call, struct vgpu_drm_hook *hook, int err)
{
	if (!vgpu_call_limited(call))
		return 0;
	return vgpu_driver_refuse(&hook->driver->base, hook->route,
				  call->device, err);
}

/* A route that is closed, and to work that nothing could hold later. */
static int close_route(struct vgpu_call *call, struct vgpu_drm_hook *hook)
{
	int ret = deny(call, hook, -EOPNOTSUPP);

	if (!ret && hook->ioctl->unseen)
		ret = vgpu_driver_hold(&hook->driver->base, hook->route,
				       -EOPNOTSUPP);
	return ret;
}

/* Where nothing is charged, what makes objects is closed as a whole. */
static int shut(struct vgpu_call *call, struct vgpu_drm_hook *hook,
		const struct drm_device *drm, const void *data)
{
	struct vgpu_drm_request request = { .effect = VGPU_DRM_UNSIZED };

	if (hook->ioctl)
		vgpu_drm_decode(hook->driver->table, hook->ioctl, data,
				hook->size, &request);
	if (request.effect == VGPU_DRM_PASS || request.effect == VGPU_DRM_USER)
		return 0;
	return vgpu_drm_device_shut(drm, call, &hook->driver->base, hook->route,
				    request.effect == VGPU_DRM_DENY ?
					    -EOPNOTSUPP : -ENOMEM);
}

/* What has to stand before the driver may run. */
static int prepare(struct vgpu_call *call, struct vgpu_drm_hook *hook,
		   const void *data)
{
	struct vgpu_drm_request request = {
		.effect = VGPU_DRM_UNSIZED,
		.device = true,
	};
	int ret;

	/* An argument that cannot be decoded is left to the driver to refuse,
	 * and what it should make of it all the same is charged as it appears.
	 * More than 64 bits can count has room in no quota, and what a driver
	 * makes of it whose own sum wraps is no answer to what was asked.
	 */
	ret = hook->ioctl ? vgpu_drm_decode(hook->driver->table, hook->ioctl,
					    data, hook->size, &request) : 0;
	if (ret == -E2BIG) {
		ret = deny(call, hook, -ENOMEM);
		if (ret)
			return ret;
	}
	if (request.effect == VGPU_DRM_PASS)
		return 0;
	if (request.effect == VGPU_DRM_DENY)
		return close_route(call, hook);
	if (!vgpu_drm_whole(hook->driver)) {
		ret = deny(call, hook, -ENOMEM);
		if (ret)
			return ret;
	}
	if (request.effect == VGPU_DRM_USER)
		return vgpu_call_reserve(call, VGPU_MEM_NONE, 0);
	call->kind = VGPU_CALL_ALLOC;
	return vgpu_call_reserve(call, mem_of(&request), request.bytes);
}

/**
 * vgpu_drm_ioctl - in place of a driver's ioctl
 * @drm: as the driver's function gets it
 * @data: likewise, the DRM core's copy
 * @file: likewise
 * @point: of a struct vgpu_drm_hook
 *
 * Context: A process, no lock held but what drm_ioctl_kernel() holds.
 * Return: -ENOMEM where a quota has no room, -EOPNOTSUPP on a route that is
 * closed to the caller, else what the driver says.
 */
int vgpu_drm_ioctl(struct drm_device *drm, void *data, struct drm_file *file,
		   struct vgpu_point *point)
{
	struct vgpu_device *device = vgpu_drm_device_of(drm);
	drm_ioctl_t *original = point->addr;
	struct vgpu_call call;
	int ret;

	vgpu_call_begin(&call, point, device, VGPU_CALL_OTHER);
	ret = device ? prepare(&call, point->data, data) :
		       shut(&call, point->data, drm, data);
	if (!ret) {
		ret = original(drm, data, file);
		if (!ret && call.refused)
			ret = vgpu_drm_undo(file, &call);
	}
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

/*
 * Close the handle of an object, which is only compared: it may be gone. Where
 * its address has been given out anew, the caller may lose another handle of
 * its own.
 */
static void close_handle(struct drm_file *file, const void *object)
{
	const struct drm_gem_object *at;
	int handle, found = 0;

	spin_lock(&file->table_lock);
	idr_for_each_entry(&file->object_idr, at, handle) {
		if (at == object) {
			found = handle;
			break;
		}
	}
	spin_unlock(&file->table_lock);
	if (found)
		drm_gem_handle_delete(file, found);
}

/**
 * vgpu_drm_undo - take back what the quota has no room for
 * @file: in whose call it was made
 * @call: in which an object was refused
 *
 * An object without a handle goes with the one that has the call's. That is
 * the first: drivers with a table make no other in a call that gives a handle
 * out, and one without is taken to begin with it. Or it is the last, where the
 * driver gave up what it made and began anew: amdgpu and radeon do where the
 * device's memory is short, xe for a while too, and which of the tries went too
 * far says nothing of the one that stays.
 *
 * Another thread may have guessed the handle and taken a reference. Then the
 * object lives on, charged, and nothing more is let in.
 *
 * Context: A process.
 * Return: -ENOMEM.
 */
int vgpu_drm_undo(struct drm_file *file, const struct vgpu_call *call)
{
	close_handle(file, call->last);
	if (call->first != call->last)
		close_handle(file, call->first);
	return -ENOMEM;
}
