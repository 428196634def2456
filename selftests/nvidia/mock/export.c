// SPDX-License-Identifier: GPL-2.0
/*
 * Objects exported into a control file, and imported from one:
 * src/nvidia/arch/nvalloc/unix/src/os.c and rmobjexportimport.c. The driver
 * keeps a duplicate under a client of its own until the file is cleaned up.
 */
#include <linux/slab.h>

#include "control.h"
#include "engine.h"
#include "export.h"
#include "file.h"

#define NV_ERR_STATE_IN_USE 0x63
#define EXPORT_TYPE_RM 1

/* NV0000_CTRL_CMD_OS_UNIX_IMPORT_OBJECT_TYPE_*; the others do not occur here */
#define IMPORT_TYPE_NONE 0
#define IMPORT_TYPE_VIDMEM 1

/* NV0000_CTRL_OS_UNIX_EXPORT_OBJECT */
struct export_object {
	u32 type;
	u32 device;
	u32 parent;
	u32 object;
};

/* NV0000_CTRL_OS_UNIX_EXPORT_OBJECT_TO_FD_PARAMS */
struct export_one {
	struct export_object object;
	s32 fd;
	u32 flags;
};

/* NV0000_CTRL_OS_UNIX_IMPORT_OBJECT_FROM_FD_PARAMS */
struct import_one {
	s32 fd;
	struct export_object object;
};

/* NV0000_CTRL_OS_UNIX_EXPORT_OBJECTS_TO_FD_PARAMS */
struct export_many {
	s32 fd;
	u32 device;
	u16 max;
	u8 metadata[64];
	u16 pad;
	u32 objects[512];
	u16 count;
	u16 index;
};

/* NV0000_CTRL_OS_UNIX_IMPORT_OBJECTS_FROM_FD_PARAMS */
struct import_many {
	s32 fd;
	u32 parent;
	u32 objects[128];
	u8 types[128];
	u16 count;
	u16 index;
};

static_assert(sizeof(struct export_one) == 24);
static_assert(sizeof(struct import_one) == 20);
static_assert(sizeof(struct export_many) == 2128);
static_assert(sizeof(struct import_many) == 652);

/* _initializeExportObjectFd() */
static u32 prepare(struct nv_file_private *nvfp, u16 max, u32 device,
		   const u8 *metadata)
{
	if (nvfp->handles)
		return NV_ERR_STATE_IN_USE;
	if (!max)
		return NV_ERR_INVALID_ARGUMENT;
	nvfp->handles = kcalloc(max, sizeof(*nvfp->handles), GFP_KERNEL);
	if (!nvfp->handles)
		return NV_ERR_NO_MEMORY;
	nvfp->max_handles = max;
	nvfp->device = device;
	if (metadata)
		memcpy(nvfp->metadata, metadata, sizeof(nvfp->metadata));
	return NV_OK;
}

/*
 * RmExportObject() duplicates whatever can be, so channel groups, too; here not
 * address spaces.
 */
static struct mock_object *exportable(struct mock_ctl *ctl, u32 handle)
{
	struct mock_object *object = mock_object_find(ctl->client, handle);

	if (!object || (!mock_kind_is_memory(object->kind) &&
			object->kind != KIND_TSG))
		return NULL;
	return object;
}

static void put_in(struct mock_export *slot, struct mock_object *object)
{
	if (!object)
		return;
	slot->class = object->class;
	slot->tsg = mock_tsg_get(object->tsg);
	if (object->holder.phys)
		mock_phys_hold(&slot->holder, object->holder.phys, NULL);
}

/* Everything exported into a file that goes: RmFreeObjExportHandle() */
void mock_export_free(struct nv_file_private *nvfp)
{
	u16 i;

	for (i = 0; i < nvfp->max_handles; i++) {
		mock_tsg_put(nvfp->handles[i].tsg);
		mock_phys_drop(&nvfp->handles[i].holder);
	}
	kfree(nvfp->handles);
	nvfp->handles = NULL;
	nvfp->max_handles = 0;
}

u32 mock_ctl_export(struct mock_ctl *ctl)
{
	struct export_one *p = ctl->params;
	struct nv_file_private *nvfp;
	struct mock_object *object;
	void *file;
	u32 status;

	if (p->object.type != EXPORT_TYPE_RM || p->fd == -1)
		return NV_ERR_INVALID_PARAMETER;
	object = exportable(ctl, p->object.object);
	if (!object)
		return NV_ERR_OBJECT_NOT_FOUND;
	nvfp = nv_get_file_private(p->fd, true, &file);
	if (!nvfp)
		return NV_ERR_INVALID_PARAMETER;
	status = prepare(nvfp, 1, object->gpu->nr, NULL);
	if (!status)
		put_in(&nvfp->handles[0], object);
	nv_put_file_private(file);
	return status;
}

static u32 import(struct mock_ctl *ctl, struct nv_file_private *nvfp, u32 index,
		  u32 parent, u32 *handle)
{
	struct mock_object *above = mock_object_find(ctl->client, parent);
	struct mock_export *from;

	if (index >= nvfp->max_handles || !nvfp->handles[index].class)
		return NV_ERR_INVALID_PARAMETER;
	if (!above)
		return NV_ERR_OBJECT_NOT_FOUND;
	from = &nvfp->handles[index];
	return mock_object_clone(above, handle, mock_class_find(from->class),
				 from->holder.phys, from->tsg);
}

u32 mock_ctl_import(struct mock_ctl *ctl)
{
	struct import_one *p = ctl->params;
	struct nv_file_private *nvfp;
	void *file;
	u32 status;

	nvfp = nv_get_file_private(p->fd, true, &file);
	if (!nvfp)
		return NV_ERR_INVALID_PARAMETER;
	p->object.type = EXPORT_TYPE_RM;
	status = import(ctl, nvfp, 0, p->object.parent, &p->object.object);
	nv_put_file_private(file);
	return status;
}

static u32 export_list(struct mock_ctl *ctl, struct nv_file_private *nvfp,
		       struct export_many *p)
{
	struct mock_object *object;
	u32 status = NV_OK;
	u16 i;

	/* What is not named leaves its place empty. */
	for (i = 0; i < p->count; i++) {
		if (p->objects[i] && !exportable(ctl, p->objects[i]))
			return NV_ERR_OBJECT_NOT_FOUND;
	}
	if (!nvfp->handles)
		status = prepare(nvfp, p->max, 0, p->metadata);
	if (status)
		return status;
	if (p->index > nvfp->max_handles ||
	    p->count > nvfp->max_handles - p->index)
		return NV_ERR_INVALID_PARAMETER;
	for (i = 0; i < p->count; i++) {
		struct mock_export *slot = &nvfp->handles[p->index + i];

		object = p->objects[i] ? exportable(ctl, p->objects[i]) : NULL;
		mock_tsg_put(slot->tsg);
		mock_phys_drop(&slot->holder);
		slot->tsg = NULL;
		slot->class = 0;
		put_in(slot, object);
		if (object)
			nvfp->device = object->gpu->nr;
	}
	return NV_OK;
}

u32 mock_ctl_export_many(struct mock_ctl *ctl)
{
	struct export_many *p = ctl->params;
	struct nv_file_private *nvfp;
	void *file;
	u32 status;

	if (!p->count || p->count > ARRAY_SIZE(p->objects))
		return NV_ERR_INVALID_PARAMETER;
	nvfp = nv_get_file_private(p->fd, true, &file);
	if (!nvfp)
		return NV_ERR_INVALID_PARAMETER;
	status = export_list(ctl, nvfp, p);
	nv_put_file_private(file);
	return status;
}

/*
 * Of an empty place the handle stays as the caller has it, and on failure is ended
 * like the others: cliresCtrlCmdOsUnixImportObjectsFromFd_IMPL.
 */
static u32 import_list(struct mock_ctl *ctl, struct nv_file_private *nvfp,
		       struct import_many *p)
{
	struct mock_object *object;
	u32 status = NV_OK;
	u16 i;

	if (p->index > nvfp->max_handles ||
	    p->count > nvfp->max_handles - p->index)
		return NV_ERR_INVALID_PARAMETER;
	for (i = 0; i < p->count && !status; i++) {
		p->types[i] = IMPORT_TYPE_NONE;
		if (!nvfp->handles[p->index + i].class)
			continue;
		status = import(ctl, nvfp, p->index + i, p->parent,
				&p->objects[i]);
		if (!status)
			p->types[i] = IMPORT_TYPE_VIDMEM;
	}
	if (!status)
		return NV_OK;
	for (i--; i-- > 0;) {
		object = mock_object_find(ctl->client, p->objects[i]);
		if (object)
			mock_object_free(object);
	}
	return status;
}

u32 mock_ctl_import_many(struct mock_ctl *ctl)
{
	struct import_many *p = ctl->params;
	struct nv_file_private *nvfp;
	void *file;
	u32 status;

	if (!p->count || p->count > ARRAY_SIZE(p->objects))
		return NV_ERR_INVALID_PARAMETER;
	nvfp = nv_get_file_private(p->fd, true, &file);
	if (!nvfp)
		return NV_ERR_INVALID_PARAMETER;
	status = import_list(ctl, nvfp, p);
	nv_put_file_private(file);
	return status;
}

/* NV0000_CTRL_OS_UNIX_GET_EXPORT_OBJECT_INFO_PARAMS */
u32 mock_ctl_export_info(struct mock_ctl *ctl)
{
	u32 *words = ctl->params;
	struct nv_file_private *nvfp;
	u16 *max = ctl->params + ctl->size - 68;
	void *file;

	nvfp = nv_get_file_private(words[0], true, &file);
	if (!nvfp)
		return NV_ERR_INVALID_PARAMETER;
	words[1] = nvfp->device;
	*max = nvfp->max_handles;
	memcpy(max + 1, nvfp->metadata, sizeof(nvfp->metadata));
	nv_put_file_private(file);
	return NV_OK;
}
