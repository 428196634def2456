/* SPDX-License-Identifier: GPL-2.0 */
/* How long a tenant waits for an engine. */
#ifndef SELFTESTS_TIMING_H
#define SELFTESTS_TIMING_H

#include <stdint.h>

#include "load.h"

/* A tenant of @cg that had nothing to do has always more for @ns, @n times. How
 * long it waited at worst for the part of the engine that it is due.
 */
uint64_t timing_return(const struct engine *engine, const char *cg,
		       uint64_t length, uint64_t ns, double due,
		       unsigned int n);

/* A tenant of @cg submits a job and waits for it, every @period. How long
 * 99 % of @n take at most.
 */
uint64_t timing_p99(const struct engine *engine, const char *cg,
		    uint64_t length, uint64_t period, unsigned int n);

#endif /* SELFTESTS_TIMING_H */
