// SPDX-License-Identifier: GPL-2.0
/*
 * On which class of engine work runs.
 *
 * Some drivers have an ioctl for each. With others the tenant says it: behind
 * pointers, where it may say another thing a moment later, or when it makes a
 * queue. There only the driver knows, and it tells in the name of the timeline of
 * the fence that it makes for the work. So what work is charged to goes by the
 * fence, and what the tenant says only tells at which gate the work waits.
 * vgpu_time_move() sees to it that nothing is gained where the two differ.
 *
 * Of queues it is remembered what their fences said last, in a table that may
 * forget: a queue that it has forgotten, or another that was made since by the
 * same number, is taken for compute or for what it was, until its next fence.
 */
#include <linux/dma-fence.h>
#include <linux/hash.h>
#include <linux/rcupdate.h>
#include <linux/uaccess.h>

#include "../../compat.h"
#include "backend.h"

#define QUEUES_BITS	10

/* For each queue what it is known by, the class in the two lowest bits. */
static u32 queues[1 << QUEUES_BITS];

/* Where it stands, or would, and what it is known by there. */
static u32 *queue_at(const struct drm_file *file, u64 queue, u32 *tag)
{
	u64 hash = hash_64(hash_64((unsigned long)file, 64) + queue, 64);

	*tag = (u32)hash & ~3U;
	return &queues[hash >> (64 - QUEUES_BITS)];
}

/* Of what is not in memory nothing is known: nobody waits for a tenant here. */
static bool fetch(void *to, u64 from, size_t bytes)
{
	const void __user *at = u64_to_user_ptr(from);
	unsigned long left;

	if (!access_ok(at, bytes))
		return false;
	pagefault_disable();
	left = __copy_from_user_inatomic(to, at, bytes);
	pagefault_enable();
	return !left;
}

/**
 * vgpu_drm_engine_guess - for what class of engine a submission seems to be
 * @hook: on the ioctl
 * @data: its argument
 * @file: whose
 *
 * Where the table has no timelines this is what it is.
 *
 * Context: A process.
 */
enum vgpu_engine vgpu_drm_engine_guess(const struct vgpu_drm_hook *hook,
				       const void *data,
				       const struct drm_file *file)
{
	const struct vgpu_drm_ioctl *ioctl = hook->ioctl;
	u32 tag, known;
	u64 queue;

	if (ioctl->chunks)
		return vgpu_drm_named_engine(ioctl, data, hook->size, fetch);
	if (!vgpu_drm_queue(ioctl, data, hook->size, &queue))
		return ioctl->engine;
	known = READ_ONCE(*queue_at(file, queue, &tag));
	return (known & ~3U) == tag ? known & 3 : ioctl->engine;
}

/**
 * vgpu_drm_engine_learn - what class of engine a submission was for
 * @hook: on the ioctl
 * @data: its argument
 * @file: whose
 * @engine: as its fence said
 *
 * Context: any.
 */
void vgpu_drm_engine_learn(const struct vgpu_drm_hook *hook, const void *data,
			   const struct drm_file *file,
			   enum vgpu_engine engine)
{
	u64 queue;
	u32 tag, *at;

	if (!vgpu_drm_queue(hook->ioctl, data, hook->size, &queue))
		return;
	at = queue_at(file, queue, &tag);
	WRITE_ONCE(*at, tag | engine);
}

/**
 * vgpu_drm_engine_of - on what class of engine the work of a fence runs
 * @table: of the driver that is just making it; it has timelines
 * @fence: initialised
 *
 * Context: any; inside the driver's call, where it can be asked for the name.
 */
enum vgpu_engine vgpu_drm_engine_of(const struct vgpu_drm_table *table,
				    struct dma_fence *fence)
{
	enum vgpu_engine engine;

	rcu_read_lock();
	engine = vgpu_drm_timeline_engine(table, vgpu_fence_timeline(fence));
	rcu_read_unlock();
	return engine;
}
