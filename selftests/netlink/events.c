// SPDX-License-Identifier: GPL-2.0
/*
 * Events: who joined the multicast group hears all, in the initial network
 * namespace; who subscribed with a directory hears what happens there and
 * below; a flood folds into counts and loses nothing of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "script.h"
#include "tap.h"

#define DEVICE	"platform:events"
#define USER	54321
#define SOON	2000	/* ms */
#define NEVER	300

static void quota(struct wire *w, const char *path, uint64_t bytes)
{
	struct answer a;
	char buf[256];

	a = ask(w, quota_msg(w, cg_path(path, buf), -1, DEVICE, bytes));
	if (a.err)
		bail("quota of %s: %s", path, a.text);
	answer_free(&a);
}

static bool concerns(const struct nlmsghdr *h, uint32_t type, const char *path)
{
	return h && attr_u32(attr_of(h, VGPU_A_EVENT_TYPE)) == type &&
	       attr_u64(attr_of(h, VGPU_A_EVENT_CGROUP_ID)) == cg_id(path);
}

static bool has_path(const struct nlmsghdr *h, const char *path)
{
	return h && !strcmp(attr_string(attr_of(h, VGPU_A_EVENT_CGROUP_PATH)),
			    path);
}

/* Throws away what is under way. */
static void drain(struct wire *w)
{
	struct nlmsghdr *h;

	while ((h = event_wait(w, NEVER)))
		free(h);
}

static void multicast(struct wire *w)
{
	struct wire all = wire_open();
	struct nlmsghdr *h;
	char path[256];

	is(-wire_join(&all), 0, "root joins the multicast group");
	drain(&all);
	quota(w, "/del/a", 4096);
	h = event_wait(&all, SOON);
	ok(concerns(h, VGPU_EVENT_TYPE_QUOTA_CHANGED, "/del/a"),
	   "a quota that is set is told");
	ok(has_path(h, cg_path("/del/a", path)), "with the path");
	is(attr_u64(attr_of(h, VGPU_A_EVENT_BYTES)), 4096, "with the limit");
	is(attr_u64(attr_of(h, VGPU_A_EVENT_COUNT)), 1, "once");
	ok(attr_u64(attr_of(h, VGPU_A_EVENT_TIME)), "with the time");
	ok(!strcmp(attr_string(attr_of(h, VGPU_A_EVENT_DEVICE_NAME)), DEVICE),
	   "with the device");
	free(h);
	h = event_wait(&all, NEVER);
	ok(!h, "and nothing else is");
	free(h);
	wire_close(&all);
}

/* Counts of all events of one kind are kept, however few messages they are. */
static void flood(struct wire *w)
{
	struct wire all = wire_open();
	unsigned int i, n = 1000, messages = 0;
	uint64_t told = 0, bytes = 0;
	struct nlmsghdr *h;

	wire_join(&all);
	drain(&all);
	for (i = 1; i <= n; i++)
		quota(w, "/del/a", i * 4096ull);
	while (told < n && (h = event_wait(&all, SOON))) {
		if (concerns(h, VGPU_EVENT_TYPE_QUOTA_CHANGED, "/del/a")) {
			told += attr_u64(attr_of(h, VGPU_A_EVENT_COUNT));
			bytes = attr_u64(attr_of(h, VGPU_A_EVENT_BYTES));
			messages++;
		}
		free(h);
	}
	is(told, n, "each of %u events is counted", n);
	is(bytes, n * 4096ull, "the last message tells the last limit");
	ok(messages <= n / 2, "they fold: %u messages", messages);
	wire_close(&all);
}

static int subscribe(struct wire *w, const char *path)
{
	struct script s = {
		"", VGPU_CMD_EVENT_SUBSCRIBE, 0,
		{ FD(VGPU_A_EVENT_CGROUP_FD, path) }
	};
	struct answer a = script_ask(w, &s);

	if (a.err)
		note("%s", a.text);
	answer_free(&a);
	return -a.err;
}

/* The user says what it hears, a byte an event, until the pipe is closed. */
static void listen_below(int out)
{
	struct nlmsghdr *h;
	struct wire w;
	char said;

	/* A subscription works in any network namespace. */
	if (unshare(CLONE_NEWNET | CLONE_NEWCGROUP) || setgroups(0, NULL) ||
	    setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		bail("become the user: %s", strerror(errno));
	w = wire_open();
	said = subscribe(&w, "@/del") ? 'E' : 'S';
	if (write(out, &said, 1) != 1)
		_exit(1);
	for (;;) {
		h = event_wait(&w, -1);
		said = '?';
		if (concerns(h, VGPU_EVENT_TYPE_QUOTA_CHANGED, "/del/a"))
			said = has_path(h, "/a") ? 'a' : 'p';
		else if (attr_u32(attr_of(h, VGPU_A_EVENT_TYPE)) ==
			 VGPU_EVENT_TYPE_GROUP_REMOVED)
			said = 'r';
		free(h);
		if (write(out, &said, 1) != 1)
			_exit(0);
	}
}

static char heard(int in, int msec)
{
	char said = 0;
	int i;

	for (i = 0; i < msec / 10; i++) {
		if (read(in, &said, 1) == 1)
			return said;
		usleep(10000);
	}
	return 0;
}

static void subscription(struct wire *w)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_NONBLOCK))
		bail("pipe");
	quota(w, "/del/b", 4096);	/* a group, to be removed */
	usleep(200000);
	pid = cg_fork("/del");
	if (!pid)
		listen_below(fds[1]);
	is(heard(fds[0], SOON * 5), 'S', "the user subscribes");
	quota(w, "/other", 4096);
	is(heard(fds[0], NEVER), 0, "it hears nothing of a neighbour");
	quota(w, "/del/a", 8192);
	is(heard(fds[0], SOON), 'a', "it hears of its own, by its own path");
	ok(cg_remove("/del/b"), "a cgroup of its own goes");
	is(heard(fds[0], SOON), 'r', "it hears of that");
	is(heard(fds[0], NEVER), 0, "and of nothing else");
	kill(pid, SIGKILL);
	cg_wait(pid);
}

int main(void)
{
	struct wire w = wire_open();
	char dir[256];

	cg_setup("events");
	cg_create("/del");
	cg_create("/del/a");
	cg_create("/del/b");
	cg_create("/other");
	if (chown(cg_dir("/del", dir), USER, USER))
		bail("chown");
	quota(&w, "/del/a", 1 << 20);
	multicast(&w);
	flood(&w);
	subscription(&w);
	wire_close(&w);
	cg_teardown();
	return done();
}
