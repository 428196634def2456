// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of a client that has no CUDA, tinygrad's, in its order from the
 * first open to the first submission, which is a store to memory and no call.
 * At every release that the mock plays: by itself, and in a group with a quota.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "uvm.h"

#define HEAP		(64 * MIB)
#define QUOTA		(16 * MIB)
#define GRANULE		(64 * KIB)
/* An address space, a channel group, two channels: what vgpu guesses. */
#define CONTEXT		(1 * MIB + 2 * MIB + 2 * 64 * KIB)
#define GPFIFO		(3 * MIB)
#define NOTIFIER	(48 * MIB)
#define CMDQ		(2 * MIB)
/* Where this client puts memory in the GPU's address space. */
#define GPU_BASE	0x1000000000UL

/**
 * struct client - what the sequence has made so far
 * @rm: the client
 * @uvm: its address space
 * @second: the other file of UVM
 * @virtual: class 0x70
 * @usermode: the doorbells
 * @vaspace: class 0x90f1
 * @tsg: class 0xa06c
 * @ctxshare: class 0x9067
 * @gpfifo: video memory for rings
 * @channel: compute and copy
 * @next: where in the GPU's address space the next memory goes
 */
struct client {
	struct rm rm;
	struct uvm uvm;
	int second;
	uint32_t virtual, usermode, vaspace, tsg, ctxshare, gpfifo, channel[2];
	uint64_t next;
};

static int open_all(struct client *c)
{
	struct rm *rm = &c->rm;
	uint8_t build[1032] = { 0 };
	int err = rm_ctl_open(rm);

	if (err)
		return err;
	if (uvm_open(&c->uvm, rm))
		return -1;
	c->second = rm_node("nvidia-uvm");
	is(rm_root(rm), RM_OK, "root client, 32 bytes");
	is(rm_control(rm, rm->root, 0x13e, build, rm->release->build), RM_OK,
	   "GET_BUILD_VERSION_V2");
	ok(!strcmp((char *)build, rm->version), "it is %s", rm->version);
	is(uvm_initialize(&c->uvm, 0), RM_OK, "UVM_INITIALIZE");
	uvm_mm_initialize(&c->uvm, c->second);	/* may fail */
	return 0;
}

/* CARD_INFO to PERF_BOOST */
static void open_device(struct client *c)
{
	struct rm *rm = &c->rm;
	uint64_t virtual[3] = { 0, 0x1ffffffffffff };
	uint32_t boost[2] = { 2, 0xffffffff }, classes[256] = { 0 };
	uint64_t list[2] = { 0 };
	uint32_t status;
	uint32_t *count = (uint32_t *)list;
	volatile uint32_t *doorbell;

	is(rm_find_gpu(rm, 0), 0, "CARD_INFO");
	rm->gpu = rm_gpu_open(rm, rm->minor);
	ok(rm->gpu >= 0, "a file of the GPU, registered");
	is(rm_device(rm), RM_OK, "ids, device, subdevice, GID");
	is(rm_alloc32(rm, rm->device, &c->virtual, 0x70, virtual), RM_OK,
	   "virtual memory");
	is(rm_control(rm, rm->device, 0x800201, list, sizeof(list)), RM_OK,
	   "how many classes");
	list[1] = (uintptr_t)classes;
	is(rm_control(rm, rm->device, 0x800201, list, sizeof(list)), RM_OK,
	   "which classes");
	ok(*count && classes[*count - 1], "%u classes", *count);
	is(rm_alloc32(rm, rm->subdevice, &c->usermode, 0xc461, NULL), RM_OK,
	   "doorbells");
	doorbell = rm_map(rm, c->usermode, 0x10000, &status);
	ok(doorbell, "doorbells mapped (status %#x)", status);
	if (doorbell) {
		doorbell[0x90 / 4] = 0;
		munmap((void *)doorbell, 0x10000);
	}
	is(rm_control(rm, rm->subdevice, 0x2080200a, boost, sizeof(boost)),
	   RM_OK, "PERF_BOOST");
}

/* Memory for the GPU: an external range, mapped by RM and by UVM. */
static void map_gpu(struct client *c, uint32_t memory, uint64_t size,
		    const char *what)
{
	uint64_t at = c->next;

	c->next += size;
	is(uvm_create_external(&c->uvm, at, size), RM_OK, "%s: range", what);
	is(rm_map_dma(&c->rm, c->virtual, memory, size, at), RM_OK,
	   "%s: MAP_MEMORY_DMA", what);
	is(uvm_map_external(&c->uvm, at, size, memory), RM_OK,
	   "%s: mapped by UVM", what);
}

static void open_context(struct client *c)
{
	struct rm *rm = &c->rm;
	uint32_t status;
	uint8_t *cpu;

	is(rm_vaspace(rm, &c->vaspace), RM_OK, "address space");
	is(uvm_register_gpu(&c->uvm), RM_OK, "UVM_REGISTER_GPU");
	is(uvm_register_vaspace(&c->uvm, c->vaspace), RM_OK,
	   "UVM_REGISTER_GPU_VASPACE");
	is(rm_tsg(rm, c->vaspace, &c->tsg), RM_OK, "channel group");
	is(rm_alloc_vidmem(rm, GPFIFO, RM_ROUTE_ALLOC32, &c->gpfifo), RM_OK,
	   "rings in video memory");
	cpu = rm_map(rm, c->gpfifo, GPFIFO, &status);
	ok(cpu, "rings mapped (status %#x)", status);
	if (cpu) {
		cpu[GPFIFO - 1] = 0xa5;
		is(cpu[GPFIFO - 1], 0xa5, "rings hold what is written");
		munmap(cpu, GPFIFO);
	}
	map_gpu(c, c->gpfifo, GPFIFO, "rings");
	is(rm_ctxshare(rm, c->tsg, c->vaspace, &c->ctxshare), RM_OK,
	   "context share");
}

/* One channel with its notifier and engine. */
static void open_channel(struct client *c, unsigned int n, uint32_t engine,
			 bool debugger)
{
	struct rm *rm = &c->rm;
	uint32_t notifier, object = 0, debug = 0, token[1] = { 0 };
	uint32_t parameters[4] = { 0 };

	is(rm_alloc_sysmem(rm, NOTIFIER, &notifier), RM_OK,
	   "channel %u: notifier", n);
	map_gpu(c, notifier, NOTIFIER, "notifier");
	is(rm_channel(rm, c->tsg, c->ctxshare, c->gpfifo, &c->channel[n]),
	   RM_OK, "channel %u", n);
	is(rm_alloc32(rm, c->channel[n], &object, engine, NULL), RM_OK,
	   "channel %u: engine %#x", n, engine);
	if (debugger) {
		parameters[1] = rm->root;
		parameters[2] = object;
		is(rm_alloc32(rm, rm->device, &debug, 0x83de, parameters),
		   RM_OK, "debugger");
	}
	is(rm_control(rm, c->channel[n], 0xc36f0108, token, sizeof(token)),
	   RM_OK, "channel %u: token", n);
	is(uvm_register_channel(&c->uvm, c->channel[n], c->next, 0x4000000),
	   RM_OK, "channel %u: UVM_REGISTER_CHANNEL", n);
	c->next += 0x4000000;
}

static void submit(struct client *c)
{
	struct rm *rm = &c->rm;
	struct nv_index info[4] = { { .index = 1 } };
	uint64_t gr[4] = { 4, (uintptr_t)info };
	static uint8_t host[65536] __attribute__((aligned(65536)));
	uint32_t cmdq, signals = 0, status;
	void *cpu;

	is(rm_schedule(rm, c->tsg, true), RM_OK, "GPFIFO_SCHEDULE");
	is(rm_alloc_vidmem(rm, CMDQ, RM_ROUTE_ALLOC32, &cmdq), RM_OK,
	   "command queue");
	cpu = rm_map(rm, cmdq, CMDQ, &status);
	ok(cpu, "command queue mapped (status %#x)", status);
	if (cpu)
		munmap(cpu, CMDQ);
	map_gpu(c, cmdq, CMDQ, "command queue");
	is(rm_control(rm, rm->subdevice, 0x20801201, gr, sizeof(gr)), RM_OK,
	   "GR_GET_INFO");
	is(rm_alloc_memory(rm, 0x71, host, sizeof(host), &signals), RM_OK,
	   "signals in the client's own memory");
	map_gpu(c, signals, sizeof(host), "signals");
}

/* Memory until there is no more: @left has to be had, and not a granule more. */
static void exhaust(struct client *c, uint64_t left)
{
	uint32_t status = RM_OK, handle;
	uint64_t got = 0;

	while (!status) {
		status = rm_alloc_vidmem(&c->rm, GRANULE, RM_ROUTE_ALLOC32,
					 &handle);
		got += status ? 0 : GRANULE;
	}
	is(status, RM_NO_MEMORY, "out of memory is 0x51");
	is(got, left, "all that was left was to be had");
}

static void load(unsigned int release, bool limited)
{
	char params[64];

	snprintf(params, sizeof(params), "release=%u heap=%llu", release,
		 HEAP);
	if (!judge_load(params))
		bail("%s does not load", params);
	if (!limited)
		return;
	if (vgpu_load())
		bail("modprobe vgpu");
	quota_set("/a", GPU0, QUOTA);
	cg_enter("/a");
}

static void unload(bool limited)
{
	char out[4096];

	if (limited) {
		cg_leave();
		is(charged_settled("/a", GPU0, 0), 0, "nothing is charged");
		if (vgpu_unload(out, sizeof(out)))
			bail("vgpu does not unload: %s", out);
	}
	is(judge_objects(), 0, "no object is left");
	if (!judge_unload())
		bail("the mock does not unload");
}

static void play(unsigned int release, bool limited)
{
	struct client c = { .next = GPU_BASE };
	uint64_t left = limited ? QUOTA - CONTEXT : HEAP;

	load(release, limited);
	if (open_all(&c))
		bail("no files of the driver");
	is(c.rm.release->major / 10, release / 10, "release %u%s", release,
	   limited ? ", with a quota" : "");
	open_device(&c);
	open_context(&c);
	open_channel(&c, 0, 0xc7c0, true);
	open_channel(&c, 1, 0xc7b5, false);
	submit(&c);
	is(judge_used(0), GPFIFO + CMDQ, "rings and command queue are used");
	is(judge_client_bytes(c.rm.root, 0), GPFIFO + CMDQ,
	   "by this client");
	exhaust(&c, left - GPFIFO - CMDQ);
	is(judge_used(0), left, "the heap holds that");
	is(rm_free(&c.rm, c.gpfifo), RM_OK, "free the rings");
	is(uvm_free(&c.uvm, GPU_BASE, GPFIFO), RM_OK, "and their range");
	rm_client_close(&c.rm);
	close(c.second);
	is(judge_used(0), CMDQ, "UVM still has the command queue");
	uvm_close(&c.uvm);
	is(judge_used(0), 0, "the heap is empty");
	unload(limited);
}

static void undo(void)
{
	char out[4096];

	vgpu_unload(out, sizeof(out));
	judge_unload();
}

int main(void)
{
	static const unsigned int releases[] = { 535, 550, 570, 580, 595 };
	size_t i;

	at_bail(undo);
	cg_setup("nvidia-tinyorder");
	cg_create("/a");
	for (i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		play(releases[i], false);
		play(releases[i], true);
	}
	cg_teardown();
	return done();
}
