// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <libdrm/drm_fourcc.h>

#include "display.h"
#include "drm.h"
#include "tap.h"

#define MODES 128
#define PLANES 16
#define PROPERTIES 64

static void must(int fd, unsigned long cmd, void *arg, const char *what)
{
	if (ioctl(fd, cmd, arg))
		bail("%s: errno %d", what, errno);
}

static uint32_t frame_add(const struct display *display, uint32_t handle,
			  uint32_t offset)
{
	struct drm_mode_fb_cmd2 fb = {
		.width = display->width, .height = display->height,
		.pixel_format = DRM_FORMAT_XRGB8888,
		.handles = { handle }, .pitches = { display->pitch },
		.offsets = { offset },
	};

	must(display->fd, DRM_IOCTL_MODE_ADDFB2, &fb, "a framebuffer");
	return fb.fb_id;
}

static uint32_t frame_make(struct display *display)
{
	struct drm_mode_create_dumb dumb = {
		.width = display->width, .height = display->height, .bpp = 32,
	};

	must(display->fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb, "a frame");
	display->pitch = dumb.pitch;
	return frame_add(display, dumb.handle, 0);
}

/* Whoever looks for another driver's card has it for a moment. */
static void take_master(int fd)
{
	int i;

	for (i = 0; ioctl(fd, DRM_IOCTL_SET_MASTER, 0); i++) {
		if (i == 100)
			bail("others have the screen: errno %d", errno);
		usleep(1000);
	}
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

	take_master(fd);
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
	display->width = modes[0].hdisplay;
	display->height = modes[0].vdisplay;
	display->plane = 0;
	display->frames[0] = frame_make(display);
	display->frames[1] = frame_make(display);
	display->next = 1;
	set.crtc_id = crtc;
	set.fb_id = display->frames[0];
	set.set_connectors_ptr = (uintptr_t)&connector;
	set.mode = modes[0];
	must(fd, DRM_IOCTL_MODE_SETCRTC, &set, "a mode");
}

/* Once the other frame is on its way. */
static int shown(struct display *display)
{
	struct pollfd p = { .fd = display->fd, .events = POLLIN };
	char event[1024];

	display->next ^= 1;
	if (poll(&p, 1, 10000) != 1)
		return -ETIME;
	return read(display->fd, event, sizeof(event)) > 0 ? 0 : -errno;
}

int display_flip(struct display *display)
{
	struct drm_mode_crtc_page_flip flip = {
		.crtc_id = display->crtc,
		.fb_id = display->frames[display->next],
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
	};

	if (ioctl(display->fd, DRM_IOCTL_MODE_PAGE_FLIP, &flip))
		return -errno;
	return shown(display);
}

void display_import(struct display *display, int dmabuf)
{
	uint32_t handle;

	display->pitch = display->width * 4;
	if (drm_import(display->fd, dmabuf, &handle))
		bail("the screen takes no frame of others");
	display->frames[0] = frame_add(display, handle, 0);
	display->frames[1] = frame_add(display, handle,
				       display->pitch * display->height);
}

static void take_property(struct display *display, uint32_t id)
{
	struct drm_mode_get_property property = { .prop_id = id };

	must(display->fd, DRM_IOCTL_MODE_GETPROPERTY, &property, "a property");
	if (!strcmp(property.name, "FB_ID"))
		display->fb = id;
	else if (!strcmp(property.name, "IN_FENCE_FD"))
		display->in_fence = id;
}

static void take_properties(struct display *display)
{
	uint32_t ids[PROPERTIES];
	uint64_t values[PROPERTIES];
	struct drm_mode_obj_get_properties get = {
		.props_ptr = (uintptr_t)ids,
		.prop_values_ptr = (uintptr_t)values,
		.count_props = PROPERTIES,
		.obj_id = display->plane,
		.obj_type = DRM_MODE_OBJECT_PLANE,
	};
	uint32_t i;

	must(display->fd, DRM_IOCTL_MODE_OBJ_GETPROPERTIES, &get, "properties");
	for (i = 0; i < get.count_props && i < PROPERTIES; i++)
		take_property(display, ids[i]);
	if (!display->fb || !display->in_fence)
		bail("a plane without fences");
}

/* The plane that shows frames now. */
static void take_plane(struct display *display)
{
	static const uint64_t caps[] = { DRM_CLIENT_CAP_UNIVERSAL_PLANES,
					 DRM_CLIENT_CAP_ATOMIC };
	uint32_t i, ids[PLANES];
	struct drm_mode_get_plane_res res = {
		.plane_id_ptr = (uintptr_t)ids,
		.count_planes = PLANES,
	};
	struct drm_set_client_cap cap = { .value = 1 };
	struct drm_mode_get_plane plane;

	for (i = 0; i < 2; i++) {
		cap.capability = caps[i];
		must(display->fd, DRM_IOCTL_SET_CLIENT_CAP, &cap, "atomic");
	}
	must(display->fd, DRM_IOCTL_MODE_GETPLANERESOURCES, &res, "planes");
	for (i = 0; i < res.count_planes && i < PLANES; i++) {
		plane = (struct drm_mode_get_plane){ .plane_id = ids[i] };
		must(display->fd, DRM_IOCTL_MODE_GETPLANE, &plane, "a plane");
		if (plane.crtc_id == display->crtc && plane.fb_id)
			display->plane = ids[i];
	}
	if (!display->plane)
		bail("no plane shows anything");
	take_properties(display);
}

int display_commit(struct display *display, int fence, bool at_once)
{
	uint32_t properties[2], count = 2;
	uint64_t values[2];
	struct drm_mode_atomic atomic = {
		.flags = DRM_MODE_PAGE_FLIP_EVENT |
			 (at_once ? DRM_MODE_ATOMIC_NONBLOCK : 0),
		.count_objs = 1,
		.count_props_ptr = (uintptr_t)&count,
		.props_ptr = (uintptr_t)properties,
		.prop_values_ptr = (uintptr_t)values,
	};

	if (!display->plane)
		take_plane(display);
	atomic.objs_ptr = (uintptr_t)&display->plane;
	properties[0] = display->fb;
	values[0] = display->frames[display->next];
	properties[1] = display->in_fence;
	values[1] = (uint64_t)(int64_t)fence;
	if (ioctl(display->fd, DRM_IOCTL_MODE_ATOMIC, &atomic))
		return -errno;
	return shown(display);
}
