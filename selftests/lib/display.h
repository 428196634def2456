/* SPDX-License-Identifier: GPL-2.0 */
/* A compositor: two frames of a screen, shown in turn. */
#ifndef SELFTESTS_DISPLAY_H
#define SELFTESTS_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct display - a screen that shows what we draw
 * @fd: of the card; we are its master
 * @crtc: that scans out
 * @frames: of it
 * @next: of those two, the one that is not shown
 * @pitch: bytes of a line of them
 * @width: pixels
 * @height: lines
 * @plane: of the crtc; 0 until it is asked for
 * @fb: the plane's property of that name
 * @in_fence: likewise
 */
struct display {
	int fd;
	uint32_t crtc;
	uint32_t frames[2];
	unsigned int next;
	uint32_t pitch, width, height;
	uint32_t plane, fb, in_fence;
};

/* The first screen of the driver's card; bails if there is none. */
void display_open(struct display *display, const char *driver);
/* Shows the other frame and waits until it is seen; 0 or a negative errno. */
int display_flip(struct display *display);

/* Shows a buffer from now on that has room for two frames; bails. */
void display_import(struct display *display, int dmabuf);
/*
 * The same as a flip by an atomic commit, once @fence has come, a sync file or
 * -1; the ioctl is to come back at once, or to wait for all of it.
 */
int display_commit(struct display *display, int fence, bool at_once);

#endif /* SELFTESTS_DISPLAY_H */
