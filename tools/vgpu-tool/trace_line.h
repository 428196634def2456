/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of the kernel's trace, as far as they are about time.
 */
#ifndef TRACE_LINE_H
#define TRACE_LINE_H

#include <stdint.h>

enum trace_kind {
	TRACE_LOST,
	TRACE_RUN,
	TRACE_THROTTLE,
	TRACE_SUSPEND,
	TRACE_RESUME,
	TRACE_REFUSE,
	TRACE_SHARE,
	TRACE_KINDS,
};

/* As in the field of that name. */
enum trace_why {
	TRACE_TURN,
	TRACE_CAP,
	TRACE_FROZEN,
};

/**
 * struct trace_event - an event
 * @kind: what; of a TRACE_LOST, only @count is there
 * @time: when it was told, CLOCK_MONOTONIC ns
 * @cgroup: id
 * @device: id
 * @engine: of the library's engine classes, 0 where the event names none
 * @start: of what ended, CLOCK_MONOTONIC ns; with @ns and @why of a TRACE_RUN
 *	or a TRACE_THROTTLE
 * @ns: how long it was
 * @why: it waited
 * @frozen: of a TRACE_SHARE: the group is
 * @count: events that the kernel had no room for
 * @fields: all of them as the line has them, "name=value name=value"
 */
struct trace_event {
	enum trace_kind kind;
	uint64_t time;
	uint64_t cgroup;
	uint32_t device;
	uint32_t engine;
	uint64_t start;
	uint64_t ns;
	enum trace_why why;
	uint64_t frozen;
	uint64_t count;
	const char *fields;
};

const char *trace_kind_name(enum trace_kind kind);
int trace_line_parse(const char *line, struct trace_event *event);

#endif /* TRACE_LINE_H */
