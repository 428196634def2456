// SPDX-License-Identifier: GPL-2.0
/*
 * An instance of the kernel's trace, with the events of vgpu and no others.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tracefs.h"

/* For each CPU; at 60 bytes an event, what 100,000 jobs a second leave in 1 s. */
#define BUFFER_KB	"8192"

static const char * const roots[] = {
	"/sys/kernel/tracing", "/sys/kernel/debug/tracing",
};

static int write_file(struct tracefs *tracefs, const char *name,
		      const char *text)
{
	char path[PATH_MAX];
	int fd, err = 0;

	if (snprintf(path, sizeof(path), "%s/%s", tracefs->dir, name) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int make_instance(struct tracefs *tracefs)
{
	char instances[PATH_MAX];
	int err = -ENOENT;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(roots); i++) {
		snprintf(instances, sizeof(instances), "%s/instances",
			 roots[i]);
		if (access(instances, F_OK))
			continue;
		snprintf(tracefs->dir, sizeof(tracefs->dir),
			 "%s/instances/vgpu-tool-%d", roots[i], getpid());
		err = mkdir(tracefs->dir, 0700) ? -errno : 0;
		break;
	}
	if (err == -ENOENT)
		return tool_fail(tracefs->tool, err,
				 "the kernel's trace is not mounted at %s; mount -t tracefs none %s",
				 roots[0], roots[0]);
	if (err)
		return tool_fail(tracefs->tool, err, "cannot make %s: %s",
				 tracefs->dir, strerror(-err));
	return STATUS_OK;
}

static int choose(struct tracefs *tracefs)
{
	char name[64];
	unsigned int kind;
	int err;

	/* Of what the events themselves tell. */
	err = write_file(tracefs, "trace_clock", "mono");
	if (!err)
		err = write_file(tracefs, "buffer_size_kb", BUFFER_KB);
	for (kind = TRACE_RUN; kind < TRACE_KINDS && !err; kind++) {
		snprintf(name, sizeof(name), "events/vgpu/%s/enable",
			 trace_kind_name(kind));
		err = write_file(tracefs, name, "1");
	}
	return err;
}

static int open_pipe(struct tracefs *tracefs)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/trace_pipe", tracefs->dir) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	tracefs->pipe = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return tracefs->pipe < 0 ? -errno : 0;
}

/* Start to trace. Returns the exit status, after telling what is wrong. */
int tracefs_open(struct tool *tool, struct tracefs *tracefs)
{
	int err, status;

	tracefs->tool = tool;
	tracefs->pipe = -1;
	tracefs->len = 0;
	status = make_instance(tracefs);
	if (status)
		return status;
	err = open_pipe(tracefs);
	if (!err)
		err = choose(tracefs);
	if (!err)
		return STATUS_OK;
	status = tool_fail(tool, err, "cannot trace: %s", strerror(-err));
	tracefs_close(tracefs);
	return status;
}

/* What was traced until now is still to be read. */
int tracefs_stop(struct tracefs *tracefs)
{
	return write_file(tracefs, "tracing_on", "0");
}

/* Take whole lines; what is left is the beginning of one. */
static int take_lines(struct tracefs *tracefs, struct trace *trace)
{
	struct trace_event event;
	char *line = tracefs->buf, *end;
	size_t left = tracefs->len;
	int err = 0;

	while (!err && (end = memchr(line, '\n', left))) {
		*end = '\0';
		if (!trace_line_parse(line, &event))
			err = trace_take(trace, &event);
		left -= (size_t)(end + 1 - line);
		line = end + 1;
	}
	/* A line as long as this is none of ours. */
	if (left == sizeof(tracefs->buf))
		left = 0;
	memmove(tracefs->buf, line, left);
	tracefs->len = left;
	return err;
}

/* Read what there is. Returns 0 or a negative errno. */
int tracefs_read(struct tracefs *tracefs, struct trace *trace)
{
	ssize_t n;
	int err;

	for (;;) {
		n = read(tracefs->pipe, tracefs->buf + tracefs->len,
			 sizeof(tracefs->buf) - tracefs->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (!n)
			return 0;
		tracefs->len += (size_t)n;
		err = take_lines(tracefs, trace);
		if (err)
			return err;
	}
}

void tracefs_close(struct tracefs *tracefs)
{
	if (tracefs->pipe >= 0)
		close(tracefs->pipe);
	if (rmdir(tracefs->dir))
		tool_say(tracefs->tool, "cannot remove %s: %s", tracefs->dir,
			 strerror(errno));
}
