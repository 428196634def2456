/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The context that every call starts from, and what the module says of itself.
 *
 * Functions return 0 or a negative errno; a result comes back through the last
 * argument, which a failure leaves untouched unless its description says
 * otherwise. These errors can come from any function that talks to the module:
 *
 *	-ENOPKG		the vgpu module is not loaded
 *	-EPERM		neither CAP_SYS_ADMIN nor a delegated directory
 *	-ENOMEM		out of memory, here or in the kernel
 *	-EAGAIN		a list kept changing while it was read; try again
 *	-EPROTO		the module sent what this library cannot read
 *
 * A context may be used by any number of threads; their requests take turns.
 * The objects that functions give back belong to the caller, never change, and
 * outlive the context. Every _free() function takes NULL.
 */
#ifndef LIBVGPU_CTX_H
#define LIBVGPU_CTX_H

#include <vgpu/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vgpu_ctx;
struct vgpu_info;

/**
 * vgpu_ctx_create() - make a context
 * @out: the context, to be freed with vgpu_ctx_free()
 *
 * Does not talk to the module: the first request does.
 *
 * Return: 0 or -ENOMEM.
 */
LIBVGPU_API int vgpu_ctx_create(struct vgpu_ctx **out);

/**
 * vgpu_ctx_free() - close and free a context
 * @ctx: the context, in use by no other thread; or NULL
 */
LIBVGPU_API void vgpu_ctx_free(struct vgpu_ctx *ctx);

/**
 * vgpu_ctx_error() - why the last call on a context failed, as a sentence
 * @ctx: the context
 *
 * The sentence is the kernel's own where it sent one, after the name of what it
 * refused: "cgroup: ...", "memory.max of card0: ...". Each thread reads the failure of its
 * own last call; the library remembers those of 32 threads.
 *
 * Return: the sentence, or "" after a success. Valid until the thread's next
 * call on @ctx.
 */
LIBVGPU_API const char *vgpu_ctx_error(struct vgpu_ctx *ctx);

/**
 * vgpu_version() - version of this library
 *
 * Return: three numbers with dots between them.
 */
LIBVGPU_API const char *vgpu_version(void);

/**
 * vgpu_info_get() - ask the module what it is and what it found on this host
 * @ctx: the context
 * @out: the answer, to be freed with vgpu_info_free()
 *
 * Needs no privilege.
 *
 * Return: 0 or a negative errno.
 */
LIBVGPU_API int vgpu_info_get(struct vgpu_ctx *ctx, struct vgpu_info **out);
LIBVGPU_API void vgpu_info_free(struct vgpu_info *info);

/* Version of the module. */
LIBVGPU_API const char *vgpu_info_version(const struct vgpu_info *info);
/* 1 if the v2 hierarchy carries this host's tasks, so that quotas can bind. */
LIBVGPU_API int vgpu_info_cgroup2(const struct vgpu_info *info);
/* 1 if the module notices the removal of cgroups at once. */
LIBVGPU_API int vgpu_info_cgroup_events(const struct vgpu_info *info);
/* How many groups, devices and drivers; 0 without CAP_SYS_ADMIN. */
LIBVGPU_API uint32_t vgpu_info_groups(const struct vgpu_info *info);
LIBVGPU_API uint32_t vgpu_info_devices(const struct vgpu_info *info);
LIBVGPU_API uint32_t vgpu_info_drivers(const struct vgpu_info *info);

#ifdef __cplusplus
}
#endif

#endif /* LIBVGPU_CTX_H */
