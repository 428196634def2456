// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Drivers with their points, routes and stuck calls.
 */
#include <assert.h>
#include <errno.h>

#include <vgpu/driver.h>

#include "private.h"

#define SAME(ours, theirs) \
	static_assert((int)(ours) == (int)(theirs), "the numbers of the uapi")

SAME(LIBVGPU_DRIVER_ABSENT, VGPU_DRIVER_STATE_ABSENT);
SAME(LIBVGPU_DRIVER_ATTACHED, VGPU_DRIVER_STATE_ATTACHED);
SAME(LIBVGPU_DRIVER_DEGRADED, VGPU_DRIVER_STATE_DEGRADED);
SAME(LIBVGPU_DRIVER_DRAINING, VGPU_DRIVER_STATE_DRAINING);
SAME(LIBVGPU_DRIVER_DETACHED, VGPU_DRIVER_STATE_DETACHED);
SAME(LIBVGPU_METHOD_NONE, VGPU_METHOD_NONE);
SAME(LIBVGPU_METHOD_FTRACE, VGPU_METHOD_FTRACE);
SAME(LIBVGPU_METHOD_KPROBE, VGPU_METHOD_KPROBE);
SAME(LIBVGPU_METHOD_SLOT, VGPU_METHOD_SLOT);
SAME(LIBVGPU_ROUTE_OPEN, VGPU_ROUTE_STATE_OPEN);
SAME(LIBVGPU_ROUTE_ENFORCED, VGPU_ROUTE_STATE_ENFORCED);
SAME(LIBVGPU_ROUTE_DENIED, VGPU_ROUTE_STATE_DENIED);
SAME(LIBVGPU_NAME_MAX, VGPU_NAME_MAX);

/* The longest that the module takes, from the spec. */
#define DEADLINE_MAX_MS	30000

struct vgpu_point {
	char *name;
	uint64_t calls;
	uint32_t method;
	int lost;
};

struct vgpu_route {
	char *name;
	uint64_t refused;
	uint32_t state;
};

struct vgpu_stuck {
	uint32_t pid;
	char *comm;
	char *point;
	uint64_t msec;
};

struct vgpu_driver {
	char *name;
	char *backend;
	uint32_t state;
	uint32_t devices;
	struct array points;
	struct array routes;
	struct array stuck;
};

struct vgpu_driver_list {
	struct array drivers;
};

#define FIELD(set, attr, type, object, member, schema)			\
	{ VGPU_A_##set##_##attr, FIELD_##type,				\
	  offsetof(struct vgpu_##object, member), schema }

static const struct field point_fields[] = {
	FIELD(POINT, NAME, STRING, point, name, NULL),
	FIELD(POINT, METHOD, U32, point, method, NULL),
	FIELD(POINT, CALLS, U64, point, calls, NULL),
	FIELD(POINT, LOST, FLAG, point, lost, NULL),
};

static const struct schema point_schema = {
	.size = sizeof(struct vgpu_point),
	.fields = point_fields,
	.n = ARRAY_SIZE(point_fields),
};

static const struct field route_fields[] = {
	FIELD(ROUTE, NAME, STRING, route, name, NULL),
	FIELD(ROUTE, STATE, U32, route, state, NULL),
	FIELD(ROUTE, REFUSED, U64, route, refused, NULL),
};

static const struct schema route_schema = {
	.size = sizeof(struct vgpu_route),
	.fields = route_fields,
	.n = ARRAY_SIZE(route_fields),
};

static const struct field stuck_fields[] = {
	FIELD(STUCK, PID, U32, stuck, pid, NULL),
	FIELD(STUCK, COMM, STRING, stuck, comm, NULL),
	FIELD(STUCK, POINT, STRING, stuck, point, NULL),
	FIELD(STUCK, MSEC, U64, stuck, msec, NULL),
};

static const struct schema stuck_schema = {
	.size = sizeof(struct vgpu_stuck),
	.fields = stuck_fields,
	.n = ARRAY_SIZE(stuck_fields),
};

static const struct field driver_fields[] = {
	FIELD(DRIVER, NAME, STRING, driver, name, NULL),
	FIELD(DRIVER, BACKEND, STRING, driver, backend, NULL),
	FIELD(DRIVER, STATE, U32, driver, state, NULL),
	FIELD(DRIVER, DEVICES, U32, driver, devices, NULL),
	FIELD(DRIVER, POINT, ROWS, driver, points, &point_schema),
	FIELD(DRIVER, ROUTE, ROWS, driver, routes, &route_schema),
	FIELD(DRIVER, STUCK, ROWS, driver, stuck, &stuck_schema),
};

static const struct schema driver_schema = {
	.size = sizeof(struct vgpu_driver),
	.fields = driver_fields,
	.n = ARRAY_SIZE(driver_fields),
};

/* A request about one driver; NULL with the errno where it cannot be made. */
static struct nl_msg *driver_request(struct vgpu_ctx *ctx, uint8_t cmd,
				     const char *name, int *err)
{
	struct nl_msg *msg = nl_request(cmd);

	*err = msg ? put_name(ctx, msg, VGPU_A_DRIVER_NAME, "driver", name) :
		     -ENOMEM;
	if (!*err)
		return msg;
	put_failed(ctx, msg, *err);
	return NULL;
}

int vgpu_driver_get(struct vgpu_ctx *ctx, const char *name,
		    struct vgpu_driver **out)
{
	struct nl_msg *msg;
	void *drv;
	int err;

	msg = driver_request(ctx, VGPU_CMD_DRIVER_GET, name, &err);
	if (!msg)
		return err;
	err = nl_get_one(ctx, msg, &driver_schema, &drv);
	if (!err)
		*out = drv;
	return err;
}

void vgpu_driver_free(struct vgpu_driver *drv)
{
	decode_free(&driver_schema, drv);
}

int vgpu_driver_list_get(struct vgpu_ctx *ctx, struct vgpu_driver_list **out)
{
	void *list;
	int err;

	err = nl_get_list(ctx, nl_request(VGPU_CMD_DRIVER_GET), &driver_schema,
			  &list);
	if (!err)
		*out = list;
	return err;
}

void vgpu_driver_list_free(struct vgpu_driver_list *list)
{
	array_free(&driver_schema, list);
}

const struct vgpu_driver *
vgpu_driver_list_at(const struct vgpu_driver_list *list, size_t index)
{
	return array_at(&list->drivers, index);
}

int vgpu_driver_attach(struct vgpu_ctx *ctx, const char *name)
{
	struct nl_msg *msg;
	int err;

	msg = driver_request(ctx, VGPU_CMD_DRIVER_ATTACH, name, &err);
	if (!msg)
		return err;
	return nl_send_request(ctx, msg, NULL, NULL);
}

int vgpu_driver_detach(struct vgpu_ctx *ctx, const char *name,
		       const struct vgpu_driver_detach_opts *opts,
		       struct vgpu_driver **out)
{
	struct vgpu_driver_detach_opts o;
	struct array rows = { 0 };
	struct vgpu_driver *drv;
	struct nl_msg *msg;
	int err;

	take_opts(&o, sizeof(o), opts);
	if (o.deadline_ms > DEADLINE_MAX_MS)
		return error_set(ctx, -ERANGE,
				 "deadline: %u ms is more than the longest, %u ms",
				 o.deadline_ms, DEADLINE_MAX_MS);
	msg = driver_request(ctx, VGPU_CMD_DRIVER_DETACH, name, &err);
	if (!msg)
		return err;
	if (opts && nla_put_u32(msg, VGPU_A_DRIVER_DEADLINE_MS,
				o.deadline_ms))
		return put_failed(ctx, msg, -ENOMEM);
	err = nl_send_request(ctx, msg, &driver_schema, &rows);
	drv = array_take_only(&driver_schema, &rows);
	if (err == -EBUSY && drv && out)
		*out = drv;
	else
		decode_free(&driver_schema, drv);
	return err;
}

const char *vgpu_driver_name(const struct vgpu_driver *drv)
{
	return string_or_empty(drv->name);
}

const char *vgpu_driver_backend(const struct vgpu_driver *drv)
{
	return string_or_empty(drv->backend);
}

enum libvgpu_driver_state vgpu_driver_state(const struct vgpu_driver *drv)
{
	return (enum libvgpu_driver_state)drv->state;
}

uint32_t vgpu_driver_devices(const struct vgpu_driver *drv)
{
	return drv->devices;
}

const struct vgpu_point *vgpu_driver_point_at(const struct vgpu_driver *drv,
					      size_t index)
{
	return array_at(&drv->points, index);
}

const struct vgpu_route *vgpu_driver_route_at(const struct vgpu_driver *drv,
					      size_t index)
{
	return array_at(&drv->routes, index);
}

const struct vgpu_stuck *vgpu_driver_stuck_at(const struct vgpu_driver *drv,
					      size_t index)
{
	return array_at(&drv->stuck, index);
}

const char *vgpu_point_name(const struct vgpu_point *point)
{
	return string_or_empty(point->name);
}

enum libvgpu_method vgpu_point_method(const struct vgpu_point *point)
{
	return (enum libvgpu_method)point->method;
}

uint64_t vgpu_point_calls(const struct vgpu_point *point)
{
	return point->calls;
}

int vgpu_point_lost(const struct vgpu_point *point)
{
	return point->lost;
}

const char *vgpu_route_name(const struct vgpu_route *route)
{
	return string_or_empty(route->name);
}

enum libvgpu_route_state vgpu_route_state(const struct vgpu_route *route)
{
	return (enum libvgpu_route_state)route->state;
}

uint64_t vgpu_route_refused(const struct vgpu_route *route)
{
	return route->refused;
}

uint32_t vgpu_stuck_pid(const struct vgpu_stuck *stuck)
{
	return stuck->pid;
}

const char *vgpu_stuck_comm(const struct vgpu_stuck *stuck)
{
	return string_or_empty(stuck->comm);
}

const char *vgpu_stuck_point(const struct vgpu_stuck *stuck)
{
	return string_or_empty(stuck->point);
}

uint64_t vgpu_stuck_msec(const struct vgpu_stuck *stuck)
{
	return stuck->msec;
}
