// SPDX-License-Identifier: GPL-2.0
/*
 * The mock driver itself: what it counts, and what it refuses. Other tests
 * believe it.
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "judge.h"
#include "rm.h"
#include "tap.h"
#include "uvm.h"

#define KIB		1024UL
#define MIB		(1024 * KIB)
#define HEAP		(64 * MIB)

static void open_client(struct rm *rm)
{
	int err = rm_client_open(rm, 0);

	if (err)
		bail("no client: %s", strerror(-err));
}

/* Every way to memory, in the driver's rounding, and back. */
static void routes(struct rm *rm)
{
	unsigned int route, wrapped;
	uint32_t handle;
	uint64_t size;

	for (route = 0; route < RM_ROUTES; route++) {
		for (wrapped = 0; wrapped < 2; wrapped++) {
			rm->wrapped = wrapped;
			is(rm_alloc_vidmem(rm, 100 * KIB, route, &handle),
			   RM_OK, "route %u%s", route,
			   wrapped ? ", wrapped" : "");
			is(judge_used(0), 128 * KIB, "64 KiB pages");
			is(rm_surface_size(rm, handle, &size), RM_OK,
			   "surface info");
			is(size, 128 * KIB, "the driver says the same");
			is(wrapped ? rm_free_heap(rm, handle) :
				     rm_free(rm, handle), RM_OK, "free");
			is(judge_used(0), 0, "all back");
		}
	}
	rm->wrapped = false;
	is(rm_alloc_vidmem(rm, 9 * MIB, RM_ROUTE_ALLOC64, &handle), RM_OK,
	   "9 MiB");
	is(judge_used(0), 10 * MIB, "2 MiB pages");
	is(rm_free(rm, handle), RM_OK, "free");
	is(rm_alloc_vidmem(rm, HEAP + 1, RM_ROUTE_ALLOC64, &handle),
	   RM_NO_MEMORY, "more than there is");
}

/* A child is another process: its clients are strangers. */
static uint32_t dup_from_child(struct rm *rm, uint32_t memory)
{
	struct rm other;
	uint32_t handle = 0;
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (rm_client_open(&other, 0))
			_exit(255);
		_exit((int)rm_dup(&other, &handle, rm->root, memory));
	}
	waitpid(pid, &status, 0);
	return (uint32_t)WEXITSTATUS(status);
}

static void sharing(struct rm *rm)
{
	uint32_t memory, imported = 0, handle = 0, many[2], back[2] = { 0 };
	uint64_t private, owned, duped, size = MIB;
	struct rm other;
	int fd, dmabuf;

	open_client(&other);
	is(rm_alloc_vidmem(rm, MIB, RM_ROUTE_ALLOC64, &memory), RM_OK, "1 MiB");
	is(rm_free(&other, memory), RM_NOT_FOUND, "not the other client's");
	is(rm_dup(&other, &handle, rm->root, memory), RM_OK,
	   "dup in this process");
	is(judge_used(0), MIB, "no memory more");
	is(rm_pid_info(rm, (uint32_t)getpid(), &private, &owned, &duped),
	   RM_OK, "pid info");
	is(private, 0, "nothing is private");
	is(owned, MIB, "owned");
	is(duped, MIB, "and duplicated");
	is(dup_from_child(rm, memory), RM_NO_PERMISSION,
	   "another process may not");
	is(rm_share(rm, memory, 1, 0), RM_OK, "share with all");
	is(dup_from_child(rm, memory), RM_OK, "now it may");
	is(rm_free(rm, memory), RM_OK, "the owner frees");
	is(judge_used(0), MIB, "the other has it");
	is(judge_client_bytes(other.root, 0), MIB, "and is charged");
	is(rm_export(&other, handle, &fd), RM_OK, "export to a file");
	is(rm_export_dmabuf(&other, &handle, &size, 1, &dmabuf), RM_OK,
	   "export as dma-buf");
	rm_client_close(&other);
	is(judge_used(0), MIB, "held by the exports");
	is(rm_import(rm, fd, &imported), RM_OK,
	   "import");
	close(fd);
	close(dmabuf);
	is(judge_used(0), MIB, "held by the import");
	many[0] = imported;
	is(rm_alloc_vidmem(rm, MIB, RM_ROUTE_ALLOC32, &many[1]), RM_OK,
	   "1 MiB more");
	is(rm_export_many(rm, many, 2, &fd), RM_OK, "export both");
	is(rm_free(rm, many[0]) | rm_free(rm, many[1]), RM_OK, "free both");
	is(rm_import_many(rm, fd, back, 2), RM_OK, "import both");
	is(judge_used(0), 2 * MIB, "both are back");
	close(fd);
	is(rm_free(rm, back[0]) | rm_free(rm, back[1]), RM_OK, "free both");
	is(judge_used(0), 0, "all back");
}

static void managed(struct rm *rm)
{
	struct uvm uvm;
	char *memory;

	if (uvm_open(&uvm, rm))
		bail("no nvidia-uvm");
	is(uvm_register_gpu(&uvm), 0x16, "not before UVM_INITIALIZE");
	is(uvm_initialize(&uvm, 0), RM_OK, "UVM_INITIALIZE");
	is(uvm_register_gpu(&uvm), RM_OK, "UVM_REGISTER_GPU");
	memory = uvm_managed(&uvm, 8 * MIB);
	ok(memory, "8 MiB of managed memory");
	if (!memory)
		return;
	memory[0] = 1;
	is(judge_used(0), 0, "of which none is in video memory");
	is(uvm_migrate(&uvm, memory, 8 * MIB, true), RM_OK, "migrate");
	is(judge_used(0), 8 * MIB, "now all is");
	munmap(memory + 2 * MIB, 2 * MIB);
	is(judge_used(0), 6 * MIB, "less what is unmapped");
	is(uvm_migrate(&uvm, memory, 2 * MIB, false), RM_OK, "migrate back");
	is(judge_used(0), 4 * MIB, "less that");
	munmap(memory, 2 * MIB);
	munmap(memory + 4 * MIB, 4 * MIB);
	is(judge_used(0), 0, "all back");
	uvm_close(&uvm);
}

static void faults(struct rm *rm)
{
	uint32_t handle;

	ok(judge_set("fail_after", 1), "fail the one after the next");
	is(rm_alloc_vidmem(rm, MIB, RM_ROUTE_ALLOC64, &handle), RM_OK, "next");
	is(rm_free(rm, handle), RM_OK, "free");
	is(rm_alloc_vidmem(rm, MIB, RM_ROUTE_HEAP_SIZE, &handle),
	   RM_NO_MEMORY, "one after");
	is(rm_alloc_vidmem(rm, MIB, RM_ROUTE_HEAP_RANGE, &handle), RM_OK,
	   "once only");
	is(rm_free(rm, handle), RM_OK, "free");
	ok(judge_set("extra", 64 * KIB), "more than asked for");
	is(rm_alloc_vidmem(rm, MIB, RM_ROUTE_ALLOC64, &handle), RM_OK, "1 MiB");
	is(judge_used(0), MIB + 64 * KIB, "and 64 KiB");
	judge_set("extra", 0);
	is(rm_free(rm, handle), RM_OK, "free");
	is(judge_used(0), 0, "all back");
}

static void refusals(struct rm *rm)
{
	struct nv_memory_params elsewhere = { .attr = 1U << 25, .size = MIB };
	struct nvos54_control twice = { .client = rm->root };
	uint32_t handle = 0, word = 0, status;

	is(rm_alloc(rm, rm->device, &handle, 0x40, &elsewhere),
	   RM_INVALID_ARGUMENT, "class 0x40 elsewhere");
	is(rm_alloc(rm, rm->device, &handle, 0x40, NULL), RM_INVALID_ARGUMENT,
	   "class 0x40 without parameters");
	is(rm_alloc(rm, rm->device, &handle, 0x1234, NULL), RM_INVALID_CLASS,
	   "a class that is none");
	is(rm_alloc(rm, rm->root, &handle, 0x2080, &word), RM_INVALID_PARENT,
	   "a subdevice below the client");
	handle = rm->subdevice;
	is(rm_alloc(rm, rm->device, &handle, 0x2080, &word),
	   RM_DUPLICATE_NAME, "a handle that is in use");
	is(rm_control(rm, rm->subdevice, 0x20809999, &word, 4),
	   RM_NOT_SUPPORTED, "a control that is none");
	is(rm_control(rm, rm->subdevice, 0x20800142, &word, 8),
	   RM_INVALID_PARAM_STRUCT, "a control of another length");
	status = rm_escape_wrapped(rm->ctl, NR_CONTROL, &twice, sizeof(twice),
				   2);
	ok(status & RM_IOCTL_FAILED, "an envelope in an envelope");
	status = rm_escape(rm, rm->ctl, NR_CONTROL, &twice, 24);
	ok(status & RM_IOCTL_FAILED, "a struct that is too short");
}

static void play(const char *params)
{
	struct rm rm;

	if (!judge_load(params))
		bail("%s does not load", params);
	note("%s", params);
	open_client(&rm);
	routes(&rm);
	sharing(&rm);
	managed(&rm);
	faults(&rm);
	refusals(&rm);
	is(judge_high(0), 10 * MIB, "the high-water mark");
	rm_client_close(&rm);
	is(judge_objects(), 0, "no object is left");
	if (!judge_unload())
		bail("the mock does not unload");
}

int main(void)
{
	play("release=535");
	play("release=550");
	play("release=595");
	return done();
}
