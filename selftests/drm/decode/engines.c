// SPDX-License-Identifier: GPL-2.0
/*
 * On which class of engine work runs: as the fences of each driver say, and as
 * submissions say themselves, with the driver's own structures. What says
 * nothing that is known is compute.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <drm/amdgpu_drm.h>
#include <drm/radeon_drm.h>
#include <drm/v3d_drm.h>

#include "test.h"
#include "uapi_compat.h"

#define COMPUTE	VGPU_ENGINE_COMPUTE
#define COPY	VGPU_ENGINE_COPY
#define VIDEO	VGPU_ENGINE_VIDEO

/* Names that the drivers make, of kernels from 6.1 on. */
static void test_timelines(void)
{
	static const struct {
		const char *driver, *timeline;
		enum vgpu_engine engine;
	} cases[] = {
		{ "amdgpu", "gfx", COMPUTE },
		{ "amdgpu", "gfx_0.0.0", COMPUTE },
		{ "amdgpu", "gfx_low", COMPUTE },
		{ "amdgpu", "comp_1.3.1", COMPUTE },
		{ "amdgpu", "sdma0", COPY },
		{ "amdgpu", "sdma1.3", COPY },
		{ "amdgpu", "page0", COPY },
		{ "amdgpu", "uvd", VIDEO },
		{ "amdgpu", "uvd_enc_0.1", VIDEO },
		{ "amdgpu", "vce2", VIDEO },
		{ "amdgpu", "vcn_dec", VIDEO },
		{ "amdgpu", "vcn_unified_0", VIDEO },
		{ "amdgpu", "jpeg_dec_0.7", VIDEO },
		{ "amdgpu", "vpe", VIDEO },
		{ "amdgpu", "an engine to come", COMPUTE },
		{ "amdgpu", "sdm", COMPUTE },
		{ "amdgpu", "", COMPUTE },
		{ "radeon", "radeon.gfx", COMPUTE },
		{ "radeon", "radeon.cp2", COMPUTE },
		{ "radeon", "radeon.dma", COPY },
		{ "radeon", "radeon.dma1", COPY },
		{ "radeon", "radeon.uvd", VIDEO },
		{ "radeon", "radeon.vce2", VIDEO },
		{ "radeon", "radeon.unk", COMPUTE },
		{ "xe", "rcs0", COMPUTE },
		{ "xe", "ccs3", COMPUTE },
		{ "xe", "bcs0", COPY },
		{ "xe", "vcs1", VIDEO },
		{ "xe", "vecs0", VIDEO },
		{ "xe", "gsccs0", COMPUTE },
		/* Of these, tenants have a say in the name. */
		{ "i915", "vcs0", COMPUTE },
		{ "nouveau", "bcs0", COMPUTE },
		{ "msm", "sdma0", COMPUTE },
		{ "virtio_gpu", "uvd", COMPUTE },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		is(vgpu_drm_timeline_engine(table_of(cases[i].driver),
					    cases[i].timeline),
		   cases[i].engine, "%s: timeline \"%s\"", cases[i].driver,
		   cases[i].timeline);
}

/* The caller's memory: what is outside of it cannot be read. */
static struct memory {
	u64 array[VGPU_DRM_CHUNKS + 4];
	struct drm_amdgpu_cs_chunk chunks[VGPU_DRM_CHUNKS + 4];
	struct drm_amdgpu_cs_chunk_ib ib[2];
	u32 flags[3];
} memory;

static unsigned int fetches;

static bool fetch(void *to, u64 from, size_t bytes)
{
	u64 start = (uintptr_t)&memory;

	fetches++;
	if (from < start || from - start > sizeof(memory) ||
	    bytes > sizeof(memory) - (from - start))
		return false;
	memcpy(to, (const void *)(uintptr_t)from, bytes);
	return true;
}

static const struct vgpu_drm_ioctl *row(const char *driver, unsigned long cmd)
{
	return row_of(table_of(driver), _IOC_NR(cmd) - DRM_COMMAND_BASE);
}

static void chunk(unsigned int nr, u32 id, u32 words, const void *data)
{
	memory.array[nr] = (uintptr_t)&memory.chunks[nr];
	memory.chunks[nr] = (struct drm_amdgpu_cs_chunk){
		.chunk_id = id, .length_dw = words,
		.chunk_data = (uintptr_t)data,
	};
}

static void ib(unsigned int nr, struct drm_amdgpu_cs_chunk_ib *ib, u32 ip)
{
	*ib = (struct drm_amdgpu_cs_chunk_ib){ .ip_type = ip, .ib_bytes = 64 };
	chunk(nr, AMDGPU_CHUNK_ID_IB, sizeof(*ib) / 4, ib);
}

static enum vgpu_engine amdgpu(u32 count, size_t size)
{
	union drm_amdgpu_cs cs = {
		.in = { .ctx_id = 1, .num_chunks = count,
			.chunks = (uintptr_t)memory.array },
	};

	return vgpu_drm_named_engine(row("amdgpu", DRM_IOCTL_AMDGPU_CS), &cs,
				     size, fetch);
}

static void test_amdgpu(void)
{
	static const enum vgpu_engine engines[] = {
		COMPUTE, COMPUTE, COPY, VIDEO, VIDEO, VIDEO, VIDEO, VIDEO,
		VIDEO, VIDEO, COMPUTE, COMPUTE,
	};
	const size_t size = sizeof(union drm_amdgpu_cs);

	for (unsigned int ip = 0; ip < ARRAY_SIZE(engines); ip++) {
		ib(0, &memory.ib[0], ip);
		is(amdgpu(1, size), engines[ip], "amdgpu: IP %u", ip);
	}
	ib(0, &memory.ib[0], 64 + AMDGPU_HW_IP_DMA);
	is(amdgpu(1, size), COMPUTE, "amdgpu: an IP beyond 64");
	ib(0, &memory.ib[0], UINT32_MAX);
	is(amdgpu(1, size), COMPUTE, "amdgpu: the last IP");
	chunk(0, AMDGPU_CHUNK_ID_FENCE, 2, NULL);
	chunk(1, AMDGPU_CHUNK_ID_DEPENDENCIES, 6, NULL);
	ib(2, &memory.ib[0], AMDGPU_HW_IP_VCN_DEC);
	ib(3, &memory.ib[1], AMDGPU_HW_IP_GFX);
	is(amdgpu(4, size), VIDEO, "amdgpu: the first of two, behind others");
	is(amdgpu(2, size), COMPUTE, "amdgpu: none among those that count");
	is(amdgpu(0, size), COMPUTE, "amdgpu: no chunk");
	is(amdgpu(4, 16), COMPUTE, "amdgpu: an argument cut short");
	ib(0, &memory.ib[0], AMDGPU_HW_IP_DMA);
	memory.chunks[0].length_dw = 5;
	is(amdgpu(1, size), COMPUTE, "amdgpu: an IB too short to say");
	memory.chunks[0].length_dw = 6;
	is(amdgpu(1, size), COPY, "amdgpu: just long enough");
	memory.chunks[0].chunk_data = 8;
	is(amdgpu(1, size), COMPUTE, "amdgpu: an IB that cannot be read");
	memory.chunks[0].chunk_data = UINT64_MAX - 8;
	is(amdgpu(1, size), COMPUTE, "amdgpu: an IB at the end of memory");
	memory.array[0] = UINT64_MAX;
	is(amdgpu(1, size), COMPUTE, "amdgpu: a chunk that cannot be read");
	for (unsigned int i = 0; i < VGPU_DRM_CHUNKS; i++)
		chunk(i, AMDGPU_CHUNK_ID_SYNCOBJ_IN, 1, NULL);
	ib(VGPU_DRM_CHUNKS, &memory.ib[0], AMDGPU_HW_IP_VCN_DEC);
	fetches = 0;
	is(amdgpu(UINT32_MAX, size), COMPUTE, "amdgpu: hidden behind many");
	is(fetches, 2 * VGPU_DRM_CHUNKS, "which are not all looked at");
}

static enum vgpu_engine radeon(u32 ring, u32 words)
{
	struct drm_radeon_cs cs = {
		.num_chunks = 2, .chunks = (uintptr_t)memory.array,
	};

	memory.flags[0] = RADEON_CS_USE_VM;
	memory.flags[1] = ring;
	chunk(0, RADEON_CHUNK_ID_IB, 16, NULL);
	chunk(1, RADEON_CHUNK_ID_FLAGS, words, memory.flags);
	return vgpu_drm_named_engine(row("radeon", DRM_IOCTL_RADEON_CS), &cs,
				     sizeof(cs), fetch);
}

static void test_radeon(void)
{
	is(radeon(RADEON_CS_RING_GFX, 3), COMPUTE, "radeon: gfx");
	is(radeon(RADEON_CS_RING_COMPUTE, 3), COMPUTE, "radeon: compute");
	is(radeon(RADEON_CS_RING_DMA, 2), COPY, "radeon: dma");
	is(radeon(RADEON_CS_RING_UVD, 3), VIDEO, "radeon: uvd");
	is(radeon(RADEON_CS_RING_VCE, 3), VIDEO, "radeon: vce");
	is(radeon(5, 3), COMPUTE, "radeon: a ring to come");
	is(radeon(RADEON_CS_RING_DMA, 1), COMPUTE, "radeon: no ring is gfx");
}

static void test_xe(void)
{
	const struct vgpu_drm_ioctl *exec = row("xe", DRM_IOCTL_XE_EXEC);
	struct drm_xe_exec arg = { .exec_queue_id = 0xfedcba98 };
	u64 queue = 0;

	ok(vgpu_drm_queue(exec, &arg, sizeof(arg), &queue) &&
	   queue == 0xfedcba98, "xe: work says for which queue it is");
	ok(!vgpu_drm_queue(exec, &arg, 11, &queue), "xe: cut short it does not");
	is(vgpu_drm_named_engine(exec, &arg, sizeof(arg), fetch), COMPUTE,
	   "xe: of a queue that is not known");
}

/* Where an ioctl says it all, and where nothing is to be believed. */
static void test_fixed(void)
{
	char noise[256];

	is(row("v3d", DRM_IOCTL_V3D_SUBMIT_TFU)->engine, COPY, "v3d: tfu");
	is(row("v3d", DRM_IOCTL_V3D_SUBMIT_CL)->engine, COMPUTE, "v3d: cl");
	is(row("v3d", DRM_IOCTL_V3D_SUBMIT_CSD)->engine, COMPUTE, "v3d: csd");
	is(row("v3d", DRM_IOCTL_V3D_SUBMIT_CPU)->engine, COMPUTE, "v3d: cpu");
	for (unsigned int i = 0; i < vgpu_drm_ntables; i++) {
		const struct vgpu_drm_table *t = vgpu_drm_tables[i];
		bool told = true;

		for (unsigned int j = 0; j < t->nioctls; j++) {
			const struct vgpu_drm_ioctl *r = &t->ioctls[j];

			for (unsigned int k = 0; k < sizeof(noise); k++)
				noise[k] = rand();
			if (vgpu_drm_named_engine(r, noise, r->size, fetch) !=
			    r->engine)
				told = false;
			/* A guess needs somebody who knows. */
			if ((r->chunks || r->queue.width) && !t->timelines)
				told = false;
			if (r->engine && t->timelines)
				told = false;
		}
		ok(told, "%s: noise names no engine", t->driver);
	}
}

void test_engines(void)
{
	test_timelines();
	test_amdgpu();
	test_radeon();
	test_xe();
	test_fixed();
}
