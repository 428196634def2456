// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that make, copy or end objects of RM's.
 *
 * All ways to device memory come down to one: decode what the driver's kernel
 * copy says (struct request), reserve, let the driver do it, ask RM how much
 * there is behind the new handle now, and charge that. NV_ESC_RM_ALLOC alone
 * has its size behind a user pointer, which another thread may change between
 * our look and the driver's; what it makes beyond the reservation is charged
 * on top or, where there is no room, ended again before its handle is told.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "../../device.h"
#include "../../object.h"
#include "../../time.h"
#include "../../view.h"
#include "backend.h"

#define CLASS_ALIAS	0xc2	/* NV01_MEMORY_LOCAL_PHYSICAL, not for tenants */

/**
 * struct request - an allocation, whichever way it came
 * @client: handle of whose it will be
 * @parent: handle of what it will lie below
 * @class: external class
 * @bytes: of device memory, as far as can be told
 * @overhead: nobody asks for @bytes by name
 * @attr: NVOS32_ATTR_*
 * @unnamed: the driver chooses the handle, whatever stands there
 * @handle_at: offset of the new handle in the argument
 * @status_at: offset of the status
 */
struct request {
	u32 client;
	u32 parent;
	u32 class;
	u64 bytes;
	bool overhead;
	u32 attr;
	bool unnamed;
	unsigned int handle_at;
	unsigned int status_at;
};

/*
 * The largest granule that the driver may round up to, so that no sample
 * shows more than is charged (memmgrDeterminePageSize() of mem_mgr.c). What
 * it did not take is given back.
 */
static u64 granule(const struct request *req)
{
	switch (NV_ATTR_PAGE_SIZE(req->attr)) {
	case NV_ATTR_PAGE_SIZE_4KB:
		return SZ_4K;
	case NV_ATTR_PAGE_SIZE_BIG:
		return SZ_64K;
	case NV_ATTR_PAGE_SIZE_HUGE:
		return SZ_2M;
	default:
		return req->bytes < SZ_2M ? SZ_64K : SZ_2M;
	}
}

/* What is reserved for it. */
static u64 room_for(const struct request *req)
{
	u64 bytes = min_t(u64, req->bytes, S64_MAX - SZ_2M);

	return req->overhead ? bytes : round_up(bytes, granule(req));
}

static int reserve(struct nv_escape *esc, const struct request *req,
		   struct nv_gpu *gpu)
{
	u64 bytes = room_for(req);

	esc->call.device = gpu->device;
	return vgpu_call_reserve(&esc->call, VGPU_MEM_DEVICE, bytes) ?:
	       nv_whole_reserve(&esc->whole, esc->call.point, gpu, bytes);
}

/*
 * The driver made it: charge what there really is. An object that has gone
 * again already, with its file, needs no charge.
 */
static u32 settle(struct nv_escape *esc, struct nv_client *client, u32 handle,
		  struct nv_mem *mem)
{
	u64 bytes = 0;

	if (nv_rm_memory_size(client->handle, handle, &bytes) != NV_OK) {
		if (!nv_rm_alive(client->handle))
			return NV_OK;
		goto undo;
	}
	if (vgpu_object_draw(&esc->call, bytes) ||
	    vgpu_object_bind(&esc->call, mem, bytes) ||
	    nv_whole_bind(&esc->whole, &mem->gpu, bytes))
		goto undo;
	mem->bytes = bytes;
	return NV_OK;

undo:
	nv_rm_free(client->handle, handle);
	return NV_ERR_NO_MEMORY;
}

/* What it takes without a word, so that there is nothing to ask RM for. */
static u32 settle_overhead(struct nv_escape *esc, struct nv_client *client,
			   u32 handle, struct nv_mem *mem, u64 bytes)
{
	if (vgpu_object_bind(&esc->call, mem, bytes) ||
	    nv_whole_bind(&esc->whole, &mem->gpu, bytes)) {
		nv_rm_free(client->handle, handle);
		return NV_ERR_NO_MEMORY;
	}
	vgpu_object_overhead(mem);
	nv_whole_overhead(&mem->gpu);
	mem->overhead = true;
	mem->bytes = bytes;
	return NV_OK;
}

static void note_device(struct nv_client *client, struct nv_object *object,
			u32 handle)
{
	if (nv_rm_device_gpu(client->handle, handle, &object->gpu) != NV_OK)
		object->gpu = NULL;
}

/*
 * A client has subscribed to an instance. To what that is not of one, such as
 * the whole GPU for a profiler, groups with a quota do not subscribe.
 */
static u32 note_instance(struct nv_client *client, struct nv_object *object,
			 u32 handle, u32 parent)
{
	struct nv_gpu *gpu = nv_object_gpu(client, parent);

	object->gpu = gpu ? nv_instance_of(gpu, client->handle, parent) : NULL;
	if (object->gpu || !vgpu_view_limited())
		return NV_OK;
	nv_rm_free(client->handle, handle);
	return NV_ERR_NOT_SUPPORTED;
}

/* A device of a client that was there before us is met here first. */
static struct nv_gpu *gpu_of(struct nv_client *client, u32 handle)
{
	struct nv_gpu *gpu = nv_object_gpu(client, handle);
	struct nv_object *object;

	if (gpu || client->file)
		return gpu;
	object = nv_object_new(NV_CLASS_DEVICE);
	if (!object)
		return NULL;
	note_device(client, object, handle);
	gpu = object->gpu;
	if (gpu)
		nv_object_insert(client, object, handle, client->handle);
	else
		nv_object_free(object);
	/* Another has come in its place, which it did before this. */
	return READ_ONCE(client->gone) ? NULL : gpu;
}

static u32 refuse(struct nv_escape *esc, const struct request *req)
{
	return nv_escape_deny(esc, req->status_at, NV_ERR_NO_MEMORY,
			      NV_ROUTES);
}

/*
 * Get ready to charge what an object will hold. Of what lies nowhere, groups
 * with a quota get no memory; what contexts take is then found out later.
 */
static int provide(struct nv_escape *esc, const struct request *req,
		   struct nv_client *client, struct nv_object *object)
{
	struct nv_gpu *gpu = gpu_of(client, req->parent);

	if (!gpu && !req->overhead && vgpu_view_limited())
		return vgpu_driver_refuse(&nv_driver,
					  &nv_routes[NV_ROUTE_VIDMEM], NULL,
					  -ENODEV);
	if (!gpu)
		return 0;
	object->mem = nv_mem_new(gpu);
	return object->mem ? reserve(esc, req, gpu) : -ENOMEM;
}

/*
 * A channel or a group of them. An instance's engines are the GPU's, too, and
 * nobody takes turns on both: closed to those whose time is bound on the whole.
 *
 * RM makes groups of its own around channels without one, with handles of the
 * tenant's client, which may be guessed. What is below an object that is not in
 * the tree could not be stopped, so groups with a quota do not get it there.
 */
static int enqueue(const struct request *req, struct nv_client *client,
		   struct nv_object *object)
{
	struct nv_queue *parent;
	struct nv_gpu *gpu;

	if (!nv_class_is_queue(req->class))
		return 0;
	gpu = gpu_of(client, req->parent);
	if (!gpu)
		return nv_client_closed(client) ? -ENODEV : 0;
	if (gpu->whole && vgpu_time_bound(gpu->whole->device))
		return vgpu_driver_refuse(&nv_driver,
					  &nv_routes[NV_ROUTE_CHANNEL],
					  gpu->device, -EOPNOTSUPP);
	parent = nv_object_queue(client, req->parent);
	object->queue = nv_queue_new(req->class, gpu, parent, req->parent);
	nv_queue_put(parent);
	return object->queue ? 0 : -ENOMEM;
}

/* With the client's serial lock held. */
static u32 allocate(struct nv_escape *esc, const struct request *req,
		    struct nv_client *client, enum nv_policy policy)
{
	struct nv_object *object;
	u32 ret, status, handle;

	object = nv_object_new(req->class);
	if (!object)
		return refuse(esc, req);
	if (((policy == NV_POLICY_VIDMEM || req->overhead) &&
	     provide(esc, req, client, object)) ||
	    enqueue(req, client, object)) {
		nv_object_free(object);
		return refuse(esc, req);
	}
	if (object->mem)
		nv_client_taking(client, room_for(req));

	ret = nv_escape_pass(esc);
	status = nv_get32(esc->data, req->status_at);
	if (ret != NV_OK || status != NV_OK) {
		nv_object_free(object);
		return ret;
	}
	handle = nv_get32(esc->data, req->handle_at);
	status = NV_OK;
	if (object->mem && req->overhead)
		status = settle_overhead(esc, client, handle, object->mem,
					 req->bytes);
	else if (object->mem)
		status = settle(esc, client, handle, object->mem);
	else if (policy == NV_POLICY_INSTANCE)
		status = note_instance(client, object, handle, req->parent);
	if (status != NV_OK) {
		nv_object_free(object);
		return nv_escape_deny(esc, req->status_at, status,
				      policy == NV_POLICY_INSTANCE ?
				      NV_ROUTE_CLASS : NV_ROUTES);
	}
	if (policy == NV_POLICY_DEVICE)
		note_device(client, object, handle);
	else if (req->class == NV_CLASS_EXEC_PARTITION_REF)
		nv_instance_name(nv_object_gpu(client, req->parent),
				 client->handle, handle);
	if (object->queue)
		nv_queue_insert(object->queue, client->handle, handle);
	if (nv_object_insert(client, object, handle, req->parent))
		return NV_OK;
	nv_rm_free(client->handle, handle);
	return nv_escape_deny(esc, req->status_at, NV_ERR_INVALID_CLIENT,
			      NV_ROUTES);
}

static u32 allocate_root(struct nv_escape *esc, const struct request *req)
{
	struct nv_client *client = nv_client_new();
	u32 ret;

	if (!client)
		return refuse(esc, req);
	ret = nv_escape_pass(esc);
	if (ret == NV_OK && nv_get32(esc->data, req->status_at) == NV_OK)
		nv_client_insert(client, nv_get32(esc->data, req->handle_at),
				 esc->nvfp);
	else
		nv_client_put(client);
	return ret;
}

/*
 * In the name of a client that is neither the file's nor the process's, or that is
 * not there. RM lets nobody do so, but may first read parameters of the caller's,
 * for as long as the caller likes; by then the client may be there, and of an
 * other's the owner's calls would wait for its serial lock. So that is not taken,
 * and groups with a quota do not come as far as RM.
 */
static u32 take_others(struct nv_escape *esc, const struct request *req)
{
	if (!vgpu_view_limited())
		return nv_escape_pass(esc);
	return nv_escape_deny(esc, req->status_at, NV_ERR_INVALID_CLIENT,
			      NV_ROUTES);
}

static u32 take(struct nv_escape *esc, const struct request *req)
{
	enum nv_policy policy = nv_class_policy(req->class);
	struct nv_client *client;
	u32 ret;

	if (policy == NV_POLICY_ROOT)
		return allocate_root(esc, req);
	if (policy == NV_POLICY_DENY && vgpu_view_limited())
		return nv_escape_deny(esc, req->status_at,
				      NV_ERR_NOT_SUPPORTED, NV_ROUTE_CLASS);
	client = nv_client_meet(req->client);
	if (!client)
		return take_others(esc, req);
	if (READ_ONCE(client->file) && !nv_client_is_own(client, esc->nvfp)) {
		ret = take_others(esc, req);
	} else if (mutex_lock_killable(&client->serial)) {
		ret = refuse(esc, req);
	} else if (READ_ONCE(client->gone)) {
		mutex_unlock(&client->serial);
		ret = refuse(esc, req);
	} else {
		nv_client_naming(client, req->unnamed ? 0 :
				 nv_get32(esc->data, req->handle_at));
		ret = allocate(esc, req, client, policy);
		nv_client_named(client);
		mutex_unlock(&client->serial);
	}
	nv_client_put(client);
	return ret;
}

/* The forecast of what NV_ESC_RM_ALLOC will find behind its user pointer. */
static void foresee(struct nv_escape *esc, struct request *req)
{
	const void __user *params =
		u64_to_user_ptr(nv_get64(esc->data, NV_ALLOC_PARAMS));
	u64 size;
	u32 attr;

	if (!params ||
	    copy_from_user(&size, params + NV_VIDMEM_SIZE, sizeof(size)) ||
	    copy_from_user(&attr, params + NV_VIDMEM_ATTR, sizeof(attr)))
		return;
	req->bytes = size;
	req->attr = attr;
}

static void foresee_overhead(struct request *req)
{
	req->bytes = nv_class_overhead(req->class);
	req->overhead = req->bytes;
}

/* NV_ESC_RM_ALLOC, with NVOS21 or NVOS64: the same up to pAllocParms. */
u32 nv_alloc(struct nv_escape *esc)
{
	struct request req = { .handle_at = NV_ALLOC_NEW };

	if (esc->size == NV_NVOS21_SIZE)
		req.status_at = NV_ALLOC_STATUS;
	else if (esc->size == NV_NVOS64_SIZE)
		req.status_at = NV_ALLOC64_STATUS;
	else
		return nv_escape_odd(esc);

	req.client = nv_get32(esc->data, NV_ALLOC_ROOT);
	req.parent = nv_get32(esc->data, NV_ALLOC_PARENT);
	req.class = nv_get32(esc->data, NV_ALLOC_CLASS);
	if (nv_class_policy(req.class) == NV_POLICY_VIDMEM)
		foresee(esc, &req);
	else
		foresee_overhead(&req);
	return take(esc, &req);
}

/* NV_ESC_RM_ALLOC_OBJECT, NVOS05: an allocation without parameters. */
u32 nv_alloc_object(struct nv_escape *esc)
{
	struct request req = {
		.handle_at = NV_ALLOC_OBJECT_NEW,
		.status_at = NV_ALLOC_OBJECT_STATUS,
	};

	if (esc->size != NV_NVOS05_SIZE)
		return nv_escape_odd(esc);
	req.client = nv_get32(esc->data, NV_ALLOC_OBJECT_ROOT);
	req.parent = nv_get32(esc->data, NV_ALLOC_OBJECT_PARENT);
	req.class = nv_get32(esc->data, NV_ALLOC_OBJECT_CLASS);
	foresee_overhead(&req);
	return take(esc, &req);
}

/*
 * NV_ESC_RM_ALLOC_MEMORY, NVOS02: the old way. Asked for video memory, the
 * driver allocates none: an administrator gets an alias of all that there is,
 * by physical address, and anybody else a handle to nothing
 * (interface/deprecated/rmapi_deprecated_allocmemory.c). So that is refused to
 * groups with a quota and charged to nobody.
 */
u32 nv_alloc_memory(struct nv_escape *esc)
{
	struct request req = {
		.handle_at = NV_MEMORY_NEW,
		.status_at = NV_MEMORY_STATUS,
	};

	if (esc->size != NV_NVOS02_FD_SIZE)
		return nv_escape_odd(esc);
	req.client = nv_get32(esc->data, NV_MEMORY_ROOT);
	req.parent = nv_get32(esc->data, NV_MEMORY_PARENT);
	req.class = nv_get32(esc->data, NV_MEMORY_CLASS);
	if (nv_class_policy(req.class) == NV_POLICY_VIDMEM)
		req.class = CLASS_ALIAS;
	return take(esc, &req);
}

/* Of a client that was there before us: it may be of what was adopted. */
static u32 free_unknown(struct nv_escape *esc)
{
	u32 ret = nv_escape_pass(esc);

	nv_process_soon();
	return ret;
}

static u32 heap_free(struct nv_escape *esc)
{
	u32 handle = nv_get32(esc->data, NV_HEAP_FREE_MEMORY);
	struct nv_client *client;
	u32 ret;

	client = nv_client_get(nv_get32(esc->data, NV_HEAP_ROOT));
	if (!client)
		return free_unknown(esc);
	if (mutex_lock_killable(&client->serial)) {
		nv_client_put(client);
		return nv_escape_deny(esc, NV_HEAP_STATUS, NV_ERR_NO_MEMORY,
				      NV_ROUTES);
	}
	ret = nv_escape_pass(esc);
	if (ret == NV_OK && nv_get32(esc->data, NV_HEAP_STATUS) == NV_OK)
		nv_object_drop(client, handle);
	mutex_unlock(&client->serial);
	nv_client_put(client);
	return ret;
}

static u32 heap_info(struct nv_escape *esc)
{
	u32 ret = nv_escape_pass(esc);

	if (ret == NV_OK && nv_get32(esc->data, NV_HEAP_STATUS) == NV_OK)
		nv_view_heap(esc);
	return ret;
}

/*
 * The class that the driver makes of it:
 * interface/deprecated/rmapi_deprecated_vidheapctrl.c.
 */
static u32 heap_alloc(struct nv_escape *esc, unsigned int attr_at,
		      unsigned int attr2_at, u64 bytes)
{
	struct request req = {
		.client = nv_get32(esc->data, NV_HEAP_ROOT),
		.parent = nv_get32(esc->data, NV_HEAP_PARENT),
		.bytes = bytes,
		.attr = nv_get32(esc->data, attr_at),
		.handle_at = NV_HEAP_MEMORY,
		.status_at = NV_HEAP_STATUS,
	};
	u32 flags = nv_get32(esc->data, NV_HEAP_FLAGS);

	req.unnamed = !(flags & NV_ALLOC_FLAGS_MEMORY_HANDLE_PROVIDED);
	if (flags & NV_ALLOC_FLAGS_VIRTUAL)
		req.class = 0x50a0;
	else if (nv_get32(esc->data, attr2_at) & NV_ATTR2_USE_EGM)
		req.class = 0x42;
	else if (NV_ATTR_LOCATION(req.attr) == NV_ATTR_LOCATION_VIDMEM)
		req.class = 0x40;
	else
		req.class = 0x3e;
	return take(esc, &req);
}

/* The driver heeds no other size of a tiled surface. */
static u64 tiled_bytes(const struct nv_escape *esc)
{
	s32 pitch = nv_get32(esc->data, NV_HEAP_TILED_PITCH);

	return (u64)nv_get32(esc->data, NV_HEAP_TILED_HEIGHT) * pitch;
}

/* NV_ESC_RM_VID_HEAP_CONTROL, NVOS32: no pointer in what we look at. */
u32 nv_heap_control(struct nv_escape *esc)
{
	if (esc->size != NV_NVOS32_SIZE)
		return nv_escape_odd(esc);
	switch (nv_get32(esc->data, NV_HEAP_FUNCTION)) {
	case NV_HEAP_ALLOC_SIZE:
		return heap_alloc(esc, NV_HEAP_ATTR, NV_HEAP_ATTR2,
				  nv_get64(esc->data, NV_HEAP_SIZE));
	case NV_HEAP_ALLOC_TILED:
		return heap_alloc(esc, NV_HEAP_TILED_ATTR,
				  NV_HEAP_TILED_ATTR2, tiled_bytes(esc));
	case NV_HEAP_ALLOC_SIZE_RANGE:
		return heap_alloc(esc, NV_HEAP_ATTR, NV_HEAP_RANGE_ATTR2,
				  nv_get64(esc->data, NV_HEAP_RANGE_SIZE));
	case NV_HEAP_FREE_FN:
		return heap_free(esc);
	case NV_HEAP_INFO:
		return heap_info(esc);
	case NV_HEAP_DUMP:
	case NV_HEAP_REACQUIRE_COMPR:
	case NV_HEAP_RELEASE_COMPR:
	case NV_HEAP_GET_MEM_ALIGNMENT:
	case NV_HEAP_HW_ALLOC:
	case NV_HEAP_HW_FREE:
	case NV_HEAP_ALLOC_OS_DESCRIPTOR:
		return nv_escape_pass(esc);
	default:
		if (!vgpu_view_limited())
			return nv_escape_pass(esc);
		return nv_escape_deny(esc, NV_HEAP_STATUS,
				      NV_ERR_NOT_SUPPORTED, NV_ROUTE_ESCAPE);
	}
}

/* NV_ESC_RM_FREE, NVOS00: an object and all below it, or a whole client. */
u32 nv_free(struct nv_escape *esc)
{
	struct nv_client *client;
	u32 object, root, ret;

	if (esc->size != NV_NVOS00_SIZE)
		return nv_escape_odd(esc);
	root = nv_get32(esc->data, NV_FREE_ROOT);
	object = nv_get32(esc->data, NV_FREE_OBJECT);
	client = nv_client_get(root);
	if (!client)
		return free_unknown(esc);
	if (mutex_lock_killable(&client->serial)) {
		nv_client_put(client);
		return nv_escape_deny(esc, NV_FREE_STATUS, NV_ERR_NO_MEMORY,
				      NV_ROUTES);
	}
	ret = nv_escape_pass(esc);
	if (ret == NV_OK && nv_get32(esc->data, NV_FREE_STATUS) == NV_OK) {
		if (object == root)
			nv_client_drop(client);
		else
			nv_object_drop(client, object);
		if (!client->file)	/* as in free_unknown() */
			nv_process_soon();
	}
	mutex_unlock(&client->serial);
	nv_client_put(client);
	return ret;
}

/*
 * Two clients' locks. One may be another tenant's, and the other be held by a
 * call that the caller has stalled; so neither is held while the other is waited
 * for.
 */
static int lock_both(struct nv_client *a, struct nv_client *b)
{
	while (!mutex_lock_killable(&a->serial)) {
		if (a == b || mutex_trylock(&b->serial))
			return 0;
		mutex_unlock(&a->serial);
		swap(a, b);
	}
	return -EINTR;
}

static void unlock_both(struct nv_client *a, struct nv_client *b)
{
	if (a != b)
		mutex_unlock(&b->serial);
	mutex_unlock(&a->serial);
}

/*
 * Both clients' serial locks held: the source stays what it is. What is not in
 * the tree RM has made for itself; see enqueue().
 */
static u32 duplicate(struct nv_escape *esc, struct nv_client *client,
		     struct nv_client *source)
{
	struct nv_object *object;
	u32 ret;

	if (nv_client_closed(source) &&
	    !nv_object_known(source, nv_get32(esc->data, NV_DUP_OBJECT_SRC)))
		return nv_escape_deny(esc, NV_DUP_STATUS,
				      NV_ERR_OBJECT_NOT_FOUND, NV_ROUTES);
	object = nv_object_new(0);
	if (!object)
		return nv_escape_deny(esc, NV_DUP_STATUS, NV_ERR_NO_MEMORY,
				      NV_ROUTES);
	ret = nv_escape_pass(esc);
	if (ret != NV_OK || nv_get32(esc->data, NV_DUP_STATUS) != NV_OK) {
		nv_object_free(object);
		return ret;
	}
	object->mem = nv_object_mem(source, nv_get32(esc->data,
						     NV_DUP_OBJECT_SRC));
	object->queue = nv_object_queue(source, nv_get32(esc->data,
							 NV_DUP_OBJECT_SRC));
	if (object->queue)
		nv_queue_name(object->queue, client->handle,
			      nv_get32(esc->data, NV_DUP_OBJECT),
			      nv_get32(esc->data, NV_DUP_PARENT));
	if (nv_object_insert(client, object,
			     nv_get32(esc->data, NV_DUP_OBJECT),
			     nv_get32(esc->data, NV_DUP_PARENT)))
		return NV_OK;
	nv_rm_free(client->handle, nv_get32(esc->data, NV_DUP_OBJECT));
	return nv_escape_deny(esc, NV_DUP_STATUS, NV_ERR_INVALID_CLIENT,
			      NV_ROUTES);
}

/* NV_ESC_RM_DUP_OBJECT, NVOS55: one more handle to what there is. */
u32 nv_dup(struct nv_escape *esc)
{
	struct nv_client *client, *source;
	u32 ret;

	if (esc->size != NV_NVOS55_SIZE)
		return nv_escape_odd(esc);
	client = nv_client_meet(nv_get32(esc->data, NV_DUP_CLIENT));
	source = nv_client_meet(nv_get32(esc->data, NV_DUP_CLIENT_SRC));
	if (!client || !source) {
		/* By the time that RM looks they may be there. */
		ret = vgpu_view_limited() ?
			      nv_escape_deny(esc, NV_DUP_STATUS,
					     NV_ERR_INVALID_CLIENT,
					     NV_ROUTES) :
			      nv_escape_pass(esc);
	} else if (lock_both(client, source)) {
		ret = nv_escape_deny(esc, NV_DUP_STATUS, NV_ERR_NO_MEMORY,
				     NV_ROUTES);
	} else if (READ_ONCE(client->gone) || READ_ONCE(source->gone)) {
		unlock_both(client, source);
		ret = nv_escape_deny(esc, NV_DUP_STATUS, NV_ERR_INVALID_CLIENT,
				     NV_ROUTES);
	} else {
		nv_client_naming(client, nv_get32(esc->data, NV_DUP_OBJECT));
		nv_client_copying(client);
		ret = duplicate(esc, client, source);
		nv_client_named(client);
		unlock_both(client, source);
	}
	nv_client_put(client);
	nv_client_put(source);
	return ret;
}
