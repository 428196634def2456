// SPDX-License-Identifier: GPL-2.0
/*
 * Averages of a part of the time over the last while, without a timer.
 *
 * As the load average: every step an average keeps a part of itself and takes
 * the rest from what the step had. Steps are taken when something happens or
 * somebody looks, as many at once as have passed, as if the time between had
 * been spread evenly over them. Whose average it is keeps it under a lock.
 */
#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "window.h"

#define SHIFT	20
#define ONE	BIT_ULL(SHIFT)

/* e^(-0.1 s / span) */
static const u32 keep[VGPU_WINDOW_SPANS] = {
	[VGPU_WINDOW_1S] = 948791,
	[VGPU_WINDOW_10S] = 1038142,
	[VGPU_WINDOW_60S] = 1046830,
	[VGPU_WINDOW_300S] = 1048227,
};

/* @x to the power of @n, by squaring. */
static u64 power(u64 x, u64 n)
{
	u64 result = ONE;

	for (; n; n >>= 1) {
		if (n & 1)
			result = (result * x + ONE / 2) >> SHIFT;
		x = (x * x + ONE / 2) >> SHIFT;
	}
	return result;
}

/**
 * vgpu_window_fold - take the time since the last look into the averages
 * @window: zeroed before the first; then only @at is set
 * @total: ns by now
 * @now: time
 *
 * Does nothing within a step.
 *
 * Context: any; the caller serialises.
 */
void vgpu_window_fold(struct vgpu_window *window, u64 total, u64 now)
{
	u64 steps, part, left;
	int i;

	if (!vgpu_window_due(window, now))
		return;
	if (!window->at) {
		window->at = now;
		window->total = total;
		return;
	}
	steps = div64_u64(now - window->at, VGPU_WINDOW_STEP);
	part = min_t(u64, total - window->total, now - window->at);
	part = mul_u64_u64_div_u64(part, (u64)VGPU_WINDOW_FULL << 16,
				   now - window->at);
	for (i = 0; i < VGPU_WINDOW_SPANS; i++) {
		left = power(keep[i], steps);
		window->avg[i] = (window->avg[i] * left +
				  part * (ONE - left)) >> SHIFT;
	}
	window->at = now;
	window->total = total;
}

/**
 * vgpu_window_get - an average, in hundredths of a percent
 * @window: folded just now
 * @span: over how long
 */
u32 vgpu_window_get(const struct vgpu_window *window,
		    enum vgpu_window_span span)
{
	return (window->avg[span] + (1 << 15)) >> 16;
}
