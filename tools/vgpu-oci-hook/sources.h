/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the quota of a container may be written down.
 */
#ifndef SOURCES_H
#define SOURCES_H

#include "resolve.h"

struct options;

int sources_claims(const struct options *options, const char *bundle,
		   struct claims *claims, struct notes *notes,
		   struct refusal *why);

#endif /* SOURCES_H */
