/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Giving up what is not needed any more.
 */
#ifndef CONFINE_H
#define CONFINE_H

#include <stdint.h>

/*
 * All capabilities go, for good, but for those of the mask that we have. Returns
 * 0 or a negative errno. They are of a thread: call it before there is another.
 */
int confine(uint32_t keep);

#endif /* CONFINE_H */
