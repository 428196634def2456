// SPDX-License-Identifier: GPL-2.0
/*
 * What a tenant with a quota is told of memory and processes.
 *
 * The driver answers into the tenant's own memory, and that answer is
 * rewritten there: the quota is the total, what is left of it is free, and
 * other groups' processes are absent. A thread that reads faster may see the
 * driver's answer for an instant; nothing is decided on what was shown.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../../view.h"
#include "backend.h"

#define MAX_FB_INFOS	128u
#define MAX_REGIONS	16u
#define SAMPLES		72u
#define NO_PID		(~0u)	/* NV2080_GPUMON_PID_INVALID */

/* Of a subdevice; NULL where @object is none. Calls into RM. */
static struct nv_gpu *ask_subdevice(u32 client, u32 object)
{
	struct nv_gpu *gpu;
	u32 id;

	if (nv_rm_control(client, object, NV_CTRL_GPU_GET_ID, &id,
			  sizeof(id)) != NV_OK)
		return NULL;
	gpu = nv_gpu_by_id(id);
	nv_gpu_learn(gpu, client, object);
	return gpu ? nv_instance_of(gpu, client, object) ?: gpu : NULL;
}

/* Of a device, of a client that was there before us. Calls into RM. */
static struct nv_gpu *ask_device(u32 hclient, u32 object)
{
	struct nv_client *client = nv_client_meet(hclient);
	struct nv_gpu *gpu = NULL;

	if (client && !READ_ONCE(client->file) &&
	    !mutex_lock_killable(&client->serial)) {
		if (nv_rm_device_gpu(hclient, object, &gpu) != NV_OK)
			gpu = NULL;
		mutex_unlock(&client->serial);
	}
	nv_client_put(client);
	return gpu;
}

/*
 * The GPU that the driver has just told the caller of. What a client had before
 * vgpu came is not in its tree, so RM is asked then. It took the handles for
 * the caller's, and for those of a subdevice or a device.
 */
static struct nv_gpu *gpu_of(u32 hclient, u32 object)
{
	struct nv_client *client = nv_client_get(hclient);
	struct nv_gpu *gpu = client ? nv_object_gpu(client, object) : NULL;

	nv_client_put(client);
	if (gpu || !vgpu_view_limited())
		return gpu;
	return ask_subdevice(hclient, object) ?: ask_device(hclient, object);
}

/*
 * What binds on an instance, and on the GPU that it is a part of. Of a GPU that
 * is not known, nothing is there for the caller.
 */
static bool view_of(const struct nv_gpu *gpu, struct vgpu_view *view)
{
	struct vgpu_view whole;
	bool bound;

	if (!gpu) {
		*view = (struct vgpu_view) { 0 };
		return vgpu_view_limited();
	}
	bound = vgpu_view_get(gpu->device, view);
	if (!gpu->whole || !vgpu_view_get(gpu->whole->device, &whole))
		return bound;
	if (bound) {
		view->total = min(view->total, whole.total);
		view->free = min(view->free, whole.free);
	} else {
		*view = whole;
	}
	return true;
}

/* One of FB_GET_INFO's answers, in KiB. */
static u32 shrink_info(u32 index, u32 data, const struct vgpu_view *view)
{
	switch (index) {
	case NV_FB_RAM_SIZE:
	case NV_FB_TOTAL_RAM_SIZE:
	case NV_FB_HEAP_SIZE:
	case NV_FB_MAPPABLE_HEAP_SIZE:
	case NV_FB_USABLE_RAM_SIZE:
	case NV_FB_PROTECTED_MEM_SIZE_TOTAL_KB:
		return min_t(u64, data, view->total / 1024);
	case NV_FB_HEAP_FREE:
	case NV_FB_LARGEST_FREE_REGION:
	case NV_FB_PROTECTED_MEM_SIZE_FREE_KB:
		return min_t(u64, data, view->free / 1024);
	default:
		return data;
	}
}

static void rewrite_infos(void __user *list, u32 count,
			  const struct vgpu_view *view)
{
	u32 pair[2], data;

	for (count = min(count, MAX_FB_INFOS); count--;
	     list += NV_FB_INFO_SIZE) {
		if (copy_from_user(pair, list, sizeof(pair)))
			return;
		data = shrink_info(pair[0], pair[1], view);
		if (data != pair[1] &&
		    copy_to_user(list + sizeof(u32), &data, sizeof(data)))
			return;
	}
}

static void fb_info(void __user *params, struct nv_gpu *gpu)
{
	struct vgpu_view view;
	u64 list;
	u32 count;

	if (!view_of(gpu, &view) || get_user(count, (u32 __user *)params) ||
	    copy_from_user(&list, params + NV_FB_INFO_LIST, sizeof(list)))
		return;
	rewrite_infos(u64_to_user_ptr(list), count, &view);
}

static void fb_info_v2(void __user *params, struct nv_gpu *gpu)
{
	struct vgpu_view view;
	u32 count;

	if (!view_of(gpu, &view) || get_user(count, (u32 __user *)params))
		return;
	rewrite_infos(params + NV_FB_INFO_V2_LIST, count, &view);
}

/*
 * The regions of memory, cut off where together they are the quota. Nothing is
 * left of those behind.
 */
static void regions(void __user *params, struct nv_gpu *gpu)
{
	void __user *region = params + NV_REGIONS_LIST;
	struct vgpu_view view;
	u32 size = nv_rm_abi()->fb_region_size;
	u64 bounds[3], left;	/* base, limit, of which reserved */
	u32 count, i;

	if (!view_of(gpu, &view) ||
	    get_user(count, (u32 __user *)(params + NV_REGIONS_COUNT)))
		return;
	left = view.total;
	count = min(count, MAX_REGIONS);
	for (i = 0; i < count && left; i++, region += size) {
		BUILD_BUG_ON(NV_REGION_BASE != 0 || NV_REGION_LIMIT != 8 ||
			     NV_REGION_RESERVED != 16);
		if (copy_from_user(bounds, region, sizeof(bounds)))
			return;
		if (bounds[1] < bounds[0])
			continue;
		if (bounds[1] - bounds[0] >= left)
			bounds[1] = bounds[0] + left - 1;
		left -= bounds[1] - bounds[0] + 1;
		bounds[2] = min(bounds[2], bounds[1] - bounds[0] + 1);
		if (copy_to_user(region, bounds, sizeof(bounds)))
			return;
	}
	if (put_user(i, (u32 __user *)(params + NV_REGIONS_COUNT)) ||
	    clear_user(region, (count - i) * size))
		return;
}

/*
 * May the caller see a process that an answer names? A tenant has any number
 * that it likes in a namespace of its own, so which namespace is meant matters.
 */
static bool shows(u32 pid, u16 answer)
{
	return nv_rm_namespaced(answer) ? vgpu_view_shows(pid) :
					  vgpu_view_shows_host(pid);
}

/* Drop the processes of other groups from a table of at most @max. */
static void filter_pids(void __user *count_at, void __user *table_at, u32 max,
			u16 answer)
{
	u32 count, kept = 0, i, *table;

	if (copy_from_user(&count, count_at, sizeof(count)))
		return;
	count = min(count, max);
	table = kvcalloc(max, sizeof(*table), GFP_KERNEL);
	if (!table ||
	    copy_from_user(table, table_at, count * sizeof(*table)))
		goto out;
	for (i = 0; i < count; i++)
		if (shows(table[i], answer))
			table[kept++] = table[i];
	for (i = kept; i < count; i++)
		table[i] = 0;
	if (copy_to_user(table_at, table, count * sizeof(*table)) ||
	    copy_to_user(count_at, &kept, sizeof(kept)))
		goto out;
out:
	kvfree(table);
}

static void pids(void __user *params, struct nv_gpu *gpu)
{
	filter_pids(params + NV_PIDS_COUNT, params + NV_PIDS_TABLE, NV_MAX_PIDS,
		    NV_NS_PIDS);
}

static void accounted_pids(void __user *params, struct nv_gpu *gpu)
{
	filter_pids(params + NV_ACCOUNTED_PIDS_COUNT,
		    params + NV_ACCOUNTED_PIDS_TABLE, NV_MAX_ACCOUNTED_PIDS,
		    NV_NS_ACCOUNTS);
}

/*
 * Of another group's process the driver is to know nothing. Where it takes the
 * caller's number, it has written the one of the initial namespace over it
 * (lookupPid(), client_resource.c).
 */
static u32 accounted(void __user *params)
{
	u32 pid;

	if (copy_from_user(&pid, params + NV_ACCOUNTED_PID, sizeof(pid)) ||
	    vgpu_view_shows_host(pid) ||
	    clear_user(params + NV_ACCOUNTED_DATA,
		       NV_ACCOUNTED_SIZE - NV_ACCOUNTED_DATA))
		return NV_OK;
	return NV_ERR_OBJECT_NOT_FOUND;
}

/* As when no process was active on it. */
static bool hide_engine(void __user *engine, u32 size)
{
	static const u32 nobody[2] = { NO_PID, NO_PID };

	BUILD_BUG_ON(NV_ENGINE_SUB_PID != NV_ENGINE_PID + sizeof(u32));
	return !clear_user(engine, size) &&
	       !copy_to_user(engine + NV_ENGINE_PID, nobody, sizeof(nobody));
}

/*
 * Whose number a sample has. One that RM did not find in the caller's namespace
 * keeps that of the initial one, and its reference to the process.
 */
static bool engine_shows(const void __user *engine, u32 pid)
{
	const struct nv_abi *abi = nv_rm_abi();
	u64 kept = 0;

	if (!nv_rm_namespaced(NV_NS_SAMPLES))
		return vgpu_view_shows_host(pid);
	if (copy_from_user(&kept, engine + nv_abi_engine_os_pid(abi),
			   sizeof(kept)))
		return false;
	return kept ? vgpu_view_shows_host(pid) : vgpu_view_shows(pid);
}

/* What engines did, and for whom: a process in each engine of each sample. */
static void samples(void __user *params, struct nv_gpu *gpu)
{
	const struct nv_abi *abi = nv_rm_abi();
	unsigned int size = (abi->util_samples_size - NV_SAMPLES_LIST) / SAMPLES;
	unsigned int engines = (size - NV_SAMPLE_ENGINES) /
			       abi->util_engine_size;
	void __user *sample = params + NV_SAMPLES_LIST;
	void __user *engine;
	unsigned int i, j;
	u32 pid;

	for (i = 0; i < SAMPLES; i++, sample += size) {
		engine = sample + NV_SAMPLE_ENGINES;
		for (j = 0; j < engines; j++, engine += abi->util_engine_size) {
			if (copy_from_user(&pid, engine + NV_ENGINE_PID,
					   sizeof(pid)))
				return;
			if (pid && !engine_shows(engine, pid) &&
			    !hide_engine(engine, abi->util_engine_size))
				return;
		}
	}
}

static void pid_infos(void __user *params, struct nv_gpu *gpu)
{
	void __user *entry = params + NV_PID_INFOS_LIST;
	u32 count, pid;

	if (copy_from_user(&count, params + NV_PID_INFOS_COUNT,
			   sizeof(count)))
		return;
	for (count = min(count, NV_MAX_PID_INFOS); count--;
	     entry += NV_PID_INFO_SIZE) {
		if (copy_from_user(&pid, entry + NV_PID_INFO_PID,
				   sizeof(pid)))
			return;
		if (!shows(pid, NV_NS_PID_INFO) &&
		    clear_user(entry + NV_PID_INFO_DATA,
			       NV_PID_INFO_SIZE - NV_PID_INFO_DATA))
			return;
	}
}

static const struct {
	u32 cmd;
	void (*rewrite)(void __user *params, struct nv_gpu *gpu);
	bool no_gpu;	/* needs none */
	u32 (*judge)(void __user *params);	/* in place of rewrite */
} views[] = {
	{ NV_CTRL_FB_GET_INFO, fb_info },
	{ NV_CTRL_FB_GET_INFO_V2, fb_info_v2 },
	{ NV_CTRL_FB_GET_FB_REGION_INFO, regions },
	{ NV_CTRL_GPU_GET_PIDS, pids, true },
	{ NV_CTRL_GPU_GET_PID_INFO, pid_infos, true },
	{ NV_CTRL_PERF_GET_GPUMON_PERFMON_UTIL_SAMPLES_V2, samples, true },
	{ NV_CTRL_GPUACCT_GET_ACCOUNTING_PIDS, accounted_pids, true },
	{ NV_CTRL_GPUACCT_GET_PROC_ACCOUNTING_INFO, .judge = accounted },
};

/**
 * nv_view_control - ask the driver, and rewrite its answer
 * @esc: NV_ESC_RM_CONTROL with a control that is wanted
 *
 * Context: May sleep.
 * Return: as rm_ioctl().
 */
u32 nv_view_control(struct nv_escape *esc)
{
	void __user *params =
		u64_to_user_ptr(nv_get64(esc->data, NV_CONTROL_PARAMS));
	u32 cmd = nv_get32(esc->data, NV_CONTROL_CMD);
	struct nv_gpu *gpu = NULL;
	unsigned int i;
	u32 ret;

	ret = nv_escape_pass(esc);
	if (ret != NV_OK || nv_get32(esc->data, NV_CONTROL_STATUS) != NV_OK)
		return ret;

	for (i = 0; i < ARRAY_SIZE(views); i++) {
		if (views[i].cmd != cmd)
			continue;
		if (views[i].judge) {
			nv_put32(esc->data, NV_CONTROL_STATUS,
				 views[i].judge(params));
			break;
		}
		if (!views[i].no_gpu)
			gpu = gpu_of(nv_get32(esc->data, NV_CONTROL_CLIENT),
				     nv_get32(esc->data, NV_CONTROL_OBJECT));
		views[i].rewrite(params, gpu);
		break;
	}
	return ret;
}

/**
 * nv_view_heap - rewrite the answer to NVOS32_FUNCTION_INFO
 * @esc: NV_ESC_RM_VID_HEAP_CONTROL, answered
 *
 * Context: May sleep.
 */
void nv_view_heap(struct nv_escape *esc)
{
	struct vgpu_view view;

	if (!view_of(gpu_of(nv_get32(esc->data, NV_HEAP_ROOT),
			    nv_get32(esc->data, NV_HEAP_PARENT)), &view))
		return;
	nv_put64(esc->data, NV_HEAP_TOTAL,
		 min(nv_get64(esc->data, NV_HEAP_TOTAL), view.total));
	nv_put64(esc->data, NV_HEAP_FREE,
		 min(nv_get64(esc->data, NV_HEAP_FREE), view.free));
	nv_put64(esc->data, NV_HEAP_INFO_SIZE,
		 min(nv_get64(esc->data, NV_HEAP_INFO_SIZE), view.free));
}
