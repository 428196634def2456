// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes at any escape, of any size, on any of the files, with and without
 * a quota: no crash, no leak, and where vgpu has no say the driver's answer,
 * which is that of the same calls before vgpu was there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"
#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define QUOTA	(4 * MIB)
#define SCRIBBLED	64	/* words of each request */
#define COMPARED	20000	/* calls, at most */
#define CALLS	500	/* until the client is another */
#define ANOTHER	77	/* exit status: by another number */
/*
 * Names of clients are counted up as long as the driver is loaded. These are
 * used up first: so low a name some request chooses itself.
 */
#define NAMES	600
#define NAME	0xc1da0000	/* of the client that makes the calls */

static const uint8_t interesting[] = {
	NR_ALLOC_MEMORY, 0x28, NR_FREE, NR_CONTROL, NR_ALLOC, NR_DUP,
	NR_SHARE, NR_VID_HEAP, NR_MAP, NR_UNMAP, NR_MAP_DMA, NR_CARD_INFO,
	NR_REGISTER_FD, NR_XFER, NR_DMABUF,
};

static const uint16_t sizes[] = { 16, 20, 24, 28, 32, 48, 56, 64, 184 };

static const uint32_t words[] = {
	0, 1, 2, 3, 5, 6, 14, 0x40, 0x41, 0x80, 0x2080, 0x3d05, 0x3d06,
	0x3d0b, 0x3d0c, 0x20801301, 0x20801303, 0x2080018d, 0x2080018e,
	0x7fffffff, 0x80000000, 0xffffffff,
};

static const uint32_t uvm_commands[] = {
	0x30000001, 0x30000002, 23, 24, 25, 26, 27, 28, 33, 34, 37, 38, 39,
	42, 51, 66, 68, 70, 72, 73, 75,
};

#define TOOLS_INIT		56
#define TOOLS_INIT_STATUS	12	/* as a word */

static const uint32_t tools_commands[] = { 56, 57, 58, 59, 60, 61, 76 };

/* What was called; what it gave: errno, and all of the request in one number. */
struct answer {
	uint32_t request, third, err, hash;
	bool profiles;	/* it made a queue of events, or counters */
};

static struct answer (*answers)[COMPARED];
static uint8_t pages[4 * 4096] __attribute__((aligned(4096)));
static unsigned int seed;

#define LENGTH(list)	(sizeof(list) / sizeof((list)[0]))

static unsigned int pick(unsigned int below)
{
	return rand_r(&seed) % below;
}

static void scribble(struct rm *rm, uint32_t *data, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		switch (pick(6)) {
		case 0:
			data[i] = rm->root;
			break;
		case 1:
			data[i] = rm->device;
			break;
		case 2:
			data[i] = (uintptr_t)data >> (i & 1 ? 32 : 0);
			break;
		case 3:
			data[i] = rand_r(&seed);
			break;
		default:
			data[i] = words[pick(LENGTH(words))];
		}
	}
}

/* A queue of events, or counters, that are almost as the tools want them. */
static void point(uint32_t *data, int uvm)
{
	uint64_t at[3] = { (uintptr_t)pages, pick(4), (uintptr_t)pages };

	if (pick(2))
		at[pick(3)] += 2048;
	memcpy(data, at, sizeof(at));
	data[11] = pick(4) ? (uint32_t)uvm : 1;
	data[13] = pick(4);
}

/* Names of clients and processes are others each time. */
static uint32_t digest(const uint32_t *data)
{
	uint32_t hash = 2166136261, word;
	unsigned int i;

	for (i = 0; i < SCRIBBLED; i++) {
		word = data[i];
		if (word >> 20 == 0xc1d)
			word = 0xc1d;
		else if (word == (uint32_t)getpid())
			word = 1;
		hash = (hash ^ word) * 16777619;
	}
	return hash;
}

/* @uvm: its file, and that of its tools */
static int call(struct rm *rm, const int *uvm, uint32_t *data,
		struct answer *answer)
{
	unsigned int nr = interesting[pick(LENGTH(interesting))];
	unsigned int size = sizes[pick(LENGTH(sizes))];
	uint32_t command = uvm_commands[pick(LENGTH(uvm_commands))];
	unsigned int file = pick(9);

	if (file == 8)
		command = tools_commands[pick(LENGTH(tools_commands))];
	if (!pick(4))
		nr = pick(256);
	if (!pick(4))
		size = pick(16384);
	if (!pick(4))
		command = rand_r(&seed);
	if (file && file < 8)
		command = _IOC(_IOC_READ | _IOC_WRITE, 'F', nr, size);
	scribble(rm, data, SCRIBBLED);
	if (file == 8 && !pick(2))
		point(data, uvm[0]);
	answer->request = command;
	answer->third = data[2];
	if (!file || file == 8)
		return ioctl(uvm[file / 8], command, data);
	return ioctl(file % 2 ? rm->ctl : rm->gpu, command, data);
}

/* A call that is as the tools make it: chance may make none. */
static int profile(const int *uvm, uint32_t *data, struct answer *answer)
{
	uint64_t at[3] = { (uintptr_t)pages, 2, (uintptr_t)pages };

	memcpy(data, at, sizeof(at));
	data[11] = uvm[0];
	data[13] = 1;
	answer->request = TOOLS_INIT;
	answer->third = data[2];
	return ioctl(uvm[1], TOOLS_INIT, data);
}

/* More than any GPU has, of the file that serves such calls and of the other. */
static int ask_much(const struct rm *rm, int fd, uint32_t *data,
		    struct answer *answer)
{
	struct nvos32_heap arg = {
		.root = rm->root,
		.parent = rm->device,
		.function = 14,
		.range = { .size = 1ULL << (44 + pick(20)) },
	};

	memcpy(data, &arg, sizeof(arg));
	answer->request = _IOWR('F', NR_VID_HEAP, arg);
	answer->third = data[2];
	return ioctl(fd, answer->request, data);
}

static int make(unsigned int i, struct rm *rm, const int *uvm, uint32_t *data,
		struct answer *answer)
{
	switch (i) {
	case 0:
		return profile(uvm, data, answer);
	case 1:
		return ask_much(rm, rm->ctl, data, answer);
	case 2:
		return ask_much(rm, rm->gpu, data, answer);
	default:
		return call(rm, uvm, data, answer);
	}
}

/*
 * The client has the same name each time: requests are full of it. The tools
 * want an address space that is initialised.
 */
static void begin(struct rm *rm, int *uvm, bool initialized)
{
	static const char *const names[] = { "nvidia-uvm", "nvidia-uvm-tools" };
	uint64_t initialize[2] = { 0 };
	unsigned int i;

	if (rm_ctl_open(rm) || rm_find_gpu(rm, 0))
		bail("no driver");
	rm->gpu = rm_gpu_open(rm, rm->minor);
	rm->root = NAME;
	if (rm->gpu < 0 || rm_root(rm) || rm_device(rm) || rm->root != NAME)
		bail("no client");
	for (i = 0; i < 2; i++) {
		uvm[i] = rm_node(names[i]);
		if (uvm[i] < 0)
			bail("no file %s", names[i]);
	}
	if (initialized)
		ioctl(uvm[0], uvm_commands[0], initialize);
}

static void end(struct rm *rm, const int *uvm)
{
	close(uvm[0]);
	close(uvm[1]);
	rm_client_close(rm);
}

/* Notes the first answers, if asked to. */
static void storm(unsigned int rounds, struct answer *noted)
{
	static uint32_t data[4096];
	struct answer answer;
	unsigned int i;
	struct rm rm;
	int ret, uvm[2];

	for (i = 0; i < rounds; i++) {
		if (!(i % CALLS)) {	/* it may have freed itself */
			if (i)
				end(&rm, uvm);
			begin(&rm, uvm, !(i % (2 * CALLS)));
		}
		memset(data, 0, sizeof(data));
		ret = make(i % CALLS, &rm, uvm, data, &answer);
		answer.err = ret ? errno : 0;
		answer.hash = digest(data);
		answer.profiles = !ret && answer.request == TOOLS_INIT &&
				  !data[TOOLS_INIT_STATUS];
		if (noted && i < COMPARED)
			noted[i] = answer;
	}
	end(&rm, uvm);
}

/* Requests and answers are full of these: they would pass for its own number. */
static bool is_common(uint32_t pid)
{
	unsigned int i;

	for (i = 0; i < LENGTH(words); i++)
		if (words[i] == pid)
			return true;
	return pid < 256 || pid % 256 == 0;
}

/* In a process of its own: memory and files are the same each time. */
static void storm_in(const char *cg, unsigned int rounds,
		     struct answer *noted)
{
	int status;
	pid_t pid;

	do {
		pid = cg_fork(cg);
		if (!pid && is_common(getpid()))
			_exit(ANOTHER);
		if (!pid) {
			storm(rounds, noted);
			_exit(0);
		}
		status = cg_wait(pid);
	} while (status == ANOTHER);
	is(status, 0, "the calls of %s are made", cg);
}

static void use_names_up(void)
{
	unsigned int i;
	struct rm rm;

	for (i = 0; i < NAMES; i++) {
		if (rm_ctl_open(&rm) || rm_root(&rm))
			bail("no client %u", i);
		rm_client_close(&rm);
	}
}

static void compare(unsigned int n)
{
	unsigned int i, wrong = 0, failed = 0, profilers = 0;

	for (i = 0; i < n; i++) {
		const struct answer *a = &answers[0][i], *b = &answers[1][i];

		failed += a->err != 0;
		profilers += a->profiles;
		if (a->err == b->err && a->hash == b->hash)
			continue;
		if (wrong++ < 8)
			note("call %u, %#x with %#x: errno %u and %#x, not %u and %#x",
			     i, a->request, a->third, b->err, b->hash, a->err,
			     a->hash);
	}
	ok(failed && failed < n, "%u of %u calls failed, others did not",
	   failed, n);
	ok(profilers, "%u made a profiler", profilers);
	is(wrong, 0, "and all answer as they did without vgpu");
}

int main(void)
{
	unsigned int rounds = loops(1000000, 20000);
	unsigned int n = rounds < COMPARED ? rounds : COMPARED;
	const char *given = getenv("SEED");

	seed = given ? strtoul(given, NULL, 0) : (unsigned long)time(NULL);
	note("SEED=%u", seed);
	answers = mmap(NULL, 2 * sizeof(*answers), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (answers == MAP_FAILED)
		bail("mmap");
	stage_driver("nvidia-badinput", getenv("MOCK") ?: "release=550");
	cg_create("/a");
	cg_create("/b");
	use_names_up();
	storm_in("/b", n, answers[0]);
	if (vgpu_load())
		bail("modprobe vgpu");
	storm_in("/b", rounds, answers[1]);
	compare(n);
	is(charged_settled("/b", GPU0, 0), 0, "nothing stays charged");
	quota_set("/a", GPU0, QUOTA);
	judge_reset_high(0);
	storm_in("/a", rounds, NULL);
	is(charged_settled("/a", GPU0, 0), 0, "nor with a quota");
	ok(judge_high(0) <= QUOTA, "never more than the quota");
	return stage_finish();
}
