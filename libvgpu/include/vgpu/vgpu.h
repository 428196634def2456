/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All of libvgpu.
 */
#ifndef LIBVGPU_VGPU_H
#define LIBVGPU_VGPU_H

#include <vgpu/ctx.h>
#include <vgpu/device.h>
#include <vgpu/driver.h>
#include <vgpu/event.h>
#include <vgpu/group.h>
#include <vgpu/quota.h>
#include <vgpu/stats.h>
#include <vgpu/types.h>

#endif /* LIBVGPU_VGPU_H */
