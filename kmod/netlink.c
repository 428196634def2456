// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family, and what all its requests share.
 *
 * Operations run in parallel: a detach waits for calls in flight and must not
 * hold up the rest of generic netlink. A dump captures at its first call, which
 * runs in the sender's context, what the sender may see; only there is an
 * extended ack at hand on every kernel (6.1 has none in ->start).
 */
#include <linux/capability.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "device.h"
#include "driver.h"
#include "group.h"
#include "netlink.h"

#define REPLY_MAX	(64 << 10)	/* no driver is described by more */
#define SENTENCES	64
#define SENTENCE_TTL	(60 * HZ)

static const struct genl_multicast_group mcgrps[] = {
	[VGPU_NLGRP_EVENTS] = {
		.name = VGPU_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
};

/* A zero resv_start_op: unknown attributes are refused in every operation. */
struct genl_family vgpu_nl_family __ro_after_init = {
	.name = VGPU_GENL_NAME,
	.version = VGPU_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.ops = vgpu_nl_ops,
	.n_ops = ARRAY_SIZE(vgpu_nl_ops),
	.mcgrps = mcgrps,
	.n_mcgrps = ARRAY_SIZE(mcgrps),
	.module = THIS_MODULE,
};

/**
 * vgpu_nl_once - refuse an attribute that is given twice
 * @head: first attribute
 * @len: of all of them
 * @multi: type of the one that may be
 * @extack: told which
 *
 * Of two, the parser would silently take the last.
 *
 * Return: 0 or -EINVAL.
 */
int vgpu_nl_once(const struct nlattr *head, int len, int multi,
		 struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u64 seen = 0;
	int left;

	nla_for_each_attr(attr, head, len, left) {
		/* The policies know no type as high as 64. */
		u64 bit = BIT_ULL(nla_type(attr) & 63);

		if (seen & bit && nla_type(attr) != multi) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "attribute is given twice: give it once");
			return -EINVAL;
		}
		seen |= bit;
	}
	return 0;
}

/**
 * vgpu_nl_begin - what every request is checked for first
 * @info: the request
 * @multi: type of the attribute that may be given more than once
 *
 * Return: 0 or -EINVAL.
 */
int vgpu_nl_begin(struct genl_info *info, int multi)
{
	return vgpu_nl_once(genlmsg_data(info->genlhdr),
			    genlmsg_len(info->genlhdr), multi, info->extack);
}

/* May the sender, who is also whoever opened the socket, do everything? */
bool vgpu_nl_admin(struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_SYS_ADMIN);
}

int vgpu_nl_need_admin(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	if (vgpu_nl_admin(skb))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "needs CAP_SYS_ADMIN in the initial user namespace");
	return -EPERM;
}

/**
 * vgpu_nl_say - refuse with a sentence that holds a number or a name
 * @extack: may be NULL
 * @attr: at fault, or NULL
 * @plain: the sentence without, used when too many were said of late
 * @fmt: the sentence
 *
 * An extended ack only points to its text, and 6.1 has no room for one made on
 * the spot. The ack goes out before the system call returns; a text stays as
 * it is for a minute.
 */
void vgpu_nl_say(struct netlink_ext_ack *extack, const struct nlattr *attr,
		 const char *plain, const char *fmt, ...)
{
	static DEFINE_SPINLOCK(lock);	/* protects both below */
	static char sentence[SENTENCES][160];
	static unsigned long until[SENTENCES];
	char *text = NULL;
	va_list args;
	int i;

	if (!extack)
		return;
	spin_lock(&lock);
	for (i = 0; i < SENTENCES && !text; i++) {
		if (until[i] && time_before(jiffies, until[i]))
			continue;
		until[i] = (jiffies + SENTENCE_TTL) | 1;
		text = sentence[i];
	}
	spin_unlock(&lock);
	if (text) {
		va_start(args, fmt);
		vsnprintf(text, sizeof(sentence[0]), fmt, args);
		va_end(args);
	}
	extack->_msg = text ?: plain;
	NL_SET_BAD_ATTR(extack, attr);
}

int vgpu_nl_put_u64(struct sk_buff *skb, int attrtype, u64 value, int pad)
{
	/* What nla_put_u64_64bit() comes to, without asking each time. */
	if (IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS))
		return nla_put(skb, attrtype, sizeof(value), &value);
	return nla_put_u64_64bit(skb, attrtype, value, pad);
}

/**
 * vgpu_nl_reply - answer a request with one message
 * @info: the request
 * @cmd: of the answer
 * @fill: adds the attributes; -EMSGSIZE to be called again with more room
 * @ctx: passed on
 *
 * Return: 0, or a negative errno.
 */
int vgpu_nl_reply(struct genl_info *info, u8 cmd,
		  int (*fill)(struct sk_buff *skb, void *ctx), void *ctx)
{
	size_t size = GENLMSG_DEFAULT_SIZE;
	struct sk_buff *skb;
	void *head;
	int ret;

	do {
		skb = genlmsg_new(size, GFP_KERNEL);
		if (!skb)
			return -ENOMEM;
		head = genlmsg_put(skb, info->snd_portid, info->snd_seq,
				   &vgpu_nl_family, 0, cmd);
		ret = head ? fill(skb, ctx) : -EMSGSIZE;
		if (!ret) {
			genlmsg_end(skb, head);
			return genlmsg_reply(skb, info);
		}
		nlmsg_free(skb);
		size *= 4;
	} while (ret == -EMSGSIZE && size <= REPLY_MAX);
	return ret;
}

/* The state of a dump; zeroed by the core before its first call. */
struct vgpu_nl_dump *vgpu_nl_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct vgpu_nl_dump) > sizeof(cb->ctx));
	return (struct vgpu_nl_dump *)cb->ctx;
}

int vgpu_nl_dump_once(struct netlink_callback *cb)
{
	return vgpu_nl_once(nlmsg_attrdata(cb->nlh, GENL_HDRLEN),
			    nlmsg_attrlen(cb->nlh, GENL_HDRLEN),
			    VGPU_NL_NO_MULTI, cb->extack);
}

/* A change between two messages shows as another number; 0 means none yet. */
static void set_seq(struct netlink_callback *cb, unsigned int generation)
{
	cb->seq = generation + 1 ?: 1;
}

/**
 * vgpu_nl_dump_entry - add one message to a dump
 * @skb: the dump's
 * @cb: the dump's
 * @cmd: of the message
 * @generation: of what is dumped, taken before it is looked at
 * @fill: adds the attributes
 * @ctx: passed on
 *
 * The first buffer of a dump is a page at most. An entry that does not fit in
 * an empty one would end the dump, so the buffer grows for it.
 *
 * Return: 0; -EMSGSIZE when @skb is full; another negative errno.
 */
int vgpu_nl_dump_entry(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd, unsigned int generation,
		       int (*fill)(struct sk_buff *skb, void *ctx), void *ctx)
{
	bool grown = false;
	void *head;
	int ret;

	set_seq(cb, generation);
	for (;;) {
		head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, &vgpu_nl_family,
				   NLM_F_MULTI, cmd);
		ret = head ? fill(skb, ctx) : -EMSGSIZE;
		if (!ret) {
			genl_dump_check_consistent(cb, head);
			genlmsg_end(skb, head);
			return 0;
		}
		if (head)
			genlmsg_cancel(skb, head);
		if (ret != -EMSGSIZE || skb->len || grown)
			return ret;
		ret = pskb_expand_head(skb, 0, REPLY_MAX, GFP_KERNEL);
		if (ret)
			return ret;
		grown = true;
	}
}

/* What a dump returns after @ret: more to come, all done, or failed. */
int vgpu_nl_dump_end(struct sk_buff *skb, struct netlink_callback *cb,
		     unsigned int generation, int ret)
{
	set_seq(cb, generation);
	return ret && ret != -EMSGSIZE && !skb->len ? ret : skb->len;
}

static int fill_info(struct sk_buff *skb, void *ctx)
{
	const bool *admin = ctx;

	if (nla_put_string(skb, VGPU_A_INFO_VERSION, VGPU_VERSION))
		return -EMSGSIZE;
	if (vgpu_nl_cgroup2() && nla_put_flag(skb, VGPU_A_INFO_CGROUP2))
		return -EMSGSIZE;
	if (vgpu_group_cgroup_events() &&
	    nla_put_flag(skb, VGPU_A_INFO_CGROUP_EVENTS))
		return -EMSGSIZE;
	/* How much others have is not everybody's business. */
	if (*admin &&
	    (nla_put_u32(skb, VGPU_A_INFO_GROUPS, vgpu_group_count()) ||
	     nla_put_u32(skb, VGPU_A_INFO_DEVICES, vgpu_device_count()) ||
	     nla_put_u32(skb, VGPU_A_INFO_DRIVERS, vgpu_driver_count())))
		return -EMSGSIZE;
	return 0;
}

int vgpu_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	bool admin = vgpu_nl_admin(skb);

	return vgpu_nl_reply(info, VGPU_CMD_INFO_GET, fill_info, &admin);
}

/**
 * vgpu_netlink_init - open the family to requests and events
 *
 * Context: May sleep; groups, devices and drivers stand.
 * Return: 0 or a negative errno.
 */
int vgpu_netlink_init(void)
{
	int ret;

	ret = genl_register_family(&vgpu_nl_family);
	if (ret)
		return ret;
	ret = vgpu_nl_event_init();
	if (ret)
		genl_unregister_family(&vgpu_nl_family);
	return ret;
}

/**
 * vgpu_netlink_deinit - close it; events go nowhere from then on
 *
 * Context: May sleep; waits for requests under way.
 */
void vgpu_netlink_deinit(void)
{
	vgpu_nl_event_deinit();
	genl_unregister_family(&vgpu_nl_family);
}
