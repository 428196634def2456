/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects: things that hold device memory, known by the driver's pointer.
 *
 * A charge is bound to the pointer seen inside the creating call, never to a
 * handle looked up afterwards, which another thread may have closed and used
 * again. It goes when the driver releases what the pointer leads to.
 */
#ifndef _VGPU_OBJECT_H
#define _VGPU_OBJECT_H

#include <linux/types.h>

#include "call.h"

struct task_struct;

int vgpu_object_init(void);
void vgpu_object_deinit(void);

/* For backends */
int vgpu_object_draw(struct vgpu_call *call, u64 bytes);
int vgpu_object_bind(struct vgpu_call *call, const void *key, u64 bytes);
void vgpu_object_force(struct vgpu_device *device, struct vgpu_call *call,
		       const void *key, u64 bytes);
bool vgpu_object_release(const void *key);
bool vgpu_object_known(const void *key);
int vgpu_object_split(const void *key, const void *part, u64 bytes);
void vgpu_object_overhead(const void *key);
void vgpu_object_resize(const void *key, u64 bytes);
int vgpu_object_adopt(struct vgpu_device *device, const void *key, u64 bytes,
		      enum vgpu_mem mem, struct task_struct *task);
void vgpu_object_drop(struct vgpu_device *device);

/* For calls */
struct vgpu_object *vgpu_object_alloc(struct vgpu_account *account, gfp_t gfp);
void vgpu_object_free(struct vgpu_object *object);

#endif /* _VGPU_OBJECT_H */
