/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the mock's engine says about time; see mock/debug_engine.c. Nanoseconds
 * of its own clock.
 */
#ifndef RMCLIENT_CLOCK_H
#define RMCLIENT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct clock_engine - one run list
 * @at: now
 * @busy: that jobs ran
 * @lost: that contexts were saved
 * @jobs: done
 * @preemptions: jobs taken off before their end
 * @groups: that there are
 * @stopped: of which so many were taken out of the list and not put back
 */
struct clock_engine {
	uint64_t at, busy, lost, jobs, preemptions;
	uint32_t groups, stopped;
};

/**
 * struct clock_tsg - one channel group
 * @id: on its run list
 * @cgroup: of the process that allocated it
 * @state: running, ready, idle or stopped
 * @timeslice: microseconds, as asked for
 * @busy: that its jobs ran
 * @jobs: done
 * @preemptions: jobs taken off before their end
 * @queued: jobs that wait
 */
struct clock_tsg {
	uint32_t id;
	uint64_t cgroup;
	char state[16];
	uint64_t timeslice, busy, jobs, preemptions;
	uint32_t queued;
};

/*
 * @engine is "graphics" or "copy", @handle that of a group, or 0 for any of the
 * client's. Each is false if there is no such.
 */
bool clock_engine(unsigned int gpu, const char *engine,
		  struct clock_engine *out);
bool clock_tsg(unsigned int gpu, uint32_t client, uint32_t handle,
	       struct clock_tsg *out);
/* What channels took whose allocating task was in the cgroup; 0 if none. */
uint64_t clock_cgroup(unsigned int gpu, const char *engine, uint64_t cgroup);

#endif /* RMCLIENT_CLOCK_H */
