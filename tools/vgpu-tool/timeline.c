// SPDX-License-Identifier: GPL-2.0
/*
 * From intervals that overlap to slices that do not. Several tasks of a group
 * may wait while a job of it runs; a track shows one thing at a time: that it
 * runs, and where it does not, what holds it up.
 */
#include <errno.h>
#include <stdlib.h>

#include "timeline.h"

/* Find or make a track. Returns 0 or -ENOMEM. */
int timeline_track(struct timeline *timeline, uint64_t cgroup, uint32_t device,
		   uint32_t engine, size_t *index)
{
	struct timeline_track *track;
	size_t i;

	for (i = 0; i < timeline->n; i++) {
		track = &timeline->track[i];
		if (track->cgroup == cgroup && track->device == device &&
		    track->engine == engine) {
			*index = i;
			return 0;
		}
	}
	track = reallocarray(timeline->track, timeline->n + 1, sizeof(*track));
	if (!track)
		return -ENOMEM;
	timeline->track = track;
	track[timeline->n] = (struct timeline_track){
		.cgroup = cgroup,
		.device = device,
		.engine = engine,
	};
	*index = timeline->n++;
	return 0;
}

static int add_edge(struct timeline_track *track, uint64_t time,
		    enum timeline_state state, int step)
{
	size_t room = track->room ? 2 * track->room : 64;
	struct timeline_edge *grown;

	if (track->n == track->room) {
		grown = reallocarray(track->edge, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		track->edge = grown;
		track->room = room;
	}
	track->edge[track->n++] = (struct timeline_edge){
		.time = time,
		.state = (uint8_t)state,
		.step = (int8_t)step,
	};
	return 0;
}

/* Something held from start to end. Returns 0 or -ENOMEM. */
int timeline_add(struct timeline_track *track, enum timeline_state state,
		 uint64_t start, uint64_t end)
{
	int err;

	if (end <= start)
		return 0;
	err = add_edge(track, start, state, 1);
	if (!err)
		err = add_edge(track, end, state, -1);
	/* Half of an interval would never end. */
	if (err && track->n && track->edge[track->n - 1].step > 0)
		track->n--;
	return err;
}

/* Something begins or ends, if it did not before. Returns 0 or -ENOMEM. */
int timeline_turn(struct timeline_track *track, enum timeline_state state,
		  bool on, uint64_t now)
{
	uint64_t since = track->since[state];

	if (on == !!since)
		return 0;
	track->since[state] = on ? now : 0;
	return on ? 0 : timeline_add(track, state, since, now);
}

static int compare(const void *pa, const void *pb)
{
	const struct timeline_edge *a = pa, *b = pb;

	return (a->time > b->time) - (a->time < b->time);
}

/* The state to show, TIMELINE_STATES where nothing holds. */
static enum timeline_state shown(const long *holds)
{
	unsigned int state = 0;

	while (state < TIMELINE_STATES && !holds[state])
		state++;
	return state;
}

/* Show the slices of a track from the first to the last. */
void timeline_walk(struct timeline_track *track,
		   void (*show)(void *arg, const struct timeline_slice *slice),
		   void *arg)
{
	struct timeline_slice slice = { .state = TIMELINE_STATES };
	long holds[TIMELINE_STATES] = { 0 };
	enum timeline_state state;
	size_t i = 0;

	if (!track->n)
		return;
	qsort(track->edge, track->n, sizeof(*track->edge), compare);
	while (i < track->n) {
		slice.end = track->edge[i].time;
		for (; i < track->n && track->edge[i].time == slice.end; i++)
			holds[track->edge[i].state] += track->edge[i].step;
		state = shown(holds);
		if (state == slice.state)
			continue;
		if (slice.state != TIMELINE_STATES)
			show(arg, &slice);
		slice.state = state;
		slice.start = slice.end;
	}
}

void timeline_free(struct timeline *timeline)
{
	while (timeline->n)
		free(timeline->track[--timeline->n].edge);
	free(timeline->track);
	timeline->track = NULL;
}
