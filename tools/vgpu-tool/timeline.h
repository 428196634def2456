/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the work of groups did over time: from intervals that overlap to slices
 * that do not.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first of those that hold is shown. */
enum timeline_state {
	TIMELINE_RUNNING,
	TIMELINE_FROZEN,
	TIMELINE_CAPPED,
	TIMELINE_TURN,
	TIMELINE_SUSPENDED,
	TIMELINE_STATES,
};

/**
 * struct timeline_edge - a state begins or ends
 * @time: when
 * @state: which
 * @step: 1 or -1
 */
struct timeline_edge {
	uint64_t time;
	uint8_t state;
	int8_t step;
};

/**
 * struct timeline_track - a group on an engine class of a device
 * @cgroup: id
 * @device: id
 * @engine: class
 * @since: when what is told as it begins did, for each state; 0 where it did not
 * @edge: owned
 * @n: of them
 * @room: how many fit before the next growth
 */
struct timeline_track {
	uint64_t cgroup;
	uint32_t device;
	uint32_t engine;
	uint64_t since[TIMELINE_STATES];
	struct timeline_edge *edge;
	size_t n;
	size_t room;
};

/**
 * struct timeline - all of them
 * @track: in the order in which they came; owned
 * @n: of them
 */
struct timeline {
	struct timeline_track *track;
	size_t n;
};

/**
 * struct timeline_slice - a state, as long as none before it holds
 * @state: it
 * @start: ns
 * @end: ns
 */
struct timeline_slice {
	enum timeline_state state;
	uint64_t start;
	uint64_t end;
};

int timeline_track(struct timeline *timeline, uint64_t cgroup, uint32_t device,
		   uint32_t engine, size_t *index);
int timeline_add(struct timeline_track *track, enum timeline_state state,
		 uint64_t start, uint64_t end);
int timeline_turn(struct timeline_track *track, enum timeline_state state,
		  bool on, uint64_t now);
void timeline_walk(struct timeline_track *track,
		   void (*show)(void *arg, const struct timeline_slice *slice),
		   void *arg);
void timeline_free(struct timeline *timeline);

#endif /* TIMELINE_H */
