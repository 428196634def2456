/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nvidia.ko offers nvidia-uvm.ko: kernel-open/nvidia/nv_uvm_interface.c;
 * the last two are the mock's own.
 */
#ifndef MOCK_UVM_INTERFACE_H
#define MOCK_UVM_INTERFACE_H

#include <linux/types.h>

struct mock_gpu;

u32 nvUvmInterfaceDupMemory(struct mock_gpu *device, u32 client, u32 memory,
			    u32 *dup, void *info);
u32 nvUvmInterfaceFreeDupedHandle(struct mock_gpu *device, u32 handle);

u32 mock_uvm_object(u32 client, u32 handle);
void mock_uvm_interface_exit(void);

#endif /* MOCK_UVM_INTERFACE_H */
