// SPDX-License-Identifier: GPL-2.0
/*
 * A user without the capability who owns a cgroup directory: it sets quotas
 * below that directory and nowhere else, never above what binds it, and not
 * through a read-only mount. It sees its own cgroup and what it owns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/capability.h>

#include "cgroup.h"
#include "script.h"
#include "tap.h"

#define DEVICE	"platform:delegation"
#define USER	54321
#define MIB	(1ull << 20)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/*
 * /del belongs to the user, with a and b below it, and to the operator a
 * quota of 8 MiB on it; /other has a quota and is nobody's business. The user
 * runs in /del/b.
 */
static int open_dir(const char *path)
{
	char dir[256];
	int fd = open(cg_dir(path, dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		bail("open %s: %s", dir, strerror(errno));
	return fd;
}

static int set(struct wire *w, const char *path, int fd, uint64_t bytes,
	       char text[static 256])
{
	char buf[256];
	struct answer a;

	a = ask(w, quota_msg(w, path ? cg_path(path, buf) : "", fd, DEVICE,
			     bytes));
	snprintf(text, 256, "%s", a.text);
	answer_free(&a);
	return -a.err;
}

static void must_set(struct wire *w, const char *path, uint64_t bytes)
{
	char text[256];

	if (set(w, path, -1, bytes, text))
		bail("quota of %s: %s", path, text);
}

/* The operator's cap on /del. */
static void must_cap(struct wire *w)
{
	static const struct script cap = {
		"", VGPU_CMD_QUOTA_SET, 0,
		{ GROUP("@/del"), OPEN(DEVICE),
		  U32(VGPU_A_QUOTA_ENTRY_COMPUTE_MAX, 5000), END }
	};
	struct answer a = script_ask(w, &cap);

	if (a.err)
		bail("cap of /del: %s", a.text);
	answer_free(&a);
}

/* What root sees; UINT64_MAX where nothing is set. */
static uint64_t get(struct wire *w, const char *path)
{
	static struct msg m;
	const struct nlattr *max;
	struct answer a;
	uint64_t bytes;
	char buf[256];
	size_t nest;

	msg_begin(&m, w, VGPU_CMD_QUOTA_GET, false);
	nest = msg_nest(&m, VGPU_A_QUOTA_GROUP);
	msg_string(&m, VGPU_A_GROUP_CGROUP_PATH, cg_path(path, buf));
	msg_end(&m, nest);
	msg_string(&m, VGPU_A_QUOTA_DEVICE_NAME, DEVICE);
	a = ask(w, &m);
	if (a.err)
		bail("quota-get %s: %s", path, a.text);
	max = attr_of(answer_at(&a, 0), VGPU_A_QUOTA_MEMORY_MAX);
	bytes = max ? attr_u64(max) : UINT64_MAX;
	answer_free(&a);
	return bytes;
}

static void become_user(void)
{
	if (setgroups(0, NULL) || setresgid(USER, USER, USER) ||
	    setresuid(USER, USER, USER))
		bail("setuid: %s", strerror(errno));
}

/* Each check of a child goes to the parent's output, unnumbered. */
static unsigned int wrong;

static void check(bool pass, const char *what, const char *text)
{
	note("%s: %s%s%s", pass ? "as it should" : "WRONG", what,
	     *text ? ": " : "", text);
	wrong += !pass;
}

static void child(const char *cg, void (*fn)(void), bool user,
		  const char *what)
{
	pid_t pid = cg_fork(cg);

	if (!pid) {
		if (user)
			become_user();
		fn();
		_exit(wrong ? 1 : 0);
	}
	is(cg_wait(pid), 0, "%s", what);
}

static void inside(void)
{
	struct wire w = wire_open();
	int del = open_dir("/del");
	char text[256];

	check(!set(&w, "/del/a", del, 4 * MIB, text), "below, by path", text);
	check(!set(&w, "/del/b", del, 8 * MIB, text),
	      "below, as much as binds it", text);
	check(set(&w, "/del/a", del, 8 * MIB + 1, text) == ERANGE &&
	      strstr(text, "8388608"), "a byte above the ancestor", text);
	check(set(&w, "/del/a", del, UINT64_MAX - 1, text) == ERANGE,
	      "nearly everything", text);
	check(!set(&w, "/del/b", del, UINT64_MAX, text), "lifted", text);
}

/* A share of time in one attribute of an entry, for /del/a. */
static int set_time(struct wire *w, int fd, uint16_t type, uint32_t value,
		    char text[static 256])
{
	static struct msg m;
	struct answer a;
	char buf[256];
	size_t nest;

	msg_begin(&m, w, VGPU_CMD_QUOTA_SET, false);
	nest = msg_nest(&m, VGPU_A_QUOTA_GROUP);
	msg_string(&m, VGPU_A_GROUP_CGROUP_PATH, cg_path("/del/a", buf));
	msg_u32(&m, VGPU_A_GROUP_CGROUP_FD, fd);
	msg_end(&m, nest);
	nest = msg_nest(&m, VGPU_A_QUOTA_ENTRY);
	msg_string(&m, VGPU_A_QUOTA_ENTRY_DEVICE_NAME, DEVICE);
	msg_u32(&m, type, value);
	msg_end(&m, nest);
	a = ask(w, &m);
	snprintf(text, 256, "%s", a.text);
	answer_free(&a);
	return -a.err;
}

/* /del has a cap of 50 %, and nothing else that is about time. */
static void inside_time(void)
{
	struct wire w = wire_open();
	int del = open_dir("/del");
	char text[256];

	check(set_time(&w, del, VGPU_A_QUOTA_ENTRY_COMPUTE_MAX, 5001, text) ==
	      ERANGE && strstr(text, "at most 50.00 %"),
	      "a cap above the ancestor's", text);
	check(!set_time(&w, del, VGPU_A_QUOTA_ENTRY_COMPUTE_MAX, 5000, text),
	      "a cap as high as the ancestor's", text);
	check(!set_time(&w, del, VGPU_A_QUOTA_ENTRY_COMPUTE_MAX, 10000, text),
	      "a cap lifted", text);
	check(!set_time(&w, del, VGPU_A_QUOTA_ENTRY_COMPUTE_MIN, 9000, text),
	      "a guarantee, beside the siblings", text);
	check(!set_time(&w, del, VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT, 10000,
			text), "a weight", text);
	check(!set_time(&w, del, VGPU_A_QUOTA_ENTRY_PRIORITY,
			VGPU_PRIORITY_HIGH, text), "a priority", text);
	check(set_time(&w, -1, VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT, 1, text) !=
	      0 && *text, "a weight with no directory", text);
}

static void outside(void)
{
	struct wire w = wire_open();
	int del = open_dir("/del"), other = open_dir("/other");
	int top = open_dir("");
	char text[256];

	check(set(&w, NULL, del, MIB, text) == EPERM && *text,
	      "the directory itself, by descriptor", text);
	check(set(&w, "/del", del, MIB, text) == EPERM && *text,
	      "the directory itself, by path", text);
	check(set(&w, "/other", del, MIB, text) == EPERM && *text,
	      "a neighbour", text);
	check(set(&w, "/other", other, MIB, text) == EPERM && *text,
	      "a neighbour, with its own directory", text);
	check(set(&w, "/del/a", top, MIB, text) == EPERM && *text,
	      "its own, with a directory that is not", text);
	check(set(&w, "/del/a", -1, MIB, text) == EPERM && *text,
	      "its own, with no directory", text);
	check(set(&w, "", del, MIB, text) == EPERM && *text,
	      "nothing below", text);
}

static const struct script denied[] = {
	{ "driver-get", VGPU_CMD_DRIVER_GET, EPERM,
	  { STR(VGPU_A_DRIVER_NAME, "nobody") } },
	{ "driver dump", VGPU_CMD_DRIVER_GET, EPERM, { DUMP } },
	{ "driver-attach", VGPU_CMD_DRIVER_ATTACH, EPERM,
	  { STR(VGPU_A_DRIVER_NAME, "nobody") } },
	{ "driver-detach", VGPU_CMD_DRIVER_DETACH, EPERM,
	  { STR(VGPU_A_DRIVER_NAME, "nobody") } },
	{ "group-set of its own", VGPU_CMD_GROUP_SET, EPERM,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/del/a"),
	    FD(VGPU_A_GROUP_CGROUP_FD, "@/del"),
	    U64(VGPU_A_GROUP_KERNEL_MEMORY_MAX, UINT64_MAX) } },
	{ "group-set of frozen", VGPU_CMD_GROUP_SET, EPERM,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/del/a"),
	    FD(VGPU_A_GROUP_CGROUP_FD, "@/del"),
	    U32(VGPU_A_GROUP_FROZEN, 0) } },
	{ "group-get of a neighbour", VGPU_CMD_GROUP_GET, EPERM,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/other") } },
	{ "group-get of its parent", VGPU_CMD_GROUP_GET, EPERM,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/del") } },
	{ "group-get of a neighbour by id", VGPU_CMD_GROUP_GET, EPERM,
	  { ID(VGPU_A_GROUP_CGROUP_ID, "@/other") } },
	{ "group-get of a neighbour by descriptor", VGPU_CMD_GROUP_GET, EPERM,
	  { FD(VGPU_A_GROUP_CGROUP_FD, "@/other") } },
	{ "group dump of a neighbour", VGPU_CMD_GROUP_GET, EPERM,
	  { STR(VGPU_A_GROUP_CGROUP_PATH, "@/other"), DUMP } },
	{ "group dump of everything", VGPU_CMD_GROUP_GET, EPERM,
	  { FD(VGPU_A_GROUP_CGROUP_FD, "@"), DUMP } },
	{ "quota-get of a neighbour", VGPU_CMD_QUOTA_GET, EPERM,
	  { NEST(VGPU_A_QUOTA_GROUP),
	    STR(VGPU_A_GROUP_CGROUP_PATH, "@/other"), END,
	    STR(VGPU_A_QUOTA_DEVICE_NAME, DEVICE) } },
	{ "quota dump of a neighbour", VGPU_CMD_QUOTA_GET, EPERM,
	  { NEST(VGPU_A_QUOTA_GROUP),
	    FD(VGPU_A_GROUP_CGROUP_FD, "@/other"), END, DUMP } },
	{ "stats-get of a neighbour", VGPU_CMD_STATS_GET, EPERM,
	  { NEST(VGPU_A_STATS_GROUP),
	    STR(VGPU_A_GROUP_CGROUP_PATH, "@/other"), END,
	    STR(VGPU_A_STATS_DEVICE_NAME, DEVICE) } },
	{ "quota-set of an absent device", VGPU_CMD_QUOTA_SET, ENODEV,
	  { NEST(VGPU_A_QUOTA_GROUP),
	    STR(VGPU_A_GROUP_CGROUP_PATH, "@/del/a"),
	    FD(VGPU_A_GROUP_CGROUP_FD, "@/del"), END,
	    NEST(VGPU_A_QUOTA_ENTRY),
	    STR(VGPU_A_QUOTA_ENTRY_DEVICE_NAME, "platform:tenant"),
	    U64(VGPU_A_QUOTA_ENTRY_MEMORY_MAX, 1), END } },
	{ "device-get of one that is absent", VGPU_CMD_DEVICE_GET, ENODEV,
	  { STR(VGPU_A_DEVICE_NAME, DEVICE) } },
	{ "event-subscribe to a neighbour", VGPU_CMD_EVENT_SUBSCRIBE, EPERM,
	  { FD(VGPU_A_EVENT_CGROUP_FD, "@/other") } },
};

static void refused(void)
{
	struct wire w = wire_open();
	struct answer a;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(denied); i++) {
		a = script_ask(&w, &denied[i]);
		check(a.err == -denied[i].err && a.text[0], denied[i].name,
		      a.text);
		answer_free(&a);
	}
	check(wire_join(&w) == -EPERM, "joining the multicast group", "");
}

/* Which of the test's cgroups a dump shows, as a set of letters. */
static void seen(const struct answer *a, char set[static 8])
{
	static const char *const paths[] = { "/del", "/del/a", "/del/b",
					     "/other" };
	const struct nlmsghdr *h;
	unsigned int i, j;
	uint64_t id;

	memset(set, 0, 8);
	for (i = 0; (h = answer_at(a, i)); i++) {
		id = attr_u64(attr_of(h, VGPU_A_GROUP_CGROUP_ID));
		for (j = 0; j < ARRAY_SIZE(paths) && id != cg_id(paths[j]);)
			j++;
		set[strlen(set)] = "dabo?"[j];
		if (strlen(set) == 7)
			break;
	}
}

static void sees(void)
{
	static const struct script all = {
		"", VGPU_CMD_GROUP_GET, 0, { DUMP }
	};
	static const struct script below = {
		"", VGPU_CMD_GROUP_GET, 0,
		{ FD(VGPU_A_GROUP_CGROUP_FD, "@/del"), DUMP }
	};
	static const struct script own = {
		"", VGPU_CMD_GROUP_GET, 0,
		{ STR(VGPU_A_GROUP_CGROUP_PATH, "@/del/b") }
	};
	static const struct script info = { "", VGPU_CMD_INFO_GET, 0, {} };
	struct wire w = wire_open();
	char set[8];
	struct answer a;

	a = script_ask(&w, &all);
	seen(&a, set);
	check(!a.err && !strcmp(set, "b"), "a dump shows its own alone", set);
	answer_free(&a);
	a = script_ask(&w, &below);
	seen(&a, set);
	check(!a.err && strlen(set) == 3 && !strpbrk(set, "o?"),
	      "a dump with the directory shows what is below", set);
	answer_free(&a);
	a = script_ask(&w, &own);
	check(!a.err, "it reads its own", a.text);
	answer_free(&a);
	a = script_ask(&w, &info);
	check(!a.err && attr_of(answer_at(&a, 0), VGPU_A_INFO_VERSION) &&
	      !attr_of(answer_at(&a, 0), VGPU_A_INFO_GROUPS),
	      "info tells the version and no counts", a.text);
	answer_free(&a);
}

static int rdonly_mount(void)
{
	char dir[256];
	int fd;

	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(cg_dir("/del", dir), "/mnt", NULL, MS_BIND, NULL) ||
	    mount(NULL, "/mnt", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL))
		bail("read-only mount: %s", strerror(errno));
	fd = open("/mnt", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		bail("open /mnt");
	return fd;
}

static void drop_cap(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2];

	if (syscall(SYS_capget, &head, caps))
		bail("capget: %s", strerror(errno));
	caps[0].effective &= ~(1u << CAP_SYS_ADMIN);
	caps[0].permitted &= ~(1u << CAP_SYS_ADMIN);
	if (syscall(SYS_capset, &head, caps))
		bail("capset: %s", strerror(errno));
}

/* As in a container of the usual runtimes: uid 0 and a read-only mount. */
static void rdonly(void)
{
	int fd = rdonly_mount();
	char text[256];
	struct wire w;

	drop_cap();
	w = wire_open();
	check(set(&w, "/del/a", fd, MIB, text) == EPERM && *text,
	      "root without the capability, read-only", text);
	check(!set(&w, "/del/a", open_dir("/del"), MIB, text),
	      "the same through a writable mount", text);
	become_user();
	w = wire_open();
	check(set(&w, "/del/a", fd, MIB, text) == EPERM && *text,
	      "the owner, read-only", text);
}

/* Capabilities in a user namespace of one's own are none here. */
static void own_userns(void)
{
	char text[256];
	struct wire w;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		bail("user namespace: %s", strerror(errno));
	w = wire_open();
	check(set(&w, "/other", -1, MIB, text) == EPERM && *text,
	      "root of a user namespace", text);
	check(set(&w, "/other", open_dir("/other"), MIB, text) == EPERM,
	      "root of a user namespace, with a directory", text);
}

/* A socket keeps the rights of its opener, and lends it no one else's. */
static void lent_socket(void)
{
	int del = open_dir("/del");
	char text[256];
	struct wire w;

	if (setresuid(-1, USER, 0))
		bail("seteuid");
	w = wire_open();
	if (setresuid(-1, 0, 0))
		bail("seteuid");
	check(set(&w, "/other", -1, MIB, text) == EPERM && *text,
	      "root through a user's socket", text);
	wire_close(&w);
	w = wire_open();
	become_user();
	check(set(&w, "/other", -1, MIB, text) == EPERM && *text,
	      "a user through root's socket", text);
	check(!set(&w, "/del/a", del, MIB, text),
	      "a user through root's socket, below its directory", text);
	check(set(&w, "/other", open_dir("/other"), MIB, text) == EPERM,
	      "a user through root's socket, beside it", text);
}

/* Paths begin at the cgroup namespace. */
static void namespaced(void)
{
	static const struct script dump = {
		"", VGPU_CMD_GROUP_GET, 0,
		{ FD(VGPU_A_GROUP_CGROUP_FD, "@/del"), DUMP }
	};
	static const struct script out = {
		"", VGPU_CMD_GROUP_GET, 0,
		{ ID(VGPU_A_GROUP_CGROUP_ID, "@/other"), }
	};
	const char *path;
	struct answer a;
	bool good = true;
	struct wire w;
	unsigned int i;

	if (unshare(CLONE_NEWCGROUP))
		bail("cgroup namespace: %s", strerror(errno));
	w = wire_open();
	a = script_ask(&w, &out);
	check(a.err == -ENOENT, "root sees nothing outside its namespace",
	      a.text);
	answer_free(&a);
	become_user();
	w = wire_open();
	a = script_ask(&w, &dump);
	for (i = 0; i < a.n; i++) {
		path = attr_string(attr_of(answer_at(&a, i),
					   VGPU_A_GROUP_CGROUP_PATH));
		good = good && (!strcmp(path, "/") || !strcmp(path, "/a") ||
				!strcmp(path, "/b"));
	}
	check(!a.err && a.n == 3 && good, "paths begin at its root", a.text);
	answer_free(&a);
}

int main(void)
{
	struct wire w = wire_open();
	struct answer *before, *after;
	char dir[256];

	cg_setup("delegation");
	cg_create("/del");
	cg_create("/del/a");
	cg_create("/del/b");
	cg_create("/other");
	if (chown(cg_dir("/del", dir), USER, USER))
		bail("chown");
	must_set(&w, "/del", 8 * MIB);
	must_set(&w, "/other", 2 * MIB);

	child("/del/b", inside, true, "the user sets quotas below");
	is(get(&w, "/del/a"), 4 * MIB, "what it set is set");
	is(get(&w, "/del/b"), UINT64_MAX, "what it lifted is lifted");
	is(get(&w, "/del"), 8 * MIB, "what binds it is as it was");

	must_cap(&w);
	child("/del/b", inside_time, true,
	      "the user shares out time below, never above the cap");

	before = state_take();
	child("/del/b", outside, true, "the user sets quotas nowhere else");
	child("/del/b", refused, true, "the user is refused all else");
	child("/del/b", own_userns, true, "a user namespace gives no right");
	after = state_take();
	ok(state_same(before, after), "its refusals changed nothing");
	state_free(before);
	state_free(after);
	child("/del/b", sees, true, "the user sees what is its own");
	child("", rdonly, false, "a read-only mount gives no right");
	child("", lent_socket, false, "a socket lends no right");
	is(get(&w, "/other"), 2 * MIB, "the neighbour's quota is as it was");
	child("/del", namespaced, false, "a cgroup namespace bounds all names");
	wire_close(&w);
	cg_teardown();
	return done();
}
