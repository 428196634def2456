// SPDX-License-Identifier: GPL-2.0
/*
 * However many handles, names, files and processes refer to an object, it is
 * charged once, to the cgroup that made it, until the last of them goes.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"
#include "tenant.h"

#define QUOTA	(4 * MIB)
#define SMALL	(1 * MIB)	/* of the importer: less than what it imports */
#define SIZE	(3 * MIB)

static struct tenant maker_a, user_b;

/* The creator is charged SIZE, the user nothing. */
static void charged_once(const char *card, const char *when)
{
	uint64_t got;
	uint32_t handle;
	int err;

	is(live("/a"), SIZE, "%s: the creator holds it", when);
	is(live("/b"), 0, "%s: the user does not", when);
	is(charged("/a", card), SIZE, "%s: the creator is charged", when);
	is(charged("/b", card), 0, "%s: the user is not", when);

	is(-tenant_dumb(&maker_a, QUOTA - SIZE + PAGE, &handle), ENOMEM,
	   "%s: the creator lacks it", when);
	got = tenant_fill(&user_b, SMALL, &err);
	is(got, SMALL, "%s: the user has all its quota", when);
}

static void user_frees(const char *card)
{
	tenant_end(&user_b);
	live_settled("/b", 0);
	charged_settled("/b", card, 0);
	user_b = tenant_start("/b", "vgem");
}

static void another_process(const char *card)
{
	uint32_t handle, theirs;
	int dmabuf;

	is(tenant_dumb(&maker_a, SIZE, &handle), 0, "an object is made");
	is(tenant_export(&maker_a, handle, &dmabuf), 0, "and exported");
	is(tenant_import(&user_b, dmabuf, &theirs), 0,
	   "imported where the quota has no room for it");
	charged_once(card, "with a handle in each process");

	close(dmabuf);
	is(tenant_close(&maker_a, handle), 0, "the creator lets go");
	is(live("/a"), SIZE, "the user's handle holds it");
	is(-tenant_dumb(&maker_a, QUOTA - SIZE + PAGE, &handle), ENOMEM,
	   "and the creator stays charged");
	user_frees(card);
	is(live_settled("/a", 0), 0, "with the user it goes");
	is(tenant_dumb(&maker_a, QUOTA, &handle), 0,
	   "and the creator has its quota again");
	tenant_close(&maker_a, handle);
}

static void same_file(const char *card)
{
	uint32_t handle, again;
	int dmabuf, i;

	tenant_dumb(&maker_a, SIZE, &handle);
	for (i = 0; i < 20; i++) {
		if (tenant_export(&maker_a, handle, &dmabuf) ||
		    tenant_import(&maker_a, dmabuf, &again))
			break;
		close(dmabuf);
	}
	is(i, 20, "exported and imported 20 times over in one file");
	charged_once(card, "imported where it came from");
	tenant_close(&maker_a, handle);
	is(live_settled("/a", 0), 0, "one close ends it");
	is(charged_settled("/a", card, 0), 0, "and its charge");
	user_frees(card);
}

static void only_dmabuf(const char *card)
{
	uint32_t handle;
	int dmabuf;

	tenant_dumb(&maker_a, SIZE, &handle);
	tenant_export(&maker_a, handle, &dmabuf);
	tenant_end(&maker_a);
	maker_a = tenant_start("/a", "vgem");
	charged_once(card, "as a dma-buf whose maker is gone");
	close(dmabuf);
	is(live_settled("/a", 0), 0, "closing the dma-buf ends it");
	user_frees(card);
}

/* A reference that no process has: in a message nobody has received. */
static void in_flight(const char *card)
{
	uint32_t handle;
	int dmabuf, socks[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, socks))
		bail("socketpair");
	tenant_dumb(&maker_a, SIZE, &handle);
	tenant_export(&maker_a, handle, &dmabuf);
	fd_send(socks[0], dmabuf);
	close(dmabuf);
	tenant_close(&maker_a, handle);
	charged_once(card, "as a dma-buf in an unread message");
	close(socks[0]);
	close(socks[1]);
	is(live_settled("/a", 0), 0, "dropping the message ends it");
	user_frees(card);
}

static void flink(const char *card)
{
	int maker = drm_open("vgem"), user = drm_open("vgem");
	uint32_t handle, name, theirs = 0;
	int i;

	cg_enter("/a");
	is(drm_dumb(maker, SIZE, &handle), 0, "an object is made");
	is(drm_flink(maker, handle, &name), 0, "and given a global name");
	cg_enter("/b");
	for (i = 0; i < 5; i++)
		if (drm_flink_open(user, name, &theirs))
			break;
	cg_leave();
	is(i, 5, "opened by its name, five times");
	charged_once(card, "with a global name");
	close(maker);
	is(live("/a"), SIZE, "the handle by name holds it");
	close(user);
	is(live_settled("/a", 0), 0, "until that goes");
	user_frees(card);
}

/* The importing device makes an object of its own for the same memory. */
static void another_device(void)
{
	const char *vgem = drm_card("vgem"), *virtio = drm_card("virtio_gpu");
	int from = drm_open("virtio_gpu"), to = drm_open("vgem"), dmabuf;
	uint32_t handle, theirs;

	quota_set("/b", vgem, 0);
	quota_set("/b", virtio, SIZE);
	cg_enter("/b");
	is(drm_dumb(from, SIZE, &handle), 0, "one device makes an object");
	is(drm_export(from, handle, &dmabuf), 0, "and exports it");
	is(drm_import(to, dmabuf, &theirs), 0, "another imports it");
	is(-drm_dumb(to, PAGE, &handle), ENOMEM, "where the quota is 0");
	cg_leave();
	is(live("/b"), SIZE, "its memory is there once");
	is(charged("/b", virtio), SIZE, "it is charged where it was made");
	is(charged("/b", vgem), 0, "and not where it was imported");
	close(dmabuf);
	close(from);
	is(live("/b"), SIZE, "the import holds it");
	is(charged("/b", virtio), SIZE, "and its charge");
	close(to);
	is(live_settled("/b", 0), 0, "until that goes");
	is(charged_settled("/b", virtio, 0), 0, "with its charge");
}

int main(void)
{
	const char *card;

	setup("sharing");
	card = drm_card("vgem");
	cg_create("/a");
	cg_create("/b");
	quota_set("/a", card, QUOTA);
	quota_set("/b", card, SMALL);
	maker_a = tenant_start("/a", "vgem");
	user_b = tenant_start("/b", "vgem");
	another_process(card);
	same_file(card);
	only_dmabuf(card);
	in_flight(card);
	flink(card);
	tenant_end(&maker_a);
	tenant_end(&user_b);
	live_settled("/b", 0);
	another_device();
	is(peak("/a"), QUOTA, "the creator never had a byte over its quota");
	is(charged_settled("/a", card, 0), 0, "in the end nothing is charged");
	return finish();
}
