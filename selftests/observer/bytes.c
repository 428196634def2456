// SPDX-License-Identifier: GPL-2.0
/*
 * observer: the judge of bytes
 *
 * Every test of a memory quota asks this module how many bytes a cgroup
 * holds, and how many it ever held at once. It must not be wrong in the same
 * way as the code it judges, so it shares nothing with it: no source, no
 * header, no symbol, and another mechanism (kprobes, which let the probed
 * function run; nothing is diverted).
 *
 * Model: a GEM object is born when drm_gem_private_object_init() is entered
 * (drm_gem_object_init() calls it too) and dies when drm_gem_object_release()
 * is entered. It counts, with the size it was born with, in the cgroup (v2)
 * of the task that made it and in all ancestors of that cgroup, until it
 * dies. What becomes of its handles, of the task or of the cgroup does not
 * matter. Three refinements:
 *
 *  - An object born inside drm_gem_prime_fd_to_handle() is an import: the
 *    memory behind it belongs to another object, and it is not counted.
 *  - If drm_gem_object_init() fails, its caller frees the object without a
 *    release: the return is probed, and the object is forgotten.
 *  - A birth at an address that is known replaces the older one. This happens
 *    if something diverts the function and calls it again: the probe is hit
 *    twice for one object.
 *
 * Death counts at the entry of the release, that is, before the backing pages
 * are returned. This errs in favour of the code under test: bytes are never
 * seen longer than they live. The peak is updated with every birth, under the
 * same lock, so that no moment is missed.
 *
 * Rendering is observed too (virtio-gpu submissions, page flips, and by fence.c
 * the device's time), so that "a sibling keeps rendering" does not rest on a
 * program's own words.
 *
 * Everything is allocated at load, because the probes run with preemption
 * off. What did not fit, and each hit a probe missed, is counted in "lost";
 * no verdict is worth anything unless that reads 0.
 *
 * In /sys/kernel/debug/observer/:
 *   bytes       a line per cgroup: id live_bytes objects peak_bytes
 *   work        a line per cgroup: id submissions flips last_death_ns
 *   time        a line per cgroup: id busy_ns
 *   lost        number of events that were not recorded
 *   reset_peak  write a cgroup id, or 0 for all: the peak restarts at live
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cgroup.h>
#include <linux/debugfs.h>
#include <linux/hash.h>
#include <linux/kmod.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>

#include "fence.h"

#define OBSERVER_BITS		14
#define OBSERVER_IMPORTERS	1024
#define OBSERVER_MAXACTIVE	1024

static unsigned int max_objects = 65536;
module_param(max_objects, uint, 0444);
MODULE_PARM_DESC(max_objects, "objects that can be known at one time");

static unsigned int max_groups = 16384;
module_param(max_groups, uint, 0444);
MODULE_PARM_DESC(max_groups, "cgroups that can be known, removed ones included");

/**
 * struct observer_group - what one cgroup holds, descendants included
 * @link: in group_table, by @id
 * @parent: group of the parent cgroup; NULL for the root
 * @id: cgroup id; never used again after removal, so groups are never freed
 * @live: bytes of the objects alive
 * @objects: number of objects alive
 * @peak: largest @live since load or reset
 * @submits: virtio-gpu command submissions
 * @flips: page flips and atomic commits asked for
 * @busy: ns for which the device was busy for them
 * @died: when the last object died, in ns of the monotonic clock
 */
struct observer_group {
	struct hlist_node link;
	struct observer_group *parent;
	u64 id;
	u64 live;
	u64 objects;
	u64 peak;
	u64 submits;
	u64 flips;
	u64 busy;
	u64 died;
};

/**
 * struct observer_object - an object alive
 * @link: in object_table by @addr, or in free_objects
 * @group: group of the creator
 * @addr: address of the object; only compared, never read through
 * @size: bytes at birth
 */
struct observer_object {
	struct hlist_node link;
	struct observer_group *group;
	unsigned long addr;
	u64 size;
};

/* Protects everything below. Taken in probes, hence raw and irq-safe. */
static DEFINE_RAW_SPINLOCK(lock);
static struct hlist_head object_table[1 << OBSERVER_BITS];
static struct hlist_head group_table[1 << OBSERVER_BITS];
static struct hlist_head free_objects;
static struct observer_object *objects;
static struct observer_group *groups;
static unsigned int nr_groups;
static struct task_struct *importers[OBSERVER_IMPORTERS];
static unsigned int nr_importers;
static u64 lost;

static struct dentry *dir;

static struct observer_group *group_find(u64 id)
{
	struct observer_group *g;

	lockdep_assert_held(&lock);
	hlist_for_each_entry(g, &group_table[hash_64(id, OBSERVER_BITS)], link)
		if (g->id == id)
			return g;
	return NULL;
}

/* Makes the groups of @cgrp and its ancestors. Depth is bounded by cgroupfs. */
static struct observer_group *group_get(struct cgroup *cgrp)
{
	struct observer_group *g, *first = NULL, **slot = &first;

	lockdep_assert_held(&lock);
	for (; cgrp; cgrp = cgroup_parent(cgrp)) {
		u64 id = cgroup_id(cgrp);

		g = group_find(id);
		if (g) {
			*slot = g;
			return first;
		}
		if (nr_groups == max_groups) {
			/* What is linked so far lacks an ancestor: say so. */
			lost++;
			return first;
		}
		g = &groups[nr_groups];
		g->id = id;
		hlist_add_head(&g->link,
			       &group_table[hash_64(id, OBSERVER_BITS)]);
		/* Readers take every group below nr_groups without the lock. */
		smp_store_release(&nr_groups, nr_groups + 1);
		*slot = g;
		slot = &g->parent;
	}
	return first;
}

static struct observer_group *group_of_current(void)
{
	struct observer_group *g;

	rcu_read_lock();
	g = group_get(task_dfl_cgroup(current));
	rcu_read_unlock();
	return g;
}

/* The same, for who does not hold the lock. */
struct observer_group *observer_group_now(void)
{
	struct observer_group *g;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	g = group_of_current();
	raw_spin_unlock_irqrestore(&lock, flags);
	return g;
}

void observer_busy(struct observer_group *g, u64 ns)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	for (; g; g = g->parent)
		g->busy += ns;
	raw_spin_unlock_irqrestore(&lock, flags);
}

static bool importing(void)
{
	unsigned int i;

	lockdep_assert_held(&lock);
	for (i = 0; i < nr_importers; i++)
		if (importers[i] == current)
			return true;
	return false;
}

static void object_forget(unsigned long addr)
{
	struct observer_object *o;
	struct observer_group *g;
	u64 now;

	lockdep_assert_held(&lock);
	hlist_for_each_entry(o, &object_table[hash_long(addr, OBSERVER_BITS)],
			     link)
		if (o->addr == addr)
			break;
	if (!o)
		return;
	now = ktime_get_mono_fast_ns();
	for (g = o->group; g; g = g->parent) {
		g->live -= o->size;
		g->objects--;
		g->died = now;
	}
	hlist_del(&o->link);
	hlist_add_head(&o->link, &free_objects);
}

static void object_add(unsigned long addr, u64 size)
{
	struct observer_object *o;
	struct observer_group *g;

	lockdep_assert_held(&lock);
	g = group_of_current();
	if (!g || hlist_empty(&free_objects)) {
		lost++;
		return;
	}
	o = hlist_entry(free_objects.first, struct observer_object, link);
	hlist_del(&o->link);
	o->addr = addr;
	o->size = size;
	o->group = g;
	hlist_add_head(&o->link, &object_table[hash_long(addr, OBSERVER_BITS)]);
	for (; g; g = g->parent) {
		g->live += size;
		g->objects++;
		g->peak = max(g->peak, g->live);
	}
}

/* drm_gem_private_object_init(dev, obj, size) */
static int on_birth(struct kprobe *p, struct pt_regs *regs)
{
	unsigned long addr = regs_get_kernel_argument(regs, 1);
	u64 size = regs_get_kernel_argument(regs, 2);
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	object_forget(addr);
	if (!importing())
		object_add(addr, size);
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

/* drm_gem_object_release(obj) */
static int on_death(struct kprobe *p, struct pt_regs *regs)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	object_forget(regs_get_kernel_argument(regs, 0));
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

/* drm_gem_object_init(dev, obj, size): remembers obj for the return */
static int on_init(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*(unsigned long *)ri->data = regs_get_kernel_argument(regs, 1);
	return 0;
}

static int on_init_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long flags;

	if (!(int)regs_return_value(regs))
		return 0;
	raw_spin_lock_irqsave(&lock, flags);
	object_forget(*(unsigned long *)ri->data);
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

/* drm_gem_prime_fd_to_handle(): the objects that current makes are imports */
static int on_import(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long flags;
	bool full;

	raw_spin_lock_irqsave(&lock, flags);
	full = nr_importers == OBSERVER_IMPORTERS;
	if (full)
		lost++;
	else
		importers[nr_importers++] = current;
	raw_spin_unlock_irqrestore(&lock, flags);
	return full;
}

static int on_import_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&lock, flags);
	for (i = 0; i < nr_importers; i++) {
		if (importers[i] == current) {
			importers[i] = importers[--nr_importers];
			break;
		}
	}
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static int on_submit(struct kprobe *p, struct pt_regs *regs)
{
	struct observer_group *g;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	for (g = group_of_current(); g; g = g->parent)
		g->submits++;
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static int on_flip(struct kprobe *p, struct pt_regs *regs)
{
	struct observer_group *g;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	for (g = group_of_current(); g; g = g->parent)
		g->flips++;
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static struct kprobe probes[] = {
	{ .symbol_name = "drm_gem_private_object_init",
	  .pre_handler = on_birth },
	{ .symbol_name = "drm_gem_object_release", .pre_handler = on_death },
	{ .symbol_name = "drm_mode_page_flip_ioctl", .pre_handler = on_flip },
	{ .symbol_name = "drm_mode_atomic_ioctl", .pre_handler = on_flip },
};

static struct kretprobe init_probe = {
	.kp.symbol_name = "drm_gem_object_init",
	.entry_handler = on_init,
	.handler = on_init_return,
	.data_size = sizeof(unsigned long),
	.maxactive = OBSERVER_MAXACTIVE,
};

static struct kretprobe import_probe = {
	.kp.symbol_name = "drm_gem_prime_fd_to_handle",
	.entry_handler = on_import,
	.handler = on_import_return,
	.maxactive = OBSERVER_MAXACTIVE,
};

static struct kretprobe *retprobes[] = { &init_probe, &import_probe };

/* virtio-gpu may come later than we do, and more than once. */
static struct kprobe submit_probe;
static bool submit_probed;
static DEFINE_MUTEX(submit_mutex);	/* protects the two above */

static void submit_attach(void)
{
	mutex_lock(&submit_mutex);
	if (!submit_probed) {
		memset(&submit_probe, 0, sizeof(submit_probe));
		submit_probe.symbol_name = "virtio_gpu_cmd_submit";
		submit_probe.pre_handler = on_submit;
		submit_probed = !register_kprobe(&submit_probe);
	}
	mutex_unlock(&submit_mutex);
}

static void submit_detach(void)
{
	mutex_lock(&submit_mutex);
	if (submit_probed)
		unregister_kprobe(&submit_probe);
	submit_probed = false;
	mutex_unlock(&submit_mutex);
}

static int on_module(struct notifier_block *nb, unsigned long state, void *data)
{
	struct module *mod = data;

	if (strcmp(mod->name, "virtio_gpu"))
		return NOTIFY_DONE;
	if (state == MODULE_STATE_COMING)
		submit_attach();
	else if (state == MODULE_STATE_GOING)
		submit_detach();
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

static void *rows_start(struct seq_file *m, loff_t *pos)
{
	/* Pairs with the release that adds a group. */
	return *pos < smp_load_acquire(&nr_groups) ? &groups[*pos] : NULL;
}

static void *rows_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return rows_start(m, pos);
}

static void rows_stop(struct seq_file *m, void *v)
{
}

static struct observer_group group_snapshot(const struct observer_group *g)
{
	struct observer_group copy;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	copy = *g;
	raw_spin_unlock_irqrestore(&lock, flags);
	return copy;
}

static int bytes_show(struct seq_file *m, void *v)
{
	struct observer_group g = group_snapshot(v);

	seq_printf(m, "%llu %llu %llu %llu\n", g.id, g.live, g.objects, g.peak);
	return 0;
}

static int work_show(struct seq_file *m, void *v)
{
	struct observer_group g = group_snapshot(v);

	seq_printf(m, "%llu %llu %llu %llu\n", g.id, g.submits, g.flips,
		   g.died);
	return 0;
}

static int time_show(struct seq_file *m, void *v)
{
	struct observer_group g = group_snapshot(v);

	seq_printf(m, "%llu %llu\n", g.id, g.busy);
	return 0;
}

static const struct seq_operations bytes_sops = {
	.start = rows_start,
	.next = rows_next,
	.stop = rows_stop,
	.show = bytes_show,
};
DEFINE_SEQ_ATTRIBUTE(bytes);

static const struct seq_operations work_sops = {
	.start = rows_start,
	.next = rows_next,
	.stop = rows_stop,
	.show = work_show,
};
DEFINE_SEQ_ATTRIBUTE(work);

static const struct seq_operations time_sops = {
	.start = rows_start,
	.next = rows_next,
	.stop = rows_stop,
	.show = time_show,
};
DEFINE_SEQ_ATTRIBUTE(time);

static int lost_get(void *data, u64 *val)
{
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&lock, flags);
	*val = lost + fence_lost();
	raw_spin_unlock_irqrestore(&lock, flags);
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		*val += READ_ONCE(probes[i].nmissed);
	for (i = 0; i < ARRAY_SIZE(retprobes); i++)
		*val += READ_ONCE(retprobes[i]->nmissed) +
			READ_ONCE(retprobes[i]->kp.nmissed);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(lost_fops, lost_get, NULL, "%llu\n");

static int reset_peak_set(void *data, u64 id)
{
	unsigned int i, n;
	unsigned long flags;

	/* Pairs with the release that adds a group. */
	n = smp_load_acquire(&nr_groups);
	for (i = 0; i < n; i++) {
		raw_spin_lock_irqsave(&lock, flags);
		if (!id || groups[i].id == id)
			groups[i].peak = groups[i].live;
		raw_spin_unlock_irqrestore(&lock, flags);
	}
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(reset_peak_fops, NULL, reset_peak_set, "%llu\n");

static int pools_create(void)
{
	unsigned int i;

	objects = kvcalloc(max_objects, sizeof(*objects), GFP_KERNEL);
	groups = kvcalloc(max_groups, sizeof(*groups), GFP_KERNEL);
	if (!objects || !groups) {
		kvfree(objects);
		kvfree(groups);
		return -ENOMEM;
	}
	for (i = 0; i < max_objects; i++)
		hlist_add_head(&objects[i].link, &free_objects);
	return 0;
}

static void probes_destroy(unsigned int nr, unsigned int nr_ret)
{
	while (nr_ret--)
		unregister_kretprobe(retprobes[nr_ret]);
	while (nr--)
		unregister_kprobe(&probes[nr]);
}

static int probes_create(void)
{
	unsigned int i, j;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		ret = register_kprobe(&probes[i]);
		if (ret) {
			pr_err("%s: %d\n", probes[i].symbol_name, ret);
			probes_destroy(i, 0);
			return ret;
		}
	}
	for (j = 0; j < ARRAY_SIZE(retprobes); j++) {
		ret = register_kretprobe(retprobes[j]);
		if (ret) {
			pr_err("%s: %d\n", retprobes[j]->kp.symbol_name, ret);
			probes_destroy(i, j);
			return ret;
		}
	}
	return 0;
}

static int __init observer_init(void)
{
	int ret;

	request_module("drm");
	ret = pools_create();
	if (ret)
		return ret;
	ret = probes_create();
	if (ret)
		goto err_free_pools;
	ret = register_module_notifier(&module_nb);
	if (ret)
		goto err_destroy_probes;
	ret = fence_create();
	if (ret)
		goto err_unregister;
	submit_attach();

	dir = debugfs_create_dir("observer", NULL);
	debugfs_create_file("bytes", 0400, dir, NULL, &bytes_fops);
	debugfs_create_file("work", 0400, dir, NULL, &work_fops);
	debugfs_create_file("time", 0400, dir, NULL, &time_fops);
	debugfs_create_file_unsafe("lost", 0400, dir, NULL, &lost_fops);
	debugfs_create_file_unsafe("reset_peak", 0200, dir, NULL,
				   &reset_peak_fops);
	return 0;

err_unregister:
	unregister_module_notifier(&module_nb);
err_destroy_probes:
	probes_destroy(ARRAY_SIZE(probes), ARRAY_SIZE(retprobes));
err_free_pools:
	kvfree(objects);
	kvfree(groups);
	return ret;
}

static void __exit observer_exit(void)
{
	debugfs_remove_recursive(dir);
	unregister_module_notifier(&module_nb);
	submit_detach();
	fence_destroy();
	probes_destroy(ARRAY_SIZE(probes), ARRAY_SIZE(retprobes));
	kvfree(objects);
	kvfree(groups);
}

module_init(observer_init);
module_exit(observer_exit);

MODULE_DESCRIPTION("Counts the bytes of live DRM objects per cgroup");
MODULE_LICENSE("GPL");
