/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Giving up what is not needed any more.
 */
#ifndef CONFINE_H
#define CONFINE_H

/* All capabilities, for good. Returns 0 or a negative errno. */
int confine(void);

#endif /* CONFINE_H */
