// SPDX-License-Identifier: GPL-2.0
/*
 * A mock DRM driver of a screen without a GPU
 *
 * It draws nothing, but shows whatever frame it is told to, of its own or of
 * another driver's by a dma-buf, as the display of a system on a chip does that
 * has its GPU beside it. Before a frame is shown the helpers of the DRM core wait
 * for the fences of the buffer, and for the one that the commit names. It knows
 * nothing of what is tested with it.
 */
#include <linux/module.h>

#include <drm/drm_atomic_helper.h>
#include <drm/drm_connector.h>
#include <drm/drm_crtc.h>
#include <drm/drm_drv.h>
#include <drm/drm_edid.h>
#include <drm/drm_fourcc.h>
#include <drm/drm_gem_framebuffer_helper.h>
#include <drm/drm_gem_shmem_helper.h>
#include <drm/drm_mode_config.h>
#include <drm/drm_modeset_helper_vtables.h>
#include <drm/drm_probe_helper.h>
#include <drm/drm_simple_kms_helper.h>
#include <drm/drm_vblank.h>

#include "vgpu_mock_lib.h"

#define WIDTH	640
#define HEIGHT	480

static struct mock_device device;
static struct drm_connector connector;
static struct drm_simple_display_pipe pipe;

static int get_modes(struct drm_connector *unused)
{
	return drm_add_modes_noedid(&connector, WIDTH, HEIGHT);
}

static const struct drm_connector_helper_funcs connector_helpers = {
	.get_modes = get_modes,
};

static const struct drm_connector_funcs connector_funcs = {
	.fill_modes = drm_helper_probe_single_connector_modes,
	.destroy = drm_connector_cleanup,
	.reset = drm_atomic_helper_connector_reset,
	.atomic_duplicate_state = drm_atomic_helper_connector_duplicate_state,
	.atomic_destroy_state = drm_atomic_helper_connector_destroy_state,
};

/* The frame is seen at once. */
static void update(struct drm_simple_display_pipe *unused,
		   struct drm_plane_state *old)
{
	struct drm_crtc *crtc = &pipe.crtc;
	struct drm_pending_vblank_event *event = crtc->state->event;

	if (!event)
		return;
	crtc->state->event = NULL;
	spin_lock_irq(&crtc->dev->event_lock);
	drm_crtc_send_vblank_event(crtc, event);
	spin_unlock_irq(&crtc->dev->event_lock);
}

static const struct drm_simple_display_pipe_funcs pipe_funcs = {
	.update = update,
};

static const struct drm_mode_config_funcs config_funcs = {
	.fb_create = drm_gem_fb_create,
	.atomic_check = drm_atomic_helper_check,
	.atomic_commit = drm_atomic_helper_commit,
};

static const u32 formats[] = { DRM_FORMAT_XRGB8888 };

static int screen_make(struct drm_device *drm)
{
	int ret = drmm_mode_config_init(drm);

	if (ret)
		return ret;
	drm->mode_config.max_width = WIDTH;
	drm->mode_config.max_height = HEIGHT;
	drm->mode_config.funcs = &config_funcs;
	ret = drm_connector_init(drm, &connector, &connector_funcs,
				 DRM_MODE_CONNECTOR_VIRTUAL);
	if (ret)
		return ret;
	drm_connector_helper_add(&connector, &connector_helpers);
	ret = drm_simple_display_pipe_init(drm, &pipe, &pipe_funcs, formats,
					   ARRAY_SIZE(formats), NULL,
					   &connector);
	if (ret)
		return ret;
	drm_mode_config_reset(drm);
	return 0;
}

DEFINE_DRM_GEM_FOPS(fops);

static const struct drm_driver driver = {
	.driver_features = DRIVER_GEM | DRIVER_MODESET | DRIVER_ATOMIC,
	.name = KBUILD_MODNAME,
	.desc = "mock of a screen",
#ifdef MOCK_DRIVER_DATE
	.date = "20260101",
#endif
	.fops = &fops,
	DRM_GEM_SHMEM_DRIVER_OPS,
};

static int __init mock_init(void)
{
	return vgpu_mock_device_create(&device, &driver, KBUILD_MODNAME,
				       screen_make);
}

static void __exit mock_exit(void)
{
	drm_dev_unregister(device.drm);
	drm_atomic_helper_shutdown(device.drm);
	vgpu_mock_device_destroy(&device);
}

module_init(mock_init);
module_exit(mock_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("A mock DRM driver of a screen without a GPU");
