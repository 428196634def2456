/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The devices of the host, as the module knows them.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include "resolve.h"

struct vgpu_ctx;

int devices_read(struct vgpu_ctx *ctx, struct host *out, struct refusal *why);

#endif /* DEVICES_H */
