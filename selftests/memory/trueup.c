// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that makes something else than it was asked for: larger objects,
 * several of them, one after another, or objects and then an error. What it made is what is
 * charged; where the quota has no room for it, all of the call is undone.
 */
#include <errno.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "mock.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define SIZE	MIB

static int vram(int fd, uint64_t bytes, uint32_t *handle)
{
	return mock_create(fd, bytes, AMDGPU_GEM_DOMAIN_VRAM, handle);
}

static const struct maker ways[] = {
	{ "GEM_CREATE", MOCK, vram },
	{ "dumb buffer", MOCK, drm_dumb },
};

static const char *card;

static void balance(const struct maker *m, uint64_t bytes, const char *when)
{
	is(mock_settled(bytes), bytes, "%s: %s: held", m->name, when);
	is(live("/a"), bytes, "%s: %s: seen", m->name, when);
	is(charged_settled("/a", card, bytes), bytes, "%s: %s: charged",
	   m->name, when);
}

static void larger(const struct maker *m, int fd)
{
	uint32_t first = 0, second = 0;

	mock_set("extra", 3 * PAGE);
	quota_set("/a", card, 2 * SIZE + 4 * PAGE);
	is(m->make(fd, SIZE, &first), 0, "%s: larger, with room", m->name);
	balance(m, SIZE + 3 * PAGE, "larger");
	is(-m->make(fd, SIZE, &second), ENOMEM,
	   "%s: room for what is asked, not for what is made", m->name);
	balance(m, SIZE + 3 * PAGE, "larger and refused");
	is(-drm_close(fd, second ?: first + 1), EINVAL,
	   "%s: it left no handle", m->name);
	mock_set("extra", 0);
	is(m->make(fd, SIZE, &second), 0, "%s: as large as asked, it fits",
	   m->name);
	balance(m, 2 * SIZE + 3 * PAGE, "the second");
	drm_close(fd, first);
	drm_close(fd, second);
	balance(m, 0, "closed");
}

static void several(const struct maker *m, int fd)
{
	uint32_t handle = 0;

	mock_set("objects", 4);
	quota_set("/a", card, 4 * SIZE);
	is(m->make(fd, SIZE, &handle), 0, "%s: four, with room", m->name);
	balance(m, 4 * SIZE, "four");
	drm_close(fd, handle);
	balance(m, 0, "four closed");
	quota_set("/a", card, 4 * SIZE - PAGE);
	is(-m->make(fd, SIZE, &handle), ENOMEM, "%s: room for three",
	   m->name);
	balance(m, 0, "four refused");
	quota_set("/a", card, SIZE);
	is(-m->make(fd, SIZE, &handle), ENOMEM, "%s: room for one", m->name);
	balance(m, 0, "three refused");
	mock_set("objects", 1);
}

/* What stays is neither what was first bound nor what was refused. */
static void again(const struct maker *m, int fd)
{
	uint32_t handle = 0;

	mock_set("tries", 4);
	mock_set("swell", PAGE);
	quota_set("/a", card, SIZE);
	is(-m->make(fd, SIZE, &handle), ENOMEM,
	   "%s: four tries, no room for the second and third", m->name);
	balance(m, 0, "tried and refused");
	mock_set("swell", 0);
	is(m->make(fd, SIZE, &handle), 0, "%s: four tries, with room", m->name);
	balance(m, SIZE, "tried");
	drm_close(fd, handle);
	balance(m, 0, "tried and closed");
	mock_set("tries", 1);
}

static void fails(const struct maker *m, int fd)
{
	unsigned int i, failed = 0;
	uint32_t handle;

	mock_set("fail", EIO);
	quota_set("/a", card, SIZE);
	for (i = 0; i < 10; i++)
		failed += m->make(fd, SIZE, &handle) == -EIO;
	is(failed, 10, "%s: the driver's own error comes through", m->name);
	balance(m, 0, "failed");
	mock_set("extra", PAGE);
	is(-m->make(fd, SIZE, &handle), EIO,
	   "%s: also where there is no room for it", m->name);
	balance(m, 0, "failed and too large");
	mock_set("extra", 0);
	mock_set("fail", 0);
	is(m->make(fd, SIZE, &handle), 0, "%s: all of the quota is left",
	   m->name);
	drm_close(fd, handle);
	balance(m, 0, "closed again");
}

/* The same without anybody to bill for it. */
static void unlimited(const struct maker *m, int fd)
{
	uint32_t handle = 0;

	quota_set("/a", card, UNLIMITED);
	mock_set("extra", PAGE);
	mock_set("objects", 3);
	is(m->make(fd, SIZE, &handle), 0, "%s: no quota", m->name);
	balance(m, 3 * (SIZE + PAGE), "no quota");
	mock_set("extra", 0);
	mock_set("objects", 1);
}

static void (*const parts[])(const struct maker *, int) = {
	larger, several, again, fails, unlimited,
};

int main(void)
{
	unsigned int i, j;

	setup("trueup");
	mock_load();
	card = drm_card(MOCK);
	cg_create("/a");
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		for (j = 0; j < sizeof(parts) / sizeof(parts[0]); j++) {
			int fd = drm_open(MOCK);

			cg_enter("/a");
			parts[j](&ways[i], fd);
			close(fd);
			cg_leave();
			balance(&ways[i], 0, "at the end");
		}
	}
	mock_unload();
	return finish();
}
