/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quotas into the module.
 */
#ifndef APPLY_H
#define APPLY_H

#include "resolve.h"

struct vgpu_ctx;

int apply(struct vgpu_ctx *ctx, const char *cgroup, struct quotas *quotas,
	  struct notes *notes, struct refusal *why);

#endif /* APPLY_H */
