// SPDX-License-Identifier: GPL-2.0
/*
 * The table of objects: which pointer of a driver's is charged to whom.
 *
 * An entry is made inside the creating call, before anybody else can know the
 * pointer, and goes when the driver releases the object, in whatever context
 * that happens. Handles, files, dma-bufs and processes do not appear here:
 * however many lead to an object, it is one pointer, and it is released when
 * the last of them is gone.
 *
 * A key that is in the table and is born again belongs to an object that died
 * unseen (its driver freed it on an error path of its own). The old charge is
 * given back then.
 */
#include <linux/hash.h>
#include <linux/llist.h>
#include <linux/rhashtable.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "account.h"
#include "device.h"
#include "event.h"
#include "group.h"
#include "object.h"

/**
 * struct vgpu_object - one charge bound to one pointer
 * @node: in the table, under its bucket's lock
 * @key: the driver's pointer, never dereferenced
 * @account: who is charged; owned reference
 * @bytes: charged
 * @mem: kind of memory
 * @overhead: nobody asked for it by name; set once, before it is released
 * @dead: in the list of those out of the table that look-ups may still see
 */
struct vgpu_object {
	struct rhash_head node;
	const void *key;
	struct vgpu_account *account;
	u64 bytes;
	enum vgpu_mem mem;
	bool overhead;
	struct llist_node dead;
};

/* Keys are addresses, which nobody chooses: no need for jhash(). */
static u32 hash_key(const void *data, u32 len, u32 seed)
{
	return hash_64((unsigned long)*(const void *const *)data + seed, 32);
}

static int differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const void *const *key = arg->key;

	return ((const struct vgpu_object *)obj)->key != *key;
}

/*
 * A program that makes and ends a few objects over and over would have a small
 * table grown and shrunk all the time, which costs more than all else here.
 */
static const struct rhashtable_params object_params = {
	.key_len = sizeof(void *),
	.key_offset = offsetof(struct vgpu_object, key),
	.head_offset = offsetof(struct vgpu_object, node),
	.hashfn = hash_key,
	.obj_cmpfn = differs,
	.min_size = 4096,
	.automatic_shrinking = true,
};

/* Objects are born where nobody may sleep, and their makers pay. */
#define GFP_BIRTH	(GFP_ATOMIC | __GFP_ACCOUNT | __GFP_NOWARN)

static struct rhashtable objects;
static struct kmem_cache *object_cache;

/* With its kernel memory charged, which goes back if there is none. */
static struct vgpu_object *make(struct vgpu_account *account, gfp_t gfp)
{
	struct vgpu_object *object = kmem_cache_alloc(object_cache, gfp);

	if (!object) {
		vgpu_account_forget(account, VGPU_MEM_NONE, 0, sizeof(*object));
		return NULL;
	}
	vgpu_account_get(account);
	object->account = account;
	object->overhead = false;
	return object;
}

/**
 * vgpu_object_alloc - room to bind an object in
 * @account: who will be charged; a reference is taken
 * @gfp: how to allocate
 *
 * Context: As @gfp allows.
 * Return: the object, or NULL; also where the kernel memory allowed to the
 * group is used up.
 */
struct vgpu_object *vgpu_object_alloc(struct vgpu_account *account, gfp_t gfp)
{
	if (vgpu_account_expect(account, sizeof(struct vgpu_object)))
		return NULL;
	return make(account, gfp);
}

/*
 * For what exists and cannot be refused. The driver's own part of it is larger
 * than ours, so the bound would keep nothing small, but hide what is held.
 */
static struct vgpu_object *alloc_forced(struct vgpu_account *account, gfp_t gfp)
{
	vgpu_account_count(account, sizeof(struct vgpu_object));
	return make(account, gfp);
}

/*
 * What leaves the table is freed a grace period later, many at a time: a
 * call_rcu() for each costs more than its charge. One work item at most is
 * under way. It frees those that it set aside when its grace period began, and
 * sets aside those that have come since; those that come later wait for the
 * grace period after.
 */
static LLIST_HEAD(dead);
static struct llist_node *set_aside;	/* the work item's own */
static unsigned long reaping;		/* bit 0: it is under way */
static struct rcu_work reaper;

static void start_reaper(void)
{
	if (!test_and_set_bit(0, &reaping))
		queue_rcu_work(system_wq, &reaper);
}

static void reap(struct work_struct *work)
{
	struct vgpu_object *object, *next;

	llist_for_each_entry_safe(object, next, set_aside, dead) {
		kmem_cache_free(object_cache, object);
		cond_resched();
	}
	set_aside = llist_del_all(&dead);
	if (set_aside) {
		queue_rcu_work(system_wq, &reaper);
		return;
	}
	clear_bit(0, &reaping);
	/* Against whoever added one and found it still under way. */
	smp_mb__after_atomic();
	if (!llist_empty(&dead))
		start_reaper();
}

/* One that was never in the table needs no grace period. */
void vgpu_object_free(struct vgpu_object *object)
{
	vgpu_account_forget(object->account, VGPU_MEM_NONE, 0,
			    sizeof(*object));
	vgpu_account_put(object->account);
	kmem_cache_free(object_cache, object);
}

/* Give back what an object that is out of the table was charged. */
static void settle(struct vgpu_object *object)
{
	if (object->overhead)
		vgpu_account_overhead(object->account, object->mem,
				      -object->bytes);
	vgpu_account_forget(object->account, object->mem, object->bytes,
			    sizeof(*object));
	vgpu_account_put(object->account);
	if (llist_add(&object->dead, &dead))
		start_reaper();
}

static int insert(struct vgpu_object *object, const void *key, u64 bytes,
		  enum vgpu_mem mem)
{
	int ret;

	object->key = key;
	object->bytes = mem == VGPU_MEM_NONE ? 0 : bytes;
	object->mem = mem;
	ret = rhashtable_lookup_insert_fast(&objects, &object->node,
					    object_params);
	if (ret == -EEXIST) {
		vgpu_object_release(key);
		ret = rhashtable_lookup_insert_fast(&objects, &object->node,
						    object_params);
	}
	return ret;
}

/**
 * vgpu_object_draw - make sure that a call has room for one more object
 * @call: with an account
 * @bytes: of the object that is about to be made
 *
 * What the reservation lacks is charged on top; this is the true-up.
 *
 * Context: Any.
 * Return: 0 or -ENOMEM.
 */
int vgpu_object_draw(struct vgpu_call *call, u64 bytes)
{
	struct vgpu_account *limiting;
	u64 more;
	int ret;

	bytes = vgpu_chargeable(bytes);
	if (bytes <= call->reserved || call->mem == VGPU_MEM_NONE)
		return 0;
	more = bytes - call->reserved;
	ret = vgpu_account_try_charge(call->account, call->mem, more,
				      &limiting);
	if (ret) {
		vgpu_call_refused(call->account, limiting, call->mem, bytes);
		return ret;
	}
	call->reserved = bytes;
	return 0;
}
EXPORT_SYMBOL_GPL(vgpu_object_draw);

static void note_birth(struct vgpu_call *call, const void *key)
{
	call->first = call->first ?: key;
	call->last = key;
}

/**
 * vgpu_object_bind - bind a new object to its call's reservation
 * @call: with an account and, by vgpu_object_draw(), room for @bytes
 * @key: the driver's pointer, not yet known to anybody else
 * @bytes: its size
 *
 * Context: Any.
 * Return: 0; -ENOMEM where memory is short, and nothing is bound.
 */
int vgpu_object_bind(struct vgpu_call *call, const void *key, u64 bytes)
{
	struct vgpu_object *object = call->spare;
	int ret;

	if (!object)
		object = vgpu_object_alloc(call->account, GFP_BIRTH);
	if (!object)
		return -ENOMEM;
	call->spare = object;
	ret = insert(object, key, vgpu_chargeable(bytes), call->mem);
	if (ret)
		return -ENOMEM;
	call->spare = NULL;
	call->reserved -= object->bytes;
	note_birth(call, key);
	return 0;
}
EXPORT_SYMBOL_GPL(vgpu_object_bind);

/**
 * vgpu_object_force - bind an object that can no longer be refused
 * @device: on which
 * @call: that made it; NULL where it was made outside any diverted call
 * @key: the driver's pointer
 * @bytes: its size
 *
 * For a driver's functions that return no error. Where a quota has no room,
 * the object is charged all the same, so that nothing goes uncharged, and
 * @call is marked for its backend to undo.
 *
 * Context: Any.
 */
void vgpu_object_force(struct vgpu_device *device, struct vgpu_call *call,
		       const void *key, u64 bytes)
{
	struct vgpu_account *account;
	struct vgpu_object *object;

	bytes = vgpu_chargeable(bytes);
	if (call && call->account) {
		if (!vgpu_object_draw(call, bytes) &&
		    !vgpu_object_bind(call, key, bytes))
			return;
		call->refused = true;
		note_birth(call, key);
		account = call->account;
		vgpu_account_get(account);
	} else {
		account = vgpu_account_nearest(device);
		if (!account)
			return;
	}
	object = alloc_forced(account, GFP_BIRTH);
	if (object) {
		enum vgpu_mem mem = call && call->account ? call->mem :
							    VGPU_MEM_DEVICE;

		vgpu_account_charge(account, mem, bytes);
		if (insert(object, key, bytes, mem)) {
			vgpu_account_uncharge(account, mem, bytes);
			vgpu_object_free(object);
		}
	}
	vgpu_account_put(account);
}
EXPORT_SYMBOL_GPL(vgpu_object_force);

/**
 * vgpu_object_release - the driver has returned an object's memory
 * @key: the driver's pointer
 *
 * Context: Any.
 * Return: true if it was ours.
 */
bool vgpu_object_release(const void *key)
{
	struct vgpu_object *object;
	bool ours = false;

	rcu_read_lock();
	object = rhashtable_lookup(&objects, &key, object_params);
	if (object && !rhashtable_remove_fast(&objects, &object->node,
					      object_params)) {
		settle(object);
		ours = true;
	}
	rcu_read_unlock();
	return ours;
}
EXPORT_SYMBOL_GPL(vgpu_object_release);

/* Is the pointer bound? Racy but for those who keep the object alive. */
bool vgpu_object_known(const void *key)
{
	bool known;

	rcu_read_lock();
	known = rhashtable_lookup(&objects, &key, object_params);
	rcu_read_unlock();
	return known;
}
EXPORT_SYMBOL_GPL(vgpu_object_known);

/**
 * vgpu_object_adopt - charge what existed before its driver was attached
 * @device: on which
 * @key: the driver's pointer, kept alive by the caller
 * @bytes: its size
 * @mem: kind of memory
 * @task: to whose cgroup; NULL for the root
 *
 * Limits do not bind here: the group may end above its own.
 *
 * Context: May sleep.
 * Return: 0; -EEXIST where it is bound already; -ENOMEM.
 */
int vgpu_object_adopt(struct vgpu_device *device, const void *key, u64 bytes,
		      enum vgpu_mem mem, struct task_struct *task)
{
	struct vgpu_account *account;
	struct vgpu_object *object;
	int ret = -ENOMEM;

	bytes = vgpu_chargeable(bytes);
	account = vgpu_account_task(device, task ?: &init_task);
	if (IS_ERR(account))
		return PTR_ERR(account);
	object = alloc_forced(account, GFP_KERNEL);
	if (!object)
		goto err_put;

	object->key = key;
	object->bytes = mem == VGPU_MEM_NONE ? 0 : bytes;
	object->mem = mem;
	/* Before it can be found, and so be released. */
	vgpu_account_charge(account, mem, bytes);
	ret = rhashtable_lookup_insert_fast(&objects, &object->node,
					    object_params);
	if (ret) {
		vgpu_account_uncharge(account, mem, bytes);
		vgpu_object_free(object);
	}
err_put:
	vgpu_account_put(account);
	return ret;
}
EXPORT_SYMBOL_GPL(vgpu_object_adopt);

/**
 * vgpu_object_overhead - a charge is the driver's implicit share
 * @key: bound just now, and not released before the return
 *
 * It counts against the limit like any other and is shown apart.
 *
 * Context: Any.
 */
void vgpu_object_overhead(const void *key)
{
	struct vgpu_object *object;

	rcu_read_lock();
	object = rhashtable_lookup(&objects, &key, object_params);
	if (object && !object->overhead) {
		object->overhead = true;
		vgpu_account_overhead(object->account, object->mem,
				      object->bytes);
	}
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(vgpu_object_overhead);

/**
 * vgpu_object_resize - the driver says that it is another size by now
 * @key: bound; neither released nor resized by others meanwhile
 * @bytes: that it has
 *
 * As it exists, limits do not bind here.
 *
 * Context: Any.
 */
void vgpu_object_resize(const void *key, u64 bytes)
{
	struct vgpu_object *object;

	rcu_read_lock();
	object = rhashtable_lookup(&objects, &key, object_params);
	if (object && object->mem != VGPU_MEM_NONE) {
		if (bytes > object->bytes)
			vgpu_account_charge(object->account, object->mem,
					    bytes - object->bytes);
		if (object->overhead)
			vgpu_account_overhead(object->account, object->mem,
					      bytes - object->bytes);
		if (bytes < object->bytes)
			vgpu_account_uncharge(object->account, object->mem,
					      object->bytes - bytes);
		object->bytes = bytes;
	}
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(vgpu_object_resize);

/**
 * vgpu_object_split - divide a charge between two objects
 * @key: bound; neither divided nor released meanwhile
 * @part: not yet bound
 * @bytes: of @key's that are @part's from now on
 *
 * Context: May sleep.
 * Return: 0; -ENOENT where @key is not bound, or to less; -ENOMEM.
 */
int vgpu_object_split(const void *key, const void *part, u64 bytes)
{
	struct vgpu_account *account = NULL;
	struct vgpu_object *object, *fresh;
	int ret;

	rcu_read_lock();
	object = rhashtable_lookup(&objects, &key, object_params);
	if (object && object->bytes >= bytes &&
	    refcount_inc_not_zero(&object->account->refs))
		account = object->account;
	rcu_read_unlock();
	if (!account)
		return -ENOENT;

	fresh = vgpu_object_alloc(account, GFP_KERNEL_ACCOUNT);
	vgpu_account_put(account);
	if (!fresh)
		return -ENOMEM;
	ret = insert(fresh, part, bytes, object->mem);
	if (ret)
		vgpu_object_free(fresh);
	else
		object->bytes -= bytes;
	return ret;
}
EXPORT_SYMBOL_GPL(vgpu_object_split);

/**
 * vgpu_object_drop - forget every object of a device
 * @device: whose releases are no longer seen from now on
 *
 * Context: May sleep.
 */
void vgpu_object_drop(struct vgpu_device *device)
{
	struct rhashtable_iter iter;
	struct vgpu_object *object;

	rhashtable_walk_enter(&objects, &iter);
	rhashtable_walk_start(&iter);
	while ((object = rhashtable_walk_next(&iter))) {
		if (IS_ERR(object))
			continue;	/* -EAGAIN: resized, the walk goes on */
		if (object->account->device != device)
			continue;
		if (!rhashtable_remove_fast(&objects, &object->node,
					    object_params))
			settle(object);
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}
EXPORT_SYMBOL_GPL(vgpu_object_drop);

/* With a constructor, the allocator does not zero what is all set anyway. */
static void construct(void *object)
{
}

int vgpu_object_init(void)
{
	int ret;

	object_cache = kmem_cache_create("vgpu_object",
					 sizeof(struct vgpu_object), 0, 0,
					 construct);
	if (!object_cache)
		return -ENOMEM;
	INIT_RCU_WORK(&reaper, reap);
	ret = rhashtable_init(&objects, &object_params);
	if (ret)
		kmem_cache_destroy(object_cache);
	return ret;
}

/* When no backend is left. */
void vgpu_object_deinit(void)
{
	rhashtable_destroy(&objects);
	while (test_bit(0, &reaping))
		flush_rcu_work(&reaper);
	/* The last run cleared the bit; let it return. */
	flush_rcu_work(&reaper);
	kmem_cache_destroy(object_cache);
}
