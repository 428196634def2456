// SPDX-License-Identifier: GPL-2.0
/*
 * Interposition by kprobe: for functions that ftrace cannot patch or that a
 * livepatch holds. The instruction pointer is rewritten in the pre-handler;
 * a post-handler, though empty, keeps the probe from being optimised into a
 * jump, which could not be diverted.
 */
#include <linux/kprobes.h>
#include <linux/slab.h>

#include "interpose_priv.h"

struct probe {
	struct kprobe kp;
	struct vgpu_interpose *set;
	struct vgpu_point *point;
};

static int entered(struct kprobe *kp, struct pt_regs *regs)
{
	struct probe *probe = container_of(kp, struct probe, kp);
	struct vgpu_point *point = probe->point;
	const struct vgpu_args args = {
		.arg = { regs->di, regs->si, regs->dx,
			 regs->cx, regs->r8, regs->r9 },
	};
	unsigned long caller = *(unsigned long *)regs->sp;

	if (vgpu_own_call(probe->set, caller) ||
	    !vgpu_point_enter(probe->set, point, &args))
		return 0;
	vgpu_point_redirect(regs, point);
	return 1;
}

NOKPROBE_SYMBOL(entered);

static void after(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
}

NOKPROBE_SYMBOL(after);

static int kprobe_add(struct vgpu_interpose *set, struct vgpu_point *point)
{
	struct probe *probe;
	int ret;

	probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	if (!probe)
		return -ENOMEM;
	probe->set = set;
	probe->point = point;
	probe->kp.addr = point->addr;
	probe->kp.pre_handler = entered;
	if (point->kind == VGPU_POINT_DIVERT)
		probe->kp.post_handler = after;
	ret = register_kprobe(&probe->kp);
	if (ret) {
		kfree(probe);
		return ret;
	}
	point->ip = (unsigned long)probe->kp.addr;
	point->priv = probe;
	return 0;
}

static void kprobe_remove(struct vgpu_interpose *set, struct vgpu_point *point)
{
	struct probe *probe = point->priv;

	unregister_kprobe(&probe->kp);
}

static void kprobe_cleanup(struct vgpu_point *point)
{
	kfree(point->priv);
	point->priv = NULL;
}

/*
 * A breakpoint, or the call or jump of a probe that rides on ftrace; a NOP
 * means that somebody disarmed all probes.
 */
static bool kprobe_alive(const struct vgpu_point *point)
{
	const struct probe *probe = point->priv;
	u8 op = READ_ONCE(*(const u8 *)point->ip);

	return !kprobe_disabled((struct kprobe *)&probe->kp) &&
	       (op == 0xcc || op == 0xe8 || op == 0xe9);
}

const struct vgpu_interposer vgpu_interpose_kprobe = {
	.method = VGPU_METHOD_KPROBE,
	.add = kprobe_add,
	.remove = kprobe_remove,
	.cleanup = kprobe_cleanup,
	.alive = kprobe_alive,
};
