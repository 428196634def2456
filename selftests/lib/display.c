// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "display.h"
#include "drm.h"
#include "tap.h"

#define MODES 128

static void must(int fd, unsigned long cmd, void *arg, const char *what)
{
	if (ioctl(fd, cmd, arg))
		bail("%s: errno %d", what, errno);
}

static uint32_t frame_make(int fd, const struct drm_mode_modeinfo *mode)
{
	struct drm_mode_create_dumb dumb = {
		.width = mode->hdisplay, .height = mode->vdisplay, .bpp = 32,
	};
	struct drm_mode_fb_cmd fb = {
		.width = mode->hdisplay, .height = mode->vdisplay,
		.bpp = 32, .depth = 24,
	};

	must(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb, "a frame");
	fb.pitch = dumb.pitch;
	fb.handle = dumb.handle;
	must(fd, DRM_IOCTL_MODE_ADDFB, &fb, "a framebuffer");
	return fb.fb_id;
}

void display_open(struct display *display, const char *driver)
{
	static struct drm_mode_modeinfo modes[MODES];
	uint32_t connector = 0, crtc = 0;
	struct drm_mode_card_res res = {
		.connector_id_ptr = (uintptr_t)&connector,
		.crtc_id_ptr = (uintptr_t)&crtc,
		.count_connectors = 1,
		.count_crtcs = 1,
	};
	struct drm_mode_get_connector get = {
		.modes_ptr = (uintptr_t)modes,
	};
	struct drm_mode_crtc set = { .mode_valid = 1, .count_connectors = 1 };
	int fd = drm_open(driver);

	must(fd, DRM_IOCTL_MODE_GETRESOURCES, &res, "resources");
	get.connector_id = connector;
	/* The first call looks what is connected. */
	must(fd, DRM_IOCTL_MODE_GETCONNECTOR, &get, "a connector");
	get.count_props = 0;
	get.count_encoders = 0;
	if (!get.count_modes || get.count_modes > MODES)
		bail("%u modes", get.count_modes);
	must(fd, DRM_IOCTL_MODE_GETCONNECTOR, &get, "its modes");
	display->fd = fd;
	display->crtc = crtc;
	display->frames[0] = frame_make(fd, &modes[0]);
	display->frames[1] = frame_make(fd, &modes[0]);
	display->next = 1;
	set.crtc_id = crtc;
	set.fb_id = display->frames[0];
	set.set_connectors_ptr = (uintptr_t)&connector;
	set.mode = modes[0];
	must(fd, DRM_IOCTL_MODE_SETCRTC, &set, "a mode");
}

int display_flip(struct display *display)
{
	struct drm_mode_crtc_page_flip flip = {
		.crtc_id = display->crtc,
		.fb_id = display->frames[display->next],
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
	};
	struct pollfd p = { .fd = display->fd, .events = POLLIN };
	char event[1024];

	if (ioctl(display->fd, DRM_IOCTL_MODE_PAGE_FLIP, &flip))
		return -errno;
	display->next ^= 1;
	if (poll(&p, 1, 10000) != 1)
		return -ETIME;
	return read(display->fd, event, sizeof(event)) > 0 ? 0 : -errno;
}
