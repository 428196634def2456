/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cgroup (v2) of a container.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <limits.h>
#include <sys/types.h>

#include "claim.h"

int cgroup_unified(const char *text, char path[PATH_MAX],
		   struct refusal *why);
int cgroup_of_container(pid_t pid, char path[PATH_MAX], struct refusal *why);

#endif /* CONTAINER_H */
