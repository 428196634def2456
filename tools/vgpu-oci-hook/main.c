// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-oci-hook: a container's quota, before its entrypoint runs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <vgpu/vgpu.h>

#include "apply.h"
#include "container.h"
#include "devices.h"
#include "file.h"
#include "log.h"
#include "options.h"
#include "sources.h"
#include "state.h"

#define STATE_MOST	(4 << 20)

static int read_state(struct state *state, struct refusal *why)
{
	char *text;
	size_t len;
	int err;

	err = file_read("-", STATE_MOST, &text, &len, why);
	if (err)
		return err;
	err = state_parse(text, state, why);
	free(text);
	return err;
}

/* Everything that needs the module. */
static int set_quotas(const struct state *state, const struct claims *claims,
		      struct notes *notes, struct refusal *why)
{
	struct quotas quotas;
	char path[PATH_MAX];
	struct vgpu_ctx *ctx;
	struct host host;
	int err;

	err = cgroup_of_container(state->pid, path, why);
	if (err)
		return err;
	err = vgpu_ctx_create(&ctx);
	if (err)
		return refuse(why, err, "out of memory");
	err = devices_read(ctx, &host, why);
	if (!err)
		err = resolve(claims, &host, &quotas, notes, why);
	if (!err)
		err = apply(ctx, path, &quotas, notes, why);
	vgpu_ctx_free(ctx);
	return err;
}

static int run(const struct options *options, struct notes *notes,
	       struct refusal *why)
{
	struct claims claims = { .n = 0 };
	struct quotas quotas;
	char text[QUOTA_TEXT];
	struct state state;
	size_t i;
	int err;

	err = read_state(&state, why);
	if (!err)
		err = sources_claims(options, state.bundle, &claims, notes, why);
	if (err || !claims.n)
		return err;
	if (!options->dry_run)
		return set_quotas(&state, &claims, notes, why);
	err = resolve(&claims, NULL, &quotas, notes, why);
	for (i = 0; !err && i < quotas.n; i++)
		puts(quota_text(&quotas.item[i], text));
	return err;
}

int main(int argc, char **argv)
{
	static struct notes notes;
	struct refusal why = { "" };
	struct options options;
	size_t i;
	int err;

	err = options_read(argc, argv, &options, &why);
	if (!err && (options.help || options.version)) {
		if (options.help)
			options_help();
		else
			puts("vgpu-oci-hook " TOOL_VERSION);
		return fclose(stdout) ? 1 : 0;
	}
	log_open(options.verbose);
	if (!err)
		err = run(&options, &notes, &why);
	for (i = 0; i < notes.n; i++)
		log_note(notes.text[i]);
	if (fclose(stdout) && !err)
		err = refuse(&why, -errno, "cannot write the output");
	if (!err)
		return 0;
	log_failure(why.text, options.optional ?
			      "the container starts without a quota" :
			      "the container does not start");
	return !options.optional;
}
