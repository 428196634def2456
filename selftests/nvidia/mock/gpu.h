/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOCK_GPU_H
#define MOCK_GPU_H

#include <linux/types.h>
#include <linux/uuid.h>

#include "abi.h"
#include "heap.h"

#define MOCK_GPUS 4

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
 * struct mock_gpu - a GPU, or the control device
 * @nv: what the entry points pass around
 * @nr: device instance, index, minor
 * @ctl: it is /dev/nvidiactl
 * @uuid: its identity
 * @heap: its video memory
 * @pci: its function on a bus of the mock's own; owns a reference
 */
struct mock_gpu {
	struct nv_state nv;
	u32 nr;
	bool ctl;
	uuid_t uuid;
	struct mock_heap heap;
	struct pci_dev *pci;
};

extern struct mock_gpu mock_gpus[MOCK_GPUS];
extern unsigned int mock_gpu_count;
extern struct mock_gpu mock_ctl;

int mock_gpu_init(unsigned int count, u64 heap);
void mock_gpu_exit(void);
struct mock_gpu *mock_gpu_by_id(u32 gpu_id);
struct mock_gpu *mock_gpu_by_uuid(const void *uuid);

static inline struct mock_gpu *nv_gpu(struct nv_state *nv)
{
	return container_of(nv, struct mock_gpu, nv);
}

#endif /* MOCK_GPU_H */
