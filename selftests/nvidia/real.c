// SPDX-License-Identifier: GPL-2.0
/*
 * NVIDIA's own nvidia.ko and nvidia-uvm.ko, without a GPU: a PCI function that
 * nothing stands behind makes them load. Whatever they answer without vgpu,
 * they answer with it, however the modules came and went.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "quota.h"
#include "raw/raw.h"
#include "tap.h"

#define GPU0		"pci:0001:00:00.0"	/* that is not there */
#define MAJOR_NVIDIA	195
#define MINOR_CTL	255
#define NO_MEMORY	0x51
#define NOT_SUPPORTED	0x56

static char release[16];
static char version[64];

/* Clients that nobody frees: files closed, and processes killed, with them. */
static void storm(const char *when)
{
	unsigned int i, rounds = loops(40, 8), bad = 0;
	char out[1024] = "";
	pid_t pid[8];
	int status;

	if (RUN(NULL, 0, "dmesg", "-C"))
		bail("dmesg -C");
	while (rounds--) {
		for (i = 0; i < 8; i++) {
			pid[i] = fork();
			if (pid[i] < 0)
				bail("fork");
			if (!pid[i])
				raw_churn(i);
		}
		usleep(100000);
		for (i = 0; i < 8; i++)
			kill(pid[i], SIGKILL);
		for (i = 0; i < 8; i++)
			if (waitpid(pid[i], &status, 0) < 0 ||
			    !WIFSIGNALED(status))
				bad++;
	}
	ok(!bad, "%s: clients die with their files %s", release, when);
	/* RM complains of who asks for a client that it has not. */
	ok(!RUN(out, sizeof(out), "sh", "-c", "! dmesg | grep -m3 'NVRM: .*Check'"),
	   "%s: and RM has no complaints %s", release, when);
	if (*out)
		note("%s", out);
}

static unsigned int uvm_major(void)
{
	unsigned int major = 0;
	char line[128], name[64];
	FILE *f = fopen("/proc/devices", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%u %63s", &major, name) == 2 &&
		    !strcmp(name, "nvidia-uvm"))
			break;
	if (f)
		fclose(f);
	return major;
}

static void load(void)
{
	char path[256];

	snprintf(path, sizeof(path), "/vgpu/nvidia/%s/nvidia.ko", release);
	insmod(path);
	snprintf(path, sizeof(path), "/vgpu/nvidia/%s/nvidia-uvm.ko", release);
	insmod(path);
	unlink(RAW_UVM);
	if (mknod(RAW_UVM, S_IFCHR | 0600, makedev(uvm_major(), 0)))
		bail("mknod %s", RAW_UVM);
}

static void unload(const char *when)
{
	char out[1024];

	if (!ok(!RUN(out, sizeof(out), "rmmod", "nvidia-uvm", "nvidia"),
		"%s: the modules go %s", release, when))
		bail("%s", out);
}

/* What the driver says by itself is what its source says that it does. */
static void alone(struct answers *answers)
{
	static struct answers again;

	load();
	raw_ask(answers, version);
	raw_expect(answers, "version", 0, 0);
	raw_expect(answers, "a wrong version", -EINVAL, 0);
	raw_expect(answers, "root 0x41, 48 bytes", 0, 0);
	raw_expect(answers, "root 0x41, 32 bytes, wrapped", 0, 0);
	raw_expect(answers, "free", 0, 0);
	raw_expect(answers, "free, wrapped", 0, 0);
	raw_expect(answers, "control 0x201, 128 bytes", 0, 0);
	raw_expect(answers, "control 0x214, 256 bytes", 0, 0);
	raw_expect(answers, "class 0x80, no parent", 0, 0x57);
	raw_expect(answers, "wrapped twice", -EINVAL, 0);
	raw_expect(answers, "uvm: initialise", 0, 0);
	raw_expect(answers, "uvm: pageable access", 0, 0);
	storm("alone");
	unload("alone");
	load();
	raw_ask(&again, version);
	raw_same(answers, &again, "when they are loaded again");
	unload("again");
}

/* vgpu was asked, each time, and let it pass. */
static void in_the_way(const char *when)
{
	static const char script[] =
		"vgpu-tool --json driver nvidia | jq -e '.[0] |"
		" .state == \"attached\" and ([.points[].calls] | add > 100)'";
	char out[4096];

	if (!ok(!RUN(out, sizeof(out), "sh", "-c", script),
		"%s: vgpu is in the way %s", release, when)) {
		RUN(out, sizeof(out), "vgpu-tool", "driver");
		note("%s", out);
	}
}

static void vgpu_comes(void)
{
	if (vgpu_load())
		bail("modprobe vgpu");
}

/* A call that is in the middle keeps it: then the drivers are detached first. */
static void vgpu_goes(void)
{
	char out[1024];
	int i;

	for (i = 0; i < 20; i++) {
		if (!vgpu_unload(out, sizeof(out)))
			return;
		RUN(NULL, 0, "vgpu-tool", "driver", "detach", "nvidia",
		    "nvidia-uvm");
	}
	bail("vgpu does not go: %s", out);
}

/*
 * What a quota changes of what can be asked without a GPU: memory and channels
 * of no GPU that vgpu knows and classes that it does not are refused before the
 * driver is asked, and UVM is made to go without HMM.
 */
static const char *const refused[] = {
	"class 0x40", "class 0x40, no parent", "heap",
	"class 0xa06c", "class 0xa06c, no parent",
	"class 0xc56f", "class 0xc56f, no parent",
	"class 0xdead", "class 0xdead, no parent",
	"uvm: initialise again", "uvm: a GPU that is not there", NULL
};

/* Where a quota binds, all calls of the group go the long way. */
static void limited(const struct answers *without)
{
	static struct answers with;

	quota_set("/a", GPU0, 1 << 20);
	cg_enter("/a");
	raw_ask(&with, version);
	raw_differ(without, &with, refused,
		   "but for what is refused, in a group with a quota");
	raw_expect(&with, "class 0x40", 0, NO_MEMORY);
	raw_expect(&with, "class 0xdead", 0, NOT_SUPPORTED);
	storm("in a group with a quota");
	cg_leave();
	is(charged_settled("/a", GPU0, 0), 0, "%s: nothing is charged", release);
}

/* vgpu comes to modules with clients, and goes from them. */
static void vgpu_last(const struct answers *without)
{
	static struct answers with;
	pid_t pid;

	load();
	pid = fork();
	if (!pid)
		raw_churn(0);
	vgpu_comes();
	raw_ask(&with, version);
	raw_same(without, &with, "when vgpu comes after");
	in_the_way("when it comes after");
	storm("when vgpu comes after");
	limited(without);
	vgpu_goes();
	raw_ask(&with, version);
	raw_same(without, &with, "when vgpu has gone");
	if (kill(pid, SIGKILL) || waitpid(pid, NULL, 0) != pid)
		bail("the client died by itself");
	unload("when vgpu has gone");
}

/* The modules come to vgpu, and go from it, twice. */
static void vgpu_first(const struct answers *without)
{
	static struct answers with;

	vgpu_comes();
	load();
	raw_ask(&with, version);
	raw_same(without, &with, "when vgpu is first");
	in_the_way("when it is first");
	storm("when vgpu is first");
	unload("under vgpu");
	load();
	raw_ask(&with, version);
	raw_same(without, &with, "when they come back");
	in_the_way("when they come back");
	unload("under vgpu again");
	vgpu_goes();
}

static void test(void)
{
	static struct answers without;
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "/vgpu/nvidia/%s/version", release);
	f = fopen(path, "r");
	if (!f || !fgets(version, sizeof(version), f))
		bail("%s", path);
	fclose(f);
	version[strcspn(version, "\n")] = '\0';
	note("%s is %s", release, version);
	alone(&without);
	vgpu_last(&without);
	vgpu_first(&without);
}

int main(void)
{
	struct dirent *entry;
	char path[512];
	DIR *dir;

	dir = opendir("/vgpu/nvidia");
	if (!dir)
		bail("no modules of NVIDIA's here");
	cg_setup("nvidia-real");
	cg_create("/a");
	snprintf(path, sizeof(path), "%s/fakepci.ko", getenv("VGPU_KDIR"));
	insmod(path);
	mknod(RAW_CTL, S_IFCHR | 0600, makedev(MAJOR_NVIDIA, MINOR_CTL));
	mknod("/dev/nvidia0", S_IFCHR | 0600, makedev(MAJOR_NVIDIA, 0));
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(release, sizeof(release), "%.15s", entry->d_name);
		test();
	}
	closedir(dir);
	cg_teardown();
	ok(!RUN(NULL, 0, "rmmod", "fakepci"), "the function goes");
	return done();
}
