/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Channels that run jobs on the mock's engine, of which each is a length of
 * time, submitted as on a GPU: entries in a ring, GP_PUT, a doorbell.
 *
 *	struct fifo q;
 *
 *	if (fifo_open(&q, &rm, FIFO_COMPUTE))
 *		bail("no queue");
 *	fifo_submit(&q, 5000000, 10);		ten jobs of 5 ms
 *	ok(fifo_wait(&q, 1000), "done");
 *	fifo_close(&q);
 *
 * Functions return the driver's status word unless they say otherwise.
 */
#ifndef RMCLIENT_FIFO_H
#define RMCLIENT_FIFO_H

#include <stdbool.h>
#include <stdint.h>

#include "rm.h"

/* NV2080_ENGINE_TYPE */
#define FIFO_COMPUTE	0x1
#define FIFO_COPY	0x9

/* Entries of a ring; one less may be queued. */
#define FIFO_ENTRIES	4096

/* In the length of a job: its end wakes whoever polls the control file. */
#define FIFO_INTERRUPT	(1ull << 63)

/**
 * struct fifo - a channel, and what it takes to submit to it
 * @rm: the client
 * @tsg: the channel's group
 * @own: the group was made for it
 * @channel: the channel
 * @memory: where ring and USERD are
 * @virtual: the address space that it is mapped in, class 0x70
 * @usermode: doorbells
 * @token: what rings this one's
 * @ring: the ring
 * @userd: the USERD
 * @doorbell: the doorbells
 * @put: behind the last entry
 * @submitted: jobs, ever
 */
struct fifo {
	struct rm *rm;
	uint32_t tsg;
	bool own;
	uint32_t channel;
	uint32_t memory;
	uint32_t virtual;
	uint32_t usermode;
	uint32_t token;
	volatile uint64_t *ring;
	volatile uint32_t *userd;
	volatile uint32_t *doorbell;
	uint32_t put;
	uint64_t submitted;
};

/* A group with one channel that is scheduled; another channel in that group. */
uint32_t fifo_open(struct fifo *q, struct rm *rm, uint32_t engine);
uint32_t fifo_open_in(struct fifo *q, struct rm *rm, uint32_t tsg,
		      uint32_t engine);
/* The same, not scheduled yet: NVA06C_CTRL_CMD_GPFIFO_SCHEDULE is left to do. */
uint32_t fifo_open_idle(struct fifo *q, struct rm *rm, uint32_t engine);
/* A channel whose group RM makes, which no handle names. */
uint32_t fifo_open_bare(struct fifo *q, struct rm *rm, uint32_t engine);
void fifo_close(struct fifo *q);
/*
 * A tenant in a cgroup with one queue and far more work than it can do, until it
 * is killed. Returns when it has had time to begin.
 */
void fifo_tenant(const char *cg);

/* Jobs of so many nanoseconds, rung once; true if there was room for all. */
bool fifo_submit(struct fifo *q, uint64_t ns, unsigned int jobs);
/* The same without the doorbell; the doorbell. */
bool fifo_push(struct fifo *q, uint64_t ns, unsigned int jobs);
void fifo_ring(struct fifo *q);
/* How many are done, of all that were submitted. */
uint64_t fifo_done(struct fifo *q);
/* True if all were done within so many milliseconds; it sleeps. */
bool fifo_wait(struct fifo *q, unsigned int ms);

uint32_t fifo_schedule(struct fifo *q, bool enable);
uint32_t fifo_schedule_channel(struct fifo *q, bool enable);
uint32_t fifo_preempt(struct fifo *q, bool wait);
uint32_t fifo_timeslice(struct fifo *q, uint64_t us);
uint32_t fifo_timeslice_get(struct fifo *q, uint64_t *us);
uint32_t fifo_disable(struct fifo *const *queues, unsigned int count,
		      bool disable, bool only_scheduling);

#endif /* RMCLIENT_FIFO_H */
