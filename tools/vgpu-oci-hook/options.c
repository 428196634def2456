// SPDX-License-Identifier: GPL-2.0
/*
 * The arguments of the hook.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "annotations.h"
#include "options.h"

#define SOURCE	"the arguments"

/* Of options with a value, and one that is unknown, and NULL. */
#define SEEN_MAX	8

static const struct {
	const char *name;
	size_t at;
} flags[] = {
	{ "optional", offsetof(struct options, optional) },
	{ "trust-env", offsetof(struct options, trust_env) },
	{ "dry-run", offsetof(struct options, dry_run) },
	{ "verbose", offsetof(struct options, verbose) },
	{ "help", offsetof(struct options, help) },
	{ "version", offsetof(struct options, version) },
};

static bool *flag_of(struct options *options, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(flags[i].name, name))
			return (bool *)((char *)options + flags[i].at);
	return NULL;
}

static int take(struct options *options, const char *name, const char *value,
		struct refusal *why)
{
	int err;

	if (!strcmp(name, "device"))
		return claim_device(&options->claim, value, strlen(value), why);
	if (!strcmp(name, "checkpoint")) {
		options->checkpoint = value;
		return 0;
	}
	err = own_claim(&options->claim, name, value, why);
	return err == -ENOENT ? refuse(why, -EINVAL, "unknown option --%.64s",
				       name) : err;
}

/* A second value would take the place of the first, be it the larger one. */
static int once(const char **seen, const char *name, struct refusal *why)
{
	for (; *seen; seen++)
		if (!strcmp(*seen, name))
			return refuse(why, -EINVAL,
				      "--%.64s: given twice, and a hook takes one",
				      name);
	*seen = name;
	return 0;
}

/*
 * Read the arguments. Where they are wrong, out still has those before the wrong
 * one, --optional wherever it stands.
 */
int options_read(int argc, char **argv, struct options *out,
		 struct refusal *why)
{
	const char *seen[SEEN_MAX] = { NULL };
	bool *flag, apart;
	char *value;
	int i, err = 0;

	*out = (struct options){ .claim = claim_empty(SOURCE) };
	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--optional"))
			out->optional = true;
	for (i = 1; i < argc && !err; i++) {
		if (strncmp(argv[i], "--", 2))
			return refuse(why, -EINVAL, "%.64s is no option",
				      argv[i]);
		flag = flag_of(out, argv[i] + 2);
		if (flag) {
			*flag = true;
			continue;
		}
		value = strchr(argv[i], '=');
		apart = !value && i + 1 < argc;
		if (value)
			*value++ = '\0';
		else if (apart)
			value = argv[i + 1];
		if (!value)
			return refuse(why, -EINVAL,
				      "%.64s is unknown, or needs a value",
				      argv[i]);
		err = once(seen, argv[i] + 2, why);
		if (!err)
			err = take(out, argv[i] + 2, value, why);
		i += apart;
	}
	return err;
}

void options_help(void)
{
	puts("usage: vgpu-oci-hook [OPTION]... <STATE\n"
	     "\n"
	     "A createRuntime hook of OCI runtimes: gives a container its quota of the\n"
	     "devices before its entrypoint runs, and fails the container if it cannot.\n"
	     "\n"
	     "  --device DEVICE     what the next four are about; every device without it\n"
	     "  --memory SIZE       4G, 512MiB, 50% of the device\n"
	     "  --compute PERCENT   of the device's time, 0.01 to 100\n"
	     "  --weight N          1 to 10000\n"
	     "  --priority LEVEL    high, normal or low\n"
	     "  --trust-env         take quotas from the container's environment too\n"
	     "  --checkpoint FILE   of the kubelet\n"
	     "  --optional          let the container start when something fails\n"
	     "  --dry-run           print the quotas, and set none\n"
	     "  --verbose           print to standard error what goes to the log\n"
	     "  --help, --version");
}
