// SPDX-License-Identifier: GPL-2.0
/*
 * The escapes of RM: RmIoctl(), src/nvidia/arch/nvalloc/unix/src/escape.c. The
 * first level is a copy in the kernel; what it points to is copied here, at
 * the time when the driver would.
 */
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "export.h"
#include "file.h"
#include "release.h"
#include "rm.h"

bool mock_copy_in(const struct mock_caller *caller, void *to, u64 from,
		  size_t size)
{
	if (!caller->kernel)
		return !copy_from_user(to, u64_to_user_ptr(from), size);
	memcpy(to, (void *)(uintptr_t)from, size);
	return true;
}

bool mock_copy_out(const struct mock_caller *caller, u64 to, const void *from,
		   size_t size)
{
	if (!caller->kernel)
		return !copy_to_user(u64_to_user_ptr(to), from, size);
	memcpy((void *)(uintptr_t)to, from, size);
	return true;
}

static u32 alloc_object(const struct mock_caller *caller, u32 root, u32 parent,
			u32 *new, const struct mock_class *class, void *params)
{
	u32 status;

	mutex_lock(&mock_rm_lock);
	status = mock_object_alloc(caller, root, parent, new, class, params);
	mutex_unlock(&mock_rm_lock);
	return status;
}

static u32 alloc_root(const struct mock_caller *caller, u32 *new)
{
	u32 status;

	mutex_lock(&mock_rm_lock);
	status = mock_client_new(caller, new);
	mutex_unlock(&mock_rm_lock);
	return status;
}

/*
 * serverAllocApiCopyIn(), alloc_free.c: the class says how many bytes there
 * are, and the size that the caller gave is not looked at.
 */
static u32 alloc_copied(const struct mock_caller *caller, u32 root, u32 parent,
			u32 *new, const struct mock_class *class, u64 ptr)
{
	u32 size = ptr ? mock_class_params(class) : 0;
	void *params = NULL;
	u32 status;

	if (class->required && !ptr)
		return NV_ERR_INVALID_ARGUMENT;
	if (size) {
		/* Longer than any release has it: the code reads all fields. */
		params = kzalloc(max_t(size_t, size, sizeof(struct mem_params)),
				 GFP_KERNEL);
		if (!params)
			return NV_ERR_NO_MEMORY;
		if (!mock_copy_in(caller, params, ptr, size)) {
			kfree(params);
			return NV_ERR_INVALID_ADDRESS;
		}
	}
	if (class->kind == KIND_ROOT)
		status = alloc_root(caller, new);
	else
		status = alloc_object(caller, root, parent, new, class, params);
	/* serverAllocApiCopyOut(): the object stays if this fails. */
	if (!status && size && !mock_copy_out(caller, ptr, params, size))
		status = NV_ERR_INVALID_ADDRESS;
	kfree(params);
	return status;
}

/**
 * mock_alloc() - NVOS21 and NVOS64
 * @caller: who asks
 * @root: its client; written for a new client
 * @parent: below what
 * @new: the name it shall have, or 0; then the one it got
 * @nr: hClass
 * @ptr: the class' parameters, at the caller's
 * @status: where the answer is stored
 *
 * Context: May sleep.
 */
void mock_alloc(const struct mock_caller *caller, u32 *root, u32 *parent,
		u32 *new, u32 nr, u64 ptr, u32 *status)
{
	const struct mock_class *class = mock_class_find(nr);

	if (class)
		*status = alloc_copied(caller, *root, *parent, new, class, ptr);
	else
		*status = NV_ERR_INVALID_CLASS;
}

void mock_free(const struct mock_caller *caller, struct os00 *p)
{
	mutex_lock(&mock_rm_lock);
	p->status = mock_object_release(caller, p->root, p->old);
	mutex_unlock(&mock_rm_lock);
}

void mock_dup(const struct mock_caller *caller, struct os55 *p)
{
	mutex_lock(&mock_rm_lock);
	p->status = mock_object_dup(caller, p->client, p->parent, &p->new,
				    p->src_client, p->src);
	mutex_unlock(&mock_rm_lock);
}

void mock_share(const struct mock_caller *caller, struct os57 *p)
{
	mutex_lock(&mock_rm_lock);
	p->status = mock_object_share(caller, p->client, p->object, p->type,
				      p->target,
				      p->action & SHARE_ACTION_REVOKE);
	mutex_unlock(&mock_rm_lock);
}

static u32 map_locked(const struct mock_caller *caller, struct os33 *p, int fd)
{
	struct mock_object *object;
	struct mock_client *client;
	struct mock_phys *phys;
	u32 status = mock_client_get(caller, p->client, &client);

	if (status)
		return status;
	/* rm_create_mmap_context(): by the process that has the client. */
	if (client->pid != task_tgid_nr(current))
		return NV_ERR_INVALID_CLIENT;
	object = mock_object_find(client, p->memory);
	if (!object || !mock_object_find(client, p->device))
		return NV_ERR_OBJECT_NOT_FOUND;
	phys = object->holder.phys;
	if (!phys || object->kind == KIND_TSG || object->kind == KIND_VASPACE)
		return NV_ERR_INVALID_OBJECT;
	if (!p->length || p->length > phys->size ||
	    p->offset > phys->size - p->length)
		return NV_ERR_INVALID_LIMIT;
	/* Registers are a GPU's, like its memory. */
	status = mock_file_map(fd, !phys->gpu && !phys->doorbell, phys,
			       p->offset, p->length);
	/* An address that the next mmap ignores; never 0. */
	if (!status)
		p->address = phys->offset + p->offset + PAGE_SIZE;
	return status;
}

u32 mock_map_memory(const struct mock_caller *caller, struct os33 *p, int fd)
{
	u32 status;

	mutex_lock(&mock_rm_lock);
	status = map_locked(caller, p, fd);
	mutex_unlock(&mock_rm_lock);
	return status;
}

static u32 check_memory(const struct mock_caller *caller, u32 client,
			u32 memory)
{
	struct mock_client *owner;
	u32 status;

	mutex_lock(&mock_rm_lock);
	status = mock_client_get(caller, client, &owner);
	if (!status && !mock_object_find(owner, memory))
		status = NV_ERR_OBJECT_NOT_FOUND;
	mutex_unlock(&mock_rm_lock);
	return status;
}

/* NV_ESC_REGISTER_FD: a GPU's file acts for the clients of a control file. */
static u32 register_fd(struct nv_file_private *nvfp, const s32 *fd)
{
	struct nv_file_private *ctl;
	void *file;
	u32 status = NV_OK;

	ctl = nv_get_file_private(*fd, true, &file);
	mutex_lock(&mock_rm_lock);
	if (nvfp->ctl_nvfp)
		status = NV_ERR_INVALID_STATE;
	else if (!ctl || ctl == nvfp || ctl->ctl_nvfp)
		status = NV_ERR_INVALID_ARGUMENT;
	if (!status) {
		nvfp->ctl_file = file;
		WRITE_ONCE(nvfp->ctl_nvfp, ctl);
	}
	mutex_unlock(&mock_rm_lock);
	if (status && ctl)
		nv_put_file_private(file);
	return status;
}

static u32 escape_alloc(const struct mock_caller *caller, bool ctl, void *data,
			u32 size)
{
	struct os21 *p = data;
	struct os64 *p64 = data;

	if (size != sizeof(*p) && size != sizeof(*p64))
		return NV_ERR_INVALID_ARGUMENT;
	if (!ctl && p->class != CLASS_EVENT && p->class != CLASS_EVENT_OS)
		return NV_ERR_INVALID_ARGUMENT;
	if (p->class == CLASS_ROOT || p->class == CLASS_ROOT_NON_PRIV)
		p->class = CLASS_ROOT_CLIENT;
	mock_alloc(caller, &p->root, &p->parent, &p->new, p->class, p->params,
		   size == sizeof(*p64) ? &p64->status : &p->status);
	return NV_OK;
}

/*
 * Escapes whose structs differ by release, or that have more to them than one
 * call. Each has been told the size by the table below.
 */
static u32 escape_run(const struct mock_caller *caller,
		      struct nv_file_private *nvfp, u32 cmd, void *data)
{
	struct os33_fd *map = data;
	struct os34 *unmap = data;
	u8 *bytes = data;

	switch (cmd) {
	case ESC_RM_ALLOC_MEMORY:
		mock_alloc_memory(caller, data);
		return NV_OK;
	case ESC_RM_FREE:
		mock_free(caller, data);
		return NV_OK;
	case ESC_RM_CONTROL:
		mock_control(caller, data);
		return NV_OK;
	case ESC_RM_DUP_OBJECT:
		mock_dup(caller, data);
		return NV_OK;
	case ESC_RM_SHARE:
		mock_share(caller, data);
		return NV_OK;
	case ESC_RM_VID_HEAP_CONTROL:
		mock_heap_control(caller, data);
		return NV_OK;
	case ESC_RM_MAP_MEMORY:
		map->os33.status = mock_map_memory(caller, &map->os33, map->fd);
		return NV_OK;
	case ESC_RM_UNMAP_MEMORY:
		unmap->status = check_memory(caller, unmap->client,
					     unmap->memory);
		return NV_OK;
	case ESC_RM_MAP_MEMORY_DMA:
		*(u32 *)(bytes + mock_release->os46_out + 8) =
			mock_map_dma(caller, data);
		return NV_OK;
	case ESC_RM_UNMAP_MEMORY_DMA:
		*(u32 *)(bytes + mock_release->os47_out) =
			mock_unmap_dma(caller, data);
		return NV_OK;
	case ESC_REGISTER_FD:
		return register_fd(nvfp, data);
	default:
		return NV_ERR_GENERIC;
	}
}

/* Escapes that the mock knows but does not do; @status says where to say so. */
static const struct {
	u8 nr;
	u8 size;
	u8 status;
} undone[] = {
	{ ESC_RM_ALLOC_OBJECT, 20, 16 },
	{ ESC_RM_IDLE_CHANNELS, 56, 48 },
	{ ESC_RM_ACCESS_REGISTRY, 72, 64 },
	{ ESC_RM_ALLOC_CONTEXT_DMA2, 56, 48 },
	{ ESC_RM_BIND_CONTEXT_DMA, 16, 12 },
	{ ESC_RM_UPDATE_DEVICE_MAPPING_INFO, 40, 32 },
	{ ESC_RM_GET_EVENT_DATA, 16, 12 },
	{ ESC_ALLOC_OS_EVENT, 16, 12 },
	{ ESC_FREE_OS_EVENT, 16, 8 },
};

static u32 escape_undone(u32 cmd, void *data, u32 size)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(undone); i++) {
		if (undone[i].nr != cmd)
			continue;
		if (size != undone[i].size)
			return NV_ERR_INVALID_ARGUMENT;
		*(u32 *)(data + undone[i].status) = NV_ERR_NOT_SUPPORTED;
		return NV_OK;
	}
	return NV_ERR_GENERIC;
}

/* How long the struct of an escape is; 0 for those not done here. */
static u32 escape_size(u32 cmd)
{
	switch (cmd) {
	case ESC_RM_ALLOC_MEMORY:
		return sizeof(struct os02_fd);
	case ESC_RM_FREE:
		return sizeof(struct os00);
	case ESC_RM_CONTROL:
		return sizeof(struct os54);
	case ESC_RM_DUP_OBJECT:
		return sizeof(struct os55);
	case ESC_RM_SHARE:
		return sizeof(struct os57);
	case ESC_RM_VID_HEAP_CONTROL:
		return sizeof(struct os32);
	case ESC_RM_MAP_MEMORY:
		return sizeof(struct os33_fd);
	case ESC_RM_UNMAP_MEMORY:
		return sizeof(struct os34);
	case ESC_RM_MAP_MEMORY_DMA:
		return mock_release->os46;
	case ESC_RM_UNMAP_MEMORY_DMA:
		return mock_release->os47;
	case ESC_REGISTER_FD:
		return sizeof(s32);
	default:
		return 0;
	}
}

/**
 * mock_escape() - RmIoctl()
 * @nv: of which device
 * @nvfp: on which file
 * @cmd: the escape
 * @data: its struct, a copy
 * @size: the length of that
 *
 * Context: May sleep.
 * Return: NV_OK, or what makes the ioctl fail as a whole.
 */
u32 mock_escape(struct nv_state *nv, struct nv_file_private *nvfp, u32 cmd,
		void *data, u32 size)
{
	struct nv_file_private *ctl = READ_ONCE(nvfp->ctl_nvfp);
	const struct mock_caller caller = { .owner = ctl ?: nvfp };
	bool on_ctl = nv_gpu(nv)->ctl;
	bool of_gpu = cmd == ESC_RM_ALLOC_MEMORY;

	if (cmd == ESC_RM_ALLOC)
		return escape_alloc(&caller, on_ctl, data, size);
	if (!escape_size(cmd))
		return escape_undone(cmd, data, size);
	if (size != escape_size(cmd))
		return NV_ERR_INVALID_ARGUMENT;
	/* Memory by the oldest way is of a GPU's file, the rest of the other. */
	if (cmd != ESC_REGISTER_FD && on_ctl == of_gpu)
		return NV_ERR_INVALID_ARGUMENT;
	return escape_run(&caller, nvfp, cmd, data);
}

/* The file goes: its clients, and what was exported into it. */
void mock_escape_close(struct nv_file_private *nvfp)
{
	mutex_lock(&mock_rm_lock);
	mock_export_free(nvfp);
	mock_client_free_owned(nvfp);
	mutex_unlock(&mock_rm_lock);
	if (nvfp->ctl_file)
		nv_put_file_private(nvfp->ctl_file);
}
