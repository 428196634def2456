// SPDX-License-Identifier: GPL-2.0
/*
 * rm_ioctl(): which request of a tenant goes where.
 *
 * The function lies in the part of nvidia.ko that comes prebuilt and without
 * fentry, so a breakpoint takes one there (interpose_kprobe.c). That is dear,
 * so whatever vgpu has no business with is sorted out in want(), before any
 * diversion. All that the driver answers without rm_ioctl() costs nothing.
 *
 * Requests that are not listed do not exist in any release looked at. Groups
 * with a quota do not get them.
 */
#include <linux/kernel.h>
#include <linux/sched.h>

#include "../../view.h"
#include "backend.h"

typedef u32 (*rm_ioctl_t)(void *sp, void *nv, void *nvfp, u32 cmd, void *data,
			  u32 size);

static u32 rm_ioctl(void *sp, void *nv, void *nvfp, u32 cmd, void *data,
		    u32 size);
static void cleanup(void *sp, void *nv, void *nvfp,
		    struct vgpu_point *point);
static bool wanted(struct vgpu_point *point, const struct vgpu_args *args);

static struct vgpu_point ioctl_point, cleanup_point;

static const struct vgpu_point ioctl_template = {
	.name = "rm_ioctl",
	.module = "nvidia",
	.kind = VGPU_POINT_DIVERT,
	.nargs = 6,
	.handler = rm_ioctl,
	.want = wanted,
	.driver = &nv_driver,
};

static const struct vgpu_point cleanup_template = {
	.name = "rm_cleanup_file_private",
	.module = "nvidia",
	.kind = VGPU_POINT_DIVERT,
	.nargs = 3,
	.handler = cleanup,
	.driver = &nv_driver,
};

static u32 unknown(struct nv_escape *esc);
static u32 control(struct nv_escape *esc);

static u32 (*const handlers[256])(struct nv_escape *esc) = {
	[NV_ESC_RM_ALLOC_MEMORY] = nv_alloc_memory,
	[NV_ESC_RM_ALLOC_OBJECT] = nv_alloc_object,
	[NV_ESC_RM_FREE] = nv_free,
	[NV_ESC_RM_CONTROL] = control,
	[NV_ESC_RM_ALLOC] = nv_alloc,
	[NV_ESC_RM_DUP_OBJECT] = nv_dup,
	[NV_ESC_RM_VID_HEAP_CONTROL] = nv_heap_control,
	[NV_ESC_RM_MAP_MEMORY] = nv_doorbell_map,
};

/* They make nothing that holds memory. */
static const u8 passing[] = {
	NV_ESC_RM_CONFIG_GET, NV_ESC_RM_CONFIG_SET, NV_ESC_RM_SHARE,
	NV_ESC_RM_CONFIG_GET_EX, NV_ESC_RM_CONFIG_SET_EX,
	NV_ESC_RM_I2C_ACCESS, NV_ESC_RM_IDLE_CHANNELS,
	NV_ESC_RM_ACCESS_REGISTRY, NV_ESC_RM_UNMAP_MEMORY,
	NV_ESC_RM_GET_EVENT_DATA,
	NV_ESC_RM_ALLOC_CONTEXT_DMA2, NV_ESC_RM_ADD_VBLANK_CALLBACK,
	NV_ESC_RM_MAP_MEMORY_DMA, NV_ESC_RM_UNMAP_MEMORY_DMA,
	NV_ESC_RM_BIND_CONTEXT_DMA, NV_ESC_RM_UPDATE_DEVICE_MAPPING_INFO,
	NV_ESC_RM_LOCKLESS_DIAGNOSTIC, NV_ESC_REGISTER_FD,
	NV_ESC_ALLOC_OS_EVENT, NV_ESC_FREE_OS_EVENT, NV_ESC_STATUS_CODE,
};

static DECLARE_BITMAP(passes, 256);

/* Atomic, on the entry of every call. */
static bool wanted(struct vgpu_point *point, const struct vgpu_args *args)
{
	u32 cmd = args->arg[3], size = args->arg[5];
	const void *data = (void *)args->arg[4];
	u32 ctrl;

	if (cmd == NV_ESC_RM_CONTROL && nv_rm_abi()) {
		if (size != NV_NVOS54_SIZE)
			return vgpu_view_limited();
		ctrl = nv_get32(data, NV_CONTROL_CMD);
		switch (nv_control_kind(ctrl)) {
		case NV_CTL_HARMLESS:
			return false;
		case NV_CTL_TIME:
			return nv_control_strict(ctrl);
		case NV_CTL_OTHERS:
			return nv_control_private(ctrl);
		case NV_CTL_EXPORT:
		case NV_CTL_PARTITION:
		case NV_CTL_QUEUE:
			return true;
		case NV_CTL_VIEW:
			return vgpu_view_limited();
		default:
			return !nv_control_pass(ctrl);
		}
	}
	return cmd >= 256 || !test_bit(cmd, passes) || !nv_rm_abi();
}

/**
 * nv_escape_pass - let the driver do what was asked
 * @esc: of this task
 *
 * Context: May sleep, for as long as the tenant likes.
 * Return: what rm_ioctl() returned: 0 also where the status in the argument
 * says that it failed.
 */
u32 nv_escape_pass(struct nv_escape *esc)
{
	rm_ioctl_t original = (rm_ioctl_t)READ_ONCE(ioctl_point.past);
	struct vgpu_mark mark;
	u32 ret;

	if (original)
		return original(esc->sp, esc->nv, esc->nvfp, esc->cmd,
				esc->data, esc->size);
	original = (rm_ioctl_t)ioctl_point.addr;
	vgpu_point_mark(&mark, &ioctl_point);
	ret = original(esc->sp, esc->nv, esc->nvfp, esc->cmd, esc->data,
		       esc->size);
	vgpu_point_unmark(&mark);
	return ret;
}

/**
 * nv_escape_deny - refuse, in the way the driver does
 * @esc: of this task
 * @offset: of the status in the argument
 * @status: RM's
 * @route: which way was tried; NV_ROUTES where the refusal has been told
 *
 * Context: Any.
 * Return: NV_OK, as the call itself succeeded.
 */
u32 nv_escape_deny(struct nv_escape *esc, unsigned int offset, u32 status,
		   enum nv_route route)
{
	if (route < NV_ROUTES)
		vgpu_driver_refuse(&nv_driver, &nv_routes[route],
				   esc->call.device, 0);
	nv_put32(esc->data, offset, status);
	return NV_OK;
}

/* What nobody has looked at passes, but for groups with a quota. */
static u32 screen(struct nv_escape *esc, enum nv_route route, u32 status)
{
	if (!vgpu_view_limited())
		return nv_escape_pass(esc);
	vgpu_driver_refuse(&nv_driver, &nv_routes[route], NULL, 0);
	return status;
}

static u32 unknown(struct nv_escape *esc)
{
	return screen(esc, NV_ROUTE_ESCAPE, NV_ERR_NOT_SUPPORTED);
}

/**
 * nv_escape_odd - a request whose argument has a size that is not known
 * @esc: of this task
 *
 * Every release that was looked at refuses it. One that does not has changed
 * its structure, and what it would do cannot be read from the argument.
 *
 * Context: May sleep.
 * Return: as rm_ioctl().
 */
u32 nv_escape_odd(struct nv_escape *esc)
{
	return screen(esc, NV_ROUTE_SIZE, NV_ERR_INVALID_ARGUMENT);
}

/* Which instances there are now is asked before the call returns. */
static u32 partition(struct nv_escape *esc)
{
	u32 ret = nv_escape_pass(esc);

	if (ret == NV_OK && nv_get32(esc->data, NV_CONTROL_STATUS) == NV_OK)
		nv_process_due();
	return ret;
}

static u32 control(struct nv_escape *esc)
{
	u32 cmd;

	if (esc->size != NV_NVOS54_SIZE)
		return nv_escape_odd(esc);
	cmd = nv_get32(esc->data, NV_CONTROL_CMD);
	switch (nv_control_kind(cmd)) {
	case NV_CTL_VIEW:
		return nv_view_control(esc);
	case NV_CTL_EXPORT:
		return nv_export_control(esc);
	case NV_CTL_PARTITION:
		return partition(esc);
	case NV_CTL_QUEUE:
		return nv_queue_control(esc);
	default:
		return nv_control_deny(esc);
	}
}

/* Of a release that is not known, everything is a matter of the quota. */
static u32 foreign(struct nv_escape *esc)
{
	return screen(esc, NV_ROUTE_RELEASE, NV_ERR_INSUFFICIENT_PERMISSIONS);
}

static u32 rm_ioctl(void *sp, void *nv, void *nvfp, u32 cmd, void *data,
		    u32 size)
{
	struct nv_escape esc = {
		.sp = sp, .nv = nv, .nvfp = nvfp,
		.cmd = cmd, .data = data, .size = size,
	};
	u32 ret;

	vgpu_call_begin(&esc.call, &ioctl_point, NULL, VGPU_CALL_ALLOC);
	if (!nv_rm_abi() || !vgpu_driver_whole(&nv_driver))
		ret = foreign(&esc);
	else if (cmd < ARRAY_SIZE(handlers) && handlers[cmd])
		ret = handlers[cmd](&esc);
	else
		ret = unknown(&esc);
	nv_process_tick();
	nv_whole_end(&esc.whole);
	vgpu_call_end(&esc.call);
	vgpu_point_leave(&ioctl_point);
	return ret;
}

/* A file goes, in whatever context dropped it last, or in the driver's thread. */
static void cleanup(void *sp, void *nv, void *nvfp, struct vgpu_point *point)
{
	void (*original)(void *sp, void *nv, void *nvfp) = point->addr;
	struct vgpu_call call;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	original(sp, nv, nvfp);
	if (nv_rm_abi()) {
		nv_clients_file_gone(nvfp);
		nv_export_file_gone(nvfp);
		nv_process_soon();
		nv_process_tick();
	}
	vgpu_call_end(&call);
	vgpu_point_leave(point);
}

/**
 * nv_escape_attach - take the way in
 *
 * Context: May sleep.
 * Return: 0 or a negative errno; -ENOENT where nvidia.ko is not there.
 */
int nv_escape_attach(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(passing); i++)
		__set_bit(passing[i], passes);
	cleanup_point = cleanup_template;
	ret = vgpu_interpose_add(nv_points, &cleanup_point);
	if (ret)
		return ret;
	ioctl_point = ioctl_template;
	return vgpu_interpose_add(nv_points, &ioctl_point);
}
