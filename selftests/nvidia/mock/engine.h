/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs on a GPU: run lists, channel groups, channels, doorbells. Nothing
 * is computed; a job is a length of time.
 */
#ifndef MOCK_ENGINE_H
#define MOCK_ENGINE_H

#include <linux/hrtimer.h>
#include <linux/idr.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "gpu.h"

struct dentry;
struct mock_object;
struct mock_phys;
struct nv_file_private;

/* NV2080_ENGINE_TYPE_*: cl2080_notification.h */
enum {
	ENGINE_GRAPHICS = 0x1,
	ENGINE_COPY0 = 0x9,
	ENGINE_COPY9 = 0x12,
	ENGINE_COPY10 = 0x34,
	ENGINE_COPY19 = 0x3d,
	ENGINE_LAST = 0x54,
};

enum mock_runlist_nr {
	RUNLIST_GRAPHICS,
	RUNLIST_COPY,
	RUNLISTS,
};

/**
 * struct mock_usage - what channels of one cgroup took of a run list
 * @node: in mock_runlist.usages, until the module goes
 * @cgroup: of the tasks that allocated them
 * @busy: nanoseconds
 * @jobs: done
 */
struct mock_usage {
	struct list_head node;
	u64 cgroup;
	u64 busy;
	u64 jobs;
};

/**
 * struct mock_channel - a channel (KernelChannel)
 * @node: in mock_tsg.channels
 * @member: in mock_tsg.members
 * @tsg: its group
 * @usage: who is told to have used the engine
 * @client: whose, a handle
 * @owner: the control file of that client, which outlives it; NULL for the
 *	kernel's
 * @id: on its run list
 * @va: where its ring is in the GPU's address space
 * @entries: of its ring
 * @ring: the memory that holds the ring, or NULL as long as nothing is mapped
 *	at @va; a reference
 * @ring_offset: where in @ring
 * @userd_phys: the memory that holds its USERD, a reference
 * @userd: its USERD
 * @enabled: may run
 * @listed: is in the run list
 * @was_listed: was ever scheduled
 * @pending: its doorbell was rung since @put was last read
 * @get: next entry
 * @put: end of the entries, as read when the channel was loaded
 * @started: the job at @get has begun
 * @interrupt: whose end raises an interrupt
 * @left: of which so many nanoseconds are left
 */
struct mock_channel {
	struct list_head node;
	struct list_head member;
	struct mock_tsg *tsg;
	struct mock_usage *usage;
	u32 client;
	struct nv_file_private *owner;
	u32 id;
	u64 va;
	u32 entries;
	struct mock_phys *ring;
	u64 ring_offset;
	struct mock_phys *userd_phys;
	u32 *userd;
	bool enabled;
	bool listed;
	bool was_listed;
	bool pending;
	u32 get;
	u32 put;
	bool started;
	bool interrupt;
	u64 left;
};

/**
 * struct mock_tsg - a channel group, or time-slice group (KernelChannelGroup)
 * @node: in mock_runlist.tsgs
 * @runlist: on which
 * @channels: in it; the engine takes jobs from them in turn
 * @members: the same as they were made, whichever handle they are below;
 *	mock_rm_lock
 * @running: one of them, whose job is on the engine
 * @id: on its run list
 * @client: whose, a handle
 * @handle: of the group, its first, or of the channel whose own it is
 * @handles: of the group, and exports of it
 * @pid: process that allocated it
 * @cgroup: of that process
 * @timeslice: microseconds, as asked for
 * @slice: nanoseconds that the hardware makes of them
 * @busy: nanoseconds that it ran
 * @jobs: done
 * @preemptions: jobs taken off the engine before their end
 * @unloads: how often it left the engine
 */
struct mock_tsg {
	struct list_head node;
	struct mock_runlist *runlist;
	struct list_head channels;
	struct list_head members;
	struct mock_channel *running;
	u32 id;
	u32 client;
	u32 handle;
	u32 handles;
	pid_t pid;
	u64 cgroup;
	u64 timeslice;
	u64 slice;
	u64 busy;
	u64 jobs;
	u64 preemptions;
	u64 unloads;
};

/**
 * struct mock_runlist - a run list and the engine that it feeds
 * @gpu: of which GPU
 * @nr: which of its lists
 * @tsgs: the groups, the next to run first
 * @usages: struct mock_usage
 * @loaded: the group on the engine, or NULL
 * @switching: the engine saves a context until @switched, and runs nothing
 * @preempt: @loaded has to leave now
 * @at: the time up to which everything has happened
 * @switched: see @switching
 * @slice_start: when the slice of @loaded began
 * @busy: nanoseconds that jobs ran
 * @lost: nanoseconds that contexts were saved
 * @jobs: done
 * @preemptions: jobs taken off before their end
 * @timer: wakes us for what happens next
 * @wait: for a preemption to end
 * @tsg_ids: mock_tsg.id; mock_rm_lock
 * @channel_ids: mock_channel.id; mock_rm_lock
 *
 * mock_engine_lock protects run lists, their groups and channels.
 */
struct mock_runlist {
	struct mock_gpu *gpu;
	enum mock_runlist_nr nr;
	struct list_head tsgs;
	struct list_head usages;
	struct mock_tsg *loaded;
	bool switching;
	bool preempt;
	u64 at;
	u64 switched;
	u64 slice_start;
	u64 busy;
	u64 lost;
	u64 jobs;
	u64 preemptions;
	struct hrtimer timer;
	wait_queue_head_t wait;
	struct ida tsg_ids;
	struct ida channel_ids;
};

/* Taken with interrupts off; inside mock_rm_lock and mmap_lock. */
extern spinlock_t mock_engine_lock;
extern struct mock_runlist mock_runlists[MOCK_GPUS][RUNLISTS];

/* runlist.c */
void mock_runlist_init(void);
void mock_runlist_exit(void);
struct mock_runlist *mock_runlist_find(struct mock_gpu *gpu, u32 engine);
void mock_runlist_advance(struct mock_runlist *list);
void mock_runlist_kick(struct mock_runlist *list);
void mock_runlist_preempt(struct mock_tsg *tsg);
void mock_runlist_drop(struct mock_channel *channel);
void mock_runlist_leave(struct mock_tsg *tsg);
void mock_runlist_sleep(struct mock_runlist *list);
void mock_runlist_debugfs(struct dentry *dir);
void mock_timer_init(struct hrtimer *timer,
		     enum hrtimer_restart (*run)(struct hrtimer *timer));

/* tsg.c */
u32 mock_tsg_construct(struct mock_object *object, u32 engine);
u64 mock_current_cgroup(void);
struct mock_tsg *mock_tsg_get(struct mock_tsg *tsg);
void mock_tsg_put(struct mock_tsg *tsg);
void mock_tsg_destroy(struct mock_object *object);
void mock_tsg_timeslice(struct mock_tsg *tsg, u64 us);
u32 mock_tsg_preempt(struct mock_tsg *tsg, bool wait, u32 timeout_us);

/* channel.c */
u32 mock_channel_construct(struct mock_object *object, const void *params);
void mock_channel_destroy(struct mock_object *object);
void mock_channel_schedule(struct mock_channel *channel, bool enable,
			   bool skip_submit, bool skip_enable);
void mock_channel_enable(struct mock_object *object, bool enable, bool rewind);
bool mock_channel_busy(struct mock_object *object);
u32 mock_channel_token(const struct mock_channel *channel);
bool mock_channel_ready(struct mock_channel *channel);
void mock_channel_start(struct mock_channel *channel);
void mock_channel_done(struct mock_channel *channel);

/* doorbell.c */
struct mock_doorbell;
struct nv_linux_file;

u32 mock_doorbell_construct(struct mock_object *object);
void mock_doorbell_destroy(struct mock_object *object);
void mock_doorbell_dawdle(void);
void mock_doorbell_touch(void);
void mock_doorbell_revoke(void);
void mock_doorbell_mapped(struct nv_linux_file *file);
void mock_doorbell_unmapped(struct nv_linux_file *file);
void mock_doorbell_init(void);
void mock_doorbell_exit(void);
void mock_doorbell_debugfs(struct dentry *dir);

/* dma.c */
void mock_dma_forget(struct mock_object *object);
struct mock_phys *mock_dma_find(u32 client, u64 va, u64 size, u64 *offset);

/* debug_engine.c */
void mock_engine_debugfs(struct mock_gpu *gpu, struct dentry *dir);

#endif /* MOCK_ENGINE_H */
