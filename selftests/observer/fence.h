/* SPDX-License-Identifier: GPL-2.0 */
/* What the GPU's time goes to, by the fences of a driver that emits them. */
#ifndef OBSERVER_FENCE_H
#define OBSERVER_FENCE_H

#include <linux/types.h>

int fence_create(void);
void fence_destroy(void);
u64 fence_lost(void);

/* Of bytes.c: the caller's group and those above it get so many ns. */
struct observer_group;
struct observer_group *observer_group_now(void);
void observer_busy(struct observer_group *group, u64 ns);

#endif /* OBSERVER_FENCE_H */
