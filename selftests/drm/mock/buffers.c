// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers of vgpu_mock_queue. Who wants their memory back waits for the jobs
 * that use them, as real drivers have it:
 *
 * A shrinker, which memory reclaim calls. It passes over a buffer whose
 * reservation it does not get at once, and waits for the fences of the others,
 * as that of msm does (active_evict() in msm_gem_shrinker.c) and, where it may
 * unbind what is active, that of i915. No page really goes; a job that uses the
 * buffer brings it back.
 *
 * An MMU notifier, for a buffer that is the caller's own memory (userptr.c).
 *
 * Whoever shares a buffer, by a dma-buf: a job's fence is the one to wait for,
 * to read or to write, as panfrost_attach_object_fences() has it. And whoever
 * has the sync object that a submission names.
 */
#include <linux/debugfs.h>
#include <linux/dma-resv.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_gem_shmem_helper.h>
#include <drm/drm_syncobj.h>
#include <drm/panfrost_drm.h>

#include "buffers.h"

/**
 * struct mock_buffer - a buffer with pages of its own
 * @shmem: with them
 * @link: in @buffers
 * @used: since it was reclaimed last
 */
struct mock_buffer {
	struct drm_gem_shmem_object shmem;
	struct list_head link;
	bool used;
};

static LIST_HEAD(buffers);
static DEFINE_SPINLOCK(buffers_lock);	/* protects it and what is in it */

static u64 reclaimed;
static u64 skipped;

#ifdef MOCK_SHRINKER_ALLOC
static struct shrinker *shrinker;
#else
static struct shrinker shrinker;
#endif

static struct mock_buffer *buffer_of(struct drm_gem_object *obj)
{
	return container_of(to_drm_gem_shmem_obj(obj), struct mock_buffer,
			    shmem);
}

static void buffer_free(struct drm_gem_object *obj)
{
	struct mock_buffer *buffer = buffer_of(obj);

	spin_lock(&buffers_lock);
	list_del(&buffer->link);
	spin_unlock(&buffers_lock);
	drm_gem_shmem_free(&buffer->shmem);
}

static const struct drm_gem_object_funcs buffer_funcs = {
	.free = buffer_free,
	.print_info = drm_gem_shmem_object_print_info,
	.pin = drm_gem_shmem_object_pin,
	.unpin = drm_gem_shmem_object_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = drm_gem_shmem_object_vmap,
	.vunmap = drm_gem_shmem_object_vunmap,
	.mmap = drm_gem_shmem_object_mmap,
	.vm_ops = &drm_gem_shmem_vm_ops,
};

/* What drm_gem_shmem_create() begins with. */
struct drm_gem_object *mock_buffer_alloc(struct drm_device *dev, size_t size)
{
	struct mock_buffer *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);

	if (!buffer)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&buffer->link);
	buffer->shmem.base.funcs = &buffer_funcs;
	return &buffer->shmem.base;
}

static struct drm_gem_object *buffer_create(struct drm_device *dev, u64 size)
{
	struct drm_gem_shmem_object *shmem = drm_gem_shmem_create(dev, size);

	if (IS_ERR(shmem))
		return ERR_CAST(shmem);
	spin_lock(&buffers_lock);
	list_add_tail(&buffer_of(&shmem->base)->link, &buffers);
	spin_unlock(&buffers_lock);
	return &shmem->base;
}

int mock_buffer_create(struct drm_device *dev, void *data,
		       struct drm_file *file)
{
	struct drm_panfrost_create_bo *args = data;
	struct drm_gem_object *obj;
	int ret;

	if (!args->size || args->pad || args->flags & ~MOCK_USERPTR)
		return -EINVAL;
	obj = args->flags ? mock_user_create(dev, args->offset, args->size) :
			    buffer_create(dev, args->size);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	ret = drm_gem_handle_create(file, obj, &args->handle);
	drm_gem_object_put(obj);
	return ret;
}

static void use_put(struct mock_use *use)
{
	u32 i;

	for (i = 0; i < use->n; i++)
		drm_gem_object_put(use->objects[i]);
	kvfree(use->objects);
	if (use->out)
		drm_syncobj_put(use->out);
}

static int use_find(struct mock_use *use, struct drm_file *file,
		    const struct drm_panfrost_submit *args)
{
	int ret;

	if (args->bo_handle_count > MOCK_USE_MAX)
		return -EINVAL;
	if (args->bo_handle_count) {
		ret = drm_gem_objects_lookup(file,
					     u64_to_user_ptr(args->bo_handles),
					     args->bo_handle_count,
					     &use->objects);
		if (ret)
			return ret;
		use->n = args->bo_handle_count;
	}
	if (args->out_sync) {
		use->out = drm_syncobj_find(file, args->out_sync);
		if (!use->out)
			return -ENODEV;
	}
	return 0;
}

static int use_lock(struct mock_use *use)
{
	int ret;
	u32 i;

	if (!use->n)
		return 0;
	ret = drm_gem_lock_reservations(use->objects, use->n, &use->ctx);
	if (ret)
		return ret;
	for (i = 0; i < use->n && !ret; i++)
		ret = dma_resv_reserve_fences(use->objects[i]->resv, 1);
	if (ret)
		drm_gem_unlock_reservations(use->objects, use->n, &use->ctx);
	return ret;
}

/* Before a submission has any fence. */
int mock_use_begin(struct mock_use *use, struct drm_file *file,
		   const struct drm_panfrost_submit *args)
{
	int ret;

	use->objects = NULL;
	use->n = 0;
	use->out = NULL;
	ret = use_find(use, file, args) ?: use_lock(use);
	if (ret)
		use_put(use);
	return ret;
}

static void publish(struct drm_gem_object *obj, struct dma_fence *fence)
{
	dma_resv_add_fence(obj->resv, fence, DMA_RESV_USAGE_WRITE);
	if (mock_is_user(obj))
		return;
	spin_lock(&buffers_lock);
	buffer_of(obj)->used = true;
	spin_unlock(&buffers_lock);
}

/* Of the submission's last job, which cannot fail any more. */
void mock_use_publish(struct mock_use *use, struct dma_fence *fence)
{
	u32 i;

	mock_users_hold(use);
	for (i = 0; i < use->n; i++)
		publish(use->objects[i], fence);
	mock_users_release();
	if (use->out)
		drm_syncobj_replace_fence(use->out, fence);
}

void mock_use_end(struct mock_use *use)
{
	if (use->n)
		drm_gem_unlock_reservations(use->objects, use->n, &use->ctx);
	use_put(use);
}

static unsigned long shrinker_count(struct shrinker *unused,
				    struct shrink_control *sc)
{
	struct mock_buffer *buffer;
	unsigned long pages = 0;

	spin_lock(&buffers_lock);
	list_for_each_entry(buffer, &buffers, link)
		if (buffer->used)
			pages += buffer->shmem.base.size >> PAGE_SHIFT;
	spin_unlock(&buffers_lock);
	return pages ?: SHRINK_EMPTY;
}

/* The next that is used, with a reference; what was looked at is behind it. */
static struct mock_buffer *next_used(struct list_head *seen)
{
	struct mock_buffer *buffer, *next;

	lockdep_assert_held(&buffers_lock);

	list_for_each_entry_safe(buffer, next, &buffers, link) {
		list_move_tail(&buffer->link, seen);
		if (buffer->used &&
		    kref_get_unless_zero(&buffer->shmem.base.refcount))
			return buffer;
	}
	return NULL;
}

/* Its pages, once it is idle. */
static unsigned long evict(struct mock_buffer *buffer, bool wait)
{
	struct dma_resv *resv = buffer->shmem.base.resv;
	bool idle;

	if (!dma_resv_trylock(resv)) {
		skipped++;
		return 0;
	}
	idle = dma_resv_wait_timeout(resv, DMA_RESV_USAGE_BOOKKEEP, false,
				     wait ? MAX_SCHEDULE_TIMEOUT : 0) > 0;
	if (idle) {
		spin_lock(&buffers_lock);
		buffer->used = false;
		spin_unlock(&buffers_lock);
		reclaimed++;
	}
	dma_resv_unlock(resv);
	return idle ? buffer->shmem.base.size >> PAGE_SHIFT : 0;
}

static unsigned long shrinker_scan(struct shrinker *unused,
				   struct shrink_control *sc)
{
	bool wait = sc->gfp_mask & __GFP_DIRECT_RECLAIM && !current_is_kswapd();
	struct mock_buffer *buffer;
	unsigned long freed = 0;
	LIST_HEAD(seen);

	spin_lock(&buffers_lock);
	while (freed < sc->nr_to_scan && (buffer = next_used(&seen))) {
		spin_unlock(&buffers_lock);
		freed += evict(buffer, wait);
		drm_gem_object_put(&buffer->shmem.base);
		spin_lock(&buffers_lock);
	}
	list_splice_tail(&seen, &buffers);
	spin_unlock(&buffers_lock);
	return freed ?: SHRINK_STOP;
}

static int shrinker_start(void)
{
#ifdef MOCK_SHRINKER_ALLOC
	shrinker = shrinker_alloc(0, KBUILD_MODNAME);
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = shrinker_count;
	shrinker->scan_objects = shrinker_scan;
	shrinker_register(shrinker);
	return 0;
#else
	shrinker.count_objects = shrinker_count;
	shrinker.scan_objects = shrinker_scan;
	shrinker.seeks = DEFAULT_SEEKS;
	return register_shrinker(&shrinker, KBUILD_MODNAME);
#endif
}

static void shrinker_stop(void)
{
#ifdef MOCK_SHRINKER_ALLOC
	shrinker_free(shrinker);
#else
	unregister_shrinker(&shrinker);
#endif
}

int mock_buffers_init(void)
{
	return shrinker_start();
}

void mock_buffers_debugfs(struct dentry *dir)
{
	debugfs_create_u64("reclaimed", 0400, dir, &reclaimed);
	debugfs_create_u64("skipped", 0400, dir, &skipped);
	mock_users_debugfs(dir);
}

/* No file is open, but what was exported may be left, which keeps us. */
void mock_buffers_exit(void)
{
	shrinker_stop();
}
