// SPDX-License-Identifier: GPL-2.0
/*
 * How commands fail, and how they read their arguments. Options have one name
 * each, in full: no abbreviation that a later option could make ambiguous.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"
#include "utf8.h"

static void __attribute__((format(printf, 2, 0)))
say(const struct tool *tool, const char *fmt, va_list args)
{
	const struct command *command = tool->command;
	char *text;

	/* A table on stdout may be half printed. */
	fflush(stdout);
	fputs("vgpu-tool: ", stderr);
	if (command)
		fprintf(stderr, "%s%s%s: ", command->noun,
			command->verb ? " " : "",
			command->verb ? command->verb : "");
	if (tool->where)
		fprintf(stderr, "%s: ", tool->where);
	/* The kernel names processes in it, and cgroups are named as they are. */
	if (vasprintf(&text, fmt, args) < 0)
		return;
	utf8_plain(text);
	fputs(text, stderr);
	free(text);
}

void tool_say(const struct tool *tool, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(tool, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

int tool_fail(const struct tool *tool, int err, const char *fmt, ...)
{
	const char *name = strerrorname_np(-err);
	va_list args;

	va_start(args, fmt);
	say(tool, fmt, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", name ? name : "unknown error");
	return err == -ENOPKG || err == -ENODEV ? STATUS_ABSENT :
						  STATUS_FAILED;
}

int tool_fail_lib(const struct tool *tool, int err)
{
	return tool_fail(tool, err, "%s", vgpu_ctx_error(tool->ctx));
}

int tool_usage(const struct tool *tool, const char *fmt, ...)
{
	const struct command *command = tool->command;
	va_list args;

	va_start(args, fmt);
	say(tool, fmt, args);
	va_end(args);
	fprintf(stderr, " (see vgpu-tool %s%s%s%s--help)\n",
		command ? command->noun : "", command ? " " : "",
		command && command->verb ? command->verb : "",
		command && command->verb ? " " : "");
	return STATUS_USAGE;
}

static int args_stop(struct args *args, int status)
{
	args->status = status;
	return ARG_STOP;
}

static int args_option(struct args *args, char *arg)
{
	const char *value = strchr(arg, '=');
	size_t len = value ? (size_t)(value - arg) : strlen(arg);
	const struct arg_option *o;

	for (o = args->options; o && o->name; o++)
		if (strlen(o->name) == len - 2 &&
		    !strncmp(o->name, arg + 2, len - 2))
			break;
	if (!o || !o->name)
		return args_stop(args, tool_usage(args->tool,
						  "unknown option %.*s",
						  (int)len, arg));
	if (!o->value && value)
		return args_stop(args, tool_usage(args->tool,
						  "--%s takes no value",
						  o->name));
	if (!o->value)
		return o->number;
	if (value) {
		args->value = arg + len + 1;
	} else if (args->argc) {
		args->value = *args->argv++;
		args->argc--;
	} else {
		return args_stop(args, tool_usage(args->tool,
						  "--%s needs a value",
						  o->name));
	}
	return o->number;
}

/*
 * The next argument: the number of an option, with its value; a word; the end;
 * or, after an error that was told, or after the help, a status to return.
 */
int args_next(struct args *args)
{
	char *arg;

	if (!args->argc)
		return ARG_END;
	arg = *args->argv++;
	args->argc--;
	if (!args->words_only && !strcmp(arg, "--")) {
		args->words_only = true;
		return args_next(args);
	}
	if (!args->words_only && !strcmp(arg, "--help")) {
		tool_help(args->tool->command);
		return args_stop(args, STATUS_OK);
	}
	if (!args->words_only && !strncmp(arg, "--", 2))
		return args_option(args, arg);
	if (!args->words_only && arg[0] == '-' && arg[1])
		return args_stop(args, tool_usage(args->tool,
						  "unknown option %s", arg));
	args->value = arg;
	return ARG_WORD;
}

/*
 * All arguments of a command, options and words in any order. Returns the exit
 * status, after telling what is wrong or the help, or -1 to go on.
 */
int args_read(struct tool *tool, int argc, char **argv,
	      const struct arg_reader *reader)
{
	struct args args = {
		.tool = tool,
		.argc = argc,
		.argv = argv,
		.options = reader->options,
	};
	int arg, status;

	while ((arg = args_next(&args)) >= 0) {
		if (arg != ARG_WORD) {
			status = reader->take(tool, reader->to, arg,
					      args.value);
			if (status)
				return status;
			continue;
		}
		if (!reader->word || *reader->word)
			return tool_usage(tool, "%s is one argument too many",
					  args.value);
		*reader->word = args.value;
	}
	return arg == ARG_STOP ? args.status : -1;
}

/*
 * For commands without arguments: true where the command may go on; else the
 * status to return.
 */
bool args_none(struct tool *tool, int argc, char **argv, int *status)
{
	const struct arg_reader none = { 0 };
	int ret = args_read(tool, argc, argv, &none);

	if (ret < 0)
		return true;
	*status = ret;
	return false;
}
