// SPDX-License-Identifier: GPL-2.0
/*
 * Escapes that need no client.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "abi.h"
#include "gpu.h"
#include "ioctl.h"
#include "release.h"
#include "rm.h"

/* nvidia_read_card_info(), nv.c */
int mock_card_info(struct card_info *cards, size_t size)
{
	size_t count = size / sizeof(*cards);
	u32 nr;

	memset(cards, 0, count * sizeof(*cards));
	for (nr = 0; nr < mock_gpu_count; nr++) {
		if (nr >= count)
			return -EINVAL;
		cards[nr].valid = 1;
		cards[nr].pci = mock_gpus[nr].nv.pci_info;
		cards[nr].gpu_id = mock_gpus[nr].nv.gpu_id;
		cards[nr].fb_size = 256 << 20;
		cards[nr].minor = nr;
	}
	return 0;
}

/* NV_ESC_ATTACH_GPUS_TO_FD */
int mock_attach_gpus(const u32 *ids, size_t size)
{
	struct mock_gpu *gpu;
	size_t i;

	if (!size || size % sizeof(*ids))
		return -EINVAL;
	for (i = 0; i < size / sizeof(*ids); i++) {
		if (!ids[i])
			continue;
		gpu = mock_gpu_by_id(ids[i]);
		if (!gpu)
			return -EINVAL;
		mock_gpu_attach(gpu);
	}
	return 0;
}

/* RmPerformVersionCheck(), osapi.c */
u32 rm_perform_version_check(struct nv_stack *sp, void *data, u32 size)
{
	struct api_version *api = data;
	bool same;

	if (size != sizeof(*api))
		return NV_ERR_INVALID_ARGUMENT;
	api->reply = 1;
	if (api->cmd == '1')
		same = !strncmp(api->version, mock_release->version, 4);
	else
		same = !strncmp(api->version, mock_release->version,
				sizeof(api->version));
	if (same && api->cmd != '2')
		return NV_OK;
	strscpy(api->version, mock_release->version, sizeof(api->version));
	if (api->cmd == '2')
		return NV_OK;
	api->reply = 0;
	return NV_ERR_GENERIC;
}

/* The escapes whose sizes 595 knows; those it does not know it refuses. */
static const struct {
	u8 nr;
	bool array;
	u16 size;
	u16 other;
} sizes[] = {
	{ ESC_RM_ALLOC_MEMORY, .size = 56 },
	{ ESC_RM_ALLOC_OBJECT, .size = 20 },
	{ ESC_RM_FREE, .size = 16 },
	{ ESC_RM_CONTROL, .size = 32 },
	{ ESC_RM_ALLOC, .size = 32, .other = 48 },
	{ ESC_RM_DUP_OBJECT, .size = 28 },
	{ ESC_RM_SHARE, .size = 24 },
	{ ESC_RM_I2C_ACCESS, .size = 32 },
	{ ESC_RM_IDLE_CHANNELS, .size = 56 },
	{ ESC_RM_VID_HEAP_CONTROL, .size = 184 },
	{ ESC_RM_ACCESS_REGISTRY, .size = 72 },
	{ ESC_RM_MAP_MEMORY, .size = 56 },
	{ ESC_RM_UNMAP_MEMORY, .size = 32 },
	{ ESC_RM_GET_EVENT_DATA, .size = 16 },
	{ ESC_RM_ALLOC_CONTEXT_DMA2, .size = 56 },
	{ ESC_RM_MAP_MEMORY_DMA, .size = 64 },
	{ ESC_RM_UNMAP_MEMORY_DMA, .size = 48 },
	{ ESC_RM_BIND_CONTEXT_DMA, .size = 16 },
	{ ESC_RM_UPDATE_DEVICE_MAPPING_INFO, .size = 40 },
	{ ESC_CARD_INFO, true, 72 },
	{ ESC_REGISTER_FD, .size = 4 },
	{ ESC_ALLOC_OS_EVENT, .size = 16 },
	{ ESC_FREE_OS_EVENT, .size = 16 },
	{ ESC_STATUS_CODE, .size = 12 },
	{ ESC_CHECK_VERSION_STR, .size = 72 },
	{ ESC_IOCTL_XFER_CMD, .size = 16 },
	{ ESC_ATTACH_GPUS_TO_FD, true, 4 },
	{ ESC_QUERY_DEVICE_INTR, .size = 8 },
	{ ESC_SYS_PARAMS, .size = 8 },
	{ ESC_NUMA_INFO, .size = 560 },
	{ ESC_SET_NUMA_STATUS, .size = 4 },
	{ ESC_EXPORT_TO_DMABUF_FD, .size = 2608 },
	{ ESC_WAIT_OPEN_COMPLETE, .size = 8 },
};

/* nv_validate_ioctls(), nv.c, 595: of the outer command only. */
bool mock_ioctl_valid(u32 nr, size_t size)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (sizes[i].nr != nr)
			continue;
		if (sizes[i].array)
			return size && size % sizes[i].size == 0;
		return size == sizes[i].size ||
		       (sizes[i].other && size == sizes[i].other);
	}
	return false;
}
