// SPDX-License-Identifier: GPL-2.0
/*
 * Calls in flight: found by task where objects are born, walked as a whole
 * where a detach has to name what it waits for. A call itself is on its task's
 * stack and that task's alone; the buckets' locks protect only the lists.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "account.h"
#include "call.h"
#include "device.h"
#include "event.h"
#include "group.h"
#include "interpose.h"
#include "object.h"
#include "trace.h"

#define BUCKET_BITS	6

/*
 * Raw: taken where functions are entered, in any context that they have.
 *
 * Most calls are alone in their bucket. Then @task is whose it is and @only the
 * call, and that task finds it without the lock: none but itself makes or ends
 * calls of its, and no other task changes the two while its call is there.
 */
static struct bucket {
	raw_spinlock_t lock;	/* protects calls, and writes of the others */
	struct hlist_head calls;
	struct task_struct *task;
	struct vgpu_call *only;
} buckets[1 << BUCKET_BITS];

static struct bucket *bucket_of(const struct task_struct *task)
{
	return &buckets[hash_ptr(task, BUCKET_BITS)];
}

/**
 * vgpu_call_begin - a diverted call enters
 * @call: on the handler's stack
 * @point: that brought it here
 * @device: what it acts on; may be NULL
 * @kind: what it does to memory
 *
 * Context: Any; vgpu_call_end() must follow in the same task.
 */
void vgpu_call_begin(struct vgpu_call *call, struct vgpu_point *point,
		     struct vgpu_device *device, enum vgpu_call_kind kind)
{
	struct bucket *bucket = bucket_of(current);
	unsigned long flags;

	call->task = current;
	call->point = point;
	call->device = device;
	call->kind = kind;
	call->mem = VGPU_MEM_NONE;
	call->account = NULL;
	call->reserved = 0;
	call->spare = NULL;
	call->refused = false;
	call->binding = NULL;
	call->first = NULL;
	call->last = NULL;
	call->since = jiffies;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	if (hlist_empty(&bucket->calls)) {
		bucket->only = call;
		WRITE_ONCE(bucket->task, current);
	} else if (bucket->task == current) {
		WRITE_ONCE(bucket->task, NULL);	/* one within another */
	}
	hlist_add_head(&call->node, &bucket->calls);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
}
EXPORT_SYMBOL_GPL(vgpu_call_begin);

/**
 * vgpu_call_refused - tell the operator of a refused charge
 * @account: that was asked
 * @limiting: that had no room; NULL where vgpu's own memory was short
 * @mem: kind of memory
 * @bytes: that were asked
 *
 * Context: Any, in the task that asked.
 */
void vgpu_call_refused(struct vgpu_account *account,
		       struct vgpu_account *limiting, enum vgpu_mem mem,
		       u64 bytes)
{
	struct vgpu_event event = {
		.type = VGPU_EVENT_TYPE_REFUSED,
		.cgroup = account->key.group,
		.limiting = limiting ? limiting->key.group : 0,
		.device = account->device->id,
		.pid = task_tgid_nr(current),
		.bytes = bytes,
		.limit = limiting ? READ_ONCE(limiting->mem[mem].max) : 0,
	};

	strscpy(event.device_name, account->device->name,
		sizeof(event.device_name));
	strscpy(event.comm, current->comm, sizeof(event.comm));
	vgpu_event_post(&event);
	trace_vgpu_refuse(account, event.limiting, mem, bytes);
}

/**
 * vgpu_call_reserve - take what the call is going to need, before it does
 * @call: begun, with a device, and nothing reserved yet
 * @mem: kind of memory
 * @bytes: as the driver will round them; 0 only finds the account
 *
 * More than may be charged at once is for the driver to refuse: no quota has
 * room even for as much as may, so this gets past groups only that have none.
 *
 * Context: May sleep.
 * Return: 0; -ENOMEM where a quota has no room, or memory is short.
 */
int vgpu_call_reserve(struct vgpu_call *call, enum vgpu_mem mem, u64 bytes)
{
	struct vgpu_account *account, *limiting;
	u64 room = vgpu_chargeable(bytes);
	int ret;

	account = vgpu_account_current(call->device);
	if (IS_ERR(account))
		return PTR_ERR(account);
	call->account = account;
	call->mem = mem;
	/* In the objects' birth there may be no sleeping. */
	call->spare = vgpu_object_alloc(account, GFP_KERNEL_ACCOUNT);
	if (!call->spare) {
		vgpu_call_refused(account, NULL, mem, bytes);
		return -ENOMEM;
	}
	ret = vgpu_account_try_charge(account, mem, room, &limiting);
	if (ret) {
		vgpu_call_refused(account, limiting, mem, bytes);
		return ret;
	}
	call->reserved = room;
	return 0;
}
EXPORT_SYMBOL_GPL(vgpu_call_reserve);

/**
 * vgpu_call_end - a diverted call leaves
 * @call: begun in this task; what it reserved and did not use is given back
 *
 * Context: Any.
 */
void vgpu_call_end(struct vgpu_call *call)
{
	struct bucket *bucket = bucket_of(current);
	unsigned long flags;

	raw_spin_lock_irqsave(&bucket->lock, flags);
	if (bucket->task == current)
		WRITE_ONCE(bucket->task, NULL);
	hlist_del(&call->node);
	raw_spin_unlock_irqrestore(&bucket->lock, flags);

	if (call->reserved)
		vgpu_account_uncharge(call->account, call->mem,
				      call->reserved);
	if (call->spare)
		vgpu_object_free(call->spare);
	vgpu_account_put(call->account);
}
EXPORT_SYMBOL_GPL(vgpu_call_end);

/*
 * The innermost call of this task that @fits. Inlined with what it asks: it
 * stands in the way of every object's birth.
 */
static __always_inline struct vgpu_call *
find_own(bool (*fits)(const struct vgpu_call *call, const void *what),
	 const void *what)
{
	struct bucket *bucket = bucket_of(current);
	struct vgpu_call *call, *found = NULL;
	unsigned long flags;

	if (hlist_empty(&bucket->calls))	/* none of ours can be there */
		return NULL;
	if (READ_ONCE(bucket->task) == current)
		return fits(bucket->only, what) ? bucket->only : NULL;
	raw_spin_lock_irqsave(&bucket->lock, flags);
	hlist_for_each_entry(call, &bucket->calls, node) {
		if (call->task == current && fits(call, what)) {
			found = call;
			break;
		}
	}
	raw_spin_unlock_irqrestore(&bucket->lock, flags);
	return found;
}

static bool on_device(const struct vgpu_call *call, const void *device)
{
	return call->device == device;
}

static bool submits(const struct vgpu_call *call, const void *unused)
{
	return call->kind == VGPU_CALL_SUBMIT;
}

static bool binds(const struct vgpu_call *call, const void *key)
{
	return call->binding == key;
}

/**
 * vgpu_call_find - the innermost call of this task
 * @device: on which
 *
 * Context: Any. The result lives until this task ends it.
 * Return: the call, or NULL.
 */
struct vgpu_call *vgpu_call_find(const struct vgpu_device *device)
{
	return find_own(on_device, device);
}
EXPORT_SYMBOL_GPL(vgpu_call_find);

/**
 * vgpu_call_submit - the submission that this task is in
 *
 * Context: Any. The result lives until this task ends it.
 * Return: the innermost call of kind VGPU_CALL_SUBMIT, or NULL.
 */
struct vgpu_call *vgpu_call_submit(void)
{
	return find_own(submits, NULL);
}
EXPORT_SYMBOL_GPL(vgpu_call_submit);

/**
 * vgpu_call_binds - is a call of this task making an object that is bound?
 * @key: the driver's pointer
 *
 * Context: Any.
 */
bool vgpu_call_binds(const void *key)
{
	return find_own(binds, key);
}
EXPORT_SYMBOL_GPL(vgpu_call_binds);

/**
 * vgpu_call_limited - does a quota bind the caller on the call's device?
 * @call: begun, with a device
 *
 * Context: May sleep.
 * Return: true also where that cannot be told for want of memory.
 */
bool vgpu_call_limited(const struct vgpu_call *call)
{
	struct vgpu_account *account = vgpu_account_current(call->device);
	bool limited;

	if (IS_ERR(account))
		return true;
	limited = vgpu_account_limited(account);
	vgpu_account_put(account);
	return limited;
}
EXPORT_SYMBOL_GPL(vgpu_call_limited);

/**
 * vgpu_call_managed - the policy for managed memory that binds the caller
 * @call: begun, with a device
 *
 * Context: May sleep.
 * Return: deny, commit or unlimited; deny also where that cannot be told for
 * want of memory.
 */
enum vgpu_managed vgpu_call_managed(const struct vgpu_call *call)
{
	struct vgpu_account *account = vgpu_account_current(call->device);
	enum vgpu_managed managed;

	if (IS_ERR(account))
		return VGPU_MANAGED_DENY;
	managed = vgpu_account_managed(account);
	vgpu_account_put(account);
	return managed;
}
EXPORT_SYMBOL_GPL(vgpu_call_managed);

/* Through a point of the driver's own, or on a device of its. */
static bool belongs(const struct vgpu_call *call,
		    const struct vgpu_driver *driver)
{
	return call->point->driver == driver ||
	       (call->device && READ_ONCE(call->device->driver) == driver);
}

/**
 * vgpu_call_stuck - name the calls in flight through a driver's points
 * @driver: whose
 * @stuck: room for @n of them
 * @n: may be 0
 *
 * Context: Any.
 * Return: how many there are, which may be more than @n.
 */
unsigned int vgpu_call_stuck(const struct vgpu_driver *driver,
			     struct vgpu_stuck *stuck, unsigned int n)
{
	unsigned long now = jiffies;
	struct vgpu_call *call;
	unsigned int found = 0;
	unsigned long flags;
	int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		raw_spin_lock_irqsave(&buckets[i].lock, flags);
		hlist_for_each_entry(call, &buckets[i].calls, node) {
			if (!belongs(call, driver))
				continue;
			if (found++ >= n)
				continue;
			stuck->pid = task_pid_nr(call->task);
			strscpy(stuck->comm, call->task->comm,
				sizeof(stuck->comm));
			strscpy(stuck->point, call->point->name,
				sizeof(stuck->point));
			stuck->msec = jiffies_to_msecs(now - call->since);
			stuck++;
		}
		raw_spin_unlock_irqrestore(&buckets[i].lock, flags);
	}
	return found;
}

void vgpu_call_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		raw_spin_lock_init(&buckets[i].lock);
}
