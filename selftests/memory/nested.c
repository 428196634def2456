// SPDX-License-Identifier: GPL-2.0
/*
 * Quotas at several levels all bind: a container's and its pod's. What one
 * container holds is missing in the pod's other one, and a quota set on an
 * ancestor later knows what is held below it already.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

static int fd_a, fd_b;

static int make_in(const char *cg, int fd, uint64_t bytes, uint32_t *handle)
{
	int ret;

	cg_enter(cg);
	ret = drm_dumb(fd, bytes, handle);
	cg_leave();
	return ret;
}

static uint64_t fill_in(const char *cg, int fd)
{
	uint64_t got;
	int err;

	cg_enter(cg);
	got = drm_fill(fd, MIB / 2, &err);
	cg_leave();
	is(-err, ENOMEM, "%s is refused with ENOMEM", cg);
	return got;
}

static void both_bind(const char *card)
{
	uint32_t handle;

	quota_set("/pod", card, 6 * MIB);
	quota_set("/pod/a", card, 4 * MIB);
	quota_set("/pod/b", card, 5 * MIB);

	is(make_in("/pod/b", fd_b, MIB, &handle), 0, "b takes a MiB");
	is(fill_in("/pod/a", fd_a), 4 * MIB, "a is bound by its own quota");
	is(fill_in("/pod/b", fd_b), MIB, "b is bound by the pod's");
	is(live("/pod"), 6 * MIB, "the pod holds its quota");
	is(live("/pod/a"), 4 * MIB, "of which a has its own");
	is(live("/pod/b"), 2 * MIB, "and b the rest");

	is(drm_close(fd_b, handle), 0, "b gives back a MiB");
	is(live_settled("/pod", 5 * MIB), 5 * MIB, "which the pod has again");
	is(-make_in("/pod/a", fd_a, PAGE, &handle), ENOMEM,
	   "a has no use for it");
	is(make_in("/pod/b", fd_b, MIB, &handle), 0, "b takes it again");
	is(-make_in("/pod/b", fd_b, PAGE, &handle), ENOMEM, "and no page more");
	is(peak("/pod"), 6 * MIB, "the pod never held a byte more");
}

/* A refusal by an ancestor must leave no charge in the levels below it. */
static void roll_back(const char *card)
{
	uint32_t handle;
	int i, refused = 0;

	quota_set("/pod/b", card, UNLIMITED);
	for (i = 0; i < 100; i++)
		refused += make_in("/pod/b/deep/er", fd_b, MIB, &handle) ==
			-ENOMEM;
	is(refused, 100, "refused 100 times, three levels below the limit");
	is(charged("/pod/b", card), live("/pod/b"),
	   "the levels below are charged what is held");
	is(charged("/pod/b/deep/er", card), 0, "and the deepest one nothing");
	is(charged("/pod", card), 6 * MIB, "the pod its quota");
}

static void quota_later(const char *card)
{
	uint32_t handle;

	quota_set("/pod", card, UNLIMITED);
	is(make_in("/pod/b/deep/er", fd_b, 3 * MIB, &handle), 0,
	   "no quota of the pod, no limit");
	is(charged("/pod", card), 9 * MIB, "the pod's sum is kept without one");
	quota_set("/pod", card, 10 * MIB);
	is(make_in("/pod/b/deep", fd_b, MIB, &handle), 0,
	   "a quota set later counts what is there");
	is(-make_in("/pod/b/deep", fd_b, PAGE, &handle), ENOMEM,
	   "and binds at once");
	is(live("/pod"), 10 * MIB, "to the byte");
}

/* Each refusal is counted once, where the limit is that refused it. */
static void limiting_ancestor(const char *card)
{
	uint64_t pod = stat_of("/pod", card, "memory_refused");
	uint64_t a = stat_of("/pod/a", card, "memory_refused");
	uint32_t handle;

	make_in("/pod/a", fd_a, PAGE, &handle);
	is(stat_of("/pod/a", card, "memory_refused") - a, 1,
	   "a refusal by a's own quota counts there");
	is(stat_of("/pod", card, "memory_refused"), pod, "and there only");
	make_in("/pod/b/deep", fd_b, PAGE, &handle);
	is(stat_of("/pod", card, "memory_refused") - pod, 1,
	   "one by the pod's quota counts at the pod");
	is(stat_of("/pod/b/deep", card, "memory_refused"), 0,
	   "and not where it was asked for");
}

/*
 * Who may make cgroups may make them as deep as they like: below 64 levels they
 * are part of the one there.
 */
static void deep_down(const char *card)
{
	char path[256] = "/tower", at[256], out[1024];
	int fd = drm_open("vgem"), i;

	cg_create(path);
	quota_set("/tower", card, 4 * MIB);
	for (i = 0; i < 70; i++) {
		strcat(path, "/n");
		cg_create(path);
	}
	is(fill_in(path, fd), 4 * MIB, "70 levels below a quota it binds");
	is(charged("/tower", card), live("/tower"), "and is charged");
	ok(RUN(out, sizeof(out), "vgpu-tool", "group", "set", "--device", card,
	       "--memory", "1M", cg_path(path, at)), "so deep there is none");
	ok(strstr(out, "below 64 levels"), "and it says why");
	ok(RUN(out, sizeof(out), "vgpu-tool", "group", "set",
	       "--kernel-memory", "1M", cg_path(path, at)),
	   "nor a bound on kernel memory");
	ok(strstr(out, "below 64 levels"), "likewise");
	close(fd);
	is(live_settled("/tower", 0), 0, "all of it goes");
	is(charged_settled("/tower", card, 0), 0, "and is given back");
}

int main(void)
{
	const char *card;

	setup("nested");
	card = drm_card("vgem");
	cg_create("/pod");
	cg_create("/pod/a");
	cg_create("/pod/b");
	cg_create("/pod/b/deep");
	cg_create("/pod/b/deep/er");
	fd_a = drm_open("vgem");
	fd_b = drm_open("vgem");
	both_bind(card);
	roll_back(card);
	quota_later(card);
	limiting_ancestor(card);
	deep_down(card);
	close(fd_a);
	close(fd_b);
	is(live_settled("/pod", 0), 0, "in the end nothing is held");
	is(charged_settled("/pod", card, 0), 0, "and nothing charged");
	return finish();
}
