/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Work for an engine, and what the engine says of it. The kind of queue is a
 * parameter: the same loads and the same judge run on each.
 */
#ifndef SELFTESTS_LOAD_H
#define SELFTESTS_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define USEC		UINT64_C(1000)
#define MSEC		UINT64_C(1000000)
#define SEC		UINT64_C(1000000000)
#define HORIZON		(10 * MSEC)	/* admitted and unfinished, at most */

#define SNAPSHOT_ROWS	256
#define LOAD_PROCS	32

/**
 * struct snapshot - how long each cgroup has kept the engine busy
 * @now: the one moment of all of it, by the engine's clock (CLOCK_MONOTONIC)
 * @jobs: that have ended
 * @n: rows
 */
struct snapshot {
	uint64_t now;
	uint64_t jobs;
	unsigned int n;
	struct {
		uint64_t cgroup, ns, jobs;
	} rows[SNAPSHOT_ROWS];
};

/**
 * struct engine - a kind of queue
 * @driver: as vgpu knows it
 * @suspendable: running work can be interrupted
 * @load: the module that has it; bails
 * @unload: of that module; its exit status
 * @open: a queue for the caller; bails
 * @submit: a job of so many nanoseconds; 0 or a negative errno
 * @wait: until so many jobs of the queue are left, or less; likewise
 * @snapshot: bails
 * @device: the name of the device for vgpu-tool
 */
struct engine {
	const char *driver;
	bool suspendable;
	void (*load)(void);
	int (*unload)(void);
	int (*open)(void);
	int (*submit)(int fd, uint64_t nanoseconds);
	int (*wait)(int fd, unsigned int left);
	void (*snapshot)(struct snapshot *snapshot);
	const char *(*device)(void);
};

extern const struct engine engine_drm;

/* Whose queues a test is built for: those of NVIDIA's build some once more. */
#ifndef ENGINE
#define ENGINE engine_drm
#endif

/**
 * struct load - a tenant that has always more to do
 * @cg: where it runs
 * @length: of a job
 * @depth: jobs that each of its queues holds
 * @procs: processes, 1 if 0
 * @threads: in each, 1 if 0
 * @files: queues of each thread, 1 if 0
 * @on: if not 0, submits only for so long at a time
 * @off: and then sleeps
 * @every: if not 0, after each so many jobs one
 * @other: takes so long instead
 * @bucket: if not 0, percent of the engine that a bucket in the tenant is to
 *	let it have; see bucket.h
 * @pids: its processes, once started
 */
struct load {
	const char *cg;
	uint64_t length;
	unsigned int depth;
	unsigned int procs;
	unsigned int threads;
	unsigned int files;
	uint64_t on;
	uint64_t off;
	unsigned int every;
	uint64_t other;
	double bucket;
	pid_t pids[LOAD_PROCS];
};

void load_start(const struct engine *engine, struct load *load);
void load_stop(struct load *load);
/* Until the engine has no work. */
void engine_settle(const struct engine *engine);

uint64_t clock_ns(void);
void sleep_ns(uint64_t ns);
uint64_t snapshot_ns(const struct snapshot *snapshot, const char *cg);
uint64_t snapshot_jobs(const struct snapshot *snapshot, const char *cg);
/* Time between two moments that went to the cgroup, without those below it. */
uint64_t snapshot_between(const struct snapshot *from,
			  const struct snapshot *to, const char *cg);

#define WINDOWS	64
#define GROUPS	16

/**
 * struct windows - the engine's time over windows of one length
 * @ns: of a window
 * @n: windows
 * @part: of the engine's time, percent, of each group in each window
 * @all: of all cgroups
 */
struct windows {
	uint64_t ns;
	unsigned int n;
	double part[WINDOWS][GROUPS];
	double all[WINDOWS];
};

void windows_take(const struct engine *engine, struct windows *windows,
		  const char *const *cgs, unsigned int groups);

/* What the cgroup has of the engine's time from now on, percent. */
double load_part(const struct engine *engine, const char *cg, uint64_t ns);
/* Likewise, while there is this load and once it has begun. */
double load_alone(const struct engine *engine, struct load *load, uint64_t ns);

/**
 * struct error - of what was measured against what was due
 * @mean: points
 * @worst: points
 */
struct error {
	double mean;
	double worst;
};

/* Of shares, as parts of all that was done. */
struct error windows_error(const struct windows *windows, const double *due,
			   unsigned int groups);

#endif /* SELFTESTS_LOAD_H */
