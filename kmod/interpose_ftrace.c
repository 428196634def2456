// SPDX-License-Identifier: GPL-2.0
/*
 * Interposition by ftrace: the first choice. The function's own entry is
 * patched, so it holds for files opened before us, for any caller, and leaves
 * no pointer of ours in anybody's structures.
 *
 * One ftrace_ops serves all points of one kind, so that taking a backend away
 * costs two patches of the kernel's text however many points it has. An ops
 * alone on a function is called from a trampoline of its own.
 *
 * FTRACE_OPS_FL_RECURSION is not asked for: nothing that the callback calls is
 * in its own filter, and the assist function would cost every call.
 * FTRACE_OPS_FL_PERMANENT makes sysctl kernel.ftrace_enabled=0 answer EBUSY
 * instead of silently opening every route.
 */
#include <linux/ftrace.h>
#include <linux/kernel.h>

#include "compat.h"
#include "interpose_priv.h"

static __always_inline struct vgpu_point *
point_at(struct vgpu_interpose *set, unsigned long ip)
{
	struct vgpu_point *point;

	hash_for_each_possible_rcu_notrace(set->by_ip, point, hash, ip)
		if (point->ip == ip)
			return point;
	return NULL;
}

static __always_inline void enter(struct vgpu_interpose *set,
				  struct vgpu_point *point,
				  struct pt_regs *regs)
{
	const struct vgpu_args args = {
		.arg = { regs->di, regs->si, regs->dx,
			 regs->cx, regs->r8, regs->r9 },
	};

	if (vgpu_point_enter(set, point, &args))
		vgpu_point_redirect(regs, point);
}

static void notrace entered(unsigned long ip, unsigned long caller,
			    struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct vgpu_flock *flock = container_of(ops, struct vgpu_flock, ops);
	struct vgpu_point *point;

	/* Half of the calls: before anything is made ready. */
	if (vgpu_own_call(flock->set, caller))
		return;
	point = point_at(flock->set, ip);
	if (point)
		enter(flock->set, point, vgpu_ftrace_regs(fregs));
}

/*
 * The patched site is the function's first instruction, or the one after
 * ENDBR64 (or after what the kernel put in its place when it sealed it).
 */
static unsigned long patch_site(const void *addr)
{
	static const u8 nop5[5] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	const u8 *text = addr;

	if (text[0] == 0xe8 || !memcmp(text, nop5, sizeof(nop5)))
		return (unsigned long)addr;
	return (unsigned long)addr + 4;
}

static int ftrace_add(struct vgpu_interpose *set, struct vgpu_point *point)
{
	struct vgpu_flock *flock = &set->flocks[point->kind];
	unsigned long addr = (unsigned long)point->addr;
	int ret;

	lockdep_assert_held(&set->lock);

	if (!flock->count) {
		/* ftrace_free_filter() leaves pointers to what it freed. */
		memset(&flock->ops, 0, sizeof(flock->ops));
		flock->set = set;
		flock->ops.func = entered;
		flock->ops.flags = FTRACE_OPS_FL_PERMANENT;
		if (point->kind == VGPU_POINT_DIVERT)
			flock->ops.flags |= FTRACE_OPS_FL_IPMODIFY;
	}

	point->ip = patch_site(point->addr);
	hash_add_rcu(set->by_ip, &point->hash, point->ip);

	ret = ftrace_set_filter_ip(&flock->ops, addr, 0, 0);
	if (!ret && !flock->count)
		ret = register_ftrace_function(&flock->ops);
	if (ret)
		goto err_hash;
	flock->count++;
	return 0;

err_hash:
	if (!flock->count)
		ftrace_free_filter(&flock->ops);
	hash_del_rcu(&point->hash);
	return ret;
}

static void ftrace_remove(struct vgpu_interpose *set, struct vgpu_point *point)
{
	struct vgpu_flock *flock = &set->flocks[point->kind];

	lockdep_assert_held(&set->lock);

	if (--flock->count) {
		ftrace_set_filter_ip(&flock->ops, (unsigned long)point->addr,
				     1, 0);
	} else {
		unregister_ftrace_function(&flock->ops);
		ftrace_free_filter(&flock->ops);
	}
	hash_del_rcu(&point->hash);
}

/* The site is a call, whoever else traces it; a NOP means it was undone. */
static bool ftrace_alive(const struct vgpu_point *point)
{
	return READ_ONCE(*(const u8 *)point->ip) == 0xe8;
}

const struct vgpu_interposer vgpu_interpose_ftrace = {
	.method = VGPU_METHOD_FTRACE,
	.add = ftrace_add,
	.remove = ftrace_remove,
	.alive = ftrace_alive,
};
