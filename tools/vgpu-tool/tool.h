/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the commands of vgpu-tool share: the context that is passed down, how
 * they are found, how they read their arguments and how they fail.
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vgpu/vgpu.h>

#include "array.h"

/* Exit statuses. */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1,	/* refused or failed */
	STATUS_USAGE = 2,
	STATUS_ABSENT = 3,	/* no module, or no such device */
	STATUS_PARTIAL = 4,	/* some of what was asked was done */
};

/**
 * struct tool - the context
 * @ctx: the library's
 * @command: the command that runs
 * @json: print JSON
 * @pretty: and indent it
 * @where: file and line that messages are about, or NULL
 */
struct tool {
	struct vgpu_ctx *ctx;
	const struct command *command;
	bool json;
	bool pretty;
	const char *where;
};

/**
 * struct command - one of vgpu-tool's commands
 * @noun: first word
 * @verb: second word, or NULL
 * @run: gets what follows the words; returns the exit status
 * @usage: its arguments
 * @help: what it does, one line for each argument
 */
struct command {
	const char *noun;
	const char *verb;
	int (*run)(struct tool *tool, int argc, char **argv);
	const char *usage;
	const char *help;
};

int cmd_device_list(struct tool *tool, int argc, char **argv);
int cmd_device_show(struct tool *tool, int argc, char **argv);
int cmd_driver_list(struct tool *tool, int argc, char **argv);
int cmd_driver_attach(struct tool *tool, int argc, char **argv);
int cmd_driver_detach(struct tool *tool, int argc, char **argv);
int cmd_group_list(struct tool *tool, int argc, char **argv);
int cmd_group_show(struct tool *tool, int argc, char **argv);
int cmd_group_set(struct tool *tool, int argc, char **argv);
int cmd_group_reset(struct tool *tool, int argc, char **argv);
int cmd_group_freeze(struct tool *tool, int argc, char **argv);
int cmd_group_thaw(struct tool *tool, int argc, char **argv);
int cmd_stat(struct tool *tool, int argc, char **argv);
int cmd_watch(struct tool *tool, int argc, char **argv);
int cmd_run(struct tool *tool, int argc, char **argv);
int cmd_trace_record(struct tool *tool, int argc, char **argv);
int cmd_top(struct tool *tool, int argc, char **argv);
int cmd_version(struct tool *tool, int argc, char **argv);
int cmd_doctor(struct tool *tool, int argc, char **argv);
int cmd_apply(struct tool *tool, int argc, char **argv);
int cmd_cdi_generate(struct tool *tool, int argc, char **argv);

extern const struct command commands[];
extern const size_t commands_n;

void tool_help(const struct command *command);
void tool_help_all(void);

/* One line on stderr, after the names of program and command. */
void tool_say(const struct tool *tool, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same with the name of an errno; returns the exit status for it. */
int tool_fail(const struct tool *tool, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The library's sentence for its last failure. */
int tool_fail_lib(const struct tool *tool, int err);
/* A wrong command line. */
int tool_usage(const struct tool *tool, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What args_next() gives beside the numbers of options. */
enum {
	ARG_STOP = -2,		/* after an error or --help: return the status */
	ARG_END = -1,
	ARG_WORD = 0,		/* not an option */
};

/**
 * struct arg_option - an option of a command
 * @name: without its dashes
 * @number: for args_next() to return, above 0
 * @value: it takes one
 */
struct arg_option {
	const char *name;
	int number;
	bool value;
};

/**
 * struct args - a command's arguments while they are read
 * @tool: the context
 * @argc: how many are left
 * @argv: those left
 * @options: the options, up to one without a name
 * @words_only: "--" was seen
 * @value: of the option, or the word
 * @status: the exit status after ARG_STOP
 */
struct args {
	struct tool *tool;
	int argc;
	char **argv;
	const struct arg_option *options;
	bool words_only;
	char *value;
	int status;
};

/**
 * struct arg_reader - what a command does with its arguments
 * @options: up to one without a name
 * @take: gets the number of each option and its value; returns an exit status,
 *	and what is not STATUS_OK ends the reading
 * @to: for @take
 * @word: the one word that the command takes, or NULL where it takes none
 */
struct arg_reader {
	const struct arg_option *options;
	int (*take)(struct tool *tool, void *to, int option, char *value);
	void *to;
	const char **word;
};

int args_next(struct args *args);
int args_read(struct tool *tool, int argc, char **argv,
	      const struct arg_reader *reader);
bool args_none(struct tool *tool, int argc, char **argv, int *status);

#endif /* TOOL_H */
