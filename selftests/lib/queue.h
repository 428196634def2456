/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mock driver selftests/drm/mock/vgpu_mock_queue.c, which calls itself
 * panfrost: an engine that works on one job after the other, and what it says
 * of who kept it busy.
 */
#ifndef SELFTESTS_QUEUE_H
#define SELFTESTS_QUEUE_H

#include <stdint.h>

#define QUEUE	"panfrost"
#define MSEC	1000000ull

/* These bail where they fail. */
void queue_load(void);
uint64_t queue_busy(const char *cg);	/* nanoseconds, by the engine's clock */
uint64_t queue_jobs(const char *cg);	/* that have ended */
uint64_t queue_length(void);		/* jobs that have not */
void queue_fail(unsigned int err);	/* submissions fail with it, late */

/* 0 or a negative errno. */
int queue_submit(int fd, uint64_t nanoseconds);
/* Waits until that many jobs of the file are left, or less. */
int queue_wait(int fd, unsigned int left);

#endif /* SELFTESTS_QUEUE_H */
