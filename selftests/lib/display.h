/* SPDX-License-Identifier: GPL-2.0 */
/* A compositor: two frames of a screen, shown in turn. */
#ifndef SELFTESTS_DISPLAY_H
#define SELFTESTS_DISPLAY_H

#include <stdint.h>

/**
 * struct display - a screen that shows what we draw
 * @fd: of the card; we are its master
 * @crtc: that scans out
 * @frames: of it
 * @next: of those two, the one that is not shown
 */
struct display {
	int fd;
	uint32_t crtc;
	uint32_t frames[2];
	unsigned int next;
};

/* The first screen of the driver's card; bails if there is none. */
void display_open(struct display *display, const char *driver);
/* Shows the other frame and waits until it is seen; 0 or a negative errno. */
int display_flip(struct display *display);

#endif /* SELFTESTS_DISPLAY_H */
