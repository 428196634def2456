// SPDX-License-Identifier: GPL-2.0
/*
 * A quota binds to the byte: exactly the quota fits, a page more does not,
 * and everything is free again when the process ends.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "mock.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define QUOTA (4 * MIB)
#define TIB (1ull << 40)

static void one_object(const struct maker *m, int fd, const char *cg)
{
	uint32_t handle = 0;

	is(-m->make(fd, QUOTA + PAGE, &handle), ENOMEM,
	   "%s: a page over the quota is ENOMEM", m->name);
	is(live(cg), 0, "%s: nothing is held after it", m->name);
	is(m->make(fd, QUOTA, &handle), 0, "%s: the quota fits", m->name);
	is(live(cg), QUOTA, "%s: all of it is held", m->name);
	is(-m->make(fd, PAGE, &handle), ENOMEM,
	   "%s: then not one page fits", m->name);
	is(live(cg), QUOTA, "%s: a refusal changes nothing", m->name);
}

static void many_objects(const struct maker *m, int fd, const char *cg)
{
	uint32_t handles[QUOTA / MIB * 4], extra;
	unsigned int i, made = 0;

	for (i = 0; i < QUOTA / MIB * 4; i++)
		made += !m->make(fd, MIB / 4, &handles[i]);
	is(made, QUOTA / MIB * 4, "%s: many objects fill the quota", m->name);
	is(live(cg), QUOTA, "%s: to the byte", m->name);
	is(-m->make(fd, PAGE, &extra), ENOMEM, "%s: one more is ENOMEM",
	   m->name);
	drm_close(fd, handles[3]);
	is(live_settled(cg, QUOTA - MIB / 4), QUOTA - MIB / 4,
	   "%s: one goes", m->name);
	/* A driver may release in a worker, and what is charged goes after it. */
	charged_settled(cg, drm_card(m->driver), QUOTA - MIB / 4);
	is(-m->make(fd, MIB / 4 + PAGE, &extra), ENOMEM,
	   "%s: a larger one does not take its place", m->name);
	is(m->make(fd, MIB / 4, &extra), 0, "%s: an equal one does", m->name);
}

/* Requests that the driver refuses, or must, leave the balance alone. */
static void absurd(const struct maker *m, int fd, const char *cg)
{
	uint32_t handle;

	ok(m->make(fd, 2048 * MIB, &handle) < 0, "%s: 2 GiB are refused",
	   m->name);
	ok(m->make(fd, 0, &handle) < 0 || live(cg) <= PAGE,
	   "%s: a size of 0 holds a page at most", m->name);
}

static void (*const parts[])(const struct maker *, int, const char *) = {
	one_object, many_objects, absurd,
};

static void test(const struct maker *m)
{
	const char *card = drm_card(m->driver);
	unsigned int i;

	cg_create("/a");
	quota_set("/a", card, QUOTA + PAGE / 2);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int fd = drm_open(m->driver);

		cg_enter("/a");
		parts[i](m, fd, "/a");
		close(fd);
		cg_leave();
		is(live_settled("/a", 0), 0, "%s: close leaves nothing",
		   m->name);
		is(charged_settled("/a", card, 0), 0,
		   "%s: and nothing is charged", m->name);
	}
	is(peak("/a"), QUOTA, "%s: never a byte more than the quota fits",
	   m->name);
	cg_remove("/a");
}

/* What was reserved for a call that the driver then refuses is free again. */
static void driver_refuses(void)
{
	const char *card = drm_card("virtio_gpu");
	struct drm_virtgpu_resource_create arg = {
		.target = 2, .format = 1, .bind = 1 << 1,
		.width = PAGE / 4, .height = QUOTA / PAGE,
		.depth = 7, .array_size = 1, .last_level = 99,
		.nr_samples = 99, .size = QUOTA,
	};
	int i, fd = drm_open("virtio_gpu"), refused = 0;

	cg_create("/refused");
	quota_set("/refused", card, QUOTA);
	cg_enter("/refused");
	for (i = 0; i < 10; i++)
		refused += ioctl(fd, DRM_IOCTL_VIRTGPU_RESOURCE_CREATE, &arg) &&
			   errno == EINVAL;
	cg_leave();
	is(refused, 10, "the driver refuses what the quota has room for");
	is(charged("/refused", card), 0, "and nothing stays charged for it");
	close(fd);
}

static void at_exit(void)
{
	const char *card = drm_card("vgem");
	pid_t pid;

	cg_create("/exit");
	quota_set("/exit", card, QUOTA);
	pid = cg_fork("/exit");
	if (!pid) {
		int err;

		_exit(drm_fill(drm_open("vgem"), MIB, &err) != QUOTA);
	}
	is(cg_wait(pid), 0, "a process fills the quota and exits");
	is(live_settled("/exit", 0), 0, "nothing outlives it");
	is(peak("/exit"), QUOTA, "it held the quota");
	is(charged_settled("/exit", card, 0), 0, "nothing stays charged");
}

static void zero(void)
{
	int fd = drm_open("vgem");
	uint32_t handle;

	cg_create("/zero");
	quota_set("/zero", drm_card("vgem"), 0);
	cg_enter("/zero");
	is(-drm_dumb(fd, PAGE, &handle), ENOMEM, "a quota of 0 admits nothing");
	quota_set("/zero", drm_card("vgem"), UNLIMITED);
	is(drm_dumb(fd, 16 * MIB, &handle), 0, "lifted, it admits all");
	close(fd);
	cg_leave();
}

/* 8 PiB by what it says, and 32 TiB. */
static int huge_dumb(int fd)
{
	struct drm_mode_create_dumb arg = {
		.width = 1U << 31, .height = 1 << 20, .bpp = 32,
	};

	return ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &arg) ? errno : 0;
}

static int huge_blob(int fd)
{
	/* drm_virtgpu_resource_create_blob, which libdrm's header lacks. */
	struct {
		uint32_t blob_mem, blob_flags, bo_handle, res_handle;
		uint64_t size;
		uint32_t pad, cmd_size;
		uint64_t cmd, blob_id;
	} arg = { .blob_mem = 1, .blob_flags = 1, .size = 32 * TIB };

	return ioctl(fd, DRM_IOWR(DRM_COMMAND_BASE + 0x0a, arg), &arg) ?
	       errno : 0;
}

/* More than anything has: without a quota, it is for the driver to say so. */
static void huge(void)
{
	static const struct {
		const char *what, *driver;
		int (*make)(int fd);
	} calls[] = {
		{ "a dumb buffer of 8 PiB", "vgem", huge_dumb },
		{ "a blob of 32 TiB", "virtio_gpu", huge_blob },
	};
	unsigned int i;

	cg_create("/huge");
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const char *card = drm_card(calls[i].driver);
		int fd = drm_open(calls[i].driver);

		cg_enter("/huge");
		is(calls[i].make(fd), EINVAL,
		   "%s: the driver refuses it, not the quota that is not there",
		   calls[i].what);
		quota_set("/huge", card, QUOTA);
		is(calls[i].make(fd), ENOMEM, "%s: a quota has no room for it",
		   calls[i].what);
		cg_leave();
		is(charged("/huge", card), 0, "%s: and nothing stays charged",
		   calls[i].what);
		close(fd);
	}
}

/* What a driver makes all the same counts, with as much as there can be. */
static void on_paper(void)
{
	uint32_t handle;
	const char *card;
	int fd;

	mock_load();
	card = drm_card(MOCK);
	fd = drm_open(MOCK);
	cg_create("/paper");
	cg_enter("/paper");
	is(mock_create(fd, 32 * TIB, AMDGPU_GEM_DOMAIN_VRAM, &handle), 0,
	   "an object of 32 TiB that a driver makes is not refused");
	is(charged("/paper", card), 16 * TIB, "it counts with 16");
	quota_set("/paper", card, QUOTA);
	is(-mock_create(fd, 32 * TIB, AMDGPU_GEM_DOMAIN_VRAM, &handle), ENOMEM,
	   "nor does a quota have room for another");
	cg_leave();
	close(fd);
	is(charged_settled("/paper", card, 0), 0, "it goes with its charge");
	mock_unload();
}

int main(void)
{
	unsigned int i;

	setup("limit");
	for (i = 0; i < nr_makers; i++)
		test(&makers[i]);
	driver_refuses();
	at_exit();
	zero();
	huge();
	on_paper();
	return finish();
}
