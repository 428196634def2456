// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that leaves its client by a file or a dma-buf.
 *
 * An export to a file makes RM keep a duplicate of its own for as long as that
 * file is open, so memory may outlive the handle, the client and the process.
 * Which object, which file: both stand behind pointers and in tables that a
 * racing thread can change. So the control is carried out with vgpu's copy of
 * its parameters, through the kernel's way into RM, and the file is the one
 * that the driver itself looks up meanwhile (nv_get_file_private()).
 *
 * The kernel's way in is not asked whether the client is the caller's. vgpu
 * therefore asks for itself: the client has to belong to the file that the
 * request came by. One that was there before vgpu has no known file, and RM
 * takes other files, too, that are registered with the client's. Requests of
 * both go the ordinary way, where what they export is not seen, so groups with a
 * quota do not have them.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../../view.h"
#include "backend.h"

/**
 * struct export - one object in one file
 * @list: in the list of exports
 * @file: the driver's file, never dereferenced
 * @index: in that file
 * @mem: owned reference
 */
struct export {
	struct list_head list;
	const void *file;
	u32 index;
	struct nv_mem *mem;
};

/*
 * Held from before RM is asked until what it did is noted, so that nobody sees the
 * one without the other. RM has its parameters in the kernel by then: no tenant can
 * make it wait.
 */
static DEFINE_MUTEX(exports_lock);
static LIST_HEAD(exports);

static void *file_private(s32 fd, u8 ctl, void **os_private,
			  struct vgpu_point *point);
static u32 dma_buf_export(void *nv, void *params, struct vgpu_point *point);

static struct vgpu_point file_point, dma_buf_point;

/*
 * The driver looks a file descriptor up. Where that is in a call of ours, note
 * which file it found.
 */
static void *file_private(s32 fd, u8 ctl, void **os_private,
			  struct vgpu_point *point)
{
	void *(*original)(s32 fd, u8 ctl, void **os_private) = point->addr;
	struct vgpu_call *outer = vgpu_call_find(NULL), call;
	struct nv_escape *esc;
	void *found;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	found = original(fd, ctl, os_private);
	if (outer && outer->point->driver == &nv_driver &&
	    outer->kind == VGPU_CALL_ALLOC) {
		esc = container_of(outer, struct nv_escape, call);
		if (esc->nfound < ARRAY_SIZE(esc->found))
			esc->found[esc->nfound++] = found;
		if (found)
			esc->file = *os_private;
	}
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return found;
}

static struct export *find(const void *file, u32 index)
{
	struct export *export;

	lockdep_assert_held(&exports_lock);

	list_for_each_entry(export, &exports, list)
		if (export->file == file && export->index == index)
			return export;
	return NULL;
}

/*
 * What was at that place in the file before, the driver has dropped; it goes to
 * @dead. @export is what is there now, or has nothing that is charged.
 */
static void note(struct export *export, const void *file, u32 index,
		 struct list_head *dead)
{
	struct export *old;

	lockdep_assert_held(&exports_lock);

	old = find(file, index);
	if (old)
		list_move(&old->list, dead);
	export->file = file;
	export->index = index;
	list_add(&export->list, export->mem ? &exports : dead);
}

static struct nv_mem *exported(const void *file, u32 index)
{
	struct export *export = find(file, index);

	return export ? nv_mem_get(export->mem) : NULL;
}

static void drop(struct list_head *dead)
{
	struct export *export, *next;

	list_for_each_entry_safe(export, next, dead, list) {
		nv_mem_put(export->mem);
		kfree(export);
	}
}

/**
 * nv_export_file_gone - the driver has let go of a file
 * @file: and of what was exported to it
 *
 * Context: May sleep.
 */
void nv_export_file_gone(const void *file)
{
	struct export *export, *next;
	LIST_HEAD(dead);

	mutex_lock(&exports_lock);
	list_for_each_entry_safe(export, next, &exports, list)
		if (!file || export->file == file)
			list_move(&export->list, &dead);
	mutex_unlock(&exports_lock);
	drop(&dead);
}

/* One control under way, with vgpu's own copy of its parameters. */
struct request {
	struct nv_escape *esc;
	struct nv_client *client;
	void *params;
	u32 size;
};

static u32 carry_out(struct request *req)
{
	void *data = req->esc->data;
	u32 status;

	req->esc->nfound = 0;
	status = nv_rm_control(req->client->handle,
			       nv_get32(data, NV_CONTROL_OBJECT),
			       nv_get32(data, NV_CONTROL_CMD), req->params,
			       req->size);
	nv_put32(data, NV_CONTROL_STATUS, status);
	return status;
}

/*
 * A channel group would run on by a handle that only RM knows, and could not be
 * stopped by it. Programs export memory.
 */
static bool has_queue(struct request *req, unsigned int at, unsigned int stride,
		      u32 count)
{
	struct nv_queue *queue = NULL;
	u32 i;

	for (i = 0; i < count && !queue; i++) {
		queue = nv_object_queue(req->client,
					nv_get32(req->params, at + i * stride));
		nv_queue_put(queue);
	}
	return queue;
}

/* Room for what is to be noted, with the memory that the handles stand for. */
static int foresee(struct request *req, unsigned int at, unsigned int stride,
		   u32 count, struct list_head *fresh)
{
	struct export *export;
	u32 i;

	for (i = 0; i < count; i++) {
		export = kzalloc(sizeof(*export), GFP_KERNEL_ACCOUNT);
		if (!export)
			return -ENOMEM;
		export->mem = nv_object_mem(req->client,
					    nv_get32(req->params,
						     at + i * stride));
		list_add_tail(&export->list, fresh);
	}
	return 0;
}

static u32 export_objects(struct request *req, unsigned int at,
			  unsigned int stride, u32 count, u32 index)
{
	struct export *export, *next;
	LIST_HEAD(fresh);
	LIST_HEAD(dead);
	u32 status;

	if (has_queue(req, at, stride, count)) {
		nv_escape_deny(req->esc, NV_CONTROL_STATUS,
			       NV_ERR_NOT_SUPPORTED, NV_ROUTE_EXPORT);
		return NV_ERR_NOT_SUPPORTED;
	}
	if (foresee(req, at, stride, count, &fresh)) {
		drop(&fresh);
		nv_put32(req->esc->data, NV_CONTROL_STATUS, NV_ERR_NO_MEMORY);
		return NV_ERR_NO_MEMORY;
	}
	mutex_lock(&exports_lock);
	status = carry_out(req);
	if (status == NV_OK && req->esc->nfound) {
		list_for_each_entry_safe(export, next, &fresh, list) {
			list_del(&export->list);
			note(export, req->esc->found[0], index++, &dead);
		}
	}
	mutex_unlock(&exports_lock);
	drop(&dead);
	drop(&fresh);
	return status;
}

/*
 * Where nothing was exported RM makes nothing, and leaves the handle as it is: it
 * may be another object's.
 */
static bool is_made(const struct request *req, u32 i, bool many)
{
	const u8 *types = req->params + NV_IMPORT_FDS_TYPES;

	return !many || types[i];
}

static int prepare(struct nv_object **objects, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		objects[i] = nv_object_new(0);
		if (!objects[i])
			return -ENOMEM;
	}
	return 0;
}

/* @objects are consumed */
static u32 import_into(struct request *req, u32 parent, unsigned int at,
		       struct nv_object **objects, u32 count, u32 index,
		       bool many)
{
	u32 i, status, handle;
	bool made;

	if (many)
		memset(req->params + NV_IMPORT_FDS_TYPES, 0,
		       NV_MAX_IMPORT_FDS);
	mutex_lock(&exports_lock);
	status = carry_out(req);
	made = status == NV_OK && req->esc->nfound;
	for (i = 0; i < count && made; i++)
		objects[i]->mem = exported(req->esc->found[0], index + i);
	mutex_unlock(&exports_lock);

	for (i = 0; i < count; i++) {
		handle = nv_get32(req->params, at + i * sizeof(u32));
		if (!made || !is_made(req, i, many))
			nv_object_free(objects[i]);
		else if (!nv_object_insert(req->client, objects[i], handle,
					   parent))
			nv_rm_free(req->client->handle, handle);
	}
	return status;
}

static u32 import_objects(struct request *req, u32 parent, unsigned int at,
			  u32 count, u32 index, bool many)
{
	struct nv_object **objects;
	u32 i, status = NV_ERR_NO_MEMORY;

	objects = kcalloc(max(count, 1u), sizeof(*objects), GFP_KERNEL);
	if (!objects)
		goto out;
	if (prepare(objects, count)) {
		for (i = 0; i < count; i++)
			nv_object_free(objects[i]);
		goto out;
	}
	nv_client_naming(req->client, 0);
	nv_client_copying(req->client);
	status = import_into(req, parent, at, objects, count, index, many);
	nv_client_named(req->client);
out:
	kfree(objects);
	nv_put32(req->esc->data, NV_CONTROL_STATUS, status);
	return status;
}

static u32 dispatch(struct request *req, u32 cmd)
{
	void *params = req->params;

	switch (cmd) {
	case NV_CTRL_EXPORT_OBJECT_TO_FD:
		return export_objects(req, NV_EXPORT_FD_OBJECT +
					   NV_OBJECT_HANDLE, 0, 1, 0);
	case NV_CTRL_IMPORT_OBJECT_FROM_FD:
		return import_objects(req,
				      nv_get32(params, NV_IMPORT_FD_OBJECT +
						       NV_OBJECT_PARENT),
				      NV_IMPORT_FD_OBJECT + NV_OBJECT_HANDLE,
				      1, 0, false);
	case NV_CTRL_EXPORT_OBJECTS_TO_FD:
		return export_objects(req, NV_EXPORT_FDS_OBJECTS, sizeof(u32),
				      min_t(u32, nv_get16(params,
							  NV_EXPORT_FDS_COUNT),
					    NV_MAX_EXPORT_FDS),
				      nv_get16(params, NV_EXPORT_FDS_INDEX));
	default:
		return import_objects(req,
				      nv_get32(params, NV_IMPORT_FDS_PARENT),
				      NV_IMPORT_FDS_OBJECTS,
				      min_t(u32, nv_get16(params,
							  NV_IMPORT_FDS_COUNT),
					    NV_MAX_IMPORT_FDS),
				      nv_get16(params, NV_IMPORT_FDS_INDEX),
				      true);
	}
}

static u32 size_of(u32 cmd)
{
	switch (cmd) {
	case NV_CTRL_EXPORT_OBJECT_TO_FD:
		return NV_EXPORT_FD_SIZE;
	case NV_CTRL_IMPORT_OBJECT_FROM_FD:
		return NV_IMPORT_FD_SIZE;
	case NV_CTRL_EXPORT_OBJECTS_TO_FD:
		return NV_EXPORT_FDS_SIZE;
	default:
		return NV_IMPORT_FDS_SIZE;
	}
}

static u32 with_copy(struct nv_escape *esc, struct nv_client *client)
{
	void __user *user =
		u64_to_user_ptr(nv_get64(esc->data, NV_CONTROL_PARAMS));
	u32 cmd = nv_get32(esc->data, NV_CONTROL_CMD);
	struct request req = {
		.esc = esc, .client = client, .size = size_of(cmd),
	};

	if (nv_get32(esc->data, NV_CONTROL_PARAMS_SIZE) != req.size)
		return vgpu_view_limited() ?	/* as the driver does */
			       nv_escape_deny(esc, NV_CONTROL_STATUS,
					      NV_ERR_INVALID_PARAM_STRUCT,
					      NV_ROUTE_SIZE) :
			       nv_escape_pass(esc);
	req.params = memdup_user(user, req.size);
	if (IS_ERR(req.params))
		return nv_escape_deny(esc, NV_CONTROL_STATUS,
				      NV_ERR_NO_MEMORY, NV_ROUTES);
	if (dispatch(&req, cmd) == NV_OK &&
	    copy_to_user(user, req.params, req.size))
		nv_put32(esc->data, NV_CONTROL_STATUS, NV_ERR_NO_MEMORY);
	kfree(req.params);
	return NV_OK;
}

/**
 * nv_export_control - a control that moves memory between clients and files
 * @esc: NV_ESC_RM_CONTROL with one of those
 *
 * Context: May sleep.
 * Return: as rm_ioctl().
 */
u32 nv_export_control(struct nv_escape *esc)
{
	struct nv_client *client;
	u32 ret;

	client = nv_client_get(nv_get32(esc->data, NV_CONTROL_CLIENT));
	if (!client || READ_ONCE(client->file) != esc->nvfp) {
		ret = vgpu_view_limited() ?
			      nv_escape_deny(esc, NV_CONTROL_STATUS,
					     NV_ERR_INSUFFICIENT_PERMISSIONS,
					     NV_ROUTE_EXPORT) :
			      nv_escape_pass(esc);
	} else if (mutex_lock_killable(&client->serial)) {
		ret = nv_escape_deny(esc, NV_CONTROL_STATUS,
				     NV_ERR_NO_MEMORY, NV_ROUTES);
	} else {
		ret = with_copy(esc, client);
		mutex_unlock(&client->serial);
	}
	nv_client_put(client);
	return ret;
}

/*
 * To a dma-buf: what it keeps alive cannot be told from outside, so groups
 * with a quota do not get one.
 */
static u32 dma_buf_export(void *nv, void *params, struct vgpu_point *point)
{
	u32 (*original)(void *nv, void *params) = point->addr;
	struct vgpu_call call;
	u32 ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	if (vgpu_view_limited()) {
		vgpu_driver_refuse(&nv_driver, &nv_routes[NV_ROUTE_DMABUF],
				   NULL, 0);
		ret = NV_ERR_NOT_SUPPORTED;
	} else {
		ret = original(nv, params);
	}
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

/**
 * nv_export_attach - see the files that the driver looks up
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int nv_export_attach(void)
{
	int ret;

	file_point = (struct vgpu_point) {
		.name = "nv_get_file_private",
		.module = "nvidia",
		.kind = VGPU_POINT_DIVERT,
		.nargs = 3,
		.handler = file_private,
		.driver = &nv_driver,
	};
	ret = vgpu_interpose_add(nv_points, &file_point);
	if (ret)
		return ret;
	dma_buf_point = (struct vgpu_point) {
		.name = "nv_dma_buf_export",
		.module = "nvidia",
		.kind = VGPU_POINT_DIVERT,
		.nargs = 2,
		.handler = dma_buf_export,
		.driver = &nv_driver,
	};
	return vgpu_interpose_add(nv_points, &dma_buf_point);
}

void nv_export_detach(void)
{
	nv_export_file_gone(NULL);
}
