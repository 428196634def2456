// SPDX-License-Identifier: GPL-2.0
/*
 * What a tenant might try to hold more than its quota, or to have somebody
 * else pay: each is refused or charged. The driver's heap is the judge.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "uvm.h"

#define QUOTA	(4 * MIB)

static uint64_t held(void)
{
	return judge_used(0);
}

static void settled(const char *what)
{
	uint64_t want = held();

	is(charged_settled("/a", GPU0, want), want,
	   "%s: charged what the heap holds", what);
	ok(held() <= QUOTA, "%s: no more than the quota", what);
}

/* Through two wrappers, and with sizes that are not the structure's. */
static void wrappers(struct rm *rm)
{
	struct nvos64_alloc alloc = { .root = rm->root, .parent = rm->device,
				      .class = 0x40 };
	struct nv_memory_params mem = { .size = 2 * QUOTA };
	unsigned int depth, size;

	alloc.params = (uintptr_t)&mem;
	for (depth = 1; depth <= 3; depth++) {
		alloc.status = 0;
		rm_escape_wrapped(rm->ctl, NR_ALLOC, &alloc, sizeof(alloc),
				  depth);
		is(held(), 0, "%u wrappers: nothing is held", depth);
	}
	for (size = 0; size < 64; size += 4) {
		alloc.status = 0;
		mem.size = 2 * QUOTA;
		rm_escape_wrapped(rm->ctl, NR_ALLOC, &alloc, size, 1);
	}
	is(held(), 0, "wrong sizes: nothing is held");
}

/* The old way to memory, which gives administrators all of it. */
static void alias(struct rm *rm)
{
	uint32_t handle = 0;

	ok(rm_alloc_memory(rm, 0x40, NULL, 64 * MIB, &handle) != RM_OK,
	   "an alias of all video memory is refused");
	settled("an alias");
}

static void classes(struct rm *rm)
{
	static const uint32_t denied[] = {
		0x42, 0x81, 0x82, 0x83, 0xc2, 0xe0, 0xf1, 0xf3, 0xf8, 0xf9,
		0xfb, 0xfd, 0x90ce, 0x900e, 0xc637, 0x100, 0xffff, 0xdeadbeef,
	};
	uint64_t params[32] = { 0 };
	unsigned int i, refused = 0;
	uint32_t handle = 0;

	for (i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
		params[1] = 2 * QUOTA;
		params[8] = 2 * QUOTA;
		refused += rm_alloc(rm, rm->subdevice, &handle, denied[i],
				    params) != RM_OK;
		handle = 0;
		refused += rm_alloc(rm, rm->device, &handle, denied[i],
				    params) != RM_OK;
		handle = 0;
	}
	is(refused, 2 * i, "classes that hold memory of others, or are unknown");
	is(held(), 0, "nothing is held by them");
}

/* Memory under a client of another's, and objects of another's. */
static void others(struct rm *rm, struct rm *other)
{
	struct nvos64_alloc alloc = { .root = other->root,
				      .parent = other->device, .class = 0x40 };
	struct nv_memory_params mem = { .size = MIB };
	struct nvos00_free free = { .root = other->root,
				    .object = other->device };
	uint32_t handle;

	alloc.params = (uintptr_t)&mem;
	rm_escape(rm, rm->ctl, NR_ALLOC, &alloc, sizeof(alloc));
	ok(alloc.status != RM_OK, "memory under another's client is refused");
	rm_escape(rm, rm->ctl, NR_FREE, &free, sizeof(free));
	ok(free.status != RM_OK, "another's object is not freed");
	is(rm_alloc_vidmem(other, MIB, RM_ROUTE_ALLOC64, &handle), RM_OK,
	   "it is still there");
	settled("another's client");
	rm_free(other, handle);
}

static void copies(struct rm *rm, struct rm *other)
{
	uint32_t memory, copy = 0, more = 0;

	rm_alloc_vidmem(rm, QUOTA, RM_ROUTE_ALLOC64, &memory);
	is(rm_dup(other, &copy, rm->root, memory), RM_OK,
	   "memory is copied to another client");
	settled("a copy");
	rm_free(rm, memory);
	settled("a copy without its origin");
	is(rm_alloc_vidmem(rm, 64 * KIB, RM_ROUTE_ALLOC64, &more),
	   RM_NO_MEMORY, "what a copy keeps is not to be had again");
	rm_free(other, copy);
	settled("no copy any more");
}

/* A client of a group without a quota takes a copy; and one is taken of its. */
static void groups(struct rm *rm)
{
	uint32_t memory, copy = 0, more = 0;
	struct rm far;

	cg_enter("/b");
	if (rm_client_open(&far, 0))
		bail("no client");
	cg_enter("/a");
	rm_alloc_vidmem(rm, QUOTA, RM_ROUTE_ALLOC64, &memory);
	cg_enter("/b");
	is(rm_dup(&far, &copy, rm->root, memory), RM_OK,
	   "another group copies memory");
	cg_enter("/a");
	rm_free(rm, memory);
	is(held(), QUOTA, "its copy keeps it");
	settled("a copy of another group's");
	is(charged("/b", GPU0), 0, "which is charged nothing for it");
	is(rm_alloc_vidmem(rm, 64 * KIB, RM_ROUTE_ALLOC64, &more),
	   RM_NO_MEMORY, "what it keeps is not to be had again");
	rm_free(&far, copy);
	settled("it lets go");

	cg_enter("/b");
	rm_alloc_vidmem(&far, 2 * QUOTA, RM_ROUTE_ALLOC64, &memory);
	cg_enter("/a");
	copy = 0;
	is(rm_dup(rm, &copy, far.root, memory), RM_OK,
	   "another group's memory is copied");
	is(charged("/b", GPU0), 2 * QUOTA, "and stays charged to that");
	cg_enter("/b");
	rm_client_close(&far);
	is(held(), 2 * QUOTA, "its maker is gone, the copy is not");
	is(charged("/b", GPU0), 2 * QUOTA, "nor the charge");
	cg_enter("/a");
	rm_free(rm, copy);
	is(charged_settled("/b", GPU0, 0), 0, "until the copy goes");
	settled("nobody's copy");
}

/* Another process, which has shared nothing: every handle is tried. */
static pid_t neighbour(int *ready)
{
	uint32_t handle, tsg, channel;
	struct rm rm;
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		bail("pipe");
	pid = cg_fork("/b");
	if (!pid) {
		if (rm_client_open(&rm, 0) ||
		    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &handle) ||
		    rm_tsg(&rm, 0, &tsg) ||
		    rm_channel(&rm, tsg, 0, handle, &channel) ||
		    write(fds[1], &rm.root, sizeof(rm.root)) < 0)
			_exit(1);
		pause();
		_exit(0);
	}
	close(fds[1]);
	*ready = fds[0];
	return pid;
}

/* FIFO_DISABLE_CHANNELS of one channel */
static uint32_t disable(struct rm *rm, uint32_t root, uint32_t channel)
{
	uint32_t params[134] = { 1, 1 };

	params[6] = root;
	params[70] = channel;
	return rm_control(rm, rm->subdevice, 0x2080110b, params,
			  sizeof(params));
}

/*
 * Of its own a tenant may do as it likes, but where its operator is strict set
 * no priority that all others feel.
 */
static void scheduling(struct rm *rm)
{
	uint32_t level = 2, memory, tsg, channel;

	if (rm_alloc_vidmem(rm, 64 * KIB, RM_ROUTE_ALLOC64, &memory) ||
	    rm_tsg(rm, 0, &tsg) || rm_channel(rm, tsg, 0, memory, &channel))
		bail("no channel");
	is(disable(rm, rm->root, channel), RM_OK, "a channel is stopped");
	stage_parameter("strict_controls", "1");
	ok(rm_control(rm, tsg, 0xa06c0107, &level, sizeof(level)) != RM_OK,
	   "another priority an operator can have refused");
	stage_parameter("strict_controls", "0");
	rm_free(rm, tsg);
	rm_free(rm, memory);
	settled("scheduling");
}

static void guesses(struct rm *rm)
{
	uint32_t root = 0, handle, got, taken = 0, met = 0, stopped = 0;
	struct nvos00_free end;
	int fd;
	pid_t pid = neighbour(&fd);
	uint64_t before;

	ok(read(fd, &root, sizeof(root)) == sizeof(root) && root,
	   "a neighbour has memory");
	close(fd);
	before = held();
	for (handle = 0xcaf00000; handle < 0xcaf00040; handle++) {
		struct rm guess = *rm;

		got = 0;
		taken += rm_dup(rm, &got, root, handle) == RM_OK;
		end = (struct nvos00_free){ .root = root, .object = handle };
		rm_escape(rm, rm->ctl, NR_FREE, &end, sizeof(end));
		taken += end.status == RM_OK;
		stopped += disable(rm, root, handle) == RM_OK;
		guess.root = root;
		guess.device = handle;
		met += rm_alloc_vidmem(&guess, MIB, RM_ROUTE_HEAP_SIZE,
				       &got) == RM_OK;
	}
	is(taken, 0, "no handle of a neighbour's is to be guessed");
	is(met, 0, "nor memory to be had in its name");
	is(stopped, 0, "nor a channel of its to be stopped");
	is(held(), before, "it has what it had");
	is(charged("/b", GPU0), MIB, "and is charged for it");
	kill(pid, SIGKILL);
	cg_wait(pid);
	is(charged_settled("/b", GPU0, 0), 0, "until it is gone");
}

/* Managed memory, at once, piecemeal, and through a second address space. */
static void managed(struct rm *rm)
{
	struct uvm uvm[2];
	void *piece[4] = { NULL };
	unsigned int i, n = 0;

	for (i = 0; i < 2; i++)
		if (uvm_open(&uvm[i], rm) || uvm_initialize(&uvm[i], 0) ||
		    uvm_register_gpu(&uvm[i]))
			bail("no address space with a GPU");
	ok(!uvm_managed(&uvm[0], QUOTA + 2 * MIB),
	   "managed memory beyond the quota is refused");
	for (i = 0; i < 4; i++) {
		piece[i] = uvm_managed(&uvm[i % 2], QUOTA / 2);
		if (!piece[i])
			continue;
		n++;
		uvm_migrate(&uvm[i % 2], piece[i], QUOTA / 2, true);
	}
	is(n, 2, "in pieces, as much as the quota");
	is(held(), QUOTA, "which is on the GPU");
	settled("managed memory");
	for (i = 0; i < 4; i++)
		if (piece[i])
			munmap(piece[i], QUOTA / 2);
	for (i = 0; i < 2; i++)
		uvm_close(&uvm[i]);
	is(held(), 0, "all of it is gone");
	settled("none of it");
}

/* Memory of the host's on request, by the heap's own control. */
static void egm(struct rm *rm)
{
	struct nvos32_heap arg = {
		.root = rm->root, .parent = rm->device, .function = 2,
		.size = { .size = MIB, .attr2 = 1U << 24 },
	};

	rm_escape(rm, rm->ctl, NR_VID_HEAP, &arg, sizeof(arg));
	ok(arg.status != RM_OK, "EGM memory is refused");
	settled("EGM memory");
}

static void exports(struct rm *rm)
{
	uint32_t memory, again = 0, more = 0;
	int fd;

	rm_alloc_vidmem(rm, QUOTA, RM_ROUTE_ALLOC64, &memory);
	is(rm_export(rm, memory, &fd), RM_OK, "memory is exported to a file");
	rm_free(rm, memory);
	is(held(), QUOTA, "the file keeps it");
	settled("a file");
	is(rm_alloc_vidmem(rm, 64 * KIB, RM_ROUTE_ALLOC64, &more),
	   RM_NO_MEMORY, "what a file keeps is not to be had again");
	is(rm_import(rm, fd, &again), RM_OK, "and comes back");
	close(fd);
	settled("back from a file that is closed");
	rm_free(rm, again);
	settled("neither file nor handle");
}

/* By a second control file, which RM takes for the client's own. */
static void registered(struct rm *rm)
{
	uint32_t memory, copy = 0;
	struct rm by = *rm;
	int fd = -1;

	by.ctl = rm_register(rm, "nvidiactl");
	if (by.ctl < 0)
		bail("no second file");
	rm_alloc_vidmem(rm, QUOTA / 2, RM_ROUTE_ALLOC64, &memory);
	rm_export(&by, memory, &fd);
	rm_free(rm, memory);
	settled("exported by a file that acts for the client");
	close(fd);

	rm_alloc_vidmem(&by, QUOTA / 2, RM_ROUTE_ALLOC64, &memory);
	settled("allocated by one");
	rm_dup(&by, &copy, rm->root, memory);
	rm_free(&by, memory);
	settled("copied by one");
	rm_free(&by, copy);
	close(by.ctl);
	settled("which is closed");
}

#define CHOSEN	0xc1dabcde	/* a client's handle may be chosen */

static void *make_root(void *rm)
{
	rm_root(rm);
	return NULL;
}

static void open_files(struct rm *rm)
{
	memset(rm, 0, sizeof(*rm));
	if (rm_ctl_open(rm) || rm_find_gpu(rm, 0))
		bail("no control file");
	rm->gpu = rm_gpu_open(rm, 0);
	if (rm->gpu < 0)
		bail("no GPU");
	rm->root = CHOSEN;
}

/* A client has come, and whoever asked for it does not know of that yet. */
static pthread_t stalled_root(struct rm *rm)
{
	pthread_t thread;
	unsigned int i;

	judge_set("linger", NR_ALLOC);
	pthread_create(&thread, NULL, make_root, rm);
	for (i = 0; i < 500 && !judge_value("parked"); i++)
		usleep(10000);
	return thread;
}

static void answer(pthread_t thread)
{
	judge_set("linger", 0);
	pthread_join(thread, NULL);
}

/* It is used already; or it has ended, and there is another by its handle. */
static void unborn(void)
{
	struct rm one, two, other;
	uint32_t memory;
	pthread_t thread;

	open_files(&one);
	two = one;
	thread = stalled_root(&one);
	if (rm_device(&two))
		bail("no device");
	is(rm_alloc_vidmem(&two, QUOTA, RM_ROUTE_ALLOC64, &memory), RM_OK,
	   "a client is used that its maker has not been told of");
	settled("before");
	answer(thread);
	settled("and after");
	is(rm_alloc_vidmem(&two, MIB, RM_ROUTE_ALLOC64, &memory), RM_NO_MEMORY,
	   "there is no more to be had");
	rm_client_close(&two);
	settled("closed");

	open_files(&one);
	open_files(&other);
	two = one;
	thread = stalled_root(&one);
	rm_free(&two, CHOSEN);
	if (rm_root(&other) || other.root != CHOSEN || rm_device(&other) ||
	    rm_alloc_vidmem(&other, QUOTA, RM_ROUTE_ALLOC64, &memory))
		bail("no other client");
	answer(thread);
	settled("a client by the handle of one whose maker hears of it late");
	rm_client_close(&two);
	rm_client_close(&other);
	settled("both closed");
}

/* The file goes to a group without a quota and outlives its maker. */
static void outlives(void)
{
	uint32_t memory, again = 0;
	struct rm rm;
	int fd;

	if (rm_client_open(&rm, 0))
		bail("no client");
	rm_alloc_vidmem(&rm, QUOTA, RM_ROUTE_ALLOC64, &memory);
	rm_export(&rm, memory, &fd);
	rm_client_close(&rm);
	is(held(), QUOTA, "a file outlives its client");
	settled("a file whose client is gone");
	cg_enter("/b");
	if (rm_client_open(&rm, 0))
		bail("no client");
	is(rm_import(&rm, fd, &again), RM_OK, "another group takes it");
	close(fd);
	settled("taken by another group");
	is(charged("/b", GPU0), 0, "which is charged nothing");
	rm_client_close(&rm);
	cg_enter("/a");
	settled("and let go");
}

static void dmabuf(struct rm *rm)
{
	uint64_t size = MIB;
	uint32_t memory;
	int fd = -1;

	rm_alloc_vidmem(rm, MIB, RM_ROUTE_ALLOC64, &memory);
	ok(rm_export_dmabuf(rm, &memory, &size, 1, &fd) != RM_OK,
	   "a dma-buf is refused");
	rm_free(rm, memory);
	settled("a dma-buf");
}

/* A child cgroup, entered after the client was made. */
static void moved(void)
{
	uint32_t handle, more;
	struct rm rm;

	if (rm_client_open(&rm, 0))
		bail("no client");
	cg_create("/a/below");
	cg_enter("/a/below");
	is(rm_alloc_vidmem(&rm, QUOTA, RM_ROUTE_ALLOC64, &handle), RM_OK,
	   "from a child cgroup");
	settled("a child cgroup");
	is(rm_alloc_vidmem(&rm, 64 * KIB, RM_ROUTE_ALLOC64, &more),
	   RM_NO_MEMORY, "the quota binds there, too");
	cg_enter("/a");
	rm_client_close(&rm);
	settled("a child cgroup, closed");
}

/* A client that a group without a quota made, inherited. */
static void inherited(struct rm *old)
{
	uint32_t handle;

	is(rm_alloc_vidmem(old, QUOTA, RM_ROUTE_ALLOC64, &handle), RM_OK,
	   "with another group's client");
	settled("another group's client");
	is(rm_alloc_vidmem(old, MIB, RM_ROUTE_ALLOC32, &handle), RM_NO_MEMORY,
	   "the caller's quota binds");
}

/* The client of before vgpu was there. */
static void before(struct rm *old)
{
	uint32_t handle;

	is(rm_alloc_vidmem(old, QUOTA, RM_ROUTE_ALLOC64, &handle), RM_OK,
	   "with a client from before vgpu");
	settled("a client from before");
	is(rm_alloc_vidmem(old, MIB, RM_ROUTE_HEAP_SIZE, &handle),
	   RM_NO_MEMORY, "the quota binds it");
}

int main(void)
{
	struct rm rm, other, old;
	char out[4096];

	stage_setup("nvidia-bypass", getenv("MOCK") ?: "release=580");
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, QUOTA);

	cg_enter("/b");
	if (rm_client_open(&old, 0))
		bail("no client");
	cg_enter("/a");
	inherited(&old);
	rm_client_close(&old);
	settled("its file closed");

	if (rm_client_open(&rm, 0) || rm_client_open(&other, 0))
		bail("no client");
	wrappers(&rm);
	classes(&rm);
	alias(&rm);
	others(&rm, &other);
	copies(&rm, &other);
	groups(&rm);
	exports(&rm);
	registered(&rm);
	dmabuf(&rm);
	managed(&rm);
	egm(&rm);
	rm_client_close(&rm);
	rm_client_close(&other);
	if (rm_client_open(&rm, 0))
		bail("no client");
	scheduling(&rm);
	guesses(&rm);
	rm_client_close(&rm);
	unborn();
	outlives();
	moved();

	cg_leave();
	if (vgpu_unload(out, sizeof(out)))
		bail("vgpu does not unload: %s", out);
	if (rm_client_open(&old, 0) || vgpu_load())
		bail("no client from before");
	quota_set("/a", GPU0, QUOTA);
	cg_enter("/a");
	before(&old);
	rm_client_close(&old);
	settled("its file closed");
	cg_leave();
	return stage_finish();
}
