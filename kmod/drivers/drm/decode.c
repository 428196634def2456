// SPDX-License-Identifier: GPL-2.0
/*
 * From an ioctl argument to the bytes that it will take.
 *
 * The argument is the DRM core's copy in the kernel, already padded with
 * zeroes to the driver's own size, so nothing here can change while it is
 * read. What is decoded may be more than what the driver takes: the backend
 * trues it up from the objects themselves. It must never be less, so sums
 * that do not fit are refused and never wrap.
 */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "table.h"

/* False: the argument is too short to hold it, or the table is wrong. */
static bool field_read(const void *data, size_t size,
		       struct vgpu_drm_field field, u64 *value)
{
	const u8 *at = (const u8 *)data + field.offset;
	u32 u32val;
	u16 u16val;

	if ((size_t)field.offset + field.width > size)
		return false;

	switch (field.width) {
	case 1:
		*value = *at;
		return true;
	case 2:
		memcpy(&u16val, at, sizeof(u16val));
		*value = u16val;
		return true;
	case 4:
		memcpy(&u32val, at, sizeof(u32val));
		*value = u32val;
		return true;
	case 8:
		memcpy(value, at, sizeof(*value));
		return true;
	default:
		return false;
	}
}

/*
 * Nothing is rounded to nothing, except that a size of 0 is taken as 1: some
 * drivers make a page of it, and the others refuse it themselves.
 */
static int round_to(const struct vgpu_drm_table *table, u64 granule,
		    u64 *bytes)
{
	u32 coarse = table ? table->coarse : 0;

	if (granule < PAGE_SIZE)
		granule = PAGE_SIZE;
	for (; coarse; coarse &= coarse - 1)
		if (*bytes >= (coarse & -coarse))
			granule = coarse & -coarse;
	if (!*bytes)
		*bytes = 1;
	if (__builtin_add_overflow(*bytes, granule - 1, bytes))
		return -E2BIG;
	*bytes &= ~(granule - 1);
	return 0;
}

/* The fields that say what kind of call this is; 0 where the row has none. */
struct vgpu_drm_kind {
	u64 op;
	u64 flags;
	u64 placement;
};

static bool kind_read(const struct vgpu_drm_ioctl *ioctl, const void *data,
		      size_t size, struct vgpu_drm_kind *kind)
{
	return size >= ioctl->size &&
	       (!ioctl->op.width ||
		field_read(data, size, ioctl->op, &kind->op)) &&
	       (!ioctl->flags.width ||
		field_read(data, size, ioctl->flags, &kind->flags)) &&
	       (!ioctl->placement.width ||
		field_read(data, size, ioctl->placement, &kind->placement));
}

/* Does the row have a condition that makes a call safe, and does it hold? */
static bool kind_safe(const struct vgpu_drm_ioctl *ioctl,
		      const struct vgpu_drm_kind *kind)
{
	if (!ioctl->op.width && !ioctl->safe_flags)
		return false;
	if (ioctl->op.width &&
	    (kind->op >= 64 || !(ioctl->safe_ops >> kind->op & 1)))
		return false;
	return !ioctl->safe_flags || !(kind->flags & ~ioctl->safe_flags);
}

static int decode_bytes(const struct vgpu_drm_table *table,
			const struct vgpu_drm_ioctl *ioctl, const void *data,
			size_t size, const struct vgpu_drm_kind *kind,
			u64 *bytes)
{
	bool pages = kind->placement & ioctl->pages;
	u64 granule = ioctl->granule ?: table->granule;
	u64 count = 1;

	if (!field_read(data, size, ioctl->bytes, bytes) ||
	    (ioctl->count.width &&
	     !field_read(data, size, ioctl->count, &count)))
		return -EINVAL;
	if (__builtin_mul_overflow(*bytes, pages ? PAGE_SIZE : ioctl->unit,
				   bytes))
		return -E2BIG;

	if (pages)
		granule = 4 * PAGE_SIZE;
	if (kind->flags & ioctl->coarse_flags)
		granule = ioctl->coarse;
	/* Each of several objects is rounded up by itself. */
	if (round_to(table, granule, bytes) ||
	    __builtin_mul_overflow(*bytes, count, bytes))
		return -E2BIG;
	return 0;
}

/**
 * vgpu_drm_decode - what a call of one of a driver's ioctls will take
 * @table: the driver's
 * @ioctl: the row of @table
 * @data: the argument, as the driver is about to get it
 * @size: bytes at @data
 * @request: the answer; untouched on failure
 *
 * A row that is closed is closed to arguments, operations and flags as well
 * that cannot be told. A caller whose group has no quota may be passed to the
 * driver even where this fails: the driver then says by itself what is wrong.
 * So may one with a quota after -EINVAL, where @data is shorter than the row
 * because the driver is older; what it makes is then charged as it appears.
 *
 * Context: any.
 * Return: 0, -EINVAL where @data is too short for the row, -E2BIG where its
 * sum does not fit into 64 bits.
 */
int vgpu_drm_decode(const struct vgpu_drm_table *table,
		    const struct vgpu_drm_ioctl *ioctl, const void *data,
		    size_t size, struct vgpu_drm_request *request)
{
	struct vgpu_drm_request answer = { .effect = ioctl->effect };
	struct vgpu_drm_kind kind = {};
	int err;

	if (kind_read(ioctl, data, size, &kind)) {
		if (kind_safe(ioctl, &kind))
			answer.effect = ioctl->safe;
	} else if (ioctl->effect != VGPU_DRM_DENY) {
		return -EINVAL;
	}
	answer.device = !table->own_memory || !kind.placement ||
			kind.placement & ~ioctl->system;
	if (answer.effect == VGPU_DRM_ALLOC) {
		err = decode_bytes(table, ioctl, data, size, &kind,
				   &answer.bytes);
		if (err)
			return err;
	} else if (answer.effect == VGPU_DRM_UNSIZED) {
		answer.bytes = ioctl->least;
	}

	*request = answer;
	return 0;
}

/**
 * vgpu_drm_fenced - will a fence tell the end of a submission?
 * @ioctl: a row of effect VGPU_DRM_SUBMIT
 * @data: the argument, as the driver is about to get it
 * @size: bytes at @data
 *
 * Context: any.
 */
bool vgpu_drm_fenced(const struct vgpu_drm_ioctl *ioctl, const void *data,
		     size_t size)
{
	u64 flags, count;

	if (!ioctl->fenced.width)
		return true;
	return (field_read(data, size, ioctl->fenced, &flags) &&
		flags & ioctl->fenced_flags) ||
	       (field_read(data, size, ioctl->fenced_count, &count) && count);
}

static bool begins(const char *text, const char *prefix)
{
	while (*prefix && *text == *prefix) {
		text++;
		prefix++;
	}
	return !*prefix;
}

/**
 * vgpu_drm_timeline_engine - on what class of engine work runs
 * @table: the driver's
 * @timeline: of the fence that tells its end
 *
 * Context: any.
 */
enum vgpu_engine vgpu_drm_timeline_engine(const struct vgpu_drm_table *table,
					  const char *timeline)
{
	u32 i;

	for (i = 0; i < table->ntimelines; i++)
		if (begins(timeline, table->timelines[i].prefix))
			return table->timelines[i].engine;
	return VGPU_ENGINE_COMPUTE;
}

/**
 * vgpu_drm_queue - for which queue a submission is
 * @ioctl: a row of effect VGPU_DRM_SUBMIT
 * @data: the argument, as the driver is about to get it
 * @size: bytes at @data
 * @queue: the answer
 *
 * Context: any.
 * Return: false where it does not say.
 */
bool vgpu_drm_queue(const struct vgpu_drm_ioctl *ioctl, const void *data,
		    size_t size, u64 *queue)
{
	return ioctl->queue.width &&
	       field_read(data, size, ioctl->queue, queue);
}

static enum vgpu_engine value_engine(const struct vgpu_drm_chunks *chunks,
				     u32 value)
{
	if (value < 64 && chunks->copy >> value & 1)
		return VGPU_ENGINE_COPY;
	if (value < 64 && chunks->video >> value & 1)
		return VGPU_ENGINE_VIDEO;
	return VGPU_ENGINE_COMPUTE;
}

/**
 * vgpu_drm_named_engine - what class of engine a submission says that it is for
 * @ioctl: a row of effect VGPU_DRM_SUBMIT
 * @data: the argument, as the driver is about to get it
 * @size: bytes at @data
 * @fetch: reads the caller's memory; false where it cannot
 *
 * No more than what it says. The driver reads the same memory again, and may
 * find something else there.
 *
 * Context: as @fetch needs it.
 */
enum vgpu_engine vgpu_drm_named_engine(const struct vgpu_drm_ioctl *ioctl,
				       const void *data, size_t size,
				       bool (*fetch)(void *to, u64 from,
						     size_t bytes))
{
	const struct vgpu_drm_chunks *chunks = ioctl->chunks;
	struct vgpu_drm_chunk chunk;
	u64 count, array, i, at;
	u32 value;

	if (!chunks || !field_read(data, size, chunks->count, &count) ||
	    !field_read(data, size, chunks->array, &array))
		return ioctl->engine;
	for (i = 0; i < count && i < VGPU_DRM_CHUNKS; i++) {
		if (!fetch(&at, array + i * sizeof(at), sizeof(at)) ||
		    !fetch(&chunk, at, sizeof(chunk)))
			break;
		if (chunk.id != chunks->id)
			continue;
		if (chunk.words < (chunks->offset + sizeof(value)) / 4 ||
		    !fetch(&value, chunk.data + chunks->offset, sizeof(value)))
			break;
		return value_engine(chunks, value);
	}
	return ioctl->engine;
}

/**
 * vgpu_drm_decode_dumb - what a dumb buffer will take
 * @table: the driver's, or NULL for a driver without one
 * @width: of the argument of DRM_IOCTL_MODE_CREATE_DUMB
 * @height: likewise
 * @bpp: likewise
 * @request: the answer; untouched on failure
 *
 * Context: any.
 * Return: 0, -EINVAL where the DRM core would refuse the argument as well,
 * -E2BIG where the sum does not fit into 64 bits.
 */
int vgpu_drm_decode_dumb(const struct vgpu_drm_table *table, u32 width,
			 u32 height, u32 bpp,
			 struct vgpu_drm_request *request)
{
	u64 pixels = table && table->dumb_pixels ? table->dumb_pixels : 1;
	u64 pitch = table && table->dumb_pitch ? table->dumb_pitch : 1;
	u64 coarse = table ? table->dumb_coarse : 0;
	u64 bytes;

	if (!width || !height || !bpp)
		return -EINVAL;

	/* 33 bits times 30 bits at most, and the round-up: this cannot wrap. */
	bytes = ((u64)width + pixels - 1) & ~(pixels - 1);
	bytes *= ((u64)bpp + 7) / 8;
	if (coarse && bytes > coarse)
		pitch = coarse;
	bytes = (bytes + pitch - 1) & ~(pitch - 1);
	if (__builtin_mul_overflow(bytes, height, &bytes) ||
	    round_to(table, table ? table->granule : PAGE_SIZE, &bytes))
		return -E2BIG;

	request->effect = table && table->deny_dumb ? VGPU_DRM_DENY :
						      VGPU_DRM_ALLOC;
	request->bytes = bytes;
	request->device = true;
	return 0;
}
