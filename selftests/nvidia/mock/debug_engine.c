// SPDX-License-Identifier: GPL-2.0
/*
 * The judge's view of time, /sys/kernel/debug/fakegpu/gpuN/; all numbers are
 * nanoseconds of the engine's own clock, exact at the moment of reading:
 *
 *	engine		a line each run list: name, clock, busy, lost to
 *			preemptions, jobs done, preemptions, groups, groups
 *			that were taken out of the list and not put back
 *	tsgs		a line each group: client, handle, number, run list,
 *			pid, cgroup, state (running, ready, idle, stopped),
 *			timeslice in microseconds, busy, jobs done, preemptions,
 *			jobs queued
 *	cgroups		a line each run list and cgroup whose tasks allocated
 *			channels there: run list, cgroup, busy, jobs done;
 *			before them one of each run list with 0 for the cgroup:
 *			its clock, and all jobs done
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "engine.h"

static const char *const names[RUNLISTS] = { "graphics", "copy" };

/* Was scheduled, and may not run now. */
static bool stopped(struct mock_tsg *tsg)
{
	struct mock_channel *channel;

	list_for_each_entry(channel, &tsg->channels, node) {
		if (channel->was_listed &&
		    (!channel->enabled || !channel->listed))
			return true;
	}
	return false;
}

static u32 queued(struct mock_tsg *tsg)
{
	struct mock_channel *channel;
	u32 sum = 0;

	list_for_each_entry(channel, &tsg->channels, node) {
		sum += channel->put - channel->get;
		if (channel->put < channel->get)
			sum += channel->entries;
	}
	return sum;
}

static const char *state(struct mock_tsg *tsg)
{
	if (tsg->runlist->loaded == tsg)
		return "running";
	if (stopped(tsg))
		return "stopped";
	return queued(tsg) ? "ready" : "idle";
}

static void engine_line(struct seq_file *m, struct mock_runlist *list)
{
	u32 groups = 0, stops = 0;
	struct mock_tsg *tsg;

	list_for_each_entry(tsg, &list->tsgs, node) {
		groups++;
		stops += stopped(tsg);
	}
	seq_printf(m, "%s %llu %llu %llu %llu %llu %u %u\n", names[list->nr],
		   list->at, list->busy, list->lost, list->jobs,
		   list->preemptions, groups, stops);
}

static void tsg_lines(struct seq_file *m, struct mock_runlist *list)
{
	struct mock_tsg *tsg;

	list_for_each_entry(tsg, &list->tsgs, node)
		seq_printf(m,
			   "%#x %#x %u %s %d %llu %s %llu %llu %llu %llu %u\n",
			   tsg->client, tsg->handle, tsg->id, names[list->nr],
			   tsg->pid, tsg->cgroup, state(tsg), tsg->timeslice,
			   tsg->busy, tsg->jobs, tsg->preemptions, queued(tsg));
}

static void usage_lines(struct seq_file *m, struct mock_runlist *list)
{
	struct mock_usage *usage;

	seq_printf(m, "%s 0 %llu %llu\n", names[list->nr], list->at,
		   list->jobs);
	list_for_each_entry(usage, &list->usages, node)
		seq_printf(m, "%s %llu %llu %llu\n", names[list->nr],
			   usage->cgroup, usage->busy, usage->jobs);
}

static int show(struct seq_file *m,
		void (*lines)(struct seq_file *m, struct mock_runlist *list))
{
	struct mock_gpu *gpu = m->private;
	struct mock_runlist *list;
	unsigned long flags;
	u32 nr;

	spin_lock_irqsave(&mock_engine_lock, flags);
	for (nr = 0; nr < RUNLISTS; nr++) {
		list = &mock_runlists[gpu->nr][nr];
		mock_runlist_advance(list);
		mock_runlist_kick(list);
		lines(m, list);
	}
	spin_unlock_irqrestore(&mock_engine_lock, flags);
	return 0;
}

static int engine_show(struct seq_file *m, void *unused)
{
	return show(m, engine_line);
}
DEFINE_SHOW_ATTRIBUTE(engine);

static int tsgs_show(struct seq_file *m, void *unused)
{
	return show(m, tsg_lines);
}
DEFINE_SHOW_ATTRIBUTE(tsgs);

static int cgroups_show(struct seq_file *m, void *unused)
{
	return show(m, usage_lines);
}
DEFINE_SHOW_ATTRIBUTE(cgroups);

void mock_engine_debugfs(struct mock_gpu *gpu, struct dentry *dir)
{
	debugfs_create_file("engine", 0444, dir, gpu, &engine_fops);
	debugfs_create_file("tsgs", 0444, dir, gpu, &tsgs_fops);
	debugfs_create_file("cgroups", 0444, dir, gpu, &cgroups_fops);
}
