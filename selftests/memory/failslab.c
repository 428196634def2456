// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation that the core makes in an operation fails once, each in its
 * turn. The operation is then done or refused, and nothing is left of one that
 * was refused. On debug kernels, whose fault injection can be told where to
 * look: below functions of vgpu.ko alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <vgpu/vgpu.h>

#include "cgroup.h"
#include "drm.h"
#include "mock.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define DEBUG	"/sys/kernel/debug/"
#define LIMIT	300	/* no operation makes as many allocations */

/* What came of an operation whose N-th allocation failed. */
struct outcome {
	int err;
	bool fired;	/* there was an N-th */
};

static struct vgpu_ctx *vgpu;

static void set_knob(const char *which, const char *knob, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), DEBUG "%s/%s", which, knob);
	if (!file_write(path, value))
		bail("%s", path);
}

static unsigned long text_of(const char *module)
{
	char path[128];
	unsigned long at = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/%s/sections/.text", module);
	f = fopen(path, "re");
	if (f) {
		if (fscanf(f, "%lx", &at) != 1)
			at = 0;
		fclose(f);
	}
	return at;
}

static void look_within(const char *which, unsigned long start,
			unsigned long end)
{
	char value[32];

	snprintf(value, sizeof(value), "%#lx", start);
	set_knob(which, "require-start", value);
	snprintf(value, sizeof(value), "%#lx", end);
	set_knob(which, "require-end", value);
}

/* From the core's first function to the next module's. */
static void look_below_core(const char *which)
{
	unsigned long start = text_of("vgpu"), end = start + MIB, at;
	char name[64];
	FILE *f = fopen("/proc/modules", "re");

	if (!start || !f)
		bail("where is vgpu.ko?");
	while (fscanf(f, "%63s%*[^\n]", name) == 1) {
		at = text_of(name);
		if (at > start && at < end)
			end = at;
	}
	fclose(f);
	look_within(which, start, end);
	set_knob(which, "verbose", "0");
}

/* Fail every allocation below one function of the core's; NULL: none. */
static void fail_below(const char *function)
{
	unsigned long at, start = 0, end = ULONG_MAX;
	char line[512], name[256];
	FILE *f = fopen("/proc/kallsyms", "re");

	while (function && f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx %*c %255s [vgpu]", &at, name) == 2 &&
		    !strcmp(name, function))
			start = at;
	if (!f || (function && !start))
		bail("where is %s()?", function);
	rewind(f);
	while (function && fgets(line, sizeof(line), f)) {
		at = strtoul(line, NULL, 16);
		if (at > start && at < end)
			end = at;
	}
	fclose(f);
	if (function)
		look_within("failslab", start, end);
	set_knob("failslab", "times", function ? "-1" : "1");
	set_knob("failslab", "probability", function ? "100" : "0");
}

/* The file goes by the thread that opens it. */
static int fail_nth(void)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		bail("fail-nth");
	return fd;
}

static void arm(int fd, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fd, text, len, 0) != len)
		bail("fail-nth: %u", n);
}

/* Disarms it, too. */
static bool fired(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) < 1)
		bail("fail-nth cannot be read");
	arm(fd, 0);
	return !atoi(text);
}

/* An object in a cgroup that has no group yet. */
static struct outcome make(const struct maker *m, unsigned int n)
{
	struct outcome *out = mmap(NULL, sizeof(*out), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct outcome o;
	uint32_t handle;
	int fd, nth;
	pid_t pid;

	if (out == MAP_FAILED)
		bail("mmap");
	pid = cg_fork("/pod/new");
	if (!pid) {
		out->err = 0;
		fd = drm_open(m->driver);
		nth = fail_nth();
		arm(nth, n);
		out->err = m->make(fd, PAGE, &handle);
		out->fired = fired(nth);
		_exit(0);
	}
	if (cg_wait(pid))
		bail("the maker died");
	o = *out;
	munmap(out, sizeof(*out));
	return o;
}

static void makes(const struct maker *m)
{
	unsigned int n, refused = 0, strange = 0, left = 0;
	const char *card = drm_card(m->driver);
	struct outcome o = { .fired = true };

	for (n = 1; o.fired && n < LIMIT; n++) {
		cg_create("/pod/new");
		o = make(m, n);
		refused += o.err == -ENOMEM;
		strange += o.err && o.err != -ENOMEM;
		left += live_settled("/pod", 0) != 0;
		left += charged_settled("/pod", card, 0) != 0;
		left += !cg_remove("/pod/new");
	}
	note("%s: %u allocations, %u refusals", m->name, n - 2, refused);
	ok(refused > 2, "%s: is refused for want of memory", m->name);
	ok(!o.fired && !o.err, "%s: is made where no allocation fails",
	   m->name);
	is(strange, 0, "%s: says nothing but ENOMEM", m->name);
	is(left, 0, "%s: leaves nothing charged", m->name);
}

static uint64_t limit_of(const char *device)
{
	const struct vgpu_cgroup cg = {
		.sz = sizeof(cg),
		.id = cg_id("/pod/new"),
	};
	struct vgpu_quota *quota;
	uint64_t limit;

	if (vgpu_quota_get(vgpu, &cg, device, &quota))
		bail("vgpu_quota_get: %s", vgpu_ctx_error(vgpu));
	limit = vgpu_quota_memory_max(quota);
	vgpu_quota_free(quota);
	return limit;
}

/* Two quotas at once, in a cgroup that has no group yet: both or none. */
static void sets(void)
{
	const char *vgem = drm_card("vgem"), *virtio = drm_card("virtio_gpu");
	const struct vgpu_quota_change changes[] = {
		{ .sz = sizeof(*changes), .device = vgem,
		  .set = LIBVGPU_QUOTA_MEMORY, .memory_max = MIB },
		{ .sz = sizeof(*changes), .device = virtio,
		  .set = LIBVGPU_QUOTA_MEMORY, .memory_max = MIB },
	};
	unsigned int n, refused = 0, half = 0;
	struct outcome o = { .fired = true };
	int nth = fail_nth();

	for (n = 1; o.fired && n < LIMIT; n++) {
		struct vgpu_cgroup cg = { .sz = sizeof(cg) };
		uint64_t want;

		cg_create("/pod/new");
		cg.id = cg_id("/pod/new");
		arm(nth, n);
		o.err = vgpu_quota_set(vgpu, &cg, changes, 2);
		o.fired = fired(nth);
		refused += o.err != 0;
		want = o.err ? UNLIMITED : MIB;
		half += limit_of(vgem) != want || limit_of(virtio) != want;
		if (!cg_remove("/pod/new"))
			bail("a cgroup stays");
	}
	note("quota-set: %u allocations, %u refusals", n - 2, refused);
	ok(refused > 2, "a set is refused for want of memory");
	ok(!o.fired && !o.err, "and done where no allocation fails");
	is(half, 0, "it is done or refused, but never by half");
	close(nth);
}

static void quota_binds(const char *driver, unsigned int *wrong)
{
	int err = 0, fd = drm_open(driver);

	cg_enter("/pod/limited");
	*wrong += drm_fill(fd, MIB / 4, &err) != MIB || err != -ENOMEM;
	cg_leave();
	close(fd);
	*wrong += live_settled("/pod/limited", 0) != 0;
}

/* A driver that could not be attached is no way past a quota. */
static void attaches(const char *driver)
{
	unsigned int n, refused = 0, wrong = 0;
	struct outcome o = { .fired = true };
	const char *card = drm_card(driver);
	int nth = fail_nth();

	for (n = 1; o.fired && n < LIMIT; n++) {
		uint64_t made;
		int fd, err = 0;

		if (vgpu_driver_detach(vgpu, driver, NULL, NULL))
			bail("detach: %s", vgpu_ctx_error(vgpu));
		arm(nth, n);
		o.err = vgpu_driver_attach(vgpu, driver);
		o.fired = fired(nth);
		refused += o.err != 0;
		if (!o.err) {
			quota_binds(driver, &wrong);
			continue;
		}
		fd = drm_open(driver);
		cg_enter("/pod/limited");
		made = drm_fill(fd, MIB / 4, &err);
		cg_leave();
		close(fd);
		if (made > MIB)
			note("without allocation %u, %lu bytes", n, made);
		wrong += made > MIB;
		wrong += live_settled("/pod/limited", 0) != 0;
	}
	note("driver-attach: %u allocations, %u refusals", n - 2, refused);
	ok(!o.fired && !o.err, "attached where no allocation fails");
	is(wrong, 0, "never more than the quota, attached or not");
	is(charged_settled("/pod/limited", card, 0), 0, "and nothing is left");
	close(nth);
}

static int makes_any(const char *cg, bool dumb)
{
	int ret, fd = drm_open(MOCK);
	uint32_t handle;

	if (cg)
		cg_enter(cg);
	ret = dumb ? drm_dumb(fd, PAGE, &handle) :
		     mock_create(fd, PAGE, AMDGPU_GEM_DOMAIN_VRAM, &handle);
	if (cg)
		cg_leave();
	close(fd);
	return -ret;
}

/*
 * Of a device that nobody knows it cannot be told which quotas count there. What
 * the core has ever seen needs no memory: so it is another.
 */
static void takes_up(void)
{
	vgpu_ctx_free(vgpu);
	if (vgpu_unload(NULL, 0) || vgpu_load() || vgpu_ctx_create(&vgpu))
		bail("vgpu does not come again");
	quota_set("/pod/limited", drm_card("vgem"), MIB);
	fail_below("vgpu_device_add");
	mock_load();
	fail_below(NULL);
	is(makes_any("/pod/limited", false), ENOMEM,
	   "a device that could not be taken up is closed to who has a quota");
	is(makes_any("/pod/limited", true), ENOMEM, "for dumb buffers, too");
	is(makes_any(NULL, false), 0, "and open to all others");
	if (vgpu_driver_detach(vgpu, MOCK, NULL, NULL) ||
	    vgpu_driver_attach(vgpu, MOCK))
		bail("%s", vgpu_ctx_error(vgpu));
	is(makes_any("/pod/limited", false), 0,
	   "attached anew, it is there, and no quota of its");
	mock_unload();
}

int main(void)
{
	static const char *const which[] = {
		"failslab", "fail_page_alloc", "fail_usercopy",
	};
	unsigned int i;

	setup("failslab");
	if (vgpu_ctx_create(&vgpu))
		bail("vgpu_ctx_create");
	for (i = 0; i < sizeof(which) / sizeof(*which); i++)
		look_below_core(which[i]);
	/* Those that may sleep fail too. */
	set_knob("failslab", "ignore-gfp-wait", "N");
	set_knob("fail_page_alloc", "ignore-gfp-wait", "N");
	cg_create("/pod");
	for (i = 0; i < nr_makers; i++)
		makes(&makers[i]);
	sets();
	cg_create("/pod/limited");
	quota_set("/pod/limited", drm_card("vgem"), MIB);
	quota_set("/pod/limited", drm_card("virtio_gpu"), MIB);
	attaches("virtio_gpu");
	attaches("vgem");
	takes_up();
	vgpu_ctx_free(vgpu);
	return finish();
}
