/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that knows kernel versions. Each block says which kernel
 * changed what, and from when it may go.
 */
#ifndef _VGPU_COMPAT_H
#define _VGPU_COMPAT_H

#include <linux/ftrace.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "vgpu needs Linux 6.1 or newer"
#endif

#if !defined(CONFIG_X86_64) || !defined(CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS)
#error "vgpu needs x86-64 with dynamic ftrace that passes arguments"
#endif

/*
 * 6.13 made struct ftrace_regs opaque, and a stable update of 6.12 took that
 * over, so the accessor is asked for and not the version. Only the argument
 * registers, the instruction pointer and the stack pointer in it hold anything.
 * Remove the older branch with 6.1.
 */
#ifndef arch_ftrace_regs
static inline struct pt_regs *vgpu_ftrace_regs(struct ftrace_regs *fregs)
{
	return &fregs->regs;
}
#else
static inline struct pt_regs *vgpu_ftrace_regs(struct ftrace_regs *fregs)
{
	return &arch_ftrace_regs(fregs)->regs;
}
#endif

/*
 * 6.4 split the module's layout into typed memory. Remove the older branch
 * with 6.1.
 */
static inline void vgpu_module_text(const struct module *mod,
				    unsigned long *start, unsigned long *end)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	*start = (unsigned long)mod->core_layout.base;
	*end = *start + mod->core_layout.text_size;
#else
	*start = (unsigned long)mod->mem[MOD_TEXT].base;
	*end = *start + mod->mem[MOD_TEXT].size;
#endif
}

/*
 * 6.6 put the attributes of a dump's request into a genl_info, as those of a
 * do have long been. Remove the older branch with 6.1.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define vgpu_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#else
#define vgpu_dump_attrs(cb)	(genl_info_dump(cb)->attrs)
#endif

/*
 * 6.15 put the name of a kernfs node under RCU. Remove the older branch with
 * 6.12. To be used in an RCU read section.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define vgpu_kernfs_name(kn)	((kn)->name)
#else
#define vgpu_kernfs_name(kn)	rcu_dereference((kn)->name)
#endif

/*
 * 6.13 made one function of hrtimer_init() and the assignment behind it. Remove
 * the older branch with 6.12.
 */
static inline void
vgpu_hrtimer_setup(struct hrtimer *timer,
		   enum hrtimer_restart (*function)(struct hrtimer *timer))
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	timer->function = function;
#else
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
#endif
}

/*
 * 6.17 put the name of a fence's timeline under RCU. Remove the older branch
 * with 6.12. To be used in an RCU read section.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define vgpu_fence_timeline(fence)	((fence)->ops->get_timeline_name(fence))
#else
#define vgpu_fence_timeline(fence)					\
	unrcu_pointer(dma_fence_timeline_name(fence))
#endif

#endif /* _VGPU_COMPAT_H */
