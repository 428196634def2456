// SPDX-License-Identifier: GPL-2.0
/*
 * A device with memory of its own: what may live there is charged to
 * memory.max, what is placed in system memory to memory.system.max, and the
 * caller's own pages to neither. The heaps of the mock driver judge.
 */
#include <errno.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "mock.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define VRAM	AMDGPU_GEM_DOMAIN_VRAM
#define GTT	AMDGPU_GEM_DOMAIN_GTT
#define QUOTA	(4 * MIB)
#define SYSTEM	(2 * MIB)
/* What a map may take before it is let begin: four levels, at both ends. */
#define TABLES_LEAST	(8 * PAGE)
#define TABLES_MADE	(2 * PAGE)

/* Asked for so much in these domains, so much of the device is charged, or
 * else of the system.
 */
static const struct placement {
	const char *name;
	uint64_t bytes, domains, device, system;
} placements[] = {
	{ "VRAM", MIB, VRAM, MIB, 0 },
	{ "GTT", MIB, GTT, 0, MIB },
	{ "the CPU's", MIB, AMDGPU_GEM_DOMAIN_CPU, 0, MIB },
	{ "GTT or the CPU's", MIB, GTT | AMDGPU_GEM_DOMAIN_CPU, 0, MIB },
	{ "VRAM or GTT", MIB, VRAM | GTT, MIB, 0 },
	{ "nowhere in particular", MIB, 0, MIB, 0 },
	{ "part of a page in VRAM", PAGE + 1, VRAM, 2 * PAGE, 0 },
	{ "a byte in GTT", 1, GTT, 0, PAGE },
	{ "five units of GDS", 5, AMDGPU_GEM_DOMAIN_GDS, 8 * PAGE, 0 },
	{ "four units of GWS", 4, AMDGPU_GEM_DOMAIN_GWS, 4 * PAGE, 0 },
};

static void quotas(const char *cg, const char *card, uint64_t device,
		   uint64_t system)
{
	quota_set(cg, card, device);
	quota_set_system(cg, card, system);
}

static uint64_t system_charged(const char *card)
{
	return stat_of("/a", card, "system_charged");
}

static void charged_where(const char *card, int fd)
{
	unsigned int i;

	for (i = 0; i < sizeof(placements) / sizeof(placements[0]); i++) {
		const struct placement *p = &placements[i];
		uint32_t handle = 0;

		is(mock_create(fd, p->bytes, p->domains, &handle), 0,
		   "%s: made", p->name);
		is(live("/a"), p->device + p->system, "%s: as large as that",
		   p->name);
		is(charged("/a", card), p->device,
		   "%s: what the device is charged for", p->name);
		is(system_charged(card), p->system,
		   "%s: what the system is charged for", p->name);
		drm_close(fd, handle);
		is(live_settled("/a", 0), 0, "%s: gone", p->name);
		is(charged_settled("/a", card, 0) + system_charged(card), 0,
		   "%s: nothing is charged", p->name);
	}
}

static uint64_t fill(int fd, uint64_t domains, int *err)
{
	uint32_t handle;
	uint64_t n;

	for (n = 0; n < 1024; n++) {
		*err = mock_create(fd, MIB / 8, domains, &handle);
		if (*err)
			break;
	}
	return n * MIB / 8;
}

/* Each limit holds its own, to the byte, whatever the other has left. */
static void limits(const char *card, int fd)
{
	uint32_t handle;
	int err;

	is(fill(fd, VRAM, &err), QUOTA, "VRAM as far as memory.max");
	is(-err, ENOMEM, "then ENOMEM");
	is(-mock_create(fd, 1, VRAM | GTT, &handle), ENOMEM,
	   "and for what may live in either");
	is(fill(fd, GTT, &err), SYSTEM, "GTT as far as memory.system.max");
	is(-err, ENOMEM, "then ENOMEM");
	is(mock_live("vram"), QUOTA, "the device holds the one");
	is(mock_live("gtt"), SYSTEM, "the system the other");
	is(charged("/a", card), QUOTA, "charged for the one");
	is(system_charged(card), SYSTEM, "and for the other");
	quota_set_system("/a", card, UNLIMITED);
	is(mock_create(fd, QUOTA, GTT, &handle), 0,
	   "GTT without a limit of its own");
	is(-mock_create(fd, PAGE, VRAM, &handle), ENOMEM,
	   "opens no way to the device");
}

/* The caller's pages are the memory controller's business. */
static void own_pages(const char *card, int fd)
{
	uint32_t handle;

	quotas("/a", card, 0, 0);
	is(mock_userptr(fd, 64 * PAGE, &handle), 0,
	   "a quota of 0 admits the caller's own pages");
	is(mock_live("user"), 64 * PAGE, "which the driver wraps");
	is(charged("/a", card) + system_charged(card), 0,
	   "and which nobody is charged for");
	is(-mock_create(fd, PAGE, VRAM, &handle), ENOMEM, "but no VRAM");
	is(-mock_create(fd, PAGE, GTT, &handle), ENOMEM, "and no GTT");
}

/* Objects without a handle, and of a size that nobody said before. */
static void page_tables(const char *card, int fd)
{
	uint32_t handle = 0;

	quotas("/a", card, PAGE + TABLES_LEAST, UNLIMITED);
	is(mock_create(fd, PAGE, VRAM, &handle), 0, "a page is made");
	is(mock_va(fd, AMDGPU_VA_OP_MAP, handle), 0, "and mapped");
	is(charged("/a", card), PAGE + TABLES_MADE,
	   "its page tables are charged, and no more than them");
	is(-mock_va(fd, AMDGPU_VA_OP_MAP, handle), ENOMEM,
	   "no map begins that may not have the room to end");
	is(mock_va(fd, AMDGPU_VA_OP_UNMAP, handle), 0, "an unmap needs none");
	is(mock_live("vram"), PAGE + TABLES_MADE, "that is what there is");
	quotas("/a", card, 0, UNLIMITED);
	is(mock_va(fd, AMDGPU_VA_OP_UNMAP, handle), 0,
	   "nor where there is none left");
}

static void (*const parts[])(const char *, int) = {
	charged_where, limits, own_pages, page_tables,
};

int main(void)
{
	const char *card;
	unsigned int i;

	setup("placement");
	mock_load();
	card = drm_card(MOCK);
	cg_create("/a");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int fd = drm_open(MOCK);

		quotas("/a", card, QUOTA, SYSTEM);
		cg_enter("/a");
		parts[i](card, fd);
		close(fd);
		cg_leave();
		is(mock_settled(0), 0, "close leaves nothing");
		is(charged_settled("/a", card, 0) + system_charged(card), 0,
		   "and nothing is charged");
	}
	is(mock_peak("vram"), QUOTA, "the device never held more");
	mock_unload();
	return finish();
}
