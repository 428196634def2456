// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "cgroup.h"
#include "drm.h"
#include "queue.h"
#include "quota.h"
#include "tap.h"

#define DIR "/sys/kernel/debug/vgpu_mock_queue/"

/* As in the kernel's panfrost_drm.h, which libdrm does not carry. */
struct submit {
	uint64_t jc;
	uint64_t in_syncs;
	uint32_t in_sync_count;
	uint32_t out_sync;
	uint64_t bo_handles;
	uint32_t bo_handle_count;
	uint32_t requirements;
};

struct wait_bo {
	uint32_t handle;
	uint32_t pad;
	int64_t timeout_ns;
};

#define IOCTL_SUBMIT	DRM_IOW(DRM_COMMAND_BASE + 0x00, struct submit)
#define IOCTL_WAIT_BO	DRM_IOW(DRM_COMMAND_BASE + 0x01, struct wait_bo)

void queue_load(void)
{
	if (RUN(NULL, 0, "modprobe", "vgpu_mock_queue"))
		bail("modprobe vgpu_mock_queue");
}

static void tenant(const char *cg, uint64_t *busy, uint64_t *jobs)
{
	uint64_t want = cg_id(cg), id, ns, n;
	FILE *f = fopen(DIR "busy", "re");

	if (!f)
		bail(DIR "busy");
	*busy = 0;
	*jobs = 0;
	while (fscanf(f, "%" SCNu64 " %" SCNu64 " %" SCNu64, &id, &ns, &n) ==
	       3) {
		if (id != want)
			continue;
		*busy = ns;
		*jobs = n;
	}
	fclose(f);
}

uint64_t queue_busy(const char *cg)
{
	uint64_t busy, jobs;

	tenant(cg, &busy, &jobs);
	return busy;
}

uint64_t queue_jobs(const char *cg)
{
	uint64_t busy, jobs;

	tenant(cg, &busy, &jobs);
	return jobs;
}

uint64_t queue_length(void)
{
	FILE *f = fopen(DIR "queued", "re");
	uint64_t n;

	if (!f || fscanf(f, "%" SCNu64, &n) != 1)
		bail(DIR "queued");
	fclose(f);
	return n;
}

void queue_fail(unsigned int err)
{
	FILE *f = fopen(DIR "fail", "we");

	if (!f || fprintf(f, "%u", err) < 0 || fclose(f))
		bail(DIR "fail");
}

int queue_submit(int fd, uint64_t nanoseconds)
{
	struct submit arg = { .jc = nanoseconds };

	return ioctl(fd, IOCTL_SUBMIT, &arg) < 0 ? -errno : 0;
}

int queue_wait(int fd, unsigned int left)
{
	struct wait_bo arg = { .handle = left };

	return ioctl(fd, IOCTL_WAIT_BO, &arg) < 0 ? -errno : 0;
}
