/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mock driver vgpu_mock_queue of selftests/drm/mock, which calls itself
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

/* A buffer with memory of its own; one that is the caller's at @addr. Bail. */
uint32_t queue_buffer(int fd, uint64_t bytes);
uint32_t queue_userptr(int fd, void *addr, uint64_t bytes);
/* A job that works on @n buffers and whose end a sync object has, unless 0. */
int queue_submit_on(int fd, uint64_t nanoseconds, const uint32_t *buffers,
		    unsigned int n, uint32_t sync);
/* One of the mock's figures; bails. */
uint64_t queue_figure(const char *name);

#endif /* SELFTESTS_QUEUE_H */
