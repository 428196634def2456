// SPDX-License-Identifier: GPL-2.0
/*
 * How soon a quota binds, how soon what is held is given back, and whether a
 * byte more than the quota is ever held. Bytes are judged by the observer.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "cgroup.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define HELD	256
#define CHANGES	100
#define RACERS	4
#define TRIES	2000
#define QUOTA	(8 * MIB)
#define NEVER	1e9

static void hold_and_wait(const struct maker *maker, int ready)
{
	int fd = drm_open(maker->driver);
	uint32_t handle;
	unsigned int i;

	for (i = 0; i < HELD; i++)
		if (maker->make(fd, PAGE, &handle))
			_exit(1);
	if (write(ready, "", 1) != 1)
		_exit(1);
	pause();
	_exit(1);
}

/*
 * From the last object's death in the driver, as the observer saw it, until
 * vgpu says that nothing is charged. The question takes time too.
 */
static double release_after_kill(const struct maker *maker)
{
	const char *card = drm_card(maker->driver);
	uint64_t id = cg_id("/kill"), now = 0;
	unsigned int i;
	int ready[2];
	pid_t pid;
	char byte;

	if (pipe(ready))
		bail("pipe");
	pid = cg_fork("/kill");
	if (!pid)
		hold_and_wait(maker, ready[1]);
	if (read(ready[0], &byte, 1) != 1 || charged_of(id, card) != HELD * PAGE)
		bail("%s: the objects are not charged", maker->name);
	kill(pid, SIGKILL);
	cg_wait(pid);
	for (i = 0; i < 100000 && !now; i++)
		if (!charged_of(id, card))
			now = now_ns();
	close(ready[0]);
	close(ready[1]);
	if (!now || live("/kill"))
		return NEVER;
	return (now - observe("/kill").died) / 1e6;
}

/* Instructions from asking for a quota to the call that it decides. */
static double change(uint64_t id, const char *card, int fd, bool lift)
{
	uint64_t start = instructions(), took;
	uint32_t handle;
	int ret;

	quota_put(id, card, lift ? 1024 * MIB : 0);
	ret = drm_dumb(fd, PAGE, &handle);
	took = instructions() - start;
	if (ret != (lift ? 0 : -ENOMEM))
		return INFINITY;
	if (lift)
		drm_close(fd, handle);
	return took;
}

static double quota_change(void)
{
	const char *card = drm_card("vgem");
	uint64_t id = cg_id("/change");
	int fd = drm_open("vgem");
	double took, worst = 0;
	unsigned int i;

	cg_enter("/change");
	for (i = 0; i < CHANGES; i++) {
		took = change(id, card, fd, i % 2);
		worst = took > worst ? took : worst;
	}
	cg_leave();
	close(fd);
	return worst / 1e6;
}

static void race(unsigned int seed)
{
	uint32_t handles[64] = {};
	int fd = drm_open("vgem");
	unsigned int i, at;

	srandom(seed);
	for (i = 0; i < TRIES; i++) {
		at = random() % 64;
		if (handles[at]) {
			drm_close(fd, handles[at]);
			handles[at] = 0;
		}
		drm_dumb(fd, (1 + random() % 64) * PAGE, &handles[at]);
	}
	_exit(0);
}

/* Bytes over the quota at the worst moment. */
static double over_the_limit(void)
{
	const char *card = drm_card("vgem");
	pid_t pids[RACERS];
	uint64_t most;
	unsigned int i;

	quota_put(cg_id("/race"), card, QUOTA);
	for (i = 0; i < RACERS; i++) {
		pids[i] = cg_fork("/race");
		if (!pids[i])
			race(i);
	}
	for (i = 0; i < RACERS; i++)
		cg_wait(pids[i]);
	if (!stat_of("/race", card, "memory_refused"))
		bail("the quota was never reached");
	most = peak("/race");
	return most > QUOTA ? most - QUOTA : 0;
}

void bind_rows(void)
{
	static const struct {
		const char *row;
		unsigned int maker;
	} kills[] = {
		{ "release-after-kill-vgem", 0 },
		{ "release-after-kill-virtio_gpu", 1 },
	};
	unsigned int i;

	if (RUN(NULL, 0, "modprobe", "observer"))
		bail("modprobe observer");
	vgpu_in(NULL);
	cg_create("/kill");
	cg_create("/change");
	cg_create("/race");
	for (i = 0; i < sizeof(kills) / sizeof(kills[0]); i++)
		row_print(&(struct row){
			.name = kills[i].row,
			.value = release_after_kill(&makers[kills[i].maker]),
			.budget = 10, .unit = "milliseconds", .count = HELD,
		});
	row_print(&(struct row){
		.name = "quota-change", .value = quota_change(), .budget = 1,
		.unit = "milliseconds", .count = CHANGES,
	});
	row_print(&(struct row){
		.name = "over-the-limit", .value = over_the_limit(),
		.budget = 0, .unit = "bytes", .count = RACERS * TRIES,
	});
	vgpu_out();
	if (RUN(NULL, 0, "modprobe", "-r", "observer"))
		bail("modprobe -r observer");
}
