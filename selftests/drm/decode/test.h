/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_DRM_TEST_H
#define SELFTESTS_DRM_TEST_H

#include "model.h"
#include "tap.h"

void test_rows(void);
void test_cases(void);
void test_dumb(void);
void test_engines(void);

const struct vgpu_drm_table *table_of(const char *driver);
const struct vgpu_drm_ioctl *row_of(const struct vgpu_drm_table *table,
				    unsigned int nr);

#endif /* SELFTESTS_DRM_TEST_H */
