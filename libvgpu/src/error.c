// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Why a call failed: the kernel's own sentence, after the name of the attribute
 * that it refused. The kernel says where in the request that attribute stood;
 * its name is found by walking the request to that place.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/genetlink.h>

#include "private.h"

/**
 * struct attr_name - an attribute as the user knows it
 * @name: what the user calls it, NULL where there is no word for it
 * @nest: the attributes inside it, or NULL
 */
struct attr_name {
	const char *name;
	const struct attr_set *nest;
};

/**
 * struct attr_set - attributes that go together
 * @names: their names, by number
 * @n: how many
 */
struct attr_set {
	const struct attr_name *names;
	size_t n;
};

static const struct attr_name device_names[] = {
	[VGPU_A_DEVICE_ID] = { .name = "device" },
	[VGPU_A_DEVICE_NAME] = { .name = "device" },
};

static const struct attr_set device_set = {
	device_names, ARRAY_SIZE(device_names)
};

static const struct attr_name driver_names[] = {
	[VGPU_A_DRIVER_NAME] = { .name = "driver" },
	[VGPU_A_DRIVER_DEADLINE_MS] = { .name = "deadline" },
};

static const struct attr_set driver_set = {
	driver_names, ARRAY_SIZE(driver_names)
};

static const struct attr_name group_names[] = {
	[VGPU_A_GROUP_CGROUP_ID] = { .name = "cgroup" },
	[VGPU_A_GROUP_CGROUP_PATH] = { .name = "cgroup" },
	[VGPU_A_GROUP_CGROUP_FD] = { .name = "cgroup directory" },
	[VGPU_A_GROUP_KERNEL_MEMORY_MAX] = { .name = "kernel-memory.max" },
	[VGPU_A_GROUP_FROZEN] = { .name = "frozen" },
};

static const struct attr_set group_set = {
	group_names, ARRAY_SIZE(group_names)
};

static const struct attr_name entry_names[] = {
	[VGPU_A_QUOTA_ENTRY_DEVICE_ID] = { .name = "device" },
	[VGPU_A_QUOTA_ENTRY_DEVICE_NAME] = { .name = "device" },
	[VGPU_A_QUOTA_ENTRY_MEMORY_MAX] = { .name = "memory.max" },
	[VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX] = {
		.name = "memory.system.max"
	},
	[VGPU_A_QUOTA_ENTRY_RESET] = { .name = "reset" },
	[VGPU_A_QUOTA_ENTRY_MANAGED] = { .name = "managed" },
	[VGPU_A_QUOTA_ENTRY_COMPUTE_MAX] = { .name = "compute.max" },
	[VGPU_A_QUOTA_ENTRY_COMPUTE_MIN] = { .name = "compute.min" },
	[VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT] = { .name = "compute.weight" },
	[VGPU_A_QUOTA_ENTRY_PRIORITY] = { .name = "priority" },
	[VGPU_A_QUOTA_ENTRY_FREEZER] = { .name = "freezer" },
};

static const struct attr_set entry_set = {
	entry_names, ARRAY_SIZE(entry_names)
};

static const struct attr_name quota_names[] = {
	[VGPU_A_QUOTA_GROUP] = { .name = "cgroup", .nest = &group_set },
	[VGPU_A_QUOTA_DEVICE_ID] = { .name = "device" },
	[VGPU_A_QUOTA_DEVICE_NAME] = { .name = "device" },
	[VGPU_A_QUOTA_ENTRY] = { .name = "quota", .nest = &entry_set },
};

static const struct attr_set quota_set = {
	quota_names, ARRAY_SIZE(quota_names)
};

static const struct attr_name stats_names[] = {
	[VGPU_A_STATS_GROUP] = { .name = "cgroup", .nest = &group_set },
	[VGPU_A_STATS_DEVICE_ID] = { .name = "device" },
	[VGPU_A_STATS_DEVICE_NAME] = { .name = "device" },
};

static const struct attr_set stats_set = {
	stats_names, ARRAY_SIZE(stats_names)
};

static const struct attr_name event_names[] = {
	[VGPU_A_EVENT_CGROUP_FD] = { .name = "cgroup directory" },
};

static const struct attr_set event_set = {
	event_names, ARRAY_SIZE(event_names)
};

/* The attributes of a request, by command. */
static const struct attr_set * const command_sets[] = {
	[VGPU_CMD_DEVICE_GET] = &device_set,
	[VGPU_CMD_DRIVER_GET] = &driver_set,
	[VGPU_CMD_DRIVER_ATTACH] = &driver_set,
	[VGPU_CMD_DRIVER_DETACH] = &driver_set,
	[VGPU_CMD_GROUP_GET] = &group_set,
	[VGPU_CMD_GROUP_SET] = &group_set,
	[VGPU_CMD_QUOTA_GET] = &quota_set,
	[VGPU_CMD_QUOTA_SET] = &quota_set,
	[VGPU_CMD_STATS_GET] = &stats_set,
	[VGPU_CMD_EVENT_SUBSCRIBE] = &event_set,
};

/* The slot of this thread, or one for it; error_lock is held. */
static struct error_slot *error_slot(struct vgpu_ctx *ctx, bool take)
{
	struct error_slot *slot, *spare = NULL;
	size_t i;

	for (i = 0; i < ERROR_SLOTS; i++) {
		slot = &ctx->error[i];
		if (slot->used && pthread_equal(slot->thread, pthread_self()))
			return slot;
		if (!slot->used)
			spare = slot;
	}
	if (!take)
		return NULL;
	if (!spare)
		spare = &ctx->error[ctx->error_next++ % ERROR_SLOTS];
	spare->thread = pthread_self();
	spare->used = true;
	return spare;
}

const char *vgpu_ctx_error(struct vgpu_ctx *ctx)
{
	struct error_slot *slot;

	pthread_mutex_lock(&ctx->error_lock);
	slot = error_slot(ctx, false);
	pthread_mutex_unlock(&ctx->error_lock);
	return slot ? slot->text : "";
}

void error_clear(struct vgpu_ctx *ctx)
{
	struct error_slot *slot;

	pthread_mutex_lock(&ctx->error_lock);
	slot = error_slot(ctx, false);
	if (slot)
		slot->used = false;
	pthread_mutex_unlock(&ctx->error_lock);
}

/* Remember why this thread's call failed, and give the errno back. */
int error_set(struct vgpu_ctx *ctx, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	pthread_mutex_lock(&ctx->error_lock);
	vsnprintf(error_slot(ctx, true)->text, ERROR_MAX, fmt, args);
	pthread_mutex_unlock(&ctx->error_lock);
	va_end(args);
	return err;
}

int error_errno(struct vgpu_ctx *ctx, int err)
{
	char buf[128];

	/* The GNU strerror_r(), which may leave the buffer alone. */
	return error_set(ctx, err, "%s", strerror_r(-err, buf, sizeof(buf)));
}

/**
 * struct refused - what the kernel refused
 * @name: of the attribute, NULL where it did not say or we have no word
 * @device: of the quota that it is in, where it is in one and names it
 */
struct refused {
	const char *name;
	const char *device;
};

/* The device that an entry of a quota-set is for. */
static const char *entry_device(struct nlattr *entry)
{
	struct nlattr *name = nla_find(nla_data(entry), nla_len(entry),
				       VGPU_A_QUOTA_ENTRY_DEVICE_NAME);

	return name ? nla_get_string(name) : NULL;
}

/* Find the attribute at an offset into attributes of a set. */
static void find_refused(const struct attr_set *set, struct nlattr *attrs,
			 size_t len, size_t offset, struct refused *refused)
{
	const struct attr_name *name;
	struct nlattr *attr;
	size_t at;
	int rest;

	nla_for_each_attr(attr, attrs, (int)len, rest) {
		at = (size_t)((char *)attr - (char *)attrs);
		if (offset < at || offset >= at + nla_attr_size(nla_len(attr)))
			continue;
		if ((size_t)nla_type(attr) >= set->n)
			return;
		name = &set->names[nla_type(attr)];
		refused->name = name->name;
		if (name->nest == &entry_set)
			refused->device = entry_device(attr);
		if (name->nest && offset >= at + NLA_HDRLEN)
			find_refused(name->nest, nla_data(attr),
				     (size_t)nla_len(attr),
				     offset - at - NLA_HDRLEN, refused);
		return;
	}
}

/* Find the attribute at an offset into the request. */
static void refused_at(struct nlmsghdr *request, size_t offset,
		       struct refused *refused)
{
	const struct genlmsghdr *genl = nlmsg_data(request);
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

	if (offset < head || offset >= request->nlmsg_len ||
	    genl->cmd >= ARRAY_SIZE(command_sets) || !command_sets[genl->cmd])
		return;
	find_refused(command_sets[genl->cmd],
		     (struct nlattr *)((char *)request + head),
		     request->nlmsg_len - head, offset - head, refused);
}

/* Where the extended ack starts in an error message, or in the end of a dump. */
static size_t ack_offset(const struct nlmsghdr *reply)
{
	const struct nlmsgerr *e = nlmsg_data(reply);
	size_t offset;

	if (reply->nlmsg_type == NLMSG_DONE)
		return NLMSG_HDRLEN + sizeof(int);
	offset = NLMSG_HDRLEN + sizeof(*e);
	if (!(reply->nlmsg_flags & NLM_F_CAPPED))
		offset += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	return offset;
}

/*
 * Remember what the kernel says in a reply that refuses a request, and give the
 * errno back.
 */
int error_ack(struct vgpu_ctx *ctx, int err, const struct nlmsghdr *reply,
	      struct nlmsghdr *request)
{
	struct refused refused = { 0 };
	const char *text = NULL;
	size_t offset = ack_offset(reply);
	const struct nlattr *attr;
	uint32_t at;
	int rest;

	if (!(reply->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    offset > reply->nlmsg_len)
		return error_errno(ctx, err);
	nla_for_each_attr(attr,
			  (const struct nlattr *)((const char *)reply + offset),
			  (int)(reply->nlmsg_len - offset), rest) {
		if (nla_type(attr) == NLMSGERR_ATTR_MSG && nla_len(attr) > 0 &&
		    !((const char *)nla_data(attr))[nla_len(attr) - 1])
			text = nla_data(attr);
		if (nla_type(attr) == NLMSGERR_ATTR_OFFS &&
		    nla_len(attr) == sizeof(at)) {
			memcpy(&at, nla_data(attr), sizeof(at));
			refused_at(request, at, &refused);
		}
	}
	if (!text)
		return error_errno(ctx, err);
	if (!refused.name)
		return error_set(ctx, err, "%s", text);
	if (refused.device)
		return error_set(ctx, err, "%s of %s: %s", refused.name,
				 refused.device, text);
	return error_set(ctx, err, "%s: %s", refused.name, text);
}
