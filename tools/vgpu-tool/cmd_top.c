// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool top
 */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "top.h"

#define INTERVAL_MS	2000
#define INTERVAL_MIN_MS	100
#define INTERVAL_MAX_MS	3600000

enum {
	OPT_INTERVAL = 1,
	OPT_ONCE,
};

static void print_row(struct table *table, const struct top_row *row)
{
	char text[SIZE_TEXT];
	enum top_column c;

	table_cell(table, "%s", row->device);
	table_size(table, row->used);
	table_size(table, row->limit);
	if (row->limit == LIBVGPU_UNLIMITED)
		table_cell(table, "-");
	else
		table_cell(table, "%" PRIu64 "%%", row->share / 100);
	for (c = TOP_TIME; c < TOP_COLUMNS; c++) {
		top_cell(row, c, text);
		table_cell(table, "%s", text);
	}
	table_cell(table, "%s", row->cgroup);
}

static int print_once(struct tool *tool, struct top *top)
{
	struct table table = {
		.head = { "DEVICE", ">USED", ">LIMIT", ">OF LIMIT", ">TIME",
			  ">WAIT/RUN", ">HELD", ">REFUSED", ">OBJECTS",
			  "CGROUP" },
		.columns = 10,
	};
	struct json_object *array;
	size_t i;
	int err;

	err = top_collect(tool, top);
	if (err)
		return tool_fail_lib(tool, err);
	if (tool->json) {
		array = json_object_new_array();
		for (i = 0; i < top->n; i++)
			json_object_array_add(array,
					      stats_json(vgpu_stats_list_at(top->list, i)));
		return output_json(tool, array);
	}
	for (i = 0; i < top->n; i++)
		print_row(&table, &top->row[i]);
	table_print(&table);
	return STATUS_OK;
}

static int read_interval(struct tool *tool, const char *text, int *ms)
{
	char *end;
	double s = strtod(text, &end);

	/* Written so that what is no number fails it. */
	if (*text < '0' || *text > '9' || *end ||
	    !(s * 1000 >= INTERVAL_MIN_MS && s * 1000 <= INTERVAL_MAX_MS))
		return tool_usage(tool, "--interval %s: it takes seconds, 0.1 to 3600",
				  text);
	*ms = (int)(s * 1000);
	return STATUS_OK;
}

/**
 * struct top_args - the arguments
 * @interval_ms: between two tables
 * @once: print only one
 */
struct top_args {
	int interval_ms;
	bool once;
};

static int take(struct tool *tool, void *to, int option, char *value)
{
	struct top_args *args = to;

	if (option == OPT_INTERVAL)
		return read_interval(tool, value, &args->interval_ms);
	args->once = true;
	return STATUS_OK;
}

int cmd_top(struct tool *tool, int argc, char **argv)
{
	static const struct arg_option options[] = {
		{ "interval", OPT_INTERVAL, true },
		{ "once", OPT_ONCE, false },
		{ 0 },
	};
	struct top_args args = { .interval_ms = INTERVAL_MS };
	struct top top = { .sort = TOP_USED };
	int err, status;

	status = args_read(tool, argc, argv, &(struct arg_reader){
		options, take, &args, NULL,
	});
	if (status >= 0)
		return status;
	top.interval_ms = args.interval_ms;
	if (args.once || tool->json || !isatty(STDOUT_FILENO) ||
	    !isatty(STDIN_FILENO)) {
		status = print_once(tool, &top);
	} else {
		/* What fails at once is told on a terminal as it was. */
		err = top_collect(tool, &top);
		status = err ? tool_fail_lib(tool, err) : top_live(tool, &top);
	}
	top_free(&top);
	return status;
}
