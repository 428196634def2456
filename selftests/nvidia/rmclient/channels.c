// SPDX-License-Identifier: GPL-2.0
/*
 * Channels as a kind of queue for the loads of lib/load.h. A queue is a channel
 * group with one channel; all of a process are of one client. Which of the
 * releases the mock plays is in VGPU_NVIDIA, 550 without.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fifo.h"
#include "judge.h"
#include "channels.h"
#include "tap.h"

#define CGROUPS		"/sys/kernel/debug/fakegpu/gpu0/cgroups"
#define QUEUES		64
/* An interrupt each so many nanoseconds of work, or each so many jobs. */
#define INTERRUPT_NS	(250 * USEC)
#define INTERRUPT_JOBS	16

/* Of this process; its parent's are not. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct fifo queues[QUEUES];
static unsigned int nr_queues;
static struct rm client;
static pid_t owner;

static void load(void)
{
	const char *release = getenv("VGPU_NVIDIA");
	char params[32];

	snprintf(params, sizeof(params), "release=%s",
		 release ? release : "550");
	if (!judge_load(params))
		bail("%s does not load", params);
}

static int unload(void)
{
	return judge_unload() ? 0 : 1;
}

static void open_client(void)
{
	int err;

	if (owner == getpid())
		return;
	owner = getpid();
	nr_queues = 0;
	err = rm_client_open(&client, 0);
	if (err)
		bail("no client: %s", strerror(-err));
}

static int open_queue(void)
{
	uint32_t status;
	unsigned int nr;

	pthread_mutex_lock(&lock);
	open_client();
	nr = nr_queues++;
	if (nr == QUEUES)
		bail("more than %u queues", QUEUES);
	status = fifo_open(&queues[nr], &client, FIFO_COMPUTE);
	if (status)
		bail("no queue: %#x", status);
	pthread_mutex_unlock(&lock);
	return (int)nr;
}

static int submit(int nr, uint64_t ns)
{
	struct fifo *q = &queues[nr];
	uint64_t each = ns ? INTERRUPT_NS / ns : INTERRUPT_JOBS;

	if (each > INTERRUPT_JOBS)
		each = INTERRUPT_JOBS;
	if (!each || !(q->submitted % each))
		ns |= FIFO_INTERRUPT;
	return fifo_submit(q, ns, 1) ? 0 : -EAGAIN;
}

/* An interrupt may be another queue's; and the last jobs may have none. */
static int wait_queue(int nr, unsigned int left)
{
	struct pollfd poller = { .fd = client.ctl, .events = POLLPRI };
	struct fifo *q = &queues[nr];

	while (q->submitted - fifo_done(q) > left)
		if (poll(&poller, 1, 1) < 0 && errno != EINTR)
			return -errno;
	return 0;
}

static void snapshot(struct snapshot *out)
{
	FILE *file = fopen(CGROUPS, "re");
	uint64_t cgroup, ns, jobs;
	char name[16];

	if (!file)
		bail(CGROUPS);
	out->n = 0;
	while (fscanf(file, "%15s %" SCNu64 " %" SCNu64 " %" SCNu64, name,
		      &cgroup, &ns, &jobs) == 4) {
		if (strcmp(name, "graphics"))
			continue;
		if (!cgroup) {
			out->now = ns;
			out->jobs = jobs;
			continue;
		}
		if (out->n == SNAPSHOT_ROWS)
			bail("more than %u cgroups", SNAPSHOT_ROWS);
		out->rows[out->n].cgroup = cgroup;
		out->rows[out->n].ns = ns;
		out->rows[out->n++].jobs = jobs;
	}
	fclose(file);
}

static const char *device(void)
{
	return "pci:0001:00:00.0";
}

const struct engine engine_nvidia = {
	.driver = "nvidia",
	.suspendable = true,
	.load = load,
	.unload = unload,
	.open = open_queue,
	.submit = submit,
	.wait = wait_queue,
	.snapshot = snapshot,
	.device = device,
};
