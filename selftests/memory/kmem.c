// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel memory that vgpu keeps for a group is bounded: a tenant that makes
 * objects without end is refused, and nobody else is.
 */
#include <errno.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "mock.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define ROOM	(32 * 1024)
#define MANY	4096	/* objects take 8 bytes each at the very least */

static unsigned int make(const char *cg, int fd, unsigned int n, int *err)
{
	uint32_t handle;
	unsigned int i;

	cg_enter(cg);
	for (i = 0; i < n; i++) {
		*err = drm_dumb(fd, PAGE, &handle);
		if (*err)
			break;
	}
	cg_leave();
	return i;
}

static void set_default(const char *bytes)
{
	if (!file_write("/sys/module/vgpu/parameters/kernel_memory_max", bytes))
		bail("kernel_memory_max");
}

/* What nobody bounded: each has its own, and none can take another's. */
static void siblings(const char *card)
{
	int fd = drm_open("vgem"), other = drm_open("vgem"), err = 0;
	unsigned int made;

	set_default("32768");
	cg_create("/pod");
	cg_create("/pod/a");
	cg_create("/pod/b");
	made = make("/pod/a", fd, MANY, &err);
	ok(made > 0 && made < MANY, "by default one is refused after %u", made);
	is(-err, ENOMEM, "by default with ENOMEM");
	is(make("/pod/b", other, made / 2, &err), made / 2,
	   "by default its sibling is not");
	kernel_memory_set("/pod", kernel_memory("/pod"));
	is(make("/pod/b", other, 1, &err), 0, "a bound on both binds both");
	set_default("67108864");
	close(fd);
	close(other);
	is(live_settled("/pod", 0), 0, "they let go");
	is(charged_settled("/pod", card, 0), 0, "and nothing is charged");
}

/*
 * A mapping makes two page tables. They have no handles, so where there is room
 * for one the other cannot be taken back, and is charged all the same.
 */
static void unrefusable(void)
{
	uint64_t before, one;
	const char *card;
	int fd, ret;

	mock_load();
	card = drm_card(MOCK);
	cg_create("/c");
	quota_set("/c", card, 64 * PAGE);
	fd = drm_open(MOCK);
	cg_enter("/c");
	ret = mock_va(fd, AMDGPU_VA_OP_MAP, 0);
	before = kernel_memory("/c");
	ret |= mock_va(fd, AMDGPU_VA_OP_MAP, 0);
	one = (kernel_memory("/c") - before) / 2;
	cg_leave();
	is(ret, 0, "mappings are made");
	kernel_memory_set("/c", kernel_memory("/c") + one);
	cg_enter("/c");
	ret = mock_va(fd, AMDGPU_VA_OP_MAP, 0);
	cg_leave();
	is(-ret, ENOMEM, "one that has no room is refused");
	is(live("/c"), 6 * PAGE, "yet what it made is there");
	is(charged("/c", card), live("/c"), "and all of it is charged");
	close(fd);
	is(live_settled("/c", 0), 0, "with its file it goes");
	is(charged_settled("/c", card, 0), 0, "and is charged no more");
	mock_unload();
}

int main(void)
{
	int fd, other, err = 0;
	const char *card;
	unsigned int made;
	uint64_t max;

	setup("kmem");
	card = drm_card("vgem");
	cg_create("/a");
	cg_create("/b");
	fd = drm_open("vgem");
	other = drm_open("vgem");
	is(make("/a", fd, 1, &err) + make("/b", other, 1, &err), 2,
	   "each of two groups has an object");
	max = kernel_memory("/a") + ROOM;
	kernel_memory_set("/a", max);

	made = make("/a", fd, MANY, &err);
	ok(made > 0 && made < MANY, "one is refused after %u more", made);
	is(-err, ENOMEM, "with ENOMEM");
	ok(kernel_memory("/a") <= max, "its kernel memory is within the bound");
	is(live("/a"), (made + 1) * PAGE, "it holds what it was given");
	is(charged("/a", card), live("/a"), "and is charged for all of it");
	is(make("/b", other, MANY, &err), MANY, "the other is not refused");

	close(fd);
	is(live_settled("/a", 0), 0, "it lets go");
	fd = drm_open("vgem");
	usleep(100000);
	is(make("/a", fd, made, &err), made, "and may hold as much again");
	close(fd);
	close(other);
	is(charged_settled("/a", card, 0), 0, "in the end nothing is charged");
	siblings(card);
	unrefusable();
	return finish();
}
