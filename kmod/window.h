/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Averages of a part of the time over the last while, without a timer.
 */
#ifndef _VGPU_WINDOW_H
#define _VGPU_WINDOW_H

#include <linux/types.h>

#define VGPU_WINDOW_FULL	10000		/* 100.00 % */
#define VGPU_WINDOW_STEP	100000000ULL	/* ns: not more often than that */

/* How far back an average looks; index of struct vgpu_window's @avg. */
enum vgpu_window_span {
	VGPU_WINDOW_1S,
	VGPU_WINDOW_10S,
	VGPU_WINDOW_60S,
	VGPU_WINDOW_300S,
	VGPU_WINDOW_SPANS
};

/**
 * struct vgpu_window - a total that grows, and how fast it did
 * @total: ns, as of @at
 * @at: when it was last looked at
 * @avg: hundredths of a percent of the time, times 2^16
 */
struct vgpu_window {
	u64 total;
	u64 at;
	u32 avg[VGPU_WINDOW_SPANS];
};

void vgpu_window_fold(struct vgpu_window *window, u64 total, u64 now);
u32 vgpu_window_get(const struct vgpu_window *window,
		    enum vgpu_window_span span);

/* Is it time to fold again? */
static inline bool vgpu_window_due(const struct vgpu_window *window, u64 now)
{
	return now - window->at >= VGPU_WINDOW_STEP;
}

#endif /* _VGPU_WINDOW_H */
