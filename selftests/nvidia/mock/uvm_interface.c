// SPDX-License-Identifier: GPL-2.0
/*
 * The driver dups what UVM maps under a client of UVM's own: dupMemory(),
 * src/nvidia/src/kernel/rmapi/nv_gpu_ops.c. Here such a duplicate is a holder
 * with a handle.
 */
#include <linux/export.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "client.h"
#include "uvm_interface.h"

#define DUP_BASE	0xd0d00000
#define DUP_LAST	0xd0dfffff

static DEFINE_XARRAY_ALLOC(dups);	/* struct mock_holder, by handle */
static u32 next_dup = DUP_BASE;

static u32 dup_locked(struct mock_holder *holder, u32 client, u32 memory,
		      u32 *dup)
{
	struct mock_client *owner = mock_client_find(client);
	struct mock_object *object;

	if (!owner)
		return NV_ERR_INVALID_CLIENT;
	object = mock_object_find(owner, memory);
	if (!object || !object->holder.phys ||
	    !mock_kind_is_memory(object->kind))
		return NV_ERR_OBJECT_NOT_FOUND;
	/* NV04_DUP_HANDLE_FLAGS_REJECT_KERNEL_DUP_PRIVILEGE */
	if (owner->pid != task_tgid_nr(current) && !object->share_all)
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	if (xa_alloc_cyclic(&dups, dup, holder, XA_LIMIT(DUP_BASE, DUP_LAST),
			    &next_dup, GFP_KERNEL) < 0)
		return NV_ERR_INSUFFICIENT_RESOURCES;
	mock_phys_hold(holder, object->holder.phys, NULL);
	return NV_OK;
}

/**
 * nvUvmInterfaceDupMemory() - hold a client's memory for UVM
 * @device: for which GPU
 * @client: whose memory
 * @memory: its handle there
 * @dup: what the duplicate is called
 * @info: UvmGpuMemoryInfo; left alone
 *
 * Context: Process context of the client. May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 nvUvmInterfaceDupMemory(struct mock_gpu *device, u32 client, u32 memory,
			    u32 *dup, void *info)
{
	struct mock_holder *holder;
	u32 status;

	if (!device || !dup)
		return NV_ERR_INVALID_ARGUMENT;
	holder = kzalloc(sizeof(*holder), GFP_KERNEL);
	if (!holder)
		return NV_ERR_NO_MEMORY;
	mutex_lock(&mock_rm_lock);
	status = dup_locked(holder, client, memory, dup);
	mutex_unlock(&mock_rm_lock);
	if (status)
		kfree(holder);
	return status;
}
EXPORT_SYMBOL(nvUvmInterfaceDupMemory);

/**
 * nvUvmInterfaceFreeDupedHandle() - let go
 * @device: as given to nvUvmInterfaceDupMemory()
 * @handle: what it was called
 *
 * Context: May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 nvUvmInterfaceFreeDupedHandle(struct mock_gpu *device, u32 handle)
{
	struct mock_holder *holder;

	mutex_lock(&mock_rm_lock);
	holder = xa_erase(&dups, handle);
	if (holder)
		mock_phys_drop(holder);
	mutex_unlock(&mock_rm_lock);
	kfree(holder);
	return holder ? NV_OK : NV_ERR_OBJECT_NOT_FOUND;
}
EXPORT_SYMBOL(nvUvmInterfaceFreeDupedHandle);

/* Is there such an object of a client of this process? */
u32 mock_uvm_object(u32 client, u32 handle)
{
	struct mock_client *owner;
	u32 status = NV_OK;

	mutex_lock(&mock_rm_lock);
	owner = mock_client_find(client);
	if (!owner || owner->pid != task_tgid_nr(current))
		status = NV_ERR_INVALID_CLIENT;
	else if (!mock_object_find(owner, handle))
		status = NV_ERR_OBJECT_NOT_FOUND;
	mutex_unlock(&mock_rm_lock);
	return status;
}
EXPORT_SYMBOL_GPL(mock_uvm_object);

void mock_uvm_interface_exit(void)
{
	WARN_ON_ONCE(!xa_empty(&dups));
	xa_destroy(&dups);
}
