// SPDX-License-Identifier: GPL-2.0
/*
 * Clients of RM's and their objects, kept as RM keeps them.
 *
 * RM knows memory by (client, handle). Ending an object ends all below it;
 * ending a client, or closing the file that owns it, ends everything. Handles
 * that share memory share one struct nv_mem, whose charge goes back when the
 * last of them, of the exports and of UVM's duplicates is gone, and that is
 * also when the driver returns the memory.
 *
 * RM may end an object without being asked, because something it depends on
 * ended. Such a leftover is found out when its handle is used again
 * (nv_object_insert) or when its client ends. Until then it is charged, which
 * harms none but its own group.
 *
 * Locks: a client's serial lock, then nv_tree_lock. The latter is never held
 * across a call into RM.
 */
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../../kmem.h"
#include "../../object.h"
#include "../../view.h"
#include "backend.h"

#define CLIENT_HASH_BITS	10
#define UNSURE_MAX		(30 * HZ)

static DEFINE_MUTEX(nv_tree_lock);	/* protects the trees and the table */
static DEFINE_HASHTABLE(clients, CLIENT_HASH_BITS);
static unsigned int fileless;		/* clients whose file is not known */
static u64 tried;			/* bytes that calls might have taken */
static u64 births;			/* clients that came to the table */
static u64 attached;			/* when, as processes' births are told */

/**
 * nv_mem_new - memory that is about to be charged
 * @gpu: where it lies
 *
 * Context: May sleep.
 * Return: one reference, or NULL.
 */
struct nv_mem *nv_mem_new(struct nv_gpu *gpu)
{
	struct nv_mem *mem = kzalloc(sizeof(*mem), GFP_KERNEL_ACCOUNT);

	if (!mem)
		return NULL;
	refcount_set(&mem->refs, 1);
	mem->gpu = gpu;
	return mem;
}

struct nv_mem *nv_mem_get(struct nv_mem *mem)
{
	if (mem)
		refcount_inc(&mem->refs);
	return mem;
}

/**
 * nv_mem_put - one way less to some memory
 * @mem: may be NULL; with the last reference its charge is given back
 *
 * Context: Any.
 */
void nv_mem_put(struct nv_mem *mem)
{
	if (!mem || !refcount_dec_and_test(&mem->refs))
		return;
	vgpu_object_release(mem);
	nv_whole_release(&mem->gpu);
	kfree(mem);
}

/**
 * nv_object_new - room for a handle, before there is one
 * @class: of the object
 *
 * Context: May sleep.
 * Return: the object, or NULL, also where the kernel memory allowed to the
 * caller's group is used up.
 */
struct nv_object *nv_object_new(u32 class)
{
	struct vgpu_group *payer = vgpu_kmem_charge(sizeof(struct nv_object));
	struct nv_object *object;

	if (!payer)
		return NULL;
	object = kzalloc(sizeof(*object), GFP_KERNEL_ACCOUNT);
	if (!object) {
		vgpu_kmem_uncharge(payer, sizeof(*object));
		return NULL;
	}
	object->class = class;
	object->payer = payer;
	INIT_LIST_HEAD(&object->children);
	INIT_LIST_HEAD(&object->sibling);
	INIT_LIST_HEAD(&object->named);
	RB_CLEAR_NODE(&object->node);
	return object;
}

/**
 * nv_object_free - the end of an object that is in no tree, or none at all
 * @object: may be NULL
 *
 * Context: May sleep.
 */
void nv_object_free(struct nv_object *object)
{
	if (!object)
		return;
	nv_mem_put(object->mem);
	nv_queue_put(object->queue);
	vgpu_kmem_uncharge(object->payer, sizeof(*object));
	kfree(object);
}

static struct nv_object *find(const struct nv_client *client, u32 handle)
{
	struct rb_node *node = client->objects.rb_node;
	struct nv_object *object;

	lockdep_assert_held(&nv_tree_lock);

	while (node) {
		object = rb_entry(node, struct nv_object, node);
		if (object->handle == handle)
			return object;
		node = handle < object->handle ? node->rb_left :
						 node->rb_right;
	}
	return NULL;
}

/* Take an object and all below it out of the tree, onto a list. */
static void uproot(struct nv_client *client, struct nv_object *root,
		   struct list_head *dead)
{
	struct nv_object *object, *child, *next;
	LIST_HEAD(open);

	lockdep_assert_held(&nv_tree_lock);

	list_move_tail(&root->sibling, &open);
	while (!list_empty(&open)) {
		object = list_first_entry(&open, struct nv_object, sibling);
		list_for_each_entry_safe(child, next, &object->children,
					 sibling)
			list_move_tail(&child->sibling, &open);
		rb_erase(&object->node, &client->objects);
		list_del_init(&object->named);
		list_move_tail(&object->sibling, dead);
	}
}

/* Any handle to a queue. */
static bool name_of(struct nv_queue *queue, u32 *hclient, u32 *handle,
		    u32 *device)
{
	const struct nv_object *object;

	mutex_lock(&nv_tree_lock);
	object = list_first_entry_or_null(&queue->objects, struct nv_object,
					  named);
	if (object) {
		*hclient = object->client->handle;
		*handle = object->handle;
		*device = object->parent ? object->parent->handle : 0;
	}
	mutex_unlock(&nv_tree_lock);
	return object;
}

/*
 * A handle to a queue has gone, but not the last: a channel group can be
 * duplicated. Once the worker uses another, that one has to be there still.
 */
static void rename(struct nv_queue *queue)
{
	u32 client = 0, handle = 0, device, was_client, was_handle;

	do {
		was_client = client;
		was_handle = handle;
		if (!name_of(queue, &client, &handle, &device))
			return;
		nv_queue_rename(queue, client, handle, device);
	} while (client != was_client || handle != was_handle);
}

static void bury(struct list_head *dead)
{
	struct nv_object *object, *next;

	list_for_each_entry_safe(object, next, dead, sibling) {
		list_del(&object->sibling);
		if (object->queue && nv_queue_unname(object->queue))
			rename(object->queue);
		nv_object_free(object);
	}
}

/**
 * nv_object_insert - RM has made an object
 * @client: whose; its serial lock held
 * @object: from nv_object_new(), with what it holds filled in; consumed
 * @handle: as RM gave it
 * @parent: handle of what it lies below; the client's own, or one that is not
 *	known, for the top
 *
 * Where the handle is in the tree already, RM ended that object unseen.
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_object_insert(struct nv_client *client, struct nv_object *object,
		      u32 handle, u32 parent)
{
	struct rb_node **link, *above = NULL;
	struct nv_object *at;
	LIST_HEAD(dead);

	object->handle = handle;
	mutex_lock(&nv_tree_lock);
	object->id = ++client->made;
	if (client->gone) {
		list_add(&object->sibling, &dead);
		goto out;
	}
	at = find(client, handle);
	if (at)
		uproot(client, at, &dead);

	link = &client->objects.rb_node;
	while (*link) {
		above = *link;
		at = rb_entry(above, struct nv_object, node);
		link = handle < at->handle ? &above->rb_left :
					     &above->rb_right;
	}
	rb_link_node(&object->node, above, link);
	rb_insert_color(&object->node, &client->objects);

	object->client = client;
	if (object->queue)
		list_add(&object->named, &object->queue->objects);
	object->parent = find(client, parent);
	if (object->parent == object)
		object->parent = NULL;
	if (object->parent && !object->gpu)
		object->gpu = object->parent->gpu;
	list_add_tail(&object->sibling, object->parent ?
					&object->parent->children :
					&client->top);
out:
	mutex_unlock(&nv_tree_lock);
	bury(&dead);
}

/**
 * nv_object_mem - the memory behind a handle
 * @client: whose
 * @handle: of any class
 *
 * Context: May sleep. Takes nv_tree_lock.
 * Return: a reference, or NULL where there is none that is charged.
 */
struct nv_mem *nv_object_mem(struct nv_client *client, u32 handle)
{
	struct nv_object *object;
	struct nv_mem *mem = NULL;

	mutex_lock(&nv_tree_lock);
	object = find(client, handle);
	if (object)
		mem = nv_mem_get(object->mem);
	mutex_unlock(&nv_tree_lock);
	return mem;
}

/**
 * nv_object_see - what a handle stands for now
 * @client: whose
 * @handle: of any class
 * @sight: set; its @mem is to be put by the caller
 *
 * For those who may not wait for the serial lock: they look before and after
 * what they do. The driver ends an object before it leaves the tree, and gives
 * a handle only between nv_client_naming() and nv_client_named(). A handle
 * that is not in the tree has an id, too, which the next insertion ends.
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_object_see(struct nv_client *client, u32 handle,
		   struct nv_sight *sight)
{
	struct nv_object *object;

	mutex_lock(&nv_tree_lock);
	object = find(client, handle);
	sight->mem = object ? nv_mem_get(object->mem) : NULL;
	sight->id = object ? object->id : client->made | 1ull << 63;
	sight->sure = !client->making ||
		      (client->naming && client->naming != handle);
	mutex_unlock(&nv_tree_lock);
}

/**
 * nv_client_naming - the driver is about to give a handle of this client's
 * @client: its serial lock held
 * @handle: the one that is asked for, or 0 for one of the driver's choice
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_client_naming(struct nv_client *client, u32 handle)
{
	mutex_lock(&nv_tree_lock);
	client->making = true;
	client->naming = handle;
	mutex_unlock(&nv_tree_lock);
}

/**
 * nv_client_named - and what it gave is in the tree
 * @client: its serial lock held
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_client_named(struct nv_client *client)
{
	mutex_lock(&nv_tree_lock);
	client->making = false;
	client->taking = 0;
	client->copying = false;
	mutex_unlock(&nv_tree_lock);
}

/**
 * nv_client_taking - the driver is about to take device memory for this client
 * @client: its serial lock held; until nv_client_named()
 * @bytes: as much as is reserved for it
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_client_taking(struct nv_client *client, u64 bytes)
{
	mutex_lock(&nv_tree_lock);
	client->taking = bytes;
	tried += bytes;
	mutex_unlock(&nv_tree_lock);
}

/**
 * nv_client_copying - the driver is about to give a handle to what there is
 * @client: its serial lock held; until nv_client_named()
 *
 * How much that is shows afterwards.
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_client_copying(struct nv_client *client)
{
	mutex_lock(&nv_tree_lock);
	client->copying = true;
	client->copies++;
	mutex_unlock(&nv_tree_lock);
}

/* What the device that an object is below has subscribed to, or NULL. */
static struct nv_gpu *subscribed(const struct nv_object *object)
{
	const struct nv_object *subdevice, *part;

	lockdep_assert_held(&nv_tree_lock);

	while (object->parent)
		object = object->parent;
	list_for_each_entry(subdevice, &object->children, sibling) {
		if (subdevice->class != NV_CLASS_SUBDEVICE)
			continue;
		list_for_each_entry(part, &subdevice->children, sibling)
			if (part->class == NV_CLASS_PARTITION_REF)
				return part->gpu;
	}
	return NULL;
}

/**
 * nv_object_queue - the channel, or group of channels, behind a handle
 * @client: whose
 * @handle: of any class
 *
 * Context: May sleep. Takes nv_tree_lock.
 * Return: a reference, or NULL.
 */
struct nv_queue *nv_object_queue(struct nv_client *client, u32 handle)
{
	struct nv_queue *queue = NULL;
	struct nv_object *object;

	mutex_lock(&nv_tree_lock);
	object = find(client, handle);
	if (object)
		queue = nv_queue_get(object->queue);
	mutex_unlock(&nv_tree_lock);
	return queue;
}

/**
 * nv_object_known - is an object in the tree?
 * @client: whose
 * @handle: of any class
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
bool nv_object_known(struct nv_client *client, u32 handle)
{
	bool known;

	mutex_lock(&nv_tree_lock);
	known = find(client, handle);
	mutex_unlock(&nv_tree_lock);
	return known;
}

/**
 * nv_object_gpu - the GPU that an object belongs to
 * @client: whose
 * @handle: of any class
 *
 * Context: May sleep. Takes nv_tree_lock.
 * Return: the GPU, or the instance that the client has of it; NULL where that
 * is not known.
 */
struct nv_gpu *nv_object_gpu(struct nv_client *client, u32 handle)
{
	struct nv_object *object;
	struct nv_gpu *gpu = NULL;

	mutex_lock(&nv_tree_lock);
	object = find(client, handle);
	if (object)
		gpu = object->gpu;
	if (gpu && READ_ONCE(gpu->split))
		gpu = subscribed(object) ?: gpu;
	mutex_unlock(&nv_tree_lock);
	return gpu;
}

/**
 * nv_object_doorbell - the GPU whose doorbells an object is
 * @client: whose
 * @handle: of any class
 *
 * Context: May sleep. Takes nv_tree_lock.
 * Return: the GPU, or NULL where it is none, or not known.
 */
struct nv_gpu *nv_object_doorbell(struct nv_client *client, u32 handle)
{
	struct nv_object *object;
	struct nv_gpu *gpu = NULL;

	mutex_lock(&nv_tree_lock);
	object = find(client, handle);
	if (object && nv_class_is_doorbell(object->class))
		gpu = object->gpu;
	mutex_unlock(&nv_tree_lock);
	return gpu;
}

/**
 * nv_object_drop - RM has ended an object and all below it
 * @client: whose
 * @handle: of any class; one that is not known is fine
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_object_drop(struct nv_client *client, u32 handle)
{
	struct nv_object *object;
	LIST_HEAD(dead);

	mutex_lock(&nv_tree_lock);
	object = find(client, handle);
	if (object)
		uproot(client, object, &dead);
	mutex_unlock(&nv_tree_lock);
	bury(&dead);
}

static u64 held_by(const struct nv_client *client, const struct nv_gpu *gpu,
		   u64 now)
{
	const struct nv_object *object;
	struct rb_node *node;
	struct nv_mem *mem;
	u64 bytes = 0;

	for (node = rb_first(&client->objects); node; node = rb_next(node)) {
		object = rb_entry(node, struct nv_object, node);
		mem = object->mem;
		if (!mem || mem->gpu != gpu ||
		    (mem->overhead && mem->counted == now))
			continue;
		mem->counted = now;
		bytes += mem->bytes;
	}
	return bytes;
}

/**
 * nv_tree_held - what the handles of a process stand for
 * @pid: of its thread group
 * @gpu: on which GPU
 * @held: set
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_tree_held(pid_t pid, const struct nv_gpu *gpu, struct nv_held *held)
{
	static u64 now;		/* under nv_tree_lock */
	struct nv_client *client;
	unsigned int bucket;

	*held = (struct nv_held) { .still = true };
	mutex_lock(&nv_tree_lock);
	now++;
	held->tried = tried;
	hash_for_each(clients, bucket, client, hash) {
		if (client->pid != pid)
			continue;
		held->still &= !mutex_is_locked(&client->serial);
		held->copying |= client->copying;
		held->copies += client->copies;
		held->taking += client->taking;
		held->bytes += held_by(client, gpu, now);
	}
	mutex_unlock(&nv_tree_lock);
}

/**
 * nv_tree_unsure - it cannot be told what a process holds, or it can
 * @pid: of its thread group
 * @unsure: which
 *
 * It could see to that for ever.
 *
 * Context: May sleep. Takes nv_tree_lock.
 * Return: true where it is too long that it can not.
 */
bool nv_tree_unsure(pid_t pid, bool unsure)
{
	struct nv_client *client;
	unsigned int bucket;
	bool late = false;

	mutex_lock(&nv_tree_lock);
	hash_for_each(clients, bucket, client, hash) {
		if (client->pid != pid)
			continue;
		if (!unsure || !client->unsure)
			client->unsure = unsure ? jiffies | 1 : 0;
		else
			late |= time_after(jiffies,
					   client->unsure + UNSURE_MAX);
	}
	mutex_unlock(&nv_tree_lock);
	return late;
}

/**
 * nv_tree_attach - what comes from now on is seen
 *
 * Context: Any.
 */
void nv_tree_attach(void)
{
	attached = ktime_get_boottime_ns();
}

/**
 * nv_client_new - room for a client, before there is one
 *
 * Context: May sleep.
 * Return: the client, to be given to nv_client_insert() or nv_client_put(),
 * or NULL.
 */
struct nv_client *nv_client_new(void)
{
	struct nv_client *client = kzalloc(sizeof(*client),
					   GFP_KERNEL_ACCOUNT);

	if (!client)
		return NULL;
	INIT_HLIST_NODE(&client->hash);
	mutex_init(&client->serial);
	refcount_set(&client->refs, 1);
	client->pid = task_tgid_nr(current);
	client->born = READ_ONCE(births);
	client->objects = RB_ROOT;
	INIT_LIST_HEAD(&client->top);
	return client;
}

void nv_client_put(struct nv_client *client)
{
	if (client && refcount_dec_and_test(&client->refs))
		kfree(client);
}

static struct nv_client *lookup(u32 handle)
{
	struct nv_client *client;

	lockdep_assert_held(&nv_tree_lock);

	hash_for_each_possible(clients, client, hash, handle)
		if (client->handle == handle)
			return client;
	return NULL;
}

/* Take a client out of the table; the table's reference goes to the caller. */
static void unhash(struct nv_client *client, struct list_head *dead)
{
	struct nv_object *object, *next;

	lockdep_assert_held(&nv_tree_lock);

	hash_del(&client->hash);
	client->gone = true;
	fileless -= !client->file;
	list_for_each_entry_safe(object, next, &client->top, sibling)
		uproot(client, object, dead);
}

/*
 * One that came by the same handle while another was being made may be the same,
 * used before its maker was told of it, or a later one. It stays, with what it
 * holds, and so its charge. Without anything it is anybody's who named it.
 */
static bool stays(const struct nv_client *old, const struct nv_client *client,
		  const void *file)
{
	lockdep_assert_held(&nv_tree_lock);

	if (!file)
		return true;
	return old->born > client->born &&
	       (old->file || !RB_EMPTY_ROOT(&old->objects));
}

static void adopt(struct nv_client *old, const struct nv_client *client,
		  const void *file)
{
	lockdep_assert_held(&nv_tree_lock);

	if (old->file || !file)
		return;
	WRITE_ONCE(old->file, file);
	old->pid = client->pid;
	old->met = false;
	fileless--;
}

/**
 * nv_client_insert - RM has made a client
 * @client: from nv_client_new(), before RM was asked to; its reference is consumed
 * @handle: as RM gave it
 * @file: the driver's file that owns it; NULL where that is not known
 *
 * Where the handle is in the table already, RM ended that client unseen; but see
 * stays().
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_client_insert(struct nv_client *client, u32 handle, const void *file)
{
	struct nv_client *old;
	LIST_HEAD(dead);

	client->handle = handle;
	client->file = file;
	client->met = !file &&
		      current->group_leader->start_boottime < attached;
	mutex_lock(&nv_tree_lock);
	old = lookup(handle);
	if (old && stays(old, client, file)) {
		adopt(old, client, file);
		old = client;
	} else {
		if (old)
			unhash(old, &dead);
		client->born = ++births;
		hash_add(clients, &client->hash, handle);
		fileless += !file;
	}
	mutex_unlock(&nv_tree_lock);
	bury(&dead);
	nv_client_put(old);
}

/**
 * nv_client_get - find a client
 * @handle: as RM knows it
 *
 * Context: May sleep. Takes nv_tree_lock.
 * Return: a reference, or NULL.
 */
struct nv_client *nv_client_get(u32 handle)
{
	struct nv_client *client;

	mutex_lock(&nv_tree_lock);
	client = lookup(handle);
	if (client)
		refcount_inc(&client->refs);
	mutex_unlock(&nv_tree_lock);
	return client;
}

/**
 * nv_client_is_own - does a client belong to the caller?
 * @client: which
 * @file: the driver's file that the request came by
 *
 * It does to its file, and to the process that made it, which may come by a
 * GPU's file that is registered with that.
 *
 * Context: Any.
 */
bool nv_client_is_own(const struct nv_client *client, const void *file)
{
	return READ_ONCE(client->file) == file ||
	       client->pid == task_tgid_nr(current);
}

/**
 * nv_client_closed - is what is not in a client's tree closed to the caller?
 * @client: which
 *
 * It is to groups with a quota. Of a client that was there before vgpu, though,
 * some of what it has was never seen. A process that began later has none such:
 * what it names and is not known is still being made.
 *
 * Context: Any.
 */
bool nv_client_closed(const struct nv_client *client)
{
	return !READ_ONCE(client->met) && vgpu_view_limited();
}

/**
 * nv_client_meet - find a client, or begin to know one that was there before
 * @handle: as a tenant names it
 *
 * Nothing is made for a handle that RM does not know.
 *
 * Context: May sleep; may call into RM.
 * Return: a reference, or NULL.
 */
struct nv_client *nv_client_meet(u32 handle)
{
	struct nv_client *client = nv_client_get(handle);

	if (client || !nv_rm_alive(handle))
		return client;
	client = nv_client_new();
	if (!client)
		return NULL;
	nv_client_insert(client, handle, NULL);
	return nv_client_get(handle);
}

/**
 * nv_client_drop - RM has ended a client
 * @client: referenced by the caller
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_client_drop(struct nv_client *client)
{
	LIST_HEAD(dead);
	bool was;

	mutex_lock(&nv_tree_lock);
	was = !client->gone;
	if (was)
		unhash(client, &dead);
	mutex_unlock(&nv_tree_lock);
	bury(&dead);
	if (!was)
		return;
	nv_doorbell_client_gone(client->handle);
	nv_client_put(client);
}

/* The first client that fits, referenced: the table changes between. */
static struct nv_client *next_of(const void *file, unsigned int *skip)
{
	struct nv_client *client;
	unsigned int bucket, n = 0;

	mutex_lock(&nv_tree_lock);
	hash_for_each(clients, bucket, client, hash) {
		if (client->file != file || n++ < *skip)
			continue;
		refcount_inc(&client->refs);
		goto out;
	}
	client = NULL;
out:
	mutex_unlock(&nv_tree_lock);
	return client;
}

static void drop_dead(const void *file)
{
	struct nv_client *client;
	unsigned int skip = 0;

	while ((client = next_of(file, &skip))) {
		if (nv_rm_alive(client->handle))
			skip++;
		else
			nv_client_drop(client);
		nv_client_put(client);
	}
}

/**
 * nv_tree_file_gone - the driver has let go of a file
 * @file: its address may be used again from now on
 *
 * RM ends the clients of a file with it, but it is RM that says which are
 * ended. One that lives on is looked at again when another file goes.
 *
 * Context: May sleep; calls into RM.
 */
void nv_tree_file_gone(const void *file)
{
	struct nv_client *client;
	unsigned int none = 0;

	drop_dead(file);
	while ((client = next_of(file, &none))) {
		mutex_lock(&nv_tree_lock);
		if (!client->gone && client->file) {
			WRITE_ONCE(client->file, NULL);
			fileless++;
		}
		mutex_unlock(&nv_tree_lock);
		nv_client_put(client);
	}
	if (READ_ONCE(fileless))
		drop_dead(NULL);
}

/**
 * nv_tree_destroy - forget everything, as no releases are seen any more
 *
 * Context: May sleep. No call is in flight.
 */
void nv_tree_destroy(void)
{
	struct nv_client *client;
	struct hlist_node *next;
	unsigned int bucket;
	LIST_HEAD(dead);

	mutex_lock(&nv_tree_lock);
	hash_for_each_safe(clients, bucket, next, client, hash) {
		unhash(client, &dead);
		nv_client_put(client);
	}
	mutex_unlock(&nv_tree_lock);
	bury(&dead);
}
