// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers in requests and replies: their points, routes and stuck calls.
 *
 * All of it needs the capability: calls and refusals are counted over the
 * whole host, and a stuck call is somebody's.
 */
#include <linux/sched.h>

#include "call.h"
#include "compat.h"
#include "device.h"
#include "driver.h"
#include "interpose.h"
#include "netlink.h"

#define STUCK_MAX	32
#define DEADLINE_MS	10000	/* where the request gives none */

static int put_point(struct vgpu_point *point, void *ctx)
{
	struct sk_buff *skb = ctx;
	struct nlattr *nest = nla_nest_start(skb, VGPU_A_DRIVER_POINT);

	if (!nest || nla_put_string(skb, VGPU_A_POINT_NAME, point->name) ||
	    nla_put_u32(skb, VGPU_A_POINT_METHOD, point->method) ||
	    vgpu_nl_put_u64(skb, VGPU_A_POINT_CALLS, vgpu_point_calls(point),
			    VGPU_A_POINT_PAD) ||
	    (point->lost && nla_put_flag(skb, VGPU_A_POINT_LOST)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_route(struct sk_buff *skb, struct vgpu_route *route)
{
	struct nlattr *nest = nla_nest_start(skb, VGPU_A_DRIVER_ROUTE);

	if (!nest || nla_put_string(skb, VGPU_A_ROUTE_NAME, route->name) ||
	    nla_put_u32(skb, VGPU_A_ROUTE_STATE, READ_ONCE(route->state)) ||
	    vgpu_nl_put_u64(skb, VGPU_A_ROUTE_REFUSED,
			    atomic64_read(&route->refused), VGPU_A_ROUTE_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_stuck(struct sk_buff *skb, const struct vgpu_stuck *stuck,
		     unsigned int n)
{
	struct nlattr *nest;

	for (; n--; stuck++) {
		nest = nla_nest_start(skb, VGPU_A_DRIVER_STUCK);
		if (!nest ||
		    nla_put_u32(skb, VGPU_A_STUCK_PID, stuck->pid) ||
		    nla_put_string(skb, VGPU_A_STUCK_COMM, stuck->comm) ||
		    nla_put_string(skb, VGPU_A_STUCK_POINT, stuck->point) ||
		    vgpu_nl_put_u64(skb, VGPU_A_STUCK_MSEC, stuck->msec,
				    VGPU_A_STUCK_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_driver(struct sk_buff *skb, struct vgpu_driver *driver)
{
	struct vgpu_stuck *stuck;
	unsigned int i, n;
	int ret;

	if (nla_put_string(skb, VGPU_A_DRIVER_NAME, driver->name) ||
	    nla_put_string(skb, VGPU_A_DRIVER_BACKEND, driver->backend) ||
	    nla_put_u32(skb, VGPU_A_DRIVER_STATE, driver->state) ||
	    nla_put_u32(skb, VGPU_A_DRIVER_DEVICES,
			vgpu_device_count_of(driver)))
		return -EMSGSIZE;
	ret = vgpu_interpose_show(driver->points, driver, put_point, skb);
	for (i = 0; i < driver->nroutes && !ret; i++)
		ret = put_route(skb, &driver->routes[i]);
	if (ret || driver->state != VGPU_DRIVER_STATE_DRAINING)
		return ret;

	stuck = kcalloc(STUCK_MAX, sizeof(*stuck), GFP_KERNEL);
	if (!stuck)
		return -ENOMEM;
	n = vgpu_call_stuck(driver, stuck, STUCK_MAX);
	ret = put_stuck(skb, stuck, min_t(unsigned int, n, STUCK_MAX));
	kfree(stuck);
	return ret;
}

/* Where a driver is shown to; the registry's lock is held meanwhile. */
struct show {
	struct genl_info *info;		/* of a do, or */
	struct netlink_callback *cb;	/* of a dump, with */
	struct sk_buff *skb;
	unsigned int generation;
};

static int fill_driver(struct sk_buff *skb, void *ctx)
{
	return put_driver(skb, ctx);
}

static int show_one(struct vgpu_driver *driver, void *ctx)
{
	const struct show *show = ctx;

	return vgpu_nl_reply(show->info, VGPU_CMD_DRIVER_GET, fill_driver,
			     driver);
}

static int show_next(struct vgpu_driver *driver, void *ctx)
{
	const struct show *show = ctx;
	int ret;

	ret = vgpu_nl_dump_entry(show->skb, show->cb, VGPU_CMD_DRIVER_GET,
				 show->generation, fill_driver, driver);
	if (!ret)
		vgpu_nl_dump(show->cb)->serial = driver->serial;
	return ret;
}

/* The name that a request must give. */
static const char *get_name(struct sk_buff *skb, struct genl_info *info)
{
	int ret;

	ret = vgpu_nl_begin(info, VGPU_NL_NO_MULTI) ?:
	      vgpu_nl_need_admin(skb, info->extack);
	if (ret)
		return ERR_PTR(ret);
	if (!info->attrs[VGPU_A_DRIVER_NAME]) {
		NL_SET_ERR_MSG(info->extack,
			       "no driver is named: a dump lists them");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, VGPU_A_DRIVER_NAME);
		return ERR_PTR(-EINVAL);
	}
	return nla_data(info->attrs[VGPU_A_DRIVER_NAME]);
}

static int refuse_unknown(struct genl_info *info)
{
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[VGPU_A_DRIVER_NAME],
			    "no backend has a driver of that name: a dump lists them");
	return -ENOENT;
}

int vgpu_nl_driver_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct show show = { .info = info };
	const char *name = get_name(skb, info);
	int ret;

	if (IS_ERR(name))
		return PTR_ERR(name);
	ret = vgpu_driver_show(0, name, show_one, &show);
	return ret == -ENOENT ? refuse_unknown(info) : ret;
}

int vgpu_nl_driver_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct vgpu_nl_dump *dump = vgpu_nl_dump(cb);
	struct show show = { .cb = cb, .skb = skb };
	int ret;

	if (!dump->started) {
		ret = vgpu_nl_need_admin(cb->skb, cb->extack);
		if (ret)
			return ret;
		if (vgpu_dump_attrs(cb)[VGPU_A_DRIVER_NAME]) {
			NL_SET_ERR_MSG(cb->extack,
				       "a dump shows all drivers: ask for one without NLM_F_DUMP");
			return -EINVAL;
		}
		dump->started = true;
	}
	do {
		show.generation = vgpu_driver_generation();
		ret = vgpu_driver_show(dump->serial, NULL, show_next, &show);
	} while (!ret);
	return vgpu_nl_dump_end(skb, cb, show.generation,
				ret == -ENOENT ? 0 : ret);
}

int vgpu_nl_driver_attach_doit(struct sk_buff *skb, struct genl_info *info)
{
	const char *name = get_name(skb, info);
	int ret;

	if (IS_ERR(name))
		return PTR_ERR(name);
	ret = vgpu_driver_attach(name);
	switch (ret) {
	case 0:
		break;
	case -ENOENT:
		return refuse_unknown(info);
	case -EALREADY:
		NL_SET_ERR_MSG(info->extack, "the driver is attached already");
		break;
	case -ENODEV:
		NL_SET_ERR_MSG(info->extack,
			       "the driver's module is not loaded: load it, and it is attached");
		break;
	default:
		NL_SET_ERR_MSG(info->extack,
			       "a point of the driver cannot be interposed: see the kernel log");
	}
	return ret;
}

/* What a detach leaves behind. */
struct detached {
	const char *name;
	struct vgpu_stuck *stuck;
	unsigned int n;
};

static int fill_detached(struct sk_buff *skb, void *ctx)
{
	const struct detached *d = ctx;

	if (nla_put_string(skb, VGPU_A_DRIVER_NAME, d->name) ||
	    nla_put_u32(skb, VGPU_A_DRIVER_STATE,
			d->n ? VGPU_DRIVER_STATE_DRAINING :
			       VGPU_DRIVER_STATE_DETACHED))
		return -EMSGSIZE;
	return put_stuck(skb, d->stuck, min_t(unsigned int, d->n, STUCK_MAX));
}

static int refuse_detach(struct genl_info *info, const struct detached *d,
			 int ret)
{
	switch (ret) {
	case -ENOENT:
		return refuse_unknown(info);
	case -EALREADY:
		NL_SET_ERR_MSG(info->extack, "the driver is not attached");
		break;
	case -EBUSY:
		vgpu_nl_say(info->extack, NULL,
			    "calls are still in flight: end those tasks and detach again",
			    "calls in flight: %u, the first of %s[%d] in %s: end those tasks and detach again",
			    d->n, d->stuck->comm, d->stuck->pid,
			    d->stuck->point);
		break;
	case -EAGAIN:
		NL_SET_ERR_MSG(info->extack,
			       "the driver was attached again, or has gone, meanwhile");
		break;
	default:
		NL_SET_ERR_MSG(info->extack, "the driver cannot be detached");
	}
	return ret;
}

int vgpu_nl_driver_detach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *deadline = info->attrs[VGPU_A_DRIVER_DEADLINE_MS];
	struct detached d = { .n = STUCK_MAX };
	int ret, sent = 0;

	d.name = get_name(skb, info);
	if (IS_ERR(d.name))
		return PTR_ERR(d.name);
	d.stuck = kcalloc(STUCK_MAX, sizeof(*d.stuck), GFP_KERNEL);
	if (!d.stuck)
		return -ENOMEM;
	ret = vgpu_driver_detach(d.name,
				 deadline ? nla_get_u32(deadline) : DEADLINE_MS,
				 d.stuck, &d.n);
	/* Who is stuck is told before the error. */
	if (!ret || ret == -EBUSY)
		sent = vgpu_nl_reply(info, VGPU_CMD_DRIVER_DETACH,
				     fill_detached, &d);
	if (ret)
		ret = refuse_detach(info, &d, ret);
	kfree(d.stuck);
	return ret ?: sent;
}
