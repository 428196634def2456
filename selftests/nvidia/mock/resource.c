// SPDX-License-Identifier: GPL-2.0
/*
 * Objects: allocated below a parent, freed with all that is below or depends
 * on them (src/nvidia/src/libraries/resserv/src/rs_server.c, rs_client.c).
 */
#include <linux/capability.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "client.h"
#include "engine.h"
#include "file.h"
#include "release.h"

/* RS_UNIQUE_HANDLE_BASE: rs_client.h */
#define HANDLE_BASE	0xcaf00000
#define HANDLE_MASK	0x7ffff

static u32 object_handle(struct mock_client *client, u32 *handle)
{
	u32 tries = HANDLE_MASK;

	if (*handle)
		return mock_object_find(client, *handle) ?
			       NV_ERR_INSERT_DUPLICATE_NAME : NV_OK;
	do {
		client->next = (client->next + 1) & HANDLE_MASK;
		*handle = HANDLE_BASE | client->next;
	} while (mock_object_find(client, *handle) && --tries);
	return tries ? NV_OK : NV_ERR_INSUFFICIENT_RESOURCES;
}

/**
 * mock_object_new() - an object that does nothing yet
 * @parent: what it is below
 * @handle: its name, unused
 * @class: its class
 * @status: why not, when NULL is returned
 *
 * Context: With the RM lock. May sleep.
 * Return: the object or NULL.
 */
struct mock_object *mock_object_new(struct mock_object *parent, u32 handle,
				    const struct mock_class *class, u32 *status)
{
	struct mock_client *client = parent->client;
	struct mock_object *object;

	if (class->parents && !(class->parents & BIT(parent->kind))) {
		*status = NV_ERR_INVALID_OBJECT_PARENT;
		return NULL;
	}
	*status = NV_ERR_INSUFFICIENT_RESOURCES;
	object = kzalloc(sizeof(*object), GFP_KERNEL);
	if (!object)
		return NULL;
	INIT_LIST_HEAD(&object->children);
	INIT_LIST_HEAD(&object->dependants);
	INIT_LIST_HEAD(&object->dependency);
	object->handle = handle;
	object->class = class->nr;
	object->kind = class->kind;
	object->parent = parent;
	object->client = client;
	object->gpu = parent->gpu;
	if (xa_err(xa_store(&client->objects, handle, object, GFP_KERNEL))) {
		kfree(object);
		return NULL;
	}
	list_add_tail(&object->sibling, &parent->children);
	client->nr++;
	*status = NV_OK;
	return object;
}

/**
 * mock_object_free() - free an object and all that goes with it
 * @object: not a root
 *
 * Context: With the RM lock. May sleep.
 */
void mock_object_free(struct mock_object *object)
{
	struct mock_object *other;

	lockdep_assert_held(&mock_rm_lock);
	while (!list_empty(&object->dependants)) {
		other = list_last_entry(&object->dependants,
					struct mock_object, dependency);
		mock_object_free(other);
	}
	while (!list_empty(&object->children)) {
		other = list_last_entry(&object->children, struct mock_object,
					sibling);
		mock_object_free(other);
	}
	mock_channel_destroy(object);
	mock_tsg_destroy(object);
	mock_doorbell_destroy(object);
	mock_dma_forget(object);
	mock_phys_drop(&object->holder);
	mock_mig_unsubscribe(object);
	list_del(&object->dependency);
	list_del(&object->sibling);
	xa_erase(&object->client->objects, object->handle);
	object->client->nr--;
	kfree(object);
}

/* The n-th of the words that parameters begin with. */
static u32 word(const void *params, unsigned int n)
{
	return params ? ((const u32 *)params)[n] : 0;
}

static u32 device_construct(const struct mock_caller *caller,
			    struct mock_object *object, const void *params)
{
	u32 instance = word(params, 0);

	/* deviceConstruct_IMPL: gpumgrIsDeviceInstanceValid */
	if (instance >= mock_gpu_count ||
	    !mock_gpu_attached(&mock_gpus[instance]))
		return NV_ERR_INVALID_CLASS;
	object->gpu = &mock_gpus[instance];
	/* deviceConstruct_IMPL, device.c: osIsGpuAccessible */
	if (!caller->kernel && !mock_file_match(object->gpu))
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	return NV_OK;
}

/* Goes when the named object goes, if there is one. */
static u32 depend(struct mock_object *object, u32 handle, enum mock_kind kind)
{
	struct mock_object *on;

	if (!handle)
		return NV_OK;
	on = mock_object_find(object->client, handle);
	if (!on || on->kind != kind)
		return NV_ERR_OBJECT_NOT_FOUND;
	list_add_tail(&object->dependency, &on->dependants);
	return NV_OK;
}

/*
 * A group of RM's own around a bare channel, with which it goes. Its handle is one
 * of the client's, who is not told, but may guess it (kchannelConstruct_IMPL,
 * kernel_channel.c: hPhysChannelGroup).
 */
static u32 wrap(struct mock_object *object, u32 engine)
{
	struct mock_object *group;
	u32 name = 0, status;

	status = object_handle(object->client, &name);
	if (status)
		return status;
	group = mock_object_new(object->parent, name,
				mock_class_find(CLASS_TSG), &status);
	if (!group)
		return status;
	list_add_tail(&group->dependency, &object->dependants);
	status = mock_tsg_construct(group, engine);
	object->tsg = mock_tsg_get(group->tsg);
	return status;
}

/*
 * NV_CHANNEL_ALLOC_PARAMS: hContextShare @24, hVASpace @28, engineType @128
 */
static u32 channel_construct(struct mock_object *object, const void *params)
{
	u32 status;

	if (word(params, 6))
		status = depend(object, word(params, 6), KIND_CTXSHARE);
	else
		status = depend(object, word(params, 7), KIND_VASPACE);
	if (!status && object->parent->kind != KIND_TSG)
		status = wrap(object, word(params, 32));
	return status ?: mock_channel_construct(object, params);
}

/*
 * Contexts and page tables lie in video memory that no call names. Here a
 * channel group and an address space take "overhead" bytes each.
 */
static u32 overhead_construct(const struct mock_caller *caller,
			      struct mock_object *object)
{
	struct mock_part *part;
	u32 status;

	if (!mock_overhead)
		return NV_OK;
	status = mock_mig_part(caller, object, &part);
	if (status)
		return status;
	return mock_phys_new(object->gpu, part, mock_overhead, &object->holder,
			     object->client) ? NV_ERR_NO_MEMORY : NV_OK;
}

/* NV_CHANNEL_GROUP_ALLOCATION_PARAMETERS: engineType @12 */
static u32 tsg_construct(const struct mock_caller *caller,
			 struct mock_object *object, const void *params)
{
	u32 status = mock_tsg_construct(object, word(params, 3));

	return status ?: overhead_construct(caller, object);
}

static u32 construct(const struct mock_caller *caller,
		     struct mock_object *object, void *params)
{
	switch (object->kind) {
	case KIND_DEVICE:
		return device_construct(caller, object, params);
	case KIND_SUBDEVICE:
		return word(params, 0) ? NV_ERR_INVALID_ARGUMENT : NV_OK;
	case KIND_CHANNEL:
		return channel_construct(object, params);
	case KIND_CTXSHARE:
		return depend(object, word(params, 0), KIND_VASPACE);
	case KIND_TSG:
		return tsg_construct(caller, object, params);
	case KIND_VASPACE:
		return overhead_construct(caller, object);
	case KIND_PARTITION:
		return mock_mig_subscribe(caller, object, params);
	case KIND_COMPUTE:
		return mock_mig_compute(object, params);
	case KIND_USERMODE:
		return mock_doorbell_construct(object);
	default:
		return mock_memory_construct(caller, object, params);
	}
}

/**
 * mock_object_alloc() - what NVOS21 and NVOS64 ask for, but for clients
 * @caller: who asks
 * @root: its client
 * @parent: below what
 * @handle: the name it shall have, or 0; then the one it got
 * @class: of which class
 * @params: the class' parameters, a copy; may be changed
 *
 * Context: With the RM lock. May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 mock_object_alloc(const struct mock_caller *caller, u32 root, u32 parent,
		      u32 *handle, const struct mock_class *class,
		      void *params)
{
	struct mock_object *object, *above;
	struct mock_client *client;
	u32 name = *handle;
	u32 status;

	status = mock_client_get(caller, root, &client);
	if (status)
		return status;
	if (class->privileged && !caller->kernel && !capable(CAP_SYS_ADMIN))
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	above = mock_object_find(client, parent);
	if (!above)
		return NV_ERR_OBJECT_NOT_FOUND;
	status = object_handle(client, &name);
	if (status)
		return status;
	object = mock_object_new(above, name, class, &status);
	if (!object)
		return status;
	status = construct(caller, object, params);
	if (status)
		mock_object_free(object);
	else
		*handle = name;
	return status;
}

/**
 * mock_object_release() - what NVOS00 asks for
 * @caller: who asks
 * @root: its client
 * @handle: what to free; the client itself, too
 *
 * Context: With the RM lock. May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 mock_object_release(const struct mock_caller *caller, u32 root, u32 handle)
{
	struct mock_object *object;
	struct mock_client *client;
	u32 status = mock_client_get(caller, root, &client);

	if (status)
		return status;
	object = mock_object_find(client, handle);
	if (!object)
		return NV_ERR_OBJECT_NOT_FOUND;
	if (object == &client->root)
		mock_client_free(client);
	else
		mock_object_free(object);
	return NV_OK;
}

/*
 * May that client have a handle on the object? Without a word by the owner only
 * clients of its own process (serverInitGlobalSharePolicies, sharing.c).
 */
static bool may_dup(const struct mock_caller *caller,
		    struct mock_client *client, struct mock_object *src)
{
	const struct mock_object *policy;

	if (caller->kernel || src->client == client)
		return true;
	for (policy = src; policy; policy = policy->parent) {
		if (policy->share_all ||
		    policy->share_client == client->root.handle)
			return true;
		if (policy->share_token &&
		    uid_eq(src->client->uid, client->uid))
			return true;
	}
	return !src->share_revoked &&
	       src->client->pid == task_tgid_nr(current);
}

/**
 * mock_object_clone() - one more handle for what memory or a context is
 * @parent: below what
 * @handle: the name it shall have, or 0; then the one it got
 * @class: of what it is a duplicate
 * @phys: the memory, or NULL
 * @tsg: the channel group, or NULL
 *
 * Context: With the RM lock. May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 mock_object_clone(struct mock_object *parent, u32 *handle,
		      const struct mock_class *class, struct mock_phys *phys,
		      struct mock_tsg *tsg)
{
	struct mock_object *object;
	u32 name = *handle;
	u32 status = object_handle(parent->client, &name);

	if (status)
		return status;
	object = mock_object_new(parent, name, class, &status);
	if (!object)
		return status;
	if (phys)
		mock_phys_hold(&object->holder, phys, object->client);
	object->tsg = mock_tsg_get(tsg);
	*handle = name;
	return NV_OK;
}

/*
 * resCanCopy() of the classes: memory, vaspaceapiCanCopy_IMPL (vaspace_api.c) and
 * kchangrpapiCanCopy_IMPL (kernel_channel_group_api.c). Context shares may be
 * copied, too, but not here; channels may not.
 */
static bool can_copy(const struct mock_object *object)
{
	return mock_kind_is_memory(object->kind) ||
	       object->kind == KIND_VASPACE || object->kind == KIND_TSG;
}

/**
 * mock_object_dup() - what NVOS55 asks for
 * @caller: who asks
 * @client: its client
 * @parent: below what
 * @handle: the name it shall have, or 0; then the one it got
 * @src_client: whose the object is
 * @src: its handle there
 *
 * Context: With the RM lock. May sleep.
 * Return: NV_OK or what is wrong.
 */
u32 mock_object_dup(const struct mock_caller *caller, u32 client, u32 parent,
		    u32 *handle, u32 src_client, u32 src)
{
	struct mock_client *to, *from;
	struct mock_object *object, *above;
	u32 status = mock_client_get(caller, client, &to);

	if (status)
		return status;
	from = mock_client_find(src_client);
	if (!from)
		return NV_ERR_INVALID_CLIENT;
	object = mock_object_find(from, src);
	above = mock_object_find(to, parent);
	if (!object || !above)
		return NV_ERR_OBJECT_NOT_FOUND;
	if (!can_copy(object))
		return NV_ERR_INVALID_ARGUMENT;
	if (!may_dup(caller, to, object))
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	return mock_object_clone(above, handle, mock_class_find(object->class),
				 object->holder.phys, object->tsg);
}

/**
 * mock_object_share() - what NVOS57 asks for
 * @caller: who asks
 * @client: its client
 * @handle: of what, and of all that is below
 * @type: RS_SHARE_TYPE
 * @target: a client, for SHARE_CLIENT
 * @revoke: no longer
 *
 * Context: With the RM lock.
 * Return: NV_OK or what is wrong.
 */
u32 mock_object_share(const struct mock_caller *caller, u32 client, u32 handle,
		      u16 type, u32 target, bool revoke)
{
	struct mock_object *object;
	struct mock_client *owner;
	u32 status = mock_client_get(caller, client, &owner);

	if (status)
		return status;
	object = mock_object_find(owner, handle);
	if (!object)
		return NV_ERR_OBJECT_NOT_FOUND;
	switch (type) {
	case SHARE_ALL:
		object->share_all = !revoke;
		return NV_OK;
	case SHARE_OS_SECURITY_TOKEN:
		object->share_token = !revoke;
		return NV_OK;
	case SHARE_CLIENT:
		object->share_client = revoke ? 0 : target;
		return NV_OK;
	case SHARE_PID:
		object->share_revoked = revoke;
		return NV_OK;
	default:
		return NV_ERR_INVALID_ARGUMENT;
	}
}
