/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the answers must be, worked out another way than in the decoder: in
 * 128 bits, and for some drivers after the driver's own source.
 */
#ifndef SELFTESTS_DRM_MODEL_H
#define SELFTESTS_DRM_MODEL_H

#include "table.h"

u64 model_read(const void *data, struct vgpu_drm_field field);
int model_decode(const struct vgpu_drm_table *table,
		 const struct vgpu_drm_ioctl *ioctl, const void *data,
		 size_t size, struct vgpu_drm_request *request);
u64 model_dumb(const char *driver, u32 width, u32 height, u32 bpp);
u64 model_nouveau(u64 size, bool hopper, bool tiled);

#endif /* SELFTESTS_DRM_MODEL_H */
