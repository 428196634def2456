/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mock driver selftests/drm/mock/vgpu_mock_queue.c, which calls itself
 * panfrost: an engine that works on one job after the other, and what it says
 * of who kept it busy.
 */
#ifndef SELFTESTS_QUEUE_H
#define SELFTESTS_QUEUE_H

#include <stdint.h>

#include "load.h"

#define QUEUE	"panfrost"

/* These bail where they fail. */
void queue_load(void);
int queue_unload(void);			/* the exit status of modprobe */
uint64_t queue_busy(const char *cg);	/* nanoseconds, by the engine's clock */
uint64_t queue_jobs(const char *cg);	/* that have ended */
uint64_t queue_length(void);		/* jobs that have not */
/* What a file like the mock's says of who kept an engine busy. */
void queue_read(const char *path, struct snapshot *snapshot);
void queue_fail(unsigned int err);	/* submissions fail with it, late */
void queue_hold(bool on);		/* the engine takes no more jobs */
void queue_reset(void);			/* what runs ends as timed out */
void queue_slices(bool on);		/* an equal part for each file */

/**
 * struct ended - a job that ended
 * @cgroup: id of its submitter's
 * @length: nanoseconds
 * @begin: when the engine took it up, CLOCK_MONOTONIC
 * @end: when it was done with it
 */
struct ended {
	uint64_t cgroup, length, begin, end;
};

/* The last jobs of the cgroup, the oldest first; how many there are. */
unsigned int queue_ended(const char *cg, struct ended *jobs, unsigned int most);

/* 0 or a negative errno. */
int queue_submit(int fd, uint64_t nanoseconds);
/* Two jobs, each of that length, in one submission. */
int queue_submit_two(int fd, uint64_t nanoseconds);
/* Waits until that many jobs of the file are left, or less. */
int queue_wait(int fd, unsigned int left);

#endif /* SELFTESTS_QUEUE_H */
