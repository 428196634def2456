// SPDX-License-Identifier: GPL-2.0
/*
 * A tenant has its own call stalled for ever: the parameters lie on a page that
 * a userfaultfd never serves. Whatever it names in that call or in another, no
 * call of another tenant's waits for it.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "cgroup.h"
#include "quota.h"
#include "rm.h"
#include "stage.h"
#include "tap.h"
#include "unserved.h"

#define QUOTA		(4 * MIB)
#define CLASS_DEVICE	0x80

/* What the victim tells of itself. */
struct victim {
	uint32_t root, device, memory;
};

static struct victim victim;
static struct rm own;

static void alloc_device(uint32_t root, void *params)
{
	struct nvos64_alloc alloc = {
		.root = root, .parent = root, .class = CLASS_DEVICE,
		.params = (uintptr_t)params,
	};

	rm_escape(&own, own.ctl, NR_ALLOC, &alloc, sizeof(alloc));
}

/* In the name of the victim's client. */
static void *as_victim(void *page)
{
	alloc_device(victim.root, page);
	return NULL;
}

static void *as_oneself(void *page)
{
	alloc_device(own.root, page);
	return NULL;
}

/* From the victim's client to one's own. */
static void *copy(void *unused)
{
	uint32_t handle = 0;

	rm_dup(&own, &handle, victim.root, victim.memory);
	return NULL;
}

static pid_t attacker(void *(*call)(void *page), void *(*then)(void *unused),
		      int said)
{
	pid_t pid = cg_fork("/a");
	pthread_t t;
	void *page;
	int fd;

	if (pid)
		return pid;
	if (rm_client_open(&own, 0))
		_exit(3);
	page = unserved_page(&fd);
	if (!page)
		_exit(2);
	pthread_create(&t, NULL, call, page);
	unserved_wait(fd);	/* the driver need not come to it */
	if (then) {
		pthread_create(&t, NULL, then, NULL);
		usleep(500000);
	}
	if (write(said, "", 1) == 1)
		pause();
	_exit(4);
}

/* Says who it is, and when told allocates and frees; killed where it waits. */
static pid_t bystander(int says, int go)
{
	pid_t pid = cg_fork("/b");
	uint32_t more = 0;
	struct victim me;
	struct rm rm;
	char c;

	if (pid)
		return pid;
	if (rm_client_open(&rm, 0) ||
	    rm_alloc_vidmem(&rm, MIB, RM_ROUTE_ALLOC64, &me.memory))
		_exit(3);
	me.root = rm.root;
	me.device = rm.device;
	if (write(says, &me, sizeof(me)) != sizeof(me) || read(go, &c, 1) != 1)
		_exit(4);
	alarm(20);
	if (rm_alloc_vidmem(&rm, MIB, RM_ROUTE_HEAP_SIZE, &more) ||
	    rm_free(&rm, more) || rm_free(&rm, me.memory))
		_exit(5);
	_exit(0);
}

static void stall(const char *what, void *(*call)(void *page),
		  void *(*then)(void *unused))
{
	int says[2], go[2], said[2];
	pid_t by, at;
	char c;

	if (pipe(says) || pipe(go) || pipe(said))
		bail("pipe");
	by = bystander(says[1], go[0]);
	if (read(says[0], &victim, sizeof(victim)) != sizeof(victim))
		bail("no bystander");
	at = attacker(call, then, said[1]);
	if (read(said[0], &c, 1) != 1 || write(go[1], "", 1) != 1)
		bail("no attacker");
	is(cg_wait(by), 0, "%s: another tenant's calls do not wait", what);
	kill(at, SIGKILL);
	is(cg_wait(at), 128 + SIGKILL, "%s: killed, it ends", what);
	is(charged_settled("/a", GPU0, 0), 0, "%s: and leaves nothing", what);
	is(charged_settled("/b", GPU0, 0), 0, "%s: nor does the other", what);
	close(says[0]);
	close(says[1]);
	close(go[0]);
	close(go[1]);
	close(said[0]);
	close(said[1]);
}

int main(void)
{
	stage_setup("nvidia-stall", getenv("MOCK") ?: "release=550");
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", GPU0, QUOTA);
	quota_set("/b", GPU0, QUOTA);
	stall("a call in another's name", as_victim, NULL);
	stall("a copy behind a call of one's own", as_oneself, copy);
	quota_set("/a", GPU0, UNLIMITED);
	stall("the same without a quota", as_victim, NULL);
	return stage_finish();
}
