// SPDX-License-Identifier: GPL-2.0
/*
 * The options of a quota that are about time. A policy is a word for settings:
 *
 *	best-effort	neither guarantee nor cap: a weight alone
 *	fixed-share	--compute is both guarantee and cap
 *	burst-share	--compute is the guarantee, --max the cap or none
 *
 * Without one, --compute is a cap, as container tools mean it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "quota_args.h"
#include "share.h"
#include "time_args.h"

#define WEIGHT_MAX	10000

#define GIVEN(args, option) \
	((args)->given & QUOTA_ARG_BIT(QUOTA_ARG_##option))

static const char * const policies[] = {
	[TIME_POLICY_BEST_EFFORT] = "best-effort",
	[TIME_POLICY_FIXED_SHARE] = "fixed-share",
	[TIME_POLICY_BURST_SHARE] = "burst-share",
};

/* Why a text is no share. */
static int no_share(struct tool *tool, const char *option, const char *text,
		    int err)
{
	uint32_t share;

	if (err == -ERANGE)
		return tool_usage(tool, "%s: %s is more than the whole; %s",
				  option, text, SHARE_ALLOWED);
	if (share_parse_number(text, &share) != -EINVAL)
		return tool_usage(tool, "%s: %s has no percent sign; %s",
				  option, text, SHARE_ALLOWED);
	return tool_usage(tool, "%s: %s is no share; %s", option, text,
			  SHARE_ALLOWED);
}

/* A cap, a guarantee or what becomes one of them. */
static int read_share(struct tool *tool, const char *option, const char *text,
		      uint32_t lifted, uint32_t *share)
{
	int err;

	if (!strcmp(text, "default") || (lifted && !strcmp(text, "max"))) {
		*share = lifted;
		return STATUS_OK;
	}
	err = share_parse(text, share);
	if (err)
		return no_share(tool, option, text, err);
	if (lifted && !*share)
		return tool_usage(tool,
				  "%s: a cap of 0%% would let nothing run; give 0.01%% to 100%%, or see group freeze",
				  option);
	return STATUS_OK;
}

static int read_weight(struct tool *tool, const char *text, uint32_t *weight)
{
	unsigned long value;
	char *end;

	if (!strcmp(text, "default")) {
		*weight = 0;
		return STATUS_OK;
	}
	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !value ||
	    value > WEIGHT_MAX)
		return tool_usage(tool,
				  "--weight: %s is no weight; give 1 to %d, or default, which is 100",
				  text, WEIGHT_MAX);
	*weight = (uint32_t)value;
	return STATUS_OK;
}

static int read_policy(struct tool *tool, const char *text,
		       enum time_policy *policy)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		if (!strcmp(text, policies[i])) {
			*policy = i;
			return STATUS_OK;
		}
	}
	return tool_usage(tool,
			  "--policy: %s is no policy; give best-effort, fixed-share or burst-share",
			  text);
}

/* Take one option. Returns the exit status, after telling what is wrong. */
int time_args_add(struct tool *tool, struct time_args *args, int option,
		  const char *value)
{
	args->given |= QUOTA_ARG_BIT(option);
	switch (option) {
	case QUOTA_ARG_COMPUTE:
		args->no_compute = *value < '0' || *value > '9';
		return read_share(tool, "--compute", value, LIBVGPU_SHARE_FULL,
				  &args->compute);
	case QUOTA_ARG_MAX:
		return read_share(tool, "--max", value, LIBVGPU_SHARE_FULL,
				  &args->max);
	case QUOTA_ARG_MIN:
		return read_share(tool, "--min", value, 0, &args->min);
	case QUOTA_ARG_WEIGHT:
		return read_weight(tool, value, &args->weight);
	case QUOTA_ARG_POLICY:
		return read_policy(tool, value, &args->policy);
	case QUOTA_ARG_PRIORITY:
		if (priority_parse(value, &args->priority))
			return tool_usage(tool,
					  "--priority: %s is no priority; give high, normal, low or default",
					  value);
		return STATUS_OK;
	default:
		if (freezer_parse(value, &args->freezer))
			return tool_usage(tool,
					  "--freezer: %s is no choice; give follow, ignore or default",
					  value);
		return STATUS_OK;
	}
}

static int check_fixed_share(struct tool *tool, const struct time_args *args)
{
	if (!GIVEN(args, COMPUTE) || args->no_compute)
		return tool_usage(tool,
				  "--policy fixed-share needs the share, as --compute 30%%");
	if (GIVEN(args, MIN) || GIVEN(args, MAX) || GIVEN(args, WEIGHT))
		return tool_usage(tool,
				  "--policy fixed-share sets guarantee and cap to --compute: leave --min, --max and --weight away");
	return STATUS_OK;
}

static int check_burst_share(struct tool *tool, const struct time_args *args)
{
	if (!GIVEN(args, COMPUTE) || args->no_compute)
		return tool_usage(tool,
				  "--policy burst-share needs the guarantee, as --compute 30%%");
	if (GIVEN(args, MIN))
		return tool_usage(tool,
				  "--policy burst-share sets the guarantee to --compute: leave --min away");
	return STATUS_OK;
}

static int check_best_effort(struct tool *tool, const struct time_args *args)
{
	if (GIVEN(args, COMPUTE) || GIVEN(args, MIN) || GIVEN(args, MAX))
		return tool_usage(tool,
				  "--policy best-effort lifts guarantee and cap: leave --compute, --min and --max away");
	return STATUS_OK;
}

static int check_no_policy(struct tool *tool, const struct time_args *args)
{
	if (GIVEN(args, COMPUTE) && GIVEN(args, MAX))
		return tool_usage(tool,
				  "--compute and --max both set the cap: give one of them, or a --policy");
	return STATUS_OK;
}

static int check(struct tool *tool, const struct time_args *args)
{
	if (!GIVEN(args, POLICY))
		return check_no_policy(tool, args);
	switch (args->policy) {
	case TIME_POLICY_BEST_EFFORT:
		return check_best_effort(tool, args);
	case TIME_POLICY_FIXED_SHARE:
		return check_fixed_share(tool, args);
	default:
		return check_burst_share(tool, args);
	}
}

/* The guarantee and the cap that they come to, where they set one. */
static void resolve(const struct time_args *args,
		    struct vgpu_quota_change *change)
{
	bool policy = GIVEN(args, POLICY);
	bool promised = policy && args->policy != TIME_POLICY_BEST_EFFORT;

	if (policy || GIVEN(args, MIN)) {
		change->set |= LIBVGPU_QUOTA_COMPUTE_MIN;
		change->compute_min = promised ? args->compute : args->min;
	}
	if (policy || GIVEN(args, COMPUTE) || GIVEN(args, MAX)) {
		change->set |= LIBVGPU_QUOTA_COMPUTE_MAX;
		change->compute_max = LIBVGPU_SHARE_FULL;
	}
	if (GIVEN(args, MAX))
		change->compute_max = args->max;
	else if (GIVEN(args, COMPUTE) &&
		 (!policy || args->policy == TIME_POLICY_FIXED_SHARE))
		change->compute_max = args->compute;
}

/*
 * After the last option: say what is to be changed. Returns the exit status,
 * after telling what is wrong.
 */
int time_args_finish(struct tool *tool, const struct time_args *args,
		     struct vgpu_quota_change *change)
{
	const unsigned int both = LIBVGPU_QUOTA_COMPUTE_MIN |
				  LIBVGPU_QUOTA_COMPUTE_MAX;
	char min[SHARE_TEXT], max[SHARE_TEXT];
	int status;

	status = check(tool, args);
	if (status)
		return status;
	resolve(args, change);
	if (GIVEN(args, WEIGHT)) {
		change->set |= LIBVGPU_QUOTA_COMPUTE_WEIGHT;
		change->compute_weight = args->weight;
	}
	if (GIVEN(args, PRIORITY)) {
		change->set |= LIBVGPU_QUOTA_PRIORITY;
		change->priority = args->priority;
	}
	if (GIVEN(args, FREEZER)) {
		change->set |= LIBVGPU_QUOTA_FREEZER;
		change->freezer = args->freezer;
	}
	if ((change->set & both) == both &&
	    change->compute_min > change->compute_max)
		return tool_usage(tool,
				  "a guarantee of %s is above the cap of %s",
				  share_format(change->compute_min, min),
				  share_format(change->compute_max, max));
	return STATUS_OK;
}
