// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/nvidia-uvm-tools, for profilers: kernel-open/nvidia-uvm/uvm_tools.c.
 *
 * A file tracks the address space behind a file of nvidia-uvm's, which it keeps
 * open. It has a queue of events in memory of the caller's, or counters, which
 * stay 0 here. Of the events there is one, that the GPU goes on after a fault:
 * all who asked are told, whosever fault it was
 * (record_replay_event_broadcast()), whenever anything is written to the
 * parameter "replay" of nvidia_uvm.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "nodes.h"
#include "release.h"
#include "uvm.h"

/* uvm_ioctl.h */
enum {
	UVM_TOOLS_INIT_EVENT_TRACKER = 56,
	UVM_TOOLS_SET_NOTIFICATION_THRESHOLD = 57,
	UVM_TOOLS_EVENT_QUEUE_ENABLE_EVENTS = 58,
	UVM_TOOLS_EVENT_QUEUE_DISABLE_EVENTS = 59,
	UVM_TOOLS_ENABLE_COUNTERS = 60,
	UVM_TOOLS_DISABLE_COUNTERS = 61,
	UVM_TOOLS_INIT_EVENT_TRACKER_V2 = 76,
};

/* uvm_types.h */
#define EVENT_REPLAY	4	/* UvmEventTypeGpuFaultReplay */
#define EVENT_TYPES	15	/* UvmEventNumTypes */
#define COUNTERS	10	/* UVM_TOTAL_COUNTERS */
#define ENTRY_V1	64	/* UvmEventEntry */
#define ENTRY_V2	72	/* UvmEventEntry_V2 */
#define CONTROL		528	/* UvmToolsEventControlData */
#define CONTROL_V2	536	/* UvmToolsEventControlData_V2 */

/* UvmToolsEventControlData; @dropped lies further behind in CONTROL_V2 */
struct control {
	u32 get_ahead;
	u32 get_behind;
	u32 put_ahead;
	u32 put_behind;
	u64 dropped[64];
};

static_assert(sizeof(struct control) == CONTROL);

/* UVM_TOOLS_INIT_EVENT_TRACKER_PARAMS; 550 alone has what follows @status */
struct init_params {
	u64 queue_buffer;
	u64 queue_buffer_size;
	u64 control_buffer;
	uuid_t processor;
	u32 all_processors;
	u32 uvm_fd;
	u32 status;
	u32 requested_version;
	u32 granted_version;
};

/* of all the others */
struct uvm_tools_flags_params {
	u64 flags;
	u32 status;
};

struct threshold_params {
	u32 threshold;
	u32 status;
};

/* Memory of a process's that is mapped here. */
struct mapped {
	struct page **pages;
	unsigned long n;
	void *at;
};

/**
 * struct uvm_tools_event_tracker - what a file stands for, once initialised
 * @list: of all of them, under tools_lock
 * @uvm_file: owned reference
 * @is_queue: of events, or else counters
 * @entry: bytes of an entry
 * @count: entries
 * @threshold: as many wake a poll
 * @subscribed: events or counters, as bits, under tools_lock
 * @wait: for events
 * @buffer: entries
 * @control: where they stand; or the counters
 */
struct uvm_tools_event_tracker {
	struct list_head list;
	struct file *uvm_file;
	bool is_queue;
	u32 entry;
	u32 count;
	u32 threshold;
	u64 subscribed;
	wait_queue_head_t wait;
	struct mapped buffer;
	struct mapped control;
};

static struct cdev g_uvm_tools_cdev;
static DEFINE_MUTEX(tools_lock);	/* protects the list and the queues */
static LIST_HEAD(trackers);

static struct uvm_tools_event_tracker *tools_event_tracker(struct file *file)
{
	return READ_ONCE(file->private_data);
}

static bool tracker_is_queue(const struct uvm_tools_event_tracker *tracker)
{
	return tracker && tracker->is_queue;
}

static bool tracker_is_counter(const struct uvm_tools_event_tracker *tracker)
{
	return tracker && !tracker->is_queue;
}

static void unmap_user_pages(struct mapped *mapped)
{
	if (mapped->at)
		vunmap(mapped->at);
	if (mapped->pages)
		unpin_user_pages_dirty_lock(mapped->pages, mapped->n, true);
	kvfree(mapped->pages);
	memset(mapped, 0, sizeof(*mapped));
}

/* All of it mapped, and none of it by UVM. */
static u32 check_vmas(u64 start, u64 size)
{
	struct vm_area_struct *vma;
	u64 at = start;
	u32 status = NV_OK;

	mmap_read_lock(current->mm);
	while (at < start + size) {
		vma = find_vma(current->mm, at);
		if (!vma || at < vma->vm_start ||
		    (vma->vm_file && uvm_file_is_nvidia_uvm(vma->vm_file))) {
			status = NV_ERR_INVALID_ARGUMENT;
			break;
		}
		at = vma->vm_end;
	}
	mmap_read_unlock(current->mm);
	return status;
}

/*
 * The driver makes its array first, however large; here what is not there is
 * found out before.
 */
static u32 map_user_pages(u64 start, u64 size, struct mapped *mapped)
{
	unsigned long n = DIV_ROUND_UP(size, PAGE_SIZE);
	long got;

	if (!start || start % PAGE_SIZE || start + n * PAGE_SIZE < start)
		return NV_ERR_INVALID_ADDRESS;
	if (check_vmas(start, size))
		return NV_ERR_INVALID_ARGUMENT;
	mapped->pages = kvcalloc(n, sizeof(*mapped->pages), GFP_KERNEL);
	if (!mapped->pages)
		return NV_ERR_NO_MEMORY;
	got = pin_user_pages_fast(start, n, FOLL_WRITE, mapped->pages);
	mapped->n = max(got, 0L);
	if (got != n)
		return got < 0 ? NV_ERR_INVALID_ADDRESS :
				 NV_ERR_INVALID_ARGUMENT;
	mapped->at = vmap(mapped->pages, n, VM_MAP, PAGE_KERNEL);
	return mapped->at ? NV_OK : NV_ERR_NO_MEMORY;
}

static void destroy_event_tracker(struct uvm_tools_event_tracker *tracker)
{
	mutex_lock(&tools_lock);
	list_del_init(&tracker->list);
	mutex_unlock(&tools_lock);
	unmap_user_pages(&tracker->buffer);
	unmap_user_pages(&tracker->control);
	if (tracker->uvm_file)
		fput(tracker->uvm_file);
	kfree(tracker);
}

static u32 take_file(struct uvm_tools_event_tracker *tracker, u32 fd)
{
	struct file *file = fget(fd);

	if (!file)
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	if (!uvm_file_is_nvidia_uvm(file)) {
		fput(file);
		return NV_ERR_INSUFFICIENT_PERMISSIONS;
	}
	if (!uvm_va_space_get(file)) {
		fput(file);
		return NV_ERR_ILLEGAL_ACTION;
	}
	tracker->uvm_file = file;
	return NV_OK;
}

static u32 map_buffers(struct uvm_tools_event_tracker *tracker,
		       const struct init_params *params, u32 control)
{
	u64 count = params->queue_buffer_size;
	u32 status;

	tracker->is_queue = count;
	if (!tracker->is_queue)
		return map_user_pages(params->control_buffer,
				      COUNTERS * sizeof(u64),
				      &tracker->control);
	if (count > UINT_MAX || !is_power_of_2(count) || count < 2)
		return NV_ERR_INVALID_ARGUMENT;
	tracker->count = count;
	tracker->threshold = count / 2;
	status = map_user_pages(params->queue_buffer, count * tracker->entry,
				&tracker->buffer);
	return status ?: map_user_pages(params->control_buffer, control,
					&tracker->control);
}

static u32 create_event_tracker(const struct init_params *params, bool v2,
				u32 control, struct file *file)
{
	struct uvm_tools_event_tracker *tracker;
	u32 status;

	tracker = kzalloc(sizeof(*tracker), GFP_KERNEL);
	if (!tracker)
		return NV_ERR_NO_MEMORY;
	INIT_LIST_HEAD(&tracker->list);
	init_waitqueue_head(&tracker->wait);
	tracker->entry = v2 ? ENTRY_V2 : ENTRY_V1;
	status = take_file(tracker, params->uvm_fd);
	if (!status)
		status = map_buffers(tracker, params, control);
	if (!status && cmpxchg(&file->private_data, NULL, tracker))
		status = NV_ERR_INVALID_ARGUMENT;
	if (status) {
		destroy_event_tracker(tracker);
		return status;
	}
	mutex_lock(&tools_lock);
	list_add(&tracker->list, &trackers);
	mutex_unlock(&tools_lock);
	return NV_OK;
}

static noinline u32 uvm_api_tools_init_event_tracker(struct init_params *params,
						     struct file *file)
{
	u32 version = params->requested_version, status;

	if (mock_release->nr != 550)
		return create_event_tracker(params, false, CONTROL, file);
	if (version != 1 && version != 2)
		return NV_ERR_INVALID_ARGUMENT;
	status = create_event_tracker(params, version == 2,
				      version == 2 ? CONTROL_V2 : CONTROL,
				      file);
	if (!status)
		params->granted_version = version;
	return status;
}

static noinline u32
uvm_api_tools_init_event_tracker_v2(struct init_params *params,
				    struct file *file)
{
	return create_event_tracker(params, true, CONTROL, file);
}

/* queue_needs_wakeup() */
static bool has_enough(const struct uvm_tools_event_tracker *tracker)
{
	const struct control *control = tracker->control.at;

	return ((tracker->count + READ_ONCE(control->put_behind) -
		 READ_ONCE(control->get_ahead)) & (tracker->count - 1)) >=
	       tracker->threshold;
}

static noinline u32
uvm_api_tools_set_notification_threshold(struct threshold_params *params,
					 struct file *file)
{
	struct uvm_tools_event_tracker *tracker = tools_event_tracker(file);

	if (!tracker_is_queue(tracker))
		return NV_ERR_INVALID_ARGUMENT;
	WRITE_ONCE(tracker->threshold, params->threshold);
	if (has_enough(tracker))
		wake_up_all(&tracker->wait);
	return NV_OK;
}

static void subscribe(struct uvm_tools_event_tracker *tracker, u64 set,
		      u64 clear)
{
	mutex_lock(&tools_lock);
	tracker->subscribed = (tracker->subscribed | set) & ~clear;
	mutex_unlock(&tools_lock);
}

/* Not static, as in the driver. */
noinline u32
uvm_api_tools_event_queue_enable_events(struct uvm_tools_flags_params *params,
					struct file *file)
{
	struct uvm_tools_event_tracker *tracker = tools_event_tracker(file);

	if (!tracker_is_queue(tracker) ||
	    params->flags & ~(BIT_ULL(EVENT_TYPES) - 2))
		return NV_ERR_INVALID_ARGUMENT;
	subscribe(tracker, params->flags, 0);
	return NV_OK;
}

static noinline u32
uvm_api_tools_event_queue_disable_events(struct uvm_tools_flags_params *params,
					 struct file *file)
{
	struct uvm_tools_event_tracker *tracker = tools_event_tracker(file);

	if (!tracker_is_queue(tracker))
		return NV_ERR_INVALID_ARGUMENT;
	subscribe(tracker, 0, params->flags);
	return NV_OK;
}

static noinline u32
uvm_api_tools_enable_counters(struct uvm_tools_flags_params *params,
			      struct file *file)
{
	struct uvm_tools_event_tracker *tracker = tools_event_tracker(file);

	if (!tracker_is_counter(tracker))
		return NV_ERR_INVALID_ARGUMENT;
	subscribe(tracker, params->flags, 0);
	return NV_OK;
}

static noinline u32
uvm_api_tools_disable_counters(struct uvm_tools_flags_params *params,
			       struct file *file)
{
	struct uvm_tools_event_tracker *tracker = tools_event_tracker(file);

	if (!tracker_is_counter(tracker))
		return NV_ERR_INVALID_ARGUMENT;
	subscribe(tracker, 0, params->flags);
	return NV_OK;
}

static int uvm_tools_open_entry(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static int uvm_tools_release_entry(struct inode *inode, struct file *file)
{
	struct uvm_tools_event_tracker *tracker = tools_event_tracker(file);

	if (tracker)
		destroy_event_tracker(tracker);
	return 0;
}

static size_t params_size(unsigned int cmd, size_t *status)
{
	switch (cmd) {
	case UVM_TOOLS_INIT_EVENT_TRACKER_V2:
		if (mock_release->nr < 570)
			return 0;
		fallthrough;
	case UVM_TOOLS_INIT_EVENT_TRACKER:
		*status = offsetof(struct init_params, status);
		return mock_release->nr == 550 ? 64 : 56;
	case UVM_TOOLS_SET_NOTIFICATION_THRESHOLD:
		*status = offsetof(struct threshold_params, status);
		return sizeof(struct threshold_params);
	case UVM_TOOLS_EVENT_QUEUE_ENABLE_EVENTS:
	case UVM_TOOLS_EVENT_QUEUE_DISABLE_EVENTS:
	case UVM_TOOLS_ENABLE_COUNTERS:
	case UVM_TOOLS_DISABLE_COUNTERS:
		*status = offsetof(struct uvm_tools_flags_params, status);
		return sizeof(struct uvm_tools_flags_params);
	default:
		return 0;
	}
}

static u32 run(unsigned int cmd, void *params, struct file *file)
{
	switch (cmd) {
	case UVM_TOOLS_INIT_EVENT_TRACKER:
		return uvm_api_tools_init_event_tracker(params, file);
	case UVM_TOOLS_INIT_EVENT_TRACKER_V2:
		return uvm_api_tools_init_event_tracker_v2(params, file);
	case UVM_TOOLS_SET_NOTIFICATION_THRESHOLD:
		return uvm_api_tools_set_notification_threshold(params, file);
	case UVM_TOOLS_EVENT_QUEUE_ENABLE_EVENTS:
		return uvm_api_tools_event_queue_enable_events(params, file);
	case UVM_TOOLS_EVENT_QUEUE_DISABLE_EVENTS:
		return uvm_api_tools_event_queue_disable_events(params, file);
	case UVM_TOOLS_ENABLE_COUNTERS:
		return uvm_api_tools_enable_counters(params, file);
	default:
		return uvm_api_tools_disable_counters(params, file);
	}
}

static noinline long uvm_tools_unlocked_ioctl(struct file *file,
					      unsigned int cmd,
					      unsigned long arg)
{
	void __user *user = (void __user *)arg;
	u8 params[sizeof(struct init_params)] __aligned(8) = { 0 };
	size_t at, size = params_size(cmd, &at);
	u32 status;

	if (!size)
		return -EINVAL;
	if (copy_from_user(params, user, size))
		return -EFAULT;
	status = run(cmd, params, file);
	memcpy(params + at, &status, sizeof(status));
	return copy_to_user(user, params, size) ? -EFAULT : 0;
}

static long uvm_tools_unlocked_ioctl_entry(struct file *file, unsigned int cmd,
					   unsigned long arg)
{
	return uvm_tools_unlocked_ioctl(file, cmd, arg);
}

static __poll_t uvm_tools_poll_entry(struct file *file, poll_table *wait)
{
	struct uvm_tools_event_tracker *tracker = tools_event_tracker(file);

	if (!tracker_is_queue(tracker))
		return EPOLLERR;
	poll_wait(file, &tracker->wait, wait);
	return has_enough(tracker) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* enqueue_event(): the indices are in the caller's hand. */
static void enqueue_event(struct uvm_tools_event_tracker *tracker, u8 type)
{
	struct control *control = tracker->control.at;
	u32 mask = tracker->count - 1;
	u32 get = READ_ONCE(control->get_behind) & mask;
	u32 put = READ_ONCE(control->put_behind) & mask;
	u8 *entry = tracker->buffer.at + put * tracker->entry;

	lockdep_assert_held(&tools_lock);

	if (((tracker->count + get - put) & mask) == 1)
		return;		/* and counted as dropped */
	memset(entry, 0, tracker->entry);
	*entry = type;
	put = (put + 1) & mask;
	WRITE_ONCE(control->put_ahead, put);
	WRITE_ONCE(control->put_behind, put);
	if (has_enough(tracker))
		wake_up_all(&tracker->wait);
}

/* record_replay_event_broadcast() */
static int replay(const char *value, const struct kernel_param *kp)
{
	struct uvm_tools_event_tracker *tracker;

	mutex_lock(&tools_lock);
	list_for_each_entry(tracker, &trackers, list)
		if (tracker->is_queue &&
		    tracker->subscribed & BIT_ULL(EVENT_REPLAY))
			enqueue_event(tracker, EVENT_REPLAY);
	mutex_unlock(&tools_lock);
	return 0;
}

static const struct kernel_param_ops replay_ops = { .set = replay };
module_param_cb(replay, &replay_ops, NULL, 0200);
MODULE_PARM_DESC(replay, "Somebody's fault has been served");

static const struct file_operations uvm_tools_fops = {
	.open = uvm_tools_open_entry,
	.release = uvm_tools_release_entry,
	.unlocked_ioctl = uvm_tools_unlocked_ioctl_entry,
	.compat_ioctl = uvm_tools_unlocked_ioctl_entry,
	.poll = uvm_tools_poll_entry,
	.owner = THIS_MODULE,
};

int uvm_tools_init(dev_t uvm_base_dev)
{
	dev_t dev = uvm_base_dev + 1;	/* NVIDIA_UVM_TOOLS_MINOR_NUMBER */
	int err;

	cdev_init(&g_uvm_tools_cdev, &uvm_tools_fops);
	g_uvm_tools_cdev.owner = THIS_MODULE;
	err = cdev_add(&g_uvm_tools_cdev, dev, 1);
	if (!err)
		device_create(&mock_node_class, NULL, dev, NULL,
			      "nvidia-uvm-tools");
	return err;
}

void uvm_tools_exit(void)
{
	device_destroy(&mock_node_class, g_uvm_tools_cdev.dev);
	cdev_del(&g_uvm_tools_cdev);
}
