// SPDX-License-Identifier: GPL-2.0
/*
 * The time of each class of engine is shared by itself: a group's work on one
 * neither waits for nor counts towards what it has on another. It is the driver
 * that tells where work runs, so who says another class, or none that is known,
 * has no more of the one that it uses.
 */
#include <stdio.h>
#include <unistd.h>

#include "cgroup.h"
#include "load.h"
#include "quota.h"
#include "rings.h"
#include "tap.h"

#define LENGTH	(2 * MSEC)
#define POINTS	3.0

static unsigned int seconds;

static void set(const char *cg, const char *option, const char *value)
{
	quota_set_time(cg, engine_gfx.device(), option, value);
}

/* Over all of the time, of one group. */
static double part_of(const struct engine *engine, const char *cg)
{
	return load_part(engine, cg, seconds * SEC);
}

static void is_part(const struct engine *engine, const char *cg, double due,
		    const char *what)
{
	double part = part_of(engine, cg);

	ok(part > due - POINTS && part < due + POINTS, "%s: %.0f %%", what,
	   due);
	note("%.2f %%", part);
}

/* At the end of a case nothing of it is left on either ring. */
static void end(void)
{
	engine_settle(&engine_gfx);
	engine_settle(&engine_vcn);
}

/* A cap is one of each class by itself: not of their sum. */
static void capped(void)
{
	struct load gfx = { .cg = "/capped", .length = LENGTH, .depth = 16 };
	struct load vcn = gfx;

	cg_create("/capped");
	set("/capped", "--max", "30%");
	load_start(&engine_gfx, &gfx);
	load_start(&engine_vcn, &vcn);
	sleep_ns(300 * MSEC);
	is_part(&engine_gfx, "/capped", 30, "capped, on gfx");
	is_part(&engine_vcn, "/capped", 30, "and on vcn as well");
	load_stop(&gfx);
	load_stop(&vcn);
	end();
	cg_remove("/capped");
}

/* Who has a small share of one has all of another that nobody else uses. */
static void shared(void)
{
	struct load one = { .cg = "/one", .length = LENGTH, .depth = 32 };
	struct load three = { .cg = "/three", .length = LENGTH, .depth = 8 };
	struct load video = one;

	cg_create("/one");
	cg_create("/three");
	set("/one", "--weight", "100");
	set("/three", "--weight", "300");
	load_start(&engine_gfx, &one);
	load_start(&engine_gfx, &three);
	load_start(&engine_vcn, &video);
	sleep_ns(300 * MSEC);
	is_part(&engine_gfx, "/one", 25, "a weight of 100 to 300, on gfx");
	is_part(&engine_gfx, "/three", 75, "and 300 to 100");
	ok(part_of(&engine_vcn, "/one") > 97, "and all of vcn, alone there");
	load_stop(&video);
	load_stop(&one);
	load_stop(&three);
	end();
	cg_remove("/one");
	cg_remove("/three");
}

/* Against one that says what it does, with as much weight. */
static void disguised(const struct engine *lie, const struct engine *truth,
		      const char *what)
{
	struct load liar = { .cg = "/liar", .length = LENGTH, .depth = 32 };
	struct load honest = { .cg = "/honest", .length = LENGTH, .depth = 8 };

	cg_create("/liar");
	cg_create("/honest");
	set("/honest", "--weight", "100");
	load_start(truth, &honest);
	load_start(lie, &liar);
	sleep_ns(300 * MSEC);
	ok(part_of(truth, "/liar") < 50 + POINTS, "%s: no more than half",
	   what);
	ok(part_of(truth, "/honest") > 50 - POINTS, "nor less for others");
	note("%.2f %%", part_of(truth, "/honest"));
	load_stop(&liar);
	load_stop(&honest);
	end();
	set("/liar", "--max", "20%");
	load_start(lie, &liar);
	sleep_ns(300 * MSEC);
	ok(part_of(truth, "/liar") < 20 + POINTS, "nor than its cap, alone");
	load_stop(&liar);
	end();
	cg_remove("/liar");
	cg_remove("/honest");
}

/*
 * One job from each of many new cgroups, whose first word is a lie; or from one
 * below each, whose parent is as new.
 */
static void lie_anew(unsigned int n)
{
	char cg[32], in[40];
	int fd;

	for (unsigned int i = 0;; i++) {
		snprintf(cg, sizeof(cg), "/tribe/%u.%u", n, i % 4);
		snprintf(in, sizeof(in), "%s/in", cg);
		cg_create(cg);
		cg_create(in);
		cg_enter(n ? in : cg);
		fd = engine_smuggled.open();
		engine_smuggled.submit(fd, 10 * MSEC);
		close(fd);
		cg_enter("/tribe/home");
		cg_remove(in);
		cg_remove(cg);
	}
}

static void anew(void)
{
	struct load honest = { .cg = "/honest", .length = LENGTH, .depth = 32 };
	pid_t pids[2];
	double part;
	char cg[32];

	cg_create("/honest");
	cg_create("/tribe");
	cg_create("/tribe/home");
	set("/tribe", "--weight", "100");
	load_start(&engine_gfx, &honest);
	for (unsigned int i = 0; i < 2; i++) {
		pids[i] = cg_fork("/tribe/home");
		if (!pids[i])
			lie_anew(i);
	}
	sleep_ns(500 * MSEC);
	/* The mock remembers no more cgroups than come in this time. */
	part = load_part(&engine_gfx, "/honest", 2 * SEC);
	ok(part > 50 - POINTS, "a new cgroup for each lie: no more than half");
	note("%.2f %% for the others", part);
	cg_write("/tribe", "cgroup.kill", "1");
	for (unsigned int i = 0; i < 2; i++)
		cg_wait(pids[i]);
	for (unsigned int i = 0; i < 2 * 4; i++) {
		snprintf(cg, sizeof(cg), "/tribe/%u.%u/in", i / 4, i % 4);
		cg_remove(cg);
		snprintf(cg, sizeof(cg), "/tribe/%u.%u", i / 4, i % 4);
		cg_remove(cg);
	}
	load_stop(&honest);
	end();
}

int main(void)
{
	setup("classes");
	rings_load();
	seconds = loops(20, 2);
	capped();
	shared();
	disguised(&engine_smuggled, &engine_gfx, "gfx behind a little vcn");
	disguised(&engine_hidden, &engine_vcn, "vcn that says nothing");
	anew();
	is(rings_unload(), 0, "the driver is unloaded");
	return finish();
}
