// SPDX-License-Identifier: GPL-2.0
/*
 * A second thread rewrites a request, and what it points to, while it is under
 * way: on every route, wrapped and not. What the driver then made must be
 * charged, every byte, or be gone; what is freed under a handle that changes must
 * not be lost.
 *
 * Once more the size is changed with certainty, not by luck: the parameters begin
 * at the end of a page that is not there. vgpu reads the size behind that page,
 * the driver copies from the beginning, and by the time that its fault is served
 * the size is another.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "unserved.h"

#define QUOTA	(4 * MIB)
#define SMALL	(64 * KIB)
#define LARGE	(2 * MIB)
#define HELD	32	/* objects, of which half are freed while it changes */
#define BATCH	100	/* allocations until all of them are freed */

#define ATTR_PCI	(1U << 25)
#define ATTR_HUGE	(3U << 23)
#define HANDLE_PROVIDED	0x4000

#define PAGE	4096
#define SIZE_AT	64	/* in NV_MEMORY_ALLOCATION_PARAMS; attr is at 24 */
#define BEFORE	16	/* bytes of it in the page that is missing */

/* The request, its envelope and its parameters, which both threads write. */
static struct {
	union {
		struct nvos64_alloc alloc;
		struct nvos21_alloc alloc32;
		struct nvos32_heap heap;
		struct nvos00_free free;
	};
	struct nv_xfer xfer;
	struct nv_memory_params mem;
} page __attribute__((aligned(4096)));

static atomic_bool stop;
static uint32_t handles[HELD];

/**
 * struct word - one word of a request
 * @at: where it stands
 * @value: what the other thread makes of it, the first being the usual one
 */
struct word {
	void *at;
	uint32_t value[4];
};

/**
 * struct way - one way to memory or to an end of it, and what changes there
 * @name: of it
 * @nr: the escape
 * @size: of its struct
 * @status: where it answers
 * @word: those that change, up to one without a place
 */
struct way {
	const char *name;
	unsigned int nr, size;
	const uint32_t *status;
	struct word word[9];
};

static const struct way ways[] = {
	{ "RM_ALLOC, 48 bytes", NR_ALLOC, sizeof(page.alloc),
	  &page.alloc.status, {
		{ &page.alloc.class, { 0x40, 0x3e, 0x40, 0x40 } },
		{ &page.alloc.object, { 0, 0xbeef, 0, 0xcaf00003 } },
		{ &page.alloc.flags, { 0, 1, 0, UINT32_MAX } },
		{ &page.mem.size, { SMALL, LARGE, SMALL, 0 } },
		{ &page.mem.attr, { 0, ATTR_HUGE, 0, ATTR_PCI } },
		{ &page.mem.flags, { 0, HANDLE_PROVIDED, 0, 0 } },
		{ &page.xfer.size, { 48, 48, 48, 40 } },
	} },
	{ "RM_ALLOC, 32 bytes", NR_ALLOC, sizeof(page.alloc32),
	  &page.alloc32.status, {
		{ &page.alloc32.class, { 0x40, 0x3e, 0x40, 0x40 } },
		{ &page.alloc32.object, { 0, 0xbeef, 0, 0xcaf00003 } },
		{ &page.mem.size, { SMALL, LARGE, SMALL, 0 } },
		{ &page.mem.attr, { 0, ATTR_HUGE, 0, ATTR_PCI } },
		{ &page.mem.flags, { 0, HANDLE_PROVIDED, 0, 0 } },
		{ &page.xfer.size, { 32, 32, 32, 28 } },
	} },
	{ "heap control, size", NR_VID_HEAP, sizeof(page.heap),
	  &page.heap.status, {
		{ &page.heap.function, { 2, 2, 2, 14 } },
		{ &page.heap.size.memory, { 0, 0xbeef, 0, 0 } },
		{ &page.heap.size.attr, { 0, ATTR_HUGE, 0, ATTR_PCI } },
		{ &page.heap.size.flags, { 0, HANDLE_PROVIDED, 0, 0 } },
		{ &page.heap.size.size, { SMALL, LARGE, SMALL, 0 } },
		{ &page.xfer.size, { 184, 184, 184, 180 } },
	} },
	{ "heap control, tiled", NR_VID_HEAP, sizeof(page.heap),
	  &page.heap.status, {
		{ &page.heap.function, { 6, 6, 6, 2 } },
		{ &page.heap.tiled.memory, { 0, 0xbeef, 0, 0 } },
		{ &page.heap.tiled.attr, { 0, ATTR_HUGE, 0, ATTR_PCI } },
		{ &page.heap.tiled.flags, { 0, HANDLE_PROVIDED, 0, 0 } },
		{ &page.heap.tiled.height, { 16, 512, 16, 0 } },
		{ &page.heap.tiled.pitch, { 4096, 4096, 4096, 64 } },
		{ &page.xfer.size, { 184, 184, 184, 180 } },
	} },
	{ "heap control, range", NR_VID_HEAP, sizeof(page.heap),
	  &page.heap.status, {
		{ &page.heap.function, { 14, 14, 14, 2 } },
		{ &page.heap.range.memory, { 0, 0xbeef, 0, 0 } },
		{ &page.heap.range.attr, { 0, ATTR_HUGE, 0, ATTR_PCI } },
		{ &page.heap.range.flags, { 0, HANDLE_PROVIDED, 0, 0 } },
		{ &page.heap.range.size, { SMALL, LARGE, SMALL, 0 } },
		{ &page.xfer.size, { 184, 184, 184, 180 } },
	} },
};

/* The handle is each of those held in turn. */
static const struct way ends[] = {
	{ "RM_FREE", NR_FREE, sizeof(page.free), &page.free.status, {
		{ &page.free.object, { 0 } },
	} },
	{ "heap control, free", NR_VID_HEAP, sizeof(page.heap),
	  &page.heap.status, {
		{ &page.heap.release.memory, { 0 } },
	} },
};

static void *flip(void *arg)
{
	const struct way *way = arg;
	unsigned int seed = 1;
	const struct word *word;

	while (!stop) {
		for (word = way->word; word->at; word++)
			*(volatile uint32_t *)word->at =
				word->value[rand_r(&seed) % 4];
		sched_yield();
	}
	return NULL;
}

static void *flip_handle(void *arg)
{
	const struct way *way = arg;
	unsigned int i = 0;

	while (!stop) {
		*(volatile uint32_t *)way->word[0].at = handles[i++ % HELD];
		sched_yield();
	}
	return NULL;
}

/* Asks, in an envelope if so wanted; the driver's answer. */
static uint32_t ask(struct rm *rm, const struct way *way, bool wrapped)
{
	struct nv_xfer xfer = { .cmd = way->nr, .size = way->size,
				.ptr = (uintptr_t)&page };
	unsigned long nr = way->nr, size = way->size;
	void *arg = &page;

	if (wrapped) {
		page.xfer = xfer;
		arg = &page.xfer;
		nr = NR_XFER;
		size = sizeof(xfer);
	}
	if (ioctl(rm->ctl, _IOC(_IOC_READ | _IOC_WRITE, 'F', nr, size), arg))
		return RM_IOCTL_FAILED;
	return *way->status;
}

static char *pages;		/* the first is missing, the second is not */
static int uffd;

/* Serves the driver's fault, after it has made of little much. */
static void *serve(void *arg)
{
	while (unserved_await(uffd)) {
		*(volatile uint64_t *)(pages + PAGE - BEFORE + SIZE_AT) =
			LARGE;
		if (!unserved_serve(pages, uffd))
			break;
	}
	return NULL;
}

static void trap(void)
{
	pthread_t thread;

	pages = unserved_among(2, 0, &uffd);
	if (!pages)
		bail("no userfaultfd");
	pthread_create(&thread, NULL, serve, NULL);
}

static void request(struct rm *rm)
{
	memset(&page, 0, sizeof(page));
	page.alloc.root = rm->root;
	page.alloc.parent = rm->device;
	page.alloc.class = 0x40;
	page.alloc.params = (uintptr_t)&page.mem;
	page.mem.size = SMALL;
}

static void request_heap(struct rm *rm, const struct way *way)
{
	const struct word *word;

	memset(&page, 0, sizeof(page));
	page.heap.root = rm->root;
	page.heap.parent = rm->device;
	for (word = way->word; word->at; word++)
		*(volatile uint32_t *)word->at = word->value[0];
}

/*
 * Judged after each round, when nothing is under way. What the group is shown to
 * be free is its quota less what is charged, and costs a call, not a program.
 */
static bool agrees(struct rm *rm, unsigned int *wrong)
{
	uint64_t left;

	if (rm_fb_info(rm, RM_FB_FREE, &left))
		bail("no word of what is free");
	*wrong += QUOTA - left != judge_used(0);
	return !*wrong;
}

static void allocations(struct rm *rm, const struct way *way, bool wrapped,
			unsigned int tries)
{
	unsigned int i, n, made = 0, refused = 0, wrong = 0;
	const char *how = wrapped ? ", wrapped" : "";
	uint32_t status;
	pthread_t thread;

	for (i = 0; i < tries; i += BATCH) {
		stop = false;
		pthread_create(&thread, NULL, flip, (void *)way);
		for (n = 0; n < BATCH; n++) {
			if (way->nr == NR_ALLOC)
				request(rm);
			else
				request_heap(rm, way);
			status = ask(rm, way, wrapped);
			made += status == RM_OK;
			refused += status == RM_NO_MEMORY;
		}
		stop = true;
		pthread_join(thread, NULL);
		agrees(rm, &wrong);
		wrong += judge_used(0) > QUOTA;
		/* All that was made, whatever its handle, goes with these. */
		rm_free(rm, rm->device);
		if (rm_device(rm))
			bail("no device");
		wrong += judge_used(0) != 0;
	}
	is(charged("/a", GPU0), 0, "%s%s: nothing is left", way->name, how);
	note("%u tries: %u made, %u refused, high %llu", i, made, refused,
	     (unsigned long long)judge_high(0));
	ok(made && refused, "%s%s: some were made, some refused", way->name,
	   how);
	is(wrong, 0, "%s%s: never a byte uncharged or charged too much",
	   way->name, how);
}

/* Asks for little, gets much: each is charged in full or taken back. */
static void growing(struct rm *rm, unsigned int rounds)
{
	char *params = pages + PAGE - BEFORE;
	unsigned int i, n, made = 0, refused = 0, wrong = 0;
	uint32_t status;

	for (i = 0; i < rounds; i++) {
		for (n = 0; n < 2 * QUOTA / LARGE; n++) {
			request(rm);
			page.alloc.params = (uintptr_t)params;
			madvise(pages, PAGE, MADV_DONTNEED);
			memset(pages + PAGE, 0, PAGE);
			*(uint64_t *)(params + SIZE_AT) = SMALL;
			status = ask(rm, &ways[0], false);
			made += status == RM_OK;
			refused += status == RM_NO_MEMORY;
			agrees(rm, &wrong);
		}
		wrong += judge_used(0) > QUOTA;
		rm_free(rm, rm->device);
		if (rm_device(rm))
			bail("no device");
		agrees(rm, &wrong);
	}
	is(made, rounds * (QUOTA / LARGE), "what grew and fits is made");
	is(refused, rounds * (QUOTA / LARGE), "what grew and does not is not");
	is(wrong, 0, "what grew is charged as it grew");
}

static void frees(struct rm *rm, const struct way *way, bool wrapped,
		  unsigned int tries)
{
	unsigned int i, n, freed = 0, wrong = 0;
	const char *how = wrapped ? ", wrapped" : "";
	pthread_t thread;

	for (i = 0; i < tries; i += HELD / 2) {
		for (n = 0; n < HELD; n++)
			if (rm_alloc_vidmem(rm, SMALL, RM_ROUTE_ALLOC64,
					    &handles[n]))
				bail("no memory to free");
		stop = false;
		pthread_create(&thread, NULL, flip_handle, (void *)way);
		for (n = 0; n < HELD / 2; n++) {
			memset(&page, 0, sizeof(page));
			page.free.root = rm->root;
			if (way->nr == NR_VID_HEAP) {
				page.heap.parent = rm->device;
				page.heap.function = 3;
				page.heap.release.flags = 1;
			}
			*(volatile uint32_t *)way->word[0].at = handles[n];
			freed += ask(rm, way, wrapped) == RM_OK;
		}
		stop = true;
		pthread_join(thread, NULL);
		agrees(rm, &wrong);
		for (n = 0; n < HELD; n++)
			rm_free(rm, handles[n]);
		wrong += judge_used(0) != 0;
	}
	is(charged("/a", GPU0), 0, "%s%s: nothing is left", way->name, how);
	note("%u tries, %u freed", i, freed);
	ok(freed, "%s%s: some were freed", way->name, how);
	is(wrong, 0, "%s%s: nothing lost", way->name, how);
}

int main(void)
{
	unsigned int tries = loops(100000, 3000), i;
	struct rm rm;

	stage_setup("nvidia-nested", getenv("MOCK") ?: "release=595");
	cg_create("/a");
	quota_set("/a", GPU0, QUOTA);
	cg_enter("/a");
	if (rm_client_open(&rm, 0))
		bail("no client");
	trap();
	growing(&rm, tries / 100);
	for (i = 0; i < 2 * sizeof(ways) / sizeof(ways[0]); i++)
		allocations(&rm, &ways[i / 2], i % 2, tries);
	for (i = 0; i < 2 * sizeof(ends) / sizeof(ends[0]); i++)
		frees(&rm, &ends[i / 2], i % 2, tries);
	rm_client_close(&rm);
	cg_leave();
	return stage_finish();
}
