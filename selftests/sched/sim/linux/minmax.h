/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIM_MINMAX_H
#define SIM_MINMAX_H

#include <linux/types.h>

static inline u64 min(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 max(u64 a, u64 b)
{
	return a > b ? a : b;
}

#define min_t(type, a, b) ((type)min((type)(a), (type)(b)))
#define max_t(type, a, b) ((type)max((type)(a), (type)(b)))

#endif /* SIM_MINMAX_H */
