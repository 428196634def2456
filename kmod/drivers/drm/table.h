/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What vgpu has to know of a DRM driver: which of its ioctls create objects,
 * where the argument says how large and where they may live, which give the GPU
 * work, and which routes are closed to groups with a quota. One file of tables/
 * for each driver.
 *
 * This header and decode.c know nothing of the kernel, so that the same
 * source is tested in userspace.
 */
#ifndef _VGPU_DRM_TABLE_H
#define _VGPU_DRM_TABLE_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <asm/page.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
typedef __UINT8_TYPE__ u8;
typedef __UINT16_TYPE__ u16;
typedef __UINT32_TYPE__ u32;
typedef __UINT64_TYPE__ u64;
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE_SIZE 4096UL
#endif

#include <linux/vgpu.h>

/* An unsigned field of an ioctl argument. A width of 0 means none. */
struct vgpu_drm_field {
	u16 offset;
	u8 width;	/* bytes: 1, 2, 4 or 8 */
};

#define VGPU_DRM_FIELD(type, member)					\
	{ offsetof(type, member), sizeof(((type *)0)->member) }

/* 0, or the build fails. */
#define VGPU_DRM_PROVE(condition)					\
	((int)sizeof(struct { int:(-!(condition)); }))

/*
 * The head of a row: the ioctl's name, its number counted from
 * DRM_COMMAND_BASE, and its size in the oldest header that has it. Neither is
 * taken from the header that this is built against: that header must agree.
 */
#define VGPU_DRM_IOCTL(ioctl, number, bytes)				\
	.name = #ioctl,							\
	.nr = (number) +						\
	      VGPU_DRM_PROVE(_IOC_NR(DRM_IOCTL_##ioctl) ==		\
			     DRM_COMMAND_BASE + (number)) +		\
	      VGPU_DRM_PROVE(_IOC_TYPE(DRM_IOCTL_##ioctl) ==		\
			     DRM_IOCTL_BASE),				\
	.size = (bytes) +						\
		VGPU_DRM_PROVE(_IOC_SIZE(DRM_IOCTL_##ioctl) >= (bytes))

/* An engine by what its fences say of themselves: the first that fits counts. */
struct vgpu_drm_timeline {
	const char *prefix;
	enum vgpu_engine engine;
};

/**
 * struct vgpu_drm_chunks - how a submission names its engine behind pointers
 * @count: the field that tells how many chunks there are
 * @array: the field that points to as many pointers to struct vgpu_drm_chunk
 * @id: of the chunk that names the engine; the first of them counts
 * @offset: in its data, of 32 bits that do
 * @copy: values, by their bits, that name an engine for copies
 * @video: likewise
 */
struct vgpu_drm_chunks {
	struct vgpu_drm_field count;
	struct vgpu_drm_field array;
	u32 id;
	u16 offset;
	u64 copy;
	u64 video;
};

/* As all drivers that have chunks lay them out. */
struct vgpu_drm_chunk {
	u32 id;
	u32 words;
	u64 data;
};

#define VGPU_DRM_CHUNKS	16	/* that are looked at */

/* 0, or the build fails: a driver's chunk is as above. */
#define VGPU_DRM_CHUNK_PROVE(type)					\
	(VGPU_DRM_PROVE(sizeof(type) == sizeof(struct vgpu_drm_chunk)) + \
	 VGPU_DRM_PROVE(offsetof(type, chunk_id) == 0) +		\
	 VGPU_DRM_PROVE(offsetof(type, length_dw) == 4) +		\
	 VGPU_DRM_PROVE(offsetof(type, chunk_data) == 8))

enum vgpu_drm_effect {
	VGPU_DRM_PASS,		/* nothing that matters to memory or time */
	VGPU_DRM_ALLOC,		/* creates objects of a size that it says */
	VGPU_DRM_UNSIZED,	/* creates objects, with or without a handle;
				 * their size shows later
				 */
	VGPU_DRM_USER,		/* wraps the caller's own pages: no charge */
	VGPU_DRM_SUBMIT,	/* work whose end a fence tells, born in it */
	VGPU_DRM_DENY,		/* a route closed to groups with a quota */
};

/**
 * struct vgpu_drm_ioctl - one ioctl of a driver that vgpu cares for
 * @name: as in the driver's uapi header, less the DRM_IOCTL_ prefix
 * @nr: number, counted from DRM_COMMAND_BASE
 * @size: least size of the argument; every field used here lies within
 * @effect: what a call does, unless it is safe
 * @safe: what a safe call does. Of a row that names @op or @safe_flags, a call
 *	is safe if its operation is in @safe_ops and it sets no flag outside
 *	@safe_flags; so what is not known here is not safe
 * @op: the field that tells the operation, if there are several
 * @safe_ops: bit N set: operation N is safe
 * @flags: the field of flags, if any
 * @safe_flags: the flags that a safe call may set
 * @coarse_flags: flags with which the size is rounded up to @coarse
 * @coarse: a power of two
 * @bytes: the field that holds the size
 * @unit: bytes that 1 in @bytes stands for
 * @granule: sizes are rounded up to a multiple of this power of two; 0 means
 *	the table's
 * @fenced: of a SUBMIT row, a field of flags of which some make the driver hand
 *	out a fence; without one it always has
 * @fenced_flags: those
 * @fenced_count: a field that does so where it is not 0
 * @engine: of a SUBMIT row, the class of engine that all its work runs on. Where
 *	that differs, fences tell it by the table's @timelines; this and the two
 *	below then only say at whose gate the work waits
 * @queue: the field that names a queue whose work all runs on one class, which
 *	its fences tell
 * @chunks: where the work says itself on which engine it is to run
 * @least: bytes that an UNSIZED call must find room for: what it makes at most
 *	in the ordinary case. Objects without a handle cannot be taken back, so
 *	a group that has no room left must not begin
 * @count: a field that multiplies @bytes, if any
 * @placement: the field that says where the object may live, if any
 * @system: bits of @placement that mean system memory. No bit, or any other
 *	bit, may mean the device's own
 * @pages: bits of @placement that make 1 in @bytes stand for a page, rounded
 *	up to four
 * @unseen: what is closed leads to work that passes no gate, and so it is to
 *	groups that an operator froze, too
 */
struct vgpu_drm_ioctl {
	const char *name;
	u8 nr;
	u16 size;
	enum vgpu_drm_effect effect;
	enum vgpu_drm_effect safe;
	struct vgpu_drm_field op;
	u64 safe_ops;
	struct vgpu_drm_field flags;
	u64 safe_flags;
	u64 coarse_flags;
	u32 coarse;
	struct vgpu_drm_field bytes;
	u32 unit;
	u32 granule;
	struct vgpu_drm_field fenced;
	u64 fenced_flags;
	struct vgpu_drm_field fenced_count;
	enum vgpu_engine engine;
	struct vgpu_drm_field queue;
	const struct vgpu_drm_chunks *chunks;
	u32 least;
	struct vgpu_drm_field count;
	struct vgpu_drm_field placement;
	u64 system;
	u64 pages;
	bool unseen;
};

/**
 * struct vgpu_drm_table - one driver
 * @driver: drm_driver.name
 * @module: the module's name, where it differs from @driver; else NULL
 * @ioctls: its ioctls that matter, ordered by nr
 * @nioctls: how many
 * @granule: sizes are rounded up to a multiple of this power of two, and of
 *	the page size
 * @coarse: more powers of two, or-ed: a size that reaches some of them is
 *	rounded up to a multiple of the largest
 * @dumb_pixels: dumb buffers' width is rounded up to a multiple of this power
 *	of two, in pixels; 0 where it is not
 * @dumb_pitch: then the pitch is rounded up to a multiple of this power of
 *	two, in bytes; 0 where it is not
 * @dumb_coarse: a pitch of more than this power of two is rounded up to a
 *	multiple of it; 0 where it is not
 * @release: the function (struct drm_gem_object *) whose entry means that the
 *	memory is returned, where it is not drm_gem_object_release()
 * @abandon: the function likewise by which an object goes that was never
 *	finished and does not get as far as @release; NULL where there is none
 * @deny_dumb: dumb buffers are a route closed to groups with a quota
 * @own_memory: the device has memory of its own, so that placement matters.
 *	Unset where some devices of the driver have none
 * @timelines: engines by the names of their fences' timelines, for a driver
 *	that makes those names itself, of the engine alone; what fits none is
 *	compute. NULL where rows say the class
 * @ntimelines: how many
 * @private_objects: it creates objects that never pass drm_gem_object_init()
 * @guest: the memory of its device is another backend's to charge
 */
struct vgpu_drm_table {
	const char *driver;
	const char *module;
	const struct vgpu_drm_ioctl *ioctls;
	u32 nioctls;
	u32 granule;
	u32 coarse;
	u32 dumb_pixels;
	u32 dumb_pitch;
	u32 dumb_coarse;
	const char *release;
	const char *abandon;
	const struct vgpu_drm_timeline *timelines;
	u32 ntimelines;
	bool deny_dumb;
	bool own_memory;
	bool private_objects;
	bool guest;
};

/**
 * struct vgpu_drm_request - a decoded argument
 * @effect: what this call does; go by this, not by the row's
 * @bytes: to reserve, rounded to the driver's granule; 0 unless VGPU_DRM_ALLOC
 *	or VGPU_DRM_UNSIZED
 * @device: the objects may live in device memory
 */
struct vgpu_drm_request {
	enum vgpu_drm_effect effect;
	u64 bytes;
	bool device;
};

int vgpu_drm_decode(const struct vgpu_drm_table *table,
		    const struct vgpu_drm_ioctl *ioctl, const void *data,
		    size_t size, struct vgpu_drm_request *request);
bool vgpu_drm_fenced(const struct vgpu_drm_ioctl *ioctl, const void *data,
		     size_t size);
enum vgpu_engine vgpu_drm_timeline_engine(const struct vgpu_drm_table *table,
					  const char *timeline);
bool vgpu_drm_queue(const struct vgpu_drm_ioctl *ioctl, const void *data,
		    size_t size, u64 *queue);
enum vgpu_engine vgpu_drm_named_engine(const struct vgpu_drm_ioctl *ioctl,
				       const void *data, size_t size,
				       bool (*fetch)(void *to, u64 from,
						     size_t bytes));
int vgpu_drm_decode_dumb(const struct vgpu_drm_table *table, u32 width,
			 u32 height, u32 bpp,
			 struct vgpu_drm_request *request);

/* Every driver that has a table, in the order of their names. */
extern const struct vgpu_drm_table * const vgpu_drm_tables[];
extern const unsigned int vgpu_drm_ntables;

/* One for each file of tables/; all others go through the array above. */
extern const struct vgpu_drm_table vgpu_drm_amdgpu;
extern const struct vgpu_drm_table vgpu_drm_etnaviv;
extern const struct vgpu_drm_table vgpu_drm_i915;
extern const struct vgpu_drm_table vgpu_drm_lima;
extern const struct vgpu_drm_table vgpu_drm_msm;
extern const struct vgpu_drm_table vgpu_drm_nouveau;
extern const struct vgpu_drm_table vgpu_drm_nvidia_drm;
extern const struct vgpu_drm_table vgpu_drm_panfrost;
extern const struct vgpu_drm_table vgpu_drm_panthor;
extern const struct vgpu_drm_table vgpu_drm_radeon;
extern const struct vgpu_drm_table vgpu_drm_v3d;
extern const struct vgpu_drm_table vgpu_drm_vc4;
extern const struct vgpu_drm_table vgpu_drm_vgem;
extern const struct vgpu_drm_table vgpu_drm_virtio_gpu;
extern const struct vgpu_drm_table vgpu_drm_xe;

#endif /* _VGPU_DRM_TABLE_H */
