// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The context, and what the module says of itself.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct vgpu_info {
	char *version;
	int cgroup2;
	int cgroup_events;
	uint32_t groups;
	uint32_t devices;
	uint32_t drivers;
};

#define FIELD(attr, type, member) \
	{ VGPU_A_INFO_##attr, FIELD_##type, offsetof(struct vgpu_info, member), NULL }

static const struct field info_fields[] = {
	FIELD(VERSION, STRING, version),
	FIELD(CGROUP2, FLAG, cgroup2),
	FIELD(CGROUP_EVENTS, FLAG, cgroup_events),
	FIELD(GROUPS, U32, groups),
	FIELD(DEVICES, U32, devices),
	FIELD(DRIVERS, U32, drivers),
};

static const struct schema info_schema = {
	.size = sizeof(struct vgpu_info),
	.fields = info_fields,
	.n = ARRAY_SIZE(info_fields),
};

int ctx_create(const struct transport *transport, void *arg,
	       struct vgpu_ctx **out)
{
	struct vgpu_ctx *ctx = calloc(1, sizeof(*ctx));

	if (!ctx)
		return -ENOMEM;
	ctx->link.fd = -1;
	ctx->transport = transport;
	ctx->transport_arg = arg;
	pthread_mutex_init(&ctx->lock, NULL);
	pthread_mutex_init(&ctx->error_lock, NULL);
	*out = ctx;
	return 0;
}

int vgpu_ctx_create(struct vgpu_ctx **out)
{
	return ctx_create(&transport_kernel, NULL, out);
}

void vgpu_ctx_free(struct vgpu_ctx *ctx)
{
	if (!ctx)
		return;
	link_close(&ctx->link);
	pthread_mutex_destroy(&ctx->error_lock);
	pthread_mutex_destroy(&ctx->lock);
	free(ctx);
}

const char *vgpu_version(void)
{
	return LIBVGPU_VERSION;
}

/*
 * Copy a caller's structure, which may be of an older library and shorter, or
 * of a newer one and longer. What it lacks is zero, and so is all of it where
 * there is none. All such structures begin with their size.
 */
void take_opts(void *to, size_t size, const void *from)
{
	size_t given = from ? *(const size_t *)from : 0;

	memset(to, 0, size);
	if (given)
		memcpy(to, from, given < size ? given : size);
}

/* Give up a request that could not be built; returns the errno. */
int put_failed(struct vgpu_ctx *ctx, struct nl_msg *msg, int err)
{
	nlmsg_free(msg);
	if (err == -ENOMEM)
		error_errno(ctx, err);
	return err;
}

/*
 * Put a name of a device or driver into a request. On failure says why, unless
 * it is for lack of memory.
 */
int put_name(struct vgpu_ctx *ctx, struct nl_msg *msg, int attr,
	     const char *what, const char *name)
{
	if (!name || !*name)
		return error_set(ctx, -EINVAL, "%s: the name is empty", what);
	if (strlen(name) >= LIBVGPU_NAME_MAX)
		return error_set(ctx, -EINVAL,
				 "%s: the name has more than %d characters",
				 what, LIBVGPU_NAME_MAX - 1);
	return nla_put_string(msg, attr, name) ? -ENOMEM : 0;
}

/* Put any name of a device: the module does not know all nodes. */
int put_device(struct vgpu_ctx *ctx, struct nl_msg *msg, int attr,
	       const char *name)
{
	char device[LIBVGPU_NAME_MAX];

	if (name && nvidia_device(NVIDIA_GPUS, name, device))
		name = device;
	return put_name(ctx, msg, attr, "device", name);
}

int vgpu_info_get(struct vgpu_ctx *ctx, struct vgpu_info **out)
{
	void *info;
	int err;

	err = nl_get_one(ctx, nl_request(VGPU_CMD_INFO_GET), &info_schema,
			 &info);
	if (!err)
		*out = info;
	return err;
}

void vgpu_info_free(struct vgpu_info *info)
{
	decode_free(&info_schema, info);
}

const char *vgpu_info_version(const struct vgpu_info *info)
{
	return string_or_empty(info->version);
}

int vgpu_info_cgroup2(const struct vgpu_info *info)
{
	return info->cgroup2;
}

int vgpu_info_cgroup_events(const struct vgpu_info *info)
{
	return info->cgroup_events;
}

uint32_t vgpu_info_groups(const struct vgpu_info *info)
{
	return info->groups;
}

uint32_t vgpu_info_devices(const struct vgpu_info *info)
{
	return info->devices;
}

uint32_t vgpu_info_drivers(const struct vgpu_info *info)
{
	return info->drivers;
}
