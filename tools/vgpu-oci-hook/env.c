// SPDX-License-Identifier: GPL-2.0
/*
 * Quotas in an environment. Whoever writes a pod can add to it, and the process
 * sees the last of two equal names: here the smaller counts.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "env.h"
#include "units.h"

#define DEVICES	"NVIDIA_VISIBLE_DEVICES"
#define MEMORY	"CUDA_DEVICE_MEMORY_LIMIT"
#define COMPUTE	"CUDA_DEVICE_SM_LIMIT"
#define POLICY	"GPU_CORE_UTILIZATION_POLICY"

/**
 * struct env - an environment that is being read
 * @var: NAME=VALUE each
 * @n: how many
 * @source: whose it is
 * @devices: those that it names, with commas, or "" for every device
 * @why: where a refusal goes
 */
struct env {
	const char *const *var;
	size_t n;
	const char *source;
	const char *devices;
	struct refusal *why;
};

/* The value where the variable has the name, else NULL. */
static const char *value_of(const char *var, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(var, name, len) && var[len] == '=' ? var + len + 1 :
							      NULL;
}

static int not_a_value(const struct env *env, const char *name,
		       const char *value)
{
	return refuse(env->why, -EINVAL, "%s: %s: \"%.64s\" is no quota",
		      env->source, name, value);
}

/* HAMi-core's percentages have no fraction, and no sign. */
static int read_percent(const char *text, uint64_t *out)
{
	uint64_t percent;
	int err = units_number(text, &percent);

	if (!err && percent > 100)
		err = -ERANGE;
	if (!err)
		*out = percent * (PART_ALL / 100);
	return err;
}

/* The smallest value of a name; *out stays where it is absent or always 0. */
static int smallest(const struct env *env, const char *name,
		    int (*read)(const char *text, uint64_t *out),
		    uint64_t *out)
{
	const char *value;
	uint64_t one;
	size_t i;

	for (i = 0; i < env->n; i++) {
		value = value_of(env->var[i], name);
		if (!value)
			continue;
		if (read(value, &one))
			return not_a_value(env, name, value);
		if (one && one < *out)
			*out = one;
	}
	return 0;
}

/* The policy "disable" is for no limit on compute; a second word undoes it. */
static int compute_disabled(const struct env *env, bool *out)
{
	bool disable = false, other = false;
	const char *value;
	size_t i;

	for (i = 0; i < env->n; i++) {
		value = value_of(env->var[i], POLICY);
		if (!value)
			continue;
		if (!strcasecmp(value, "disable"))
			disable = true;
		else if (!*value || !strcasecmp(value, "default") ||
			 !strcasecmp(value, "force"))
			other = true;
		else
			return refuse(env->why, -EINVAL,
				      "%s: " POLICY
				      ": \"%.64s\" is none of default, force, disable",
				      env->source, value);
	}
	*out = disable && !other;
	return 0;
}

/* The devices that the process will see: of two lists, the last. */
static void read_devices(struct env *env)
{
	static const char *const every[] = { "all", "none", "void" };
	const char *value;
	size_t i;

	env->devices = "";
	for (i = 0; i < env->n; i++) {
		value = value_of(env->var[i], DEVICES);
		if (value)
			env->devices = value;
	}
	/*
	 * None at all may be a lie to get out of a quota; on every device it
	 * costs nothing where it is not. A path is where NVIDIA's toolkit finds
	 * the devices as mounts.
	 */
	for (i = 0; i < sizeof(every) / sizeof(every[0]); i++)
		if (!strcmp(env->devices, every[i]))
			env->devices = "";
	if (*env->devices == '/')
		env->devices = "";
}

static bool is_set(const struct env *env, const char *name)
{
	size_t i;

	for (i = 0; i < env->n; i++)
		if (value_of(env->var[i], name))
			return true;
	return false;
}

/*
 * NVIDIA's toolkit limits nothing unless both of its names are there. A request
 * is there with any value: 0 is one too.
 */
static int read_nvidia(const struct env *env, uint64_t *out)
{
	static const char name[] = "NVIDIA_GPU_MEMORY_REQUEST";
	uint64_t request = LIBVGPU_UNLIMITED, limit = LIBVGPU_UNLIMITED;
	int err;

	err = smallest(env, name, units_mib, &request);
	if (!err)
		err = smallest(env, "NVIDIA_GPU_MEMORY_LIMIT", units_mib,
			       &limit);
	if (!err && is_set(env, name) && limit < *out)
		*out = limit;
	return err;
}

/* What the environment says of all of its devices. */
static int read_common(const struct env *env, struct claim *out,
		       bool disabled)
{
	struct claim claim = claim_empty(env->source);
	uint64_t compute = PART_ALL;
	int err;

	err = smallest(env, MEMORY, units_hami_size, &claim.memory);
	if (!err)
		err = read_nvidia(env, &claim.memory);
	if (!err)
		err = smallest(env, COMPUTE, read_percent, &compute);
	if (!err && compute < PART_ALL && !disabled)
		claim.compute = (uint32_t)compute;
	if (!err)
		*out = claim;
	return err;
}

/* The number behind NAME_ of a variable, or -1 for another variable. */
static long index_of(const char *var, const char *name)
{
	size_t len = strlen(name);
	char *end;
	long at;

	if (strncmp(var, name, len) || var[len] != '_' ||
	    var[len + 1] < '0' || var[len + 1] > '9')
		return -1;
	at = strtol(var + len + 1, &end, 10);
	return *end == '=' ? at : -1;
}

/* The name of the device at that place of the list, or NULL past its end. */
static const char *device_at(const struct env *env, long at, size_t *len)
{
	const char *name = env->devices;

	for (; at && *name; at--) {
		name += strcspn(name, ",");
		name += *name == ',';
	}
	*len = strcspn(name, ",");
	return *name ? name : NULL;
}

/*
 * The i-th of the devices; each of them where none is listed, as with plugins
 * that hand devices over by CDI.
 */
static int name_device(const struct env *env, long at, const char *var,
		       struct claim *claim)
{
	const char *name;
	size_t len;

	if (!*env->devices)
		return 0;
	name = device_at(env, at, &len);
	if (!name)
		return refuse(env->why, -EINVAL,
			      "%s: %.48s is for a device that " DEVICES " does not list",
			      env->source, var);
	return claim_device(claim, name, len, env->why);
}

/* NAME_<i>, each by itself: claims add up to the smallest of all anyway. */
static int read_indexed(const struct env *env, const char *var, bool disabled,
			struct claims *claims)
{
	struct claim claim = claim_empty(env->source);
	const char *value = strchr(var, '=') + 1;
	long memory = index_of(var, MEMORY);
	long at = memory >= 0 ? memory : index_of(var, COMPUTE);
	uint64_t number;
	int err;

	err = (memory >= 0 ? units_hami_size : read_percent)(value, &number);
	if (err)
		return not_a_value(env, memory >= 0 ? MEMORY "_<i>" :
						      COMPUTE "_<i>", value);
	err = name_device(env, at, var, &claim);
	if (err)
		return err;
	if (number && memory >= 0)
		claim.memory = number;
	else if (number && number < PART_ALL && !disabled)
		claim.compute = (uint32_t)number;
	return claims_add(claims, &claim, env->why);
}

static int read_all(struct env *env, struct claims *claims)
{
	struct claim common;
	bool disabled = false;
	size_t i;
	int err;

	err = compute_disabled(env, &disabled);
	if (!err)
		err = read_common(env, &common, disabled);
	if (err)
		return err;
	for (i = 0; i < env->n && !err; i++)
		if (index_of(env->var[i], MEMORY) >= 0 ||
		    index_of(env->var[i], COMPUTE) >= 0)
			err = read_indexed(env, env->var[i], disabled, claims);
	if (err)
		return err;
	return *env->devices ?
		       claims_add_each(claims, &common, env->devices, env->why) :
		       claims_add(claims, &common, env->why);
}

/*
 * Add the quotas of an environment. Returns 0, or a negative errno with a
 * sentence, and then adds none.
 */
int env_claims(const char *const *var, size_t n, const char *source,
	       struct claims *claims, struct refusal *why)
{
	struct env env = { .var = var, .n = n, .source = source, .why = why };
	size_t before = claims->n;
	int err;

	read_devices(&env);
	err = read_all(&env, claims);
	if (err)
		claims->n = before;
	return err;
}
