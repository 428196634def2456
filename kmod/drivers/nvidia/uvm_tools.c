// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/nvidia-uvm-tools: what profilers are told of managed memory.
 *
 * A file of it tracks the VA space of a file of nvidia-uvm's that the caller
 * has, and keeps that one open. It holds no device memory of its own: its
 * buffers are the caller's. What it keeps alive stays charged until the VA
 * space goes. It tells of that VA space alone, but for one event: UVM lets a GPU
 * go on once for all faults of a batch, and tells so to every VA space that
 * asked, whosever faults they were (record_replay_event_broadcast(),
 * uvm_tools.c). Groups with a quota are not told.
 */
#include <linux/bits.h>

#include "../../view.h"
#include "backend.h"

#define UVM_EVENT_REPLAY	BIT_ULL(4)	/* UvmEventTypeGpuFaultReplay */

/**
 * nv_uvm_events - take that event out of those asked for
 * @params: the driver's copy of UVM_TOOLS_EVENT_QUEUE_ENABLE_EVENTS_PARAMS,
 *	which goes back to the caller as it was
 * @file: of nvidia-uvm-tools
 * @point: uvm_api_tools_event_queue_enable_events()
 *
 * Context: May sleep.
 * Return: the driver's status.
 */
u32 nv_uvm_events(u8 *params, struct file *file, struct vgpu_point *point)
{
	u32 (*original)(u8 *params, struct file *file) = point->addr;
	u64 asked = nv_get64(params, NV_UVM_EVENTS_FLAGS);
	struct vgpu_call call;
	u32 ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	if (vgpu_view_limited())
		nv_put64(params, NV_UVM_EVENTS_FLAGS,
			 asked & ~UVM_EVENT_REPLAY);
	ret = original(params, file);
	nv_put64(params, NV_UVM_EVENTS_FLAGS, asked);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}
