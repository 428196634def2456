// SPDX-License-Identifier: GPL-2.0
/*
 * rmclient: the client by hand. Sizes may end in K, M or G.
 *
 *	rmclient [-g MINOR] [-r ROUTE] [-w] info
 *	rmclient [-g MINOR] [-r ROUTE] [-w] alloc SIZE [COUNT]
 *	rmclient [-g MINOR] [-r ROUTE] [-w] hold SIZE [COUNT]
 *	rmclient [-g MINOR] busy MICROSECONDS
 *
 * alloc allocates COUNT pieces and says how it went; hold keeps them until its
 * input ends. busy has always more jobs of that length than the GPU can do,
 * until its input ends. The exit status is 0 if all went well, 3 if memory ran
 * out, 1 otherwise.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fifo.h"
#include "rm.h"

static int usage(void)
{
	fputs("usage: rmclient [-g MINOR] [-r 0..4] [-w] info\n"
	      "       rmclient ... alloc|hold SIZE [COUNT]\n"
	      "       rmclient [-g MINOR] busy MICROSECONDS\n", stderr);
	return 2;
}

static uint64_t parse_size(const char *text)
{
	static const char suffixes[] = "KMG";
	const char *suffix;
	char *end;
	uint64_t size = strtoull(text, &end, 0);

	suffix = *end ? strchr(suffixes, *end) : NULL;
	return suffix ? size << 10 * (suffix - suffixes + 1) : size;
}

static int info(struct rm *rm)
{
	uint64_t total, free_bytes, private, owned, duped;
	uint32_t status = rm_fb_info(rm, RM_FB_TOTAL, &total);

	if (!status)
		status = rm_fb_info(rm, RM_FB_FREE, &free_bytes);
	if (!status)
		status = rm_pid_info(rm, (uint32_t)getpid(), &private, &owned,
				     &duped);
	if (status) {
		fprintf(stderr, "rmclient: status %#x\n", status);
		return 1;
	}
	printf("version %s\nclient %#x\ngpu %#x\ntotal %" PRIu64
	       "\nfree %" PRIu64 "\nused %" PRIu64 "\n",
	       rm->version, rm->root, rm->gpu_id, total, free_bytes,
	       private + owned + duped);
	return 0;
}

static int alloc(struct rm *rm, enum rm_route route, uint64_t size,
		 unsigned long count)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		uint32_t handle;
		uint32_t status = rm_alloc_vidmem(rm, size, route, &handle);

		printf("%#x status %#x\n", status ? 0 : handle, status);
		if (status)
			return status == RM_NO_MEMORY ? 3 : 1;
	}
	return 0;
}

static void wait_for_end(void)
{
	char byte;

	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

/* Fills the ring again long before it is empty, however late it gets to that. */
static int busy(struct rm *rm, uint64_t us)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	uint32_t status;
	struct fifo q;
	char byte;

	status = fifo_open(&q, rm, FIFO_COMPUTE);
	if (status) {
		fprintf(stderr, "rmclient: no queue: %#x\n", status);
		return 1;
	}
	do {
		fifo_submit(&q, us * 1000, FIFO_ENTRIES);
	} while (!poll(&input, 1, 50) || read(STDIN_FILENO, &byte, 1) > 0);
	fifo_close(&q);
	return 0;
}

static int run(struct rm *rm, enum rm_route route, char **argv)
{
	unsigned long count = 1;
	int ret;

	if (!strcmp(argv[0], "info"))
		return info(rm);
	if (!argv[1])
		return usage();
	if (!strcmp(argv[0], "busy"))
		return busy(rm, strtoull(argv[1], NULL, 0));
	if (argv[2])
		count = strtoul(argv[2], NULL, 0);
	ret = alloc(rm, route, parse_size(argv[1]), count);
	if (!strcmp(argv[0], "hold"))
		wait_for_end();
	return ret;
}

int main(int argc, char **argv)
{
	unsigned int minor = 0, route = 0;
	bool wrapped = false;
	struct rm rm;
	int option, err;

	while ((option = getopt(argc, argv, "g:r:w")) != -1) {
		switch (option) {
		case 'g':
			minor = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		case 'r':
			route = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		case 'w':
			wrapped = true;
			break;
		default:
			return usage();
		}
	}
	if (optind == argc || route >= RM_ROUTES)
		return usage();
	err = rm_client_open(&rm, minor);
	if (err) {
		fprintf(stderr, "rmclient: open: %s\n", strerror(-err));
		return 1;
	}
	rm.wrapped = wrapped;
	err = run(&rm, route, argv + optind);
	rm_client_close(&rm);
	return err;
}
