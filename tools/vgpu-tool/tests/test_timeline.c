// SPDX-License-Identifier: GPL-2.0
/*
 * Timelines: what is shown where intervals touch, overlap and hold others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "timeline.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct shown {
	struct timeline_slice slice[16];
	size_t n;
};

static void keep(void *arg, const struct timeline_slice *slice)
{
	struct shown *shown = arg;

	assert_true(shown->n < ARRAY_SIZE(shown->slice));
	shown->slice[shown->n++] = *slice;
}

static void is(const struct shown *shown, size_t i, enum timeline_state state,
	       uint64_t start, uint64_t end)
{
	assert_true(i < shown->n);
	assert_int_equal(shown->slice[i].state, state);
	assert_int_equal(shown->slice[i].start, start);
	assert_int_equal(shown->slice[i].end, end);
}

static void test_tracks(void **state)
{
	struct timeline timeline = { 0 };
	size_t a, b, c, d;

	(void)state;
	assert_int_equal(timeline_track(&timeline, 1, 1, 0, &a), 0);
	assert_int_equal(timeline_track(&timeline, 1, 2, 0, &b), 0);
	assert_int_equal(timeline_track(&timeline, 1, 1, 1, &c), 0);
	assert_int_equal(timeline_track(&timeline, 1, 2, 0, &d), 0);
	assert_int_equal(a, 0);
	assert_int_equal(b, 1);
	assert_int_equal(c, 2);
	assert_int_equal(d, b);
	timeline_free(&timeline);
}

static void test_slices(void **state)
{
	struct timeline timeline = { 0 };
	struct timeline_track *track;
	struct shown shown = { .n = 0 };
	size_t i;

	(void)state;
	assert_int_equal(timeline_track(&timeline, 7, 1, 0, &i), 0);
	track = &timeline.track[i];
	timeline_walk(track, keep, &shown);
	assert_int_equal(shown.n, 0);
	/* Told as they end, so not in the order of their beginning. */
	timeline_add(track, TIMELINE_RUNNING, 20, 30);
	timeline_add(track, TIMELINE_RUNNING, 30, 40);
	timeline_add(track, TIMELINE_TURN, 10, 50);
	timeline_add(track, TIMELINE_CAPPED, 45, 60);
	timeline_add(track, TIMELINE_TURN, 15, 25);
	timeline_add(track, TIMELINE_FROZEN, 55, 70);
	timeline_add(track, TIMELINE_SUSPENDED, 65, 80);
	timeline_add(track, TIMELINE_RUNNING, 90, 90);
	timeline_add(track, TIMELINE_RUNNING, 100, 101);
	timeline_walk(track, keep, &shown);
	assert_int_equal(shown.n, 7);
	is(&shown, 0, TIMELINE_TURN, 10, 20);
	is(&shown, 1, TIMELINE_RUNNING, 20, 40);
	is(&shown, 2, TIMELINE_TURN, 40, 45);
	is(&shown, 3, TIMELINE_CAPPED, 45, 55);
	is(&shown, 4, TIMELINE_FROZEN, 55, 70);
	is(&shown, 5, TIMELINE_SUSPENDED, 70, 80);
	is(&shown, 6, TIMELINE_RUNNING, 100, 101);
	timeline_free(&timeline);
}

/* What is told as it begins and as it ends, and more than once. */
static void test_turns(void **state)
{
	struct timeline timeline = { 0 };
	struct timeline_track *track;
	struct shown shown = { .n = 0 };
	size_t i;

	(void)state;
	assert_int_equal(timeline_track(&timeline, 7, 1, 0, &i), 0);
	track = &timeline.track[i];
	timeline_turn(track, TIMELINE_FROZEN, false, 5);
	timeline_turn(track, TIMELINE_FROZEN, true, 10);
	timeline_turn(track, TIMELINE_FROZEN, true, 15);
	timeline_turn(track, TIMELINE_SUSPENDED, true, 20);
	timeline_turn(track, TIMELINE_FROZEN, false, 30);
	timeline_turn(track, TIMELINE_FROZEN, false, 35);
	timeline_turn(track, TIMELINE_SUSPENDED, false, 40);
	timeline_walk(track, keep, &shown);
	assert_int_equal(shown.n, 2);
	is(&shown, 0, TIMELINE_FROZEN, 10, 30);
	is(&shown, 1, TIMELINE_SUSPENDED, 30, 40);
	timeline_free(&timeline);
}

/* Slices follow each other and are as long as what held, whatever it was. */
static void test_random(void **state)
{
	struct timeline timeline = { 0 };
	struct timeline_track *track;
	uint8_t held[1000] = { 0 };
	uint64_t start, end, t, sum;
	struct shown shown;
	size_t i, round, k;

	(void)state;
	srand(7);
	for (round = 0; round < 200; round++) {
		assert_int_equal(timeline_track(&timeline, round, 1, 0, &i),
				 0);
		track = &timeline.track[i];
		for (t = 0; t < sizeof(held); t++)
			held[t] = 0;
		for (k = 0; k < 4; k++) {
			start = (uint64_t)rand() % sizeof(held);
			end = start + (uint64_t)rand() %
				      (sizeof(held) - start);
			timeline_add(track, rand() % TIMELINE_STATES, start,
				     end);
			for (t = start; t < end; t++)
				held[t] = 1;
		}
		shown.n = 0;
		timeline_walk(track, keep, &shown);
		sum = 0;
		for (k = 0; k < shown.n; k++) {
			assert_true(shown.slice[k].start < shown.slice[k].end);
			assert_true(!k || shown.slice[k - 1].end <=
					  shown.slice[k].start);
			sum += shown.slice[k].end - shown.slice[k].start;
		}
		for (t = 0; t < sizeof(held); t++)
			sum -= held[t];
		assert_int_equal(sum, 0);
	}
	timeline_free(&timeline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tracks),
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
