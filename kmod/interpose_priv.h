/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the interposition engine and its methods; nobody else includes it.
 */
#ifndef _VGPU_INTERPOSE_PRIV_H
#define _VGPU_INTERPOSE_PRIV_H

#include <linux/ftrace.h>
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/mutex.h>

#include "interpose.h"

#define VGPU_IP_HASH_BITS	6

struct vgpu_interpose;

/**
 * struct vgpu_flock - the points of one kind that share one ftrace_ops
 * @ops: registered while @count is not 0
 * @count: points in the filter; an ops with an empty filter traces everything
 * @set: the backend's set
 */
struct vgpu_flock {
	struct ftrace_ops ops;
	unsigned int count;
	struct vgpu_interpose *set;
};

/**
 * struct vgpu_interpose - a backend's points
 * @owner: the backend
 * @text: start of its text; a call from there is our own call to the original
 * @text_end: and its end
 * @lock: serialises adding and removing; may sleep
 * @points: all of them, under @lock
 * @by_ip: those interposed with ftrace, by patched address: written under
 *	@lock, read locklessly in the callback and freed a tasks-RCU period
 *	after removal
 * @flocks: by enum vgpu_point_kind
 */
struct vgpu_interpose {
	struct module *owner;
	unsigned long text;
	unsigned long text_end;
	struct mutex lock;	/* protects points and flocks */
	struct list_head points;
	DECLARE_HASHTABLE(by_ip, VGPU_IP_HASH_BITS);
	struct vgpu_flock flocks[2];
};

/**
 * struct vgpu_interposer - one method
 * @method: its name
 * @add: begin to interpose; 0 or a negative errno, and then the next method
 *	is tried. Called with the set's lock held
 * @remove: stop new calls. The caller synchronises with those under way.
 *	Called with the set's lock held
 * @cleanup: free what @add took, after that synchronisation; optional
 * @alive: does the function still lead to us?
 */
struct vgpu_interposer {
	enum vgpu_method method;
	int (*add)(struct vgpu_interpose *set, struct vgpu_point *point);
	void (*remove)(struct vgpu_interpose *set, struct vgpu_point *point);
	void (*cleanup)(struct vgpu_point *point);
	bool (*alive)(const struct vgpu_point *point);
};

extern const struct vgpu_interposer vgpu_interpose_ftrace;
extern const struct vgpu_interposer vgpu_interpose_kprobe;
extern const struct vgpu_interposer vgpu_interpose_slot;

/* Is it a handler that calls the original? Then it passes. */
static __always_inline bool vgpu_own_call(const struct vgpu_interpose *set,
					  unsigned long caller)
{
	return caller >= set->text && caller < set->text_end;
}

/*
 * Decide what becomes of one call, and say so by the return value: true to
 * divert it. A reference on the backend is then held, to be dropped by
 * vgpu_point_leave(). Taking it here and not in the handler leaves no window
 * in which a call is ours and nothing keeps our text.
 */
static __always_inline bool vgpu_point_enter(struct vgpu_interpose *set,
					     struct vgpu_point *point,
					     const struct vgpu_args *args)
{
	if (READ_ONCE(point->stopped))
		return false;
	if (point->kind == VGPU_POINT_WATCH) {
		this_cpu_inc(*point->calls);
		point->watch(point, args);
		return false;
	}
	if (point->want && !point->want(point, args))
		return false;
	if (!try_module_get(set->owner))
		return false;
	this_cpu_inc(*point->calls);
	return true;
}

/*
 * Go to the handler instead. The point itself is passed in the argument
 * register after the last that the function uses, which a callee may clobber
 * and so may we; a function of six leaves none.
 */
static __always_inline void vgpu_point_redirect(struct pt_regs *regs,
						struct vgpu_point *point)
{
	switch (point->nargs) {
	case 1:
		regs->si = (unsigned long)point;
		break;
	case 2:
		regs->dx = (unsigned long)point;
		break;
	case 3:
		regs->cx = (unsigned long)point;
		break;
	case 4:
		regs->r8 = (unsigned long)point;
		break;
	case 5:
		regs->r9 = (unsigned long)point;
		break;
	default:
		break;
	}
	regs->ip = (unsigned long)point->handler;
}

#endif /* _VGPU_INTERPOSE_PRIV_H */
