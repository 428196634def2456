// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <string.h>

#include "model.h"

#define u128 unsigned __int128

static u128 up(u128 value, u128 to)
{
	return (value + to - 1) / to * to;
}

/* One byte at a time: the machines that test are little endian. */
u64 model_read(const void *data, struct vgpu_drm_field field)
{
	const unsigned char *bytes = (const unsigned char *)data + field.offset;
	u64 value = 0;

	for (unsigned int i = 0; i < field.width; i++)
		value |= (u64)bytes[i] << 8 * i;
	return value;
}

static bool is_safe(const struct vgpu_drm_ioctl *ioctl, const void *data)
{
	bool conditional = false, safe = true;
	u64 op;

	if (ioctl->op.width) {
		conditional = true;
		op = model_read(data, ioctl->op);
		safe = op <= 63 && (ioctl->safe_ops & UINT64_C(1) << op);
	}
	if (ioctl->safe_flags) {
		conditional = true;
		if (model_read(data, ioctl->flags) & ~ioctl->safe_flags)
			safe = false;
	}
	return conditional && safe;
}

static u128 model_granule(const struct vgpu_drm_table *table,
			  const struct vgpu_drm_ioctl *ioctl, const void *data,
			  u128 bytes)
{
	u64 flags = model_read(data, ioctl->flags);
	u128 granule = ioctl->granule ? ioctl->granule : table->granule;

	if (flags & ioctl->coarse_flags)
		granule = ioctl->coarse;
	if (granule < PAGE_SIZE)
		granule = PAGE_SIZE;
	for (u128 coarse = 1; coarse <= UINT32_MAX; coarse *= 2)
		if ((table->coarse & (u32)coarse) && bytes >= coarse)
			granule = coarse;
	return granule;
}

int model_decode(const struct vgpu_drm_table *table,
		 const struct vgpu_drm_ioctl *ioctl, const void *data,
		 size_t size, struct vgpu_drm_request *request)
{
	u64 placement;
	u128 bytes, count = 1;

	request->bytes = 0;
	request->device = true;
	request->effect = ioctl->effect;
	if (size < ioctl->size)
		return ioctl->effect == VGPU_DRM_DENY ? 0 : -EINVAL;

	placement = model_read(data, ioctl->placement);
	if (table->own_memory && placement && !(placement & ~ioctl->system))
		request->device = false;
	if (is_safe(ioctl, data))
		request->effect = ioctl->safe;
	if (request->effect == VGPU_DRM_UNSIZED)
		request->bytes = ioctl->least;
	if (request->effect != VGPU_DRM_ALLOC)
		return 0;

	bytes = model_read(data, ioctl->bytes);
	if (ioctl->count.width)
		count = model_read(data, ioctl->count);
	if (placement & ioctl->pages)
		bytes = up(bytes ? bytes : 1, 4) * PAGE_SIZE;
	else
		bytes *= ioctl->unit;
	bytes = up(bytes ? bytes : 1,
		   placement & ioctl->pages ? 1 :
		   model_granule(table, ioctl, data, bytes));
	if (bytes > UINT64_MAX || bytes * count > UINT64_MAX)
		return -E2BIG;
	request->bytes = bytes * count;
	return 0;
}

/* amdgpu_gem_align_pitch(); radeon_align_pitch() of chips from AVIVO on. */
static u64 radeon_pitch(u32 width, u32 cpp)
{
	u32 mask = 0;

	switch (cpp) {
	case 1:
		mask = 255;
		break;
	case 2:
		mask = 127;
		break;
	case 3:
	case 4:
		mask = 63;
		break;
	}
	return (((u64)width + mask) & ~(u64)mask) * cpp;
}

/* After each driver's dumb_create; @driver NULL is the DRM core's helper. */
u64 model_dumb(const char *driver, u32 width, u32 height, u32 bpp)
{
	u32 cpp = (bpp + 7) / 8;
	u64 pitch = ((u64)width * bpp + 7) / 8;
	u64 page = 4096;

	if (!driver) {
		pitch = (u64)width * cpp;
	} else if (!strcmp(driver, "amdgpu") || !strcmp(driver, "radeon")) {
		pitch = radeon_pitch(width, cpp);
	} else if (!strcmp(driver, "i915")) {
		/* The shortest longest stride of a display is 4 KiB. */
		pitch = up((u64)width * cpp, 64);
		if (pitch > 4096)
			pitch = up(pitch, 4096);
		page = 65536;
	} else if (!strcmp(driver, "xe")) {
		pitch = up((u64)width * cpp, 64);
		page = 65536;
	} else if (!strcmp(driver, "nouveau")) {
		pitch = up((u64)width * cpp, 256);
		return model_nouveau(up(pitch * height, page), false, true);
	} else if (!strcmp(driver, "msm")) {
		pitch = cpp * up(width, 32);
	} else if (!strcmp(driver, "virtio_gpu") && bpp != 32) {
		return 0;
	}
	return up(pitch * height, page);
}

/*
 * nouveau_bo_alloc() and nouveau_bo_fixup_align() for an object that may live
 * in video memory, with the page sizes of GP100 or GH100: the largest that the
 * size reaches. A compressed object never gets 4 KiB.
 */
u64 model_nouveau(u64 size, bool hopper, bool tiled)
{
	static const unsigned int shifts[] = { 29, 21, 16, 12 };
	unsigned int i, chosen = 0;

	for (i = hopper ? 0 : 1; i < 4; i++) {
		if (tiled && chosen && shifts[i] == 12)
			break;
		chosen = shifts[i];
		if (size >= UINT64_C(1) << chosen)
			break;
	}
	return up(size, UINT64_C(1) << chosen);
}
