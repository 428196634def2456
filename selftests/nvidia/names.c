// SPDX-License-Identifier: GPL-2.0
/*
 * Names that stand for something else by the time that the driver looks, or that
 * it does not give although it says yes. Whatever is done with them, what the
 * driver then holds is charged, every byte.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi.h"
#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "unserved.h"

#define QUOTA	(8 * MIB)
#define PAGE	4096
#define PRESENT	72	/* bytes of the parameters: to the end of their size */
#define NAME	0xc1da0000	/* of the client that is not there yet */

/**
 * struct plot - what another thread does while the driver waits for a page
 * @rm: the file and client by which memory is asked for
 * @old: a client of that name, on a file of its own, or NULL
 * @met: the page was asked for
 */
struct plot {
	struct rm *rm;
	struct rm *old;
	bool met;
};

static char *pages;		/* the second is missing */
static int uffd;

static void accounted(const char *what)
{
	uint64_t used = judge_used(0);

	is(charged("/a", GPU0), used, "%s: all is charged", what);
	ok(used <= QUOTA, "%s: no more than the quota", what);
}

static void *serve(void *arg)
{
	struct plot *plot = arg;

	if (!unserved_wait(uffd))
		return NULL;
	plot->met = true;
	if (plot->old)
		rm_client_close(plot->old);
	plot->rm->root = NAME;
	if (rm_root(plot->rm) || rm_device(plot->rm))
		note("no client by that name");
	unserved_serve(pages + PAGE, uffd);
	return NULL;
}

/* Without a client: that is another thread's to make. */
static void files(struct rm *rm)
{
	if (rm_ctl_open(rm) || rm_find_gpu(rm, 0))
		bail("no driver");
	rm->gpu = rm_gpu_open(rm, rm->minor);
	if (rm->gpu < 0)
		bail("no GPU");
}

/* Memory in the name of a client that is there only once the driver has read. */
static void allocate_in(struct rm *rm, struct rm *old, uint32_t device,
			const char *what)
{
	struct plot plot = { .rm = rm, .old = old };
	char *params = pages + PAGE - PRESENT;
	struct nvos64_alloc arg = {
		.root = NAME, .parent = device, .class = 0x40,
		.params = (uintptr_t)params,
	};
	pthread_t thread;

	madvise(pages + PAGE, PAGE, MADV_DONTNEED);
	memset(pages, 0, PAGE);
	*(uint64_t *)(params + 64) = 2 * MIB;
	pthread_create(&thread, NULL, serve, &plot);
	ioctl(rm->ctl, _IOWR('F', NR_ALLOC, arg), &arg);
	if (!plot.met) {
		note("the driver was not asked");
		*(volatile char *)(pages + PAGE);
	}
	pthread_join(thread, NULL);
	note("%s: status %#x", what, arg.status);
	accounted(what);
	rm_client_close(rm);
	is(charged_settled("/a", GPU0, 0), judge_used(0), "%s: all goes", what);
}

static void unborn(void)
{
	struct rm rm;

	files(&rm);
	allocate_in(&rm, NULL, 0xcaf00001, "a client not yet born");
}

static void reborn(void)
{
	struct rm rm, old;

	files(&old);
	files(&rm);
	old.root = NAME;
	if (rm_root(&old) || rm_device(&old))
		bail("no client");
	allocate_in(&rm, &old, old.device, "a client born again");
}

/* Where nothing was exported, nothing is imported, by the name of what there is. */
static void empty_place(void)
{
	uint32_t none = 0, memory, name, more;
	struct rm rm;
	int fd;

	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, 2 * MIB, RM_ROUTE_ALLOC64, &memory))
		bail("no memory");
	is(rm_export_many(&rm, &none, 1, &fd), RM_OK, "nothing is exported");
	name = memory;
	is(rm_import_many(&rm, fd, &name, 1), RM_OK, "and imported");
	is(name, memory, "by a name that is in use");
	accounted("an empty place");
	name = rm.device;
	is(rm_import_many(&rm, fd, &name, 1), RM_OK, "and by the device's");
	is(rm_alloc_vidmem(&rm, 2 * MIB, RM_ROUTE_ALLOC64, &more), RM_OK,
	   "which is there still");
	accounted("an empty place again");
	close(fd);
	rm_client_close(&rm);
	is(charged_settled("/a", GPU0, 0), 0, "all of it goes");
}

/* What was exported to a place before has gone with what is there now. */
static void filled_again(void)
{
	uint32_t memory, none = 0;
	struct rm rm;
	int fd;

	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, 2 * MIB, RM_ROUTE_ALLOC64, &memory))
		bail("no memory");
	is(rm_export_many(&rm, &memory, 1, &fd), RM_OK, "memory is exported");
	rm_free(&rm, memory);
	is(charged("/a", GPU0), 2 * MIB, "which keeps it");
	is(rm_export_into(&rm, &none, 1, fd), RM_OK,
	   "and nothing in its place");
	is(charged_settled("/a", GPU0, 0), 0, "which does not");
	accounted("an emptied place");
	close(fd);
	rm_client_close(&rm);
}

int main(void)
{
	stage_setup("nvidia-names", getenv("MOCK") ?: "release=580");
	cg_create("/a");
	quota_set("/a", GPU0, QUOTA);
	cg_enter("/a");
	pages = unserved_among(2, 1, &uffd);
	if (!pages)
		bail("no userfaultfd");
	empty_place();
	filled_again();
	unborn();
	reborn();
	cg_leave();
	return stage_finish();
}
