// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

struct create_bo {
	uint32_t size;
	uint32_t flags;
	uint32_t handle;
	uint32_t pad;
	uint64_t offset;
};

#define FLAG_USERPTR	(UINT32_C(1) << 31)	/* the mock's own */

#define IOCTL_CREATE_BO	DRM_IOWR(DRM_COMMAND_BASE + 0x02, struct create_bo)
#define IOCTL_SUBMIT	DRM_IOW(DRM_COMMAND_BASE + 0x00, struct submit)
#define IOCTL_WAIT_BO	DRM_IOW(DRM_COMMAND_BASE + 0x01, struct wait_bo)

void queue_load(void)
{
	if (RUN(NULL, 0, "modprobe", "vgpu_mock_queue"))
		bail("modprobe vgpu_mock_queue");
}

int queue_unload(void)
{
	return RUN(NULL, 0, "modprobe", "-r", "vgpu_mock_queue");
}

/* Nothing of stdio's: this is read often, and by many. */
void queue_read(const char *path, struct snapshot *snapshot)
{
	static char text[SNAPSHOT_ROWS * 64];
	uint64_t row[3];
	size_t used = 0;
	char *at = text;
	unsigned int i;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	while ((n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += n;
	if (fd < 0 || n < 0)
		bail("%s", path);
	close(fd);
	text[used] = '\0';
	snapshot->n = 0;
	while (*at) {
		for (i = 0; i < 3; i++)
			row[i] = strtoull(at, &at, 10);
		at++;
		if (!row[0]) {
			snapshot->now = row[1];
			snapshot->jobs = row[2];
			continue;
		}
		snapshot->rows[snapshot->n].cgroup = row[0];
		snapshot->rows[snapshot->n].ns = row[1];
		snapshot->rows[snapshot->n++].jobs = row[2];
	}
}

static void busy_read(struct snapshot *snapshot)
{
	queue_read(DIR "busy", snapshot);
}

uint64_t queue_busy(const char *cg)
{
	static struct snapshot snapshot;

	busy_read(&snapshot);
	return snapshot_ns(&snapshot, cg);
}

uint64_t queue_jobs(const char *cg)
{
	static struct snapshot snapshot;

	busy_read(&snapshot);
	return snapshot_jobs(&snapshot, cg);
}

unsigned int queue_ended(const char *cg, struct ended *jobs, unsigned int most)
{
	FILE *f = fopen(DIR "ended", "re");
	uint64_t want = cg_id(cg);
	unsigned int n = 0;
	struct ended job;

	if (!f)
		bail(DIR "ended");
	while (fscanf(f, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		      &job.cgroup, &job.length, &job.begin, &job.end) == 4) {
		if (job.cgroup != want)
			continue;
		if (n == most)
			bail("more than %u jobs", most);
		jobs[n++] = job;
	}
	fclose(f);
	return n;
}

uint64_t queue_figure(const char *name)
{
	char path[64];
	uint64_t n;
	FILE *f;

	snprintf(path, sizeof(path), DIR "%s", name);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%" SCNu64, &n) != 1)
		bail("%s", path);
	fclose(f);
	return n;
}

uint64_t queue_length(void)
{
	return queue_figure("queued");
}

static void set(const char *path, unsigned int value)
{
	FILE *f = fopen(path, "we");

	if (!f || fprintf(f, "%u", value) < 0 || fclose(f))
		bail("%s", path);
}

void queue_fail(unsigned int err)
{
	set(DIR "fail", err);
}

void queue_hold(bool on)
{
	set(DIR "hold", on);
}

void queue_reset(void)
{
	set(DIR "reset", 1);
}

void queue_slices(bool on)
{
	set(DIR "slices", on);
}

static int submit(int fd, struct submit arg)
{
	return ioctl(fd, IOCTL_SUBMIT, &arg) < 0 ? -errno : 0;
}

int queue_submit(int fd, uint64_t nanoseconds)
{
	return submit(fd, (struct submit){ .jc = nanoseconds });
}

int queue_submit_two(int fd, uint64_t nanoseconds)
{
	return submit(fd, (struct submit){ .jc = nanoseconds,
					   .requirements = 1 });
}

int queue_submit_on(int fd, uint64_t nanoseconds, const uint32_t *buffers,
		    unsigned int n, uint32_t sync)
{
	return submit(fd, (struct submit){ .jc = nanoseconds,
					   .bo_handles = (uintptr_t)buffers,
					   .bo_handle_count = n,
					   .out_sync = sync });
}

static uint32_t create(int fd, struct create_bo arg)
{
	if (ioctl(fd, IOCTL_CREATE_BO, &arg))
		bail("no buffer: errno %d", errno);
	return arg.handle;
}

uint32_t queue_buffer(int fd, uint64_t bytes)
{
	return create(fd, (struct create_bo){ .size = bytes });
}

uint32_t queue_userptr(int fd, void *addr, uint64_t bytes)
{
	return create(fd, (struct create_bo){ .size = bytes,
					      .flags = FLAG_USERPTR,
					      .offset = (uintptr_t)addr });
}

int queue_wait(int fd, unsigned int left)
{
	struct wait_bo arg = { .handle = left };

	return ioctl(fd, IOCTL_WAIT_BO, &arg) < 0 ? -errno : 0;
}

static int drm_queue(void)
{
	return drm_open(QUEUE);
}

static const char *drm_device(void)
{
	return drm_card(QUEUE);
}

const struct engine engine_drm = {
	.driver = QUEUE,
	.load = queue_load,
	.unload = queue_unload,
	.open = drm_queue,
	.submit = queue_submit,
	.wait = queue_wait,
	.snapshot = busy_read,
	.device = drm_device,
};
