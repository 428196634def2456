// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bucket.h"
#include "cgroup.h"
#include "load.h"
#include "tap.h"

#define FILES_MAX 16

uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SEC + t.tv_nsec;
}

void sleep_ns(uint64_t ns)
{
	struct timespec t = { .tv_sec = ns / SEC, .tv_nsec = ns % SEC };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &t) == EINTR)
		;
}

struct worker {
	const struct engine *engine;
	const struct load *load;
};

static uint64_t next_length(const struct load *load, unsigned int *nth)
{
	if (!load->every || (*nth)++ < load->every)
		return load->length;
	*nth = 0;
	return load->other;
}

/* Submits to each queue in turn, and waits only where one is full. */
static void *work(void *arg)
{
	const struct worker *worker = arg;
	const struct engine *engine = worker->engine;
	const struct load *load = worker->load;
	unsigned int i, files = load->files ? load->files : 1;
	unsigned int held[FILES_MAX] = {};
	uint64_t stop = load->on ? clock_ns() + load->on : UINT64_MAX;
	struct bucket bucket = {};
	unsigned int nth = 0;
	int fds[FILES_MAX];

	for (i = 0; i < files; i++)
		fds[i] = engine->open();
	for (i = 0;; i = (i + 1) % files) {
		if (held[i] == load->depth) {
			held[i] = load->depth / 2;
			if (engine->wait(fds[i], held[i]))
				_exit(1);
		}
		if (load->bucket)
			bucket_take(engine, load, &bucket);
		if (engine->submit(fds[i], next_length(load, &nth)))
			_exit(1);
		held[i]++;
		if (clock_ns() >= stop) {
			sleep_ns(load->off);
			stop = clock_ns() + load->on;
		}
	}
	return NULL;
}

static void run_threads(const struct engine *engine, const struct load *load)
{
	struct worker worker = { engine, load };
	unsigned int i;
	pthread_t thread;

	for (i = 1; i < load->threads; i++)
		if (pthread_create(&thread, NULL, work, &worker))
			_exit(1);
	work(&worker);
}

void load_start(const struct engine *engine, struct load *load)
{
	unsigned int i, procs = load->procs ? load->procs : 1;

	if (procs > LOAD_PROCS || load->files > FILES_MAX)
		bail("a load of %u processes", procs);
	memset(load->pids, 0, sizeof(load->pids));
	for (i = 0; i < procs; i++) {
		load->pids[i] = cg_fork(load->cg);
		if (!load->pids[i])
			run_threads(engine, load);
	}
}

/* A load ends only here; one that ended by itself failed. */
void load_stop(struct load *load)
{
	unsigned int i;
	int status;

	for (i = 0; i < LOAD_PROCS && load->pids[i]; i++) {
		kill(load->pids[i], SIGKILL);
		status = cg_wait(load->pids[i]);
		if (status != 128 + SIGKILL)
			bail("a load in %s ended by itself: %d", load->cg,
			     status);
		load->pids[i] = 0;
	}
}

static uint64_t total(const struct snapshot *snapshot)
{
	uint64_t ns = 0;
	unsigned int i;

	for (i = 0; i < snapshot->n; i++)
		ns += snapshot->rows[i].ns;
	return ns;
}

/* It has none if it did nothing for a while. */
void engine_settle(const struct engine *engine)
{
	static struct snapshot from, to;

	do {
		engine->snapshot(&from);
		sleep_ns(20 * MSEC);
		engine->snapshot(&to);
	} while (total(&from) != total(&to));
}

static int row_of(const struct snapshot *snapshot, uint64_t cgroup)
{
	unsigned int i;

	for (i = 0; i < snapshot->n; i++)
		if (snapshot->rows[i].cgroup == cgroup)
			return i;
	return -1;
}

uint64_t snapshot_ns(const struct snapshot *snapshot, const char *cg)
{
	int row = row_of(snapshot, cg_id(cg));

	return row < 0 ? 0 : snapshot->rows[row].ns;
}

uint64_t snapshot_jobs(const struct snapshot *snapshot, const char *cg)
{
	int row = row_of(snapshot, cg_id(cg));

	return row < 0 ? 0 : snapshot->rows[row].jobs;
}

uint64_t snapshot_between(const struct snapshot *from,
			  const struct snapshot *to, const char *cg)
{
	return snapshot_ns(to, cg) - snapshot_ns(from, cg);
}

void windows_take(const struct engine *engine, struct windows *windows,
		  const char *const *cgs, unsigned int groups)
{
	static struct snapshot snapshots[2];
	struct snapshot *from = &snapshots[0], *to = &snapshots[1], *swap;
	unsigned int i, j;
	uint64_t next;
	double wall;

	engine->snapshot(from);
	next = from->now;
	for (i = 0; i < windows->n; i++) {
		next += windows->ns;
		if (next > clock_ns())
			sleep_ns(next - clock_ns());
		engine->snapshot(to);
		wall = to->now - from->now;
		for (j = 0; j < groups; j++)
			windows->part[i][j] = 100.0 / wall *
				snapshot_between(from, to, cgs[j]);
		windows->all[i] = 100.0 / wall * (total(to) - total(from));
		swap = from;
		from = to;
		to = swap;
	}
}

double load_part(const struct engine *engine, const char *cg, uint64_t ns)
{
	static struct windows windows = { .n = 1 };

	windows.ns = ns;
	windows_take(engine, &windows, &cg, 1);
	return windows.part[0][0];
}

double load_alone(const struct engine *engine, struct load *load, uint64_t ns)
{
	double part;

	load_start(engine, load);
	sleep_ns(200 * MSEC);
	part = load_part(engine, load->cg, ns);
	load_stop(load);
	engine_settle(engine);
	return part;
}

struct error windows_error(const struct windows *windows, const double *due,
			   unsigned int groups)
{
	struct error error = {};
	unsigned int i, j;
	double off;

	for (i = 0; i < windows->n; i++) {
		for (j = 0; j < groups; j++) {
			off = windows->all[i] ? 100 * windows->part[i][j] /
				windows->all[i] - due[j] : due[j];
			error.mean += fabs(off) / windows->n / groups;
			if (error.worst < fabs(off))
				error.worst = fabs(off);
		}
	}
	return error;
}
