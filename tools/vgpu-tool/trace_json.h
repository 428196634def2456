/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recording, and how it is written for viewers of traces.
 */
#ifndef TRACE_JSON_H
#define TRACE_JSON_H

#include <stdio.h>

#include <vgpu/vgpu.h>

#include "timeline.h"
#include "trace_line.h"

/**
 * struct trace_mark - something that happened at one moment
 * @time: ns
 * @track: index of the track that it belongs to
 * @kind: of the event
 * @fields: of the event; owned
 */
struct trace_mark {
	uint64_t time;
	size_t track;
	enum trace_kind kind;
	char *fields;
};

/**
 * struct trace - a recording
 * @timeline: what lasted
 * @mark: what did not; owned
 * @marks: of them
 * @room: how many fit before the next growth
 * @events: that were read
 * @lost: that the kernel had no room for
 */
struct trace {
	struct timeline timeline;
	struct trace_mark *mark;
	size_t marks;
	size_t room;
	uint64_t events;
	uint64_t lost;
};

/**
 * struct trace_names - where names come from
 * @before: the groups as the recording began
 * @after: as it ended
 * @devices: all of them
 */
struct trace_names {
	struct vgpu_group_list *before;
	struct vgpu_group_list *after;
	struct vgpu_device_list *devices;
};

int trace_take(struct trace *trace, const struct trace_event *event);
int trace_end(struct trace *trace, uint64_t now);
void trace_write(struct trace *trace, const struct trace_names *names,
		 FILE *out);
void trace_free(struct trace *trace);

#endif /* TRACE_JSON_H */
