/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clients and their trees of objects.
 */
#ifndef MOCK_CLIENT_H
#define MOCK_CLIENT_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/xarray.h>

#include "gpu.h"
#include "heap.h"

struct mock_channel;
struct mock_doorbell;
struct mock_tsg;
struct nv_file_private;
struct seq_file;

/**
 * struct mock_caller - API_SECURITY_INFO
 * @kernel: through rm_kernel_rmapi_op: any client, pointers are the kernel's
 * @owner: the control file that the call came on, or is registered with
 */
struct mock_caller {
	bool kernel;
	struct nv_file_private *owner;
};

enum mock_kind {
	KIND_ROOT,
	KIND_DEVICE,
	KIND_SUBDEVICE,
	KIND_VIDMEM,
	KIND_SYSMEM,
	KIND_FABRIC,
	KIND_OS_DESCRIPTOR,
	KIND_VIRTUAL,
	KIND_ALIAS,
	KIND_VASPACE,
	KIND_TSG,
	KIND_CTXSHARE,
	KIND_CHANNEL,
	KIND_ENGINE,
	KIND_USERMODE,
	KIND_DEBUGGER,
	KIND_SHARED_DATA,
	KIND_EVENT,
	KIND_PARTITION,
	KIND_COMPUTE,
};

/**
 * struct mock_object - what a handle names (RsResourceRef)
 * @sibling: in the parent's @children
 * @children: go when this goes
 * @dependants: go when this goes, too, wherever they are in the tree
 * @dependency: in another object's @dependants
 * @parent: NULL for a root
 * @client: whose it is
 * @gpu: below whose device it is, or NULL
 * @handle: its name
 * @class: as asked for
 * @kind: what that means here
 * @holder: the memory it names or takes
 * @part: the instance it subscribes to
 * @share_client: a client that may duplicate it, or 0
 * @share_all: anybody may duplicate it
 * @share_token: clients of the same user may duplicate it
 * @share_revoked: not even another client of this process may
 * @interleave: group: NVA06C_CTRL_INTERLEAVE_LEVEL
 * @tsg: group, or channel that has one of its own: what the engine knows
 * @channel: channel: what the engine knows
 * @doorbell: doorbells: what the engine looks at
 *
 * All under mock_rm_lock.
 */
struct mock_object {
	struct list_head sibling;
	struct list_head children;
	struct list_head dependants;
	struct list_head dependency;
	struct mock_object *parent;
	struct mock_client *client;
	struct mock_gpu *gpu;
	u32 handle;
	u32 class;
	enum mock_kind kind;
	struct mock_holder holder;
	struct mock_part *part;
	u32 share_client;
	bool share_all;
	bool share_token;
	bool share_revoked;
	u32 interleave;
	struct mock_tsg *tsg;
	struct mock_channel *channel;
	struct mock_doorbell *doorbell;
};

/**
 * struct mock_client - a client (RmClient)
 * @node: in mock_clients
 * @root: the object of the same handle
 * @objects: by handle, the root too
 * @owner: the control file it was made on; NULL for the kernel's
 * @pid: thread group that made it
 * @tgid: the same, owned
 * @uid: its user
 * @nr: objects beside the root
 * @next: the last handle that was generated
 * @bytes: video memory it is charged for; mock_heap_lock
 */
struct mock_client {
	struct list_head node;
	struct mock_object root;
	struct xarray objects;
	struct nv_file_private *owner;
	pid_t pid;
	struct pid *tgid;
	kuid_t uid;
	u32 nr;
	u32 next;
	u64 bytes[MOCK_GPUS];
};

/**
 * struct mock_class - a class that can be allocated (resource_list.h)
 * @nr: hClass
 * @kind: what it is here
 * @parents: kinds it may be below, as bits; 0 for any
 * @params: bytes that its parameters have, or one of enum mock_size
 * @required: there must be parameters
 * @privileged: for administrators
 */
struct mock_class {
	u32 nr;
	enum mock_kind kind;
	u32 parents;
	u16 params;
	bool required;
	bool privileged;
};

/* The RM API lock. Inside mmap_lock and UVM's locks; no user copy below it. */
extern struct mutex mock_rm_lock;
extern struct list_head mock_clients;
extern unsigned long mock_overhead;

u32 mock_client_new(const struct mock_caller *caller, u32 *handle);
u32 mock_client_get(const struct mock_caller *caller, u32 handle,
		    struct mock_client **client);
struct mock_client *mock_client_find(u32 handle);
pid_t mock_client_nr(const struct mock_client *client);
void mock_client_free(struct mock_client *client);
void mock_client_free_owned(struct nv_file_private *owner);
struct mock_object *mock_object_find(struct mock_client *client, u32 handle);

const struct mock_class *mock_class_find(u32 nr);
u32 mock_class_params(const struct mock_class *class);

struct mock_object *mock_object_new(struct mock_object *parent, u32 handle,
				    const struct mock_class *class,
				    u32 *status);
void mock_object_free(struct mock_object *object);
u32 mock_object_alloc(const struct mock_caller *caller, u32 root, u32 parent,
		      u32 *handle, const struct mock_class *class,
		      void *params);
u32 mock_object_release(const struct mock_caller *caller, u32 root, u32 handle);
u32 mock_object_dup(const struct mock_caller *caller, u32 client, u32 parent,
		    u32 *handle, u32 src_client, u32 src);
u32 mock_object_share(const struct mock_caller *caller, u32 client, u32 handle,
		      u16 type, u32 target, bool revoke);
u32 mock_object_clone(struct mock_object *parent, u32 *handle,
		      const struct mock_class *class, struct mock_phys *phys,
		      struct mock_tsg *tsg);

u32 mock_memory_construct(const struct mock_caller *caller,
			  struct mock_object *object, void *params);
bool mock_kind_is_memory(enum mock_kind kind);

u32 mock_mig_part(const struct mock_caller *caller, struct mock_object *object,
		  struct mock_part **part);
bool mock_mig_has(struct mock_client *client, const struct mock_part *part);
u32 mock_mig_subscribe(const struct mock_caller *caller,
		       struct mock_object *object, const void *params);
void mock_mig_unsubscribe(struct mock_object *object);
u32 mock_mig_compute(struct mock_object *object, const void *params);

#endif /* MOCK_CLIENT_H */
