// SPDX-License-Identifier: GPL-2.0
/*
 * Clients belong to the control file that made them: nobody else may name them
 * (rmclientValidate_IMPL, src/nvidia/src/kernel/rmapi/client.c, with
 * PDB_PROP_SYS_VALIDATE_CLIENT_HANDLE_STRICT, which is set on Linux).
 */
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "client.h"
#include "file.h"

/* RS_CLIENT_HANDLE_BASE, RS_CLIENT_HANDLE_MAX: resserv.h, rs_server.c */
#define CLIENT_BASE	0xc1d00000
#define CLIENT_MASK	0xfffff

/* Clients, their objects, what is exported; see client.h. */
DEFINE_MUTEX(mock_rm_lock);
LIST_HEAD(mock_clients);

static u32 last_index;

struct mock_client *mock_client_find(u32 handle)
{
	struct mock_client *client;

	lockdep_assert_held(&mock_rm_lock);
	list_for_each_entry(client, &mock_clients, node) {
		if (client->root.handle == handle)
			return client;
	}
	return NULL;
}

/**
 * mock_client_get() - the client that a caller names
 * @caller: who names it
 * @handle: its name
 * @client: where it is stored
 *
 * Context: With the RM lock.
 * Return: NV_OK or NV_ERR_INVALID_CLIENT.
 */
u32 mock_client_get(const struct mock_caller *caller, u32 handle,
		    struct mock_client **client)
{
	*client = mock_client_find(handle);
	if (!*client)
		return NV_ERR_INVALID_CLIENT;
	if (!caller->kernel && (*client)->owner != caller->owner)
		return NV_ERR_INVALID_CLIENT;
	return NV_OK;
}

static u32 client_handle(u32 *handle)
{
	u32 tries = CLIENT_MASK;

	if (*handle) {
		/* Whatever was asked for is moved into the range. */
		*handle = CLIENT_BASE | (*handle & CLIENT_MASK);
		return mock_client_find(*handle) ?
			       NV_ERR_INSERT_DUPLICATE_NAME : NV_OK;
	}
	do {
		last_index = (last_index + 1) & CLIENT_MASK;
		*handle = CLIENT_BASE | last_index;
	} while (mock_client_find(*handle) && --tries);
	return tries ? NV_OK : NV_ERR_INSUFFICIENT_RESOURCES;
}

/**
 * mock_client_new() - allocate a client
 * @caller: for whom
 * @handle: the name it shall have, or 0; then the one it got
 *
 * Context: With the RM lock.
 * Return: NV_OK or what is wrong.
 */
u32 mock_client_new(const struct mock_caller *caller, u32 *handle)
{
	struct mock_client *client;
	u32 name = *handle;
	u32 status = client_handle(&name);

	if (status)
		return status;
	client = kzalloc(sizeof(*client), GFP_KERNEL);
	if (!client)
		return NV_ERR_INSUFFICIENT_RESOURCES;
	xa_init(&client->objects);
	client->root.handle = name;
	client->root.class = CLASS_ROOT_CLIENT;
	client->root.kind = KIND_ROOT;
	client->root.client = client;
	INIT_LIST_HEAD(&client->root.sibling);
	INIT_LIST_HEAD(&client->root.children);
	INIT_LIST_HEAD(&client->root.dependants);
	INIT_LIST_HEAD(&client->root.dependency);
	if (xa_err(xa_store(&client->objects, name, &client->root,
			    GFP_KERNEL))) {
		kfree(client);
		return NV_ERR_INSUFFICIENT_RESOURCES;
	}
	client->owner = caller->kernel ? NULL : caller->owner;
	client->pid = task_tgid_nr(current);
	client->tgid = get_task_pid(current, PIDTYPE_TGID);
	client->uid = current_euid();
	list_add_tail(&client->node, &mock_clients);
	*handle = name;
	return NV_OK;
}

/*
 * Its process, by the number that it has in the namespace of whoever asks, or 0:
 * _gpuConvertPid(), gpu_rmapi.c; osFindNsPid(), osapi.c.
 */
pid_t mock_client_nr(const struct mock_client *client)
{
	return pid_nr_ns(client->tgid, task_active_pid_ns(current));
}

void mock_client_free(struct mock_client *client)
{
	struct mock_object *child;

	lockdep_assert_held(&mock_rm_lock);
	while (!list_empty(&client->root.children)) {
		child = list_last_entry(&client->root.children,
					struct mock_object, sibling);
		mock_object_free(child);
	}
	list_del(&client->node);
	xa_destroy(&client->objects);
	put_pid(client->tgid);
	kfree(client);
}

/* Free the clients of a file that goes (RmFreeUnusedClients, osapi.c). */
void mock_client_free_owned(struct nv_file_private *owner)
{
	struct mock_client *client, *next;

	lockdep_assert_held(&mock_rm_lock);
	list_for_each_entry_safe(client, next, &mock_clients, node) {
		if (client->owner == owner)
			mock_client_free(client);
	}
}

struct mock_object *mock_object_find(struct mock_client *client, u32 handle)
{
	return xa_load(&client->objects, handle);
}
