// SPDX-License-Identifier: GPL-2.0
/*
 * Sharing memory: between clients, through files, as dma-buf.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rm.h"

uint32_t rm_dup(struct rm *to, uint32_t *handle, uint32_t src_client,
		uint32_t src)
{
	struct nvos55_dup arg = {
		.client = to->root,
		.parent = to->device,
		.object = *handle,
		.src_client = src_client,
		.src = src,
	};
	uint32_t err = rm_escape(to, to->ctl, NR_DUP, &arg, sizeof(arg));

	if (!err && !arg.status)
		*handle = arg.object;
	return err ? err : arg.status;
}

/**
 * rm_share() - who may duplicate an object
 * @rm: the client
 * @object: which
 * @type: 1 anybody, 2 clients of this user, 3 the client @target
 * @target: a client
 *
 * Return: the status.
 */
uint32_t rm_share(struct rm *rm, uint32_t object, uint16_t type,
		  uint32_t target)
{
	struct nvos57_share arg = {
		.client = rm->root,
		.object = object,
		.target = target,
		.access = 1,
		.type = type,
	};
	uint32_t err = rm_escape(rm, rm->ctl, NR_SHARE, &arg, sizeof(arg));

	return err ? err : arg.status;
}

static int export_file(uint32_t *status)
{
	int fd = rm_node("nvidiactl");

	*status = fd < 0 ? RM_IOCTL_FAILED | (uint32_t)errno : RM_OK;
	return fd;
}

/**
 * rm_export() - export an object into a file of its own
 * @rm: the client
 * @object: which
 * @fd: the file, to be closed
 *
 * Return: the status; @fd is -1 unless it is 0.
 */
uint32_t rm_export(struct rm *rm, uint32_t object, int *fd)
{
	uint32_t arg[6] = { 1, rm->device, rm->device, object };
	uint32_t status;

	*fd = export_file(&status);
	if (status)
		return status;
	arg[4] = (uint32_t)*fd;
	status = rm_control(rm, rm->root, 0x3d05, arg, sizeof(arg));
	if (status) {
		close(*fd);
		*fd = -1;
	}
	return status;
}

uint32_t rm_import(struct rm *rm, int fd, uint32_t *handle)
{
	uint32_t arg[5] = { (uint32_t)fd, 1, rm->device, rm->device, *handle };
	uint32_t status = rm_control(rm, rm->root, 0x3d06, arg, sizeof(arg));

	if (!status)
		*handle = arg[4];
	return status;
}

uint32_t rm_export_into(struct rm *rm, const uint32_t *objects, unsigned int n,
			int fd)
{
	struct {
		int32_t fd;
		uint32_t device;
		uint16_t max;
		uint8_t metadata[66];
		uint32_t objects[512];
		uint16_t count, index;
	} arg = { .fd = fd, .device = rm->device, .max = (uint16_t)n,
		  .count = (uint16_t)n };

	_Static_assert(sizeof(arg) == 2128, "EXPORT_OBJECTS_TO_FD");
	if (n > 512)
		return RM_INVALID_ARGUMENT;
	memcpy(arg.objects, objects, n * sizeof(*objects));
	return rm_control(rm, rm->root, 0x3d0b, &arg, sizeof(arg));
}

uint32_t rm_export_many(struct rm *rm, const uint32_t *objects, unsigned int n,
			int *fd)
{
	uint32_t status;

	*fd = export_file(&status);
	if (status)
		return status;
	status = rm_export_into(rm, objects, n, *fd);
	if (status) {
		close(*fd);
		*fd = -1;
	}
	return status;
}

/* @objects: the names that they shall have, or 0; then those that they got */
uint32_t rm_import_many(struct rm *rm, int fd, uint32_t *objects,
			unsigned int n)
{
	struct {
		int32_t fd;
		uint32_t parent;
		uint32_t objects[128];
		uint8_t types[128];
		uint16_t count, index;
	} arg = { .fd = fd, .parent = rm->device, .count = (uint16_t)n };
	uint32_t status;

	_Static_assert(sizeof(arg) == 652, "IMPORT_OBJECTS_FROM_FD");
	if (n > 128)
		return RM_INVALID_ARGUMENT;
	memcpy(arg.objects, objects, n * sizeof(*objects));
	status = rm_control(rm, rm->root, 0x3d0c, &arg, sizeof(arg));
	if (!status)
		memcpy(objects, arg.objects, n * sizeof(*objects));
	return status;
}

/**
 * rm_export_dmabuf() - export memory as a dma-buf
 * @rm: the client
 * @objects: which, in order
 * @sizes: of each
 * @n: how many, at most 128
 * @fd: the dma-buf
 *
 * Return: the status.
 */
uint32_t rm_export_dmabuf(struct rm *rm, const uint32_t *objects,
			  const uint64_t *sizes, unsigned int n, int *fd)
{
	size_t handles = rm->release->dmabuf_handles;
	size_t size = rm->release->dmabuf;
	size_t arrays = (handles + 128 * 4 + 7) / 8 * 8;
	uint32_t head[6] = { UINT32_MAX, rm->root, n, n };
	uint64_t total = 0;
	uint32_t err, status;
	uint8_t *arg;
	unsigned int i;

	if (n > 128)
		return RM_INVALID_ARGUMENT;
	arg = calloc(1, size);
	if (!arg)
		return RM_NO_MEMORY;
	for (i = 0; i < n; i++)
		total += sizes[i];
	memcpy(arg, head, sizeof(head));
	memcpy(arg + 24, &total, sizeof(total));
	memcpy(arg + handles, objects, n * sizeof(*objects));
	memcpy(arg + arrays + 128 * 8, sizes, n * sizeof(*sizes));
	err = rm_escape(rm, rm->gpu, NR_DMABUF, arg, size);
	memcpy(&status, arg + size - 8, sizeof(status));
	memcpy(fd, arg, sizeof(*fd));
	free(arg);
	if (err || status)
		*fd = -1;
	return err ? err : status;
}
