/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page that is not served until a test does so: whoever reads it waits until it
 * is killed, as the kernel does that was given it for a parameter.
 */
#ifndef SELFTESTS_UNSERVED_H
#define SELFTESTS_UNSERVED_H

#include <stdbool.h>

/* NULL where there is none to be had; the descriptor tells when it is wanted. */
void *unserved_page(int *fd);
/* Likewise @n pages in a row of which one, the first being 0, is not served. */
char *unserved_among(unsigned int n, unsigned int missing, int *fd);
/* Until it is, for five seconds at most; true if it was. */
bool unserved_wait(int fd);
/* Likewise, for as long as that takes. */
bool unserved_await(int fd);
/* Gives zeroes to those who wait for it. */
bool unserved_serve(void *page, int fd);

#endif /* SELFTESTS_UNSERVED_H */
