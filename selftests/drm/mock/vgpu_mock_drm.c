// SPDX-License-Identifier: GPL-2.0
/*
 * A mock DRM driver that calls itself amdgpu, or whatever its parameter says
 *
 * It has what no driver of a machine without a GPU has: objects placed in
 * device memory or not, objects that pass drm_gem_private_object_init() alone,
 * objects without a handle, and calls that take as long as a test wants them
 * to. Names, numbers and arguments of its ioctls are amdgpu's own; where
 * amdgpu does something with them that matters to memory, the comment says in
 * which function. It may refuse what amdgpu takes, but takes nothing that
 * amdgpu refuses. It knows nothing of what is tested with it. Objects are
 * bytes on paper: no page stands behind them.
 *
 * In /sys/kernel/debug/vgpu_mock_drm/:
 *   heap     a line for each heap: name live_bytes objects peak_bytes
 *   extra    bytes by which each object is larger than asked for
 *   objects  how many objects a call makes; the first gets the handle, and
 *            the others go with it
 *   tries    how often a call makes its first object anew and gives up the one
 *            before, as amdgpu_gem_create_ioctl() does where memory of the
 *            device is short
 *   swell    bytes by which an object is larger that is neither of the first
 *            try nor of the last
 *   fail     errno with which a call fails once it made its objects
 *   park     where a call that makes objects waits: 0 nowhere, 1 before it
 *            makes them, 2 between making them and giving out the handle
 *   parked   how many calls wait
 * A call that waits can be killed.
 */
#include <linux/debugfs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <drm/amdgpu_drm.h>
#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>

#include "vgpu_mock_lib.h"

/* Out of tree since before Linux 6.16; the head of the union is enough. */
#ifndef DRM_IOCTL_AMDGPU_USERQ
union drm_amdgpu_userq {
	struct {
		__u32 op;
		__u32 rest[17];
	} in;
};

#define AMDGPU_USERQ_OP_FREE		2
#define DRM_AMDGPU_USERQ		0x16
#define DRM_IOCTL_AMDGPU_USERQ						\
	DRM_IOWR(DRM_COMMAND_BASE + DRM_AMDGPU_USERQ, union drm_amdgpu_userq)
#endif

#define DOMAINS_UNITS	(AMDGPU_GEM_DOMAIN_GDS | AMDGPU_GEM_DOMAIN_GWS | \
			 AMDGPU_GEM_DOMAIN_OA)
#define DOMAINS		(AMDGPU_GEM_DOMAIN_CPU | AMDGPU_GEM_DOMAIN_GTT | \
			 AMDGPU_GEM_DOMAIN_VRAM | DOMAINS_UNITS)

/* Page tables made for one range: a directory and a table. */
#define RANGE_TABLES	2

enum heap { HEAP_VRAM, HEAP_GTT, HEAP_UNITS, HEAP_USER, HEAPS };

static const char *const heap_names[HEAPS] = { "vram", "gtt", "units", "user" };

enum place { PARK_NOWHERE, PARK_BEFORE, PARK_AFTER };

static struct {
	u64 live, objects, peak;
} heaps[HEAPS];
static DEFINE_SPINLOCK(heaps_lock);	/* protects heaps */

static u64 extra;
static u32 objects = 1;
static u32 tries = 1;
static u64 swell;
static u32 fail;
static u64 park;
static u32 parked;
static DEFINE_SPINLOCK(park_lock);	/* protects parked */
static DECLARE_WAIT_QUEUE_HEAD(park_wait);

/**
 * struct mock_object - memory of the device, or bound to it
 * @base: with its size
 * @heap: where it counts
 * @link: in @with of the object of the same call that has the handle, or in
 *	the page tables of a file
 * @with: the other objects of the call that made this one; owned
 */
struct mock_object {
	struct drm_gem_object base;
	enum heap heap;
	struct list_head link;
	struct list_head with;
};

/**
 * struct mock_tables - an open file
 * @lock: protects @tables
 * @tables: page tables, which have no handle; owned
 */
struct mock_tables {
	struct mutex lock;	/* protects tables */
	struct list_head tables;
};

static struct mock_device device;
static struct dentry *dir;

static void heap_add(enum heap heap, s64 bytes, int n)
{
	spin_lock(&heaps_lock);
	heaps[heap].live += bytes;
	heaps[heap].objects += n;
	heaps[heap].peak = max(heaps[heap].peak, heaps[heap].live);
	spin_unlock(&heaps_lock);
}

static void list_free(struct list_head *list)
{
	struct mock_object *object, *next;

	list_for_each_entry_safe(object, next, list, link) {
		list_del(&object->link);
		drm_gem_object_put(&object->base);
	}
}

static void object_end(struct mock_object *object)
{
	list_free(&object->with);
	heap_add(object->heap, -(s64)object->base.size, -1);
	drm_gem_object_release(&object->base);
}

static void object_free(struct drm_gem_object *obj)
{
	struct mock_object *object = container_of(obj, struct mock_object,
						  base);

	object_end(object);
	kfree(object);
}

static const struct drm_gem_object_funcs object_funcs = {
	.free = object_free,
};

/* As in amdgpu_bo_create(): a private object, and no errors after that. */
static struct mock_object *object_create(u64 bytes, enum heap heap)
{
	struct mock_object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	if (!object)
		return NULL;
	object->heap = heap;
	INIT_LIST_HEAD(&object->link);
	INIT_LIST_HEAD(&object->with);
	object->base.funcs = &object_funcs;
	drm_gem_private_object_init(device.drm, &object->base, bytes);
	heap_add(heap, bytes, 1);
	return object;
}

static void count_parked(int by)
{
	spin_lock(&park_lock);
	parked += by;
	spin_unlock(&park_lock);
}

static int park_at(enum place place)
{
	int ret;

	if (READ_ONCE(park) != place)
		return 0;
	count_parked(1);
	ret = wait_event_killable(park_wait, READ_ONCE(park) != place);
	count_parked(-1);
	return ret;
}

/*
 * The last of several tries. The others are gone, but not their addresses: TTM
 * may free a buffer long after it let go of its memory.
 */
static struct mock_object *object_try(u64 bytes, enum heap heap)
{
	struct mock_object *object, *given, *next;
	u32 i, n = READ_ONCE(tries);
	LIST_HEAD(given_up);

	for (i = 1; i < n; i++) {
		object = object_create(bytes + (i > 1 ? READ_ONCE(swell) : 0),
				       heap);
		if (!object)
			break;
		object_end(object);
		list_add(&object->link, &given_up);
	}
	object = object_create(bytes, heap);
	list_for_each_entry_safe(given, next, &given_up, link)
		kfree(given);
	return object;
}

/* What every ioctl that makes an object with a handle comes down to. */
static int make(struct drm_file *file, u64 bytes, enum heap heap, u32 *handle)
{
	struct mock_object *first, *other;
	u32 i, n = READ_ONCE(objects);
	int ret;

	bytes += READ_ONCE(extra);
	ret = park_at(PARK_BEFORE);
	if (ret)
		return ret;
	first = object_try(bytes, heap);
	if (!first)
		return -ENOMEM;
	for (i = 1; i < n; i++) {
		other = object_create(bytes, heap);
		if (!other) {
			ret = -ENOMEM;
			goto out;
		}
		list_add(&other->link, &first->with);
	}
	ret = park_at(PARK_AFTER) ?: -(int)READ_ONCE(fail);
	if (!ret)
		ret = drm_gem_handle_create(file, &first->base, handle);
out:
	drm_gem_object_put(&first->base);
	return ret;
}

/*
 * Sizes as in amdgpu_bo_create(): units of GDS, GWS and OA are pages there,
 * and memory comes in pages. Placement as in amdgpu_bo_placement_from_domain().
 */
static int gem_create(struct drm_device *dev, void *data,
		      struct drm_file *file)
{
	union drm_amdgpu_gem_create *args = data;
	u64 domains = args->in.domains, bytes = args->in.bo_size;
	enum heap heap = HEAP_GTT;

	if (!bytes || bytes > S64_MAX >> PAGE_SHIFT || domains & ~DOMAINS)
		return -EINVAL;
	if (domains & DOMAINS_UNITS) {
		heap = HEAP_UNITS;
		if (domains & AMDGPU_GEM_DOMAIN_GDS)
			bytes = ALIGN(bytes, 4);
		bytes <<= PAGE_SHIFT;
	} else if (domains & AMDGPU_GEM_DOMAIN_VRAM) {
		heap = HEAP_VRAM;
	}
	memset(args, 0, sizeof(*args));
	return make(file, PAGE_ALIGN(bytes), heap, &args->out.handle);
}

/* amdgpu_vm_update_range() allocates what page tables the range lacks. */
static int gem_va(struct drm_device *dev, void *data, struct drm_file *file)
{
	struct mock_tables *priv = file->driver_priv;
	struct drm_amdgpu_gem_va *args = data;
	struct mock_object *table;
	int i;

	if (args->operation < AMDGPU_VA_OP_MAP ||
	    args->operation > AMDGPU_VA_OP_REPLACE)
		return -EINVAL;
	if (args->operation == AMDGPU_VA_OP_UNMAP)
		return 0;
	for (i = 0; i < RANGE_TABLES; i++) {
		table = object_create(PAGE_SIZE, HEAP_VRAM);
		if (!table)
			return -ENOMEM;
		mutex_lock(&priv->lock);
		list_add(&table->link, &priv->tables);
		mutex_unlock(&priv->lock);
	}
	return 0;
}

/* amdgpu_gem_op_ioctl() tells what a buffer is, or moves it. */
static int gem_op(struct drm_device *dev, void *data, struct drm_file *file)
{
	struct drm_amdgpu_gem_op *args = data;
	struct drm_gem_object *obj = drm_gem_object_lookup(file, args->handle);
	int ret = 0;

	if (!obj)
		return -ENOENT;
	if (args->op > AMDGPU_GEM_OP_SET_PLACEMENT)
		ret = -EINVAL;
	drm_gem_object_put(obj);
	return ret;
}

/* amdgpu_gem_userptr_ioctl() makes a buffer around the caller's pages. */
static int gem_userptr(struct drm_device *dev, void *data,
		       struct drm_file *file)
{
	struct drm_amdgpu_gem_userptr *args = data;

	if (!args->size || offset_in_page(args->addr | args->size))
		return -EINVAL;
	return make(file, args->size, HEAP_USER, &args->handle);
}

/* amdgpu_userq_ioctl(): a queue of the caller's own, without any memory. */
static int userq(struct drm_device *dev, void *data, struct drm_file *file)
{
	const union drm_amdgpu_userq *args = data;

	return args->in.op <= AMDGPU_USERQ_OP_FREE ? 0 : -EINVAL;
}

static const struct drm_ioctl_desc ioctls[] = {
	DRM_IOCTL_DEF_DRV(AMDGPU_GEM_CREATE, gem_create, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(AMDGPU_GEM_VA, gem_va, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(AMDGPU_GEM_OP, gem_op, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(AMDGPU_GEM_USERPTR, gem_userptr, DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(AMDGPU_USERQ, userq, DRM_RENDER_ALLOW),
};

/* The pitch as in amdgpu_gem_align_pitch(), in device memory. */
static int dumb_create(struct drm_file *file, struct drm_device *dev,
		       struct drm_mode_create_dumb *args)
{
	u32 cpp = DIV_ROUND_UP(args->bpp, 8);
	u32 pixels = cpp == 1 ? 256 : cpp == 2 ? 128 : 64;

	args->pitch = ALIGN(args->width, pixels) * cpp;
	args->size = PAGE_ALIGN((u64)args->pitch * args->height);
	return make(file, args->size, HEAP_VRAM, &args->handle);
}

static int file_open(struct drm_device *dev, struct drm_file *file)
{
	struct mock_tables *priv = kzalloc(sizeof(*priv), GFP_KERNEL);

	if (!priv)
		return -ENOMEM;
	mutex_init(&priv->lock);
	INIT_LIST_HEAD(&priv->tables);
	file->driver_priv = priv;
	return 0;
}

static void file_postclose(struct drm_device *dev, struct drm_file *file)
{
	struct mock_tables *priv = file->driver_priv;

	list_free(&priv->tables);
	kfree(priv);
}

DEFINE_DRM_GEM_FOPS(fops);

static char *name = "amdgpu";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "what the driver calls itself (default amdgpu)");

static struct drm_driver driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER,
	.desc = "mock of amdgpu",
#ifdef MOCK_DRIVER_DATE
	.date = "20260101",
#endif
	.open = file_open,
	.postclose = file_postclose,
	.dumb_create = dumb_create,
	.ioctls = ioctls,
	.num_ioctls = ARRAY_SIZE(ioctls),
	.fops = &fops,
};

static int heap_show(struct seq_file *m, void *v)
{
	int i;

	for (i = 0; i < HEAPS; i++) {
		spin_lock(&heaps_lock);
		seq_printf(m, "%s %llu %llu %llu\n", heap_names[i],
			   heaps[i].live, heaps[i].objects, heaps[i].peak);
		spin_unlock(&heaps_lock);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(heap);

static int park_get(void *data, u64 *value)
{
	*value = READ_ONCE(park);
	return 0;
}

static int park_set(void *data, u64 value)
{
	if (value > PARK_AFTER)
		return -EINVAL;
	WRITE_ONCE(park, value);
	wake_up_all(&park_wait);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(park_fops, park_get, park_set, "%llu\n");

static void debugfs_make(void)
{
	dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	debugfs_create_file("heap", 0400, dir, NULL, &heap_fops);
	debugfs_create_u64("extra", 0600, dir, &extra);
	debugfs_create_u32("objects", 0600, dir, &objects);
	debugfs_create_u32("tries", 0600, dir, &tries);
	debugfs_create_u64("swell", 0600, dir, &swell);
	debugfs_create_u32("fail", 0600, dir, &fail);
	debugfs_create_file_unsafe("park", 0600, dir, NULL, &park_fops);
	debugfs_create_u32("parked", 0400, dir, &parked);
}

static int __init mock_init(void)
{
	int ret;

	driver.name = name;
	ret = vgpu_mock_device_create(&device, &driver, KBUILD_MODNAME, NULL);
	if (ret)
		return ret;
	debugfs_make();
	return 0;
}

/* No file is open, and so no object is left, or this module were in use. */
static void __exit mock_exit(void)
{
	debugfs_remove_recursive(dir);
	drm_dev_unregister(device.drm);
	vgpu_mock_device_destroy(&device);
}

module_init(mock_init);
module_exit(mock_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("A mock DRM driver that calls itself amdgpu");
