// SPDX-License-Identifier: GPL-2.0
/*
 * What schedulers write into a pod when they have chosen its devices.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "allocated.h"
#include "json.h"
#include "units.h"

#define FIELD	32

/* The field up to a comma, copied; where the next begins, or NULL. */
static const char *take_field(const char *text, const char *end,
			      char field[FIELD])
{
	const char *comma = memchr(text, ',', (size_t)(end - text));
	size_t len = (size_t)((comma ? comma : end) - text);

	if (len >= FIELD)
		return NULL;
	memcpy(field, text, len);
	field[len] = '\0';
	return comma ? comma + 1 : end;
}

/* UUID,TYPE,MIB,PERCENT; 0 is for no limit. */
static int read_device(const char *text, const char *end, struct claim *claim,
		       struct refusal *why)
{
	const char *name = text, *comma = memchr(text, ',', (size_t)(end - text));
	char type[FIELD], mib[FIELD], percent[FIELD];
	uint64_t cores;

	if (!comma)
		goto malformed;
	text = take_field(comma + 1, end, type);
	if (text && text < end)
		text = take_field(text, end, mib);
	if (!text || text == end)
		goto malformed;
	text = take_field(text, end, percent);
	if (text != end || units_mib(mib, &claim->memory) ||
	    units_number(percent, &cores) || cores > 100)
		goto malformed;
	if (!claim->memory)
		claim->memory = LIBVGPU_UNLIMITED;
	if (cores && cores < 100)
		claim->compute = (uint32_t)cores * (PART_ALL / 100);
	return claim_device(claim, name, (size_t)(comma - name), why);

malformed:
	return refuse(why, -EINVAL,
		      "%s: \"%.*s\" is not of the form UUID,TYPE,MIB,PERCENT",
		      claim->source, (int)(end - name > 96 ? 96 : end - name),
		      name);
}

/* The devices of one container, each with a colon behind it. */
static int read_container(const char *name, const char *text, const char *end,
			  struct claims *claims, struct refusal *why)
{
	const char *colon;
	int err = 0;

	for (; text < end && !err; text = colon + 1) {
		struct claim claim = claim_empty(name);

		colon = memchr(text, ':', (size_t)(end - text));
		if (!colon)
			colon = end;
		err = read_device(text, colon, &claim, why);
		if (!err)
			err = claims_add(claims, &claim, why);
	}
	return err;
}

/*
 * The list of HAMi and Volcano: the containers of the pod in their order, with
 * semicolons. Which of them this one is nobody says: with devices for more than
 * one, none is added and *several set.
 */
int allocated_list(const char *name, const char *text, bool *several,
		   struct claims *claims, struct refusal *why)
{
	size_t before = claims->n, containers = 0, was;
	const char *end;
	int err;

	for (;; text = end + 1) {
		end = text + strcspn(text, ";");
		was = claims->n;
		err = read_container(name, text, end, claims, why);
		if (err)
			break;
		containers += claims->n > was;
		if (!*end)
			break;
	}
	if (containers > 1)
		*several = true;
	if (err || containers > 1)
		claims->n = before;
	return err;
}

/* A quantity, which Kubernetes writes as a string and some as a number. */
static int read_quantity(struct json_object *resources, const char *key,
			 uint64_t *out)
{
	struct json_object *value;

	if (!json_object_object_get_ex(resources, key, &value))
		return -ENOENT;
	if (json_object_is_type(value, json_type_int))
		return units_number(json_object_get_string(value), out);
	return json_text(value) ? units_quantity(json_text(value), out) :
				  -EINVAL;
}

static int read_part(struct json_object *resources, const char *key,
		     uint32_t *out)
{
	uint64_t percent;
	int err = read_quantity(resources, key, &percent);

	if (err)
		return err == -ENOENT ? 0 : err;
	/* All of a device is no limit, and so is 0. */
	if (percent && percent < 100)
		*out = (uint32_t)percent * (PART_ALL / 100);
	return 0;
}

/* One element of the array "gpu". */
static int read_gpu(struct json_object *gpu, struct claim *claim,
		    struct refusal *why)
{
	struct json_object *minor, *resources;
	uint64_t bytes;
	int err;

	minor = json_member(gpu, "minor", json_type_int);
	resources = json_member(gpu, "resources", json_type_object);
	if (!minor || !resources || json_object_get_int64(minor) < 0)
		return refuse(why, -EINVAL,
			      "%s: a device has no minor or no resources",
			      claim->source);
	err = read_part(resources, "koordinator.sh/gpu-core", &claim->compute);
	if (!err)
		err = read_part(resources, "koordinator.sh/gpu-memory-ratio",
				&claim->share);
	if (!err) {
		err = read_quantity(resources, "koordinator.sh/gpu-memory",
				    &bytes);
		if (!err && bytes)
			claim->memory = bytes;
		else if (err == -ENOENT)
			err = 0;
	}
	if (err)
		return refuse(why, -EINVAL,
			      "%s: a resource of the device of minor %s is no quantity",
			      claim->source, json_object_get_string(minor));
	return claim_device(claim, json_object_get_string(minor),
			    strlen(json_object_get_string(minor)), why);
}

/* Koordinator's: JSON, with an array for each kind of device. */
int allocated_koordinator(const char *name, const char *text,
			  struct claims *claims, struct refusal *why)
{
	struct json_object *root = json_read_object(text, strlen(text)), *gpus;
	size_t before = claims->n, i;
	int err = 0;

	if (!root)
		return refuse(why, -EINVAL, "%s: no JSON object", name);
	if (json_object_object_get_ex(root, "gpu", &gpus) &&
	    !json_object_is_type(gpus, json_type_array))
		err = refuse(why, -EINVAL, "%s: gpu is no array", name);
	gpus = json_member(root, "gpu", json_type_array);
	for (i = 0; gpus && i < json_object_array_length(gpus) && !err; i++) {
		struct claim claim = claim_empty(name);

		err = read_gpu(json_object_array_get_idx(gpus, i), &claim, why);
		if (!err)
			err = claims_add(claims, &claim, why);
	}
	if (err)
		claims->n = before;
	json_object_put(root);
	return err;
}
