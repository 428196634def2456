/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arguments of the hook, which a CDI specification can carry.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include "claim.h"

/**
 * struct options - what they say
 * @claim: the quota in them
 * @checkpoint: path of the kubelet's checkpoint, or NULL where none is given
 * @optional: let the container start whatever fails
 * @trust_env: take quotas from the container's environment
 * @dry_run: print the quotas and set none
 * @verbose: print to standard error what goes to the log
 * @help: print the help
 * @version: print the version
 */
struct options {
	struct claim claim;
	const char *checkpoint;
	bool optional;
	bool trust_env;
	bool dry_run;
	bool verbose;
	bool help;
	bool version;
};

int options_read(int argc, char **argv, struct options *out,
		 struct refusal *why);
void options_help(void);

#endif /* OPTIONS_H */
