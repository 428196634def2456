// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzing of the DRM argument decoder: the first bytes choose a table and a
 * row, or a dumb buffer; the rest is the argument, in memory of just that
 * size. The answer must be the model's, not merely no crash.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../drm/decode/model.h"

#define u128 unsigned __int128

static void expect(bool good, const char *what, const char *where)
{
	if (good)
		return;
	fprintf(stderr, "%s: %s\n", where, what);
	abort();
}

static void fuzz_dumb(const struct vgpu_drm_table *table, const u8 *data,
		      size_t size)
{
	struct vgpu_drm_request request = { .bytes = 1 };
	u32 args[3] = {};
	u128 least;
	int err;

	memcpy(args, data, size < sizeof(args) ? size : sizeof(args));
	err = vgpu_drm_decode_dumb(table, args[0], args[1], args[2], &request);
	least = (u128)args[0] * args[1] * args[2] / 8;
	expect(err != -EINVAL || !args[0] || !args[1] || !args[2],
	       "refused for no reason", table->driver);
	expect(err || request.bytes >= least, "less than the pixels take",
	       table->driver);
	expect(err || !(request.bytes % PAGE_SIZE), "not in pages",
	       table->driver);
}

/* What a submission points to is what is fuzzed, wherever it points. */
static const u8 *memory;
static size_t memory_size;

static bool fetch(void *to, u64 from, size_t bytes)
{
	if (from > memory_size || bytes > memory_size - from)
		return false;
	memcpy(to, memory + from, bytes);
	return true;
}

static void fuzz_engine(const struct vgpu_drm_ioctl *row, const u8 *data,
			size_t size)
{
	enum vgpu_engine engine;
	u64 queue;

	memory = data;
	memory_size = size;
	engine = vgpu_drm_named_engine(row, data, size, fetch);
	expect(engine <= VGPU_ENGINE_VIDEO, "no engine", row->name);
	expect(row->chunks || engine == row->engine, "another engine",
	       row->name);
	expect(!vgpu_drm_queue(row, data, size, &queue) || row->queue.width,
	       "a queue from nowhere", row->name);
}

static void fuzz_row(const struct vgpu_drm_table *table,
		     const struct vgpu_drm_ioctl *row, const u8 *data,
		     size_t size)
{
	struct vgpu_drm_request got = {}, want;
	u8 *copy = malloc(size ? size : 1);
	int err, werr;

	if (size)
		memcpy(copy, data, size);
	err = vgpu_drm_decode(table, row, copy, size, &got);
	werr = model_decode(table, row, copy, size, &want);
	fuzz_engine(row, copy, size);
	free(copy);
	expect(err == werr, "another verdict than the model's", row->name);
	if (err)
		return;
	expect(got.effect == want.effect, "another effect", row->name);
	expect(got.bytes == want.bytes, "another size", row->name);
	expect(got.device == want.device, "another memory", row->name);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const struct vgpu_drm_table *table;

	if (size < 2)
		return -1;
	table = vgpu_drm_tables[data[0] % vgpu_drm_ntables];
	if (data[1] % 4 && table->nioctls)
		fuzz_row(table, &table->ioctls[data[1] / 4 % table->nioctls],
			 data + 2, size - 2);
	else
		fuzz_dumb(table, data + 2, size - 2);
	return 0;
}
