// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <inttypes.h>
#include <stddef.h>
#include <sys/mman.h>

#include "load.h"
#include "rounds.h"
#include "tap.h"

struct rounds *rounds_make(void)
{
	struct rounds *rounds = mmap(NULL, sizeof(*rounds),
				     PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (rounds == MAP_FAILED)
		bail("mmap");
	return rounds;
}

void rounds_free(struct rounds *rounds)
{
	munmap(rounds, sizeof(*rounds));
}

void rounds_clear(struct rounds *rounds)
{
	rounds->n = 0;
	rounds->worst = 0;
	rounds->failed = 0;
}

void round_over(struct rounds *rounds, uint64_t begin, bool failed)
{
	uint64_t took = clock_ns() - begin;

	if (rounds->worst < took)
		rounds->worst = took;
	rounds->failed += failed;
	rounds->n++;
}

void rounds_judge(const struct rounds *rounds, uint64_t bound,
		  const char *what)
{
	ok(rounds->n > 4 && !rounds->failed && rounds->worst <= bound, "%s",
	   what);
	note("%" PRIu64 " times, %" PRIu64 " failed, at worst %.2f of %.0f ms",
	     rounds->n, rounds->failed, (double)rounds->worst / MSEC,
	     (double)bound / MSEC);
}
