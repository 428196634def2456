/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model of what preloaded libraries do, for comparison: each launch takes a
 * token from a bucket in the tenant's own process, whatever it launches. Every
 * 120 ms the bucket is filled, by more where the tenant had less of the device
 * in the meantime than it should, else by less. It is our own, and no copy of
 * any of them.
 */
#ifndef SELFTESTS_BUCKET_H
#define SELFTESTS_BUCKET_H

#include "load.h"

/**
 * struct bucket - of one queue; all zero at first
 * @tokens: launches that are allowed now
 * @rate: how many come with each turn
 * @turn: when they next do
 * @from: the engine's account at the last one
 */
struct bucket {
	double tokens;
	double rate;
	uint64_t turn;
	struct snapshot from;
};

void bucket_take(const struct engine *engine, const struct load *load,
		 struct bucket *bucket);

#endif /* SELFTESTS_BUCKET_H */
