// SPDX-License-Identifier: GPL-2.0
/*
 * RM's clients: the table of them, whose they are, and what is known of them
 * while a call of theirs is under way.
 *
 * A client owns its objects (tree.c), and is owned by the control file that it
 * was made by. Of one that was there before us neither the file nor all of the
 * objects are known.
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

#include "../../view.h"
#include "backend.h"
#include "tree.h"

#define CLIENT_HASH_BITS	10
#define UNSURE_MAX		(30 * HZ)

/* All under nv_tree_lock but for the last. */
static DEFINE_HASHTABLE(clients, CLIENT_HASH_BITS);
static unsigned int fileless;	/* clients whose file is not known */
static u64 tried;		/* bytes that calls might have taken */
static u64 births;		/* clients that came to the table */
static u64 attached;		/* when, as processes' births are told */

/**
 * nv_clients_attach - what comes from now on is seen
 *
 * Context: Any.
 */
void nv_clients_attach(void)
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
		nv_tree_uproot(client, object, dead);
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
	nv_tree_bury(&dead);
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
	nv_tree_bury(&dead);
	if (!was)
		return;
	nv_doorbell_client_gone(client->handle);
	nv_client_put(client);
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

/**
 * nv_clients_held - what the handles of a process stand for
 * @pid: of its thread group
 * @gpu: on which GPU
 * @held: set
 *
 * Context: May sleep. Takes nv_tree_lock.
 */
void nv_clients_held(pid_t pid, const struct nv_gpu *gpu, struct nv_held *held)
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
		held->bytes += nv_tree_weigh(client, gpu, now);
	}
	mutex_unlock(&nv_tree_lock);
}

/**
 * nv_clients_unsure - it cannot be told what a process holds, or it can
 * @pid: of its thread group
 * @unsure: which
 *
 * It could see to that for ever.
 *
 * Context: May sleep. Takes nv_tree_lock.
 * Return: true where it is too long that it can not.
 */
bool nv_clients_unsure(pid_t pid, bool unsure)
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
 * nv_clients_file_gone - the driver has let go of a file
 * @file: its address may be used again from now on
 *
 * RM ends the clients of a file with it, but it is RM that says which are
 * ended. One that lives on is looked at again when another file goes.
 *
 * Context: May sleep; calls into RM.
 */
void nv_clients_file_gone(const void *file)
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
 * nv_clients_destroy - forget everything, as no releases are seen any more
 *
 * Context: May sleep. No call is in flight.
 */
void nv_clients_destroy(void)
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
	nv_tree_bury(&dead);
}
