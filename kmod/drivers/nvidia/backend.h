/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vgpu on NVIDIA's open kernel modules.
 *
 * Everything a tenant asks of the resource manager (RM) passes rm_ioctl(),
 * which already holds a kernel copy of the ioctl's argument, with any wrapper
 * taken off. That copy is what is decided on and what the driver then acts
 * on. What lies behind pointers in it the driver reads once more for itself,
 * so whatever vgpu read there is only a forecast: after the call the truth is
 * asked from RM itself (rmapi.c), never from user memory.
 *
 *	escape.c	rm_ioctl(): which request goes where
 *	control.c	controls that none of the others takes
 *	alloc.c		requests that make or end objects
 *	client.c	clients
 *	tree.c		their objects, as RM has them
 *	class.c		what each class of object is to a quota
 *	export.c	memory that leaves its client by a file or a dma-buf
 *	view.c		what a tenant is told of memory and processes
 *	rmapi.c		the kernel's own way into RM
 *	gpu.c		the GPUs
 *	instance.c	the instances that MIG makes of them
 *	queue.c		channels and their groups, and what tenants wish of them
 *	queue_turn.c	which of them run now
 *	queue_control.c	what tenants say of that
 *	doorbell.c	how new work is heard of
 *	process.c	what processes hold beyond what they asked for by name
 *	uvm.c		managed memory
 *	uvm_dup.c	memory of RM's that UVM has a handle to
 *	uvm_tools.c	what profilers are told of managed memory
 */
#ifndef _VGPU_NVIDIA_BACKEND_H
#define _VGPU_NVIDIA_BACKEND_H

#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <linux/vgpu.h>

#include "../../call.h"
#include "../../driver.h"
#include "../../interpose.h"
#include "abi.h"

struct file;
struct vgpu_group;

/* Fields of the driver's structures, which vgpu has no types for. */
static inline u16 nv_get16(const void *data, unsigned int offset)
{
	u16 value;

	memcpy(&value, data + offset, sizeof(value));
	return value;
}

static inline u32 nv_get32(const void *data, unsigned int offset)
{
	u32 value;

	memcpy(&value, data + offset, sizeof(value));
	return value;
}

static inline u64 nv_get64(const void *data, unsigned int offset)
{
	u64 value;

	memcpy(&value, data + offset, sizeof(value));
	return value;
}

static inline void nv_put32(void *data, unsigned int offset, u32 value)
{
	memcpy(data + offset, &value, sizeof(value));
}

static inline void nv_put64(void *data, unsigned int offset, u64 value)
{
	memcpy(data + offset, &value, sizeof(value));
}

/* Is a number in a module parameter that the operator may be writing? */
static inline bool nv_allowed(const unsigned int *list, unsigned int max,
			      const unsigned int *n, u32 number)
{
	unsigned int i;

	for (i = 0; i < min(READ_ONCE(*n), max); i++)
		if (READ_ONCE(list[i]) == number)
			return true;
	return false;
}

enum nv_route {
	NV_ROUTE_VIDMEM,
	NV_ROUTE_EXPORT,
	NV_ROUTE_DMABUF,
	NV_ROUTE_CLASS,
	NV_ROUTE_CHANNEL,
	NV_ROUTE_ESCAPE,
	NV_ROUTE_SIZE,
	NV_ROUTE_RELEASE,
	NV_ROUTE_CONTROL,
	NV_ROUTES,
};

/* The one nvidia.ko of this host. */
extern struct vgpu_driver nv_driver;
extern struct vgpu_route nv_routes[NV_ROUTES];
extern struct vgpu_interpose *nv_points;

/* gpu.c */

/**
 * struct nv_gpu - one GPU of the driver's, or an instance that MIG made of one
 * @list: in the list of GPUs, under nv_gpu_lock
 * @id: the driver's gpu_id; immutable
 * @device: borrowed, as long as @present; devices outlive this module
 * @domain: of its PCI address, as are @bus and @devfn; immutable
 * @bus: see there
 * @devfn: see there
 * @present: the driver has it; under nv_gpu_lock
 * @uuid: zero where not known yet; set once, under nv_gpu_lock. An instance
 *	has none
 * @whole: of an instance, the GPU that it is a part of; immutable
 * @swizz: of an instance, what RM calls it; immutable
 * @split: of a GPU, it has instances; written under nv_gpu_lock
 */
struct nv_gpu {
	struct list_head list;
	u32 id;
	struct vgpu_device *device;
	u32 domain;
	u8 bus;
	u8 devfn;
	bool present;
	u8 uuid[16];
	struct nv_gpu *whole;
	u32 swizz;
	bool split;
};

int nv_gpu_init(void);
void nv_gpu_deinit(void);
int nv_gpu_attach(void);
void nv_gpu_detach(void);
struct nv_gpu *nv_gpu_by_id(u32 id);
struct nv_gpu *nv_gpu_by_uuid(const u8 *uuid);
struct nv_gpu *nv_gpu_instance(struct nv_gpu *whole, u32 swizz, u64 total);
void nv_gpu_retain(struct nv_gpu *whole, const u32 *swizz, u32 n);
struct nv_gpu *nv_gpu_nth(unsigned int n);
u64 nv_gpu_turns(void);
void nv_gpu_learn(struct nv_gpu *gpu, u32 client, u32 subdevice);

/* instance.c */

/**
 * struct nv_whole - a charge of an instance's, on the GPU that it is a part of
 * @call: begun where there is such a charge
 * @begun: see there
 */
struct nv_whole {
	struct vgpu_call call;
	bool begun;
};

int nv_whole_reserve(struct nv_whole *whole, struct vgpu_point *point,
		     const struct nv_gpu *gpu, u64 bytes);
int nv_whole_bind(struct nv_whole *whole, struct nv_gpu *const *at, u64 bytes);
void nv_whole_end(struct nv_whole *whole);
int nv_whole_adopt(struct nv_gpu *const *at, u64 bytes,
		   struct task_struct *task);
void nv_whole_overhead(struct nv_gpu *const *at);
void nv_whole_resize(struct nv_gpu *const *at, u64 bytes);
void nv_whole_release(struct nv_gpu *const *at);

bool nv_instances_ask(struct nv_gpu *gpu, u32 client, u32 subdevice);
struct nv_gpu *nv_instance_of(struct nv_gpu *gpu, u32 client, u32 subdevice);
void nv_instance_name(struct nv_gpu *gpu, u32 client, u32 compute);

/* rmapi.c */
int nv_rm_attach(void);
void nv_rm_detach(void);
const struct nv_abi *nv_rm_abi(void);
bool nv_rm_namespaced(u16 answer);
u32 nv_rm_control(u32 client, u32 object, u32 cmd, void *params, u32 size);
u32 nv_rm_free(u32 client, u32 object);
u32 nv_rm_begin(const struct nv_gpu *gpu, u32 *client, u32 *subdevice);
bool nv_rm_alive(u32 client);
u32 nv_rm_memory_size(u32 client, u32 memory, u64 *bytes);
u32 nv_rm_device_gpu(u32 client, u32 device, struct nv_gpu **gpu);
unsigned int nv_rm_enumerate(void *infos);

/* tree.c */

/**
 * struct nv_mem - device memory, however many handles lead to it
 * @refs: one for each handle, export and duplicate in UVM
 * @gpu: where it lies
 * @overhead: RM counts it once, however many handles there are
 * @counted: when it was last, under nv_tree_lock
 * @bytes: charged to whoever made it, under its own address as the key; where
 *	@gpu is an instance, also on the whole GPU, under the address of @gpu
 */
struct nv_mem {
	refcount_t refs;
	struct nv_gpu *gpu;
	u64 bytes;
	u64 counted;
	bool overhead;
};

/**
 * struct nv_object - one handle of one client
 * @node: in the client's objects by @handle, under nv_tree_lock
 * @handle: as the driver knows it
 * @id: no other object of the client ever had it
 * @class: its class
 * @parent: NULL directly below the client; under nv_tree_lock
 * @children: under nv_tree_lock
 * @sibling: in the parent's @children or the client's @top
 * @mem: owned reference, or NULL
 * @gpu: of a device and of what lies below it; NULL above
 * @client: in whose tree it is
 * @queue: of a channel or a group of channels: owned reference
 * @named: in the queue's @objects, under nv_tree_lock
 * @payer: of its kernel memory
 */
struct nv_object {
	struct rb_node node;
	u32 handle;
	u64 id;
	u32 class;
	struct nv_object *parent;
	struct list_head children;
	struct list_head sibling;
	struct nv_mem *mem;
	struct nv_gpu *gpu;
	struct nv_client *client;
	struct nv_queue *queue;
	struct list_head named;
	struct vgpu_group *payer;
};

/**
 * struct nv_client - a client of RM's
 * @hash: in the table of clients, under nv_tree_lock
 * @handle: as the driver knows it
 * @file: the driver's file that owns it, never dereferenced; NULL where it was
 *	there before us
 * @pid: of the thread group that made it, or met it first
 * @met: it may have been there before us, as was the process that named it
 * @born: which of the clients that ever came to the table it is, or, until it
 *	does, how many there were when it was asked for; under nv_tree_lock
 * @serial: held across calls that make, copy or end objects of this client, so
 *	that no handle is used again between a call and the look at what it
 *	made. Taken killably: its holder may be stalled by its own memory, and
 *	so it is never taken below UVM's locks (nv_sight)
 * @refs: one for the table, one for each holder
 * @objects: by handle, under nv_tree_lock
 * @top: those without a parent, under nv_tree_lock
 * @made: objects ever inserted, under nv_tree_lock
 * @taking: bytes that the call under way may take; under nv_tree_lock
 * @copying: it gives a handle to what there is; likewise
 * @copies: how often one did; likewise
 * @unsure: jiffies since when it is not known what it holds, or 0; likewise
 * @making: the driver may be about to give a handle; under nv_tree_lock
 * @naming: which, or 0 where it chooses; under nv_tree_lock
 * @gone: out of the table; under nv_tree_lock
 */
struct nv_client {
	struct hlist_node hash;
	u32 handle;
	const void *file;
	pid_t pid;
	bool met;
	u64 born;
	struct mutex serial;	/* protects handles across calls */
	refcount_t refs;
	struct rb_root objects;
	struct list_head top;
	u64 made;
	u64 taking;
	bool copying;
	unsigned long copies;
	unsigned long unsure;
	bool making;
	u32 naming;
	bool gone;
};

/**
 * struct nv_sight - what a handle stood for at one moment
 * @mem: owned reference, or NULL
 * @id: two sights with the same, both sure, are of the same object, and the
 *	driver's handle was of no other in between
 * @sure: no call under way could have given the handle to another object
 */
struct nv_sight {
	struct nv_mem *mem;
	u64 id;
	bool sure;
};

/**
 * struct nv_held - what the handles of a process stood for at one moment
 * @bytes: the memory behind each, as often as there are handles; what contexts
 *	take, once
 * @taking: what calls under way may take
 * @tried: what calls of anybody's might have taken until then
 * @copying: some give handles to what there is
 * @copies: how often one did
 * @still: none was under way
 */
struct nv_held {
	u64 bytes;
	u64 taking;
	u64 tried;
	unsigned long copies;
	bool copying;
	bool still;
};

struct nv_mem *nv_mem_new(struct nv_gpu *gpu);
struct nv_mem *nv_mem_get(struct nv_mem *mem);
void nv_mem_put(struct nv_mem *mem);

struct nv_object *nv_object_new(u32 class);
void nv_object_free(struct nv_object *object);
bool nv_object_insert(struct nv_client *client, struct nv_object *object,
		      u32 handle, u32 parent);
struct nv_mem *nv_object_mem(struct nv_client *client, u32 handle);
void nv_object_see(struct nv_client *client, u32 handle,
		   struct nv_sight *sight);
struct nv_queue *nv_object_queue(struct nv_client *client, u32 handle);
bool nv_object_known(struct nv_client *client, u32 handle);
struct nv_gpu *nv_object_gpu(struct nv_client *client, u32 handle);
struct nv_gpu *nv_object_doorbell(struct nv_client *client, u32 handle);
void nv_object_drop(struct nv_client *client, u32 handle);

/* client.c */
void nv_clients_held(pid_t pid, const struct nv_gpu *gpu, struct nv_held *held);
bool nv_clients_unsure(pid_t pid, bool unsure);

struct nv_client *nv_client_get(u32 handle);
struct nv_client *nv_client_meet(u32 handle);
bool nv_client_is_own(const struct nv_client *client, const void *file);
bool nv_client_closed(const struct nv_client *client);
struct nv_client *nv_client_new(void);
void nv_client_insert(struct nv_client *client, u32 handle, const void *file);
void nv_client_put(struct nv_client *client);
void nv_client_naming(struct nv_client *client, u32 handle);
void nv_client_named(struct nv_client *client);
void nv_client_taking(struct nv_client *client, u64 bytes);
void nv_client_copying(struct nv_client *client);
void nv_client_drop(struct nv_client *client);
void nv_clients_file_gone(const void *file);
void nv_clients_attach(void);
void nv_clients_destroy(void);

/* class.c */
enum nv_policy {
	NV_POLICY_DENY,		/* unknown, or not for groups with a quota */
	NV_POLICY_PASS,		/* holds no device memory of its own */
	NV_POLICY_ROOT,		/* a client */
	NV_POLICY_DEVICE,	/* a GPU */
	NV_POLICY_INSTANCE,	/* an instance of MIG's, for its device */
	NV_POLICY_VIDMEM,	/* device memory */
};

enum nv_policy nv_class_policy(u32 class);
u64 nv_class_overhead(u32 class);
bool nv_class_is_channel(u32 class);
bool nv_class_is_queue(u32 class);
bool nv_class_is_doorbell(u32 class);

/* process.c */
int nv_process_attach(void);
void nv_process_detach(void);
void nv_process_tick(void);
void nv_process_soon(void);
void nv_process_due(void);
void nv_process_gpu_gone(const struct nv_gpu *gpu);

/* escape.c */

/**
 * struct nv_escape - one call of rm_ioctl() in flight
 * @call: the neutral part
 * @sp: the driver's, passed on
 * @nv: likewise
 * @nvfp: the driver's file
 * @cmd: number of the escape
 * @data: the driver's kernel copy of the argument
 * @size: its size
 * @found: files that the driver looked up in this call, by file descriptor
 * @nfound: how many
 * @file: the last of them as the kernel has it; never dereferenced
 * @whole: where the call's charge is an instance's
 */
struct nv_escape {
	struct vgpu_call call;
	void *sp;
	void *nv;
	void *nvfp;
	u32 cmd;
	void *data;
	u32 size;
	const void *found[2];
	unsigned int nfound;
	const struct file *file;
	struct nv_whole whole;
};

int nv_escape_attach(void);
u32 nv_escape_pass(struct nv_escape *esc);
u32 nv_escape_odd(struct nv_escape *esc);
u32 nv_escape_deny(struct nv_escape *esc, unsigned int offset, u32 status,
		   enum nv_route route);

/* control.c */
enum nv_ctl {
	NV_CTL_UNKNOWN,
	NV_CTL_HARMLESS,	/* holds no memory and tells of nobody else's */
	NV_CTL_EXPORT,		/* moves memory between clients and files */
	NV_CTL_VIEW,		/* its answer is rewritten */
	NV_CTL_PARTITION,	/* makes or ends instances */
	NV_CTL_TIME,		/* when channels run; not where strict */
	NV_CTL_OTHERS,		/* tells of others, nobody knows in what form */
	NV_CTL_QUEUE,		/* lets channels run, or not */
};

void nv_control_init(void);
enum nv_ctl nv_control_kind(u32 cmd);
bool nv_control_strict(u32 cmd);
bool nv_control_pass(u32 cmd);
bool nv_control_private(u32 cmd);
u32 nv_control_deny(struct nv_escape *esc);

/* alloc.c */
u32 nv_alloc(struct nv_escape *esc);
u32 nv_alloc_object(struct nv_escape *esc);
u32 nv_alloc_memory(struct nv_escape *esc);
u32 nv_heap_control(struct nv_escape *esc);
u32 nv_free(struct nv_escape *esc);
u32 nv_dup(struct nv_escape *esc);

/* export.c */
int nv_export_attach(void);
void nv_export_detach(void);
u32 nv_export_control(struct nv_escape *esc);
void nv_export_file_gone(const void *file);

/* view.c */
u32 nv_view_control(struct nv_escape *esc);
void nv_view_heap(struct nv_escape *esc);

/* queue.c */

/**
 * struct nv_queue - a channel, or a group of channels (TSG)
 * @list: in nv_queues, unless it is a channel in a group
 * @channels: of a group its channels; of a channel without one itself
 * @sibling: of a channel, in such a list
 * @refs: one for each handle, one for each channel of a group, one for whoever
 *	looks at it
 * @group: of a channel that is in one: owned reference; immutable
 * @gpu: where; not of a channel in a group; immutable
 * @device: handle of the device that @handle is below; not of a channel in a
 *	group
 * @time: among its cgroup's queues, owned; NULL for a channel in a group
 * @payer: of its kernel memory
 * @objects: handles in the tree, under nv_tree_lock
 * @names: how many
 * @client: of a client that has one, or 0
 * @handle: the one that the worker uses
 * @is_channel: or a group; immutable
 * @stopped: no channel of it runs, or the worker is about to see to that; not
 *	of a channel in a group
 * @leaves: it is out of the run list, and may still be on the GPU
 * @again: a control was under way that may have undone that
 * @busy: the worker is in RM for it
 * @wish: a channel is to run, as the tenant has it
 * @on: it may, as far as RM was told
 * @asked: when RM was last asked whether it has work, ns
 * @rings: of its client's doorbells that are taken note of
 * @armed: it had no work then, and its next ring will be seen
 *
 * All but @objects and what is immutable is protected by nv_queue_lock.
 */
struct nv_queue {
	struct list_head list;
	struct list_head channels;
	struct list_head sibling;
	unsigned int refs;
	struct nv_queue *group;
	struct nv_gpu *gpu;
	u32 device;
	struct vgpu_queue *time;
	struct vgpu_group *payer;
	struct list_head objects;
	unsigned int names;
	u32 client;
	u32 handle;
	bool is_channel;
	bool stopped;
	bool leaves;
	bool again;
	bool busy;
	bool wish;
	bool on;
	u64 asked;
	u32 rings;
	bool armed;
};

extern struct mutex nv_queue_lock;
extern struct list_head nv_queues;
extern wait_queue_head_t nv_queue_idle;

struct nv_queue *nv_queue_new(u32 class, struct nv_gpu *gpu,
			      struct nv_queue *group, u32 device);
struct nv_queue *nv_queue_get(struct nv_queue *queue);
void nv_queue_put(struct nv_queue *queue);
void nv_queue_insert(struct nv_queue *queue, u32 client, u32 handle);
void nv_queue_name(struct nv_queue *queue, u32 client, u32 handle,
		   u32 device);
bool nv_queue_unname(struct nv_queue *queue);
void nv_queue_rename(struct nv_queue *queue, u32 client, u32 handle,
		     u32 device);
bool nv_queue_stopped(struct nv_queue *queue);
void nv_queue_wish(struct nv_queue *queue, bool enable);
void nv_queue_told(struct nv_queue *queue, bool enable, bool done);

/* Of a channel, the group that it is in or itself. */
static inline struct nv_queue *nv_queue_top(struct nv_queue *queue)
{
	return queue->group ?: queue;
}

/* queue_turn.c */
void nv_turn_init(void);
void nv_turn_attach(void);
void nv_turn_detach(void);
void nv_turn_deinit(void);
void nv_turn_gpu(struct nv_gpu *gpu, bool present);
void nv_turn_kick(void);
bool nv_turn_may_run(const struct nv_queue *queue);

/* doorbell.c */
int nv_doorbell_attach(void);
void nv_doorbell_detach(void);
u32 nv_doorbell_map(struct nv_escape *esc);
bool nv_doorbell_arm(u32 client, const struct nv_gpu *gpu);
bool nv_doorbell_armed(u32 client, const struct nv_gpu *gpu, u32 *rings);
void nv_doorbell_client_gone(u32 client);

/* queue_control.c */

#define NV_DISABLE_MAX	64

/* NV2080_CTRL_FIFO_DISABLE_CHANNELS_PARAMS */
struct nv_disable {
	u8 disable;
	u8 pad0[3];
	u32 count;
	u8 only_scheduling;
	u8 rewind;
	u8 pad1[6];
	u64 event;
	u32 clients[NV_DISABLE_MAX];
	u32 channels[NV_DISABLE_MAX];
};

static_assert(sizeof(struct nv_disable) == 536);

u32 nv_queue_control(struct nv_escape *esc);

/* uvm.c */
int nv_uvm_init(void);
void nv_uvm_deinit(void);
void nv_uvm_came(void);
void nv_uvm_went(void);

/* uvm_dup.c */
int nv_uvm_dup_attach(void);
void nv_uvm_dup_forget(void);
u32 nv_uvm_dup(void *device, u32 hclient, u32 memory, u32 *handle, void *info,
	       struct vgpu_point *point);
u32 nv_uvm_undup(void *device, u32 handle, struct vgpu_point *point);

/* uvm_tools.c */
u32 nv_uvm_events(u8 *params, struct file *file, struct vgpu_point *point);

#endif /* _VGPU_NVIDIA_BACKEND_H */
