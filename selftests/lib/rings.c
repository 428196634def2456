// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <sys/ioctl.h>
#include <libdrm/amdgpu_drm.h>

#include "cgroup.h"
#include "drm.h"
#include "queue.h"
#include "quota.h"
#include "rings.h"
#include "tap.h"

#define DIR "/sys/kernel/debug/vgpu_mock_rings/"

#define CHUNKS	33
#define LITTLE	(1 * USEC)

struct submission {
	struct drm_amdgpu_cs_chunk_ib ibs[CHUNKS];
	struct drm_amdgpu_cs_chunk chunks[CHUNKS];
	uint64_t array[CHUNKS];
	unsigned int n;
};

void rings_load(void)
{
	if (RUN(NULL, 0, "modprobe", "vgpu_mock_rings"))
		bail("modprobe vgpu_mock_rings");
}

int rings_unload(void)
{
	return RUN(NULL, 0, "modprobe", "-r", "vgpu_mock_rings");
}

static void add(struct submission *submission, uint32_t id, uint32_t ip,
		uint64_t nanoseconds)
{
	unsigned int n = submission->n++;

	submission->ibs[n] = (struct drm_amdgpu_cs_chunk_ib){
		.ip_type = ip, .ib_bytes = nanoseconds,
	};
	submission->chunks[n] = (struct drm_amdgpu_cs_chunk){
		.chunk_id = id,
		.length_dw = sizeof(submission->ibs[n]) / 4,
		.chunk_data = (uintptr_t)&submission->ibs[n],
	};
	submission->array[n] = (uintptr_t)&submission->chunks[n];
}

static int submit(int fd, const struct submission *submission)
{
	union drm_amdgpu_cs cs = {
		.in.num_chunks = submission->n,
		.in.chunks = (uintptr_t)submission->array,
	};

	return ioctl(fd, DRM_IOCTL_AMDGPU_CS, &cs) < 0 ? -errno : 0;
}

static int submit_gfx(int fd, uint64_t nanoseconds)
{
	struct submission submission = {};

	add(&submission, AMDGPU_CHUNK_ID_IB, AMDGPU_HW_IP_GFX, nanoseconds);
	return submit(fd, &submission);
}

static int submit_vcn(int fd, uint64_t nanoseconds)
{
	struct submission submission = {};

	add(&submission, AMDGPU_CHUNK_ID_IB, AMDGPU_HW_IP_VCN_DEC,
	    nanoseconds);
	return submit(fd, &submission);
}

static int submit_smuggled(int fd, uint64_t nanoseconds)
{
	struct submission submission = {};

	add(&submission, AMDGPU_CHUNK_ID_IB, AMDGPU_HW_IP_VCN_DEC, LITTLE);
	add(&submission, AMDGPU_CHUNK_ID_IB, AMDGPU_HW_IP_GFX, nanoseconds);
	return submit(fd, &submission);
}

static int submit_hidden(int fd, uint64_t nanoseconds)
{
	struct submission submission = {};

	while (submission.n < CHUNKS - 1)
		add(&submission, AMDGPU_CHUNK_ID_SYNCOBJ_IN, 0, 0);
	add(&submission, AMDGPU_CHUNK_ID_IB, AMDGPU_HW_IP_VCN_DEC,
	    nanoseconds);
	return submit(fd, &submission);
}

static int rings_open(void)
{
	return drm_open(RINGS);
}

static int rings_wait(int fd, unsigned int left)
{
	union drm_amdgpu_wait_cs args = { .in.handle = left };

	return ioctl(fd, DRM_IOCTL_AMDGPU_WAIT_CS, &args) < 0 ? -errno : 0;
}

static void gfx_snapshot(struct snapshot *snapshot)
{
	queue_read(DIR "gfx_0.0.0", snapshot);
}

static void vcn_snapshot(struct snapshot *snapshot)
{
	queue_read(DIR "vcn_dec_0", snapshot);
}

static const char *rings_device(void)
{
	return drm_card(RINGS);
}

#define ENGINE_OF(ring, how)						\
	{								\
		.driver = RINGS,					\
		.load = rings_load,					\
		.unload = rings_unload,					\
		.open = rings_open,					\
		.submit = submit_##how,					\
		.wait = rings_wait,					\
		.snapshot = ring##_snapshot,				\
		.device = rings_device,					\
	}

const struct engine engine_gfx = ENGINE_OF(gfx, gfx);
const struct engine engine_vcn = ENGINE_OF(vcn, vcn);
const struct engine engine_smuggled = ENGINE_OF(gfx, smuggled);
const struct engine engine_hidden = ENGINE_OF(vcn, hidden);
