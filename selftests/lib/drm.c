// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drm.h"
#include "tap.h"

#define CARDS 16
#define FILL_MAX 4096

const struct maker makers[] = {
	{ "vgem dumb buffer", "vgem", drm_dumb },
	{ "virtio-gpu dumb buffer", "virtio_gpu", drm_dumb },
	{ "virtio-gpu resource", "virtio_gpu", drm_virtgpu },
};

const unsigned int nr_makers = sizeof(makers) / sizeof(makers[0]);

static int call(int fd, unsigned long cmd, void *arg)
{
	int ret;

	do {
		ret = ioctl(fd, cmd, arg);
	} while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : 0;
}

static int card_open(int card, const char *driver)
{
	struct drm_version v = {};
	char node[32], name[32] = "";
	int fd;

	snprintf(node, sizeof(node), "/dev/dri/card%d", card);
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	v.name = name;
	v.name_len = sizeof(name) - 1;
	if (!call(fd, DRM_IOCTL_VERSION, &v) && !strcmp(name, driver))
		return fd;
	close(fd);
	return -1;
}

static int find(const char *driver, int *fd)
{
	int card;

	for (card = 0; card < CARDS; card++) {
		*fd = card_open(card, driver);
		if (*fd >= 0)
			return card;
	}
	return -1;
}

int drm_open(const char *driver)
{
	int fd;

	if (find(driver, &fd) < 0)
		bail("no device of %s", driver);
	return fd;
}

bool drm_present(const char *driver)
{
	int fd;

	if (find(driver, &fd) < 0)
		return false;
	close(fd);
	return true;
}

const char *drm_card(const char *driver)
{
	static char name[4][16];
	static unsigned int turn;
	char *s = name[turn++ % 4];
	int fd, card = find(driver, &fd);

	if (card < 0)
		bail("no device of %s", driver);
	close(fd);
	snprintf(s, sizeof(name[0]), "card%d", card);
	return s;
}

/* One line of 1024 pixels of 4 bytes is a page. */
int drm_dumb(int fd, uint64_t bytes, uint32_t *handle)
{
	struct drm_mode_create_dumb arg = {
		.width = PAGE / 4, .height = bytes / PAGE, .bpp = 32,
	};
	int ret = call(fd, DRM_IOCTL_MODE_CREATE_DUMB, &arg);

	if (!ret)
		*handle = arg.handle;
	return ret;
}

int drm_virtgpu(int fd, uint64_t bytes, uint32_t *handle)
{
	struct drm_virtgpu_resource_create arg = {
		.target = 2,		/* PIPE_TEXTURE_2D */
		.format = 1,		/* B8G8R8A8_UNORM */
		.bind = 1 << 1,		/* render target */
		.width = PAGE / 4, .height = bytes / PAGE,
		.depth = 1, .array_size = 1,
		.size = bytes,
	};
	int ret = call(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &arg);

	if (!ret)
		*handle = arg.bo_handle;
	return ret;
}

int drm_close(int fd, uint32_t handle)
{
	struct drm_gem_close arg = { .handle = handle };

	return call(fd, DRM_IOCTL_GEM_CLOSE, &arg);
}

int drm_export(int fd, uint32_t handle, int *dmabuf)
{
	struct drm_prime_handle arg = {
		.handle = handle, .flags = DRM_CLOEXEC | DRM_RDWR,
	};
	int ret = call(fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &arg);

	if (!ret)
		*dmabuf = arg.fd;
	return ret;
}

int drm_import(int fd, int dmabuf, uint32_t *handle)
{
	struct drm_prime_handle arg = { .fd = dmabuf };
	int ret = call(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &arg);

	if (!ret)
		*handle = arg.handle;
	return ret;
}

int drm_flink(int fd, uint32_t handle, uint32_t *name)
{
	struct drm_gem_flink arg = { .handle = handle };
	int ret = call(fd, DRM_IOCTL_GEM_FLINK, &arg);

	if (!ret)
		*name = arg.name;
	return ret;
}

int drm_flink_open(int fd, uint32_t name, uint32_t *handle)
{
	struct drm_gem_open arg = { .name = name };
	int ret = call(fd, DRM_IOCTL_GEM_OPEN, &arg);

	if (!ret)
		*handle = arg.handle;
	return ret;
}

void *drm_map_dumb(int fd, uint32_t handle, uint64_t bytes)
{
	struct drm_mode_map_dumb arg = { .handle = handle };
	void *p;

	if (call(fd, DRM_IOCTL_MODE_MAP_DUMB, &arg))
		bail("DRM_IOCTL_MODE_MAP_DUMB");
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		 arg.offset);
	if (p == MAP_FAILED)
		bail("mmap of a dumb buffer");
	return p;
}

uint64_t drm_fill(int fd, uint64_t step, int *err)
{
	uint32_t handle;
	uint64_t n;

	for (n = 0; n < FILL_MAX; n++) {
		*err = drm_dumb(fd, step, &handle);
		if (*err)
			break;
	}
	return n * step;
}
