// SPDX-License-Identifier: GPL-2.0
/*
 * Interposition by the slot that holds the function's pointer in its driver's
 * table: the last fallback, for what neither ftrace nor a kprobe can reach.
 * It covers calls through the table only, has no protocol for sharing with
 * others, and writes a page that the driver keeps read-only, through an alias.
 *
 * A slot cannot pass the point along, so each point takes a thunk of its own.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "interpose_priv.h"

#define THUNKS	8

typedef long (*fn_1)(unsigned long a, struct vgpu_point *point);
typedef long (*fn_2)(unsigned long a, unsigned long b,
		     struct vgpu_point *point);
typedef long (*fn_3)(unsigned long a, unsigned long b, unsigned long c,
		     struct vgpu_point *point);

/*
 * The slot stays mapped for writing as long as it is ours, so that nothing can
 * fail when it is given back.
 */
static struct {
	struct vgpu_interpose *set;
	struct vgpu_point *point;
	void **alias;
} thunks[THUNKS];
static DEFINE_MUTEX(thunk_lock);	/* protects who has which thunk */

/*
 * The way back leads through this text, and the original may sleep for as long
 * as a tenant likes. The backend that owns the slot keeps us until we hold a
 * reference of our own.
 */
static long pass(fn_3 original, unsigned long a, unsigned long b,
		 unsigned long c)
{
	long ret;

	__module_get(THIS_MODULE);
	ret = original(a, b, c, NULL);
	module_put(THIS_MODULE);
	return ret;
}

static long enter_slot(unsigned int n, unsigned long a, unsigned long b,
		       unsigned long c)
{
	struct vgpu_point *point = READ_ONCE(thunks[n].point);
	const struct vgpu_args args = { .arg = { a, b, c } };

	/* The caller is the table's user, never a handler. */
	if (!vgpu_point_enter(thunks[n].set, point, &args))
		return pass(point->addr, a, b, c);
	switch (point->nargs) {
	case 1:
		return ((fn_1)point->handler)(a, point);
	case 2:
		return ((fn_2)point->handler)(a, b, point);
	default:
		return ((fn_3)point->handler)(a, b, c, point);
	}
}

#define THUNK(n)							\
static long thunk_##n(unsigned long a, unsigned long b, unsigned long c) \
{									\
	return enter_slot(n, a, b, c);					\
}

THUNK(0) THUNK(1) THUNK(2) THUNK(3) THUNK(4) THUNK(5) THUNK(6) THUNK(7)

static long (*const entries[THUNKS])(unsigned long a, unsigned long b,
				     unsigned long c) = {
	thunk_0, thunk_1, thunk_2, thunk_3, thunk_4, thunk_5, thunk_6, thunk_7,
};

/* Tables of drivers that are built in lie elsewhere. */
static bool in_module(const void *slot)
{
	return (unsigned long)slot >= MODULES_VADDR &&
	       (unsigned long)slot < MODULES_END;
}

static void **map_slot(void **slot)
{
	struct page *page = in_module(slot) ? vmalloc_to_page(slot) : NULL;
	void *alias = page ? vmap(&page, 1, VM_MAP, PAGE_KERNEL) : NULL;

	return alias ? alias + offset_in_page(slot) : NULL;
}

static int slot_add(struct vgpu_interpose *set, struct vgpu_point *point)
{
	int ret = -ENOSPC;
	unsigned int n;

	if (!point->slot || point->kind != VGPU_POINT_DIVERT ||
	    READ_ONCE(*point->slot) != point->addr)
		return -EINVAL;

	mutex_lock(&thunk_lock);
	for (n = 0; n < THUNKS && thunks[n].point; n++)
		;
	if (n == THUNKS)
		goto out;
	ret = -EFAULT;
	thunks[n].alias = map_slot(point->slot);
	if (!thunks[n].alias)
		goto out;
	ret = 0;
	point->ip = (unsigned long)point->slot;
	point->priv = (void *)(unsigned long)n;
	thunks[n].set = set;
	WRITE_ONCE(thunks[n].point, point);
	/* Whoever comes by the slot finds its thunk filled in. */
	smp_store_release(thunks[n].alias, entries[n]);
out:
	mutex_unlock(&thunk_lock);
	return ret;
}

static bool slot_alive(const struct vgpu_point *point)
{
	return READ_ONCE(*point->slot) == entries[(unsigned long)point->priv];
}

/* Whoever wrote over it since has to be left alone. */
static void slot_remove(struct vgpu_interpose *set, struct vgpu_point *point)
{
	if (slot_alive(point))
		WRITE_ONCE(*thunks[(unsigned long)point->priv].alias,
			   point->addr);
}

static void slot_cleanup(struct vgpu_point *point)
{
	unsigned long n = (unsigned long)point->priv;

	mutex_lock(&thunk_lock);
	vunmap((void *)((unsigned long)thunks[n].alias & PAGE_MASK));
	thunks[n].point = NULL;
	mutex_unlock(&thunk_lock);
}

const struct vgpu_interposer vgpu_interpose_slot = {
	.method = VGPU_METHOD_SLOT,
	.add = slot_add,
	.remove = slot_remove,
	.cleanup = slot_cleanup,
	.alive = slot_alive,
};
