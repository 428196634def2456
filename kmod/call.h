/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A diverted call in flight: the neutral decoded request.
 *
 * A backend's handler puts one on its stack, says what it will take, calls
 * the driver, and ends it. Between, objects that the driver creates are bound
 * to it by their pointers (object.h).
 */
#ifndef _VGPU_CALL_H
#define _VGPU_CALL_H

#include <linux/list.h>
#include <linux/types.h>

#include <linux/vgpu.h>

struct task_struct;
struct vgpu_account;
struct vgpu_device;
struct vgpu_driver;
struct vgpu_object;
struct vgpu_point;

enum vgpu_mem {
	VGPU_MEM_DEVICE,	/* may live in the device's own memory */
	VGPU_MEM_SYSTEM,	/* placed in system memory for the device */
	VGPU_MEM_KINDS,
	VGPU_MEM_NONE = VGPU_MEM_KINDS,	/* tracked, but not charged */
};

enum vgpu_call_kind {
	VGPU_CALL_OTHER,	/* creates nothing that counts by itself */
	VGPU_CALL_ALLOC,	/* creates objects out of its reservation */
	VGPU_CALL_IMPORT,	/* creates objects that others pay for */
	VGPU_CALL_SUBMIT,	/* hands work to the device */
};

/**
 * struct vgpu_call - one call in flight, on its task's stack
 * @node: in the table of calls by task, under that bucket's lock
 * @task: the caller; borrowed, it cannot go while its stack is in use
 * @point: where it entered
 * @device: what it acts on; borrowed, may be NULL
 * @kind: what it does to memory
 * @mem: kind of memory that it reserved
 * @account: what it reserved from; owned reference, NULL before
 * @reserved: bytes charged to @account and bound to no object yet
 * @spare: an object ready to be bound in atomic context
 * @refused: an object was created that the quota has no room for, at a place
 *	where the driver takes no error: the backend must undo the call
 * @binding: an object that is being made and is bound already; never
 *	dereferenced here
 * @first: the first object made in it, and
 * @last: the last, for the backend to find the handle by which the call's
 *	objects go; either may be gone, and neither is ever dereferenced
 * @since: jiffies at entry
 */
struct vgpu_call {
	struct hlist_node node;
	struct task_struct *task;
	struct vgpu_point *point;
	struct vgpu_device *device;
	enum vgpu_call_kind kind;
	enum vgpu_mem mem;
	struct vgpu_account *account;
	u64 reserved;
	struct vgpu_object *spare;
	bool refused;
	const void *binding;
	const void *first;
	const void *last;
	unsigned long since;
};

void vgpu_call_begin(struct vgpu_call *call, struct vgpu_point *point,
		     struct vgpu_device *device, enum vgpu_call_kind kind);
int vgpu_call_reserve(struct vgpu_call *call, enum vgpu_mem mem, u64 bytes);
void vgpu_call_end(struct vgpu_call *call);
struct vgpu_call *vgpu_call_find(const struct vgpu_device *device);
struct vgpu_call *vgpu_call_submit(void);
bool vgpu_call_binds(const void *key);
bool vgpu_call_limited(const struct vgpu_call *call);
enum vgpu_managed vgpu_call_managed(const struct vgpu_call *call);
void vgpu_call_refused(struct vgpu_account *account,
		       struct vgpu_account *limiting, enum vgpu_mem mem,
		       u64 bytes);

/* A call that detach waits for, as shown to the operator. */
struct vgpu_stuck {
	int pid;
	char comm[16];
	char point[64];
	u64 msec;
};

unsigned int vgpu_call_stuck(const struct vgpu_driver *driver,
			     struct vgpu_stuck *stuck, unsigned int n);
void vgpu_call_init(void);

#endif /* _VGPU_CALL_H */
