// SPDX-License-Identifier: GPL-2.0
/*
 * Groups have the GPU in turns, and whatever one of them does with its channels
 * and says of them, it gets no more. Who has nothing to run costs the others
 * nothing, and runs soon when it has. The clock of the mock's engine is the
 * judge.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cgroup.h"
#include "clock.h"
#include "fifo.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define MS		1000000ull
#define WINDOW_MS	1000
#define QUEUES		16
#define BOUND		2		/* points */
#define SWITCHES	5		/* points that changing contexts may cost */

static uint64_t busy(const char *cg)
{
	return clock_cgroup(0, "graphics", cg_id(cg));
}

static void need(uint32_t status)
{
	if (status)
		_exit(1);
}

static void schedule_on(struct fifo *q)
{
	fifo_schedule(q, true);
	fifo_schedule_channel(q, true);
}

static void enable(struct fifo *q)
{
	struct fifo *one[1] = { q };

	fifo_disable(one, 1, false, false);
}

static void long_slice(struct fifo *q)
{
	fifo_timeslice(q, 1000000);
}

static void preempt(struct fifo *q)
{
	fifo_preempt(q, false);
}

static void ring(struct fifo *q)
{
	fifo_ring(q);
}

/* Another process, by a file that RM takes for the client's own. */
static void by_another(struct fifo *q)
{
	struct fifo as = *q;
	struct rm by = *q->rm;

	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		by.ctl = rm_register(q->rm, "nvidiactl");
		as.rm = &by;
		for (;;) {
			schedule_on(&as);
			enable(&as);
			usleep(300);
		}
	}
	pause();
}

/* Handles as RM makes them: of the group around a channel without one. */
#define GUESSES		0x40
#define GUESS(i)	(0xcaf00000 + (i))

static void schedule_guessed(struct fifo *q)
{
	unsigned int i;

	for (i = 0; i < GUESSES; i++)
		rm_schedule(q->rm, GUESS(i), true);
}

/*
 * How many channels a process of @cg gets in that group. vgpu would not know them,
 * so it could not stop them.
 */
static int joined(const char *cg)
{
	pid_t pid = cg_fork(cg);
	struct fifo q, more;
	unsigned int i;
	int found = 0;
	struct rm rm;

	if (pid)
		return cg_wait(pid);
	need((uint32_t)rm_client_open(&rm, 0));
	need(fifo_open_bare(&q, &rm, FIFO_COMPUTE));
	for (i = 0; i < GUESSES; i++) {
		if (GUESS(i) == rm.device)
			continue;	/* that would be in a group of its own */
		fifo_open_in(&more, &rm, GUESS(i), FIFO_COMPUTE);
		found += more.channel != 0;
		fifo_close(&more);
	}
	_exit(found);
}

static void closed(void)
{
	cg_create("/free");
	is(joined("/free"), 1, "without a quota RM's own groups are found");
	cg_remove("/free");
	cg_create("/player");
	quota_set_time("/player", GPU0, "--weight", "100");
	is(joined("/player"), 0, "and with one they are closed");
	cg_remove("/player");
}

/* How a tenant might come by more than its share. */
static const struct trick {
	const char *name;
	unsigned int queues;
	bool bare;
	bool wasteful;
	uint64_t length;
	void (*again)(struct fifo *q);
} tricks[] = {
	{ "jobs of a second", 1, false, false, 1000 * MS, NULL },
	{ "16 groups of channels", QUEUES, false, false, 5 * MS, NULL },
	{ "a channel without a group", 1, true, false, 100 * MS, NULL },
	{ "16 of them", QUEUES, true, false, 5 * MS, NULL },
	{ "GPFIFO_SCHEDULE over and over", 1, false, false, 10 * MS,
	  schedule_on },
	{ "FIFO_DISABLE_CHANNELS off, likewise", 1, false, false, 10 * MS,
	  enable },
	{ "the same by another process", 1, false, false, 10 * MS, by_another },
	{ "the same of a group of RM's own", 1, true, false, 10 * MS,
	  schedule_guessed },
	{ "the longest slice", 1, false, false, 10 * MS, long_slice },
	{ "PREEMPT, likewise", 1, false, true, 10 * MS, preempt },
	{ "doorbells, likewise", 1, false, false, 10 * MS, ring },
};

#define TRICKS (sizeof(tricks) / sizeof(tricks[0]))

static void __attribute__((noreturn)) play(const struct trick *trick)
{
	static struct fifo queues[QUEUES];
	struct rm rm;
	unsigned int i;

	need((uint32_t)rm_client_open(&rm, 0));
	for (i = 0; i < trick->queues; i++) {
		need(trick->bare ?
		     fifo_open_bare(&queues[i], &rm, FIFO_COMPUTE) :
		     fifo_open(&queues[i], &rm, FIFO_COMPUTE));
		fifo_submit(&queues[i], trick->length, 1000);
	}
	for (;;) {
		for (i = 0; trick->again && i < trick->queues; i++)
			trick->again(&queues[i]);
		usleep(trick->again ? 300 : 100000);
	}
}

static void tried(const struct trick *trick)
{
	uint64_t from, other, mine, theirs;
	struct clock_engine engine;
	double part;
	pid_t pid;

	cg_create("/player");
	quota_set_time("/player", GPU0, "--weight", "100");
	pid = cg_fork("/player");
	if (!pid)
		play(trick);
	usleep(200000);
	from = busy("/player");
	other = busy("/other");
	usleep(WINDOW_MS * 1000);
	mine = busy("/player") - from;
	theirs = busy("/other") - other;
	part = 100.0 * (double)mine / (double)(mine + theirs);
	ok(part <= 50 + BOUND, "%s: no more than its half", trick->name);
	ok(part >= 50 - BOUND - (trick->wasteful ? SWITCHES : 0), "and no less");
	ok(theirs >= (50 - SWITCHES) * WINDOW_MS * MS / 100,
	   "and the others have theirs");
	note("%.2f %%", part);
	kill(pid, SIGKILL);
	cg_wait(pid);
	usleep(50000);
	ok(clock_engine(0, "graphics", &engine) && engine.groups == 1,
	   "its queues are gone");
	cg_remove("/player");
}

static bool has(const char *path, const char *text)
{
	static char line[1 << 16];
	FILE *f = fopen(path, "re");
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, text);
	if (f)
		fclose(f);
	return found;
}

/* Who could run and does not is seen in a trace. */
static void traced(void)
{
	static const char path[] = "/tmp/turns.json";
	char out[1024] = "";
	pid_t pid;

	cg_create("/player");
	pid = cg_fork("/player");
	if (!pid)
		play(&tricks[0]);
	usleep(100000);
	is(RUN(out, sizeof(out), "vgpu-tool", "trace", "record", "--seconds",
	       "1", "--output", path), 0, "a trace is recorded: %s", out);
	ok(has(path, "\"running\""), "it tells of turns");
	ok(has(path, "\"suspended\""), "and of the time between them");
	kill(pid, SIGKILL);
	cg_wait(pid);
	usleep(50000);
	cg_remove("/player");
}

/* A job now and then, of a group that is due half of the GPU. */
static void soon(void)
{
	unsigned int i, ms, worst = 0, n = loops(100, 30);
	uint64_t from;
	struct fifo q;
	struct rm rm;

	cg_create("/rare");
	quota_set_time("/rare", GPU0, "--weight", "100");
	cg_enter("/rare");
	if (rm_client_open(&rm, 0) || fifo_open(&q, &rm, FIFO_COMPUTE))
		bail("no queue");
	for (i = 0; i < n; i++) {
		usleep(30000 + i * 131);
		fifo_submit(&q, MS, 1);
		for (ms = 0; !fifo_wait(&q, 1) && ms < 1000; ms++)
			;
		worst = ms > worst ? ms : worst;
	}
	ok(worst <= 20, "a job of 1 ms after a while without is soon done");
	note("at worst in %u ms", worst + 1);
	from = busy("/other");
	usleep(300000);
	ok(busy("/other") - from >= 291 * MS,
	   "idle, it leaves the others all there is");
	fifo_close(&q);
	rm_client_close(&rm);
	cg_leave();
}

/* Nothing is set for anybody any more: nobody takes turns. */
static void lifted(void)
{
	uint64_t from;

	quota_set_time("/other", GPU0, "--weight", "default");
	quota_set_time("/rare", GPU0, "--weight", "default");
	usleep(20000);
	from = busy("/other");
	usleep(100000);
	ok(busy("/other") - from > 99 * MS,
	   "without a quota one has it all, not a turn is lost");
}

int main(void)
{
	unsigned int i;

	stage_setup("nvidia-turns", getenv("MOCK") ?: "release=580");
	cg_create("/other");
	quota_set_time("/other", GPU0, "--weight", "100");
	fifo_tenant("/other");
	for (i = 0; i < TRICKS; i++)
		tried(&tricks[i]);
	closed();
	traced();
	soon();
	lifted();
	cg_kill("/other");
	usleep(50000);
	return stage_finish();
}
