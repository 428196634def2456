/* SPDX-License-Identifier: GPL-2.0 */
/* What the observer module saw of a cgroup, descendants included. */
#ifndef SELFTESTS_OBSERVER_H
#define SELFTESTS_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

struct seen {
	uint64_t live;		/* bytes of the objects alive */
	uint64_t objects;	/* how many */
	uint64_t peak;		/* most bytes at one time */
	uint64_t submits;	/* virtio-gpu submissions */
	uint64_t flips;		/* page flips */
	uint64_t died;		/* CLOCK_MONOTONIC ns of the last death */
};

/* Fails the test if the observer is not there or ever lost an event. */
void observer_check(void);
struct seen observe_id(uint64_t id);
struct seen observe(const char *cg);
uint64_t live(const char *cg);
uint64_t peak(const char *cg);
void peak_reset(const char *cg);
/* Objects go a moment after their last reference: waits, then live(). */
uint64_t live_settled(const char *cg, uint64_t want);

#endif /* SELFTESTS_OBSERVER_H */
