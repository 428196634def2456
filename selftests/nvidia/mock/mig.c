// SPDX-License-Identifier: GPL-2.0
/*
 * MIG: a GPU divided into instances, each with a part of the memory
 * (src/nvidia/src/kernel/gpu/mig_mgr/kernel_mig_manager.c). A client that has
 * subscribed gets its memory from there; one that has not gets none. Each
 * instance has one compute instance, number 0.
 *
 * Stricter than the driver: where that wants the file of a capability from
 * /dev/nvidia-caps (osRmCapAcquire(), osapi.c), here only an administrator may
 * subscribe; and instances of several sizes are not mixed.
 */
#include <linux/capability.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "control.h"
#include "release.h"

/* NV2080_CTRL_GPU_SET_PARTITION_INFO, whose uuid is new in 545 */
struct set_info {
	u32 swizz;
	u32 flag;
	bool valid;
};

/* NV2080_CTRL_GPU_GET_PARTITION_INFO, as far as it is told */
struct get_info {
	u32 swizz;
	u32 flag;
	u32 others[44];
	u64 size;
	u64 span[2];
	bool valid;
};

static_assert(offsetof(struct get_info, size) == 184);
static_assert(offsetof(struct get_info, valid) == 208);

/* IS_MIG_IN_USE() */
static bool in_use(const struct mock_gpu *gpu)
{
	return gpu && gpu->nparts;
}

static struct mock_part *find(struct mock_gpu *gpu, u32 swizz)
{
	u32 i;

	for (i = 0; i < MOCK_PARTS; i++)
		if (gpu->parts[i].valid && gpu->parts[i].swizz == swizz)
			return &gpu->parts[i];
	return NULL;
}

/*
 * kmigmgrGetInstanceRefFromDevice_IMPL(): by the subscription that is below the
 * subdevice of the device.
 */
static struct mock_part *subscribed(const struct mock_object *object)
{
	const struct mock_object *subdevice, *part;

	while (object->kind != KIND_DEVICE) {
		object = object->parent;
		if (!object)
			return NULL;
	}
	list_for_each_entry(subdevice, &object->children, sibling) {
		if (subdevice->kind != KIND_SUBDEVICE)
			continue;
		list_for_each_entry(part, &subdevice->children, sibling)
			if (part->kind == KIND_PARTITION)
				return part->part;
	}
	return NULL;
}

/**
 * mock_mig_part() - out of which memory is an object's?
 * @caller: who allocates
 * @object: below a device
 * @part: the instance, or NULL for all of the GPU
 *
 * vidmemGetHeap(), video_mem.c: the kernel needs no subscription.
 *
 * Context: With the RM lock.
 * Return: NV_OK or what is wrong.
 */
u32 mock_mig_part(const struct mock_caller *caller, struct mock_object *object,
		  struct mock_part **part)
{
	*part = in_use(object->gpu) ? subscribed(object) : NULL;
	return *part || caller->kernel || !in_use(object->gpu) ?
		       NV_OK : NV_ERR_INVALID_STATE;
}

/**
 * mock_mig_scope() - whose use may a control tell of?
 * @ctl: on a subdevice
 * @part: of that instance; NULL for all
 *
 * subdeviceCtrlCmdGpuGetPids_IMPL(): nobody here may monitor all of them.
 *
 * Context: With the RM lock.
 * Return: NV_OK or what is wrong.
 */
u32 mock_mig_scope(struct mock_ctl *ctl, struct mock_part **part)
{
	*part = in_use(ctl->object->gpu) ? subscribed(ctl->object) : NULL;
	return *part || !in_use(ctl->object->gpu) ?
		       NV_OK : NV_ERR_INSUFFICIENT_PERMISSIONS;
}

/* Has the client a device that has subscribed to it? */
bool mock_mig_has(struct mock_client *client, const struct mock_part *part)
{
	struct mock_object *object;
	unsigned long handle;

	xa_for_each(&client->objects, handle, object)
		if (object->kind == KIND_PARTITION && object->part == part)
			return true;
	return false;
}

/* gisubscriptionConstruct_IMPL(), gpu_instance_subscription.c */
u32 mock_mig_subscribe(const struct mock_caller *caller,
		       struct mock_object *object, const void *params)
{
	struct mock_object *other;
	u32 swizz = ((const u32 *)params)[2];

	if (!in_use(object->gpu))
		return NV_ERR_NOT_SUPPORTED;
	if (!caller->kernel && !capable(CAP_SYS_ADMIN))
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	if (swizz == MOCK_PROFILING)
		return NV_OK;
	list_for_each_entry(other, &object->parent->children, sibling)
		if (other != object && other->kind == KIND_PARTITION)
			return NV_ERR_STATE_IN_USE;	/* one of each */
	object->part = find(object->gpu, swizz);
	if (!object->part)
		return NV_ERR_INVALID_ARGUMENT;
	object->part->users++;
	return NV_OK;
}

void mock_mig_unsubscribe(struct mock_object *object)
{
	if (object->kind == KIND_PARTITION && object->part)
		object->part->users--;
}

/* cisubscriptionConstruct_IMPL(), compute_instance_subscription.c */
u32 mock_mig_compute(struct mock_object *object, const void *params)
{
	if (!object->parent->part)
		return NV_ERR_INVALID_STATE;
	object->part = object->parent->part;
	return ((const u32 *)params)[2] ? NV_ERR_INVALID_ARGUMENT : NV_OK;
}

static void part_uuid(const struct mock_gpu *gpu, const struct mock_part *part,
		      uuid_t *uuid)
{
	*uuid = gpu->uuid;
	uuid->b[14] = part->swizz + 1;
}

/* cisubscriptionCtrlCmdGetUuid_IMPL(); nvGetSmcUuidString(), gpu_uuid.c */
u32 mock_ctl_compute_uuid(struct mock_ctl *ctl)
{
	uuid_t uuid;

	part_uuid(ctl->object->gpu, ctl->object->part, &uuid);
	memcpy(ctl->params, &uuid, sizeof(uuid));
	snprintf(ctl->params + sizeof(uuid), 41, "MIG-%pUb", &uuid);
	return NV_OK;
}

static u32 create(struct mock_gpu *gpu, struct set_info *info)
{
	u32 size = info->flag & 3;	/* full, half, quarter, eighth */
	u32 i;

	if (gpu->nparts && gpu->part_size != size)
		return NV_ERR_NOT_SUPPORTED;
	for (i = 0; i < 1U << size; i++) {
		struct mock_part *part = &gpu->parts[i];

		if (part->valid)
			continue;
		memset(part, 0, sizeof(*part));
		/* GA100: 0 is all, 1 and 2 are halves, 3 to 6 quarters, ... */
		part->swizz = (1U << size) - 1 + i;
		part->heap.total = gpu->heap.total >> size;
		part->valid = true;
		gpu->part_size = size;
		gpu->nparts++;
		info->swizz = part->swizz;
		return NV_OK;
	}
	return NV_ERR_INSUFFICIENT_RESOURCES;
}

static u32 destroy(struct mock_gpu *gpu, u32 swizz)
{
	struct mock_part *part = find(gpu, swizz);

	if (!part)
		return NV_ERR_INVALID_ARGUMENT;
	if (part->users || part->heap.used)
		return NV_ERR_STATE_IN_USE;
	part->valid = false;
	gpu->nparts--;
	return NV_OK;
}

/* subdeviceCtrlCmdGpuSetPartitions_IMPL(), kernel_mig_manager.c */
u32 mock_ctl_partitions_set(struct mock_ctl *ctl)
{
	bool uuids = mock_release->nr >= 545;
	size_t size = uuids ? 48 : 32;
	u32 *info, i, status = NV_OK;
	struct set_info set;

	if (*(u32 *)ctl->params > MOCK_PARTS)
		return NV_ERR_INVALID_ARGUMENT;
	for (i = 0; !status && i < *(u32 *)ctl->params; i++) {
		info = ctl->params + 8 + i * size;
		set.swizz = info[0];
		set.flag = info[uuids ? 5 : 1];
		set.valid = info[uuids ? 6 : 2] & 0xff;
		status = set.valid ? create(ctl->object->gpu, &set) :
				     destroy(ctl->object->gpu, set.swizz);
		info[0] = set.swizz;
	}
	return status;
}

static void tell(u8 *at, const struct mock_part *part)
{
	struct get_info *info = (void *)at;

	info->swizz = part->swizz;
	info->size = part->heap.total;
	info->valid = true;
}

/* subdeviceCtrlCmdGpuGetPartitions_IMPL(), kernel_mig_manager.c */
u32 mock_ctl_partitions_get(struct mock_ctl *ctl)
{
	struct mock_gpu *gpu = ctl->object->gpu;
	u32 *count = ctl->params + 8 * mock_release->partition;
	bool all = count[1] & 0xff;
	struct mock_part *own = subscribed(ctl->object);
	u32 i;

	if (all && !ctl->caller->kernel && !capable(CAP_SYS_ADMIN))
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	*count = 0;
	for (i = 0; i < MOCK_PARTS; i++) {
		struct mock_part *part = &gpu->parts[i];

		if (part->valid && (all || part == own))
			tell(ctl->params + (*count)++ * mock_release->partition,
			     part);
	}
	return NV_OK;
}

/**
 * mock_mig_uuid() - by which UUID does UVM know what a client registers?
 * @client: its client
 * @handle: its subscription
 * @uuid: the GPU's; then the instance's
 *
 * Context: May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 mock_mig_uuid(u32 client, u32 handle, uuid_t *uuid)
{
	struct mock_client *owner;
	struct mock_object *object;
	u32 status = NV_ERR_OBJECT_NOT_FOUND;

	mutex_lock(&mock_rm_lock);
	owner = mock_client_find(client);
	object = owner ? mock_object_find(owner, handle) : NULL;
	if (object && object->kind == KIND_PARTITION && object->part) {
		part_uuid(object->gpu, object->part, uuid);
		status = NV_OK;
	}
	mutex_unlock(&mock_rm_lock);
	return status;
}
EXPORT_SYMBOL_GPL(mock_mig_uuid);
