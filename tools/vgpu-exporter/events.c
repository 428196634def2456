// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "events.h"

/* Without the module there are no events; the next try comes with a sample. */
void events_open(struct events *events, struct vgpu_ctx *ctx)
{
	struct vgpu_event_stream *stream;

	if (!events->stream && !vgpu_event_open(ctx, NULL, &stream))
		events->stream = stream;
}

void events_close(struct events *events)
{
	vgpu_event_close(events->stream);
	events->stream = NULL;
}

int events_fd(const struct events *events)
{
	return events->stream ? vgpu_event_fd(events->stream) : -1;
}

/* Nanoseconds of CLOCK_BOOTTIME as seconds since 1970; 0 stands for now. */
static uint64_t wall_seconds(uint64_t boot_ns)
{
	struct timespec boot, now;
	int64_t ns;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &now);
	ns = boot_ns ? (int64_t)boot.tv_sec * 1000000000 + boot.tv_nsec -
		       (int64_t)boot_ns : 0;
	return (uint64_t)(now.tv_sec - ns / 1000000000);
}

static void take(struct events *events, const struct vgpu_event *event)
{
	struct event_note *note = &events->note[events->next];
	unsigned int type = vgpu_event_type(event);
	uint64_t count = vgpu_event_count(event);

	*note = (struct event_note){
		.seconds = wall_seconds(vgpu_event_time(event)),
		.type = vgpu_event_type(event),
		.bytes = vgpu_event_bytes(event),
		.limit = vgpu_event_limit(event),
		.count = count ? count : 1,
	};
	snprintf(note->cgroup, sizeof(note->cgroup), "%s",
		 vgpu_event_cgroup_path(event));
	snprintf(note->device, sizeof(note->device), "%s",
		 vgpu_event_device_name(event));
	snprintf(note->driver, sizeof(note->driver), "%s",
		 vgpu_event_driver(event));
	snprintf(note->route, sizeof(note->route), "%s",
		 vgpu_event_route(event));
	snprintf(note->comm, sizeof(note->comm), "%s", vgpu_event_comm(event));
	events->next = (events->next + 1) % EVENTS_KEPT;
	if (events->n < EVENTS_KEPT)
		events->n++;
	events->count[type < EVENT_TYPES ? type : EVENT_TYPES - 1] +=
		note->count;
}

/* Take what is there. A stream that fails is opened anew later. */
void events_read(struct events *events)
{
	struct vgpu_event *event;
	int err = 0;

	while (events->stream && !err) {
		err = vgpu_event_read(events->stream, &event);
		if (err)
			break;
		take(events, event);
		vgpu_event_free(event);
	}
	if (err && err != -EAGAIN)
		events_close(events);
}

const struct event_note *events_at(const struct events *events,
				   unsigned int index)
{
	if (index >= events->n)
		return NULL;
	return &events->note[(events->next + EVENTS_KEPT - 1 - index) %
			     EVENTS_KEPT];
}
