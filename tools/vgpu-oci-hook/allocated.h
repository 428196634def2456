/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What schedulers write into a pod when they have chosen its devices.
 */
#ifndef ALLOCATED_H
#define ALLOCATED_H

#include <stdbool.h>

#include "claim.h"

int allocated_list(const char *name, const char *text, bool *several,
		   struct claims *claims, struct refusal *why);
int allocated_koordinator(const char *name, const char *text,
			  struct claims *claims, struct refusal *why);

#endif /* ALLOCATED_H */
