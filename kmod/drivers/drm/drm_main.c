// SPDX-License-Identifier: GPL-2.0
/*
 * The DRM backend: beginning and end. It links the DRM core and so keeps
 * that loaded, but no driver of it.
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>

#include "backend.h"

struct vgpu_interpose *vgpu_drm_points;

static int __init vgpu_drm_init(void)
{
	int ret;

	vgpu_drm_points = vgpu_interpose_create(THIS_MODULE);
	if (IS_ERR(vgpu_drm_points))
		return PTR_ERR(vgpu_drm_points);
	ret = vgpu_drm_submit_init();
	if (ret)
		goto err_points;
	ret = vgpu_drm_modules_init();
	if (ret)
		goto err_submit;
	ret = vgpu_drm_gem_init();
	if (ret)
		goto err_modules;
	ret = vgpu_drm_discover_init();
	if (ret)
		goto err_discover;
	return 0;

err_discover:
	vgpu_drm_discover_deinit();
	vgpu_drm_drivers_destroy();
	vgpu_drm_gem_deinit();
err_modules:
	vgpu_drm_modules_deinit();
err_submit:
	vgpu_drm_submit_deinit();
err_points:
	vgpu_interpose_destroy(vgpu_drm_points);
	vgpu_drm_devices_destroy();
	return ret;
}

/* No call is in flight: each would hold a reference on this module. */
static void __exit vgpu_drm_exit(void)
{
	vgpu_drm_discover_deinit();
	vgpu_drm_drivers_destroy();
	vgpu_drm_gem_deinit();
	vgpu_drm_modules_deinit();
	vgpu_drm_submit_deinit();
	vgpu_interpose_destroy(vgpu_drm_points);
	vgpu_drm_devices_destroy();
}

module_init(vgpu_drm_init);
module_exit(vgpu_drm_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("vgpu on DRM drivers");
MODULE_VERSION(VGPU_VERSION);
