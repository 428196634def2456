// SPDX-License-Identifier: GPL-2.0
/*
 * Address spaces, channel groups, channels; and queries.
 */
#include <stdlib.h>
#include <string.h>

#include "rm.h"

uint32_t rm_vaspace(struct rm *rm, uint32_t *handle)
{
	uint8_t params[56] = { 0 };

	*handle = 0;
	return rm_alloc(rm, rm->device, handle, 0x90f1, params);
}

uint32_t rm_tsg(struct rm *rm, uint32_t vaspace, uint32_t *handle)
{
	uint32_t params[5] = { 0, 0, vaspace, 1 };

	*handle = 0;
	return rm_alloc(rm, rm->device, handle, 0xa06c, params);
}

uint32_t rm_ctxshare(struct rm *rm, uint32_t tsg, uint32_t vaspace,
		     uint32_t *handle)
{
	uint32_t params[3] = { vaspace, 1, 0 };

	*handle = 0;
	return rm_alloc(rm, tsg, handle, 0x9067, params);
}

uint32_t rm_channel(struct rm *rm, uint32_t tsg, uint32_t ctxshare,
		    uint32_t memory, uint32_t *handle)
{
	uint32_t params[92] = { 0 };

	params[1] = memory;
	params[4] = 1024;
	params[6] = ctxshare;
	params[8] = memory;
	*handle = 0;
	return rm_alloc(rm, tsg, handle, 0xc56f, params);
}

uint32_t rm_schedule(struct rm *rm, uint32_t tsg, bool enable)
{
	uint8_t params[3] = { enable };

	return rm_control(rm, tsg, 0xa06c0101, params, rm->release->schedule);
}

/* FB_GET_INFO_V2 of one index, which is in KiB */
uint32_t rm_fb_info(struct rm *rm, uint32_t index, uint64_t *bytes)
{
	uint32_t params[257] = { 1, index };
	uint32_t size = 4U + 8U * rm->release->fb_info;
	uint32_t status = rm_control(rm, rm->subdevice, 0x20801303, params,
				     size);

	*bytes = (uint64_t)params[2] << 10;
	return status;
}

/* FB_GET_INFO, the same through a pointer */
uint32_t rm_fb_info_v1(struct rm *rm, uint32_t index, uint64_t *bytes)
{
	struct nv_index list = { .index = index };
	uint64_t params[2] = { 1, (uintptr_t)&list };
	uint32_t status = rm_control(rm, rm->subdevice, 0x20801301, params,
				     sizeof(params));

	*bytes = (uint64_t)list.data << 10;
	return status;
}

/* The processes that have a subdevice of this GPU. */
uint32_t rm_pids(struct rm *rm, struct nv_pids *pids)
{
	memset(pids, 0, sizeof(*pids));
	pids->id = 0x2080;
	return rm_control(rm, rm->subdevice, 0x2080018d, pids, sizeof(*pids));
}

uint32_t rm_pid_info(struct rm *rm, uint32_t pid, uint64_t *private,
		     uint64_t *owned, uint64_t *duped)
{
	struct nv_pid_info *info = calloc(1, sizeof(*info));
	uint32_t status;

	if (!info)
		return RM_NO_MEMORY;
	info->count = 1;
	info->info[0].pid = pid;
	status = rm_control(rm, rm->subdevice, 0x2080018e, info,
			    sizeof(*info));
	*private = info->info[0].private;
	*owned = info->info[0].owned;
	*duped = info->info[0].duped;
	if (!status)
		status = info->info[0].result;
	free(info);
	return status;
}
