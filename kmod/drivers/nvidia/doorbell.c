// SPDX-License-Identifier: GPL-2.0
/*
 * Doorbells: pages of a GPU to which a program stores the name of a channel
 * that has work. Nothing sees that store.
 *
 * So when a client's queues have nothing to run, the doorbells that it has
 * mapped are armed: taken out of its address spaces, as the driver itself takes
 * all mappings when a GPU goes to sleep. The next store faults, the driver puts
 * the page back (nvidia_fault()), and the worker (queue_turn.c) learns of the
 * work at once and without asking RM. Before that it asks once more, for a ring
 * that came in between.
 *
 * This is an aid. Whoever rings by another way, by memory that the GPU writes,
 * say, or by another client's doorbell, is found later, when the worker looks
 * by itself. Whoever rings and has no work has a turn, and pays for it.
 *
 * Files are not held, for a mapping's file would keep the client's, and with it
 * the client. What is kept is where a page is mapped: the file is found there
 * when it is needed, and if it is not, then the page has gone.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/kdev_t.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../../kmem.h"
#include "backend.h"

#define BELL_HASH_BITS	8
#define PAGES_MAX	32
/* Whose mappings take longer is not armed again: others would wait for it. */
#define ARM_MAX		NSEC_PER_MSEC
/* What is not mapped for so long will not be any more. */
#define GONE_AFTER	NSEC_PER_SEC
#define MINOR_CTL	255

static bool trap = true;
module_param_named(trap_doorbells, trap, bool, 0644);
MODULE_PARM_DESC(trap_doorbells,
		 "Learn of new work of idle queues by a fault on their doorbells (default yes)");

/**
 * struct bell - the doorbells of a client on a GPU
 * @hash: in bells
 * @client: its handle
 * @gpu: not an instance
 * @pages: what it has mapped
 * @npages: how many
 * @dear: it is not armed any more
 * @armed: the next ring is seen; under rings_lock
 * @rings: seen so far; under rings_lock
 */
struct bell {
	struct hlist_node hash;
	u32 client;
	const struct nv_gpu *gpu;
	struct list_head pages;
	unsigned int npages;
	bool dear;
	bool armed;
	u32 rings;
};

/**
 * struct bell_page - a doorbell that a client has mapped, or is about to
 * @list: in @bell's
 * @hash: in files, under rings_lock
 * @file: by which; never dereferenced
 * @bell: whose
 * @payer: of its kernel memory
 * @mm: whose, pinned: the driver leaves with a file what its owner maps next
 * @start: its address there, or 0 where it is not mapped yet; under rings_lock
 * @since: when it was last there, or came
 * @held: the file, while it is being armed
 */
struct bell_page {
	struct list_head list;
	struct hlist_node hash;
	const struct file *file;
	struct bell *bell;
	struct vgpu_group *payer;
	struct mm_struct *mm;
	unsigned long start;
	u64 since;
	struct file *held;
};

/* Outside rings_lock and the locks of mappings. */
static DEFINE_MUTEX(bells_lock);
static DEFINE_HASHTABLE(bells, BELL_HASH_BITS);
static DEFINE_SPINLOCK(rings_lock);	/* also taken where interrupts are off */
static DEFINE_HASHTABLE(files, BELL_HASH_BITS);

static struct vgpu_point fault_point, mmap_point;

static const struct nv_gpu *whole(const struct nv_gpu *gpu)
{
	return gpu->whole ?: gpu;
}

static struct bell *find(u32 client, const struct nv_gpu *gpu)
{
	struct bell *bell;

	lockdep_assert_held(&bells_lock);

	hash_for_each_possible(bells, bell, hash, client)
		if (bell->client == client && bell->gpu == gpu)
			return bell;
	return NULL;
}

/* With its last page a bell goes. */
static void drop(struct bell_page *page)
{
	struct bell *bell = page->bell;

	lockdep_assert_held(&bells_lock);

	spin_lock_irq(&rings_lock);
	hash_del(&page->hash);
	spin_unlock_irq(&rings_lock);
	list_del(&page->list);
	mmdrop(page->mm);
	vgpu_kmem_uncharge(page->payer, sizeof(*page) + sizeof(*bell));
	kfree(page);
	if (--bell->npages)
		return;
	hash_del(&bell->hash);
	kfree(bell);
}

/*
 * The driver is about to map what it left with a file. It does so for as long as
 * the file is open, and there is no knowing how often that is too often.
 */
static void mapped(struct vgpu_point *point, const struct vgpu_args *args)
{
	const struct file *file = (void *)args->arg[0];
	const struct vm_area_struct *vma = (void *)args->arg[1];
	struct bell_page *page;
	unsigned long flags;
	bool again = false;

	spin_lock_irqsave(&rings_lock, flags);
	hash_for_each_possible(files, page, hash, (unsigned long)file) {
		if (page->file != file || page->mm != vma->vm_mm)
			continue;
		if (page->start) {
			WRITE_ONCE(page->bell->dear, true);
			page->bell->armed = false;
			again = true;
		}
		page->start = vma->vm_start;
	}
	spin_unlock_irqrestore(&rings_lock, flags);
	if (again)
		nv_turn_kick();
}

/*
 * A doorbell that was taken away is about to be mapped again, for a store. The
 * worker is told when all that rings is down. Context: Atomic.
 */
static void faulted(struct vgpu_point *point, const struct vgpu_args *args)
{
	const struct vm_fault *vmf = (void *)args->arg[0];
	const struct file *file = vmf->vma->vm_file;
	struct bell_page *page;
	unsigned long flags;
	bool rung = false;

	spin_lock_irqsave(&rings_lock, flags);
	hash_for_each_possible(files, page, hash, (unsigned long)file) {
		if (page->file != file || !page->bell->armed)
			continue;
		page->bell->armed = false;
		page->bell->rings++;
		rung = true;
	}
	spin_unlock_irqrestore(&rings_lock, flags);
	if (rung)
		nv_turn_kick();
}

/*
 * Is it a mapping that can be taken away? The driver puts none of its control
 * file's back. The address of a file may since be another's.
 */
static bool is_doorbell(const struct vm_area_struct *vma,
			const struct bell_page *page)
{
	const struct file *file = vma->vm_file;

	return file && file == page->file && vma->vm_start == page->start &&
	       vma->vm_ops && (void *)vma->vm_ops->fault == fault_point.addr &&
	       file->f_mapping != file_inode(file)->i_mapping &&
	       iminor(file_inode(file)) != MINOR_CTL;
}

/* Whoever holds the lock of its address space for long is not waited for. */
static struct file *file_at(const struct bell_page *page)
{
	struct vm_area_struct *vma;
	struct file *file = NULL;

	if (!READ_ONCE(page->start) || !mmget_not_zero(page->mm))
		return NULL;
	if (mmap_read_trylock(page->mm)) {
		vma = find_vma(page->mm, page->start);
		if (vma && is_doorbell(vma, page))
			file = get_file(vma->vm_file);
		mmap_read_unlock(page->mm);
	}
	mmput_async(page->mm);
	return file;
}

/* As many of its files as there are; true if those are all. */
static bool hold(struct bell *bell)
{
	u64 now = ktime_get_ns();
	struct bell_page *page;
	bool all = true;

	list_for_each_entry(page, &bell->pages, list) {
		page->held = file_at(page);
		if (page->held)
			page->since = now;
		else
			all = false;
	}
	return all;
}

static void let_go(struct bell *bell)
{
	struct bell_page *page;

	list_for_each_entry(page, &bell->pages, list) {
		if (page->held)
			fput(page->held);
		page->held = NULL;
	}
}

static void unmap(struct bell *bell)
{
	u64 began = ktime_get_ns();
	struct bell_page *page;

	list_for_each_entry(page, &bell->pages, list)
		unmap_mapping_range(page->held->f_mapping, 0, 0, 1);
	if (ktime_get_ns() - began > ARM_MAX)
		WRITE_ONCE(bell->dear, true);
}

/* Let go of all pages of a bell, or of those that went. */
static void sweep(struct bell *bell, bool all)
{
	u64 now = ktime_get_ns();
	struct bell_page *page, *next;
	unsigned int left = bell->npages;

	lockdep_assert_held(&bells_lock);

	list_for_each_entry_safe(page, next, &bell->pages, list) {
		left--;
		if (all || now - page->since > GONE_AFTER)
			drop(page);
		if (!left)
			return;		/* the bell may have gone */
	}
}

/*
 * What of a bell is still there: those that were looked for and not found go.
 * What is armed already is taken away once more, as a fault that was under way
 * then may have put it back later.
 */
static bool arm(struct bell *bell)
{
	bool whole = hold(bell);

	if (whole) {
		spin_lock_irq(&rings_lock);
		bell->armed = true;
		spin_unlock_irq(&rings_lock);
		unmap(bell);
	}
	let_go(bell);
	if (!whole)
		sweep(bell, false);
	return whole;
}

/**
 * nv_doorbell_arm - have the next ring of a queue's client seen
 * @client: its handle
 * @gpu: of the queue
 *
 * What was rung before is not: the caller asks RM after this.
 *
 * Context: The worker. Takes bells_lock and locks of mappings.
 * Return: false where that cannot be had.
 */
bool nv_doorbell_arm(u32 client, const struct nv_gpu *gpu)
{
	struct bell *bell;
	bool armed = false;

	mutex_lock(&bells_lock);
	bell = find(client, whole(gpu));
	if (bell && READ_ONCE(trap) && !READ_ONCE(bell->dear))
		armed = arm(bell);
	mutex_unlock(&bells_lock);
	return armed;
}

/**
 * nv_doorbell_armed - will the next ring of a queue's client be seen?
 * @client: its handle
 * @gpu: of the queue
 * @rings: set to how many were
 *
 * Context: May sleep. Takes bells_lock.
 */
bool nv_doorbell_armed(u32 client, const struct nv_gpu *gpu, u32 *rings)
{
	struct bell *bell;
	bool armed = false;

	*rings = 0;
	mutex_lock(&bells_lock);
	bell = find(client, whole(gpu));
	if (bell) {
		spin_lock_irq(&rings_lock);
		armed = bell->armed;
		*rings = bell->rings;
		spin_unlock_irq(&rings_lock);
	}
	mutex_unlock(&bells_lock);
	return armed;
}

/* @fresh becomes the bell's where there is none. */
static struct bell *bell_of(u32 client, const struct nv_gpu *gpu,
			    struct bell **fresh)
{
	struct bell *bell = find(client, gpu);

	if (bell)
		return bell;
	swap(bell, *fresh);
	bell->client = client;
	bell->gpu = gpu;
	INIT_LIST_HEAD(&bell->pages);
	hash_add(bells, &bell->hash, client);
	return bell;
}

/* What the driver had left with a file that has gone since; its address has not. */
static void drop_older(const struct file *file)
{
	struct bell_page *page;
	struct hlist_node *next;

	lockdep_assert_held(&bells_lock);

	hash_for_each_possible_safe(files, page, next, hash,
				    (unsigned long)file)
		if (page->file == file)
			drop(page);
}

/* Too many are as good as none: what is not known of would not be armed. */
static int insert(struct bell_page *page, u32 client, const struct nv_gpu *gpu,
		  struct bell **fresh)
{
	struct bell *bell;

	lockdep_assert_held(&bells_lock);

	drop_older(page->file);
	bell = bell_of(client, gpu, fresh);
	spin_lock_irq(&rings_lock);
	bell->armed = false;	/* this one is not */
	spin_unlock_irq(&rings_lock);
	if (bell->npages == PAGES_MAX) {
		WRITE_ONCE(bell->dear, true);
		return -ENOSPC;
	}
	page->bell = bell;
	bell->npages++;
	list_add(&page->list, &bell->pages);
	spin_lock_irq(&rings_lock);
	hash_add(files, &page->hash, (unsigned long)page->file);
	spin_unlock_irq(&rings_lock);
	return 0;
}

/*
 * Memory is had before the lock: whoever made it scarce may wait for it, but those
 * who wait for the lock may be others.
 */
static void add(const struct file *file, u32 client, const struct nv_gpu *gpu)
{
	size_t size = sizeof(struct bell_page) + sizeof(struct bell);
	struct bell_page *page = kzalloc(sizeof(*page), GFP_KERNEL_ACCOUNT);
	struct bell *fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!page || !fresh)
		goto out;
	page->payer = vgpu_kmem_charge(size);
	if (!page->payer)
		goto out;
	page->file = file;
	page->mm = current->mm;
	mmgrab(page->mm);
	page->since = ktime_get_ns();
	mutex_lock(&bells_lock);
	ret = insert(page, client, gpu, &fresh);
	mutex_unlock(&bells_lock);
	nv_turn_kick();
	if (ret) {
		mmdrop(page->mm);
		vgpu_kmem_uncharge(page->payer, size);
	} else {
		page = NULL;	/* the bell's */
	}
out:
	kfree(fresh);
	kfree(page);
}

/**
 * nv_doorbell_map - NV_ESC_RM_MAP_MEMORY
 * @esc: with that
 *
 * The driver leaves with a file what its mmap shall map.
 *
 * Context: May sleep.
 * Return: as rm_ioctl().
 */
u32 nv_doorbell_map(struct nv_escape *esc)
{
	u32 handle, ret;
	struct nv_client *client;
	struct nv_gpu *gpu = NULL;

	if (esc->size != NV_NVOS33_FD_SIZE)
		return nv_escape_pass(esc);
	handle = nv_get32(esc->data, NV_MAP_CLIENT);
	client = nv_client_get(handle);
	if (client)
		gpu = nv_object_doorbell(client, nv_get32(esc->data,
							  NV_MAP_MEMORY));
	ret = nv_escape_pass(esc);
	if (gpu && esc->nfound && ret == NV_OK &&
	    nv_get32(esc->data, NV_MAP_STATUS) == NV_OK) {
		add(esc->file, handle, whole(gpu));
		if (READ_ONCE(client->gone))	/* too late for its end */
			nv_doorbell_client_gone(handle);
	}
	nv_client_put(client);
	return ret;
}

/**
 * nv_doorbell_client_gone - RM has ended a client
 * @client: its handle
 *
 * Context: May sleep. Takes bells_lock.
 */
void nv_doorbell_client_gone(u32 client)
{
	struct hlist_node *next;
	struct bell *bell;

	mutex_lock(&bells_lock);
	hash_for_each_possible_safe(bells, bell, next, hash, client)
		if (bell->client == client)
			sweep(bell, true);
	mutex_unlock(&bells_lock);
}

static int watch(struct vgpu_point *point, const char *name,
		 void (*seen)(struct vgpu_point *point,
			      const struct vgpu_args *args))
{
	*point = (struct vgpu_point) {
		.name = name,
		.module = "nvidia",
		.kind = VGPU_POINT_WATCH,
		.nargs = 2,
		.watch = seen,
		.driver = &nv_driver,
	};
	return vgpu_interpose_add(nv_points, point);
}

/**
 * nv_doorbell_attach - see what the driver maps, and the faults on it
 *
 * Context: May sleep.
 * Return: 0 or a negative errno.
 */
int nv_doorbell_attach(void)
{
	int ret = watch(&fault_point, "nvidia_fault", faulted);

	return ret ?: watch(&mmap_point, "nvidia_mmap", mapped);
}

/**
 * nv_doorbell_detach - forget them all
 *
 * Context: May sleep; no call is in flight.
 */
void nv_doorbell_detach(void)
{
	struct hlist_node *next;
	struct bell *bell;
	unsigned int bucket;

	mutex_lock(&bells_lock);
	hash_for_each_safe(bells, bucket, next, bell, hash)
		sweep(bell, true);
	mutex_unlock(&bells_lock);
}
