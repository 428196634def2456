// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of call that NVIDIA's control file and nvidia-uvm take, right and
 * wrong, as far as it needs no GPU; and what they answered.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raw.h"
#include "tap.h"

#define ESCAPE(nr, size)	_IOC(_IOC_READ | _IOC_WRITE, 'F', nr, size)

enum {
	ALLOC_MEMORY = 0x27,
	FREE = 0x29,
	CONTROL = 0x2a,
	ALLOC = 0x2b,
	DUP = 0x34,
	SHARE = 0x35,
	HEAP = 0x4a,
	MAP_MEMORY = 0x4e,
	CARD_INFO = 0xc8,
	REGISTER_FD = 0xc9,
	CHECK_VERSION = 0xd2,
	XFER = 0xd3,
};

/* nvidia-uvm takes bare numbers. */
#define UVM_INITIALIZE		0x30000001ul
#define UVM_REGISTER_GPU	37ul
#define UVM_PAGEABLE_ACCESS	39ul
#define UVM_MM_INITIALIZE	75ul

/* The escapes by their words; the layouts are those of abi/RELEASE.txt. */
struct alloc {
	uint32_t root, parent, object, class;
	uint64_t params;
	union {
		struct {
			uint32_t size, status;
		} small;
		struct {
			uint64_t rights;
			uint32_t size, flags, status, pad;
		} large;
	};
};

struct control {
	uint32_t client, object, cmd, flags;
	uint64_t params;
	uint32_t size, status;
};

struct xfer {
	uint32_t cmd, size;
	uint64_t ptr;
};

struct version {
	uint32_t cmd, reply;
	char string[64];
};

#define SMALL	32
#define LARGE	48

static struct answers *said;

static void __attribute__((format(printf, 4, 5)))
tell(int ret, uint32_t status, uint32_t value, const char *fmt, ...)
{
	struct answer *a = &said->list[said->n++];
	va_list args;

	if (said->n > sizeof(said->list) / sizeof(said->list[0]))
		bail("too many answers");
	va_start(args, fmt);
	vsnprintf(a->what, sizeof(a->what), fmt, args);
	va_end(args);
	a->ret = ret ? -errno : 0;
	a->status = status;
	a->value = value;
}

static int escape(int fd, unsigned int nr, void *arg, unsigned int size)
{
	return ioctl(fd, ESCAPE(nr, size), arg);
}

static int wrapped(int fd, unsigned int nr, void *arg, unsigned int size)
{
	struct xfer x = { .cmd = nr, .size = size, .ptr = (uintptr_t)arg };

	return escape(fd, XFER, &x, sizeof(x));
}

typedef int (*escape_fn)(int fd, unsigned int nr, void *arg, unsigned int size);

/* Gives the handle, and the status in @status. */
static uint32_t alloc(escape_fn call, int fd, unsigned int size,
		      struct alloc *a, int *ret, uint32_t *status)
{
	uint32_t *word = size == SMALL ? &a->small.status : &a->large.status;

	*word = 0xdead;
	*ret = call(fd, ALLOC, a, size);
	*status = *word;
	return a->object;
}

static uint32_t root(escape_fn call, int fd, unsigned int size, uint32_t class)
{
	struct alloc a = { .class = class };
	uint32_t status;
	int ret;

	alloc(call, fd, size, &a, &ret, &status);
	tell(ret, status, a.class, "root 0x%x, %u bytes%s", class, size,
	     call == wrapped ? ", wrapped" : "");
	return status ? 0 : a.object;
}

static void free_object(escape_fn call, int fd, uint32_t client, uint32_t object)
{
	uint32_t f[4] = { client, client, object, 0xdead };
	int ret = call(fd, FREE, f, sizeof(f));

	tell(ret, f[3], 0, "free%s", call == wrapped ? ", wrapped" : "");
}

static void control(int fd, uint32_t client, uint32_t cmd, void *params,
		    uint32_t size)
{
	struct control c = {
		.client = client, .object = client, .cmd = cmd,
		.params = (uintptr_t)params, .size = size, .status = 0xdead,
	};
	int ret = escape(fd, CONTROL, &c, sizeof(c));

	tell(ret, c.status, params ? *(uint32_t *)params : 0,
	     "control 0x%x, %u bytes", cmd, size);
}

static void ask_version(int fd, const char *version)
{
	struct version v = { .cmd = '2' };
	int ret = escape(fd, CHECK_VERSION, &v, sizeof(v));

	tell(ret, 0, v.reply, "version");
	if (!ret && strcmp(v.string, version))
		ok(false, "the version is %s", v.string);
	v.cmd = 0;
	ret = escape(fd, CHECK_VERSION, &v, sizeof(v));
	tell(ret, 0, v.reply, "the right version");
	strcpy(v.string, "1.2.3");
	ret = escape(fd, CHECK_VERSION, &v, sizeof(v));
	tell(ret, 0, v.reply, "a wrong version");
}

static void ask_clients(int fd)
{
	static const uint32_t classes[] = { 0x41, 0x0, 0x1 };
	static const unsigned int sizes[] = { SMALL, LARGE };
	unsigned int i, j;
	uint32_t client;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < 2; j++) {
			client = root(escape, fd, sizes[j], classes[i]);
			free_object(wrapped, fd, client, client);
			client = root(wrapped, fd, sizes[j], classes[i]);
			free_object(escape, fd, client, client);
			free_object(escape, fd, client, client);
		}
	}
}

static void ask_controls(int fd)
{
	uint32_t client = root(escape, fd, LARGE, 0x41);
	static uint32_t p[4096];
	static const struct {
		uint32_t cmd, size;
	} list[] = {
		{ 0x201, 128 }, { 0x214, 256 }, { 0x201, 4 }, { 0x214, 0 },
		{ 0x13e, 776 }, { 0x7f7f7f7f, 4 }, { 0x2080018e, 14408 },
		{ 0x20801303, 444 }, { 0x410110, 16 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		memset(p, 0, sizeof(p));
		control(fd, client, list[i].cmd, p, list[i].size);
	}
	control(fd, client, 0x201, NULL, 128);
	control(fd, client + 1, 0x201, p, 128);
	free_object(escape, fd, client, client);
}

/* Without a GPU none of these gets anywhere, but each to its own error. */
static void ask_objects(int fd)
{
	uint32_t client = root(escape, fd, LARGE, 0x41);
	static const uint32_t classes[] = {
		0x80, 0x2080, 0x40, 0x3e, 0x71, 0xa06c, 0xc56f, 0x90f1, 0x5,
		0x79, 0xdead,
	};
	unsigned char params[512];
	uint32_t words[46] = { 0 }, status;
	unsigned int i;
	int ret;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		struct alloc a = {
			.root = client, .parent = client,
			.object = 0x5c000001 + i, .class = classes[i],
			.params = (uintptr_t)params,
		};

		memset(params, 0, sizeof(params));
		params[66] = 0x10;
		alloc(escape, fd, LARGE, &a, &ret, &status);
		tell(ret, status, a.object, "class 0x%x", classes[i]);
		a.parent = 0x5c00dead;
		alloc(wrapped, fd, SMALL, &a, &ret, &status);
		tell(ret, status, a.object, "class 0x%x, no parent", classes[i]);
	}
	words[0] = client;
	words[1] = client;
	words[3] = client;
	ret = escape(fd, DUP, words, 28);
	tell(ret, words[6], 0, "dup of nothing");
	words[2] = 2;
	ret = escape(fd, HEAP, words, 184);
	tell(ret, words[5], 0, "heap");
	free_object(escape, fd, client, 0x5c000001);
	free_object(escape, fd, client, client);
}

static void ask_badly(int fd)
{
	static const unsigned int sizes[] = { 0, 4, 16, 8191 };
	static unsigned char buf[16384];
	struct xfer inner = { .cmd = ALLOC, .size = LARGE,
			      .ptr = (uintptr_t)buf };
	unsigned int nr, i;
	int ret;

	for (nr = ALLOC_MEMORY; nr <= MAP_MEMORY; nr++) {
		for (i = 0; i < 4; i++) {
			memset(buf, 0, sizeof(buf));
			ret = escape(fd, nr, buf, sizes[i]);
			if (i == 3 || !ret)
				tell(ret, 0, i, "escape 0x%x", nr);
		}
	}
	ret = wrapped(fd, XFER, &inner, sizeof(inner));
	tell(ret, 0, 0, "wrapped twice");
	ret = wrapped(fd, ALLOC, buf, sizeof(buf) + 1);
	tell(ret, 0, 0, "wrapped, too large");
	ret = wrapped(fd, ALLOC, NULL, LARGE);
	tell(ret, 0, 0, "wrapped, no memory");
	ret = wrapped(fd, ALLOC, buf, LARGE - 1);
	tell(ret, 0, 0, "wrapped, a wrong size");
	ret = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED;
	tell(ret, 0, 0, "mmap");
	memset(buf, 0, sizeof(buf));
	ret = escape(fd, CARD_INFO, buf, 72 * 32);
	tell(ret, 0, buf[0], "cards");
	ret = open("/dev/nvidia0", O_RDWR);
	tell(ret < 0, 0, 0, "a GPU that is not there");
}

static void ask_uvm(void)
{
	struct {
		uint64_t flags;
		uint32_t status, pad;
	} init = { .status = 0xdead };
	uint32_t p[64] = { 0, 0xdead };
	int fd = open(RAW_UVM, O_RDWR | O_CLOEXEC);
	int second = open(RAW_UVM, O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0 || second < 0)
		bail("%s: %s", RAW_UVM, strerror(errno));
	ret = ioctl(second, UVM_PAGEABLE_ACCESS, p);
	tell(ret, p[1], p[0], "uvm: before it is initialised");
	ret = ioctl(fd, UVM_INITIALIZE, &init);
	tell(ret, init.status, 0, "uvm: initialise");
	ret = ioctl(fd, UVM_INITIALIZE, &init);
	tell(ret, init.status, 0, "uvm: initialise again");
	ret = ioctl(fd, UVM_PAGEABLE_ACCESS, p);
	tell(ret, p[1], p[0], "uvm: pageable access");
	p[0] = fd;
	ret = ioctl(second, UVM_MM_INITIALIZE, p);
	tell(ret, p[1], 0, "uvm: the second file");
	memset(p, 0x5a, sizeof(p));
	ret = ioctl(fd, UVM_REGISTER_GPU, p);
	tell(ret, p[9], 0, "uvm: a GPU that is not there");
	ret = ioctl(fd, 9999, p);
	tell(ret, 0, 0, "uvm: no such call");
	ret = mmap((void *)0x100000000, 2 << 20, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0x100000000) ==
		MAP_FAILED;
	tell(ret, 0, 0, "uvm: managed memory");
	if (!ret)
		munmap((void *)0x100000000, 2 << 20);
	close(second);
	close(fd);
}

void raw_ask(struct answers *answers, const char *version)
{
	int fd = open(RAW_CTL, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		bail("%s: %s", RAW_CTL, strerror(errno));
	said = answers;
	said->n = 0;
	ask_version(fd, version);
	ask_clients(fd);
	ask_controls(fd);
	ask_objects(fd);
	ask_badly(fd);
	ask_uvm();
	close(fd);
}

void raw_churn(unsigned int seed)
{
	static struct answers own;
	unsigned int i;
	int fd, uvm;

	said = &own;
	for (i = seed;; i++) {
		own.n = 0;
		fd = open(RAW_CTL, O_RDWR | O_CLOEXEC);
		uvm = open(RAW_UVM, O_RDWR | O_CLOEXEC);
		if (fd < 0 || uvm < 0)
			_exit(1);
		if (!root(escape, fd, LARGE, 0x41) ||
		    !root(wrapped, fd, SMALL, 0x41))
			_exit(2);
		if (i % 3)
			ask_uvm();
		if (i % 2)
			close(fd);
		close(uvm);
		if (!(i % 16))
			closefrom(3);
	}
}

static const struct answer *answer(const struct answers *list, const char *what)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (!strcmp(list->list[i].what, what))
			return &list->list[i];
	bail("no answer to %s", what);
}

void raw_expect(const struct answers *list, const char *what, int ret,
		uint32_t status)
{
	const struct answer *a = answer(list, what);

	if (!ok(a->ret == ret && a->status == status, "it answers: %s", what))
		note("%d, status 0x%x", a->ret, a->status);
}

static bool same(const struct answer *a, const struct answer *b)
{
	return a->ret == b->ret && a->status == b->status &&
	       a->value == b->value && !strcmp(a->what, b->what);
}

static bool listed(const char *const *list, const char *what)
{
	for (; *list; list++)
		if (!strcmp(*list, what))
			return true;
	return false;
}

void raw_differ(const struct answers *want, const struct answers *got,
		const char *const *but, const char *when)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < want->n && i < got->n; i++) {
		const struct answer *a = &want->list[i], *b = &got->list[i];

		if (same(a, b) != listed(but, a->what))
			continue;
		wrong++;
		note("%s: %d, 0x%x, 0x%x; without %d, 0x%x, 0x%x", a->what,
		     b->ret, b->status, b->value, a->ret, a->status, a->value);
	}
	ok(!wrong && want->n == got->n, "all %u answers are the same %s",
	   want->n, when);
}

void raw_same(const struct answers *want, const struct answers *got,
	      const char *when)
{
	static const char *const none[] = { NULL };

	raw_differ(want, got, none, when);
}
