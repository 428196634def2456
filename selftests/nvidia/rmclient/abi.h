/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The structs that a client hands to NVIDIA's driver, written from the layouts
 * that its headers have at each release. Shares nothing with vgpu or the mock.
 */
#ifndef RMCLIENT_ABI_H
#define RMCLIENT_ABI_H

#include <stdint.h>

/* status words */
enum {
	RM_OK = 0x0,
	RM_STATE_IN_USE = 0x63,
	RM_DUPLICATE_NAME = 0x19,
	RM_NO_PERMISSION = 0x1b,
	RM_INVALID_ARGUMENT = 0x1f,
	RM_INVALID_CLASS = 0x22,
	RM_INVALID_CLIENT = 0x23,
	RM_INVALID_DEVICE = 0x26,
	RM_INVALID_PARENT = 0x36,
	RM_INVALID_PARAM_STRUCT = 0x3a,
	RM_NO_MEMORY = 0x51,
	RM_NOT_SUPPORTED = 0x56,
	RM_NOT_FOUND = 0x57,
	/* not the driver's: the ioctl itself failed; errno is added */
	RM_IOCTL_FAILED = 0x80000000,
};

/* escapes */
enum {
	NR_ALLOC_MEMORY = 0x27,
	NR_FREE = 0x29,
	NR_CONTROL = 0x2a,
	NR_ALLOC = 0x2b,
	NR_DUP = 0x34,
	NR_SHARE = 0x35,
	NR_VID_HEAP = 0x4a,
	NR_MAP = 0x4e,
	NR_UNMAP = 0x4f,
	NR_MAP_DMA = 0x57,
	NR_CARD_INFO = 0xc8,
	NR_REGISTER_FD = 0xc9,
	NR_VERSION = 0xd2,
	NR_XFER = 0xd3,
	NR_DMABUF = 0xd9,
};

struct nvos00_free {
	uint32_t root, parent, object, status;
};

struct nvos02_alloc_memory {
	uint32_t root, parent, object, class, flags, pad0;
	uint64_t memory, limit;
	uint32_t status, pad1;
	int32_t fd;
	uint32_t pad2;
};

struct nvos21_alloc {
	uint32_t root, parent, object, class;
	uint64_t params;
	uint32_t params_size, status;
};

struct nvos64_alloc {
	uint32_t root, parent, object, class;
	uint64_t params, rights;
	uint32_t params_size, flags, status, pad;
};

struct nvos32_heap {
	uint32_t root, parent, function, vaspace;
	uint16_t ivc, pad;
	uint32_t status;
	uint64_t total, free;
	union {
		struct {
			uint32_t owner, memory, type, flags, attr, format;
			uint32_t compr, zcull, stride, width, height, pad;
			uint64_t size, alignment, offset, limit, address;
			uint64_t begin, end;
			uint32_t attr2, ctag;
		} size;
		struct {
			uint32_t owner, memory, type, flags, height, pitch;
			uint32_t attr, width, format, compr, zcull, stride;
			uint64_t size, alignment, offset, limit;
		} tiled;
		struct {
			uint32_t owner, memory, type, flags, attr, format;
			uint32_t compr, zcull, stride, pad;
			uint64_t size, alignment, offset, limit, begin, end;
			uint64_t address;
			uint32_t attr2;
		} range;
		struct {
			uint32_t owner, memory, flags;
		} release;
		uint8_t bytes[144];
	};
};

struct nvos33_map {
	uint32_t client, device, memory, pad0;
	uint64_t offset, length, address;
	uint32_t status, flags;
	int32_t fd;
	uint32_t pad1;
};

struct nvos34_unmap {
	uint32_t client, device, memory, pad;
	uint64_t address;
	uint32_t status, flags;
};

struct nvos46_map_dma {
	uint32_t client, device, dma, memory;
	uint64_t offset, length;
	uint32_t flags, pad;
	uint8_t rest[24];	/* dmaOffset and status, by release */
};

struct nvos54_control {
	uint32_t client, object, cmd, flags;
	uint64_t params;
	uint32_t params_size, status;
};

struct nvos55_dup {
	uint32_t client, parent, object, src_client, src, flags, status;
};

struct nvos57_share {
	uint32_t client, object, target, access;
	uint16_t type;
	uint8_t action, pad;
	uint32_t status;
};

struct nv_memory_params {
	uint32_t owner, type, flags, width, height, pitch, attr, attr2;
	uint32_t format, compr, zcull, pad;
	uint64_t lo, hi, size, alignment, offset, limit, address;
	uint32_t ctag, vaspace, internal, tag;
	uint64_t numa;		/* not before 545.23.06 */
};

struct nv_card {
	uint8_t valid, pad0[3];
	uint32_t domain;
	uint8_t bus, slot, function, pad1;
	uint16_t vendor, device;
	uint32_t gpu_id;
	uint16_t irq, pad2;
	uint64_t reg_address, reg_size, fb_address, fb_size;
	uint32_t minor;
	uint8_t name[10], pad3[2];
};

struct nv_version {
	uint32_t cmd, reply;
	char string[64];
};

struct nv_xfer {
	uint32_t cmd, size;
	uint64_t ptr;
};

struct nv_pids {
	uint32_t type, id, count, pid[950];
};

struct nv_pid_info {
	uint32_t count, pad;
	struct {
		uint32_t pid, index, result, pad;
		uint64_t private, owned, duped, protected[3];
		uint32_t smc[2];
	} info[200];
};

struct nv_index {
	uint32_t index, data;
};

_Static_assert(sizeof(struct nvos02_alloc_memory) == 56, "NVOS02 with fd");
_Static_assert(sizeof(struct nvos21_alloc) == 32, "NVOS21");
_Static_assert(sizeof(struct nvos64_alloc) == 48, "NVOS64");
_Static_assert(sizeof(struct nvos32_heap) == 184, "NVOS32");
_Static_assert(sizeof(struct nvos33_map) == 56, "NVOS33 with fd");
_Static_assert(sizeof(struct nvos34_unmap) == 32, "NVOS34");
_Static_assert(sizeof(struct nvos46_map_dma) == 64, "NVOS46");
_Static_assert(sizeof(struct nvos55_dup) == 28, "NVOS55");
_Static_assert(sizeof(struct nvos57_share) == 24, "NVOS57");
_Static_assert(sizeof(struct nv_memory_params) == 128, "memory params");
_Static_assert(sizeof(struct nv_card) == 72, "card info");
_Static_assert(sizeof(struct nv_pids) == 3812, "pids");
_Static_assert(sizeof(struct nv_pid_info) == 14408, "pid info");

#endif /* RMCLIENT_ABI_H */
