/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of a container, as an OCI runtime hands it to its hooks.
 */
#ifndef STATE_H
#define STATE_H

#include <limits.h>
#include <sys/types.h>

#include "claim.h"

/**
 * struct state - what a hook needs of it
 * @pid: the container's first process
 * @bundle: absolute path of the directory with config.json
 */
struct state {
	pid_t pid;
	char bundle[PATH_MAX];
};

int state_parse(const char *text, struct state *out, struct refusal *why);

#endif /* STATE_H */
