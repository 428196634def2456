// SPDX-License-Identifier: GPL-2.0
/*
 * Random work of two clients of one process, and of one in another group: after
 * each step, what vgpu has charged is, to the byte, what the driver has for their
 * clients; and what the driver tells a tenant of its own process is that, too.
 * What contexts are guessed to take comes on top, once for each, however many
 * handles it has.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define CLIENTS	2
#define PIECES	32	/* handles of each client */
#define STEPS	24	/* of one workload */
#define QUOTA	(24 * MIB)
#define CONTEXTS 3	/* handles of each client to contexts */

/**
 * struct context - a channel group or an address space
 * @guess: what vgpu documents that it charges for it
 * @handles: there are
 */
struct context {
	uint64_t guess;
	unsigned int handles;
};

/**
 * struct worker - one client and what it has
 * @rm: the client
 * @piece: handles, 0 where there is none
 * @fd: exports, -1 where there is none
 * @name: handles of contexts, 0 where there is none
 * @context: what each is of
 */
struct worker {
	struct rm rm;
	uint32_t piece[PIECES];
	int fd[4];
	uint32_t name[CONTEXTS];
	struct context *context[CONTEXTS];
};

static struct context contexts[STEPS];
static unsigned int made;	/* of them, in this workload */

static struct worker workers[CLIENTS];
static unsigned int state;
static unsigned int steps;
static unsigned int copied;	/* handles of contexts */

static unsigned int pick(unsigned int below)
{
	return rand_r(&state) % below;
}

static void take(struct worker *w, unsigned int at)
{
	uint64_t bytes = (1 + pick(40)) * 48 * KIB;

	if (!w->piece[at] &&
	    rm_alloc_vidmem(&w->rm, bytes, pick(RM_ROUTES), &w->piece[at]))
		w->piece[at] = 0;
}

static void give(struct worker *w, unsigned int at)
{
	if (w->piece[at] && !rm_free(&w->rm, w->piece[at]))
		w->piece[at] = 0;
}

static void copy(struct worker *w, unsigned int at)
{
	struct worker *from = &workers[pick(CLIENTS)];
	uint32_t source = from->piece[pick(PIECES)];

	if (!w->piece[at] && source &&
	    rm_dup(&w->rm, &w->piece[at], from->rm.root, source))
		w->piece[at] = 0;
}

/* A file that keeps a piece, or the end of one. */
static void export(struct worker *w, unsigned int at)
{
	int *fd = &w->fd[pick(4)];

	if (*fd >= 0) {
		close(*fd);
		*fd = -1;
	} else if (w->piece[at] && rm_export(&w->rm, w->piece[at], fd)) {
		*fd = -1;
	}
}

static void import(struct worker *w, unsigned int at)
{
	int fd = workers[pick(CLIENTS)].fd[pick(4)];

	if (!w->piece[at] && fd >= 0 && rm_import(&w->rm, fd, &w->piece[at]))
		w->piece[at] = 0;
}

/* Makes one, copies one, or gives one up. */
static void context(struct worker *w, unsigned int at)
{
	struct worker *from = &workers[pick(CLIENTS)];
	unsigned int other = pick(CONTEXTS), what = pick(3);
	struct context *of = &contexts[made];
	uint32_t status;

	at %= CONTEXTS;
	if (w->name[at]) {
		if (rm_free(&w->rm, w->name[at]))
			bail("a context is not freed");
		w->context[at]->handles--;
		w->name[at] = 0;
		return;
	}
	if (what == 2) {
		of = from->context[other];
		status = !from->name[other] ||
			 rm_dup(&w->rm, &w->name[at], from->rm.root,
				from->name[other]);
	} else if (what) {
		of->guess = 2 * MIB;
		status = rm_tsg(&w->rm, 0, &w->name[at]);
	} else {
		of->guess = MIB;
		status = rm_vaspace(&w->rm, &w->name[at]);
	}
	if (status) {
		w->name[at] = 0;
		return;
	}
	made += what != 2;
	copied += what == 2;
	of->handles++;
	w->context[at] = of;
}

static uint64_t guessed(void)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < made; i++)
		sum += contexts[i].handles ? contexts[i].guess : 0;
	return sum;
}

static void (*const verbs[])(struct worker *w, unsigned int at) = {
	take, take, take, give, give, copy, export, import, context, context,
};

static void begin(struct worker *w)
{
	unsigned int i;

	if (rm_client_open(&w->rm, 0))
		bail("no client");
	for (i = 0; i < PIECES; i++)
		w->piece[i] = 0;
	for (i = 0; i < 4; i++)
		w->fd[i] = -1;
	for (i = 0; i < CONTEXTS; i++)
		w->name[i] = 0;
}

static void end(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (w->fd[i] >= 0)
			close(w->fd[i]);
	rm_client_close(&w->rm);
}

/*
 * What is left of the quota is what the group is shown to be free, and what it
 * is short of the quota is charged: one call, where a program would take long.
 */
static bool agrees(unsigned int nr, unsigned int step, uint64_t others)
{
	uint64_t private, owned, duped, used, told, left;
	struct rm *rm = &workers[0].rm;

	used = judge_used(0) - others;
	told = judge_pid_bytes(getpid(), 0);
	if (rm_fb_info(rm, RM_FB_FREE, &left) ||
	    rm_pid_info(rm, getpid(), &private, &owned, &duped))
		bail("no figures of the own process");
	if (QUOTA - left == used + guessed() && private + owned == told)
		return true;
	note("workload %u, step %u: charged %" PRIu64 ", driver %" PRIu64
	     " and contexts %" PRIu64 "; told %" PRIu64 ", has %" PRIu64,
	     nr, step, (uint64_t)QUOTA - left, used, guessed(),
	     private + owned, told);
	return false;
}

/* One workload; false where a figure is not the driver's. */
static bool workload(unsigned int nr, uint64_t others)
{
	unsigned int i, wrong = 0;

	state = nr;
	made = 0;
	memset(contexts, 0, sizeof(contexts));
	for (i = 0; i < CLIENTS; i++)
		begin(&workers[i]);
	for (i = 0; i < STEPS && !wrong; i++) {
		verbs[pick(sizeof(verbs) / sizeof(verbs[0]))]
			(&workers[pick(CLIENTS)], pick(PIECES));
		wrong += !agrees(nr, i, others);
		steps++;
	}
	/* And that what is shown is what vgpu says to others, too. */
	wrong += charged("/a", GPU0) != judge_used(0) - others;
	for (i = 0; i < CLIENTS; i++)
		end(&workers[i]);
	return !wrong;
}

static pid_t other_group(void)
{
	pid_t pid = cg_fork("/b");
	uint32_t handle;
	struct rm rm;

	if (pid)
		return pid;
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, 3 * MIB, RM_ROUTE_ALLOC64, &handle))
		_exit(1);
	pause();
	_exit(0);
}

int main(void)
{
	unsigned int i, n = loops(200, 100), wrong = 0;
	unsigned int seed = time(NULL);

	stage_setup("nvidia-truth", getenv("MOCK") ?: "release=595");
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, QUOTA);
	other_group();
	is(charged_settled("/b", GPU0, 3 * MIB), 3 * MIB,
	   "another group has some");
	note("seeds from %u", seed);
	cg_enter("/a");
	/* A few more where chance has copied no context yet. */
	for (i = 0; i < n || (!copied && i < 10 * n); i++)
		wrong += !workload(seed + i, 3 * MIB);
	cg_leave();
	is(wrong, 0, "in %u workloads every byte is the driver's", i);
	is(steps, i * STEPS, "after each of their steps");
	ok(copied, "with contexts that had several handles");
	is(charged_settled("/a", GPU0, 0), 0, "and all of it is given back");
	is(charged("/b", GPU0), 3 * MIB, "the other group has what it had");
	ok(judge_high(0) <= QUOTA + 3 * MIB, "the quota was never exceeded");
	cg_kill("/b");
	return stage_finish();
}
