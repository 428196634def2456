/* SPDX-License-Identifier: GPL-2.0 */
/* What the jobs of vgpu_mock_queue work on, and who waits for them. */
#ifndef MOCK_BUFFERS_H
#define MOCK_BUFFERS_H

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/types.h>
#include <linux/ww_mutex.h>

#define MOCK_USERPTR	BIT(31)
#define MOCK_USE_MAX	64

struct dentry;
struct dma_fence;
struct drm_device;
struct drm_file;
struct drm_gem_object;
struct drm_panfrost_submit;
struct drm_syncobj;

/**
 * struct mock_use - the buffers of one submission, with their reservations held
 * @objects: owned, as is each of them
 * @n: of them
 * @out: owned; NULL if nobody asks for the end
 * @ctx: of the reservations
 */
struct mock_use {
	struct drm_gem_object **objects;
	u32 n;
	struct drm_syncobj *out;
	struct ww_acquire_ctx ctx;
};

int mock_use_begin(struct mock_use *use, struct drm_file *file,
		   const struct drm_panfrost_submit *args);
void mock_use_publish(struct mock_use *use, struct dma_fence *fence);
void mock_use_end(struct mock_use *use);

int mock_buffer_create(struct drm_device *dev, void *data,
		       struct drm_file *file);
struct drm_gem_object *mock_buffer_alloc(struct drm_device *dev, size_t size);

#ifdef CONFIG_MMU_NOTIFIER
struct drm_gem_object *mock_user_create(struct drm_device *dev, u64 addr,
					u64 size);
bool mock_is_user(struct drm_gem_object *obj);
void mock_users_hold(struct mock_use *use);
void mock_users_release(void);
void mock_users_debugfs(struct dentry *dir);
#else
static inline struct drm_gem_object *mock_user_create(struct drm_device *dev,
						      u64 addr, u64 size)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline bool mock_is_user(struct drm_gem_object *obj)
{
	return false;
}

static inline void mock_users_hold(struct mock_use *use) {}
static inline void mock_users_release(void) {}
static inline void mock_users_debugfs(struct dentry *dir) {}
#endif

int mock_buffers_init(void);
void mock_buffers_debugfs(struct dentry *dir);
void mock_buffers_exit(void);

#endif /* MOCK_BUFFERS_H */
