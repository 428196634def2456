// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of the kernel's trace:
 *
 *   glmark2-590  [000] d..1.  12.345678: vgpu_run: cgroup=5 device=1 ...
 *
 * They begin with a name that a tenant chose, which may hold anything that fits
 * into 15 characters. So a line is read from its end: the event is behind the
 * last colon that one can be behind, and no name is long enough for one with
 * all of its fields.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "trace_line.h"

#define NS_PER_SEC	1000000000ULL

static const char * const names[] = {
	[TRACE_RUN] = "vgpu_run",
	[TRACE_THROTTLE] = "vgpu_throttle",
	[TRACE_SUSPEND] = "vgpu_suspend",
	[TRACE_RESUME] = "vgpu_resume",
	[TRACE_REFUSE] = "vgpu_refuse",
	[TRACE_SHARE] = "vgpu_share",
};

static const char * const engines[] = { "compute", "copy", "video" };
static const char * const whys[] = {
	[TRACE_TURN] = "turn",
	[TRACE_CAP] = "cap",
	[TRACE_FROZEN] = "frozen",
};

/* Name of the tracepoint, NULL where there is none. */
const char *trace_kind_name(enum trace_kind kind)
{
	return kind < TRACE_KINDS ? names[kind] : NULL;
}

/* The last ": vgpu_" of a line. */
static const char *last_event(const char *line)
{
	const char *at, *last = NULL;

	for (at = line; (at = strstr(at, ": vgpu_")); at++)
		last = at;
	return last;
}

/* What follows "name=" among the fields, or NULL. */
static const char *field(const char *fields, const char *name)
{
	size_t len = strlen(name);
	const char *at = fields;

	while (at) {
		at += *at == ' ';
		if (!strncmp(at, name, len) && at[len] == '=')
			return at + len + 1;
		at = strchr(at, ' ');
	}
	return NULL;
}

static bool number(const char *fields, const char *name, uint64_t *out)
{
	const char *text = field(fields, name);
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return !errno && (!*end || *end == ' ');
}

/* The number of a word. */
static bool word(const char *fields, const char *name,
		 const char * const *words, size_t n, uint32_t *out)
{
	const char *text = field(fields, name);
	size_t i, len;

	for (i = 0; text && i < n; i++) {
		len = strlen(words[i]);
		if (!strncmp(text, words[i], len) &&
		    (!text[len] || text[len] == ' ')) {
			*out = (uint32_t)i;
			return true;
		}
	}
	return false;
}

/* "12.345678" before the colon at @end. */
static bool timestamp(const char *line, const char *end, uint64_t *out)
{
	uint64_t sec = 0, usec = 0;
	const char *at = end;
	int used = 0;

	while (at > line && at[-1] != ' ')
		at--;
	if (sscanf(at, "%" SCNu64 ".%6" SCNu64 "%n", &sec, &usec, &used) != 2 ||
	    at + used != end)
		return false;
	*out = sec * NS_PER_SEC + usec * 1000;
	return true;
}

/* "CPU:0 [LOST 123 EVENTS]" */
static bool lost(const char *line, struct trace_event *event)
{
	unsigned int cpu;
	int used = 0;

	event->kind = TRACE_LOST;
	return sscanf(line, "CPU:%u [LOST %" SCNu64 " EVENTS]%n", &cpu,
		      &event->count, &used) == 2 && used && !line[used];
}

static bool kind_of(const char *name, size_t len, enum trace_kind *kind)
{
	unsigned int i;

	for (i = TRACE_RUN; i < TRACE_KINDS; i++) {
		if (strlen(names[i]) == len && !strncmp(name, names[i], len)) {
			*kind = i;
			return true;
		}
	}
	return false;
}

static bool take_fields(struct trace_event *event)
{
	const char *fields = event->fields;
	uint64_t device;
	uint32_t why = TRACE_TURN;

	if (!number(fields, "cgroup", &event->cgroup) ||
	    !number(fields, "device", &device))
		return false;
	event->device = (uint32_t)device;
	if (event->kind == TRACE_SHARE)
		return number(fields, "frozen", &event->frozen);
	if (event->kind == TRACE_REFUSE)
		return true;
	if (!word(fields, "engine", engines, ARRAY_SIZE(engines),
		  &event->engine))
		return false;
	if (event->kind != TRACE_RUN && event->kind != TRACE_THROTTLE)
		return true;
	if (!number(fields, "start", &event->start) ||
	    !number(fields, "ns", &event->ns) ||
	    !word(fields, "why", whys, ARRAY_SIZE(whys), &why))
		return false;
	event->why = (enum trace_why)why;
	return true;
}

/*
 * Read a line without its newline. Returns 0, or -ENOENT where it is none of
 * these events. The fields point into the line.
 */
int trace_line_parse(const char *line, struct trace_event *event)
{
	const char *at = last_event(line), *name, *end;

	memset(event, 0, sizeof(*event));
	if (!at)
		return lost(line, event) ? 0 : -ENOENT;
	name = at + 2;
	end = strchr(name, ':');
	if (!end || end[1] != ' ' ||
	    !kind_of(name, (size_t)(end - name), &event->kind) ||
	    !timestamp(line, at, &event->time))
		return -ENOENT;
	event->fields = end + 2;
	return take_fields(event) ? 0 : -ENOENT;
}
