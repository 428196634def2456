// SPDX-License-Identifier: GPL-2.0
/*
 * Interposition by kprobe: for functions that ftrace cannot patch or that a
 * livepatch holds. The instruction pointer is rewritten in the pre-handler;
 * a post-handler, though empty, keeps the probe from being optimised into a
 * jump, which could not be diverted.
 *
 * A probe is not told who called, and the return address on the stack need not
 * say: a kretprobe or the function graph tracer may have put its own there. But
 * to take a handler's call to the original for a stranger's would divert it
 * again, without end. So each diverted call leaves a mark on its stack, and the
 * first call to the same function from that stack, task and point takes it.
 */
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/poison.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/text-patching.h>

#include "interpose_priv.h"

#define NO_REGISTER	0xff

/**
 * struct probe - a point's breakpoint
 * @kp: the kernel's
 * @set: the backend's set
 * @point: what is interposed
 * @first: bytes of the displaced instruction, if step() can carry it out; or 0
 * @pushed: the register that it saves, by its place in struct pt_regs; or
 *	NO_REGISTER
 */
struct probe {
	struct kprobe kp;
	struct vgpu_interpose *set;
	struct vgpu_point *point;
	u8 first;
	u8 pushed;
};

#define BUCKET_BITS	6

/*
 * Lockdep takes a breakpoint for an NMI and so would see one lock used in both.
 * What holds this one is never probed, which makes it safe and lockdep of no
 * use: like ftrace, this goes without.
 */
static struct bucket {
	arch_spinlock_t lock;	/* protects marks; interrupts off */
	struct hlist_head marks;
} buckets[1 << BUCKET_BITS] = {
	[0 ... (1 << BUCKET_BITS) - 1] = {
		.lock = __ARCH_SPIN_LOCK_UNLOCKED,
	},
};

static struct bucket *own_bucket(void)
{
	return &buckets[hash_ptr(current, BUCKET_BITS)];
}

NOKPROBE_SYMBOL(own_bucket);

/**
 * vgpu_point_mark - the next call to a point's function is the handler's own
 * @mark: on the stack, until vgpu_point_unmark()
 * @point: with six arguments; of fewer, the engine marks the call by itself
 *
 * Context: Any.
 */
void vgpu_point_mark(struct vgpu_mark *mark, const struct vgpu_point *point)
{
	struct bucket *bucket = own_bucket();
	unsigned long flags;

	mark->task = current;
	mark->point = point;
	mark->used = false;
	local_irq_save(flags);
	arch_spin_lock(&bucket->lock);
	hlist_add_head(&mark->node, &bucket->marks);
	arch_spin_unlock(&bucket->lock);
	local_irq_restore(flags);
}
EXPORT_SYMBOL_GPL(vgpu_point_mark);

void vgpu_point_unmark(struct vgpu_mark *mark)
{
	struct bucket *bucket = own_bucket();
	unsigned long flags;

	local_irq_save(flags);
	arch_spin_lock(&bucket->lock);
	hlist_del(&mark->node);
	arch_spin_unlock(&bucket->lock);
	local_irq_restore(flags);
}
EXPORT_SYMBOL_GPL(vgpu_point_unmark);

/* Interrupts have a stack of their own and may not take what is not theirs. */
static bool take_mark(const struct vgpu_point *point, unsigned long sp)
{
	struct bucket *bucket = own_bucket();
	struct vgpu_mark *mark;
	unsigned long flags;
	bool taken = false;

	/* A mark of this task's was left by this task, so it would be seen. */
	if (hlist_empty(&bucket->marks))
		return false;
	local_irq_save(flags);
	arch_spin_lock(&bucket->lock);
	hlist_for_each_entry(mark, &bucket->marks, node) {
		if (mark->task != current || mark->point != point ||
		    ((unsigned long)mark ^ sp) >= THREAD_SIZE)
			continue;
		taken = !mark->used;
		mark->used = true;
		break;
	}
	arch_spin_unlock(&bucket->lock);
	local_irq_restore(flags);
	return taken;
}

NOKPROBE_SYMBOL(take_mark);

static long marked_1(unsigned long a, struct vgpu_point *point)
{
	long (*handler)(unsigned long a, struct vgpu_point *point) =
		point->handler;
	struct vgpu_mark mark;
	long ret;

	vgpu_point_mark(&mark, point);
	ret = handler(a, point);
	vgpu_point_unmark(&mark);
	return ret;
}

static long marked_2(unsigned long a, unsigned long b,
		     struct vgpu_point *point)
{
	long (*handler)(unsigned long a, unsigned long b,
			struct vgpu_point *point) = point->handler;
	struct vgpu_mark mark;
	long ret;

	vgpu_point_mark(&mark, point);
	ret = handler(a, b, point);
	vgpu_point_unmark(&mark);
	return ret;
}

static long marked_3(unsigned long a, unsigned long b, unsigned long c,
		     struct vgpu_point *point)
{
	long (*handler)(unsigned long a, unsigned long b, unsigned long c,
			struct vgpu_point *point) = point->handler;
	struct vgpu_mark mark;
	long ret;

	vgpu_point_mark(&mark, point);
	ret = handler(a, b, c, point);
	vgpu_point_unmark(&mark);
	return ret;
}

static long marked_4(unsigned long a, unsigned long b, unsigned long c,
		     unsigned long d, struct vgpu_point *point)
{
	long (*handler)(unsigned long a, unsigned long b, unsigned long c,
			unsigned long d, struct vgpu_point *point) =
		point->handler;
	struct vgpu_mark mark;
	long ret;

	vgpu_point_mark(&mark, point);
	ret = handler(a, b, c, d, point);
	vgpu_point_unmark(&mark);
	return ret;
}

static long marked_5(unsigned long a, unsigned long b, unsigned long c,
		     unsigned long d, unsigned long e,
		     struct vgpu_point *point)
{
	long (*handler)(unsigned long a, unsigned long b, unsigned long c,
			unsigned long d, unsigned long e,
			struct vgpu_point *point) = point->handler;
	struct vgpu_mark mark;
	long ret;

	vgpu_point_mark(&mark, point);
	ret = handler(a, b, c, d, e, point);
	vgpu_point_unmark(&mark);
	return ret;
}

/*
 * By the number of the function's arguments. Of six no register is left for
 * the point, and the handler makes the mark.
 */
static void *const marked[] = {
	NULL, marked_1, marked_2, marked_3, marked_4, marked_5,
};

static const struct {
	u8 size;
	u8 bytes[4];
	u8 pushed;
} simple[] = {
	{ 4, { 0xf3, 0x0f, 0x1e, 0xfa }, NO_REGISTER },	/* ENDBR64 */
	{ 1, { 0x53 }, offsetof(struct pt_regs, bx) },	/* PUSH RBX, ... */
	{ 1, { 0x55 }, offsetof(struct pt_regs, bp) },
	{ 2, { 0x41, 0x54 }, offsetof(struct pt_regs, r12) },
	{ 2, { 0x41, 0x55 }, offsetof(struct pt_regs, r13) },
	{ 2, { 0x41, 0x56 }, offsetof(struct pt_regs, r14) },
	{ 2, { 0x41, 0x57 }, offsetof(struct pt_regs, r15) },
};

/* Which instruction did the breakpoint displace? The kernel keeps a copy. */
static void learn(struct probe *probe)
{
	const u8 *insn = probe->kp.ainsn.insn;
	unsigned int i;

	if (probe->point->kind != VGPU_POINT_DIVERT ||
	    kprobe_ftrace(&probe->kp) || !insn)
		return;
	for (i = 0; i < ARRAY_SIZE(simple); i++) {
		if (memcmp(insn, simple[i].bytes, simple[i].size))
			continue;
		probe->pushed = simple[i].pushed;
		/* Pairs with step(): @pushed is there by then. */
		smp_store_release(&probe->first, simple[i].size);
	}
}

/*
 * A call passes. The kernel would run the displaced instruction out of line, up
 * to a second breakpoint that costs as much as the first; the one that functions
 * mostly begin with is carried out here. Not where another probe shares the
 * address: that would not be told of the call.
 */
static int step(struct probe *probe, struct pt_regs *regs)
{
	u8 first;

	/* Pairs with learn(). */
	first = smp_load_acquire(&probe->first);
	if (!first || !list_empty(&probe->kp.list))
		return 0;
	if (probe->pushed != NO_REGISTER)
		int3_emulate_push(regs, *(unsigned long *)((void *)regs +
							   probe->pushed));
	regs->ip = (unsigned long)probe->kp.addr + first;
	return 1;
}

NOKPROBE_SYMBOL(step);

static __always_inline bool enter(struct probe *probe,
				  const struct pt_regs *regs)
{
	const struct vgpu_args args = {
		.arg = { regs->di, regs->si, regs->dx,
			 regs->cx, regs->r8, regs->r9 },
	};

	return vgpu_point_enter(probe->set, probe->point, &args);
}

/*
 * The handler's own call to the original need not come by here: ENDBR64 does
 * nothing where the kernel lets a probe stand on it. Again not where another
 * probe is there, which is told of that call only.
 */
static void find_past(const struct probe *probe, struct vgpu_point *point)
{
	void *past = NULL;

	/* Pairs with learn(). */
	if (smp_load_acquire(&probe->first) && probe->pushed == NO_REGISTER &&
	    list_empty(&probe->kp.list))
		past = probe->kp.addr + probe->first;
	if (READ_ONCE(point->past) != past)
		WRITE_ONCE(point->past, past);
}

NOKPROBE_SYMBOL(find_past);

static int entered(struct kprobe *kp, struct pt_regs *regs)
{
	struct probe *probe = container_of(kp, struct probe, kp);
	struct vgpu_point *point = probe->point;

	if (point->kind == VGPU_POINT_DIVERT && take_mark(point, regs->sp))
		return step(probe, regs);
	if (!enter(probe, regs))
		return step(probe, regs);
	find_past(probe, point);
	vgpu_point_redirect(regs, point);
	if (point->nargs < ARRAY_SIZE(marked))
		regs->ip = (unsigned long)marked[point->nargs];
	return 1;
}

NOKPROBE_SYMBOL(entered);

static void after(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
}

NOKPROBE_SYMBOL(after);

/*
 * Linux 7.x takes a probe that it could not arm off its lists again, as it
 * should, and reports success: the error is lost in __register_kprobe(). A
 * probe that is in place hangs in the table, or below another at its address,
 * which may be the kernel's own: that of an optimised probe.
 */
static bool taken_off(const struct kprobe *kp)
{
	return kp->list.prev == LIST_POISON2 ||
	       (kp->hlist.pprev == LIST_POISON2 && list_empty(&kp->list));
}

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
	if (!ret && taken_off(&probe->kp))
		ret = -EBUSY;
	if (ret) {
		kfree(probe);
		return ret;
	}
	point->ip = (unsigned long)probe->kp.addr;
	point->priv = probe;
	learn(probe);
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
