/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOCK_GPU_H
#define MOCK_GPU_H

#include <linux/types.h>
#include <linux/uuid.h>

#include "abi.h"
#include "heap.h"

#define MOCK_GPUS 4
#define MOCK_PARTS 8	/* NV2080_CTRL_GPU_MAX_PARTITIONS */
#define MOCK_PROFILING 0xfffffffe /* NVC637_DEVICE_PROFILING_SWIZZID */

/**
 * struct nv_state - nv_state_t (nv.h), the members that lie before any that
 *	a release moved
 */
struct nv_state {
	void *priv;
	void *os_state;
	int flags;
	struct nv_pci_info pci_info;
	u16 subsystem_id;
	u16 subsystem_vendor;
	u32 gpu_id;
};

/**
 * struct mock_part - an instance that MIG made of a GPU
 * @valid: there is one
 * @swizz: its number
 * @users: subscriptions to it
 * @heap: its memory, which counts in the GPU's heap, too
 *
 * All under mock_rm_lock, but for the heap.
 */
struct mock_part {
	bool valid;
	u32 swizz;
	u32 users;
	struct mock_heap heap;
};

/**
 * struct mock_gpu - a GPU, or the control device
 * @nv: what the entry points pass around
 * @nr: device instance, index, minor
 * @ctl: it is /dev/nvidiactl
 * @uuid: its identity
 * @heap: its video memory
 * @parts: what MIG made of it
 * @nparts: how many are valid
 * @part_size: as the logarithm of what part of it each is
 * @pci: its function on a bus of the mock's own; owns a reference
 * @attached: RM runs it, from its first use on, as with persistence mode
 * @asleep: and has put it to sleep; under mock_rm_lock and mock_engine_lock
 */
struct mock_gpu {
	struct nv_state nv;
	u32 nr;
	bool ctl;
	uuid_t uuid;
	struct mock_heap heap;
	struct mock_part parts[MOCK_PARTS];
	u32 nparts;
	u32 part_size;
	struct pci_dev *pci;
	bool attached;
	bool asleep;
};

extern struct mock_gpu mock_gpus[MOCK_GPUS];
extern unsigned int mock_gpu_count;
extern struct mock_gpu mock_ctl;

int mock_gpu_init(unsigned int count, u64 heap);
void mock_gpu_exit(void);
void mock_gpu_attach(struct mock_gpu *gpu);
bool mock_gpu_attached(const struct mock_gpu *gpu);
struct mock_gpu *mock_gpu_by_id(u32 gpu_id);
struct mock_gpu *mock_gpu_by_uuid(const void *uuid);
u32 mock_mig_uuid(u32 client, u32 handle, uuid_t *uuid);

static inline struct mock_gpu *nv_gpu(struct nv_state *nv)
{
	return container_of(nv, struct mock_gpu, nv);
}

#endif /* MOCK_GPU_H */
