// SPDX-License-Identifier: GPL-2.0
/*
 * A recording in the trace event format of Chrome, which Perfetto reads: a
 * process for each device, and in it a thread for each group, whose slices do
 * not overlap. The format is described in Documentation/tracepoints.rst.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "names.h"
#include "tool.h"
#include "trace_json.h"
#include "utf8.h"

static const struct {
	const char *name;
	const char *color;
} states[] = {
	[TIMELINE_RUNNING] = { "running", "good" },
	[TIMELINE_FROZEN] = { "frozen", "terrible" },
	[TIMELINE_CAPPED] = { "capped", "bad" },
	[TIMELINE_TURN] = { "waiting for its turn", "yellow" },
	[TIMELINE_SUSPENDED] = { "suspended", "grey" },
};

static enum timeline_state state_of(const struct trace_event *event)
{
	if (event->kind == TRACE_RUN)
		return TIMELINE_RUNNING;
	switch (event->why) {
	case TRACE_FROZEN:
		return TIMELINE_FROZEN;
	case TRACE_CAP:
		return TIMELINE_CAPPED;
	default:
		return TIMELINE_TURN;
	}
}

static int add_mark(struct trace *trace, const struct trace_event *event,
		    size_t track)
{
	size_t room = trace->room ? 2 * trace->room : 64;
	struct trace_mark *grown;
	char *fields;

	if (trace->marks == trace->room) {
		grown = reallocarray(trace->mark, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		trace->mark = grown;
		trace->room = room;
	}
	fields = strdup(event->fields);
	if (!fields)
		return -ENOMEM;
	trace->mark[trace->marks++] = (struct trace_mark){
		.time = event->time,
		.track = track,
		.kind = event->kind,
		.fields = fields,
	};
	return 0;
}

/* Keep an event. Returns 0 or -ENOMEM. */
int trace_take(struct trace *trace, const struct trace_event *event)
{
	struct timeline_track *track;
	size_t index;
	int err;

	if (event->kind == TRACE_LOST) {
		trace->lost += event->count;
		return 0;
	}
	trace->events++;
	err = timeline_track(&trace->timeline, event->cgroup, event->device,
			     event->engine, &index);
	if (err)
		return err;
	track = &trace->timeline.track[index];
	switch (event->kind) {
	case TRACE_RUN:
	case TRACE_THROTTLE:
		return timeline_add(track, state_of(event), event->start,
				    event->start + event->ns);
	case TRACE_SUSPEND:
	case TRACE_RESUME:
		return timeline_turn(track, TIMELINE_SUSPENDED,
				     event->kind == TRACE_SUSPEND,
				     event->time);
	case TRACE_SHARE:
		err = timeline_turn(track, TIMELINE_FROZEN, event->frozen,
				    event->time);
		return err ? err : add_mark(trace, event, index);
	default:
		return add_mark(trace, event, index);
	}
}

/* What holds now held until now. */
int trace_end(struct trace *trace, uint64_t now)
{
	unsigned int state;
	int err = 0;
	size_t i;

	for (i = 0; i < trace->timeline.n; i++)
		for (state = 0; state < TIMELINE_STATES && !err; state++)
			err = timeline_turn(&trace->timeline.track[i], state,
					    false, now);
	return err;
}

/**
 * struct writing - while a recording is written
 * @out: where
 * @first: nothing was written yet
 * @track: whose slices these are
 * @tid: its number
 */
struct writing {
	FILE *out;
	bool first;
	const struct timeline_track *track;
	size_t tid;
};

/* Begin an event; its own members and the end of the object follow. */
static void begin(struct writing *w, const char *phase, const char *name)
{
	struct json_object *text = json_object_new_string(name);

	fprintf(w->out, "%s{\"ph\":\"%s\",\"name\":%s,\"pid\":%" PRIu32
		",\"tid\":%zu", w->first ? "" : ",\n", phase,
		json_object_to_json_string_ext(text,
					       JSON_C_TO_STRING_NOSLASHESCAPE),
		w->track->device, w->tid);
	w->first = false;
	json_object_put(text);
}

/* Times are microseconds, and keep their nanoseconds behind the point. */
static void put_time(struct writing *w, const char *key, uint64_t ns)
{
	fprintf(w->out, ",\"%s\":%" PRIu64 ".%03u", key, ns / 1000,
		(unsigned int)(ns % 1000));
}

static void put_slice(void *arg, const struct timeline_slice *slice)
{
	struct writing *w = arg;

	begin(w, "X", states[slice->state].name);
	fprintf(w->out, ",\"cat\":\"vgpu\",\"cname\":\"%s\"",
		states[slice->state].color);
	put_time(w, "ts", slice->start);
	put_time(w, "dur", slice->end - slice->start);
	fputc('}', w->out);
}

static void put_args(struct writing *w, struct json_object *args)
{
	fprintf(w->out, ",\"args\":%s}",
		json_object_to_json_string_ext(args,
					       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(args);
}

/* A name is what a viewer calls a process or a thread. */
static void put_name(struct writing *w, const char *what, const char *name)
{
	struct json_object *args = json_object_new_object();

	begin(w, "M", what);
	json_object_object_add(args, "name", json_object_new_string(name));
	put_args(w, args);
}

/* "name=value name=value" as an object; the fields are taken apart. */
static struct json_object *fields_json(char *fields)
{
	struct json_object *args = json_object_new_object();
	char *name, *value, *rest, *end;
	unsigned long long number;

	for (name = strtok_r(fields, " ", &rest); name;
	     name = strtok_r(NULL, " ", &rest)) {
		value = strchr(name, '=');
		if (!value)
			continue;
		*value++ = '\0';
		number = strtoull(value, &end, 10);
		json_object_object_add(args, name, *value && !*end ?
				       json_object_new_uint64(number) :
				       json_object_new_string(value));
	}
	return args;
}

static const char *path_in(const struct vgpu_group_list *list, uint64_t id)
{
	const struct vgpu_group *group;
	size_t i;

	for (i = 0; list && (group = vgpu_group_list_at(list, i)); i++)
		if (vgpu_group_id(group) == id)
			return vgpu_group_path(group);
	return "";
}

static void put_track_name(struct writing *w, const struct trace_names *names)
{
	const char *path = path_in(names->before, w->track->cgroup);
	char *name, id[32];
	int n;

	if (!*path)
		path = path_in(names->after, w->track->cgroup);
	if (!*path) {
		snprintf(id, sizeof(id), "id:%" PRIu64, w->track->cgroup);
		path = id;
	}
	if (w->track->engine)
		n = asprintf(&name, "%s (%s)", path,
			     name_engine(w->track->engine));
	else
		n = asprintf(&name, "%s", path);
	if (n < 0)
		return;
	utf8_mend(name);
	put_name(w, "thread_name", name);
	free(name);
}

static void put_device_names(struct writing *w,
			     const struct trace_names *names)
{
	struct timeline_track track = { 0 };
	const struct vgpu_device *dev;
	size_t i;

	w->track = &track;
	for (i = 0; (dev = vgpu_device_list_at(names->devices, i)); i++) {
		track.device = vgpu_device_id(dev);
		put_name(w, "process_name", vgpu_device_name(dev));
	}
}

static void put_marks(struct trace *trace, struct writing *w)
{
	struct trace_mark *mark;
	size_t i;

	for (i = 0; i < trace->marks; i++) {
		mark = &trace->mark[i];
		w->track = &trace->timeline.track[mark->track];
		w->tid = mark->track + 1;
		begin(w, "i", mark->kind == TRACE_SHARE ? "share set" :
							  "memory refused");
		fprintf(w->out, ",\"cat\":\"vgpu\",\"s\":\"t\"");
		put_time(w, "ts", mark->time);
		put_args(w, fields_json(mark->fields));
	}
}

/* Write all of it; whether that went well is for the caller to ask. */
void trace_write(struct trace *trace, const struct trace_names *names,
		 FILE *out)
{
	struct writing w = { .out = out, .first = true };
	size_t i;

	fputs("{\"displayTimeUnit\":\"ns\",\n", out);
	fprintf(out, "\"otherData\":{\"clock\":\"CLOCK_MONOTONIC\",\"events\":%"
		PRIu64 ",\"lost\":%" PRIu64 "},\n", trace->events,
		trace->lost);
	fputs("\"traceEvents\":[\n", out);
	put_device_names(&w, names);
	for (i = 0; i < trace->timeline.n; i++) {
		w.track = &trace->timeline.track[i];
		w.tid = i + 1;
		put_track_name(&w, names);
		timeline_walk(&trace->timeline.track[i], put_slice, &w);
	}
	put_marks(trace, &w);
	fputs("\n]}\n", out);
}

void trace_free(struct trace *trace)
{
	timeline_free(&trace->timeline);
	while (trace->marks)
		free(trace->mark[--trace->marks].fields);
	free(trace->mark);
}
