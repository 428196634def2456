/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kubelet's own record of what device plugins answered.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include <stdbool.h>

#include "claim.h"

#define CHECKPOINT_PATH \
	"/var/lib/kubelet/device-plugins/kubelet_internal_checkpoint"

int checkpoint_claims(const char *text, size_t len, const char *pod,
		      const char *container, struct claims *claims,
		      bool *others, struct refusal *why);

#endif /* CHECKPOINT_H */
