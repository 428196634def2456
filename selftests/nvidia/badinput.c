// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes at any escape, of any size, on any of the files, with and without
 * a quota: no crash, no leak, and where vgpu has no say the driver's answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cgroup.h"
#include "judge.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"

#define QUOTA	(4 * MIB)

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

static unsigned int seed = 1;

static void scribble(struct rm *rm, uint32_t *data, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		switch (rand_r(&seed) % 6) {
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
			data[i] = words[rand_r(&seed) %
					(sizeof(words) / sizeof(words[0]))];
		}
	}
}

static void storm(struct rm *rm, unsigned int rounds)
{
	static uint32_t data[4096];
	unsigned int i, nr, size;

	for (i = 0; i < rounds; i++) {
		int fd = rand_r(&seed) % 2 ? rm->ctl : rm->gpu;

		nr = rand_r(&seed) % 4 ?
			     interesting[rand_r(&seed) % sizeof(interesting)] :
			     rand_r(&seed) % 256;
		size = rand_r(&seed) % 4 ?
			       sizes[rand_r(&seed) %
				     (sizeof(sizes) / sizeof(sizes[0]))] :
			       rand_r(&seed) % 4096;
		scribble(rm, data, 64);
		ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, 'F', nr, size), data);
		if (!(i % 500)) {	/* it may have freed itself */
			rm_client_close(rm);
			if (rm_client_open(rm, 0))
				bail("no client after %u", i);
		}
	}
	rm_client_close(rm);
}

int main(void)
{
	unsigned int rounds = loops(1000000, 20000);
	struct rm rm;

	stage_setup("nvidia-badinput", getenv("MOCK") ?: "release=550");
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, QUOTA);
	cg_enter("/a");
	if (rm_client_open(&rm, 0))
		bail("no client");
	storm(&rm, rounds);
	is(charged_settled("/a", GPU0, 0), 0, "nothing stays charged");
	ok(judge_high(0) <= QUOTA, "never more than the quota");
	cg_enter("/b");
	if (rm_client_open(&rm, 0))
		bail("no client");
	storm(&rm, rounds);
	is(charged_settled("/b", GPU0, 0), 0,
	   "nor without a quota");
	cg_leave();
	return stage_finish();
}
