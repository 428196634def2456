// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool: the operator's view of vgpu.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

static const struct command *find(struct tool *tool, int argc, char **argv)
{
	bool noun = false;
	size_t i;

	for (i = 0; i < commands_n; i++) {
		const struct command *c = &commands[i];

		if (strcmp(c->noun, argv[0]))
			continue;
		noun = true;
		if (!c->verb || (argc > 1 && !strcmp(c->verb, argv[1])))
			return c;
	}
	if (!noun)
		tool_usage(tool, "unknown command %s", argv[0]);
	else if (argc < 2)
		tool_usage(tool, "%s needs a verb", argv[0]);
	else
		tool_usage(tool, "%s has no verb %s", argv[0], argv[1]);
	return NULL;
}

/* Help for all commands of a noun; false where there are none. */
static bool help_noun(const char *noun)
{
	bool found = false;
	size_t i;

	for (i = 0; i < commands_n; i++) {
		if (!strcmp(commands[i].noun, noun)) {
			tool_help(&commands[i]);
			found = true;
		}
	}
	return found;
}

/* Take one global option; false where there is none of that name. */
static bool global_option(struct tool *tool, const char *option)
{
	bool pretty = !strcmp(option, "-p") || !strcmp(option, "--pretty");

	if (!pretty && strcmp(option, "-j") && strcmp(option, "--json"))
		return false;
	tool->json = true;
	tool->pretty = tool->pretty || pretty;
	return true;
}

/*
 * Global options come before the noun. Returns how many words they are with the
 * program's name, or 0 where the status says all.
 */
static int global_options(struct tool *tool, int argc, char **argv,
			  int *status)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && global_option(tool, argv[i]))
		i++;
	if (i == argc) {
		*status = tool_usage(tool, "say what to do");
		return 0;
	}
	if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) {
		tool_help_all();
		*status = STATUS_OK;
		return 0;
	}
	if (argv[i][0] == '-') {
		*status = tool_usage(tool, "unknown option %s", argv[i]);
		return 0;
	}
	return i;
}

static int run(struct tool *tool, int argc, char **argv)
{
	int words, status = STATUS_OK;

	words = global_options(tool, argc, argv, &status);
	if (!words)
		return status;
	argc -= words;
	argv += words;
	if (argc == 2 && !strcmp(argv[1], "--help") && help_noun(argv[0]))
		return STATUS_OK;
	tool->command = find(tool, argc, argv);
	if (!tool->command)
		return STATUS_USAGE;
	words = tool->command->verb ? 2 : 1;
	return tool->command->run(tool, argc - words, argv + words);
}

int main(int argc, char **argv)
{
	struct tool tool = { 0 };
	int err, status;

	err = vgpu_ctx_create(&tool.ctx);
	if (err)
		return tool_fail(&tool, err, "cannot start");
	status = run(&tool, argc, argv);
	vgpu_ctx_free(tool.ctx);
	/* A full disk or a closed pipe must not look like success. */
	if (fclose(stdout) && status == STATUS_OK)
		status = tool_fail(&tool, -errno, "cannot write the output");
	return status;
}
