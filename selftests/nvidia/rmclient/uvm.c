// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of nvidia-uvm, whose numbers are plain and which take their
 * lengths from the driver.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "uvm.h"

#define MAPPING_SIZE 36		/* UvmGpuMappingAttributes */

static uint32_t command(struct uvm *uvm, unsigned int cmd, void *params,
			size_t status)
{
	uint32_t value;

	if (ioctl(uvm->fd, cmd, params))
		return RM_IOCTL_FAILED | (uint32_t)errno;
	memcpy(&value, (uint8_t *)params + status, sizeof(value));
	return value;
}

int uvm_open(struct uvm *uvm, struct rm *rm)
{
	memset(uvm, 0, sizeof(*uvm));
	uvm->rm = rm;
	uvm->fd = rm_node("nvidia-uvm");
	return uvm->fd < 0 ? -errno : 0;
}

void uvm_close(struct uvm *uvm)
{
	close(uvm->fd);
}

uint32_t uvm_initialize(struct uvm *uvm, uint64_t flags)
{
	uint64_t params[2] = { flags };

	return command(uvm, 0x30000001, params, 8);
}

uint32_t uvm_mm_initialize(struct uvm *uvm, int second)
{
	struct uvm other = { .fd = second };
	int32_t params[2] = { uvm->fd };

	return command(&other, 75, params, 4);
}

uint32_t uvm_register_gpu(struct uvm *uvm)
{
	uint32_t params[10] = { 0 }, status;

	memcpy(params, uvm->rm->uuid, 16);
	params[6] = (uint32_t)uvm->rm->ctl;
	params[7] = uvm->rm->root;
	params[8] = uvm->partition;
	status = command(uvm, 37, params, 36);
	if (!status)
		memcpy(uvm->uuid, params, 16);
	return status;
}

uint32_t uvm_unregister_gpu(struct uvm *uvm)
{
	uint32_t params[5] = { 0 };

	memcpy(params, uvm->uuid, 16);
	return command(uvm, 38, params, 16);
}

uint32_t uvm_register_vaspace(struct uvm *uvm, uint32_t vaspace)
{
	uint32_t params[8] = { 0 };

	memcpy(params, uvm->rm->uuid, 16);
	params[4] = (uint32_t)uvm->rm->ctl;
	params[5] = uvm->rm->root;
	params[6] = vaspace;
	return command(uvm, 25, params, 28);
}

uint32_t uvm_register_channel(struct uvm *uvm, uint32_t channel,
			      uint64_t base, uint64_t size)
{
	uint32_t params[14] = { 0 };

	memcpy(params, uvm->rm->uuid, 16);
	params[4] = (uint32_t)uvm->rm->ctl;
	params[5] = uvm->rm->root;
	params[6] = channel;
	memcpy(&params[8], &base, sizeof(base));
	memcpy(&params[10], &size, sizeof(size));
	return command(uvm, 27, params, 48);
}

uint32_t uvm_create_external(struct uvm *uvm, uint64_t base, uint64_t size)
{
	uint64_t params[3] = { base, size };

	return command(uvm, 73, params, 16);
}

uint32_t uvm_map_external(struct uvm *uvm, uint64_t base, uint64_t size,
			  uint32_t memory)
{
	size_t tail = 24 + (size_t)uvm->rm->release->uvm_gpus * MAPPING_SIZE;
	uint8_t *params = calloc(1, tail + 24);
	uint64_t head[3] = { base, size }, count = 1;
	uint32_t rest[3] = { (uint32_t)uvm->rm->ctl, uvm->rm->root, memory };
	uint32_t status;

	if (!params)
		return RM_NO_MEMORY;
	memcpy(params, head, sizeof(head));
	memcpy(params + 24, uvm->rm->uuid, 16);
	memcpy(params + tail, &count, sizeof(count));
	memcpy(params + tail + 8, rest, sizeof(rest));
	status = command(uvm, 33, params, tail + 20);
	free(params);
	return status;
}

uint32_t uvm_free(struct uvm *uvm, uint64_t base, uint64_t size)
{
	uint64_t params[3] = { base, size };
	size_t length = uvm->rm->release->uvm_free;

	if (length == 16)
		params[1] = 0;
	return command(uvm, 34, params, length - 8U);
}

uint32_t uvm_semaphore_pool(struct uvm *uvm, uint64_t base, uint64_t size)
{
	size_t tail = 16 + (size_t)uvm->rm->release->uvm_gpus * MAPPING_SIZE;
	uint8_t *params = calloc(1, tail + 16);
	uint64_t head[2] = { base, size };
	uint32_t status;

	if (!params)
		return RM_NO_MEMORY;
	memcpy(params, head, sizeof(head));
	status = command(uvm, 68, params, tail + 8);
	free(params);
	return status;
}

uint32_t uvm_pageable_access(struct uvm *uvm, uint8_t *possible)
{
	uint8_t params[8] = { 0 };
	uint32_t status = command(uvm, 39, params, 4);

	*possible = params[0];
	return status;
}

/**
 * uvm_managed() - managed memory
 * @uvm: an initialised address space
 * @size: bytes
 *
 * Return: the address, or NULL with errno.
 */
void *uvm_managed(struct uvm *uvm, uint64_t size)
{
	/* The address has to be known first: it is the offset. */
	void *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
	void *got;
	int err;

	if (at == MAP_FAILED)
		return NULL;
	got = mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		   uvm->fd, (off_t)(uintptr_t)at);
	if (got != MAP_FAILED)
		return got;
	err = errno;
	munmap(at, size);
	errno = err;
	return NULL;
}

uint32_t uvm_migrate(struct uvm *uvm, void *base, uint64_t size, bool to_gpu)
{
	uint64_t params[10] = { (uintptr_t)base, size };

	if (to_gpu)
		memcpy(&params[2], uvm->rm->uuid, 16);
	return command(uvm, 51, params, 72);
}
