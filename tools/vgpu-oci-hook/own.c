// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu's own keys: memory, compute, weight and priority, as annotations and as
 * arguments.
 */
#include <errno.h>
#include <string.h>

#include "size.h"
#include "annotations.h"
#include "units.h"

static int read_memory(struct claim *claim, const char *value)
{
	const uint64_t whole = PART_ALL;
	uint64_t number;
	int err = size_parse(value, &whole, &number);

	if (err)
		return err;
	if (size_is_share(value))
		claim->share = (uint32_t)number;
	else
		claim->memory = number;
	return 0;
}

static int read_compute(struct claim *claim, const char *value)
{
	uint32_t part;
	int err = units_percent(value, &part);

	if (err || !part)
		return err ? err : -ERANGE;
	claim->compute = part;
	return 0;
}

static int read_weight(struct claim *claim, const char *value)
{
	uint64_t weight;
	int err = units_number(value, &weight);

	if (err || !weight || weight > WEIGHT_MAX)
		return err ? err : -ERANGE;
	claim->weight = (uint32_t)weight;
	return 0;
}

static int read_priority(struct claim *claim, const char *value)
{
	enum libvgpu_priority priority;

	for (priority = LIBVGPU_PRIORITY_HIGH; priority <= LIBVGPU_PRIORITY_LOW;
	     priority++) {
		if (!strcmp(value, claim_priority_name(priority))) {
			claim->priority = priority;
			return 0;
		}
	}
	return -EINVAL;
}

static const struct {
	const char *key;
	int (*read)(struct claim *claim, const char *value);
	const char *allowed;
} keys[] = {
	{ "memory", read_memory, SIZE_ALLOWED },
	{ "compute", read_compute,
	  "it is a percentage of the device's time, 0.01 to 100" },
	{ "weight", read_weight, "it is a number from 1 to 10000" },
	{ "priority", read_priority, "it is high, normal or low" },
};

/* Take a key with its value. Returns 0, -ENOENT for another key, -EINVAL. */
int own_claim(struct claim *claim, const char *key, const char *value,
	      struct refusal *why)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(key, keys[i].key))
			continue;
		if (!keys[i].read(claim, value))
			return 0;
		return refuse(why, -EINVAL, "%s: %s: \"%.64s\" will not do; %s",
			      claim->source, key, value, keys[i].allowed);
	}
	return refuse(why, -ENOENT,
		      "%s: %.64s is unknown; there are memory, compute, weight, priority and devices",
		      claim->source, key);
}
