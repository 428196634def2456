/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

void random_trees(void);
void alone_or_not(void);	/* alone.c */

#endif /* SIM_RANDOM_H */
