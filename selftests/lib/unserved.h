/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page that is never served: whoever reads it waits until it is killed, as the
 * kernel does that was given it for a parameter.
 */
#ifndef SELFTESTS_UNSERVED_H
#define SELFTESTS_UNSERVED_H

#include <stdbool.h>

/* NULL where there is none to be had; the descriptor tells when it is wanted. */
void *unserved_page(int *fd);
/* Until it is, for five seconds at most; true if it was. */
bool unserved_wait(int fd);

#endif /* SELFTESTS_UNSERVED_H */
