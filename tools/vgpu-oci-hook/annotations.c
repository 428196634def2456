// SPDX-License-Identifier: GPL-2.0
/*
 * Quotas in annotations. A key of vgpu's that is not known is refused: it may
 * be a quota with a slip of the pen.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "allocated.h"
#include "annotations.h"
#include "units.h"

#define OWN	"io.vgpu."
#define DEVICES	OWN "devices"
#define NVIDIA	"nvidia.com/container."

static const char *value_of(const struct annotations *a, const char *name)
{
	return a->at(a->from, name);
}

/* io.vgpu.* */
static int read_own(const struct annotations *a, struct claims *claims,
		    struct refusal *why)
{
	struct claim claim = claim_empty(a->source);
	const char *name, *devices = value_of(a, DEVICES);
	int err = 0;

	for (name = a->next(a->from, NULL); name && !err;
	     name = a->next(a->from, name))
		if (!strncmp(name, OWN, strlen(OWN)) && strcmp(name, DEVICES))
			err = own_claim(&claim, name + strlen(OWN),
					value_of(a, name), why);
	if (err)
		return err == -ENOENT ? -EINVAL : err;
	return devices ? claims_add_each(claims, &claim, devices, why) :
			 claims_add(claims, &claim, why);
}

static int not_a_quota(const struct annotations *a, const char *name,
		       struct refusal *why)
{
	return refuse(why, -EINVAL, "%s: %.128s: \"%.64s\" is no quota",
		      a->source, name, value_of(a, name));
}

/* KAI: a part of a device's memory, or MiB of it, for one container. */
static int read_kai(const struct annotations *a, struct claims *claims,
		    struct refusal *why)
{
	static const char fraction[] = "gpu-fraction", mib[] = "gpu-memory";
	const char *name = value_of(a, "gpu-fraction-container-name");
	struct claim claim = claim_empty(a->source);
	const char *value;

	if (name && a->container && strcmp(name, a->container))
		return 0;
	value = value_of(a, fraction);
	if (value && (units_fraction(value, &claim.share) || !claim.share))
		return not_a_quota(a, fraction, why);
	value = value_of(a, mib);
	if (value && (units_mib(value, &claim.memory) || !claim.memory))
		return not_a_quota(a, mib, why);
	return claims_add(claims, &claim, why);
}

/* The container in nvidia.com/container.NAME.KEY, and its length, or NULL. */
static const char *nvidia_container(const char *name, const char *key,
				    size_t *len)
{
	size_t all = strlen(name), end = strlen(key);

	if (strncmp(name, NVIDIA, strlen(NVIDIA)) ||
	    all <= strlen(NVIDIA) + end || strcmp(name + all - end, key))
		return NULL;
	*len = all - end - strlen(NVIDIA);
	return name + strlen(NVIDIA);
}

static bool is_container(const struct annotations *a, const char *name,
			 size_t len)
{
	return !a->container ||
	       (strlen(a->container) == len && !memcmp(name, a->container, len));
}

/* NVIDIA's fractions: a quantity for each container, by its name. */
static int read_nvidia(const struct annotations *a, struct claims *claims,
		       struct refusal *why)
{
	struct claim claim = claim_empty(a->source);
	const char *name, *container, *devices = NULL;
	uint64_t bytes;
	size_t len;

	for (name = a->next(a->from, NULL); name;
	     name = a->next(a->from, name)) {
		container = nvidia_container(name, ".gpus.devices", &len);
		if (container && is_container(a, container, len))
			devices = value_of(a, name);
		container = nvidia_container(name, ".gpu-memory.limit", &len);
		if (!container || !is_container(a, container, len))
			continue;
		if (units_quantity(value_of(a, name), &bytes) || !bytes)
			return not_a_quota(a, name, why);
		if (bytes < claim.memory)
			claim.memory = bytes;
	}
	return devices && *devices ?
		       claims_add_each(claims, &claim, devices, why) :
		       claims_add(claims, &claim, why);
}

/* HAMi and Volcano, with the same list. */
static int read_lists(struct annotations *a, struct claims *claims,
		      struct refusal *why)
{
	static const char *const lists[] = {
		"hami.io/vgpu-devices-allocated", "volcano.sh/vgpu-ids-new",
	};
	const char *value;
	size_t i;
	int err = 0;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]) && !err; i++) {
		value = value_of(a, lists[i]);
		if (value)
			err = allocated_list(lists[i], value, &a->several,
					     claims, why);
	}
	return err;
}

static int read_koordinator(const struct annotations *a,
			    struct claims *claims, struct refusal *why)
{
	static const char name[] = "scheduling.koordinator.sh/device-allocated";
	const char *value = value_of(a, name);

	return value ? allocated_koordinator(name, value, claims, why) : 0;
}

/*
 * Add the quotas of annotations. Returns 0, or a negative errno with a sentence,
 * and then adds none.
 */
int annotations_claims(struct annotations *a, struct claims *claims,
		       struct refusal *why)
{
	size_t before = claims->n;
	int err;

	err = read_own(a, claims, why);
	if (!err)
		err = read_lists(a, claims, why);
	if (!err)
		err = read_koordinator(a, claims, why);
	if (!err)
		err = read_kai(a, claims, why);
	if (!err)
		err = read_nvidia(a, claims, why);
	if (err)
		claims->n = before;
	return err;
}
