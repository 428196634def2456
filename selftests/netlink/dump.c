// SPDX-License-Identifier: GPL-2.0
/*
 * A dump of ten thousand groups shows each once, says so when it changed while
 * it was read, and costs at most 30 ms, which under icount are 30 million
 * instructions.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "script.h"
#include "tap.h"

#define DEVICE	"platform:dump"
#define BUDGET	3000	/* ns for one group */

static const struct script groups = { "", VGPU_CMD_GROUP_GET, 0, { DUMP } };
static const struct script quotas = { "", VGPU_CMD_QUOTA_GET, 0, { DUMP } };
static const struct script below = {
	"", VGPU_CMD_GROUP_GET, 0,
	{ STR(VGPU_A_GROUP_CGROUP_PATH, "@/0"), DUMP }
};

static void quota(struct wire *w, const char *path, uint64_t bytes)
{
	struct answer a;
	char buf[256];

	a = ask(w, quota_msg(w, cg_path(path, buf), -1, DEVICE, bytes));
	if (a.err)
		bail("quota of %s: %s", path, a.text);
	answer_free(&a);
}

/* Ten folders, so that no directory is very long. */
static void populate(struct wire *w, unsigned int n)
{
	char path[64], dir[256];
	unsigned int i;

	for (i = 0; i < 10; i++) {
		snprintf(path, sizeof(path), "/%u", i);
		cg_create(path);
	}
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/%u/%u", i % 10, i);
		if (mkdir(cg_dir(path, dir), 0755))
			bail("mkdir %s: %s", dir, strerror(errno));
		quota(w, path, 4096);
	}
}

static void depopulate(unsigned int n)
{
	char path[64], dir[256];
	unsigned int i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/%u/%u", i % 10, i);
		rmdir(cg_dir(path, dir));
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool each_once(const struct answer *a)
{
	uint64_t *ids = calloc(a->n + 1, sizeof(*ids));
	const struct nlmsghdr *h = (const void *)a->buf;
	unsigned int i;

	for (i = 0; ids && i < a->n; i++) {
		ids[i] = attr_u64(attr_of(h, VGPU_A_GROUP_CGROUP_ID));
		h = (const void *)((const uint8_t *)h +
				   NLMSG_ALIGN(h->nlmsg_len));
	}
	qsort(ids, a->n, sizeof(*ids), compare);
	for (i = 1; i < a->n && ids[i] != ids[i - 1];)
		i++;
	free(ids);
	return i >= a->n;
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static struct wire *changer;
static unsigned int changes;

static void change(void)
{
	if (!changes++)
		quota(changer, "/0", 1 << 20);
}

static void changed(struct wire *w)
{
	struct wire other = wire_open();
	static struct msg m;
	struct answer a;

	changer = &other;
	msg_begin(&m, w, VGPU_CMD_GROUP_GET, true);
	a = ask_slowly(w, &m, change);
	ok(changes && !a.err && a.interrupted,
	   "a dump that changed while it was read is flagged");
	answer_free(&a);
	wire_close(&other);
}

static unsigned int size(void)
{
	const char *loops = getenv("VGPU_LOOPS");

	return loops && !strcmp(loops, "debug") ? 1000 : 10000;
}

int main(void)
{
	struct wire w = wire_open();
	unsigned int n = size();
	struct answer before, a;
	const char *icount;
	uint64_t took;

	cg_setup("dump");
	before = script_ask(&w, &groups);
	populate(&w, n);
	/* A dump is not to be blamed for what work is under way. */
	sleep(1);

	took = now();
	a = script_ask(&w, &groups);
	took = now() - took;
	is(-a.err, 0, "groups are dumped");
	/* With the ten folders, the test's own and, the first time, the root. */
	is(a.n - before.n, n + 11 + !before.n, "all %u of them", n);
	ok(each_once(&a), "each once");
	ok(!a.interrupted, "and nothing changed meanwhile");
	answer_free(&a);
	note("%" PRIu64 " ns a group, %" PRIu64 " ns in all", took / n, took);
	icount = getenv("VGPU_ICOUNT");
	if (icount && *icount == '1')
		ok(took / n <= BUDGET, "at most %u ns a group", BUDGET);

	a = script_ask(&w, &quotas);
	ok(!a.err && a.n >= n, "quotas are dumped");
	answer_free(&a);
	a = script_ask(&w, &below);
	is(a.n, n / 10 + 1, "those below one cgroup are dumped");
	answer_free(&a);
	changed(&w);
	answer_free(&before);
	wire_close(&w);
	depopulate(n);
	cg_teardown();
	return done();
}
