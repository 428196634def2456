// SPDX-License-Identifier: GPL-2.0
/*
 * The DRM drivers that are there, those of real GPUs by "scripts/check
 * --hardware memory": every card that makes dumb buffers holds a group to its
 * quota. It asks for nothing that only virtio_gpu and vgem have. The observer
 * module judges, by the objects that are alive.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

#define CARDS	16
#define PIECE	(4 * MIB)
#define PIECES	16
#define QUOTA	(PIECES * PIECE)

static const char *driver_of(int fd)
{
	static char name[32];
	struct drm_version version = {
		.name = name, .name_len = sizeof(name) - 1,
	};

	memset(name, 0, sizeof(name));
	return ioctl(fd, DRM_IOCTL_VERSION, &version) ? "?" : name;
}

/* In a group of its own, as many buffers as there are to be had. */
static unsigned int fill(int fd, const char *cg, unsigned int most, int *err)
{
	uint32_t handles[2 * PIECES];
	unsigned int n, i;

	cg_enter(cg);
	for (n = 0, *err = 0; n < most && !*err; n += !*err)
		*err = drm_dumb(fd, PIECE, &handles[n]);
	cg_leave();
	note("%s: %u buffers, %s", cg, n, strerror(-*err));
	if (!strcmp(cg, "/free"))
		for (i = 0; i < n; i++)
			drm_close(fd, handles[i]);
	return n;
}

static void hold(int fd, const char *card)
{
	unsigned int n;
	int err;

	is(fill(fd, "/free", 2 * PIECES, &err), 2 * PIECES,
	   "%s: a group without a quota gets all", card);
	is(live_settled("/free", 0), 0, "%s: and gives it back", card);

	quota_set("/bound", card, QUOTA);
	n = fill(fd, "/bound", 2 * PIECES, &err);
	/* A driver may round up. */
	ok(n <= PIECES && n >= PIECES / 2, "%s: one with a quota gets that",
	   card);
	is(-err, ENOMEM, "%s: and then ENOMEM", card);
	ok(peak("/bound") <= QUOTA, "%s: at no time more than its quota", card);
	ok(live("/bound") >= n * PIECE, "%s: as the objects say", card);
	is(charged("/bound", card), live("/bound"), "%s: and vgpu, too", card);
	close(fd);
	is(live_settled("/bound", 0), 0, "%s: closed, nothing is left", card);
	is(charged_settled("/bound", card, 0), 0, "%s: nor charged", card);
	quota_set("/bound", card, UNLIMITED);
	peak_reset("/bound");
}

static bool try(int number)
{
	char node[32], card[16];
	uint32_t handle;
	int fd, err;

	snprintf(card, sizeof(card), "card%d", number);
	snprintf(node, sizeof(node), "/dev/dri/%s", card);
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	err = drm_dumb(fd, PIECE, &handle);
	note("%s: %s: %s", card, driver_of(fd), err ? strerror(-err) :
						      "makes dumb buffers");
	if (err) {
		close(fd);
		return false;
	}
	drm_close(fd, handle);
	hold(fd, card);
	return true;
}

int main(void)
{
	unsigned int tried = 0;
	int card;

	/* The observer first: it must see every birth. */
	if (RUN(NULL, 0, "modprobe", "observer"))
		bail("modprobe observer");
	if (vgpu_load())
		bail("modprobe vgpu");
	cg_setup("hardware");
	cg_create("/free");
	cg_create("/bound");
	for (card = 0; card < CARDS; card++)
		tried += try(card);
	if (!tried) {
		puts("1..0 # SKIP no card makes dumb buffers");
		cg_teardown();
		return 0;
	}
	return finish();
}
