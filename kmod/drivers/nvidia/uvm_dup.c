// SPDX-License-Identifier: GPL-2.0
/*
 * Handles that nvidia-uvm takes of its own to a tenant's memory of RM's.
 *
 * Memory that is mapped through UVM lives on when the tenant frees its handle:
 * UVM has duplicated it. A duplicate is one reference more to what is charged.
 */
#include <linux/delay.h>
#include <linux/hashtable.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "backend.h"

/* Until a handle stands still between two looks: some 10 ms. */
#define TRIES	64

/**
 * struct dup - a duplicate
 * @hash: in the table by @handle, under dups_lock
 * @device: UVM's, in RM; never dereferenced
 * @handle: UVM's
 * @mem: owned reference
 */
struct dup {
	struct hlist_node hash;
	const void *device;
	u32 handle;
	struct nv_mem *mem;
};

static DEFINE_MUTEX(dups_lock);	/* protects the table */
static DEFINE_HASHTABLE(dups, 10);

/* nvUvmInterfaceFreeDupedHandle() */
static u32 (*give_back)(void *device, u32 handle);

/*
 * UVM holds its VA space's lock here, which mmap() takes below mmap_lock, and
 * a call with the client's serial lock held may wait for a page of the tenant's
 * and so for mmap_lock. So the serial lock cannot be waited for. The handle is
 * looked at before and after instead; where it may have been given to another
 * object meanwhile, the duplicate goes, and it is tried again.
 */
static u32 dup_known(struct vgpu_point *point, struct nv_client *client,
		     void *device, u32 memory, u32 *handle, void *info,
		     struct dup *dup)
{
	u32 (*original)(void *device, u32 hclient, u32 memory, u32 *handle,
			void *info) = point->addr;
	struct nv_sight before, after;
	unsigned int tries;
	u32 ret;

	for (tries = 0; tries < TRIES; tries++) {
		if (tries)
			usleep_range(100, 200);
		nv_object_see(client, memory, &before);
		ret = original(device, client->handle, memory, handle, info);
		if (ret != NV_OK) {
			nv_mem_put(before.mem);
			return ret;
		}
		nv_object_see(client, memory, &after);
		nv_mem_put(after.mem);
		if (before.sure && after.sure && before.id == after.id) {
			dup->mem = before.mem;
			return NV_OK;
		}
		nv_mem_put(before.mem);
		give_back(device, *handle);
	}
	return NV_ERR_NO_MEMORY;
}

/**
 * nv_uvm_dup - UVM takes a handle of its own to memory of RM's
 * @device: UVM's, in RM
 * @hclient: whose memory
 * @memory: its handle
 * @handle: set to UVM's
 * @info: of the driver's
 * @point: where it came from
 *
 * In the place of nvUvmInterfaceDupMemory().
 *
 * Context: May sleep; the caller's VA space lock held.
 * Return: as the driver's.
 */
u32 nv_uvm_dup(void *device, u32 hclient, u32 memory, u32 *handle, void *info,
	       struct vgpu_point *point)
{
	u32 (*original)(void *device, u32 hclient, u32 memory, u32 *handle,
			void *info) = point->addr;
	struct nv_client *client = nv_client_get(hclient);
	struct dup *dup = kzalloc(sizeof(*dup), GFP_KERNEL_ACCOUNT);
	struct vgpu_call call;
	u32 ret = NV_ERR_NO_MEMORY;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	if (!dup)
		goto out;
	if (client)
		ret = dup_known(point, client, device, memory, handle, info,
				dup);
	else
		ret = original(device, hclient, memory, handle, info);
	if (dup->mem) {
		dup->device = device;
		dup->handle = *handle;
		mutex_lock(&dups_lock);
		hash_add(dups, &dup->hash, dup->handle);
		mutex_unlock(&dups_lock);
		dup = NULL;
	}
out:
	kfree(dup);
	nv_client_put(client);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static struct dup *take_dup(const void *device, u32 handle)
{
	struct dup *dup;

	mutex_lock(&dups_lock);
	hash_for_each_possible(dups, dup, hash, handle) {
		if (dup->device != device || dup->handle != handle)
			continue;
		hash_del(&dup->hash);
		goto out;
	}
	dup = NULL;
out:
	mutex_unlock(&dups_lock);
	return dup;
}

/**
 * nv_uvm_undup - UVM is done with a handle
 * @device: UVM's, in RM
 * @handle: from nv_uvm_dup()
 * @point: where it came from
 *
 * In the place of nvUvmInterfaceFreeDupedHandle().
 *
 * Context: May sleep; the caller's VA space lock held.
 * Return: as the driver's.
 */
u32 nv_uvm_undup(void *device, u32 handle, struct vgpu_point *point)
{
	u32 (*original)(void *device, u32 handle) = point->addr;
	struct dup *dup = take_dup(device, handle);
	struct vgpu_call call;
	u32 ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	ret = original(device, handle);
	if (dup) {
		nv_mem_put(dup->mem);
		kfree(dup);
	}
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

/**
 * nv_uvm_dup_attach - find what undoes a duplicate
 *
 * Context: May sleep; nvidia.ko is live.
 * Return: 0, or -ENODEV where the driver does not have it.
 */
int nv_uvm_dup_attach(void)
{
	give_back = vgpu_interpose_symbol("nvidia",
					  "nvUvmInterfaceFreeDupedHandle");
	return give_back ? 0 : -ENODEV;
}

/**
 * nv_uvm_dup_forget - no releases are seen any more
 *
 * Context: May sleep. No call is in flight.
 */
void nv_uvm_dup_forget(void)
{
	struct hlist_node *next;
	unsigned int bucket;
	struct dup *dup;

	mutex_lock(&dups_lock);
	hash_for_each_safe(dups, bucket, next, dup, hash) {
		hash_del(&dup->hash);
		nv_mem_put(dup->mem);
		kfree(dup);
	}
	mutex_unlock(&dups_lock);
}
