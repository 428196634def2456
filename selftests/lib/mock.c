// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "drm.h"
#include "mock.h"
#include "quota.h"
#include "tap.h"

#define DIR "/sys/kernel/debug/vgpu_mock_drm/"

/* Younger than the headers that this is built with. */
struct userq {
	uint32_t op;
	uint32_t rest[17];
};

#define IOCTL_USERQ DRM_IOWR(DRM_COMMAND_BASE + 0x16, struct userq)

static int call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) < 0 ? -errno : 0;
}

void mock_load(void)
{
	if (RUN(NULL, 0, "modprobe", "vgpu_mock_drm"))
		bail("modprobe vgpu_mock_drm");
}

void mock_unload(void)
{
	if (RUN(NULL, 0, "modprobe", "-r", "vgpu_mock_drm"))
		bail("modprobe -r vgpu_mock_drm");
}

void mock_set(const char *knob, uint64_t value)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), DIR "%s", knob);
	f = fopen(path, "we");
	if (!f || fprintf(f, "%" PRIu64, value) < 0 || fclose(f))
		bail("%s", path);
}

uint64_t mock_get(const char *knob)
{
	uint64_t value;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), DIR "%s", knob);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%" SCNu64, &value) != 1)
		bail("%s", path);
	fclose(f);
	return value;
}

uint64_t mock_parked(uint64_t want)
{
	uint64_t got = mock_get("parked");
	int i;

	for (i = 0; i < 1000 && got != want; i++) {
		usleep(10000);
		got = mock_get("parked");
	}
	return got;
}

/* Of one heap, or the sum of all. */
static void heap(const char *name, uint64_t *live, uint64_t *peak)
{
	uint64_t now, objects, most;
	char at[16];
	FILE *f = fopen(DIR "heap", "re");

	if (!f)
		bail(DIR "heap");
	*live = 0;
	*peak = 0;
	while (fscanf(f, "%15s %" SCNu64 " %" SCNu64 " %" SCNu64, at, &now,
		      &objects, &most) == 4) {
		if (name && strcmp(name, at))
			continue;
		*live += now;
		*peak += most;
	}
	fclose(f);
}

uint64_t mock_live(const char *name)
{
	uint64_t live, peak;

	heap(name, &live, &peak);
	return live;
}

uint64_t mock_peak(const char *name)
{
	uint64_t live, peak;

	heap(name, &live, &peak);
	return peak;
}

uint64_t mock_settled(uint64_t want)
{
	uint64_t got = mock_live(NULL);
	int i;

	for (i = 0; i < 300 && got != want; i++) {
		usleep(10000);
		got = mock_live(NULL);
	}
	return got;
}

int mock_create(int fd, uint64_t bytes, uint64_t domains, uint32_t *handle)
{
	union drm_amdgpu_gem_create arg = {
		.in = { .bo_size = bytes, .domains = domains },
	};
	int ret = call(fd, DRM_IOCTL_AMDGPU_GEM_CREATE, &arg);

	if (!ret)
		*handle = arg.out.handle;
	return ret;
}

int mock_userptr(int fd, uint64_t bytes, uint32_t *handle)
{
	struct drm_amdgpu_gem_userptr arg = {
		.addr = PAGE, .size = bytes,
		.flags = AMDGPU_GEM_USERPTR_ANONONLY,
	};
	int ret = call(fd, DRM_IOCTL_AMDGPU_GEM_USERPTR, &arg);

	if (!ret)
		*handle = arg.handle;
	return ret;
}

int mock_va(int fd, uint32_t op, uint32_t handle)
{
	struct drm_amdgpu_gem_va arg = {
		.handle = handle, .operation = op,
		.flags = AMDGPU_VM_PAGE_READABLE,
		.va_address = MIB, .map_size = PAGE,
	};

	return call(fd, DRM_IOCTL_AMDGPU_GEM_VA, &arg);
}

int mock_op(int fd, uint32_t op, uint32_t handle)
{
	struct drm_amdgpu_gem_op arg = {
		.handle = handle, .op = op, .value = AMDGPU_GEM_DOMAIN_VRAM,
	};

	return call(fd, DRM_IOCTL_AMDGPU_GEM_OP, &arg);
}

int mock_userq(int fd, uint32_t op)
{
	struct userq arg = { .op = op };

	return call(fd, IOCTL_USERQ, &arg);
}
