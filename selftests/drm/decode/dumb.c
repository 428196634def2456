// SPDX-License-Identifier: GPL-2.0
/*
 * Dumb buffers: never less than what the driver makes of them, and where it
 * is simple, no more.
 */
#include <stdint.h>

#include "test.h"

static const u32 widths[] = {
	1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257,
	640, 1023, 1024, 1025, 1366, 1920, 2560, 3840, 4097, 7680, 16384, 32769,
};

static const u32 heights[] = { 1, 2, 3, 64, 768, 1080, 4320, 16384 };
static const u32 bpps[] = { 1, 4, 8, 10, 12, 15, 16, 24, 30, 32, 64 };

static bool enough(const struct vgpu_drm_table *t, const char *driver,
		   u32 width, u32 height, u32 bpp)
{
	u64 want = model_dumb(driver, width, height, bpp);
	struct vgpu_drm_request got = {};
	int err;

	err = vgpu_drm_decode_dumb(t, width, height, bpp, &got);
	if (!err && got.bytes >= want && got.device && !(got.bytes % PAGE_SIZE))
		return true;
	note("%ux%u at %u: %d, %llu of %llu bytes", width, height, bpp, err,
	     (unsigned long long)got.bytes, (unsigned long long)want);
	return false;
}

static bool never_less(const struct vgpu_drm_table *t, const char *driver)
{
	bool good = true;

	for (unsigned int w = 0; w < ARRAY_SIZE(widths); w++)
		for (unsigned int h = 0; h < ARRAY_SIZE(heights); h++)
			for (unsigned int b = 0; b < ARRAY_SIZE(bpps); b++)
				good &= enough(t, driver, widths[w],
					       heights[h], bpps[b]);
	return good;
}

/* A screen's picture is what dumb buffers are for: not a byte too many. */
static void exact(const char *driver)
{
	const struct vgpu_drm_table *t = driver ? table_of(driver) : NULL;
	struct vgpu_drm_request got = {};

	vgpu_drm_decode_dumb(t, 1920, 1080, 32, &got);
	is(got.bytes, model_dumb(driver, 1920, 1080, 32),
	   "%s: a dumb buffer of 1920x1080", driver ?: "no table");
}

/* Objects of nouveau reach the pages of its GPUs, whatever they are. */
static void test_nouveau(void)
{
	const struct vgpu_drm_table *t = table_of("nouveau");
	struct vgpu_drm_request got;
	u64 arg[6] = {};

	for (unsigned int i = 0; i < ARRAY_SIZE(widths); i++) {
		arg[1] = (u64)widths[i] * 65536 + 1;
		got.bytes = 0;
		vgpu_drm_decode(t, row_of(t, 0x40), arg, sizeof(arg), &got);
		ok(got.bytes >= model_nouveau(arg[1], false, false) &&
		   got.bytes >= model_nouveau(arg[1], false, true) &&
		   got.bytes >= model_nouveau(arg[1], true, true),
		   "nouveau: an object of %llu bytes",
		   (unsigned long long)arg[1]);
	}
}

void test_dumb(void)
{
	static const char * const exacts[] = {
		"amdgpu", "i915", "lima", "msm", "radeon", "vc4", "vgem",
		"virtio_gpu", "xe",
	};
	const struct vgpu_drm_table *amdgpu = table_of("amdgpu");
	struct vgpu_drm_request got = { .bytes = 5 };

	for (unsigned int i = 0; i < vgpu_drm_ntables; i++) {
		const struct vgpu_drm_table *t = vgpu_drm_tables[i];

		ok(never_less(t, t->driver), "%s: dumb buffers", t->driver);
		vgpu_drm_decode_dumb(t, 64, 64, 32, &got);
		is(got.effect, t->deny_dumb ? VGPU_DRM_DENY : VGPU_DRM_ALLOC,
		   "%s: dumb buffers are %s", t->driver,
		   t->deny_dumb ? "closed" : "charged");
	}
	ok(never_less(NULL, NULL), "no table: dumb buffers");
	for (unsigned int i = 0; i < ARRAY_SIZE(exacts); i++)
		exact(exacts[i]);
	exact(NULL);

	got.bytes = 5;
	ok(vgpu_drm_decode_dumb(amdgpu, 0, 1, 32, &got) == -EINVAL &&
	   vgpu_drm_decode_dumb(amdgpu, 1, 0, 32, &got) == -EINVAL &&
	   vgpu_drm_decode_dumb(amdgpu, 1, 1, 0, &got) == -EINVAL &&
	   got.bytes == 5, "no width, height or depth");
	ok(vgpu_drm_decode_dumb(amdgpu, UINT32_MAX, UINT32_MAX, UINT32_MAX,
				&got) == -E2BIG && got.bytes == 5,
	   "the largest of all does not fit");
	ok(!vgpu_drm_decode_dumb(NULL, UINT32_MAX, UINT32_MAX, 8, &got) &&
	   got.bytes == (u64)UINT32_MAX * UINT32_MAX / 4096 * 4096 + 4096,
	   "the largest of one byte a pixel fits");
	test_nouveau();
}
