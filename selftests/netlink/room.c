// SPDX-License-Identifier: GPL-2.0
/*
 * Who reads a dump chooses how long its parts are, and so where in a message
 * one ends. Wherever that is, the whole message comes with the next part.
 */
#include <stdio.h>
#include <string.h>

#include "cgroup.h"
#include "script.h"
#include "tap.h"

#define DEVICE	"platform:room"
#define GROUPS	40
/* A part is as long as it may be, but never shorter than most of a page. */
#define PART	3800

static const struct script dumps[] = {
	{ "groups", VGPU_CMD_GROUP_GET, 0,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@"), DUMP } },
	{ "quotas", VGPU_CMD_QUOTA_GET, 0, { GROUP("@"), DUMP } },
	{ "stats", VGPU_CMD_STATS_GET, 0, { GROUP("@"), DUMP } },
};

/* Each below a parent of its own: paths of parents are kept. */
static void populate(struct wire *w)
{
	char path[64], buf[256];
	struct answer a;
	unsigned int i;

	for (i = 0; i < GROUPS; i++) {
		snprintf(path, sizeof(path), "/parent-%u", i);
		cg_create(path);
		snprintf(path, sizeof(path), "/parent-%u/%u", i, i);
		cg_create(path);
		a = ask(w, quota_msg(w, cg_path(path, buf), -1, DEVICE, 4096));
		if (a.err)
			bail("quota of %s: %s", path, a.text);
		answer_free(&a);
	}
}

/* Of one message and the next: a part ends anywhere in them. */
static unsigned int lengths(const struct answer *a)
{
	unsigned int i, longest = 0;

	for (i = 0; i < a->n; i++)
		if (answer_at(a, i)->nlmsg_len > longest)
			longest = answer_at(a, i)->nlmsg_len;
	return 2 * longest;
}

static void parts(struct wire *w, const struct script *dump)
{
	struct answer whole = script_ask(w, dump), a;
	unsigned int i, n = lengths(&whole), wrong = 0;
	struct wire other;

	ok(!whole.err && whole.n >= GROUPS && whole.len > PART + n,
	   "%s: %u messages in %zu bytes", dump->name, whole.n, whole.len);
	for (i = 0; i < n; i++) {
		other = wire_open_room(PART + i);
		a = script_ask(&other, dump);
		if (a.err || !answer_same(&a, &whole)) {
			note("%s: in parts of %u bytes: error %d, %u messages in %zu bytes",
			     dump->name, PART + i, -a.err, a.n, a.len);
			wrong++;
		}
		answer_free(&a);
		wire_close(&other);
	}
	is(wrong, 0, "%s: the same in parts of %u lengths", dump->name, n);
	answer_free(&whole);
}

int main(void)
{
	struct wire w = wire_open();
	unsigned int i;

	cg_setup("room");
	populate(&w);
	for (i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++)
		parts(&w, &dumps[i]);
	wire_close(&w);
	cg_teardown();
	return done();
}
