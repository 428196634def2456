/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the driver's entry points carry, of the releases that the mock plays.
 * Names in the comments are those of the driver's own headers, by which the
 * layouts can be checked; sizes that differ by release are in release.c.
 */
#ifndef MOCK_ABI_H
#define MOCK_ABI_H

#include <linux/build_bug.h>
#include <linux/types.h>

/* NV_STATUS: src/common/sdk/nvidia/inc/nvstatuscodes.h */
enum {
	NV_OK = 0x0,
	NV_ERR_BUSY_RETRY = 0x3,
	NV_ERR_GPU_IS_LOST = 0xf,
	NV_ERR_GPU_NOT_FULL_POWER = 0x11,
	NV_ERR_GPU_UUID_NOT_FOUND = 0x12,
	NV_ERR_ILLEGAL_ACTION = 0x16,
	NV_ERR_IN_USE = 0x17,
	NV_ERR_INSERT_DUPLICATE_NAME = 0x19,
	NV_ERR_INSUFFICIENT_RESOURCES = 0x1a,
	NV_ERR_INSUFFICIENT_PERMISSIONS = 0x1b,
	NV_ERR_INVALID_ADDRESS = 0x1e,
	NV_ERR_INVALID_ARGUMENT = 0x1f,
	NV_ERR_INVALID_CHANNEL = 0x21,
	NV_ERR_INVALID_CLASS = 0x22,
	NV_ERR_INVALID_CLIENT = 0x23,
	NV_ERR_INVALID_COMMAND = 0x24,
	NV_ERR_INVALID_DEVICE = 0x26,
	NV_ERR_INVALID_FLAGS = 0x29,
	NV_ERR_INVALID_FUNCTION = 0x2a,
	NV_ERR_INVALID_LIMIT = 0x2e,
	NV_ERR_INVALID_OBJECT = 0x31,
	NV_ERR_INVALID_OBJECT_PARENT = 0x36,
	NV_ERR_INVALID_PARAM_STRUCT = 0x3a,
	NV_ERR_INVALID_PARAMETER = 0x3b,
	NV_ERR_INVALID_STATE = 0x40,
	NV_ERR_NO_MEMORY = 0x51,
	NV_ERR_NOT_SUPPORTED = 0x56,
	NV_ERR_OBJECT_NOT_FOUND = 0x57,
	NV_ERR_STATE_IN_USE = 0x63,
	NV_ERR_PAGE_TABLE_NOT_AVAIL = 0x5d,
	NV_ERR_TIMEOUT = 0x65,
	NV_ERR_UVM_ADDRESS_IN_USE = 0x68,
	NV_ERR_GENERIC = 0xffff,
	NV_WARN_NOTHING_TO_DO = 0x10006,
};

/* Escapes: nv_escape.h, nv-ioctl-numbers.h, nv-ioctl-numa.h */
enum {
	ESC_RM_ALLOC_MEMORY = 0x27,
	ESC_RM_ALLOC_OBJECT = 0x28,
	ESC_RM_FREE = 0x29,
	ESC_RM_CONTROL = 0x2a,
	ESC_RM_ALLOC = 0x2b,
	ESC_RM_DUP_OBJECT = 0x34,
	ESC_RM_SHARE = 0x35,
	ESC_RM_I2C_ACCESS = 0x39,
	ESC_RM_IDLE_CHANNELS = 0x41,
	ESC_RM_VID_HEAP_CONTROL = 0x4a,
	ESC_RM_ACCESS_REGISTRY = 0x4d,
	ESC_RM_MAP_MEMORY = 0x4e,
	ESC_RM_UNMAP_MEMORY = 0x4f,
	ESC_RM_GET_EVENT_DATA = 0x52,
	ESC_RM_ALLOC_CONTEXT_DMA2 = 0x54,
	ESC_RM_MAP_MEMORY_DMA = 0x57,
	ESC_RM_UNMAP_MEMORY_DMA = 0x58,
	ESC_RM_BIND_CONTEXT_DMA = 0x59,
	ESC_RM_UPDATE_DEVICE_MAPPING_INFO = 0x5e,
	ESC_RM_LOCKLESS_DIAGNOSTIC = 0x5f,
	ESC_CARD_INFO = 0xc8,
	ESC_REGISTER_FD = 0xc9,
	ESC_ALLOC_OS_EVENT = 0xce,
	ESC_FREE_OS_EVENT = 0xcf,
	ESC_STATUS_CODE = 0xd1,
	ESC_CHECK_VERSION_STR = 0xd2,
	ESC_IOCTL_XFER_CMD = 0xd3,
	ESC_ATTACH_GPUS_TO_FD = 0xd4,
	ESC_QUERY_DEVICE_INTR = 0xd5,
	ESC_SYS_PARAMS = 0xd6,
	ESC_NUMA_INFO = 0xd7,
	ESC_SET_NUMA_STATUS = 0xd8,
	ESC_EXPORT_TO_DMABUF_FD = 0xd9,
	ESC_WAIT_OPEN_COMPLETE = 0xda,
};

/* Classes: src/common/sdk/nvidia/inc/class/ */
enum {
	CLASS_ROOT = 0x0,
	CLASS_ROOT_NON_PRIV = 0x1,
	CLASS_EVENT = 0x5,
	CLASS_EVENT_OS = 0x79,
	CLASS_MEMORY_SYSTEM = 0x3e,
	CLASS_MEMORY_LOCAL_PRIVILEGED = 0x3f,
	CLASS_MEMORY_LOCAL_USER = 0x40,
	CLASS_ROOT_CLIENT = 0x41,
	CLASS_MEMORY_EXTENDED = 0x42,
	CLASS_MEMORY_VIRTUAL = 0x70,
	CLASS_MEMORY_OS_DESCRIPTOR = 0x71,
	CLASS_DEVICE = 0x80,
	CLASS_MEMORY_LIST_FBMEM = 0x82,
	CLASS_MEMORY_LIST_OBJECT = 0x83,
	CLASS_MEMORY_LOCAL_PHYSICAL = 0xc2,
	CLASS_MEMORY_FABRIC = 0xf8,
	CLASS_SUBDEVICE = 0x2080,
	CLASS_NV50_MEMORY_VIRTUAL = 0x50a0,
	CLASS_USER_SHARED_DATA = 0xde,
	CLASS_DEBUGGER = 0x83de,
	CLASS_CTXSHARE = 0x9067,
	CLASS_VASPACE = 0x90f1,
	CLASS_TSG = 0xa06c,
	CLASS_PARTITION_REF = 0xc637,
	CLASS_EXEC_PARTITION_REF = 0xc638,
};

/* NVOS00_PARAMETERS */
struct os00 {
	u32 root;
	u32 parent;
	u32 old;
	u32 status;
};

/* NVOS02_PARAMETERS and nv_ioctl_nvos02_parameters_with_fd */
struct os02 {
	u32 root;
	u32 parent;
	u32 new;
	u32 class;
	u32 flags;
	u32 pad0;
	u64 memory;
	u64 limit;
	u32 status;
	u32 pad1;
};

struct os02_fd {
	struct os02 os02;
	s32 fd;
	u32 pad;
};

/* NVOS21_PARAMETERS */
struct os21 {
	u32 root;
	u32 parent;
	u32 new;
	u32 class;
	u64 params;
	u32 params_size;
	u32 status;
};

/* NVOS64_PARAMETERS */
struct os64 {
	u32 root;
	u32 parent;
	u32 new;
	u32 class;
	u64 params;
	u64 rights;
	u32 params_size;
	u32 flags;
	u32 status;
	u32 pad;
};

/* NVOS32_PARAMETERS: the union's arms by function */
struct os32_size {
	u32 owner;
	u32 memory;
	u32 type;
	u32 flags;
	u32 attr;
	u32 format;
	u32 compr;
	u32 zcull;
	u32 stride;
	u32 width;
	u32 height;
	u32 pad;
	u64 size;
	u64 alignment;
	u64 offset;
	u64 limit;
	u64 address;
	u64 range_begin;
	u64 range_end;
	u32 attr2;
	u32 ctag;
};

struct os32_tiled {
	u32 owner;
	u32 memory;
	u32 type;
	u32 flags;
	u32 height;
	u32 pitch;
	u32 attr;
	u32 width;
	u32 format;
	u32 compr;
	u32 zcull;
	u32 stride;
	u64 size;
	u64 alignment;
	u64 offset;
	u64 limit;
};

struct os32_range {
	u32 owner;
	u32 memory;
	u32 type;
	u32 flags;
	u32 attr;
	u32 format;
	u32 compr;
	u32 zcull;
	u32 stride;
	u32 pad;
	u64 size;
	u64 alignment;
	u64 offset;
	u64 limit;
	u64 range_begin;
	u64 range_end;
	u64 address;
	u32 attr2;
};

struct os32_free {
	u32 owner;
	u32 memory;
	u32 flags;
};

struct os32_info {
	u32 attr;
	u32 pad;
	u64 offset;
	u64 size;
	u64 base;
};

struct os32 {
	u32 root;
	u32 parent;
	u32 function;
	u32 vaspace;
	u16 ivc;
	u16 pad;
	u32 status;
	u64 total;
	u64 free;
	union {
		struct os32_size size;
		struct os32_tiled tiled;
		struct os32_range range;
		struct os32_free release;
		struct os32_info info;
		u8 bytes[144];
	};
};

enum {
	OS32_ALLOC_SIZE = 2,
	OS32_FREE = 3,
	OS32_INFO = 5,
	OS32_ALLOC_TILED = 6,
	OS32_DUMP = 11,
	OS32_ALLOC_RANGE = 14,
};

#define OS32_FLAGS_HANDLE_PROVIDED	0x4000
#define OS32_FLAGS_VIRTUAL		0x80000
#define OS32_FREE_HANDLE_PROVIDED	0x1
#define OS32_ATTR2_USE_EGM		BIT(24)	/* NVOS32_ATTR2_USE_EGM 24:24 */
#define OS32_ATTR_LOCATION(a)		(((a) >> 25) & 3)
#define OS32_ATTR_PAGE_SIZE(a)		(((a) >> 23) & 3)
#define OS32_LOCATION_VIDMEM		0
#define OS32_PAGE_SIZE_HUGE		3

/* NVOS33_PARAMETERS and nv_ioctl_nvos33_parameters_with_fd */
struct os33 {
	u32 client;
	u32 device;
	u32 memory;
	u32 pad0;
	u64 offset;
	u64 length;
	u64 address;
	u32 status;
	u32 flags;
};

struct os33_fd {
	struct os33 os33;
	s32 fd;
	u32 pad;
};

/* NVOS34_PARAMETERS */
struct os34 {
	u32 client;
	u32 device;
	u32 memory;
	u32 pad;
	u64 address;
	u32 status;
	u32 flags;
};

/* NVOS46_PARAMETERS up to what no release moved */
struct os46 {
	u32 client;
	u32 device;
	u32 dma;
	u32 memory;
	u64 offset;
	u64 length;
};

/* NVOS54_PARAMETERS */
struct os54 {
	u32 client;
	u32 object;
	u32 cmd;
	u32 flags;
	u64 params;
	u32 params_size;
	u32 status;
};

/* NVOS55_PARAMETERS */
struct os55 {
	u32 client;
	u32 parent;
	u32 new;
	u32 src_client;
	u32 src;
	u32 flags;
	u32 status;
};

/* NVOS57_PARAMETERS, RS_SHARE_POLICY */
struct os57 {
	u32 client;
	u32 object;
	u32 target;
	u32 access;
	u16 type;
	u8 action;
	u8 pad;
	u32 status;
};

enum {
	SHARE_NONE,
	SHARE_ALL,
	SHARE_OS_SECURITY_TOKEN,
	SHARE_CLIENT,
	SHARE_PID,
};

#define SHARE_ACTION_REVOKE	0x1
#define ACCESS_DUP		BIT(0)

/* NV_MEMORY_ALLOCATION_PARAMS */
struct mem_params {
	u32 owner;
	u32 type;
	u32 flags;
	u32 width;
	u32 height;
	u32 pitch;
	u32 attr;
	u32 attr2;
	u32 format;
	u32 compr;
	u32 zcull;
	u32 pad;
	u64 range_lo;
	u64 range_hi;
	u64 size;
	u64 alignment;
	u64 offset;
	u64 limit;
	u64 address;
	u32 ctag;
	u32 vaspace;
	u32 internal;
	u32 tag;
	u64 numa_node;		/* from 545.23.06 */
};

/* NV_OS_DESC_MEMORY_ALLOCATION_PARAMS */
struct os_desc_params {
	u32 type;
	u32 flags;
	u32 attr;
	u32 attr2;
	u64 descriptor;
	u64 limit;
	u32 descriptor_type;
	u32 tag;
};

/* nv_pci_info_t, nv_ioctl_card_info_t */
struct nv_pci_info {
	u32 domain;
	u8 bus;
	u8 slot;
	u8 function;
	u16 vendor;
	u16 device;
};

struct card_info {
	u8 valid;
	struct nv_pci_info pci;
	u32 gpu_id;
	u16 irq;
	u64 reg_address;
	u64 reg_size;
	u64 fb_address;
	u64 fb_size;
	u32 minor;
	u8 dev_name[10];
};

/* nv_ioctl_xfer_t */
struct xfer {
	u32 cmd;
	u32 size;
	u64 ptr;
};

/* nv_ioctl_rm_api_version_t */
struct api_version {
	u32 cmd;
	u32 reply;
	char version[64];
};

static_assert(sizeof(struct os02_fd) == 56);
static_assert(sizeof(struct os21) == 32);
static_assert(sizeof(struct os64) == 48);
static_assert(sizeof(struct os32) == 184);
static_assert(offsetof(struct os32, size.limit) == 112);
static_assert(offsetof(struct os32, tiled.size) == 88);
static_assert(offsetof(struct os32, range.size) == 80);
static_assert(sizeof(struct os33_fd) == 56);
static_assert(sizeof(struct os34) == 32);
static_assert(sizeof(struct os54) == 32);
static_assert(sizeof(struct os55) == 28);
static_assert(sizeof(struct os57) == 24);
static_assert(sizeof(struct mem_params) == 128);
static_assert(offsetof(struct mem_params, limit) == 88);
static_assert(sizeof(struct card_info) == 72);

#endif /* MOCK_ABI_H */
