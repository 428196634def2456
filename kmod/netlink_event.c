// SPDX-License-Identifier: GPL-2.0
/*
 * Events on their way out.
 *
 * Who has the capability joins the multicast group, of the initial network
 * namespace alone, and hears all. Who has not subscribes with a directory that
 * it may write to, and is sent what happens there and below, to that socket,
 * until it is closed. A subscription holds ids and no references; the network
 * namespace lives as long as the socket, which is told of by a notifier.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/kernfs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/slab.h>

#include "compat.h"
#include "event.h"
#include "group.h"
#include "netlink.h"

#define SUBSCRIPTIONS_MAX	1024
#define SUBSCRIPTIONS_USER	64

/* Room for all attributes but the path. */
#define EVENT_ROOM		1024

/**
 * struct subscription - a socket that wants the events below a directory
 * @list: in the list of them
 * @net: of the socket, borrowed
 * @portid: of the socket
 * @user: who asked for it
 * @root: cgroup id of the directory
 * @top: cgroup id of the root of the subscriber's cgroup namespace
 * @lost: events that the socket had no room for
 */
struct subscription {
	struct list_head list;
	struct net *net;
	u32 portid;
	kuid_t user;
	u64 root;
	u64 top;
	u64 lost;
};

static DEFINE_MUTEX(lock);		/* protects all below */
static LIST_HEAD(subscriptions);
static unsigned int count;
static bool ready;			/* the family is registered */

static int put_names(struct sk_buff *skb, const struct vgpu_event *event)
{
	if ((event->device &&
	     nla_put_u32(skb, VGPU_A_EVENT_DEVICE_ID, event->device)) ||
	    (event->device_name[0] &&
	     nla_put_string(skb, VGPU_A_EVENT_DEVICE_NAME,
			    event->device_name)) ||
	    (event->driver[0] &&
	     nla_put_string(skb, VGPU_A_EVENT_DRIVER, event->driver)) ||
	    (event->route[0] &&
	     nla_put_string(skb, VGPU_A_EVENT_ROUTE, event->route)) ||
	    (event->pid && nla_put_u32(skb, VGPU_A_EVENT_PID, event->pid)) ||
	    (event->comm[0] &&
	     nla_put_string(skb, VGPU_A_EVENT_COMM, event->comm)))
		return -EMSGSIZE;
	return 0;
}

static int put_u64(struct sk_buff *skb, int attrtype, u64 value)
{
	if (!value)
		return 0;
	return vgpu_nl_put_u64(skb, attrtype, value, VGPU_A_EVENT_PAD);
}

static int put_event(struct sk_buff *skb, const struct vgpu_event *event,
		     const char *path)
{
	if (nla_put_u32(skb, VGPU_A_EVENT_TYPE, event->type) ||
	    put_u64(skb, VGPU_A_EVENT_TIME, event->time) ||
	    put_u64(skb, VGPU_A_EVENT_CGROUP_ID, event->cgroup) ||
	    put_u64(skb, VGPU_A_EVENT_LIMITING_ID, event->limiting) ||
	    (path && nla_put_string(skb, VGPU_A_EVENT_CGROUP_PATH, path)) ||
	    put_names(skb, event) ||
	    put_u64(skb, VGPU_A_EVENT_BYTES, event->bytes) ||
	    put_u64(skb, VGPU_A_EVENT_LIMIT, event->limit) ||
	    put_u64(skb, VGPU_A_EVENT_COUNT, event->count))
		return -EMSGSIZE;
	return 0;
}

static struct sk_buff *build(const struct vgpu_event *event, const char *path)
{
	size_t room = EVENT_ROOM + (path ? strlen(path) : 0);
	struct sk_buff *skb = genlmsg_new(room, GFP_KERNEL);
	void *head;

	if (!skb)
		return NULL;
	head = genlmsg_put(skb, 0, 0, &vgpu_nl_family, 0, VGPU_CMD_EVENT_NTF);
	if (!head || WARN_ON_ONCE(put_event(skb, event, path))) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, head);
	return skb;
}

/*
 * The path of a living cgroup below another, as cgroup_path_ns() would show
 * it in a namespace with that root; NULL where either is gone.
 */
static const char *path_below(u64 id, u64 top, char *buf)
{
	struct cgroup *cgrp, *root;
	int len = 0;

	cgrp = cgroup_get_from_id(id);
	if (IS_ERR(cgrp))
		return NULL;
	root = cgroup_get_from_id(top);
	if (!IS_ERR(root)) {
		len = kernfs_path_from_node(cgrp->kn, root->kn, buf, PATH_MAX);
		cgroup_put(root);
	}
	cgroup_put(cgrp);
	return len > 0 && len < PATH_MAX ? buf : NULL;
}

static u64 root_id(void)
{
	return cgroup_id(&cgrp_dfl_root.cgrp);
}

static void multicast(const struct vgpu_event *event, char *buf)
{
	const char *path = NULL;
	struct sk_buff *skb;

	if (!genl_has_listeners(&vgpu_nl_family, &init_net,
				VGPU_NLGRP_EVENTS))
		return;
	if (event->cgroup)
		path = path_below(event->cgroup, root_id(), buf);
	skb = build(event, path);
	if (skb)
		genlmsg_multicast_netns(&vgpu_nl_family, &init_net, skb, 0,
					VGPU_NLGRP_EVENTS, GFP_KERNEL);
}

static bool is_below(const struct vgpu_group *group, u64 root)
{
	for (; group; group = group->parent)
		if (group->id == root)
			return true;
	return false;
}

static bool sees_limiting(const struct vgpu_group *group, u64 root,
			  u64 limiting)
{
	for (; group; group = group->parent) {
		if (group->id == limiting)
			return true;
		if (group->id == root)
			return false;
	}
	return false;
}

static int unicast(struct subscription *sub, const struct vgpu_event *event,
		   const char *path)
{
	struct sk_buff *skb = build(event, path);

	return skb ? genlmsg_unicast(sub->net, skb, sub->portid) : -ENOMEM;
}

static void tell(struct subscription *sub, const struct vgpu_event *event,
		 const struct vgpu_group *group, char *buf)
{
	struct vgpu_event shown = *event;
	struct vgpu_event lost = {
		.type = VGPU_EVENT_TYPE_LOST,
		.time = event->time,
		.count = sub->lost,
	};

	lockdep_assert_held(&lock);

	/* Whose events the ring lost is not known: any may be meant. */
	if (event->type == VGPU_EVENT_TYPE_LOST)
		shown.count = 0;
	else if (!is_below(group, sub->root))
		return;
	if (!sees_limiting(group, sub->root, event->limiting))
		shown.limiting = 0;
	if (sub->lost && !unicast(sub, &lost, NULL))
		sub->lost = 0;
	if (sub->lost ||
	    unicast(sub, &shown, path_below(event->cgroup, sub->top, buf)))
		sub->lost += event->count;
}

/**
 * vgpu_nl_event_send - tell an event to all who may hear it
 * @event: what
 * @group: it concerns, borrowed; may be NULL
 *
 * Context: May sleep.
 */
void vgpu_nl_event_send(const struct vgpu_event *event,
			struct vgpu_group *group)
{
	struct subscription *sub;
	char *buf;

	mutex_lock(&lock);
	if (!ready)
		goto out;
	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf)
		goto out;
	multicast(event, buf);
	list_for_each_entry(sub, &subscriptions, list)
		tell(sub, event, group, buf);
	kfree(buf);
out:
	mutex_unlock(&lock);
}

/* Is there room for one subscription more, and is it a new one? */
static int check_subscription(const struct subscription *fresh,
			      struct netlink_ext_ack *extack)
{
	const struct subscription *sub;
	unsigned int user = 0;

	lockdep_assert_held(&lock);

	list_for_each_entry(sub, &subscriptions, list) {
		user += uid_eq(sub->user, fresh->user);
		if (sub->net == fresh->net && sub->portid == fresh->portid &&
		    sub->root == fresh->root) {
			NL_SET_ERR_MSG(extack,
				       "this socket is subscribed to this directory already");
			return -EEXIST;
		}
	}
	if (user >= SUBSCRIPTIONS_USER) {
		NL_SET_ERR_MSG(extack,
			       "too many subscriptions of this user: 64 at most");
		return -EUSERS;
	}
	if (count >= SUBSCRIPTIONS_MAX) {
		NL_SET_ERR_MSG(extack, "too many subscriptions: 1024 at most");
		return -EUSERS;
	}
	return 0;
}

static int subscribe(struct subscription *fresh,
		     struct netlink_ext_ack *extack)
{
	int ret;

	mutex_lock(&lock);
	if (!ready) {
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
		ret = -ENODEV;
	} else {
		ret = check_subscription(fresh, extack);
	}
	if (!ret) {
		list_add_tail(&fresh->list, &subscriptions);
		count++;
	}
	mutex_unlock(&lock);
	return ret;
}

/* The root of the sender's cgroup namespace. */
static u64 namespace_top(void)
{
	struct cgroup *cgrp = cgroup_get_from_path("/");
	u64 id;

	if (IS_ERR(cgrp))
		return 0;
	id = cgroup_id(cgrp);
	cgroup_put(cgrp);
	return id;
}

int vgpu_nl_event_subscribe_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *fd = info->attrs[VGPU_A_EVENT_CGROUP_FD];
	struct subscription *fresh;
	struct cgroup *cgrp;
	int ret;

	ret = vgpu_nl_begin(info, VGPU_NL_NO_MULTI);
	if (ret)
		return ret;
	if (!fd) {
		NL_SET_ERR_MSG(info->extack,
			       "no directory is given: open a cgroup directory and pass it as cgroup-fd");
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     VGPU_A_EVENT_CGROUP_FD);
		return -EINVAL;
	}
	cgrp = vgpu_nl_cgroup_dir(skb, fd, info->extack);
	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL_ACCOUNT);
	if (fresh) {
		fresh->net = genl_info_net(info);
		fresh->portid = info->snd_portid;
		fresh->user = current_uid();
		fresh->root = cgroup_id(cgrp);
		fresh->top = namespace_top();
	}
	cgroup_put(cgrp);
	if (!fresh)
		return -ENOMEM;
	ret = subscribe(fresh, info->extack);
	if (ret)
		kfree(fresh);
	return ret;
}

/* Forget the subscriptions of a socket, or of all. */
static void forget(const struct netlink_notify *socket)
{
	struct subscription *sub, *next;

	mutex_lock(&lock);
	list_for_each_entry_safe(sub, next, &subscriptions, list) {
		if (socket && (sub->net != socket->net ||
			       sub->portid != socket->portid))
			continue;
		list_del(&sub->list);
		count--;
		kfree(sub);
	}
	mutex_unlock(&lock);
}

static int socket_closed(struct notifier_block *nb, unsigned long state,
			 void *data)
{
	const struct netlink_notify *socket = data;

	if (state == NETLINK_URELEASE && socket->protocol == NETLINK_GENERIC)
		forget(socket);
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = socket_closed,
};

static void set_ready(bool now)
{
	mutex_lock(&lock);
	ready = now;
	mutex_unlock(&lock);
}

/**
 * vgpu_nl_event_init - let events out
 *
 * Context: May sleep; the family is registered.
 * Return: 0 or a negative errno.
 */
int vgpu_nl_event_init(void)
{
	int ret;

	ret = netlink_register_notifier(&notifier);
	if (!ret)
		set_ready(true);
	return ret;
}

/**
 * vgpu_nl_event_deinit - let none out any more
 *
 * Context: May sleep; the family is still registered.
 */
void vgpu_nl_event_deinit(void)
{
	set_ready(false);
	netlink_unregister_notifier(&notifier);
	forget(NULL);
}
