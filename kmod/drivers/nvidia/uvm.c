// SPDX-License-Identifier: GPL-2.0
/*
 * Managed memory: nvidia-uvm.ko.
 *
 * UVM moves managed pages to a GPU on demand, in fault handlers that serve
 * many tenants at once. To refuse there would evict or cancel somebody else's
 * work, so nothing is ever refused there. What counts is the commitment: the
 * whole of a managed mapping is charged when it is made, on every GPU that its
 * VA space has registered, and a GPU that registers later is charged for all
 * that there is. Pages in system memory thus count, too; a quota on managed
 * memory bounds what a tenant could bring to the GPU.
 *
 * The operator may have it otherwise (vgpu_call_managed()): no managed memory at
 * all, or none of it charged.
 *
 * Memory that was allocated from RM and is only mapped here (external ranges)
 * is charged already; UVM's own duplicate of its handle is one reference more
 * to it (uvm_dup.c). Semaphore pools are made by an ioctl of their own and are
 * no managed ranges.
 *
 * A VA space is known by the open file that it belongs to, a range by the
 * driver's pointer. Entries: uvm_va_range.c, uvm_gpu.c, uvm.c of
 * kernel-open/nvidia-uvm, nv_uvm_interface.c of kernel-open/nvidia; the same
 * names and arguments from 535 to 595.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/slab.h>

#include "../../object.h"
#include "../../view.h"
#include "backend.h"

#define UVM_MAX_GPUS		32
#define UVM_INIT_DISABLE_HMM	1ull

enum {
	UVM_ROUTE_MANAGED,
	UVM_ROUTE_REGISTER,
	UVM_ROUTES,
};

static struct vgpu_route uvm_routes[UVM_ROUTES] = {
	{ .name = "managed memory", .state = VGPU_ROUTE_STATE_ENFORCED },
	{ .name = "unknown GPU", .state = VGPU_ROUTE_STATE_DENIED },
};

/**
 * struct space - a VA space
 * @hash: in the table by @file, under uvm_lock; out of it once that is closed
 * @refs: one while it is in the table, and one of each range
 * @file: its open file, never dereferenced
 * @serial: held while UVM registers or unregisters a GPU, so that it and @gpus
 *	agree; above mmap_lock and @lock
 * @lock: protects all below and what its ranges are charged; none but the tenant
 *	waits for it, and charges and memory may be waited for under it
 * @ranges: its managed ranges
 * @gpus: registered
 * @uuids: by which UVM knows each: not the GPU's where it is an instance
 * @ngpus: how many
 */
struct space {
	struct hlist_node hash;
	refcount_t refs;
	const struct file *file;
	struct mutex serial;	/* of calls that change @gpus */
	struct mutex lock;	/* protects what follows */
	struct list_head ranges;
	struct nv_gpu *gpus[UVM_MAX_GPUS];
	u8 uuids[UVM_MAX_GPUS][16];
	unsigned int ngpus;
};

/**
 * struct managed - a managed range
 * @hash: in the table by @key, under uvm_lock, while UVM has it
 * @key: the driver's pointer, never dereferenced
 * @list: in its space's @ranges
 * @space: its own
 * @start: first byte
 * @end: last byte
 * @charges: one for each of the space's GPUs, in their order
 */
struct managed {
	struct hlist_node hash;
	const void *key;
	struct list_head list;
	struct space *space;
	u64 start;
	u64 end;
	struct nv_mem *charges[UVM_MAX_GPUS];
};

/* Protects the tables, for as long as it takes to look something up there. */
static DEFINE_MUTEX(uvm_lock);
static DEFINE_HASHTABLE(spaces, 8);
static DEFINE_HASHTABLE(ranges, 10);

static struct vgpu_driver uvm_driver;

static struct space *find_space(const struct file *file)
{
	struct space *space;

	lockdep_assert_held(&uvm_lock);

	hash_for_each_possible(spaces, space, hash, (unsigned long)file)
		if (space->file == file)
			return space;
	return NULL;
}

static struct space *new_space(const struct file *file)
{
	struct space *space = kzalloc(sizeof(*space), GFP_KERNEL_ACCOUNT);

	if (!space)
		return NULL;
	refcount_set(&space->refs, 1);
	space->file = file;
	mutex_init(&space->serial);
	mutex_init(&space->lock);
	INIT_LIST_HEAD(&space->ranges);
	return space;
}

/* There for as long as the file is open. */
static struct space *space_of(const struct file *file)
{
	struct space *space, *fresh;

	mutex_lock(&uvm_lock);
	space = find_space(file);
	mutex_unlock(&uvm_lock);
	if (space)
		return space;
	fresh = new_space(file);
	if (!fresh)
		return NULL;
	mutex_lock(&uvm_lock);
	space = find_space(file);
	if (!space) {
		space = fresh;
		hash_add(spaces, &space->hash, (unsigned long)file);
	}
	mutex_unlock(&uvm_lock);
	if (space != fresh)
		kfree(fresh);
	return space;
}

static void put_space(struct space *space)
{
	if (refcount_dec_and_test(&space->refs))
		kfree(space);
}

static void publish(struct managed *range, const void *key)
{
	mutex_lock(&uvm_lock);
	range->key = key;
	hash_add(ranges, &range->hash, (unsigned long)key);
	mutex_unlock(&uvm_lock);
}

/* The driver keeps it: whoever ends it waits for a lock that our caller holds. */
static struct managed *range_by(const void *key, bool take)
{
	struct managed *range;

	mutex_lock(&uvm_lock);
	hash_for_each_possible(ranges, range, hash, (unsigned long)key) {
		if (range->key != key)
			continue;
		if (take)
			hash_del(&range->hash);
		goto out;
	}
	range = NULL;
out:
	mutex_unlock(&uvm_lock);
	return range;
}

static u64 size_of(const struct managed *range)
{
	return range->end - range->start + 1;
}

static int charge(struct vgpu_call *call, const void *key, u64 bytes)
{
	switch (vgpu_call_managed(call)) {
	case VGPU_MANAGED_UNLIMITED:
		return 0;
	case VGPU_MANAGED_DENY:
		return vgpu_driver_refuse(&uvm_driver,
					  &uvm_routes[UVM_ROUTE_MANAGED],
					  call->device, -EACCES);
	default:
		return vgpu_call_reserve(call, VGPU_MEM_DEVICE, bytes) ?:
		       vgpu_object_bind(call, key, bytes);
	}
}

/*
 * Commit one range on one GPU. What is not charged by policy is bound to no
 * account, and splitting or releasing it moves nothing.
 */
static struct nv_mem *commit(struct vgpu_point *point, struct nv_gpu *gpu,
			     u64 bytes)
{
	struct nv_mem *mem = nv_mem_new(gpu);
	struct vgpu_call call, whole;
	int ret;

	if (!mem)
		return NULL;
	vgpu_call_begin(&call, point, gpu->device, VGPU_CALL_ALLOC);
	ret = charge(&call, mem, bytes);
	vgpu_call_end(&call);
	if (!ret && gpu->whole) {	/* whose policy binds, too */
		vgpu_call_begin(&whole, point, gpu->whole->device,
				VGPU_CALL_ALLOC);
		ret = charge(&whole, &mem->gpu, bytes);
		vgpu_call_end(&whole);
	}
	if (!ret)
		return mem;
	nv_mem_put(mem);
	return NULL;
}

static void uncommit(struct managed *range)
{
	unsigned int i;

	for (i = 0; i < UVM_MAX_GPUS; i++) {
		nv_mem_put(range->charges[i]);
		range->charges[i] = NULL;
	}
}

/* Of a range that is in the table no more. */
static void drop_range(struct managed *range)
{
	struct space *space = range->space;

	mutex_lock(&space->lock);
	list_del(&range->list);
	mutex_unlock(&space->lock);
	uncommit(range);
	kfree(range);
	put_space(space);
}

static int commit_all(struct vgpu_point *point, struct managed *range)
{
	struct space *space = range->space;
	unsigned int i;

	lockdep_assert_held(&space->lock);

	for (i = 0; i < space->ngpus; i++) {
		range->charges[i] = commit(point, space->gpus[i],
					   size_of(range));
		if (!range->charges[i])
			return -ENOMEM;
	}
	return 0;
}

/*
 * A managed range that is charged but not yet made; a GPU that registers
 * meanwhile sees it.
 */
static struct managed *prepare(struct vgpu_point *point, struct file *file,
			       u64 start, u64 end)
{
	struct space *space = space_of(file);
	struct managed *range;
	int ret;

	if (!space)
		return NULL;
	range = kzalloc(sizeof(*range), GFP_KERNEL_ACCOUNT);
	if (!range)
		return NULL;
	refcount_inc(&space->refs);
	range->space = space;
	range->start = start;
	range->end = end;
	mutex_lock(&space->lock);
	list_add(&range->list, &space->ranges);
	ret = commit_all(point, range);
	mutex_unlock(&space->lock);
	if (!ret)
		return range;
	drop_range(range);
	return NULL;
}

static u32 create_mmap(void *va_space, struct mm_struct *mm, void *wrapper,
		       void **out, struct vgpu_point *point)
{
	u32 (*original)(void *va_space, struct mm_struct *mm, void *wrapper,
			void **out) = point->addr;
	/* uvm_vma_wrapper_t begins with it. */
	struct vm_area_struct *vma = *(struct vm_area_struct **)wrapper;
	struct managed *range;
	struct vgpu_call call;
	void *made = NULL;
	u32 ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	range = prepare(point, vma->vm_file, vma->vm_start, vma->vm_end - 1);
	if (!range) {
		ret = NV_ERR_NO_MEMORY;
		goto out;
	}
	ret = original(va_space, mm, wrapper, &made);
	if (ret != NV_OK || !made)
		drop_range(range);
	else
		publish(range, made);
	if (out)
		*out = made;
out:
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

/* Out of the table before it goes: its pointer may be used again at once. */
static void destroy(void *key, void *deferred, struct vgpu_point *point)
{
	void (*original)(void *key, void *deferred) = point->addr;
	struct vgpu_call call;
	struct managed *range;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	range = range_by(key, true);
	original(key, deferred);
	if (range)
		drop_range(range);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
}

/* The charge is divided, never given back and taken again. */
static void divide(struct managed *low, struct managed *high, u64 new_end)
{
	unsigned int i;

	lockdep_assert_held(&low->space->lock);

	refcount_inc(&low->space->refs);
	high->space = low->space;
	high->start = new_end + 1;
	high->end = low->end;
	low->end = new_end;
	for (i = 0; i < UVM_MAX_GPUS; i++) {
		struct nv_mem *mem = low->charges[i];

		if (!mem)
			continue;
		high->charges[i] = nv_mem_new(mem->gpu);
		if (!high->charges[i])
			continue;	/* all of it stays with the lower */
		/* Each by itself: what cannot be divided stays, too. */
		vgpu_object_split(mem, high->charges[i], size_of(high));
		if (mem->gpu->whole)
			vgpu_object_split(&mem->gpu, &high->charges[i]->gpu,
					  size_of(high));
	}
	list_add(&high->list, &low->space->ranges);
}

static u32 split(void *key, u64 new_end, void **out, struct vgpu_point *point)
{
	u32 (*original)(void *key, u64 new_end, void **out) = point->addr;
	struct managed *low, *high;
	struct vgpu_call call;
	void *made = NULL;
	u32 ret = NV_ERR_NO_MEMORY;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	high = kzalloc(sizeof(*high), GFP_KERNEL_ACCOUNT);
	if (!high)
		goto out;
	ret = original(key, new_end, &made);
	low = range_by(key, false);
	if (ret == NV_OK && low && made) {
		mutex_lock(&low->space->lock);
		divide(low, high, new_end);
		mutex_unlock(&low->space->lock);
		publish(high, made);
		high = NULL;
	}
	kfree(high);
	if (out)
		*out = made;
out:
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static int gpu_index(const struct space *space, const struct nv_gpu *gpu)
{
	unsigned int i;

	for (i = 0; i < space->ngpus; i++)
		if (space->gpus[i] == gpu)
			return i;
	return -1;
}

static void forget_gpu(struct space *space, const struct nv_gpu *gpu)
{
	int at = gpu_index(space, gpu), last = space->ngpus - 1;
	struct managed *range;

	lockdep_assert_held(&space->lock);

	if (at < 0)
		return;
	list_for_each_entry(range, &space->ranges, list) {
		nv_mem_put(range->charges[at]);
		range->charges[at] = range->charges[last];
		range->charges[last] = NULL;
	}
	space->gpus[at] = space->gpus[last];
	memcpy(space->uuids[at], space->uuids[last], sizeof(space->uuids[at]));
	space->ngpus--;
}

/* Charge all managed ranges of a space on one GPU more. */
static int meet_gpu(struct vgpu_point *point, struct space *space,
		    struct nv_gpu *gpu)
{
	struct managed *range;
	unsigned int at = space->ngpus;

	lockdep_assert_held(&space->lock);

	if (at == UVM_MAX_GPUS)
		return -ENOSPC;
	space->gpus[space->ngpus++] = gpu;
	list_for_each_entry(range, &space->ranges, list) {
		range->charges[at] = commit(point, gpu, size_of(range));
		if (!range->charges[at]) {
			forget_gpu(space, gpu);
			return -ENOMEM;
		}
	}
	return 0;
}

/*
 * Which GPU is meant; where it is divided, which instance, by the object that
 * UVM then looks up for itself.
 */
static struct nv_gpu *gpu_meant(const u8 *params)
{
	struct nv_gpu *gpu = nv_gpu_by_uuid(params), *part = NULL;
	struct nv_client *client;

	if (gpu && !READ_ONCE(gpu->split))
		return gpu;
	client = nv_client_get(nv_get32(params, NV_UVM_GPU_CLIENT));
	if (client)
		part = nv_object_gpu(client, nv_get32(params,
						      NV_UVM_GPU_PARTITION));
	nv_client_put(client);
	return part && part->whole ? part : NULL;
}

/*
 * Its GPUs stay what they are, to UVM as well. None but those who have the file
 * wait for it, and the open file keeps the space.
 */
static struct space *lock_space(const struct file *file)
{
	struct space *space = space_of(file);

	if (space && mutex_lock_killable(&space->serial))
		return NULL;
	return space;
}

/* Charged before UVM has it; with UVM's name for it, to know it by later. */
static u32 register_known(const u8 *params, struct file *file,
			  struct vgpu_point *point, struct nv_gpu *gpu)
{
	u32 (*original)(const u8 *params, struct file *file) = point->addr;
	struct space *space = lock_space(file);
	u32 ret = NV_ERR_NO_MEMORY;
	bool met;
	int err;

	if (!space)
		return ret;
	mutex_lock(&space->lock);
	met = gpu_index(space, gpu) < 0;
	err = met ? meet_gpu(point, space, gpu) : 0;
	mutex_unlock(&space->lock);
	if (err)
		goto out;
	ret = original(params, file);
	mutex_lock(&space->lock);
	if (ret == NV_OK)
		memcpy(space->uuids[gpu_index(space, gpu)], params, 16);
	else if (met)
		forget_gpu(space, gpu);
	mutex_unlock(&space->lock);
out:
	mutex_unlock(&space->serial);
	return ret;
}

static u32 register_gpu(const u8 *params, struct file *file,
			struct vgpu_point *point)
{
	u32 (*original)(const u8 *params, struct file *file) = point->addr;
	struct nv_gpu *gpu = gpu_meant(params);
	struct vgpu_call call;
	u32 ret = NV_ERR_NO_MEMORY;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	if (gpu)
		ret = register_known(params, file, point, gpu);
	else if (vgpu_view_limited())
		vgpu_driver_refuse(&uvm_driver,
				   &uvm_routes[UVM_ROUTE_REGISTER], NULL, 0);
	else
		ret = original(params, file);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static void forget_uuid(struct space *space, const u8 *uuid)
{
	unsigned int i;

	mutex_lock(&space->lock);
	for (i = 0; i < space->ngpus; i++) {
		if (memcmp(space->uuids[i], uuid, sizeof(space->uuids[i])))
			continue;
		forget_gpu(space, space->gpus[i]);
		break;
	}
	mutex_unlock(&space->lock);
}

static u32 unregister_gpu(const u8 *params, struct file *file,
			  struct vgpu_point *point)
{
	u32 (*original)(const u8 *params, struct file *file) = point->addr;
	u32 ret = NV_ERR_NO_MEMORY;
	struct vgpu_call call;
	struct space *space;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	space = lock_space(file);
	if (space) {
		ret = original(params, file);
		if (ret == NV_OK)
			forget_uuid(space, params);
		mutex_unlock(&space->serial);
	}
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

/*
 * Heterogeneous memory management would let ordinary malloc()ed memory move to
 * the GPU, charged to nobody. UVM has a flag to go without, which the tenant
 * gives at UVM_INITIALIZE, and a group with a quota goes without.
 */
static u32 create_space(void *mapping, void **out, u64 flags,
			struct vgpu_point *point)
{
	u32 (*original)(void *mapping, void **out, u64 flags) = point->addr;
	struct vgpu_call call;
	u32 ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	if (vgpu_view_limited())
		flags |= UVM_INIT_DISABLE_HMM;
	ret = original(mapping, out, flags);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

/* The file goes; ranges that UVM destroys later are known by themselves. */
static int release(struct inode *inode, struct file *file,
		   struct vgpu_point *point)
{
	int (*original)(struct inode *inode, struct file *file) = point->addr;
	struct vgpu_call call;
	struct space *space;
	int ret;

	vgpu_call_begin(&call, point, NULL, VGPU_CALL_OTHER);
	mutex_lock(&uvm_lock);
	space = find_space(file);
	if (space)
		hash_del(&space->hash);
	mutex_unlock(&uvm_lock);
	if (space)
		put_space(space);
	ret = original(inode, file);
	vgpu_call_end(&call);
	vgpu_point_leave(point);
	return ret;
}

static const struct {
	const char *module;
	const char *name;
	unsigned int nargs;
	void *handler;
} entries[] = {
	{ "nvidia_uvm", "uvm_va_range_create_mmap", 4, create_mmap },
	{ "nvidia_uvm", "uvm_va_range_destroy", 2, destroy },
	{ "nvidia_uvm", "uvm_va_range_split", 3, split },
	{ "nvidia_uvm", "uvm_api_register_gpu", 2, register_gpu },
	{ "nvidia_uvm", "uvm_api_unregister_gpu", 2, unregister_gpu },
	{ "nvidia_uvm", "uvm_va_space_create", 3, create_space },
	{ "nvidia_uvm", "uvm_release_entry", 2, release },
	{ "nvidia_uvm", "uvm_api_tools_event_queue_enable_events", 2,
	  nv_uvm_events },
	{ "nvidia", "nvUvmInterfaceDupMemory", 5, nv_uvm_dup },
	{ "nvidia", "nvUvmInterfaceFreeDupedHandle", 2, nv_uvm_undup },
};

static struct vgpu_point points[ARRAY_SIZE(entries)];

static int attach(struct vgpu_driver *driver)
{
	unsigned int i;
	int ret;

	ret = nv_uvm_dup_attach();
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(entries); i++) {
		points[i] = (struct vgpu_point) {
			.name = entries[i].name,
			.module = entries[i].module,
			.kind = VGPU_POINT_DIVERT,
			.nargs = entries[i].nargs,
			.handler = entries[i].handler,
			.driver = driver,
		};
		ret = vgpu_interpose_add(nv_points, &points[i]);
		if (ret)
			goto err_remove;
	}
	return 0;

err_remove:
	vgpu_interpose_remove(nv_points, driver);
	if (i == 0 && ret == -ENOENT)
		return -ENODEV;
	pr_warn("vgpu_nvidia: %s cannot be interposed: %d\n",
		entries[i].name, ret);
	return ret;
}

/* No call is in flight, and nothing is made or ended any more. */
static void forget_all(void)
{
	struct hlist_node *next;
	struct space *space;
	struct managed *range;
	unsigned int bucket;

	hash_for_each_safe(spaces, bucket, next, space, hash) {
		hash_del(&space->hash);
		put_space(space);
	}
	hash_for_each_safe(ranges, bucket, next, range, hash) {
		hash_del(&range->hash);
		drop_range(range);
	}
	nv_uvm_dup_forget();
}

static void detach(struct vgpu_driver *driver)
{
	vgpu_interpose_remove(nv_points, driver);
	forget_all();
}

static const struct vgpu_driver_ops uvm_ops = {
	.attach = attach,
	.detach = detach,
};

static struct vgpu_driver uvm_driver = {
	.name = "nvidia-uvm",
	.backend = "nvidia",
	.ops = &uvm_ops,
	.routes = uvm_routes,
	.nroutes = UVM_ROUTES,
};

/* From the notifier of modules. */
void nv_uvm_came(void)
{
	vgpu_driver_came(&uvm_driver);
}

void nv_uvm_went(void)
{
	vgpu_driver_went(&uvm_driver);
}

int nv_uvm_init(void)
{
	int ret;

	uvm_driver.points = nv_points;
	ret = vgpu_driver_register(&uvm_driver);
	return ret == -EEXIST ? ret : 0;
}

void nv_uvm_deinit(void)
{
	vgpu_driver_unregister(&uvm_driver);
}
