// SPDX-License-Identifier: GPL-2.0
/*
 * Memory: each way to it, mappings, sharing.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rm.h"

#define ATTR_PCI		(1U << 25)
#define ATTR_HUGE		(3U << 23)
#define HANDLE_PROVIDED		0x4000
#define HUGE			(8U << 20)

/* As clients do: 2 MiB pages for what is large. */
static uint32_t attr_of(uint64_t size)
{
	return size >= HUGE ? ATTR_HUGE : 0;
}

static uint32_t alloc(struct rm *rm, uint64_t size, enum rm_route route,
		      uint32_t *handle)
{
	struct nv_memory_params params = {
		.attr = attr_of(size),
		.size = size,
	};

	*handle = 0;
	if (route == RM_ROUTE_ALLOC32)
		return rm_alloc32(rm, rm->device, handle, 0x40, &params);
	return rm_alloc(rm, rm->device, handle, 0x40, &params);
}

static uint32_t heap(struct rm *rm, struct nvos32_heap *arg)
{
	uint32_t err;

	arg->root = rm->root;
	arg->parent = rm->device;
	err = rm_escape(rm, rm->ctl, NR_VID_HEAP, arg, sizeof(*arg));
	return err ? err : arg->status;
}

static uint32_t heap_size(struct rm *rm, uint64_t size, uint32_t *handle)
{
	struct nvos32_heap arg = {
		.function = 2,
		.size = { .attr = attr_of(size), .size = size },
	};
	uint32_t status = heap(rm, &arg);

	*handle = arg.size.memory;
	return status;
}

static uint32_t heap_range(struct rm *rm, uint64_t size, uint32_t *handle)
{
	struct nvos32_heap arg = {
		.function = 14,
		.range = { .attr = attr_of(size), .size = size },
	};
	uint32_t status = heap(rm, &arg);

	*handle = arg.range.memory;
	return status;
}

static uint32_t heap_tiled(struct rm *rm, uint64_t size, uint32_t *handle)
{
	struct nvos32_heap arg = {
		.function = 6,
		.tiled = {
			.attr = attr_of(size),
			.pitch = 4096,
			.height = (uint32_t)((size + 4095) / 4096),
		},
	};
	uint32_t status = heap(rm, &arg);

	*handle = arg.tiled.memory;
	return status;
}

/**
 * rm_alloc_vidmem() - video memory
 * @rm: the client
 * @size: bytes; the driver rounds up to 64 KiB, from 8 MiB on to 2 MiB
 * @route: by which call
 * @handle: what it is called
 *
 * Return: the status.
 */
uint32_t rm_alloc_vidmem(struct rm *rm, uint64_t size, enum rm_route route,
			 uint32_t *handle)
{
	switch (route) {
	case RM_ROUTE_HEAP_SIZE:
		return heap_size(rm, size, handle);
	case RM_ROUTE_HEAP_TILED:
		return heap_tiled(rm, size, handle);
	case RM_ROUTE_HEAP_RANGE:
		return heap_range(rm, size, handle);
	default:
		return alloc(rm, size, route, handle);
	}
}

uint32_t rm_alloc_sysmem(struct rm *rm, uint64_t size, uint32_t *handle)
{
	struct nv_memory_params params = { .attr = ATTR_PCI, .size = size };

	*handle = 0;
	return rm_alloc(rm, rm->device, handle, 0x3e, &params);
}

/* NV_ESC_RM_ALLOC_MEMORY, which only a GPU's file has. */
uint32_t rm_alloc_memory(struct rm *rm, uint32_t class, void *address,
			 uint64_t size, uint32_t *handle)
{
	struct nvos02_alloc_memory arg = {
		.root = rm->root,
		.parent = rm->device,
		.object = *handle ? *handle : rm_handle(rm),
		.class = class,
		.memory = (uintptr_t)address,
		.limit = size - 1,
		.flags = 1U << 30,	/* MAPPING_NO_MAP */
		.fd = -1,
	};
	uint32_t err = rm_escape(rm, rm->gpu, NR_ALLOC_MEMORY, &arg,
				 sizeof(arg));

	*handle = arg.object;
	return err ? err : arg.status;
}

/* NVOS32_FUNCTION_FREE */
uint32_t rm_free_heap(struct rm *rm, uint32_t handle)
{
	struct nvos32_heap arg = {
		.function = 3,
		.release = { .memory = handle, .flags = 1 },
	};

	return heap(rm, &arg);
}

/* NVOS32_FUNCTION_INFO, bytes */
uint32_t rm_heap_info(struct rm *rm, uint64_t *total, uint64_t *free)
{
	struct nvos32_heap arg = { .function = 5 };
	uint32_t status = heap(rm, &arg);

	*total = arg.total;
	*free = arg.free;
	return status;
}

/**
 * rm_map_file() - a file whose mmap maps memory, however often
 * @rm: the client
 * @memory: which
 * @size: of it
 * @status: where the status is stored
 *
 * Return: the file, or -1.
 */
int rm_map_file(struct rm *rm, uint32_t memory, uint64_t size,
		uint32_t *status)
{
	struct nvos33_map arg = {
		.client = rm->root,
		.device = rm->device,
		.memory = memory,
		.length = size,
	};
	int fd = rm_gpu_open(rm, rm->minor);

	if (fd < 0) {
		*status = RM_IOCTL_FAILED | (uint32_t)-fd;
		return -1;
	}
	arg.fd = fd;
	*status = rm_escape(rm, rm->ctl, NR_MAP, &arg, sizeof(arg));
	if (!*status)
		*status = arg.status;
	if (!*status)
		return fd;
	close(fd);
	return -1;
}

/**
 * rm_map() - map memory into this process
 * @rm: the client
 * @memory: its handle
 * @size: bytes from the start
 * @status: the driver's answer
 *
 * Return: the address, or NULL.
 */
void *rm_map(struct rm *rm, uint32_t memory, uint64_t size, uint32_t *status)
{
	int fd = rm_map_file(rm, memory, size, status);
	void *address;

	if (fd < 0)
		return NULL;
	address = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (address == MAP_FAILED)
		*status = RM_IOCTL_FAILED | (uint32_t)errno;
	close(fd);
	return address == MAP_FAILED ? NULL : address;
}

uint32_t rm_map_dma(struct rm *rm, uint32_t dma, uint32_t memory,
		    uint64_t size, uint64_t address)
{
	struct nvos46_map_dma arg = {
		.client = rm->root,
		.device = rm->device,
		.dma = dma,
		.memory = memory,
		.length = size,
	};
	size_t at = rm->release->map_dma - 16U - offsetof(struct nvos46_map_dma,
							 rest);
	uint32_t err, status;

	memcpy(arg.rest + at, &address, sizeof(address));
	err = rm_escape(rm, rm->ctl, NR_MAP_DMA, &arg, rm->release->map_dma);
	memcpy(&status, arg.rest + at + 8, sizeof(status));
	return err ? err : status;
}

/* What the driver itself says the memory has: GET_SURFACE_INFO, PHYS_SIZE */
uint32_t rm_surface_size(struct rm *rm, uint32_t memory, uint64_t *size)
{
	struct nv_index list = { .index = 7 };
	uint64_t params[2] = { 1, (uintptr_t)&list };
	uint32_t status = rm_control(rm, memory, 0x410110, params,
				     sizeof(params));

	*size = (uint64_t)list.data << 12;
	return status;
}
