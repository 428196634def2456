/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The answer of a device plugin for one container: v1beta1's
 * ContainerAllocateResponse as protobuf, in base64.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "claim.h"

int answer_claims(const char *base64, struct claims *claims,
		  struct refusal *why);

#endif /* ANSWER_H */
