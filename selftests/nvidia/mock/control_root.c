// SPDX-License-Identifier: GPL-2.0
/*
 * Controls of the client, and those that say which GPUs there are.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "control.h"
#include "release.h"

/* FORMAT of the flags: ctrl0000gpu.h, ctrl2080gpu.h */
#define UUID_BINARY 0x2

static u32 *words(struct mock_ctl *ctl)
{
	return ctl->params;
}

/* NV0000_CTRL_SYSTEM_GET_BUILD_VERSION_V2_PARAMS */
u32 mock_ctl_build_version(struct mock_ctl *ctl)
{
	char *text = ctl->params;
	u32 title = mock_release->build - 264;

	memset(text, 0, ctl->size);
	strscpy(text, mock_release->version, 256);
	strscpy(text + 256, mock_release->version, 256);
	strscpy(text + title, "fakegpu", 256);
	return NV_OK;
}

/* gpumgrGetAttachedGpuIds() */
u32 mock_ctl_attached_ids(struct mock_ctl *ctl)
{
	u32 *ids = words(ctl);
	u32 nr;

	memset(ids, 0xff, 32 * sizeof(*ids));
	for (nr = 0; nr < mock_gpu_count; nr++) {
		if (mock_gpu_attached(&mock_gpus[nr]))
			*ids++ = mock_gpus[nr].nv.gpu_id;
	}
	return NV_OK;
}

u32 mock_ctl_probed_ids(struct mock_ctl *ctl)
{
	u32 nr;

	memset(ctl->params, 0xff, ctl->size);
	for (nr = 0; nr < mock_gpu_count; nr++)
		words(ctl)[nr] = mock_gpus[nr].nv.gpu_id;
	return NV_OK;
}

/* Of those that RM runs: gpumgrGetGpuFromId() */
static struct mock_gpu *attached(u32 gpu_id)
{
	struct mock_gpu *gpu = mock_gpu_by_id(gpu_id);

	return gpu && mock_gpu_attached(gpu) ? gpu : NULL;
}

u32 mock_ctl_attach_ids(struct mock_ctl *ctl)
{
	words(ctl)[32] = ~0U;
	return NV_OK;
}

/* NV0000_CTRL_GPU_GET_ID_INFO_PARAMS; szName is left alone */
u32 mock_ctl_id_info(struct mock_ctl *ctl)
{
	struct mock_gpu *gpu = attached(words(ctl)[0]);

	if (!gpu)
		return NV_ERR_INVALID_ARGUMENT;
	words(ctl)[1] = 0;
	words(ctl)[2] = gpu->nr;
	words(ctl)[3] = 0;
	words(ctl)[6] = 0;
	words(ctl)[7] = gpu->nv.gpu_id;
	words(ctl)[8] = gpu->nr;
	words(ctl)[9] = ~0U;
	return NV_OK;
}

/* NV0000_CTRL_GPU_GET_ID_INFO_V2_PARAMS */
u32 mock_ctl_id_info_v2(struct mock_ctl *ctl)
{
	struct mock_gpu *gpu = attached(words(ctl)[0]);

	if (!gpu)
		return NV_ERR_INVALID_ARGUMENT;
	words(ctl)[1] = 0;
	words(ctl)[2] = gpu->nr;
	words(ctl)[3] = 0;
	words(ctl)[4] = 0;
	words(ctl)[5] = gpu->nv.gpu_id;
	words(ctl)[6] = gpu->nr;
	words(ctl)[7] = ~0U;
	return NV_OK;
}

/* NV0000_CTRL_GPU_GET_PCI_INFO_PARAMS */
u32 mock_ctl_pci_info(struct mock_ctl *ctl)
{
	struct mock_gpu *gpu = mock_gpu_by_id(words(ctl)[0]);

	if (!gpu)
		return NV_ERR_INVALID_ARGUMENT;
	words(ctl)[1] = gpu->nv.pci_info.domain;
	words(ctl)[2] = gpu->nv.pci_info.bus | gpu->nv.pci_info.slot << 16;
	return NV_OK;
}

static u32 uuid_write(const struct mock_gpu *gpu, bool binary, char *to)
{
	memset(to, 0, 256);
	if (!binary)
		return scnprintf(to, 256, "GPU-%pUb", &gpu->uuid) + 1;
	memcpy(to, &gpu->uuid, sizeof(gpu->uuid));
	return sizeof(gpu->uuid);
}

/* NV0000_CTRL_GPU_GET_UUID_FROM_GPU_ID_PARAMS */
u32 mock_ctl_uuid_from_id(struct mock_ctl *ctl)
{
	struct mock_gpu *gpu = mock_gpu_by_id(words(ctl)[0]);

	if (!gpu)
		return NV_ERR_INVALID_ARGUMENT;
	words(ctl)[66] = uuid_write(gpu, words(ctl)[1] & UUID_BINARY,
				    ctl->params + 8);
	return NV_OK;
}

/* NV0000_CTRL_GPU_GET_UUID_INFO_PARAMS, of binary UUIDs */
u32 mock_ctl_id_from_uuid(struct mock_ctl *ctl)
{
	struct mock_gpu *gpu = mock_gpu_by_uuid(ctl->params);

	if (!gpu)
		return NV_ERR_INVALID_ARGUMENT;
	words(ctl)[65] = gpu->nv.gpu_id;
	words(ctl)[66] = gpu->nr;
	words(ctl)[67] = 0;
	return NV_OK;
}

/* NV2080_CTRL_GPU_GET_GID_INFO_PARAMS */
u32 mock_ctl_gid(struct mock_ctl *ctl)
{
	if (words(ctl)[0])
		return NV_ERR_INVALID_ARGUMENT;
	words(ctl)[2] = uuid_write(ctl->object->gpu,
				   words(ctl)[1] & UUID_BINARY,
				   ctl->params + 12);
	return NV_OK;
}

u32 mock_ctl_gpu_id(struct mock_ctl *ctl)
{
	words(ctl)[0] = ctl->object->gpu->nv.gpu_id;
	return NV_OK;
}

/* NV2080_CTRL_GPU_GET_NAME_STRING_PARAMS, ASCII */
u32 mock_ctl_name(struct mock_ctl *ctl)
{
	char *name = ctl->params + 4;

	memset(name, 0, ctl->size - 4);
	strscpy(name, "fakegpu", ctl->size - 4);
	return NV_OK;
}

static const u32 listed[] = {
	0x40, 0x3e, 0x71, 0x70, 0x50a0, 0x80, 0x2080, 0x83de, 0x9067, 0x90f1,
	0xa06c, 0xc461, 0xc56f, 0xc7b5, 0xc7c0,
};

/* NV0080_CTRL_GPU_GET_CLASSLIST_PARAMS: the count alone, or the list, too. */
u32 mock_ctl_classlist(struct mock_ctl *ctl)
{
	if (ctl->list)
		memcpy(ctl->list, listed,
		       min_t(size_t, ctl->count, ARRAY_SIZE(listed)) * 4);
	words(ctl)[0] = ARRAY_SIZE(listed);
	return NV_OK;
}

/* NV0080_CTRL_GPU_GET_CLASSLIST_V2_PARAMS */
u32 mock_ctl_classlist_v2(struct mock_ctl *ctl)
{
	words(ctl)[0] = ARRAY_SIZE(listed);
	memcpy(ctl->params + 4, listed, sizeof(listed));
	return NV_OK;
}

u32 mock_ctl_one(struct mock_ctl *ctl)
{
	words(ctl)[0] = 1;
	return NV_OK;
}

u32 mock_ctl_nothing(struct mock_ctl *ctl)
{
	return NV_OK;
}
