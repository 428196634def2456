/* SPDX-License-Identifier: GPL-2.0 */
/* A warning ends the program. */
#ifndef SIM_BUG_H
#define SIM_BUG_H

#include <linux/types.h>

static inline bool sim_warn(bool bad, const char *what)
{
	if (bad) {
		fprintf(stderr, "warning: %s\n", what);
		abort();
	}
	return bad;
}

#define WARN_ON_ONCE(cond) sim_warn(cond, #cond)

#endif /* SIM_BUG_H */
