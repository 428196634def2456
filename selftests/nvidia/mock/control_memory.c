// SPDX-License-Identifier: GPL-2.0
/*
 * Controls that tell about memory: how much there is, who has it.
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/threads.h>

#include "control.h"
#include "release.h"

#define BAR1_KIB	(256 << 10)

/* NV2080_CTRL_FB_INFO_INDEX: ctrl2080fb.h */
enum {
	FB_BAR1_SIZE = 0x5,
	FB_RAM_SIZE = 0x7,
	FB_TOTAL_RAM_SIZE = 0x8,
	FB_HEAP_SIZE = 0x9,
	FB_MAPPABLE_HEAP_SIZE = 0xa,
	FB_LARGEST_FREE = 0x12,
	FB_HEAP_FREE = 0x16,
	FB_BAR1_AVAIL = 0x1d,
	FB_BAR1_CONTIGUOUS = 0x1f,
	FB_USABLE_RAM_SIZE = 0x20,
	FB_PROTECTED_TOTAL = 0x33,
	FB_PROTECTED_FREE = 0x34,
};

/* gpuIsCCorApmFeatureEnabled(): all memory is protected, or none */
static bool confidential;
module_param(confidential, bool, 0444);
MODULE_PARM_DESC(confidential, "Confidential computing is enabled");

static uint crowd;
module_param(crowd, uint, 0644);
MODULE_PARM_DESC(crowd, "Processes that GPU_GET_PIDS names before any other");

/* An entry of a list of indices: NV2080_CTRL_FB_INFO and others */
struct info {
	u32 index;
	u32 data;
};

/**
 * mock_fb_info() - what the driver says about a GPU's memory
 * @gpu: which
 * @part: an instance of it, or NULL
 * @index: about what; unknown ones are 0
 *
 * Context: Any.
 * Return: KiB.
 */
u64 mock_fb_info(struct mock_gpu *gpu, struct mock_part *part, u32 index)
{
	struct mock_heap *heap = part ? &part->heap : &gpu->heap;
	u64 total, used;

	spin_lock(&mock_heap_lock);
	total = heap->total >> 10;
	used = heap->used >> 10;
	spin_unlock(&mock_heap_lock);
	switch (index) {
	case FB_BAR1_SIZE:
	case FB_BAR1_AVAIL:
	case FB_BAR1_CONTIGUOUS:
		return BAR1_KIB;
	case FB_RAM_SIZE:
	case FB_TOTAL_RAM_SIZE:
	case FB_HEAP_SIZE:
	case FB_MAPPABLE_HEAP_SIZE:
	case FB_USABLE_RAM_SIZE:
		return total;
	case FB_LARGEST_FREE:
	case FB_HEAP_FREE:
		return total - used;
	case FB_PROTECTED_TOTAL:
		return confidential ? total : 0;
	case FB_PROTECTED_FREE:
		return confidential ? total - used : 0;
	default:
		return 0;
	}
}

static u32 fb_info(struct mock_ctl *ctl, struct info *list, u32 count)
{
	struct mock_part *part;
	u32 i, status;

	if (count > mock_release->fb_info)
		return NV_ERR_INVALID_ARGUMENT;
	/* _kmemsysGetFbInfos(), kern_mem_sys_ctrl.c: but for the total. */
	status = mock_mig_part(ctl->caller, ctl->object, &part);
	for (i = 0; i < count; i++) {
		if (status && list[i].index != FB_TOTAL_RAM_SIZE &&
		    list[i].index != FB_RAM_SIZE)
			return NV_ERR_INSUFFICIENT_PERMISSIONS;
		list[i].data = mock_fb_info(ctl->object->gpu, part,
					    list[i].index);
	}
	return NV_OK;
}

/* NV2080_CTRL_FB_GET_INFO_PARAMS */
u32 mock_ctl_fb_info(struct mock_ctl *ctl)
{
	return ctl->list ? fb_info(ctl, ctl->list, ctl->count) : NV_OK;
}

/* NV2080_CTRL_FB_GET_INFO_V2_PARAMS */
u32 mock_ctl_fb_info_v2(struct mock_ctl *ctl)
{
	u32 *words = ctl->params;

	return fb_info(ctl, (struct info *)(words + 1), words[0]);
}

/* NV2080_CTRL_CMD_FB_GET_FB_REGION_FB_REGION_INFO */
struct region {
	u64 base;
	u64 limit;
	u64 reserved;
	u32 performance;
	bool compressed;
	bool iso;
	bool protected;
	u8 black_list[];
};

static void region_fill(u8 *at, u64 base, u64 size, bool iso)
{
	struct region *region = (void *)at;

	if (!size) {
		memset(region->black_list, true,
		       mock_release->fb_region -
		       offsetof(struct region, black_list));
		return;
	}
	region->base = base;
	region->limit = base + size - 1;
	region->reserved = size / 4 * 3;
	region->iso = iso;
}

/*
 * subdeviceCtrlCmdFbGetFBRegionInfo_IMPL(), mem_mgr_ctrl.c: two regions, a
 * quarter and the rest; the others are padding, which allows no kind of surface.
 */
u32 mock_ctl_fb_region(struct mock_ctl *ctl)
{
	u64 total = ctl->object->gpu->heap.total;
	u8 *region = ctl->params + 8;
	u32 i;

	memset(ctl->params, 0, ctl->size);
	*(u32 *)ctl->params = 2;
	region_fill(region, 0, total / 4, true);
	region += mock_release->fb_region;
	region_fill(region, total / 4, total - total / 4, false);
	for (i = 2; i < 16; i++) {
		region += mock_release->fb_region;
		region_fill(region, 0, 0, false);
	}
	return NV_OK;
}

/* NV2080_CTRL_GPU_GET_PIDS_PARAMS */
struct pids {
	u32 type;
	u32 id;
	u32 count;
	u32 pid[950];
};

/* Has the client an object of that class on that GPU? */
static bool has_class(struct mock_client *client, struct mock_gpu *gpu,
		      u32 class)
{
	struct mock_object *object;
	unsigned long handle;

	xa_for_each(&client->objects, handle, object) {
		if (object->class == class && object->gpu == gpu)
			return true;
	}
	return false;
}

static void add_pid(struct pids *pids, pid_t pid)
{
	u32 i;

	for (i = 0; i < pids->count; i++) {
		if (pids->pid[i] == pid)
			return;
	}
	if (pids->count < ARRAY_SIZE(pids->pid))
		pids->pid[pids->count++] = pid;
}

/* The processes that have an object of the class pids->id. */
u32 mock_ctl_pids(struct mock_ctl *ctl)
{
	struct pids *pids = ctl->params;
	struct mock_client *client;
	struct mock_part *part;
	u32 status, count;

	if (pids->type)
		return NV_ERR_NOT_SUPPORTED;
	status = mock_mig_scope(ctl, &part);
	if (status)
		return status;
	/* gpuGetProcWithObject_IMPL(), gpu_rmapi.c: it stops where it is full. */
	count = min_t(u32, READ_ONCE(crowd), ARRAY_SIZE(pids->pid));
	for (pids->count = 0; pids->count < count; pids->count++)
		pids->pid[pids->count] = PID_MAX_LIMIT + pids->count;
	list_for_each_entry(client, &mock_clients, node) {
		if (has_class(client, ctl->object->gpu, pids->id) &&
		    (!part || mock_mig_has(client, part)) &&
		    mock_client_nr(client))
			add_pid(pids, mock_client_nr(client));
	}
	return NV_OK;
}

/* One more handle to a context is nothing that _gpuCollectMemInfo() looks at. */
static void use_of(struct mock_object *object, struct mock_gpu *gpu,
		   struct mock_part *part, struct mock_use *use)
{
	struct mock_use own = {};

	if (mock_kind_is_memory(object->kind)) {
		mock_phys_use(&object->holder, gpu, part, use);
		return;
	}
	mock_phys_use(&object->holder, gpu, part, &own);
	use->private += own.private + own.owned;
}

/* NV2080_CTRL_GPU_PID_INFO */
struct pid_info {
	u32 pid;
	u32 index;
	u32 result;
	u32 pad;
	struct mock_use use;
	u64 protected[3];
	u32 smc[2];
};

/* NV2080_CTRL_GPU_GET_PID_INFO_PARAMS */
struct pid_infos {
	u32 count;
	u32 pad;
	struct pid_info info[200];
};

static_assert(sizeof(struct pids) == 3812);
static_assert(sizeof(struct pid_infos) == 14408);

/* From 565 on _gpuMatchClientPid() asks for the caller's number, gpu_rmapi.c. */
static pid_t number_of(const struct mock_client *client)
{
	return mock_release->nr < 565 ? client->pid : mock_client_nr(client);
}

/* _gpuCollectMemInfo(), gpu_rmapi.c; with the implicit shares of contexts. */
static void pid_use(struct mock_gpu *gpu, struct mock_part *part, pid_t pid,
		    struct mock_use *use)
{
	struct mock_client *client;
	struct mock_object *object;
	unsigned long handle;

	list_for_each_entry(client, &mock_clients, node) {
		if (number_of(client) != pid)
			continue;
		xa_for_each(&client->objects, handle, object)
			use_of(object, gpu, part, use);
	}
}

u32 mock_ctl_pid_info(struct mock_ctl *ctl)
{
	struct pid_infos *infos = ctl->params;
	struct mock_part *part;
	struct pid_info *info;
	u32 i, status;

	status = mock_mig_scope(ctl, &part);
	if (status)
		return status;
	if (!infos->count || infos->count > ARRAY_SIZE(infos->info))
		return NV_ERR_INVALID_ARGUMENT;
	for (i = 0; i < infos->count; i++) {
		info = &infos->info[i];
		memset(&info->use, 0, sizeof(info->use));
		memset(info->protected, 0, sizeof(info->protected));
		info->result = info->index ? NV_ERR_NOT_SUPPORTED : NV_OK;
		if (!info->index)
			pid_use(ctl->object->gpu, part, info->pid,
				&info->use);
		info->smc[0] = ~0U;
		info->smc[1] = ~0U;
	}
	return NV_OK;
}

/* NV0041_CTRL_SURFACE_INFO_INDEX: ctrl0041.h */
enum {
	SURFACE_ATTRS = 1,
	SURFACE_PHYS_SIZE_LO = 2,	/* from 580 */
	SURFACE_PHYS_SIZE_HI = 3,	/* from 580 */
	SURFACE_COMPR = 5,
	SURFACE_PHYS_SIZE = 7,		/* in 4 KiB */
	SURFACE_PHYS_ATTR = 8,
	SURFACE_ADDR_SPACE = 9,
};

/* NV0000_CTRL_CMD_CLIENT_GET_ADDR_SPACE_TYPE: ctrl0000client.h */
enum {
	SPACE_SYSMEM = 1,
	SPACE_VIDMEM = 2,
};

static u32 surface(const struct mock_phys *phys, struct info *info)
{
	switch (info->index) {
	case SURFACE_ATTRS:
	case SURFACE_COMPR:
		info->data = 0;
		return NV_OK;
	case SURFACE_PHYS_SIZE_LO:
	case SURFACE_PHYS_SIZE_HI:
		if (!mock_release->surface_lo_hi)
			return NV_ERR_INVALID_ARGUMENT;
		info->data = info->index == SURFACE_PHYS_SIZE_LO ?
				     lower_32_bits(phys->size) :
				     upper_32_bits(phys->size);
		return NV_OK;
	case SURFACE_PHYS_SIZE:
		info->data = phys->size >> 12;
		return NV_OK;
	case SURFACE_PHYS_ATTR:
		info->data = phys->attr;
		return NV_OK;
	case SURFACE_ADDR_SPACE:
		info->data = phys->gpu ? SPACE_VIDMEM : SPACE_SYSMEM;
		return NV_OK;
	default:
		return NV_ERR_INVALID_ARGUMENT;
	}
}

/* memCtrlCmdGetSurfaceInfoLvm_IMPL(), mem_ctrl.c */
u32 mock_ctl_surface(struct mock_ctl *ctl)
{
	const struct mock_phys *phys = ctl->object->holder.phys;
	struct info *list = ctl->list;
	u32 status = NV_OK;
	u32 i;

	if (!list)
		return NV_ERR_INVALID_ARGUMENT;
	if (!phys)
		return NV_ERR_NOT_SUPPORTED;
	for (i = 0; !status && i < ctl->count; i++)
		status = surface(phys, &list[i]);
	return status;
}
