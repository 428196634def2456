/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TAP for test programs. The plan comes last, so output that was cut off has
 * none and fails.
 */
#ifndef SELFTESTS_TAP_H
#define SELFTESTS_TAP_H

#include <stdbool.h>
#include <stdint.h>

#define PRINTF(f, a) __attribute__((format(printf, f, a)))

bool ok(bool pass, const char *fmt, ...) PRINTF(2, 3);
bool is(uint64_t got, uint64_t want, const char *fmt, ...) PRINTF(3, 4);
void note(const char *fmt, ...) PRINTF(1, 2);
void bail(const char *fmt, ...) PRINTF(1, 2) __attribute__((noreturn));
void at_bail(void (*undo)(void));
int done(void);

#endif /* SELFTESTS_TAP_H */
