// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "fifo.h"

#define MEMORY_SIZE	0x10000
#define RING_SIZE	(FIFO_ENTRIES * 8)
#define USERD_AT	RING_SIZE
#define DOORBELLS_SIZE	0x10000

/* Words of the USERD and of the doorbells */
#define GP_GET		(0x88 / 4)
#define GP_PUT		(0x8c / 4)
#define NOTIFY		(0x90 / 4)

/* Where the rings are in the GPU's address space: one after the other. */
static uint64_t next_va = 0x2000000000;

static uint32_t map_ring(struct fifo *q, uint64_t *va)
{
	uint64_t virtual[3] = { 0, 0x1ffffffffffff };
	uint32_t status;
	uint8_t *cpu;

	status = rm_alloc_vidmem(q->rm, MEMORY_SIZE, RM_ROUTE_ALLOC64,
				 &q->memory);
	if (status)
		return status;
	cpu = rm_map(q->rm, q->memory, MEMORY_SIZE, &status);
	if (!cpu)
		return status;
	q->ring = (volatile uint64_t *)cpu;
	q->userd = (volatile uint32_t *)(cpu + USERD_AT);
	status = rm_alloc(q->rm, q->rm->device, &q->virtual, 0x70, virtual);
	if (status)
		return status;
	*va = __atomic_fetch_add(&next_va, MEMORY_SIZE, __ATOMIC_RELAXED);
	return rm_map_dma(q->rm, q->virtual, q->memory, MEMORY_SIZE, *va);
}

static uint32_t alloc_channel(struct fifo *q, uint64_t va, uint32_t engine)
{
	uint32_t object = 0, params[92] = { 0 };
	uint32_t status;

	memcpy(&params[2], &va, sizeof(va));
	params[4] = FIFO_ENTRIES;
	params[8] = q->memory;
	params[16] = USERD_AT;
	params[32] = engine;
	status = rm_alloc(q->rm, q->tsg, &q->channel, 0xc86f, params);
	if (status)
		return status;
	status = rm_alloc(q->rm, q->channel, &object,
			  engine == FIFO_COMPUTE ? 0xcbc0 : 0xc8b5, NULL);
	if (status)
		return status;
	return rm_control(q->rm, q->channel, 0xc36f0108, &q->token,
			  sizeof(q->token));
}

static uint32_t map_doorbell(struct fifo *q)
{
	uint32_t status = rm_alloc(q->rm, q->rm->subdevice, &q->usermode,
				   0xc661, NULL);

	if (!status)
		q->doorbell = rm_map(q->rm, q->usermode, DOORBELLS_SIZE,
				     &status);
	return status;
}

static uint32_t open_channel(struct fifo *q, uint32_t engine)
{
	uint64_t va = 0;
	uint32_t status = map_ring(q, &va);

	if (!status)
		status = alloc_channel(q, va, engine);
	return status ? status : map_doorbell(q);
}

uint32_t fifo_open_idle(struct fifo *q, struct rm *rm, uint32_t engine)
{
	uint32_t params[5] = { 0, 0, 0, engine };
	uint32_t status;

	memset(q, 0, sizeof(*q));
	q->rm = rm;
	q->own = true;
	status = rm_alloc(rm, rm->device, &q->tsg, 0xa06c, params);
	return status ? status : open_channel(q, engine);
}

uint32_t fifo_open(struct fifo *q, struct rm *rm, uint32_t engine)
{
	uint32_t status = fifo_open_idle(q, rm, engine);

	return status ? status : fifo_schedule(q, true);
}

uint32_t fifo_open_bare(struct fifo *q, struct rm *rm, uint32_t engine)
{
	return fifo_open_in(q, rm, rm->device, engine);
}

uint32_t fifo_open_in(struct fifo *q, struct rm *rm, uint32_t tsg,
		      uint32_t engine)
{
	uint32_t status;

	memset(q, 0, sizeof(*q));
	q->rm = rm;
	q->tsg = tsg;
	status = open_channel(q, engine);
	return status ? status : fifo_schedule_channel(q, true);
}

/* What was made, however far that went. */
void fifo_close(struct fifo *q)
{
	if (q->doorbell)
		munmap((void *)q->doorbell, DOORBELLS_SIZE);
	if (q->ring)
		munmap((void *)q->ring, MEMORY_SIZE);
	if (q->usermode)
		rm_free(q->rm, q->usermode);
	if (q->channel)
		rm_free(q->rm, q->channel);
	if (q->own && q->tsg)
		rm_free(q->rm, q->tsg);
	if (q->virtual)
		rm_free(q->rm, q->virtual);
	if (q->memory)
		rm_free(q->rm, q->memory);
	memset(q, 0, sizeof(*q));
}

void fifo_tenant(const char *cg)
{
	struct fifo q;
	struct rm rm;

	if (cg_fork(cg)) {
		usleep(200000);
		return;
	}
	if (rm_client_open(&rm, 0) || fifo_open(&q, &rm, FIFO_COMPUTE))
		_exit(1);
	fifo_submit(&q, 10000000, 4000);
	pause();
	_exit(0);
}

static uint32_t queued(struct fifo *q)
{
	uint32_t get = __atomic_load_n(&q->userd[GP_GET], __ATOMIC_ACQUIRE);

	return (q->put + FIFO_ENTRIES - get) % FIFO_ENTRIES;
}

bool fifo_push(struct fifo *q, uint64_t ns, unsigned int jobs)
{
	unsigned int i, room = FIFO_ENTRIES - 1 - queued(q);

	for (i = 0; i < jobs && i < room; i++) {
		q->ring[q->put] = ns;
		q->put = (q->put + 1) % FIFO_ENTRIES;
	}
	q->submitted += i;
	__atomic_store_n(&q->userd[GP_PUT], q->put, __ATOMIC_RELEASE);
	return i == jobs;
}

void fifo_ring(struct fifo *q)
{
	__atomic_store_n(&q->doorbell[NOTIFY], q->token, __ATOMIC_RELEASE);
}

bool fifo_submit(struct fifo *q, uint64_t ns, unsigned int jobs)
{
	bool all = fifo_push(q, ns, jobs);

	fifo_ring(q);
	return all;
}

uint64_t fifo_done(struct fifo *q)
{
	return q->submitted - queued(q);
}

bool fifo_wait(struct fifo *q, unsigned int ms)
{
	unsigned int i;

	for (i = 0; queued(q) && i < ms * 4; i++)
		usleep(250);
	return !queued(q);
}

uint32_t fifo_schedule(struct fifo *q, bool enable)
{
	return rm_schedule(q->rm, q->tsg, enable);
}

uint32_t fifo_schedule_channel(struct fifo *q, bool enable)
{
	uint8_t params[3] = { enable };

	return rm_control(q->rm, q->channel, 0xa06f0103, params,
			  q->rm->release->schedule);
}

uint32_t fifo_preempt(struct fifo *q, bool wait)
{
	uint8_t params[8] = { wait };

	return rm_control(q->rm, q->tsg, 0xa06c0105, params, sizeof(params));
}

uint32_t fifo_timeslice(struct fifo *q, uint64_t us)
{
	return rm_control(q->rm, q->tsg, 0xa06c0103, &us, sizeof(us));
}

uint32_t fifo_timeslice_get(struct fifo *q, uint64_t *us)
{
	return rm_control(q->rm, q->tsg, 0xa06c0104, us, sizeof(*us));
}

/**
 * fifo_disable() - NV2080_CTRL_CMD_FIFO_DISABLE_CHANNELS
 * @queues: of one client and GPU
 * @count: how many, up to 64
 * @disable: or enable
 * @only_scheduling: what runs goes on to the end of its slice
 *
 * Return: the status.
 */
uint32_t fifo_disable(struct fifo *const *queues, unsigned int count,
		      bool disable, bool only_scheduling)
{
	struct rm *rm = queues[0]->rm;
	uint32_t params[134] = { disable, count };
	unsigned int i;

	params[2] = only_scheduling;
	for (i = 0; i < count; i++) {
		params[6 + i] = rm->root;
		params[70 + i] = queues[i]->channel;
	}
	return rm_control(rm, rm->subdevice, 0x2080110b, params,
			  sizeof(params));
}
