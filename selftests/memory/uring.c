// SPDX-License-Identifier: GPL-2.0
/*
 * io_uring is no way to a driver's ioctls: no DRM driver takes commands from
 * a ring. Should one ever, this test goes red and vgpu has a new route.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "drm.h"
#include "observer.h"
#include "quota.h"
#include "tap.h"

struct ring {
	int fd;
	struct io_uring_params p;
	char *sq, *cq;
	struct io_uring_sqe *sqes;
};

static void *map(const struct ring *r, size_t size, off_t what)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, r->fd, what);

	if (p == MAP_FAILED)
		bail("mmap of a ring");
	return p;
}

static void ring_open(struct ring *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = syscall(SYS_io_uring_setup, 4, &r->p);
	if (r->fd < 0)
		bail("io_uring_setup");
	r->sq = map(r, r->p.sq_off.array + r->p.sq_entries * sizeof(__u32),
		    IORING_OFF_SQ_RING);
	r->cq = map(r, r->p.cq_off.cqes +
		    r->p.cq_entries * sizeof(struct io_uring_cqe),
		    IORING_OFF_CQ_RING);
	r->sqes = map(r, r->p.sq_entries * sizeof(*r->sqes), IORING_OFF_SQES);
}

/* One request; what its completion says. */
static int ring_do(struct ring *r, const struct io_uring_sqe *sqe)
{
	__u32 *tail = (__u32 *)(r->sq + r->p.sq_off.tail);
	__u32 mask = *(__u32 *)(r->sq + r->p.sq_off.ring_mask);
	__u32 *array = (__u32 *)(r->sq + r->p.sq_off.array);
	__u32 *head = (__u32 *)(r->cq + r->p.cq_off.head);
	__u32 cq_mask = *(__u32 *)(r->cq + r->p.cq_off.ring_mask);
	struct io_uring_cqe *cqes = (void *)(r->cq + r->p.cq_off.cqes);
	int res;

	r->sqes[*tail & mask] = *sqe;
	array[*tail & mask] = *tail & mask;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		bail("io_uring_enter");
	res = cqes[*head & cq_mask].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

static void try_driver(struct ring *r, const char *driver)
{
	struct drm_mode_create_dumb arg = {
		.width = PAGE / 4, .height = 1024, .bpp = 32,
	};
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_URING_CMD,
		.fd = drm_open(driver),
		.cmd_op = DRM_IOCTL_MODE_CREATE_DUMB,
	};

	memcpy(sqe.cmd, &(void *){ &arg }, sizeof(void *));
	is(-ring_do(r, &sqe), EOPNOTSUPP, "%s takes no command from a ring",
	   driver);
	is(arg.handle, 0, "%s made nothing of it", driver);
}

int main(void)
{
	struct io_uring_sqe nop = { .opcode = IORING_OP_NOP };
	struct ring r;

	setup("uring");
	cg_create("/a");
	quota_set("/a", drm_card("vgem"), MIB);
	quota_set("/a", drm_card("virtio_gpu"), MIB);
	cg_enter("/a");
	ring_open(&r);
	is(ring_do(&r, &nop), 0, "the ring works");
	try_driver(&r, "vgem");
	try_driver(&r, "virtio_gpu");
	cg_leave();
	is(live("/a"), 0, "nothing is held");
	return finish();
}
