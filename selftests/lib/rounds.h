/* SPDX-License-Identifier: GPL-2.0 */
/* What somebody does again and again, and how long it takes at worst. */
#ifndef SELFTESTS_ROUNDS_H
#define SELFTESTS_ROUNDS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct rounds - what one does again and again
 * @n: times
 * @worst: ns that one took
 * @failed: times
 */
struct rounds {
	volatile uint64_t n;
	volatile uint64_t worst;
	volatile uint64_t failed;
};

/* Shared with children; bails. */
struct rounds *rounds_make(void);
void rounds_free(struct rounds *rounds);
void rounds_clear(struct rounds *rounds);
/* One that began then is over. */
void round_over(struct rounds *rounds, uint64_t begin, bool failed);
/* A check: there were some, none failed, and none took longer than @bound. */
void rounds_judge(const struct rounds *rounds, uint64_t bound,
		  const char *what);

#endif /* SELFTESTS_ROUNDS_H */
