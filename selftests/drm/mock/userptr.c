// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers of vgpu_mock_queue that are their maker's own memory: with
 * MOCK_USERPTR in the flags of DRM_IOCTL_PANFROST_CREATE_BO what lies at its
 * offset. panfrost has no such, but amdgpu does, and whoever changes that memory
 * waits as in amdgpu_mn_invalidate_gfx(): for all fences of the buffer, under a
 * lock that each submission takes to publish its own.
 */
#include <linux/debugfs.h>
#include <linux/dma-resv.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <drm/drm_gem.h>

#include "buffers.h"

/**
 * struct mock_user - a buffer that is its owner's memory
 * @base: with its size
 * @notifier: of what becomes of that
 */
struct mock_user {
	struct drm_gem_object base;
	struct mmu_interval_notifier notifier;
};

/* Fences are published under it. Nothing is allocated: reclaim takes it. */
static DEFINE_MUTEX(notifier_lock);
static u64 invalidated;

static bool invalidate(struct mmu_interval_notifier *notifier,
		       const struct mmu_notifier_range *range,
		       unsigned long seq)
{
	struct mock_user *user = container_of(notifier, struct mock_user,
					      notifier);

	if (!mmu_notifier_range_blockable(range))
		return false;
	mutex_lock(&notifier_lock);
	mmu_interval_set_seq(notifier, seq);
	dma_resv_wait_timeout(user->base.resv, DMA_RESV_USAGE_BOOKKEEP, false,
			      MAX_SCHEDULE_TIMEOUT);
	invalidated++;
	mutex_unlock(&notifier_lock);
	return true;
}

static const struct mmu_interval_notifier_ops notifier_ops = {
	.invalidate = invalidate,
};

static void user_free(struct drm_gem_object *obj)
{
	struct mock_user *user = container_of(obj, struct mock_user, base);

	if (user->notifier.mm)
		mmu_interval_notifier_remove(&user->notifier);
	drm_gem_object_release(obj);
	kfree(user);
}

static const struct drm_gem_object_funcs user_funcs = {
	.free = user_free,
};

static struct mock_user *user_of(struct drm_gem_object *obj)
{
	return obj->funcs == &user_funcs ?
	       container_of(obj, struct mock_user, base) : NULL;
}

struct drm_gem_object *mock_user_create(struct drm_device *dev, u64 addr,
					u64 size)
{
	struct mock_user *user;
	int ret;

	if (!addr || offset_in_page(addr | size))
		return ERR_PTR(-EINVAL);
	user = kzalloc(sizeof(*user), GFP_KERNEL);
	if (!user)
		return ERR_PTR(-ENOMEM);
	user->base.funcs = &user_funcs;
	drm_gem_private_object_init(dev, &user->base, size);
	ret = mmu_interval_notifier_insert(&user->notifier, current->mm, addr,
					   size, &notifier_ops);
	if (ret) {
		drm_gem_object_put(&user->base);
		return ERR_PTR(ret);
	}
	return &user->base;
}

bool mock_is_user(struct drm_gem_object *obj)
{
	return user_of(obj);
}

static void begin_read(struct mock_use *use, unsigned long *seqs)
{
	struct mock_user *user;
	u32 i;

	for (i = 0; i < use->n; i++) {
		user = user_of(use->objects[i]);
		if (user)
			seqs[i] = mmu_interval_read_begin(&user->notifier);
	}
}

static bool changed(struct mock_use *use, const unsigned long *seqs)
{
	struct mock_user *user;
	u32 i;

	lockdep_assert_held(&notifier_lock);

	for (i = 0; i < use->n; i++) {
		user = user_of(use->objects[i]);
		if (user && mmu_interval_read_retry(&user->notifier, seqs[i]))
			return true;
	}
	return false;
}

/* No memory of theirs changes from here on. */
void mock_users_hold(struct mock_use *use)
{
	unsigned long seqs[MOCK_USE_MAX];

	for (;;) {
		begin_read(use, seqs);
		mutex_lock(&notifier_lock);
		if (!changed(use, seqs))
			return;
		mutex_unlock(&notifier_lock);
	}
}

void mock_users_release(void)
{
	mutex_unlock(&notifier_lock);
}

void mock_users_debugfs(struct dentry *dir)
{
	debugfs_create_u64("invalidated", 0400, dir, &invalidated);
}
