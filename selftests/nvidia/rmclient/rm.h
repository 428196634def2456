/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A client of NVIDIA's driver without any of NVIDIA's libraries. Functions
 * return the driver's status word, 0 for success, 0x51 when there is no memory;
 * RM_IOCTL_FAILED | errno when the ioctl itself failed.
 *
 *	struct rm rm;
 *	uint32_t memory;
 *
 *	if (rm_client_open(&rm, 0))
 *		bail("no client");
 *	status = rm_alloc_vidmem(&rm, 1 << 20, RM_ROUTE_ALLOC64, &memory);
 *	...
 *	rm_client_close(&rm);
 */
#ifndef RMCLIENT_RM_H
#define RMCLIENT_RM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

/**
 * struct rm_release - what this client knows of a release
 * @major: its first number
 * @mem: length of the parameters of memory
 * @channel: of a channel
 * @vaspace: of an address space
 * @map_dma: of NVOS46; its dmaOffset is @map_dma - 16
 * @dmabuf: of the export to a dma-buf
 * @dmabuf_handles: where its handles are; offsets and sizes follow
 * @fb_info: entries of FB_GET_INFO_V2
 * @schedule: length of GPFIFO_SCHEDULE
 * @build: of GET_BUILD_VERSION_V2
 * @probed: of GET_PROBED_IDS
 * @uvm_gpus: entries of perGpuAttributes
 * @uvm_free: length of UVM_FREE
 * @region: of an entry of FB_GET_FB_REGION_INFO
 * @sample: of an entry of GPUMON_PERFMON_UTIL_SAMPLES_V2
 * @engine: of an engine in that
 */
struct rm_release {
	unsigned int major;
	uint16_t mem, channel, vaspace, map_dma, dmabuf, dmabuf_handles;
	uint16_t fb_info, schedule, build, probed, uvm_gpus, uvm_free;
	uint16_t region, sample, engine;
};

/**
 * struct rm - a client with one GPU
 * @ctl: its control file
 * @gpu: a file of the GPU, registered with @ctl
 * @root: its root client
 * @device: class 0x80
 * @subdevice: class 0x2080
 * @minor: of the GPU
 * @gpu_id: of the GPU
 * @uuid: of the GPU
 * @wrapped: send escapes inside NV_ESC_IOCTL_XFER_CMD
 * @release: of the driver
 * @version: of the driver
 * @next: the last handle that this client chose itself
 */
struct rm {
	int ctl;
	int gpu;
	uint32_t root;
	uint32_t device;
	uint32_t subdevice;
	uint32_t minor;
	uint32_t gpu_id;
	uint8_t uuid[16];
	bool wrapped;
	const struct rm_release *release;
	char version[64];
	uint32_t next;
};

/* The ways to memory. */
enum rm_route {
	RM_ROUTE_ALLOC64,	/* 0x2b, 48 bytes */
	RM_ROUTE_ALLOC32,	/* 0x2b, 32 bytes */
	RM_ROUTE_HEAP_SIZE,	/* 0x4a function 2 */
	RM_ROUTE_HEAP_TILED,	/* 0x4a function 6 */
	RM_ROUTE_HEAP_RANGE,	/* 0x4a function 14 */
	RM_ROUTES,
};

/* open, close; each level alone for tests of that level */
int rm_client_open(struct rm *rm, unsigned int minor);
void rm_client_close(struct rm *rm);
int rm_ctl_open(struct rm *rm);
uint32_t rm_root(struct rm *rm);
int rm_find_gpu(struct rm *rm, unsigned int minor);
int rm_gpu_open(struct rm *rm, unsigned int minor);
int rm_register(const struct rm *rm, const char *name);
uint32_t rm_device(struct rm *rm);
int rm_node(const char *name);

/* raw */
uint32_t rm_escape(struct rm *rm, int fd, unsigned int nr, void *arg,
		   size_t size);
uint32_t rm_escape_wrapped(int fd, unsigned int nr, void *arg, size_t size,
			   unsigned int depth);
uint32_t rm_alloc(struct rm *rm, uint32_t parent, uint32_t *handle,
		  uint32_t class, void *params);
uint32_t rm_alloc32(struct rm *rm, uint32_t parent, uint32_t *handle,
		    uint32_t class, void *params);
uint32_t rm_free(struct rm *rm, uint32_t handle);
uint32_t rm_control(struct rm *rm, uint32_t object, uint32_t cmd, void *params,
		    uint32_t size);
uint32_t rm_handle(struct rm *rm);

/* memory */
uint32_t rm_alloc_vidmem(struct rm *rm, uint64_t size, enum rm_route route,
			 uint32_t *handle);
uint32_t rm_alloc_sysmem(struct rm *rm, uint64_t size, uint32_t *handle);
uint32_t rm_alloc_memory(struct rm *rm, uint32_t class, void *address,
			 uint64_t size, uint32_t *handle);
uint32_t rm_free_heap(struct rm *rm, uint32_t handle);
uint32_t rm_heap_info(struct rm *rm, uint64_t *total, uint64_t *free);
int rm_map_file(struct rm *rm, uint32_t memory, uint64_t size,
		uint32_t *status);
void *rm_map(struct rm *rm, uint32_t memory, uint64_t size, uint32_t *status);
uint32_t rm_map_dma(struct rm *rm, uint32_t dma, uint32_t memory,
		    uint64_t size, uint64_t address);
uint32_t rm_surface_size(struct rm *rm, uint32_t memory, uint64_t *size);

/* sharing */
uint32_t rm_dup(struct rm *to, uint32_t *handle, uint32_t src_client,
		uint32_t src);
uint32_t rm_share(struct rm *rm, uint32_t object, uint16_t type,
		  uint32_t target);
uint32_t rm_export(struct rm *rm, uint32_t object, int *fd);
uint32_t rm_import(struct rm *rm, int fd, uint32_t *handle);
uint32_t rm_export_into(struct rm *rm, const uint32_t *objects, unsigned int n,
			int fd);
uint32_t rm_export_many(struct rm *rm, const uint32_t *objects, unsigned int n,
			int *fd);
uint32_t rm_import_many(struct rm *rm, int fd, uint32_t *objects,
			unsigned int n);
uint32_t rm_export_dmabuf(struct rm *rm, const uint32_t *objects,
			  const uint64_t *sizes, unsigned int n, int *fd);

/* contexts */
uint32_t rm_vaspace(struct rm *rm, uint32_t *handle);
uint32_t rm_tsg(struct rm *rm, uint32_t vaspace, uint32_t *handle);
uint32_t rm_ctxshare(struct rm *rm, uint32_t tsg, uint32_t vaspace,
		     uint32_t *handle);
uint32_t rm_channel(struct rm *rm, uint32_t tsg, uint32_t ctxshare,
		    uint32_t memory, uint32_t *handle);
uint32_t rm_schedule(struct rm *rm, uint32_t tsg, bool enable);

/* queries */
uint32_t rm_fb_info(struct rm *rm, uint32_t index, uint64_t *bytes);
uint32_t rm_fb_info_v1(struct rm *rm, uint32_t index, uint64_t *bytes);
uint32_t rm_pids(struct rm *rm, struct nv_pids *pids);
uint32_t rm_pid_info(struct rm *rm, uint32_t pid, uint64_t *private,
		     uint64_t *owned, uint64_t *duped);

#define RM_FB_TOTAL	0x8
#define RM_FB_HEAP	0x9
#define RM_FB_FREE	0x16

#endif /* RMCLIENT_RM_H */
