// SPDX-License-Identifier: GPL-2.0
/*
 * Claims, and the names of devices in them.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "claim.h"

#define DIGITS	"0123456789"

/* Keep the sentence and hand back the error. */
int refuse(struct refusal *why, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return err;
}

/* A claim that limits nothing yet, on every device. */
struct claim claim_empty(const char *source)
{
	return (struct claim){
		.source = source,
		.memory = LIBVGPU_UNLIMITED,
		.share = PART_UNSET,
		.compute = PART_UNSET,
	};
}

/* A control character or a blank in a name would end up in logs. */
static bool plain(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return true;
}

/* Name the claim's device; a bare number is the minor of an NVIDIA device. */
int claim_device(struct claim *claim, const char *name, size_t len,
		 struct refusal *why)
{
	bool minor = len && strspn(name, DIGITS) >= len;

	if (!len || len + sizeof("nvidia") > sizeof(claim->device))
		return refuse(why, -EINVAL,
			      "%s: the name of a device is empty or too long",
			      claim->source);
	if (!plain(name, len))
		return refuse(why, -EINVAL,
			      "%s: a name of a device has a blank or a control character in it",
			      claim->source);
	snprintf(claim->device, sizeof(claim->device), "%s%.*s",
		 minor ? "nvidia" : "", (int)len, name);
	return 0;
}

/* Add a claim, unless it limits nothing. */
int claims_add(struct claims *claims, const struct claim *claim,
	       struct refusal *why)
{
	if (claim->memory == LIBVGPU_UNLIMITED && claim->share == PART_UNSET &&
	    claim->compute == PART_UNSET && !claim->weight &&
	    claim->priority == LIBVGPU_PRIORITY_UNSET)
		return 0;
	if (claims->n == CLAIMS_MAX)
		return refuse(why, -E2BIG, "%s: more than %d quotas for one container",
			      claim->source, CLAIMS_MAX);
	claims->item[claims->n++] = *claim;
	return 0;
}

/* Add a claim for each device of a list with commas, which names at least one. */
int claims_add_each(struct claims *claims, const struct claim *claim,
		    const char *devices, struct refusal *why)
{
	struct claim one = *claim;
	size_t len;
	int err;

	for (;; devices += len + 1) {
		len = strcspn(devices, ",");
		err = claim_device(&one, devices, len, why);
		if (!err)
			err = claims_add(claims, &one, why);
		if (err || !devices[len])
			return err;
	}
}

const char *claim_priority_name(enum libvgpu_priority priority)
{
	static const char *const names[] = { "unset", "high", "normal", "low" };

	return names[priority];
}
