// SPDX-License-Identifier: GPL-2.0
/*
 * Opening the driver, and its raw calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rm.h"

static const struct rm_release releases[] = {
	{ 535, 120, 360, 48, 56, 2600, 32, 0x36, 2, 776, 256, 32, 24,
	  48, 472, 116 },
	{ 545, 128, 360, 48, 56, 2600, 32, 0x37, 2, 776, 256, 32, 24,
	  48, 472, 116 },
	{ 550, 128, 360, 48, 56, 2600, 32, 0x37, 2, 776, 256, 256, 24,
	  48, 704, 116 },
	{ 560, 128, 360, 48, 56, 2600, 32, 0x39, 2, 776, 256, 256, 24,
	  48, 704, 116 },
	{ 570, 128, 368, 48, 56, 2608, 36, 0x39, 2, 1032, 256, 256, 24,
	  48, 776, 128 },
	{ 575, 128, 368, 48, 56, 2608, 36, 0x39, 3, 1032, 256, 256, 24,
	  48, 776, 128 },
	{ 580, 128, 368, 56, 64, 2608, 36, 0x80, 3, 1032, 384, 256, 24,
	  56, 776, 128 },
	{ 590, 128, 368, 56, 64, 2608, 36, 0x80, 3, 1032, 384, 256, 16,
	  56, 776, 128 },
};

#define RELEASES (sizeof(releases) / sizeof(releases[0]))

static uint32_t failed(void)
{
	return RM_IOCTL_FAILED | (uint32_t)errno;
}

static unsigned long request(unsigned int nr, size_t size)
{
	return _IOC(_IOC_READ | _IOC_WRITE, 'F', nr, size);
}

/* An escape inside as many envelopes as asked for; the driver opens one. */
uint32_t rm_escape_wrapped(int fd, unsigned int nr, void *arg, size_t size,
			   unsigned int depth)
{
	struct nv_xfer xfer[4];
	unsigned int i;

	if (depth > 4)
		return RM_IOCTL_FAILED | EINVAL;
	for (i = 0; i < depth; i++) {
		xfer[i].cmd = nr;
		xfer[i].size = (uint32_t)size;
		xfer[i].ptr = (uintptr_t)arg;
		arg = &xfer[i];
		size = sizeof(xfer[i]);
		nr = NR_XFER;
	}
	return ioctl(fd, request(nr, size), arg) ? failed() : RM_OK;
}

/**
 * rm_escape() - an escape as it is, or in an envelope if @rm says so
 * @rm: the client
 * @fd: the file
 * @nr: the escape
 * @arg: its struct
 * @size: the length of that
 *
 * Return: RM_OK or RM_IOCTL_FAILED | errno; the status is in the struct.
 */
uint32_t rm_escape(struct rm *rm, int fd, unsigned int nr, void *arg,
		   size_t size)
{
	return rm_escape_wrapped(fd, nr, arg, size, rm->wrapped);
}

/* A handle that the client chooses itself. */
uint32_t rm_handle(struct rm *rm)
{
	return 0x5c000000 + ++rm->next;
}

uint32_t rm_alloc(struct rm *rm, uint32_t parent, uint32_t *handle,
		  uint32_t class, void *params)
{
	struct nvos64_alloc arg = {
		.root = rm->root,
		.parent = parent,
		.object = *handle,
		.class = class,
		.params = (uintptr_t)params,
	};
	uint32_t err = rm_escape(rm, rm->ctl, NR_ALLOC, &arg, sizeof(arg));

	if (err)
		return err;
	if (!arg.status)
		*handle = arg.object;
	return arg.status;
}

uint32_t rm_alloc32(struct rm *rm, uint32_t parent, uint32_t *handle,
		    uint32_t class, void *params)
{
	struct nvos21_alloc arg = {
		.root = rm->root,
		.parent = parent,
		.object = *handle,
		.class = class,
		.params = (uintptr_t)params,
	};
	uint32_t err = rm_escape(rm, rm->ctl, NR_ALLOC, &arg, sizeof(arg));

	if (err)
		return err;
	if (!arg.status)
		*handle = arg.object;
	return arg.status;
}

uint32_t rm_free(struct rm *rm, uint32_t handle)
{
	struct nvos00_free arg = { .root = rm->root, .object = handle };
	uint32_t err = rm_escape(rm, rm->ctl, NR_FREE, &arg, sizeof(arg));

	return err ? err : arg.status;
}

uint32_t rm_control(struct rm *rm, uint32_t object, uint32_t cmd, void *params,
		    uint32_t size)
{
	struct nvos54_control arg = {
		.client = rm->root,
		.object = object,
		.cmd = cmd,
		.params = (uintptr_t)params,
		.params_size = size,
	};
	uint32_t err = rm_escape(rm, rm->ctl, NR_CONTROL, &arg, sizeof(arg));

	return err ? err : arg.status;
}

/* A file of /dev, by name. */
int rm_node(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/%s", name);
	return open(path, O_RDWR | O_CLOEXEC);
}

static const struct rm_release *release_of(const char *version)
{
	unsigned int major = (unsigned int)strtoul(version, NULL, 10);
	size_t i = RELEASES;

	while (i-- > 1) {
		if (releases[i].major <= major)
			break;
	}
	return &releases[i];
}

/**
 * rm_ctl_open() - open /dev/nvidiactl and learn the driver's version
 * @rm: cleared
 *
 * Return: 0 or a negative errno.
 */
int rm_ctl_open(struct rm *rm)
{
	struct nv_version version = { .cmd = '2' };

	memset(rm, 0, sizeof(*rm));
	rm->gpu = -1;
	rm->ctl = rm_node("nvidiactl");
	if (rm->ctl < 0)
		return -errno;
	if (ioctl(rm->ctl, request(NR_VERSION, sizeof(version)), &version))
		return -errno;
	version.string[sizeof(version.string) - 1] = '\0';
	strcpy(rm->version, version.string);
	rm->release = release_of(rm->version);
	return 0;
}

/* The root client. */
uint32_t rm_root(struct rm *rm)
{
	return rm_alloc32(rm, 0, &rm->root, 0x41, NULL);
}

/**
 * rm_register() - open another file that acts for the client
 * @rm: with an open control file
 * @name: of the node
 *
 * Return: the file, or a negative errno.
 */
int rm_register(const struct rm *rm, const char *name)
{
	int32_t ctl = rm->ctl;
	int fd = rm_node(name), err;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, request(NR_REGISTER_FD, sizeof(ctl)), &ctl)) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/**
 * rm_gpu_open() - open a GPU's file and let it act for the client
 * @rm: with an open control file
 * @minor: of the GPU
 *
 * Return: the file, or a negative errno.
 */
int rm_gpu_open(struct rm *rm, unsigned int minor)
{
	char name[16];

	snprintf(name, sizeof(name), "nvidia%u", minor);
	return rm_register(rm, name);
}

/* Device and subdevice of the GPU that @rm->minor names. */
uint32_t rm_device(struct rm *rm)
{
	uint32_t device[14] = { 0 }, subdevice = 0, id_info[8] = { 0 };
	uint32_t gid[67] = { 0, 2 };
	uint32_t err;

	id_info[0] = rm->gpu_id;
	err = rm_control(rm, rm->root, 0x205, id_info, sizeof(id_info));
	if (err)
		return err;
	device[0] = id_info[2];
	err = rm_alloc(rm, rm->root, &rm->device, 0x80, device);
	if (err)
		return err;
	err = rm_alloc(rm, rm->device, &rm->subdevice, 0x2080, &subdevice);
	if (err)
		return err;
	err = rm_control(rm, rm->subdevice, 0x2080014a, gid, sizeof(gid));
	if (!err)
		memcpy(rm->uuid, &gid[3], sizeof(rm->uuid));
	return err;
}

int rm_find_gpu(struct rm *rm, unsigned int minor)
{
	struct nv_card cards[64];
	unsigned int i;

	memset(cards, 0, sizeof(cards));
	if (ioctl(rm->ctl, request(NR_CARD_INFO, sizeof(cards)), cards))
		return -errno;
	for (i = 0; i < 64; i++) {
		if (cards[i].valid && cards[i].minor == minor) {
			rm->gpu_id = cards[i].gpu_id;
			rm->minor = minor;
			return 0;
		}
	}
	return -ENODEV;
}

/**
 * rm_client_open() - a client with device and subdevice
 * @rm: where it is stored
 * @minor: of which GPU
 *
 * Return: 0 or a negative errno; -EIO if the driver refused.
 */
int rm_client_open(struct rm *rm, unsigned int minor)
{
	int err = rm_ctl_open(rm);

	if (!err)
		err = rm_find_gpu(rm, minor);
	if (!err) {
		rm->gpu = rm_gpu_open(rm, minor);
		err = rm->gpu < 0 ? rm->gpu : 0;
	}
	if (!err && (rm_root(rm) || rm_device(rm)))
		err = -EIO;
	if (err)
		rm_client_close(rm);
	return err;
}

void rm_client_close(struct rm *rm)
{
	if (rm->gpu >= 0)
		close(rm->gpu);
	if (rm->ctl >= 0)
		close(rm->ctl);
	rm->gpu = -1;
	rm->ctl = -1;
}
