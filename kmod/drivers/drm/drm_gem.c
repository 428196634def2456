// SPDX-License-Identifier: GPL-2.0
/*
 * Points on the DRM core: how objects are born and die, whatever the driver.
 *
 *  drm_gem_object_init()	   an object with pages of its own is about to be
 *				   made: the last place to refuse it, and its
 *				   exact size is known. Objects made outside any
 *				   call that reserved (a driver without a table,
 *				   a path inside the kernel) are charged here.
 *  drm_gem_private_object_init()  an object whose memory the driver keeps: it
 *				   returns nothing, so it is bound whatever the
 *				   quota says and its call is undone if need be.
 *				   drm_gem_object_init() calls it too, and so do
 *				   imports, whose memory others pay for.
 *  drm_gem_prime_fd_to_handle()   an import.
 *  drm_gem_object_release()	   the driver has let go of the memory; for TTM
 *				   that is after its delayed destroy.
 *  drm_mode_create_dumb_ioctl()   a dumb buffer, of a driver with objects that
 *				   can only be refused by what is reserved.
 */
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_mode.h>

#include "../../object.h"
#include "backend.h"

static struct vgpu_route core_route = {
	.name = "GEM objects",
	.state = VGPU_ROUTE_STATE_ENFORCED,
};

static struct vgpu_driver core;

/**
 * vgpu_drm_whole - do all points stand that watch over a driver's memory?
 * @driver: registered
 *
 * Those on the DRM core are every driver's.
 *
 * Context: Any.
 */
bool vgpu_drm_whole(const struct vgpu_drm_driver *driver)
{
	return vgpu_driver_whole(&driver->base) && vgpu_driver_whole(&core);
}

/* Charge an object that is about to be made, and bind it to its pointer. */
static int charge_birth(struct vgpu_call *call, const void *object, u64 size)
{
	int ret = 0;

	if (size > call->reserved)	/* seldom: the driver rounds up more */
		ret = vgpu_object_draw(call, size);
	return ret ?: vgpu_object_bind(call, object, size);
}

/*
 * The usual case, where the call that pays is under way in this task already:
 * it is known to a detach, and needs no second one.
 */
static int init_paid(struct vgpu_call *payer, struct drm_device *drm,
		     struct drm_gem_object *obj, size_t size,
		     int (*original)(struct drm_device *drm,
				     struct drm_gem_object *obj, size_t size))
{
	int ret;

	ret = charge_birth(payer, obj, size);
	if (ret)
		return ret;
	payer->binding = obj;
	ret = original(drm, obj, size);
	payer->binding = NULL;
	if (ret)
		vgpu_object_release(obj);
	return ret;
}

/*
 * Where a point is lost, the call that should have reserved may have passed
 * it by. Then nothing may be born to a group with a quota.
 */
static int close_births(struct vgpu_call *call, const struct drm_device *drm)
{
	struct vgpu_drm_driver *driver;

	if (!vgpu_drm_device_driver_of(drm, &driver) ||
	    vgpu_drm_whole(driver) || !vgpu_call_limited(call))
		return 0;
	return vgpu_driver_refuse(&driver->base, &core_route, call->device,
				  -ENOMEM);
}

/*
 * Bound before the original runs: at that moment nobody else can know the
 * pointer, and on its failure, after which some drivers free the object
 * without releasing it, the charge is simply taken back.
 */
static int gem_object_init(struct drm_device *drm, struct drm_gem_object *obj,
			   size_t size, struct vgpu_point *point)
{
	int (*original)(struct drm_device *drm, struct drm_gem_object *obj,
			size_t size) = point->addr;
	struct vgpu_device *device = vgpu_drm_device_of(drm);
	struct vgpu_call call, *payer = NULL;
	bool bound = false;
	int ret = 0;

	if (device)
		payer = vgpu_call_find(device);
	if (payer && payer->account) {
		ret = init_paid(payer, drm, obj, size, original);
		vgpu_point_leave(point);
		return ret;
	}
	vgpu_call_begin(&call, point, device, VGPU_CALL_OTHER);
	if (device && !(payer && payer->kind == VGPU_CALL_IMPORT)) {
		ret = close_births(&call, drm) ?:
		      vgpu_call_reserve(&call, VGPU_MEM_DEVICE, size) ?:
		      charge_birth(&call, obj, size);
		bound = !ret;
	} else if (!device) {
		ret = vgpu_drm_device_shut(drm, &call, &core, &core_route,
					   -ENOMEM);
	}
	if (!ret)
		ret = original(drm, obj, size);
	if (ret && bound)
		vgpu_object_release(obj);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

/* Those that gem_object_init() is making are bound there. */
static void gem_private_object_init(struct vgpu_point *point,
				    const struct vgpu_args *args)
{
	const struct drm_device *drm = (void *)args->arg[0];
	struct vgpu_device *device;
	struct vgpu_call *call;

	/* Most: which device it is need not be looked up. */
	if (vgpu_call_binds((void *)args->arg[1]))
		return;
	device = vgpu_drm_device_of(drm);
	if (!device)
		return;
	call = vgpu_call_find(device);
	if (call && (call->kind == VGPU_CALL_IMPORT ||
		     call->point->handler == gem_object_init))
		return;
	vgpu_object_force(device, call, (void *)args->arg[1], args->arg[2]);
}

/*
 * Given back after the original, not at its entry: between the two, another
 * task could be let in while the memory is still there. The pointer cannot be
 * born again before the caller, who frees it, gets on. The call never waits,
 * so no detach has to know of it.
 */
static void gem_object_release(struct drm_gem_object *obj,
			       struct vgpu_point *point)
{
	void (*original)(struct drm_gem_object *obj) = point->addr;

	original(obj);
	vgpu_object_release(obj);
	vgpu_point_leave(point);
}

/**
 * vgpu_drm_gem_released - a function was entered that ends an object
 * @point: on it
 * @args: the object is the first
 *
 * Context: Atomic.
 */
void vgpu_drm_gem_released(struct vgpu_point *point,
			   const struct vgpu_args *args)
{
	vgpu_object_release((void *)args->arg[0]);
}

static int prime_fd_to_handle(struct drm_device *drm, struct drm_file *file,
			      int fd, u32 *handle, struct vgpu_point *point)
{
	int (*original)(struct drm_device *drm, struct drm_file *file, int fd,
			u32 *handle) = point->addr;
	struct vgpu_call call;
	int ret;

	vgpu_call_begin(&call, point, vgpu_drm_device_of(drm),
			VGPU_CALL_IMPORT);
	ret = original(drm, file, fd, handle);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static int reserve_dumb(struct vgpu_call *call, struct vgpu_drm_driver *driver,
			const struct drm_mode_create_dumb *dumb)
{
	struct vgpu_drm_request request;

	if (!vgpu_drm_whole(driver) && vgpu_call_limited(call))
		return vgpu_driver_refuse(&driver->base,
					  &driver->base.routes[0],
					  call->device, -ENOMEM);
	/* What cannot be decoded, the DRM core is about to refuse. */
	if (vgpu_drm_decode_dumb(driver->table, dumb->width, dumb->height,
				 dumb->bpp, &request))
		request = (struct vgpu_drm_request) { };
	if (request.effect == VGPU_DRM_DENY && vgpu_call_limited(call))
		return vgpu_driver_refuse(&driver->base,
					  &driver->base.routes[0],
					  call->device, -EOPNOTSUPP);
	call->kind = VGPU_CALL_ALLOC;
	return vgpu_call_reserve(call, VGPU_MEM_DEVICE, request.bytes);
}

static int shut_dumb(struct vgpu_call *call, struct vgpu_drm_driver *driver,
		     const struct drm_device *drm)
{
	bool deny = driver->table && driver->table->deny_dumb;

	return vgpu_drm_device_shut(drm, call, &driver->base,
				    &driver->base.routes[0],
				    deny ? -EOPNOTSUPP : -ENOMEM);
}

static int create_dumb(struct drm_device *drm, void *data,
		       struct drm_file *file, struct vgpu_point *point)
{
	drm_ioctl_t *original = point->addr;
	struct vgpu_drm_driver *driver = NULL;
	struct vgpu_device *device;
	struct vgpu_call call;
	int ret = 0;

	device = vgpu_drm_device_driver_of(drm, &driver);
	vgpu_call_begin(&call, point, device, VGPU_CALL_OTHER);
	if (device)
		ret = reserve_dumb(&call, driver, data);
	else if (driver)
		ret = shut_dumb(&call, driver, drm);
	if (!ret) {
		ret = original(drm, data, file);
		if (!ret && call.refused)
			ret = vgpu_drm_undo(file, &call);
	}
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static struct vgpu_point points[] = {
	{
		/* First, so that no death is missed once births are seen. */
		.name = "drm_gem_object_release",
		.addr = drm_gem_object_release,
		.kind = VGPU_POINT_DIVERT,
		.nargs = 1,
		.handler = gem_object_release,
		.driver = &core,
	}, {
		.name = "drm_gem_object_init",
		.addr = drm_gem_object_init,
		.kind = VGPU_POINT_DIVERT,
		.nargs = 3,
		.handler = gem_object_init,
		.driver = &core,
	}, {
		.name = "drm_gem_private_object_init",
		.addr = drm_gem_private_object_init,
		.kind = VGPU_POINT_WATCH,
		.nargs = 3,
		.watch = gem_private_object_init,
		.driver = &core,
	}, {
		.name = "drm_gem_prime_fd_to_handle",
		.module = "drm",
		.kind = VGPU_POINT_DIVERT,
		.nargs = 4,
		.handler = prime_fd_to_handle,
		.driver = &core,
	}, {
		.name = "drm_mode_create_dumb_ioctl",
		.module = "drm",
		.kind = VGPU_POINT_DIVERT,
		.nargs = 3,
		.handler = create_dumb,
		.driver = &core,
	},
};

static int attach(struct vgpu_driver *driver)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		ret = vgpu_interpose_add(vgpu_drm_points, &points[i]);
		if (ret) {
			pr_err("vgpu_drm: cannot interpose on %s: %d\n",
			       points[i].name, ret);
			return ret;
		}
	}
	/* After a detach; when the backend comes there is no device yet. */
	vgpu_drm_devices_adopt(NULL);
	return 0;
}

static void mended(struct vgpu_driver *driver)
{
	vgpu_drm_devices_adopt(NULL);
}

static void detach(struct vgpu_driver *driver)
{
	vgpu_interpose_remove(vgpu_drm_points, driver);
	vgpu_drm_devices_drop();
}

static const struct vgpu_driver_ops core_ops = {
	.attach = attach,
	.detach = detach,
	.mended = mended,
};

static struct vgpu_driver core = {
	.name = "drm",
	.backend = "drm",
	.ops = &core_ops,
	.strays = true,
	.routes = &core_route,
	.nroutes = 1,
};

int vgpu_drm_gem_init(void)
{
	int ret;

	core.points = vgpu_drm_points;
	ret = vgpu_driver_register(&core);
	if (ret == -EBUSY)
		return 0;	/* degraded: all routes are closed till it mends */
	if (ret)
		vgpu_driver_unregister(&core);
	return ret;
}

/* After the last of the points that belong to no driver was added. */
void vgpu_drm_gem_examine(void)
{
	vgpu_driver_examine(&core);
}

void vgpu_drm_gem_deinit(void)
{
	vgpu_driver_unregister(&core);
}
