// SPDX-License-Identifier: GPL-2.0
/*
 * Instances that MIG makes of a GPU.
 *
 * A client gets to one by an object of class AMPERE_SMC_PARTITION_REF below its
 * subdevice; from then on all that it allocates below that device comes out of
 * the instance's own heap (kmigmgrGetInstanceRefFromDevice_IMPL(), kernel_mig_
 * manager.c; vidmemGetHeap(), video_mem.c). Without one it gets no memory at
 * all where the GPU is divided. Which instance that is, and how large, is asked
 * from RM by the very subdevice, since the number that the tenant gave stands
 * behind a pointer.
 *
 * An instance is a device of its own, and a charge on it is one on the whole
 * GPU, too: a quota on the GPU would otherwise be got round by taking several
 * instances, or by dividing the GPU after the quota was set. Both charges are
 * made or neither, each under a key of its own.
 */
#include <linux/slab.h>

#include "../../device.h"
#include "../../object.h"
#include "backend.h"

#define MAX_INSTANCES	16u

/**
 * nv_whole_reserve - where an instance is charged, reserve on its GPU, too
 * @whole: cleared; to be ended by nv_whole_end()
 * @point: that the call came by
 * @gpu: what is charged; nothing is done for one that is no instance
 * @bytes: as reserved on @gpu
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int nv_whole_reserve(struct nv_whole *whole, struct vgpu_point *point,
		     const struct nv_gpu *gpu, u64 bytes)
{
	if (!gpu->whole)
		return 0;
	vgpu_call_begin(&whole->call, point, gpu->whole->device,
			VGPU_CALL_ALLOC);
	whole->begun = true;
	return vgpu_call_reserve(&whole->call, VGPU_MEM_DEVICE, bytes);
}

/**
 * nv_whole_bind - bind what it came to
 * @whole: reserved
 * @at: where the GPU is written down of what was made; its address is the key
 * @bytes: may be more than was reserved
 *
 * Context: May sleep.
 * Return: 0 or -ENOMEM.
 */
int nv_whole_bind(struct nv_whole *whole, struct nv_gpu *const *at, u64 bytes)
{
	if (!whole->begun)
		return 0;
	return vgpu_object_draw(&whole->call, bytes) ?:
	       vgpu_object_bind(&whole->call, at, bytes);
}

void nv_whole_end(struct nv_whole *whole)
{
	if (whole->begun)
		vgpu_call_end(&whole->call);
	whole->begun = false;
}

int nv_whole_adopt(struct nv_gpu *const *at, u64 bytes,
		   struct task_struct *task)
{
	if (!(*at)->whole)
		return 0;
	return vgpu_object_adopt((*at)->whole->device, at, bytes,
				 VGPU_MEM_DEVICE, task);
}

void nv_whole_overhead(struct nv_gpu *const *at)
{
	if ((*at)->whole)
		vgpu_object_overhead(at);
}

void nv_whole_resize(struct nv_gpu *const *at, u64 bytes)
{
	if ((*at)->whole)
		vgpu_object_resize(at, bytes);
}

void nv_whole_release(struct nv_gpu *const *at)
{
	if (*at && (*at)->whole)
		vgpu_object_release(at);
}

/* NV2080_CTRL_GPU_GET_PARTITIONS_PARAMS, answered, or NULL. To be freed. */
static u8 *ask_partitions(u32 client, u32 subdevice, bool all, u32 *n)
{
	const struct nv_abi *abi = nv_rm_abi();
	u32 count_at = nv_abi_partitions_count(abi);
	u8 *params = kzalloc(abi->partitions_size, GFP_KERNEL);

	if (!params)
		return NULL;
	params[count_at + sizeof(u32)] = all;
	if (nv_rm_control(client, subdevice, NV_CTRL_GPU_GET_PARTITIONS,
			  params, abi->partitions_size) != NV_OK) {
		kfree(params);
		return NULL;
	}
	*n = min3(nv_get32(params, count_at), count_at / abi->partition_size,
		  MAX_INSTANCES);
	return params;
}

static struct nv_gpu *instance(struct nv_gpu *gpu, const u8 *params, u32 i)
{
	const u8 *info = params + i * nv_rm_abi()->partition_size;

	if (!info[NV_PARTITION_VALID])
		return NULL;
	return nv_gpu_instance(gpu, nv_get32(info, NV_PARTITION_SWIZZ),
			       nv_get64(info, NV_PARTITION_MEMORY));
}

/**
 * nv_instances_ask - take up the instances that a GPU is divided into
 * @gpu: a whole one
 * @client: of vgpu's own
 * @subdevice: its handle of @gpu
 *
 * Context: May sleep; calls into RM.
 * Return: true where there are any.
 */
bool nv_instances_ask(struct nv_gpu *gpu, u32 client, u32 subdevice)
{
	u32 swizz[MAX_INSTANCES], n = 0, found = 0, i;
	struct nv_gpu *part;
	u8 *params;

	params = ask_partitions(client, subdevice, true, &n);
	if (!params)	/* a GPU that cannot be divided says so */
		return READ_ONCE(gpu->split);
	for (i = 0; i < n; i++) {
		part = instance(gpu, params, i);
		if (part)
			swizz[found++] = part->swizz;
	}
	kfree(params);
	nv_gpu_retain(gpu, swizz, found);
	return n;
}

/**
 * nv_instance_of - the instance that a client has subscribed to
 * @gpu: that it is a part of
 * @client: with the subscription
 * @subdevice: that the subscription is below
 *
 * Context: May sleep; calls into RM.
 * Return: the instance, or NULL where there is none.
 */
struct nv_gpu *nv_instance_of(struct nv_gpu *gpu, u32 client, u32 subdevice)
{
	struct nv_gpu *part = NULL;
	u8 *params;
	u32 n;

	params = ask_partitions(client, subdevice, false, &n);
	if (params && n == 1)
		part = instance(gpu, params, 0);
	kfree(params);
	return part;
}

/**
 * nv_instance_name - learn the name by which users know a compute instance
 * @gpu: the instance that it is in
 * @client: that has subscribed to it
 * @compute: its handle, of class AMPERE_SMC_EXEC_PARTITION_REF
 *
 * NVML names those, "MIG-" and a UUID; what memory they have is shared by all
 * of an instance.
 *
 * Context: May sleep; calls into RM.
 */
void nv_instance_name(struct nv_gpu *gpu, u32 client, u32 compute)
{
	u8 params[NV_COMPUTE_UUID_SIZE + 1] = { 0 };
	char *name = params + NV_COMPUTE_UUID_STRING;

	if (gpu && gpu->whole &&
	    nv_rm_control(client, compute, NV_CTRL_GET_UUID, params,
			  NV_COMPUTE_UUID_SIZE) == NV_OK && *name)
		vgpu_device_alias(gpu->device, name);
}
