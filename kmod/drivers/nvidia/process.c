// SPDX-License-Identifier: GPL-2.0
/*
 * What processes hold beyond what they asked for by name.
 *
 * Problem: contexts and page tables take device memory that no call names, and
 * what a process had before vgpu came was asked for unseen.
 *
 * Model: RM tells for each process how much memory is behind its handles. What
 * that is more than what vgpu knows of is charged to the process's group as one
 * lump for each process and GPU, and goes with the process, or as it shrinks. A
 * lump that is found at attach is adopted memory; one found later is overhead.
 *
 * Memory that processes shared before is in the lump of each, and so charged
 * more than once: RM does not tell which shares are the same.
 *
 * The two figures are comparable only while no call changes them. Of a process
 * with a call under way, which its caller may have seen to, RM counts at most
 * what was known before, what calls had reserved then and what they did since.
 * What is more is its lump at least, which does not shrink then. Only how much a
 * copy adds is not known before; for a while such processes are left as they
 * were. Memory that a call has charged is known and so not part of a lump.
 *
 * RM names no more than NV_MAX_PIDS processes, and none without a subdevice. So
 * nobody holds nothing because it was not named: a process with a lump is asked
 * for by its number, and where RM had no room for more, at times, all that there
 * are.
 *
 * When: at attach; then from the tenants' own calls, at most once an interval,
 * and whenever a file has gone. Where no calls are made, nothing changes, and
 * no timer runs. The calls also keep nvidia.ko loaded and its GPU running.
 *
 * Where: in a worker, for which the call waits. RM names processes by the
 * numbers that they have in the namespace of whoever asks, and to a tenant in a
 * container not all that are outside of it.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../../object.h"
#include "backend.h"

static unsigned int reconcile_seconds = 10;
module_param(reconcile_seconds, uint, 0644);
MODULE_PARM_DESC(reconcile_seconds,
		 "How often to ask the driver what processes hold; 0 only at attach and for what was found then (default 10)");

/**
 * struct lump - what one process holds on one GPU beyond what is known
 * @list: in lumps
 * @pid: of its thread group, in the initial namespace
 * @id: the same, owned: a number is used again, this is not
 * @gpu: where
 * @bytes: charged under the lump's own address
 * @round: when the driver was last asked for the process
 */
struct lump {
	struct list_head list;
	pid_t pid;
	struct pid *id;
	struct nv_gpu *gpu;
	u64 bytes;
	unsigned int round;
};

/**
 * struct question - what is asked of RM, too large for a stack
 * @gpu: about which
 * @client: of vgpu's own
 * @subdevice: its handle of @gpu
 * @adopt: what is found was there before
 * @all: where RM cannot name all processes, ask for each that there is: not more
 *	often than once an interval, as a tenant has a look taken whenever it likes
 * @pids: NV2080_CTRL_GPU_GET_PIDS_PARAMS
 * @infos: NV2080_CTRL_GPU_GET_PID_INFO_PARAMS
 * @before: what was known of each before it was asked for
 */
struct question {
	struct nv_gpu *gpu;
	u32 client;
	u32 subdevice;
	bool adopt;
	bool all;
	u8 pids[NV_PIDS_SIZE] __aligned(8);
	u8 infos[NV_PID_INFOS_SIZE] __aligned(8);
	struct nv_held before[NV_MAX_PID_INFOS];
};

static DEFINE_MUTEX(lumps_lock);	/* protects what follows */
static LIST_HEAD(lumps);
static unsigned int round;
static unsigned long last;		/* jiffies; read racily */
static unsigned long regular;		/* jiffies; the last with question.all */
static bool soon;			/* set and read without the lock */
static bool adopting;			/* by attach, which is serialised */
static unsigned long waiting;		/* bit 0: a tenant's call waits */

static void look(struct work_struct *work);
static DECLARE_WORK(look_work, look);

static struct lump *find(pid_t pid, const struct nv_gpu *gpu)
{
	struct lump *lump;

	lockdep_assert_held(&lumps_lock);

	list_for_each_entry(lump, &lumps, list)
		if (lump->pid == pid && lump->gpu == gpu)
			return lump;
	return NULL;
}

static void drop(struct lump *lump)
{
	lockdep_assert_held(&lumps_lock);

	list_del(&lump->list);
	vgpu_object_release(lump);
	nv_whole_release(&lump->gpu);
	put_pid(lump->id);
	kfree(lump);
}

/* Does the number still stand for the process that the lump was found of? */
static bool same_process(const struct lump *lump)
{
	bool same;

	rcu_read_lock();
	same = find_pid_ns(lump->pid, &init_pid_ns) == lump->id;
	rcu_read_unlock();
	return same;
}

static int adopt_both(struct lump *lump, u64 bytes, struct task_struct *task)
{
	int ret = vgpu_object_adopt(lump->gpu->device, lump, bytes,
				    VGPU_MEM_DEVICE, task);

	if (ret)
		return ret;
	ret = nv_whole_adopt(&lump->gpu, bytes, task);
	if (ret)
		vgpu_object_release(lump);
	return ret;
}

static void make(pid_t pid, struct nv_gpu *gpu, u64 bytes, bool adopt)
{
	struct task_struct *task;
	struct lump *lump;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_TGID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	lump = task ? kzalloc(sizeof(*lump), GFP_KERNEL) : NULL;
	if (lump) {
		lump->pid = pid;
		lump->gpu = gpu;
		lump->bytes = bytes;
		lump->round = round;
		if (adopt_both(lump, bytes, task)) {
			kfree(lump);
			lump = NULL;
		}
	}
	if (lump) {
		lump->id = get_task_pid(task, PIDTYPE_TGID);
		list_add(&lump->list, &lumps);
		if (!adopt) {
			vgpu_object_overhead(lump);
			nv_whole_overhead(&lump->gpu);
		} else {
			vgpu_driver_adopted(&nv_driver, gpu->device, bytes);
		}
	}
	if (task)
		put_task_struct(task);
}

/* @still: it is that, or else it is at least that */
static void note(pid_t pid, struct nv_gpu *gpu, u64 bytes, bool still,
		 bool adopt)
{
	struct lump *lump = find(pid, gpu);

	if (lump && !same_process(lump)) {
		drop(lump);
		lump = NULL;
	}
	if (!lump) {
		if (bytes)
			make(pid, gpu, bytes, adopt);
		return;
	}
	if (!still)
		bytes = max(bytes, lump->bytes);
	if (!bytes) {
		drop(lump);
		return;
	}
	if (lump->bytes != bytes) {
		vgpu_object_resize(lump, bytes);
		nv_whole_resize(&lump->gpu, bytes);
	}
	lump->bytes = bytes;
}

/* What RM told of a process, and what was known before it did. */
static void compare(const struct question *q, pid_t pid, u64 told,
		    const struct nv_held *before)
{
	struct nv_held after;
	bool still, unsure;
	u64 known;

	nv_clients_held(pid, q->gpu, &after);
	still = before->still && after.still && before->bytes == after.bytes;
	unsure = before->copying || after.copying ||
		 before->copies != after.copies;
	if (!nv_clients_unsure(pid, unsure) && unsure)
		return;
	known = before->bytes;
	if (!still)
		known += before->taking + after.tried - before->tried;
	note(pid, q->gpu, told > known ? told - known : 0, still, q->adopt);
}

/* What some processes hold, of which RM tells at once. */
static void ask_some(struct question *q, const u32 *pids, u32 n)
{
	u8 *info = q->infos + NV_PID_INFOS_LIST;
	struct lump *lump;
	pid_t pid;
	u64 told;
	u32 i;

	memset(q->infos, 0, sizeof(q->infos));
	nv_put32(q->infos, NV_PID_INFOS_COUNT, n);
	for (i = 0; i < n; i++) {
		nv_put32(info + i * NV_PID_INFO_SIZE, NV_PID_INFO_PID, pids[i]);
		nv_clients_held(pids[i], q->gpu, &q->before[i]);
		lump = find(pids[i], q->gpu);
		if (lump)
			lump->round = round;
	}
	if (nv_rm_control(q->client, q->subdevice, NV_CTRL_GPU_GET_PID_INFO,
			  q->infos, sizeof(q->infos)) != NV_OK)
		return;
	for (i = 0; i < n; i++, info += NV_PID_INFO_SIZE) {
		pid = nv_get32(info, NV_PID_INFO_PID);
		if (nv_get32(info, NV_PID_INFO_RESULT) != NV_OK)
			continue;
		told = nv_get64(info, NV_PID_INFO_DATA + NV_USE_PRIVATE) +
		       nv_get64(info, NV_PID_INFO_DATA + NV_USE_OWNED) +
		       nv_get64(info, NV_PID_INFO_DATA + NV_USE_DUPED);
		compare(q, pid, told, &q->before[i]);
	}
}

static void ask_many(struct question *q, const u32 *pids, u32 n)
{
	u32 some;

	for (; n; pids += some, n -= some) {
		some = min(n, NV_MAX_PID_INFOS);
		ask_some(q, pids, some);
	}
}

/* Every process that there is, of which RM has not named all. */
static void ask_all(struct question *q)
{
	struct task_struct *process;
	u32 *pids, n = 0, max = 0;

	rcu_read_lock();
	for_each_process(process)
		max++;
	rcu_read_unlock();
	pids = kvmalloc_array(max, sizeof(*pids), GFP_KERNEL);
	if (!pids)
		return;
	rcu_read_lock();
	for_each_process(process) {
		if (n == max)
			break;
		if (!(process->flags & PF_KTHREAD))
			pids[n++] = task_tgid_nr(process);
	}
	rcu_read_unlock();
	ask_many(q, pids, n);
	kvfree(pids);
}

/* Those of whom there is a lump, and who have not been asked for yet. */
static void ask_rest(struct question *q)
{
	u32 pids[32], n;
	struct lump *lump;

	do {
		n = 0;
		list_for_each_entry(lump, &lumps, list) {
			if (lump->gpu == q->gpu && lump->round != round)
				pids[n++] = lump->pid;
			if (n == ARRAY_SIZE(pids))
				break;
		}
		ask_many(q, pids, n);
	} while (n);
}

static void ask(struct question *q)
{
	struct nv_gpu *gpu = q->gpu;
	u32 count;

	if (nv_rm_begin(gpu, &q->client, &q->subdevice) != NV_OK)
		return;
	if (!gpu->whole)
		nv_gpu_learn(gpu, q->client, q->subdevice);
	/* Of a GPU that is divided, each instance is asked for itself. */
	if (!gpu->whole && nv_instances_ask(gpu, q->client, q->subdevice))
		goto out;
	memset(q->pids, 0, sizeof(q->pids));
	nv_put32(q->pids, NV_PIDS_ID, 0x2080);	/* all that have a subdevice */
	if (nv_rm_control(q->client, q->subdevice, NV_CTRL_GPU_GET_PIDS,
			  q->pids, sizeof(q->pids)) != NV_OK)
		goto out;
	count = min(nv_get32(q->pids, NV_PIDS_COUNT), NV_MAX_PIDS);
	ask_many(q, (const u32 *)(q->pids + NV_PIDS_TABLE), count);
	if (count == NV_MAX_PIDS && q->all)
		ask_all(q);
	ask_rest(q);
out:
	nv_rm_free(q->client, q->client);
}

/*
 * A process that has ended holds nothing, also where its GPU does not answer
 * any more, as one that is lost and waits to be reset.
 */
static void drop_dead(void)
{
	struct lump *lump, *next;
	bool dead;

	list_for_each_entry_safe(lump, next, &lumps, list) {
		rcu_read_lock();
		dead = !pid_task(lump->id, PIDTYPE_TGID);
		rcu_read_unlock();
		if (dead)
			drop(lump);
	}
}

/* Is it time to look again, having looked then? */
static bool elapsed(unsigned long since)
{
	unsigned long interval = READ_ONCE(reconcile_seconds) * HZ;

	return interval && time_after_eq(jiffies, since + interval);
}

static void look(struct work_struct *work)
{
	struct question *q = kvmalloc(sizeof(*q), GFP_KERNEL);
	unsigned int i;

	if (!q)
		return;
	mutex_lock(&lumps_lock);
	drop_dead();
	round++;
	q->adopt = READ_ONCE(adopting);
	q->all = q->adopt || elapsed(regular);
	if (q->all)
		regular = READ_ONCE(last);
	for (i = 0; (q->gpu = nv_gpu_nth(i)); i++)
		ask(q);
	mutex_unlock(&lumps_lock);
	kvfree(q);
}

/* One that begins after this was called, and has ended when it returns. */
static void look_now(void)
{
	WRITE_ONCE(soon, false);
	WRITE_ONCE(last, jiffies);
	queue_work(system_unbound_wq, &look_work);
	flush_work(&look_work);
}

static bool due(void)
{
	return READ_ONCE(soon) || elapsed(READ_ONCE(last));
}

/**
 * nv_process_tick - compare what RM and vgpu know, if that is due
 *
 * Context: May sleep; in a call of a tenant's, with no lock of ours or of RM's
 * held. Whoever comes while another waits goes on, and leaves it to the other
 * to have it done once more.
 */
void nv_process_tick(void)
{
	while (due() && nv_rm_abi() && !test_and_set_bit(0, &waiting)) {
		look_now();
		clear_bit(0, &waiting);
		smp_mb__after_atomic();	/* then whether it is due again */
	}
}

/**
 * nv_process_soon - a process may hold less now than is charged to it
 *
 * Context: Any.
 */
void nv_process_soon(void)
{
	if (!list_empty(&lumps))
		WRITE_ONCE(soon, true);
	smp_mb();	/* then whether somebody waits, in nv_process_tick() */
}

/* Something else has changed that RM is asked about. Context: any. */
void nv_process_due(void)
{
	WRITE_ONCE(soon, true);
	smp_mb();	/* as above */
}

/**
 * nv_process_gpu_gone - nobody holds anything there any more
 * @gpu: that went
 *
 * Context: May sleep. Waits for a look that is under way.
 */
void nv_process_gpu_gone(const struct nv_gpu *gpu)
{
	struct lump *lump, *next;

	mutex_lock(&lumps_lock);
	list_for_each_entry_safe(lump, next, &lumps, list)
		if (lump->gpu == gpu)
			drop(lump);
	mutex_unlock(&lumps_lock);
}

/**
 * nv_process_attach - adopt what processes have already
 *
 * Context: May sleep; nvidia.ko is live.
 * Return: 0.
 */
int nv_process_attach(void)
{
	WRITE_ONCE(adopting, true);
	look_now();
	WRITE_ONCE(adopting, false);
	return 0;
}

/**
 * nv_process_detach - forget what they have
 *
 * Context: May sleep; no call is in flight.
 */
void nv_process_detach(void)
{
	struct lump *lump, *next;

	mutex_lock(&lumps_lock);
	list_for_each_entry_safe(lump, next, &lumps, list)
		drop(lump);
	mutex_unlock(&lumps_lock);
}
