/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interposition: the only code that touches functions of other modules.
 *
 * A backend declares points and never learns how they are interposed. A point
 * of kind DIVERT sends every call of a function to a handler of the same
 * prototype, which gets the point as one argument more and calls the original
 * through it. A point of kind WATCH calls a handler as the function is
 * entered, in atomic context, and the function then runs as ever.
 */
#ifndef _VGPU_INTERPOSE_H
#define _VGPU_INTERPOSE_H

#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include <linux/vgpu.h>

struct module;
struct vgpu_driver;
struct vgpu_interpose;
struct vgpu_point;

enum vgpu_point_kind {
	VGPU_POINT_DIVERT,
	VGPU_POINT_WATCH,
};

/* The integer arguments of the interposed call; of slots, the first three. */
struct vgpu_args {
	unsigned long arg[6];
};

/**
 * struct vgpu_point - one interposed function
 * @name: what to show and, where @addr is NULL, the symbol to look for;
 *	must outlive the point
 * @module: name of the module to look in, NULL for the kernel and any module
 * @addr: entry of the function; found from @name where NULL
 * @slot: where the function's pointer lies in its driver's table, for the
 *	last fallback; may be NULL
 * @kind: DIVERT or WATCH
 * @nargs: arguments of the function, 1 to 6 (slots: 3); a DIVERT handler gets the
 *	point itself as argument number @nargs. With 6 no register is left for
 *	it: the handler has to know its point, and to call the original through
 *	@past or, where that is NULL, to mark the call with vgpu_point_mark()
 * @handler: DIVERT: the replacement. It may sleep where the function may, is
 *	entered with a reference on @owner taken, and must call
 *	vgpu_point_leave() as its last act. It calls the original through
 *	@addr, and must not do so in tail position
 * @want: DIVERT, optional: return false to let this call pass. Atomic
 * @watch: WATCH: called at entry. Atomic: it must not sleep
 * @owner: the backend; set by vgpu_interpose_add()
 * @driver: whose point this is, for detach and for display; may be NULL
 * @data: the backend's own
 * @method: how it is interposed; none while somebody else holds the function
 * @stopped: no new diversion; set by vgpu_interpose_stop()
 * @lost: the self-test found it dead
 * @calls: diverted or watched calls
 * @past: the original behind its breakpoint, where nothing is lost without the
 *	instructions before; else NULL. A handler of six arguments calls it, with
 *	no mark
 * @ip: the patched address
 * @hash: in the table by @ip
 * @list: in the backend's list
 * @priv: of the method in use
 */
struct vgpu_point {
	const char *name;
	const char *module;
	void *addr;
	void **slot;
	enum vgpu_point_kind kind;
	unsigned int nargs;
	void *handler;
	bool (*want)(struct vgpu_point *point, const struct vgpu_args *args);
	void (*watch)(struct vgpu_point *point, const struct vgpu_args *args);
	struct module *owner;
	struct vgpu_driver *driver;
	void *data;

	/* The engine's own, from here on. */
	enum vgpu_method method;
	bool stopped;
	bool lost;
	u64 __percpu *calls;
	void *past;
	unsigned long ip;
	struct hlist_node hash;
	struct list_head list;
	void *priv;
};

/**
 * struct vgpu_mark - a diverted call, on its stack
 * @node: in its bucket, under that lock; the innermost first
 * @task: the caller
 * @point: where it entered
 * @used: the handler has called the original
 */
struct vgpu_mark {
	struct hlist_node node;
	const struct task_struct *task;
	const struct vgpu_point *point;
	bool used;
};

/* For backends */
void *vgpu_interpose_symbol(const char *module, const char *symbol);
struct vgpu_interpose *vgpu_interpose_create(struct module *owner);
void vgpu_interpose_destroy(struct vgpu_interpose *set);
int vgpu_interpose_add(struct vgpu_interpose *set, struct vgpu_point *point);
void vgpu_interpose_remove(struct vgpu_interpose *set,
			   const struct vgpu_driver *driver);
void vgpu_interpose_module_gone(struct vgpu_interpose *set,
				struct module *mod);
void vgpu_point_leave(struct vgpu_point *point);
void vgpu_point_mark(struct vgpu_mark *mark, const struct vgpu_point *point);
void vgpu_point_unmark(struct vgpu_mark *mark);

/* For the registry of drivers */
void vgpu_interpose_stop(struct vgpu_interpose *set,
			 const struct vgpu_driver *driver, bool stop);
unsigned int
vgpu_interpose_selftest(struct vgpu_interpose *set,
			const struct vgpu_driver *driver,
			void (*lost)(const struct vgpu_driver *driver,
				     const struct vgpu_point *point));
int vgpu_interpose_show(struct vgpu_interpose *set,
			const struct vgpu_driver *driver,
			int (*show)(struct vgpu_point *point, void *ctx),
			void *ctx);
u64 vgpu_point_calls(const struct vgpu_point *point);

/* For the module's end */
void vgpu_interpose_deinit(void);

#endif /* _VGPU_INTERPOSE_H */
