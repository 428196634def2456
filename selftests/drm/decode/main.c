// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of the DRM drivers: their shape, each row with the driver's own
 * structures, and their answers at the edges.
 */
#include <string.h>

#include "test.h"

const struct vgpu_drm_table *table_of(const char *driver)
{
	for (unsigned int i = 0; i < vgpu_drm_ntables; i++)
		if (!strcmp(vgpu_drm_tables[i]->driver, driver))
			return vgpu_drm_tables[i];
	bail("no table of %s", driver);
}

const struct vgpu_drm_ioctl *row_of(const struct vgpu_drm_table *table,
				    unsigned int nr)
{
	for (unsigned int i = 0; i < table->nioctls; i++)
		if (table->ioctls[i].nr == nr)
			return &table->ioctls[i];
	return NULL;
}

int main(void)
{
	test_rows();
	test_cases();
	test_dumb();
	test_engines();
	return done();
}
