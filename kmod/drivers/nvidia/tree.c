// SPDX-License-Identifier: GPL-2.0
/*
 * The objects of RM's clients, kept as RM keeps them.
 *
 * RM knows memory by (client, handle). Ending an object ends all below it;
 * ending a client (client.c) ends everything. Handles that share memory share
 * one struct nv_mem, whose charge goes back when the last of them, of the
 * exports and of UVM's duplicates is gone, and that is also when the driver
 * returns the memory.
 *
 * RM may end an object without being asked, because something it depends on
 * ended. Such a leftover is found out when its handle is used again
 * (nv_object_insert) or when its client ends. Until then it is charged, which
 * harms none but its own group.
 *
 * Locks: a client's serial lock, then nv_tree_lock. The latter is never held
 * across a call into RM.
 */
#include <linux/slab.h>

#include "../../kmem.h"
#include "../../object.h"
#include "backend.h"
#include "tree.h"

DEFINE_MUTEX(nv_tree_lock);	/* protects clients' table and trees */

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
void nv_tree_uproot(struct nv_client *client, struct nv_object *root,
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

/* What was uprooted: nobody finds it any more. May sleep. */
void nv_tree_bury(struct list_head *dead)
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
 * The client may have ended meanwhile, and one by the same name begun, whose the
 * object then is although it was charged here.
 *
 * Context: May sleep. Takes nv_tree_lock.
 * Return: false where the client has ended: what is held is given back.
 */
bool nv_object_insert(struct nv_client *client, struct nv_object *object,
		      u32 handle, u32 parent)
{
	struct rb_node **link, *above = NULL;
	struct nv_object *at;
	LIST_HEAD(dead);
	bool gone;

	object->handle = handle;
	mutex_lock(&nv_tree_lock);
	object->id = ++client->made;
	gone = client->gone;
	if (gone) {
		list_add(&object->sibling, &dead);
		goto out;
	}
	at = find(client, handle);
	if (at)
		nv_tree_uproot(client, at, &dead);

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
	nv_tree_bury(&dead);
	return !gone;
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
		nv_tree_uproot(client, object, &dead);
	mutex_unlock(&nv_tree_lock);
	nv_tree_bury(&dead);
}

/*
 * The memory behind a client's handles on a GPU. What contexts take is counted
 * once in all that is weighed at one moment, @now.
 */
u64 nv_tree_weigh(const struct nv_client *client, const struct nv_gpu *gpu,
		  u64 now)
{
	const struct nv_object *object;
	struct rb_node *node;
	struct nv_mem *mem;
	u64 bytes = 0;

	lockdep_assert_held(&nv_tree_lock);

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
