/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quotas in annotations: vgpu's own, and those of schedulers.
 */
#ifndef ANNOTATIONS_H
#define ANNOTATIONS_H

#include <stdbool.h>

#include "claim.h"

/**
 * struct annotations - annotations that are being read
 * @at: the value of a name, or NULL where it is absent
 * @next: the name after @name, the first after NULL, or NULL after the last
 * @from: for those two
 * @source: whose they are, for messages
 * @container: name of the container in its pod, or NULL where nobody says
 * @several: set where a list is for several containers of the pod, and does
 *	not say which of them is this; its quotas are left out then
 */
struct annotations {
	const char *(*at)(const void *from, const char *name);
	const char *(*next)(const void *from, const char *name);
	const void *from;
	const char *source;
	const char *container;
	bool several;
};

int annotations_claims(struct annotations *annotations, struct claims *claims,
		       struct refusal *why);
int own_claim(struct claim *claim, const char *key, const char *value,
	      struct refusal *why);

#endif /* ANNOTATIONS_H */
