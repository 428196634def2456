// SPDX-License-Identifier: GPL-2.0
/*
 * Random messages, as root and as a user, from a seed that is printed. Nothing
 * is asked of the answers but that they come, and that the family still works
 * afterwards; what breaks in the kernel shows on its console.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "script.h"
#include "tap.h"

#define USER	54321

static uint64_t state;

static uint32_t below(uint32_t n)
{
	/* xorshift64* */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static const uint64_t numbers[] = {
	0, 1, 2, 3, 4096, INT32_MAX, UINT32_MAX, 1ull << 32, INT64_MAX,
	1ull << 63, UINT64_MAX - 1, UINT64_MAX,
};

static const char *const texts[] = {
	"", "/", "@", "@/a", "@/b", "@/a/..", "a", "nobody", "platform:fuzz",
	"pci:0000:7f:1f.7", "0000:7f:1f.7", "GPU-1", "pci:", "platform:",
	"//", "@/a/cgroup.procs", "virtio", "\xff\xfe",
};

static int fds[6];	/* that may be named */

static void put_number(struct msg *m, uint16_t type)
{
	uint64_t number = numbers[below(sizeof(numbers) / sizeof(*numbers))];

	if (below(2))
		msg_u64(m, type, number);
	else
		msg_u32(m, type, number);
}

static void put_text(struct msg *m, uint16_t type)
{
	const char *text = texts[below(sizeof(texts) / sizeof(*texts))];
	char path[256];

	msg_string(m, type, *text == '@' ? cg_path(text + 1, path) : text);
}

static void put_bytes(struct msg *m, uint16_t type)
{
	uint8_t bytes[64];
	unsigned int i, n = below(sizeof(bytes) + 1);

	for (i = 0; i < n; i++)
		bytes[i] = below(256);
	msg_put(m, type, bytes, n);
}

static void put_attrs(struct msg *m, unsigned int depth)
{
	unsigned int n = below(6);
	uint16_t type;
	size_t nest;

	while (n-- && m->len < 8192) {
		type = below(8) ? 1 + below(9) : below(1 << 14);
		switch (below(depth < 4 ? 7 : 5)) {
		case 0:
			put_bytes(m, type);
			break;
		case 1:
			put_number(m, type);
			break;
		case 2:
			msg_flag(m, type);
			break;
		case 3:
			msg_u32(m, type, fds[below(6)]);
			break;
		case 4:
			put_text(m, type);
			break;
		default:
			nest = msg_nest(m, type);
			put_attrs(m, depth + 1);
			msg_end(m, nest);
		}
	}
}

/* A request that would do something, to be spoiled. */
static void put_quota(struct msg *m, const struct wire *w)
{
	static const char *const paths[] = { "", "/a", "/b" };
	char path[256];
	struct msg *good;

	good = quota_msg(w, cg_path(paths[below(3)], path),
			 below(2) ? fds[below(6)] : -1, "platform:fuzz",
			 numbers[below(12)]);
	memcpy(m, good, offsetof(struct msg, buf) + good->len);
}

/* Random bytes in place of some, and a length that is not the true one. */
static void spoil(struct msg *m)
{
	size_t head = NLMSG_HDRLEN + 4;
	unsigned int n = below(4);

	while (n-- && m->len > head)
		m->buf[head + below(m->len - head)] = below(256);
	if (!below(4) && m->len > head)
		m->len -= below(m->len - head);
}

static void shoot(struct wire *w)
{
	static struct msg m;
	struct answer a;

	if (below(4)) {
		msg_begin(&m, w, below(VGPU_CMD_MAX + 3), !below(4));
		put_attrs(&m, 0);
	} else {
		put_quota(&m, w);
	}
	if (!below(3))
		spoil(&m);
	if (m.len < NLMSG_HDRLEN + 4)
		return;
	a = ask(w, &m);
	answer_free(&a);
}

static void open_fds(void)
{
	static const char *const paths[] = { "", "/a", "/b" };
	char dir[256];
	int i;

	for (i = 0; i < 3; i++)
		fds[i] = open(cg_dir(paths[i], dir), O_RDONLY | O_CLOEXEC);
	fds[3] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	fds[4] = 1000;
	fds[5] = -1;
}

static void fuzz(unsigned int n)
{
	struct wire w = wire_open();

	open_fds();
	while (n--) {
		/* A socket now and then, so that subscriptions come and go. */
		if (!below(256)) {
			wire_close(&w);
			w = wire_open();
		}
		shoot(&w);
	}
	wire_close(&w);
}

static unsigned int rounds(void)
{
	const char *loops = getenv("VGPU_LOOPS");

	if (loops && !strcmp(loops, "long"))
		return 500000;
	return loops && !strcmp(loops, "debug") ? 2000 : 20000;
}

int main(int argc, char **argv)
{
	static const struct script info = { "", VGPU_CMD_INFO_GET, 0, {} };
	unsigned int n = rounds();
	struct answer *all, a;
	struct wire w;
	pid_t pid;

	state = argc > 1 ? strtoull(argv[1], NULL, 0) :
			   (uint64_t)time(NULL) * 0x9e3779b97f4a7c15ull;
	state = state ?: 1;
	note("seed %#" PRIx64 ", %u messages each", state, n);
	cg_setup("fuzz");
	cg_create("/a");
	cg_create("/b");
	pid = cg_fork("/a");
	if (!pid) {
		fuzz(n);
		_exit(0);
	}
	is(cg_wait(pid), 0, "%u messages of root were answered", n);
	pid = cg_fork("/a");
	if (!pid) {
		char dir[256];

		if (chown(cg_dir("/a", dir), USER, USER) ||
		    setgroups(0, NULL) || setresgid(USER, USER, USER) ||
		    setresuid(USER, USER, USER))
			bail("become the user: %s", strerror(errno));
		fuzz(n);
		_exit(0);
	}
	is(cg_wait(pid), 0, "%u messages of a user were answered", n);
	w = wire_open();
	a = script_ask(&w, &info);
	is(-a.err, 0, "the family answers");
	answer_free(&a);
	wire_close(&w);
	all = state_take();
	ok(all, "everything can be dumped");
	state_free(all);
	cg_teardown();
	return done();
}
