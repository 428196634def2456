// SPDX-License-Identifier: GPL-2.0
/*
 * What holds of every row: its shape, and its answers over the whole range of
 * each field, against the model.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define SLACK 16

static bool power_of_two(u64 value)
{
	return value && !(value & (value - 1));
}

static bool inside(struct vgpu_drm_field field, size_t size)
{
	return !field.width ||
	       (power_of_two(field.width) && field.width <= 8 &&
		(size_t)field.offset + field.width <= size);
}

/* Only submissions have an engine, and there is one way to tell it. */
static bool engine_sound(const struct vgpu_drm_ioctl *row)
{
	int ways = !!row->engine + !!row->queue.width + !!row->chunks;

	return ways <= (row->effect == VGPU_DRM_SUBMIT) &&
	       inside(row->queue, row->size) &&
	       (!row->chunks || (inside(row->chunks->count, row->size) &&
				 inside(row->chunks->array, row->size) &&
				 !(row->chunks->offset % 4) &&
				 !(row->chunks->copy & row->chunks->video)));
}

static bool row_sound(const struct vgpu_drm_ioctl *row)
{
	bool alloc = row->effect == VGPU_DRM_ALLOC ||
		     row->safe == VGPU_DRM_ALLOC;
	bool unsized = row->effect == VGPU_DRM_UNSIZED ||
		       row->safe == VGPU_DRM_UNSIZED;

	return engine_sound(row) && inside(row->op, row->size) && inside(row->flags, row->size) &&
	       inside(row->bytes, row->size) && inside(row->count, row->size) &&
	       inside(row->placement, row->size) &&
	       row->effect != VGPU_DRM_PASS &&
	       !row->safe_ops == !row->op.width &&
	       !!row->flags.width == (row->safe_flags || row->coarse_flags) &&
	       unsized == !!row->least && !(row->least % PAGE_SIZE) &&
	       alloc == !!row->bytes.width && alloc == !!row->unit &&
	       !row->granule == !power_of_two(row->granule) &&
	       !row->coarse == !row->coarse_flags &&
	       !row->coarse == !power_of_two(row->coarse) &&
	       (!row->system || row->placement.width) &&
	       !(row->system & row->pages);
}

static void test_shape(void)
{
	const char *before = "";

	for (unsigned int i = 0; i < vgpu_drm_ntables; i++) {
		const struct vgpu_drm_table *t = vgpu_drm_tables[i];
		bool ordered = true, sound = true;

		for (unsigned int j = 0; j < t->nioctls; j++) {
			if (j && t->ioctls[j - 1].nr >= t->ioctls[j].nr)
				ordered = false;
			if (!row_sound(&t->ioctls[j])) {
				sound = false;
				note("%s is not sound", t->ioctls[j].name);
			}
		}
		ok(strcmp(before, t->driver) < 0 && ordered,
		   "%s: in order", t->driver);
		ok(sound && power_of_two(t->granule) &&
		   (!t->dumb_pixels || power_of_two(t->dumb_pixels)) &&
		   (!t->dumb_pitch || power_of_two(t->dumb_pitch)) &&
		   (!t->dumb_coarse || power_of_two(t->dumb_coarse)),
		   "%s: every row is sound", t->driver);
		before = t->driver;
	}
}

/* Does the decoder say what the model says, and is a failure untouched? */
static bool agrees(const struct vgpu_drm_table *t,
		   const struct vgpu_drm_ioctl *row, const void *data,
		   size_t size)
{
	const struct vgpu_drm_request before = {
		.effect = VGPU_DRM_USER, .bytes = 0x5a5a, .device = true,
	};
	struct vgpu_drm_request got = before, want;
	int err, werr;
	char *copy;

	/* A copy of just that size, for the sanitizer to see overruns. */
	copy = malloc(size ? size : 1);
	memcpy(copy, data, size);
	err = vgpu_drm_decode(t, row, copy, size, &got);
	free(copy);
	werr = model_decode(t, row, data, size, &want);
	if (err)
		want = before;
	if (err == werr && got.effect == want.effect &&
	    got.bytes == want.bytes && got.device == want.device)
		return true;
	note("%s: got %d effect %d bytes %#llx device %d, want %d %d %#llx %d",
	     row->name, err, got.effect, (unsigned long long)got.bytes,
	     got.device, werr, want.effect, (unsigned long long)want.bytes,
	     want.device);
	return false;
}

static void put(void *data, struct vgpu_drm_field field, u64 value)
{
	memcpy((char *)data + field.offset, &value, field.width);
}

static bool sweep_size(const struct vgpu_drm_table *t,
		       const struct vgpu_drm_ioctl *row)
{
	static const u64 edges[] = {
		0, 1, 3, 4, 5, 4095, 4096, 4097, 65535, 65536, 65537,
		131072, 131073, (2 << 20) - 1, 2 << 20, (2 << 20) + 1,
		512 << 20, (512 << 20) + 1, UINT32_MAX - 4095, UINT32_MAX,
		UINT64_C(1) << 32, (UINT64_C(1) << 52) - 1, UINT64_C(1) << 52,
		UINT64_MAX / 2, UINT64_MAX - (512 << 20), UINT64_MAX - 65536,
		UINT64_MAX - 65535, UINT64_MAX - 4096, UINT64_MAX - 4095,
		UINT64_MAX - 1, UINT64_MAX,
	};
	char data[256] = {};
	bool good = true;

	for (unsigned int i = 0; i < ARRAY_SIZE(edges); i++) {
		put(data, row->bytes, edges[i]);
		for (unsigned int bit = 0; bit <= 64; bit++) {
			u64 value = bit < 64 ? UINT64_C(1) << bit : 0;

			put(data, row->placement, value);
			put(data, row->flags, value);
			good &= agrees(t, row, data, row->size);
		}
	}
	return good;
}

static bool sweep_op(const struct vgpu_drm_table *t,
		     const struct vgpu_drm_ioctl *row)
{
	char data[256] = {};
	bool good = true;

	for (u64 op = 0; op < 300; op++) {
		put(data, row->op, op);
		good &= agrees(t, row, data, row->size);
	}
	put(data, row->op, UINT64_MAX);
	return good & agrees(t, row, data, row->size);
}

static bool sweep_random(const struct vgpu_drm_table *t,
			 const struct vgpu_drm_ioctl *row)
{
	bool good = true;
	char data[256];

	for (unsigned int i = 0; i < 2000; i++) {
		for (unsigned int j = 0; j < sizeof(data); j++)
			data[j] = rand() & rand();
		good &= agrees(t, row, data, row->size + rand() % SLACK);
	}
	return good;
}

static bool short_refused(const struct vgpu_drm_table *t,
			  const struct vgpu_drm_ioctl *row)
{
	struct vgpu_drm_request request;
	char data[256] = {};
	bool good = true;

	for (size_t size = 0; size < row->size; size++) {
		int err = vgpu_drm_decode(t, row, data, size, &request);

		if (row->effect == VGPU_DRM_DENY)
			good &= !err && request.effect == VGPU_DRM_DENY;
		else
			good &= err == -EINVAL;
		good &= agrees(t, row, data, size);
	}
	return good;
}

/* The largest size a 64-bit field can say never wraps to a small one. */
static void test_overflow(const struct vgpu_drm_table *t,
			  const struct vgpu_drm_ioctl *row)
{
	struct vgpu_drm_request request = { .bytes = 7 };
	char data[256] = {};

	put(data, row->bytes, UINT64_MAX);
	if (row->bytes.width == 8)
		ok(vgpu_drm_decode(t, row, data, row->size, &request) ==
		   -E2BIG && request.bytes == 7,
		   "%s: a size of 2^64-1 is refused", row->name);
	else
		ok(!vgpu_drm_decode(t, row, data, row->size, &request) &&
		   request.bytes >= UINT32_MAX,
		   "%s: a size of 2^32-1 fits", row->name);
}

/* A row of our own for what no driver has: a unit and a count. */
static void test_product(void)
{
	struct {
		u64 bytes;
		u32 count;
		u16 small;
		u8 tiny;
		u8 pad;
	} arg = { .bytes = 3, .count = 5, .small = 2, .tiny = 9 };
	struct vgpu_drm_ioctl row = {
		.name = "PRODUCT", .size = sizeof(arg),
		.effect = VGPU_DRM_ALLOC,
		.bytes = VGPU_DRM_FIELD(typeof(arg), bytes), .unit = 4096,
		.count = VGPU_DRM_FIELD(typeof(arg), count),
	};
	const struct vgpu_drm_table t = {
		.driver = "product", .ioctls = &row, .nioctls = 1,
		.granule = 8192,
	};
	struct vgpu_drm_request request;

	ok(!vgpu_drm_decode(&t, &row, &arg, sizeof(arg), &request) &&
	   request.bytes == 5 * 16384,
	   "each of several objects is rounded up by itself");
	arg.bytes = UINT64_C(1) << 50;
	ok(vgpu_drm_decode(&t, &row, &arg, sizeof(arg), &request) == -E2BIG,
	   "2^50 pages, five times, do not fit");
	arg.bytes = UINT64_C(1) << 52;
	arg.count = 0;
	ok(vgpu_drm_decode(&t, &row, &arg, sizeof(arg), &request) == -E2BIG,
	   "a product that wraps is refused even if nothing is asked for");
	arg.bytes = 3;
	row.count = (struct vgpu_drm_field)VGPU_DRM_FIELD(typeof(arg), small);
	ok(!vgpu_drm_decode(&t, &row, &arg, sizeof(arg), &request) &&
	   request.bytes == 2 * 16384, "a field of 16 bits");
	row.count = (struct vgpu_drm_field)VGPU_DRM_FIELD(typeof(arg), tiny);
	ok(!vgpu_drm_decode(&t, &row, &arg, sizeof(arg), &request) &&
	   request.bytes == 9 * 16384, "a field of 8 bits");
	row.count.width = 3;
	ok(vgpu_drm_decode(&t, &row, &arg, sizeof(arg), &request) == -EINVAL,
	   "a field of a width that there is not");
	row.count.width = 4;
	row.count.offset = sizeof(arg) - 3;
	ok(vgpu_drm_decode(&t, &row, &arg, sizeof(arg), &request) == -EINVAL,
	   "a field beyond the argument, though the row says it is long enough");
}

void test_rows(void)
{
	test_shape();
	for (unsigned int i = 0; i < vgpu_drm_ntables; i++) {
		const struct vgpu_drm_table *t = vgpu_drm_tables[i];

		for (unsigned int j = 0; j < t->nioctls; j++) {
			const struct vgpu_drm_ioctl *row = &t->ioctls[j];

			ok(short_refused(t, row), "%s: too short", row->name);
			ok(sweep_random(t, row), "%s: noise", row->name);
			if (row->op.width)
				ok(sweep_op(t, row), "%s: operations",
				   row->name);
			if (!row->bytes.width)
				continue;
			ok(sweep_size(t, row), "%s: sizes and placements",
			   row->name);
			test_overflow(t, row);
		}
	}
	test_product();
}
