// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool watch
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

enum {
	OPT_COUNT = 1,
	OPT_DELEGATE,
};

static void put_id(struct json_object *object, const char *key, uint64_t id)
{
	if (id)
		json_put_number(object, key, id);
	else
		json_put_null(object, key);
}

static struct json_object *event_json(const struct vgpu_event *event)
{
	struct json_object *object = json_object_new_object();

	json_put_text(object, "type",
		      vgpu_event_type_name(vgpu_event_type(event)));
	json_put_number(object, "time_ns", vgpu_event_time(event));
	put_id(object, "cgroup_id", vgpu_event_cgroup_id(event));
	json_put_text(object, "cgroup", vgpu_event_cgroup_path(event));
	put_id(object, "limiting_id", vgpu_event_limiting_id(event));
	put_id(object, "device_id", vgpu_event_device_id(event));
	json_put_text(object, "device", vgpu_event_device_name(event));
	json_put_text(object, "driver", vgpu_event_driver(event));
	json_put_text(object, "route", vgpu_event_route(event));
	put_id(object, "pid", vgpu_event_pid(event));
	json_put_text(object, "comm", vgpu_event_comm(event));
	json_put_limit(object, "bytes", vgpu_event_bytes(event));
	json_put_limit(object, "limit", vgpu_event_limit(event));
	json_put_number(object, "count", vgpu_event_count(event));
	return object;
}

/* Wait for an event, or for whoever reads our output to go away. */
static int wait_event(struct tool *tool, struct vgpu_event_stream *stream)
{
	struct pollfd fds[] = {
		{ .fd = vgpu_event_fd(stream), .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};

	if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
		return tool_fail(tool, -errno, "cannot wait for events");
	if (fds[1].revents & (POLLERR | POLLHUP))
		return STATUS_FAILED;
	return -1;
}

static int watch(struct tool *tool, struct vgpu_event_stream *stream,
		 unsigned long count)
{
	struct vgpu_event *event;
	unsigned long n = 0;
	int err, status;

	while (!count || n < count) {
		err = vgpu_event_read(stream, &event);
		if (err == -EAGAIN) {
			status = wait_event(tool, stream);
			if (status >= 0)
				return status;
			continue;
		}
		if (err)
			return tool_fail(tool, err, "cannot read an event");
		status = output_json(tool, event_json(event));
		vgpu_event_free(event);
		if (status)
			return status;
		n++;
	}
	return STATUS_OK;
}

static int read_count(struct tool *tool, const char *text,
		      unsigned long *count)
{
	char *end;

	errno = 0;
	*count = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !*count)
		return tool_usage(tool, "--count %s: it takes a number above 0",
				  text);
	return STATUS_OK;
}

/**
 * struct watch_args - the arguments
 * @delegate: as typed
 * @count: of events, 0 for no end
 */
struct watch_args {
	const char *delegate;
	unsigned long count;
};

static int take(struct tool *tool, void *to, int option, char *value)
{
	struct watch_args *args = to;

	if (option == OPT_COUNT)
		return read_count(tool, value, &args->count);
	args->delegate = value;
	return STATUS_OK;
}

int cmd_watch(struct tool *tool, int argc, char **argv)
{
	static const struct arg_option options[] = {
		{ "count", OPT_COUNT, true },
		{ "delegate", OPT_DELEGATE, true },
		{ 0 },
	};
	struct vgpu_event_opts opts = { .sz = sizeof(opts) };
	struct vgpu_event_stream *stream;
	struct watch_args args = { 0 };
	int err, status;

	status = args_read(tool, argc, argv, &(struct arg_reader){
		options, take, &args, NULL,
	});
	if (status >= 0)
		return status;
	if (args.delegate) {
		opts.cgroup_fd = open(args.delegate,
				      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (opts.cgroup_fd < 0)
			return tool_fail(tool, -errno, "--delegate %s: %s",
					 args.delegate, strerror(errno));
	}
	/* One object a line, whatever the caller likes elsewhere. */
	tool->pretty = false;
	err = vgpu_event_open(tool->ctx, &opts, &stream);
	if (args.delegate)
		close(opts.cgroup_fd);
	if (err)
		return tool_fail_lib(tool, err);
	status = watch(tool, stream, args.count);
	vgpu_event_close(stream);
	return status;
}
