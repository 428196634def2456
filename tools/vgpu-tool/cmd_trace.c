// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool trace record
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "output.h"
#include "tracefs.h"

#define SECONDS_MIN	0.1
#define SECONDS_MAX	3600
#define POLL_MS		100

enum {
	OPT_SECONDS = 1,
	OPT_OUTPUT,
};

/**
 * struct record - a recording and its arguments
 * @tool: the context
 * @ms: for how long, 0 until a signal comes
 * @output: name of the file
 * @out: the file
 * @trace: what was recorded
 * @names: for it
 */
struct record {
	struct tool *tool;
	int64_t ms;
	const char *output;
	FILE *out;
	struct trace trace;
	struct trace_names names;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static int take(struct tool *tool, void *to, int option, char *value)
{
	struct record *record = to;
	double seconds;
	char *end;

	if (option == OPT_OUTPUT) {
		record->output = value;
		return STATUS_OK;
	}
	seconds = strtod(value, &end);
	/* Written so that what is no number fails it. */
	if (*value < '0' || *value > '9' || *end ||
	    !(seconds >= SECONDS_MIN && seconds <= SECONDS_MAX))
		return tool_usage(tool,
				  "--seconds %s: it takes seconds, 0.1 to 3600",
				  value);
	record->ms = (int64_t)(seconds * 1000);
	return STATUS_OK;
}

/* Until the time is over or a signal comes. */
static int record_all(struct record *record, struct tracefs *tracefs,
		      int signals)
{
	struct pollfd fd = { .fd = signals, .events = POLLIN };
	uint64_t end = now_ns() + (uint64_t)record->ms * 1000000;
	int err, n = 0;

	do {
		err = tracefs_read(tracefs, &record->trace);
		if (!err)
			n = poll(&fd, 1, POLL_MS);
	} while (!err && !n && (!record->ms || now_ns() < end));
	if (!err)
		err = tracefs_stop(tracefs);
	if (!err)
		err = tracefs_read(tracefs, &record->trace);
	return err ? err : trace_end(&record->trace, now_ns());
}

static int record_traced(struct record *record)
{
	struct tool *tool = record->tool;
	struct tracefs *tracefs;
	int err, signals, status;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		return tool_fail(tool, -errno, "cannot start");
	tracefs = malloc(sizeof(*tracefs));
	status = tracefs ? tracefs_open(tool, tracefs) :
			   tool_fail(tool, -ENOMEM, "out of memory");
	if (!status) {
		err = record_all(record, tracefs, signals);
		if (err)
			status = tool_fail(tool, err, "cannot trace: %s",
					   strerror(-err));
		tracefs_close(tracefs);
	}
	free(tracefs);
	close(signals);
	return status;
}

static int say_done(struct record *record)
{
	const struct trace *trace = &record->trace;
	struct json_object *object;

	if (!record->tool->json) {
		printf("%s: %llu events on %zu tracks, %llu lost\n",
		       record->output, (unsigned long long)trace->events,
		       trace->timeline.n, (unsigned long long)trace->lost);
		return STATUS_OK;
	}
	object = json_object_new_object();
	json_put_text(object, "file", record->output);
	json_put_number(object, "events", trace->events);
	json_put_number(object, "tracks", trace->timeline.n);
	json_put_number(object, "lost", trace->lost);
	return output_json(record->tool, object);
}

static int write_all(struct record *record)
{
	struct vgpu_ctx *ctx = record->tool->ctx;
	int err;

	/* A cgroup may have come or gone meanwhile. */
	err = vgpu_group_list_get(ctx, NULL, &record->names.after);
	if (!err)
		err = vgpu_device_list_get(ctx, &record->names.devices);
	if (err)
		return tool_fail_lib(record->tool, err);
	trace_write(&record->trace, &record->names, record->out);
	if (fflush(record->out) || ferror(record->out))
		return tool_fail(record->tool, -errno, "%s: %s",
				 record->output, strerror(errno));
	return say_done(record);
}

static int record_args(struct record *record, int argc, char **argv)
{
	static const struct arg_option options[] = {
		{ "seconds", OPT_SECONDS, true },
		{ "output", OPT_OUTPUT, true },
		{ 0 },
	};
	int status;

	status = args_read(record->tool, argc, argv, &(struct arg_reader){
		options, take, record, NULL,
	});
	if (status >= 0)
		return status;
	if (!record->output)
		return tool_usage(record->tool,
				  "name the file to write with --output");
	return -1;
}

int cmd_trace_record(struct tool *tool, int argc, char **argv)
{
	struct record record = { .tool = tool };
	int err, status;

	status = record_args(&record, argc, argv);
	if (status >= 0)
		return status;
	err = vgpu_group_list_get(tool->ctx, NULL, &record.names.before);
	if (err)
		return tool_fail_lib(tool, err);
	status = STATUS_OK;
	record.out = fopen(record.output, "we");
	if (!record.out)
		status = tool_fail(tool, -errno, "%s: %s", record.output,
				   strerror(errno));
	if (!status)
		status = record_traced(&record);
	if (!status)
		status = write_all(&record);
	if (record.out && fclose(record.out) && !status)
		status = tool_fail(tool, -errno, "%s: %s", record.output,
				   strerror(errno));
	trace_free(&record.trace);
	vgpu_group_list_free(record.names.before);
	vgpu_group_list_free(record.names.after);
	vgpu_device_list_free(record.names.devices);
	return status;
}
