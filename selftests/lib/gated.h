/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tenant that has nothing but its submissions to wait for, and what becomes
 * of them.
 */
#ifndef SELFTESTS_GATED_H
#define SELFTESTS_GATED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "load.h"

/**
 * struct gated - what it tells
 * @pid: its own
 * @submitted: jobs that were taken
 * @interrupted: submissions that said -EINTR
 * @failed: that said anything else
 * @signals: that its handler saw
 * @last: when a job was taken last
 */
struct gated {
	pid_t pid;
	volatile uint64_t submitted;
	volatile uint64_t interrupted;
	volatile uint64_t failed;
	volatile uint64_t signals;
	volatile uint64_t last;
};

/* Submits jobs of @length until @n were taken, or for ever if that is 0. Its
 * handler of SIGUSR1 has these flags.
 */
struct gated *gated_start(const struct engine *engine, const char *cg,
			  uint64_t length, unsigned int n, int flags);
/* From now on its turn comes late: a job of 40 ms has one every 4 s; or not. */
void gated_throttle(const struct engine *engine, const char *cg);
void gated_let_go(const struct engine *engine, const char *cg);
/* A tenant that submits for ever and is throttled, once it waits; a check. */
struct gated *gated_waiting(const struct engine *engine, const char *cg,
			    uint64_t length, int flags);
/* Waits until it sleeps at the gate; false if it never does. */
bool gated_waits(const struct gated *gated);
/* Whether it has submitted more than @than within @ns. */
bool gated_goes_on(const struct gated *gated, uint64_t than, uint64_t ns);
/* Kills it; how long that took. */
uint64_t gated_kill(struct gated *gated);

#endif /* SELFTESTS_GATED_H */
