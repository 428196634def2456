// SPDX-License-Identifier: GPL-2.0
/*
 * The registry of drivers: who is attached, how a detach drains, and whether
 * the points still stand.
 *
 * A detach stops new diversions at once and then waits, without the lock, for
 * calls in flight until its deadline. A tenant can stall a call for ever, so
 * where the deadline passes, the driver stays in the state draining (its calls
 * pass undiverted), and the operator is told which tasks to end.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "call.h"
#include "driver.h"
#include "event.h"
#include "group.h"
#include "interpose.h"

#define DRAIN_POLL_MS	10

static DEFINE_MUTEX(driver_lock);	/* protects all below */
static LIST_HEAD(drivers);		/* ordered by serial */
static u32 last_serial;
static unsigned int count;		/* read locklessly */
static unsigned int generation;		/* likewise */

static unsigned int selftest_seconds = 10;
module_param(selftest_seconds, uint, 0644);
MODULE_PARM_DESC(selftest_seconds,
		 "Seconds between looks at whether the points still stand (default 10)");

static void selftest(struct work_struct *work);
static DECLARE_DELAYED_WORK(selftest_work, selftest);

static void announce(u32 type, const struct vgpu_driver *driver,
		     const char *route)
{
	struct vgpu_event event = { .type = type };

	strscpy(event.driver, driver->name, sizeof(event.driver));
	if (route)
		strscpy(event.route, route, sizeof(event.route));
	vgpu_event_post(&event);
}

static void set_state(struct vgpu_driver *driver, enum vgpu_driver_state state)
{
	lockdep_assert_held(&driver_lock);

	WRITE_ONCE(driver->state, state);
	/* A call that waits for its turn is one that a detach waits for. */
	vgpu_device_open(driver, state == VGPU_DRIVER_STATE_DRAINING);
	WRITE_ONCE(generation, generation + 1);
}

static struct vgpu_driver *find(const char *name)
{
	struct vgpu_driver *driver;

	lockdep_assert_held(&driver_lock);

	list_for_each_entry(driver, &drivers, list)
		if (!strcmp(driver->name, name))
			return driver;
	return NULL;
}

static void point_lost(const struct vgpu_driver *driver,
		       const struct vgpu_point *point)
{
	announce(VGPU_EVENT_TYPE_POINT_LOST, driver, point->name);
}

static unsigned int dead_points(struct vgpu_driver *driver)
{
	return vgpu_interpose_selftest(driver->points, driver, point_lost);
}

/* Degraded when a point is lost, attached again when all of them stand. */
static void examine(struct vgpu_driver *driver)
{
	lockdep_assert_held(&driver_lock);

	if (driver->state != VGPU_DRIVER_STATE_ATTACHED &&
	    driver->state != VGPU_DRIVER_STATE_DEGRADED)
		return;
	if (dead_points(driver)) {
		if (driver->state == VGPU_DRIVER_STATE_ATTACHED)
			set_state(driver, VGPU_DRIVER_STATE_DEGRADED);
		return;
	}
	if (driver->state == VGPU_DRIVER_STATE_ATTACHED || driver->partial)
		return;
	if (driver->ops->mended)
		driver->ops->mended(driver);
	set_state(driver, VGPU_DRIVER_STATE_ATTACHED);
	announce(VGPU_EVENT_TYPE_DRIVER_ATTACHED, driver, NULL);
}

static int attach(struct vgpu_driver *driver)
{
	int ret;

	lockdep_assert_held(&driver_lock);

	ret = driver->ops->attach(driver);
	if (ret == -EEXIST)	/* as nothing but a name that is taken says */
		ret = -EBUSY;
	driver->partial = ret;
	if (ret) {
		set_state(driver, ret == -ENODEV ? VGPU_DRIVER_STATE_ABSENT :
						   VGPU_DRIVER_STATE_DEGRADED);
		return ret;
	}
	if (dead_points(driver)) {
		set_state(driver, VGPU_DRIVER_STATE_DEGRADED);
		return -EBUSY;
	}
	set_state(driver, VGPU_DRIVER_STATE_ATTACHED);
	announce(VGPU_EVENT_TYPE_DRIVER_ATTACHED, driver, NULL);
	return 0;
}

static void enlist(struct vgpu_driver *driver)
{
	lockdep_assert_held(&driver_lock);

	driver->serial = ++last_serial;
	list_add_tail(&driver->list, &drivers);
	WRITE_ONCE(count, count + 1);
}

static void delist(struct vgpu_driver *driver)
{
	lockdep_assert_held(&driver_lock);

	list_del_init(&driver->list);
	WRITE_ONCE(count, count - 1);
	WRITE_ONCE(generation, generation + 1);
}

/* Two backends cannot divert one function: the stand-in lets go first. */
static int take_place(struct vgpu_driver *driver, struct vgpu_driver *standin)
{
	if (standin->state == VGPU_DRIVER_STATE_DRAINING)
		return -EAGAIN;
	if (standin->state != VGPU_DRIVER_STATE_DETACHED)
		standin->ops->detach(standin);
	delist(standin);
	driver->dormant = standin;
	enlist(driver);
	return attach(driver);
}

/**
 * vgpu_driver_register - a backend has found a driver it knows
 * @driver: filled in as driver.h says; stays until unregistered
 *
 * Attaches it. Where that fails the driver is listed as degraded, and its
 * routes are closed to groups with a quota; with -ENODEV, as absent. A
 * stand-in of the same name gives way, or lies dormant from the start.
 *
 * Context: May sleep.
 * Return: 0; -EEXIST where another backend has it; -EBUSY where points are
 * lost, which the self-test goes on trying; what attaching said.
 */
int vgpu_driver_register(struct vgpu_driver *driver)
{
	struct vgpu_driver *other;
	int ret;

	mutex_lock(&driver_lock);
	INIT_LIST_HEAD(&driver->list);
	other = find(driver->name);
	if (!other) {
		enlist(driver);
		ret = attach(driver);
	} else if (driver->standin && !other->standin && !other->dormant) {
		other->dormant = driver;
		ret = 0;
	} else if (other->standin && !driver->standin) {
		ret = take_place(driver, other);
	} else {
		ret = -EEXIST;
	}
	mutex_unlock(&driver_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(vgpu_driver_register);

/**
 * vgpu_driver_unregister - a backend lets a driver go for good
 * @driver: registered; no call of its may be in flight
 *
 * Context: May sleep.
 */
void vgpu_driver_unregister(struct vgpu_driver *driver)
{
	struct vgpu_driver *other;

	mutex_lock(&driver_lock);
	if (list_empty(&driver->list)) {	/* dormant */
		other = find(driver->name);
		if (other && other->dormant == driver)
			other->dormant = NULL;
		goto out;
	}
	driver->ops->detach(driver);
	delist(driver);
	announce(VGPU_EVENT_TYPE_DRIVER_DETACHED, driver, NULL);
	if (driver->dormant) {
		enlist(driver->dormant);
		attach(driver->dormant);
		driver->dormant = NULL;
	}
out:
	mutex_unlock(&driver_lock);
}
EXPORT_SYMBOL_GPL(vgpu_driver_unregister);

/**
 * vgpu_driver_failed - a part of a driver that was attached cannot be taken up
 * @driver: registered; closed to groups with a quota from now on, until it is
 *	attached anew
 *
 * Context: May sleep.
 */
void vgpu_driver_failed(struct vgpu_driver *driver)
{
	mutex_lock(&driver_lock);
	driver->partial = true;
	if (driver->state == VGPU_DRIVER_STATE_ATTACHED)
		set_state(driver, VGPU_DRIVER_STATE_DEGRADED);
	mutex_unlock(&driver_lock);
}
EXPORT_SYMBOL_GPL(vgpu_driver_failed);

/**
 * vgpu_driver_came - the host driver is loaded again
 * @driver: registered and absent; attached, also where an operator had it
 *	detached before it went
 *
 * Context: May sleep.
 */
void vgpu_driver_came(struct vgpu_driver *driver)
{
	mutex_lock(&driver_lock);
	if (!list_empty(&driver->list) &&
	    driver->state == VGPU_DRIVER_STATE_ABSENT)
		attach(driver);
	mutex_unlock(&driver_lock);
}
EXPORT_SYMBOL_GPL(vgpu_driver_came);

/**
 * vgpu_driver_went - the host driver is being unloaded
 * @driver: registered; its functions are still there, its files are closed
 *
 * Context: May sleep.
 */
void vgpu_driver_went(struct vgpu_driver *driver)
{
	mutex_lock(&driver_lock);
	if (list_empty(&driver->list))	/* dormant */
		goto out;
	if (driver->state != VGPU_DRIVER_STATE_DETACHED)
		driver->ops->detach(driver);
	set_state(driver, VGPU_DRIVER_STATE_ABSENT);
out:
	mutex_unlock(&driver_lock);
}
EXPORT_SYMBOL_GPL(vgpu_driver_went);

/**
 * vgpu_driver_examine - look at a driver's points at once
 * @driver: registered
 *
 * Context: May sleep.
 */
void vgpu_driver_examine(struct vgpu_driver *driver)
{
	mutex_lock(&driver_lock);
	examine(driver);
	mutex_unlock(&driver_lock);
}
EXPORT_SYMBOL_GPL(vgpu_driver_examine);

/**
 * vgpu_driver_whole - do all points of a driver stand?
 * @driver: registered
 *
 * Where not, some way to its memory may be unguarded, and the others are
 * closed to groups with a quota.
 *
 * Context: Any.
 */
bool vgpu_driver_whole(const struct vgpu_driver *driver)
{
	return READ_ONCE(driver->state) != VGPU_DRIVER_STATE_DEGRADED;
}
EXPORT_SYMBOL_GPL(vgpu_driver_whole);

/**
 * vgpu_driver_refuse - close a route to the caller, and say so
 * @driver: whose
 * @route: the way it tried
 * @device: on which; may be NULL
 * @err: what the caller shall get
 *
 * Context: Any, in the task that tried.
 * Return: @err.
 */
int vgpu_driver_refuse(struct vgpu_driver *driver, struct vgpu_route *route,
		       struct vgpu_device *device, int err)
{
	struct vgpu_event event = {
		.type = VGPU_EVENT_TYPE_DENIED,
		.cgroup = vgpu_group_current_id(),
		.pid = task_tgid_nr(current),
	};

	atomic64_inc(&route->refused);
	if (device) {
		event.device = device->id;
		strscpy(event.device_name, device->name,
			sizeof(event.device_name));
	}
	strscpy(event.driver, driver->name, sizeof(event.driver));
	strscpy(event.route, route->name, sizeof(event.route));
	strscpy(event.comm, current->comm, sizeof(event.comm));
	vgpu_event_post(&event);
	return err;
}
EXPORT_SYMBOL_GPL(vgpu_driver_refuse);

/**
 * vgpu_driver_guard - close a route to callers whose group has a quota
 * @driver: whose
 * @route: the way the caller tries
 * @err: what it shall get
 *
 * For routes on which no device can be told: any quota of the group or of an
 * ancestor closes them.
 *
 * Context: Any, in the task that tries.
 * Return: @err, or 0 for a caller without a quota.
 */
int vgpu_driver_guard(struct vgpu_driver *driver, struct vgpu_route *route,
		      int err)
{
	if (!vgpu_group_current_limited())
		return 0;
	return vgpu_driver_refuse(driver, route, NULL, err);
}
EXPORT_SYMBOL_GPL(vgpu_driver_guard);

/**
 * vgpu_driver_hold - close a route to callers whose work is frozen
 * @driver: whose
 * @route: the way the caller tries
 * @err: what it shall get
 *
 * For routes to work that no gate sees and that could not be held later.
 *
 * Context: Any, in the task that tries.
 * Return: @err, or 0 for a caller that an operator has not frozen.
 */
int vgpu_driver_hold(struct vgpu_driver *driver, struct vgpu_route *route,
		     int err)
{
	if (!vgpu_group_current_frozen())
		return 0;
	return vgpu_driver_refuse(driver, route, NULL, err);
}
EXPORT_SYMBOL_GPL(vgpu_driver_hold);

/**
 * vgpu_driver_adopted - tell the operator of what was charged after the fact
 * @driver: whose
 * @device: on which
 * @bytes: in all
 *
 * Context: Any.
 */
void vgpu_driver_adopted(struct vgpu_driver *driver,
			 struct vgpu_device *device, u64 bytes)
{
	struct vgpu_event event = {
		.type = VGPU_EVENT_TYPE_ADOPTED,
		.device = device->id,
		.bytes = bytes,
	};

	strscpy(event.device_name, device->name, sizeof(event.device_name));
	strscpy(event.driver, driver->name, sizeof(event.driver));
	vgpu_event_post(&event);
}
EXPORT_SYMBOL_GPL(vgpu_driver_adopted);

/**
 * vgpu_driver_attach - on an operator's request
 * @name: of a driver that was detached, or whose detach did not finish
 *
 * Context: May sleep.
 * Return: 0; -ENOENT, -EALREADY, -ENODEV where the host driver is not loaded;
 * what attaching said.
 */
int vgpu_driver_attach(const char *name)
{
	struct vgpu_driver *driver;
	int ret;

	mutex_lock(&driver_lock);
	driver = find(name);
	if (!driver) {
		ret = -ENOENT;
	} else if (driver->state == VGPU_DRIVER_STATE_ABSENT) {
		ret = -ENODEV;
	} else if (driver->state == VGPU_DRIVER_STATE_DRAINING) {
		vgpu_interpose_stop(driver->points, driver, false);
		ret = driver->partial || dead_points(driver) ? -EBUSY : 0;
		set_state(driver, ret ? VGPU_DRIVER_STATE_DEGRADED :
					VGPU_DRIVER_STATE_ATTACHED);
	} else if (driver->state == VGPU_DRIVER_STATE_DETACHED) {
		ret = attach(driver);
	} else {
		ret = -EALREADY;
	}
	mutex_unlock(&driver_lock);
	return ret;
}

/* Wait, without the lock, for calls in flight. True when none is left. */
static bool drained(struct vgpu_driver *driver, unsigned int deadline_ms)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(deadline_ms);

	while (vgpu_call_stuck(driver, NULL, 0)) {
		if (time_after_eq(jiffies, deadline) ||
		    msleep_interruptible(DRAIN_POLL_MS))
			return !vgpu_call_stuck(driver, NULL, 0);
	}
	return true;
}

/**
 * vgpu_driver_detach - on an operator's request
 * @name: of an attached driver
 * @deadline_ms: how long to wait for calls in flight
 * @stuck: room for *@nstuck of those that did not end
 * @nstuck: on return, how many there are, which may be more
 *
 * Context: May sleep, for the deadline and a tasks-RCU period.
 * Return: 0; -ENOENT, -EALREADY; -EBUSY with @stuck filled in, and calls pass
 * undiverted from then on.
 */
int vgpu_driver_detach(const char *name, unsigned int deadline_ms,
		       struct vgpu_stuck *stuck, unsigned int *nstuck)
{
	struct vgpu_driver *driver;
	unsigned int room = *nstuck;
	int ret = 0;

	*nstuck = 0;
	mutex_lock(&driver_lock);
	driver = find(name);
	if (!driver)
		ret = -ENOENT;
	else if (driver->state == VGPU_DRIVER_STATE_DETACHED ||
		 driver->state == VGPU_DRIVER_STATE_ABSENT)
		ret = -EALREADY;
	if (ret)
		goto out;

	vgpu_interpose_stop(driver->points, driver, true);
	set_state(driver, VGPU_DRIVER_STATE_DRAINING);
	mutex_unlock(&driver_lock);
	drained(driver, deadline_ms);
	mutex_lock(&driver_lock);

	/* It may have been attached again, or have gone, meanwhile. */
	if (find(name) != driver ||
	    driver->state != VGPU_DRIVER_STATE_DRAINING) {
		ret = -EAGAIN;
		goto out;
	}
	*nstuck = vgpu_call_stuck(driver, stuck, room);
	if (*nstuck) {
		ret = -EBUSY;
		goto out;
	}
	driver->ops->detach(driver);
	set_state(driver, VGPU_DRIVER_STATE_DETACHED);
	announce(VGPU_EVENT_TYPE_DRIVER_DETACHED, driver, NULL);
out:
	mutex_unlock(&driver_lock);
	return ret;
}

/**
 * vgpu_driver_show - show the first driver that fits
 * @after: only those with a higher serial; 0 for all
 * @name: only that one; NULL for any
 * @show: gets the driver, which stays as it is meanwhile
 * @ctx: passed on
 *
 * Context: May sleep; @show runs with the registry's lock held.
 * Return: what @show returned; -ENOENT where none fits.
 */
int vgpu_driver_show(u32 after, const char *name,
		     int (*show)(struct vgpu_driver *driver, void *ctx),
		     void *ctx)
{
	struct vgpu_driver *driver;
	int ret = -ENOENT;

	mutex_lock(&driver_lock);
	list_for_each_entry(driver, &drivers, list) {
		if (driver->serial <= after ||
		    (name && strcmp(driver->name, name)))
			continue;
		ret = show(driver, ctx);
		break;
	}
	mutex_unlock(&driver_lock);
	return ret;
}

unsigned int vgpu_driver_count(void)
{
	return READ_ONCE(count);
}

/* Changes with every driver that comes, goes or changes its state. */
unsigned int vgpu_driver_generation(void)
{
	return READ_ONCE(generation);
}

static void selftest(struct work_struct *work)
{
	struct vgpu_driver *driver;

	mutex_lock(&driver_lock);
	list_for_each_entry(driver, &drivers, list)
		examine(driver);
	mutex_unlock(&driver_lock);
	schedule_delayed_work(&selftest_work,
			      max(1u, READ_ONCE(selftest_seconds)) * HZ);
}

void vgpu_driver_init(void)
{
	schedule_delayed_work(&selftest_work, HZ);
}

void vgpu_driver_deinit(void)
{
	cancel_delayed_work_sync(&selftest_work);
}
