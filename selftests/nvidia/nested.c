// SPDX-License-Identifier: GPL-2.0
/*
 * A second thread rewrites what an allocation points to while it is under way.
 * What the driver then made must be charged, every byte, or be gone; what is
 * freed under a handle that changes must not be lost.
 *
 * The size is changed with certainty, not by luck: the parameters begin at the
 * end of a page that is not there. vgpu reads the size behind that page, the
 * driver copies from the beginning, and by the time that its fault is served
 * the size is another.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define QUOTA	(4 * MIB)
#define SMALL	(64 * KIB)
#define LARGE	(2 * MIB)
#define HELD	8

#define PAGE	4096
#define SIZE_AT	64	/* in NV_MEMORY_ALLOCATION_PARAMS; attr is at 24 */
#define BEFORE	16	/* bytes of it in the page that is missing */

/* The request and its parameters, which both threads write. */
static struct {
	union {
		struct nvos64_alloc alloc;
		struct nvos00_free free;
	};
	uint64_t mem[16];
} page __attribute__((aligned(4096)));

static atomic_bool stop;
static uint32_t handles[HELD];

static void *flip_class(void *arg)
{
	volatile uint32_t *class = &page.alloc.class;
	volatile uint32_t *object = &page.alloc.object;

	while (!stop) {
		*class = 0x3e;
		*object = 0;
		sched_yield();
		*class = 0x40;
		*object = 0xbeef;
		sched_yield();
	}
	return NULL;
}

static void *flip_free(void *arg)
{
	volatile uint32_t *object = &page.free.object;
	unsigned int i = 0;

	while (!stop) {
		*object = handles[i++ % HELD];
		sched_yield();
	}
	return NULL;
}

static char *pages;		/* the first is missing, the second is not */
static int uffd;

/* Serves the driver's fault, after it has made of little much. */
static void *serve(void *arg)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (uintptr_t)pages, .len = PAGE },
	};
	struct uffd_msg msg;

	while (read(uffd, &msg, sizeof(msg)) == sizeof(msg)) {
		*(volatile uint64_t *)(pages + PAGE - BEFORE + SIZE_AT) =
			LARGE;
		if (ioctl(uffd, UFFDIO_ZEROPAGE, &zero))
			break;
	}
	return NULL;
}

static void trap(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	pthread_t thread;

	pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	area.range.start = (uintptr_t)pages;
	area.range.len = PAGE;
	if (pages == MAP_FAILED || uffd < 0 || ioctl(uffd, UFFDIO_API, &api) ||
	    ioctl(uffd, UFFDIO_REGISTER, &area))
		bail("no userfaultfd");
	pthread_create(&thread, NULL, serve, NULL);
}

static void request(struct rm *rm)
{
	memset(&page.alloc, 0, sizeof(page.alloc));
	page.alloc.root = rm->root;
	page.alloc.parent = rm->device;
	page.alloc.class = 0x40;
	page.alloc.params = (uintptr_t)page.mem;
	page.alloc.params_size = rm->release->mem;
	page.mem[8] = SMALL;
}

/* Judged after each round, when nothing is under way. */
static bool agrees(unsigned int *wrong)
{
	*wrong += charged("/a", GPU0) != judge_used(0);
	return !*wrong;
}

static void allocations(struct rm *rm, unsigned int rounds,
			void *(*flip)(void *arg), const char *what)
{
	unsigned int i, n, made = 0, refused = 0, wrong = 0;
	pthread_t thread;

	for (i = 0; i < rounds; i++) {
		stop = false;
		pthread_create(&thread, NULL, flip, NULL);
		for (n = 0; n < 100; n++) {
			request(rm);
			ioctl(rm->ctl, _IOWR('F', NR_ALLOC,
					     struct nvos64_alloc), &page.alloc);
			made += page.alloc.status == RM_OK;
			refused += page.alloc.status == RM_NO_MEMORY;
		}
		stop = true;
		pthread_join(thread, NULL);
		agrees(&wrong);
		/* All that was made, whatever its handle, goes with these. */
		rm_free(rm, rm->device);
		if (rm_device(rm))
			bail("no device");
		agrees(&wrong);
	}
	note("%s: %u made, %u refused, high %llu", what, made, refused,
	     (unsigned long long)judge_high(0));
	ok(made && refused, "%s: some were made, some refused", what);
	is(wrong, 0, "%s: never a byte uncharged or charged too much", what);
}

/* Asks for little, gets much: each is charged in full or taken back. */
static void growing(struct rm *rm, unsigned int rounds)
{
	char *params = pages + PAGE - BEFORE;
	unsigned int i, n, made = 0, refused = 0, wrong = 0;

	for (i = 0; i < rounds; i++) {
		for (n = 0; n < 2 * QUOTA / LARGE; n++) {
			request(rm);
			page.alloc.params = (uintptr_t)params;
			madvise(pages, PAGE, MADV_DONTNEED);
			memset(pages + PAGE, 0, PAGE);
			*(uint64_t *)(params + SIZE_AT) = SMALL;
			ioctl(rm->ctl, _IOWR('F', NR_ALLOC,
					     struct nvos64_alloc), &page.alloc);
			made += page.alloc.status == RM_OK;
			refused += page.alloc.status == RM_NO_MEMORY;
			agrees(&wrong);
		}
		wrong += judge_used(0) > QUOTA;
		rm_free(rm, rm->device);
		if (rm_device(rm))
			bail("no device");
		agrees(&wrong);
	}
	is(made, rounds * (QUOTA / LARGE), "what grew and fits is made");
	is(refused, rounds * (QUOTA / LARGE), "what grew and does not is not");
	is(wrong, 0, "what grew is charged as it grew");
}

static void frees(struct rm *rm, unsigned int rounds)
{
	unsigned int i, n, freed = 0, wrong = 0;
	pthread_t thread;

	for (i = 0; i < rounds; i++) {
		for (n = 0; n < HELD; n++)
			if (rm_alloc_vidmem(rm, SMALL, RM_ROUTE_ALLOC64,
					    &handles[n]))
				bail("no memory to free");
		stop = false;
		pthread_create(&thread, NULL, flip_free, NULL);
		for (n = 0; n < HELD / 2; n++) {
			page.free = (struct nvos00_free) {
				.root = rm->root, .object = handles[n],
			};
			ioctl(rm->ctl, _IOWR('F', NR_FREE, struct nvos00_free),
			      &page.free);
			freed += page.free.status == RM_OK;
		}
		stop = true;
		pthread_join(thread, NULL);
		agrees(&wrong);
		for (n = 0; n < HELD; n++)
			rm_free(rm, handles[n]);
		agrees(&wrong);
	}
	note("%u freed", freed);
	ok(freed, "a free whose handle changes: some were freed");
	is(wrong, 0, "a free whose handle changes: nothing lost");
}

int main(void)
{
	unsigned int rounds = loops(1000, 30);
	struct rm rm;

	stage_setup("nvidia-nested", getenv("MOCK") ?: "release=595");
	cg_create("/a");
	quota_set("/a", GPU0, QUOTA);
	cg_enter("/a");
	if (rm_client_open(&rm, 0))
		bail("no client");
	trap();
	growing(&rm, rounds);
	allocations(&rm, rounds, flip_class, "a class that changes");
	frees(&rm, rounds);
	rm_client_close(&rm);
	cg_leave();
	return stage_finish();
}
