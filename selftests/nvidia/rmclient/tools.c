// SPDX-License-Identifier: GPL-2.0
/* From uvm_ioctl.h and uvm_types.h of kernel-open/nvidia-uvm. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"
#include "tools.h"

#define PAGE	4096
#define ENTRIES	32u
#define ENTRY	64

struct init {
	uint64_t queue, entries, control;
	uint8_t processor[16];
	uint32_t all, fd, status;
	uint32_t requested, granted;	/* 550 alone reads them */
};

struct flags {
	uint64_t flags;
	uint32_t status;
};

static void *page(void)
{
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		bail("mmap");
	return at;
}

uint32_t tools_open(struct tools *tools, struct uvm *uvm)
{
	struct init init = {
		.entries = ENTRIES, .fd = (uint32_t)uvm->fd, .requested = 1,
	};

	tools->fd = rm_node("nvidia-uvm-tools");
	if (tools->fd < 0)
		return RM_IOCTL_FAILED | (uint32_t)errno;
	tools->queue = page();
	tools->control = page();
	init.queue = (uintptr_t)tools->queue;
	init.control = (uintptr_t)tools->control;
	if (ioctl(tools->fd, 56, &init))
		return RM_IOCTL_FAILED | (uint32_t)errno;
	return init.status;
}

void tools_close(struct tools *tools)
{
	close(tools->fd);
	munmap(tools->queue, PAGE);
	munmap((void *)tools->control, PAGE);
}

uint32_t tools_enable(struct tools *tools, uint64_t events)
{
	struct flags flags = { .flags = events };

	if (ioctl(tools->fd, 58, &flags))
		return RM_IOCTL_FAILED | (uint32_t)errno;
	if (flags.flags != events)
		bail("the flags come back as others");
	return flags.status;
}

unsigned int tools_events(struct tools *tools, uint8_t type)
{
	unsigned int n = 0, at;

	for (at = tools->control[1]; at != tools->control[3];
	     at = (at + 1) % ENTRIES, n++)
		if (tools->queue[at * ENTRY] != type)
			bail("an event of type %u", tools->queue[at * ENTRY]);
	tools->control[0] = at;
	tools->control[1] = at;
	return n;
}
