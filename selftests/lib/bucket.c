// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "bucket.h"

#define TURN	(120 * MSEC)
#define NAP	(10 * MSEC)
#define FIRST	32.0	/* tokens */

/* The further off, the larger the step; it never stands still. */
static void turn(const struct engine *engine, const struct load *load,
		 struct bucket *bucket)
{
	struct snapshot now;
	double part, off;

	engine->snapshot(&now);
	if (!bucket->rate) {
		bucket->rate = FIRST;
	} else {
		part = 100.0 / (now.now - bucket->from.now) *
			snapshot_between(&bucket->from, &now, load->cg);
		off = fabs(load->bucket - part);
		off = (off < 5 ? 5 : off) / 100;
		bucket->rate *= part <= load->bucket ? 1 + off : 1 - off;
		bucket->rate = bucket->rate < 1 ? 1 : bucket->rate;
	}
	bucket->from = now;
	bucket->tokens += bucket->rate;
	if (bucket->tokens > 2 * bucket->rate)
		bucket->tokens = 2 * bucket->rate;
	bucket->turn = now.now + TURN;
}

void bucket_take(const struct engine *engine, const struct load *load,
		 struct bucket *bucket)
{
	for (;;) {
		if (clock_ns() >= bucket->turn)
			turn(engine, load, bucket);
		if (bucket->tokens >= 1)
			break;
		sleep_ns(NAP);
	}
	bucket->tokens -= 1;
}
