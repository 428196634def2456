/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quotas in an environment: the names of HAMi-core, which Volcano, Koordinator
 * and KAI set too, and those of NVIDIA's container toolkit.
 */
#ifndef ENV_H
#define ENV_H

#include "claim.h"

int env_claims(const char *const *var, size_t n, const char *source,
	       struct claims *claims, struct refusal *why);

#endif /* ENV_H */
