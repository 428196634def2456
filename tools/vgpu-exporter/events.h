/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The last events, and how many there were of each kind.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <vgpu/vgpu.h>

#define EVENTS_KEPT	50
/* Kinds of events, with one more for those of a newer module. */
#define EVENT_TYPES	(LIBVGPU_EVENT_GROUP_THAWED + 2)

/**
 * struct event_note - one event, cut to a bounded length
 * @seconds: when, in seconds since 1970
 * @type: what happened
 * @cgroup: path of the cgroup concerned, or ""
 * @device: name of the device concerned, or ""
 * @driver: of the driver, or ""
 * @route: of the route, or ""
 * @comm: of the task that caused it, or ""
 * @bytes: asked for, adopted or set
 * @limit: that refused
 * @count: how many like events it stands for
 */
struct event_note {
	uint64_t seconds;
	enum libvgpu_event_type type;
	char cgroup[256];
	char device[LIBVGPU_NAME_MAX];
	char driver[LIBVGPU_NAME_MAX];
	char route[LIBVGPU_NAME_MAX];
	char comm[32];
	uint64_t bytes;
	uint64_t limit;
	uint64_t count;
};

/**
 * struct events - what was received
 * @stream: from the module, NULL while there is none
 * @note: the last of them, a ring
 * @next: where the next goes
 * @n: how many are kept
 * @count: of each kind since the exporter began
 */
struct events {
	struct vgpu_event_stream *stream;
	struct event_note note[EVENTS_KEPT];
	unsigned int next;
	unsigned int n;
	uint64_t count[EVENT_TYPES];
};

void events_open(struct events *events, struct vgpu_ctx *ctx);
void events_close(struct events *events);
int events_fd(const struct events *events);
void events_read(struct events *events);
/* The @index-th newest, counted from 0, or NULL past the oldest. */
const struct event_note *events_at(const struct events *events,
				   unsigned int index);

#endif /* EVENTS_H */
