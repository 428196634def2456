// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the library makes of replies: whole, partial, newer than itself, and
 * damaged in every byte.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vgpu/vgpu.h>

#include "mock.h"

static void put_driver(struct nl_msg *msg)
{
	struct nlattr *nest;

	nla_put_string(msg, VGPU_A_DRIVER_NAME, "virtio_gpu");
	nla_put_string(msg, VGPU_A_DRIVER_BACKEND, "drm");
	nla_put_u32(msg, VGPU_A_DRIVER_STATE, VGPU_DRIVER_STATE_DEGRADED);
	nla_put_u32(msg, VGPU_A_DRIVER_DEVICES, 2);
	nest = nla_nest_start(msg, VGPU_A_DRIVER_POINT);
	nla_put_string(msg, VGPU_A_POINT_NAME, "resource_create");
	nla_put_u32(msg, VGPU_A_POINT_METHOD, VGPU_METHOD_KPROBE);
	nla_put_u64(msg, VGPU_A_POINT_CALLS, 12345678901ULL);
	nla_put_flag(msg, VGPU_A_POINT_LOST);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, VGPU_A_DRIVER_POINT);
	nla_put_string(msg, VGPU_A_POINT_NAME, "gem_close");
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, VGPU_A_DRIVER_ROUTE);
	nla_put_string(msg, VGPU_A_ROUTE_NAME, "blob");
	nla_put_u32(msg, VGPU_A_ROUTE_STATE, VGPU_ROUTE_STATE_DENIED);
	nla_put_u64(msg, VGPU_A_ROUTE_REFUSED, 3);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, VGPU_A_DRIVER_STUCK);
	nla_put_u32(msg, VGPU_A_STUCK_PID, 4711);
	nla_put_string(msg, VGPU_A_STUCK_COMM, "kmscube");
	nla_put_string(msg, VGPU_A_STUCK_POINT, "resource_create");
	nla_put_u64(msg, VGPU_A_STUCK_MSEC, 250);
	nla_nest_end(msg, nest);
}

static void answer_driver(struct mock *mock, int fd,
			  const struct nlmsghdr *request)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_DRIVER_GET, 0);

	(void)mock;
	/* From a newer module: an attribute that this library cannot know. */
	nla_put_u64(msg, 200, 1);
	put_driver(msg);
	mock_send(fd, msg);
	mock_ack(fd, request, 0, NULL, 0);
}

static void test_driver(void **state)
{
	struct mock *mock = mock_start(answer_driver);
	const struct vgpu_stuck *stuck;
	const struct vgpu_point *point;
	const struct vgpu_route *route;
	struct vgpu_driver *drv;

	(void)state;
	assert_int_equal(vgpu_driver_get(mock->ctx, "virtio_gpu", &drv), 0);
	assert_string_equal(vgpu_ctx_error(mock->ctx), "");
	assert_string_equal(vgpu_driver_name(drv), "virtio_gpu");
	assert_string_equal(vgpu_driver_backend(drv), "drm");
	assert_int_equal(vgpu_driver_state(drv), LIBVGPU_DRIVER_DEGRADED);
	assert_int_equal(vgpu_driver_devices(drv), 2);
	point = vgpu_driver_point_at(drv, 0);
	assert_string_equal(vgpu_point_name(point), "resource_create");
	assert_int_equal(vgpu_point_method(point), LIBVGPU_METHOD_KPROBE);
	assert_int_equal(vgpu_point_calls(point), 12345678901ULL);
	assert_int_equal(vgpu_point_lost(point), 1);
	assert_int_equal(vgpu_point_lost(vgpu_driver_point_at(drv, 1)), 0);
	assert_null(vgpu_driver_point_at(drv, 2));
	route = vgpu_driver_route_at(drv, 0);
	assert_string_equal(vgpu_route_name(route), "blob");
	assert_int_equal(vgpu_route_state(route), LIBVGPU_ROUTE_DENIED);
	assert_int_equal(vgpu_route_refused(route), 3);
	assert_null(vgpu_driver_route_at(drv, 1));
	stuck = vgpu_driver_stuck_at(drv, 0);
	assert_int_equal(vgpu_stuck_pid(stuck), 4711);
	assert_string_equal(vgpu_stuck_comm(stuck), "kmscube");
	assert_string_equal(vgpu_stuck_point(stuck), "resource_create");
	assert_int_equal(vgpu_stuck_msec(stuck), 250);
	vgpu_driver_free(drv);
	mock_stop(mock);
}

static void answer_devices(struct mock *mock, int fd,
			   const struct nlmsghdr *request)
{
	struct nl_msg *msg;

	(void)mock;
	msg = mock_message(request, VGPU_CMD_DEVICE_GET, NLM_F_MULTI);
	nla_put_u32(msg, VGPU_A_DEVICE_ID, 1);
	nla_put_string(msg, VGPU_A_DEVICE_NAME, "pci:0000:00:02.0");
	nla_put_string(msg, VGPU_A_DEVICE_ALIAS, "card0");
	nla_put_string(msg, VGPU_A_DEVICE_ALIAS, "renderD128");
	nla_put_string(msg, VGPU_A_DEVICE_DRIVER, "virtio_gpu");
	nla_put_flag(msg, VGPU_A_DEVICE_PRESENT);
	nla_put_u64(msg, VGPU_A_DEVICE_MEMORY_TOTAL, 1ULL << 32);
	nla_put_u64(msg, VGPU_A_DEVICE_CHARGED, 4096);
	mock_send(fd, msg);
	msg = mock_message(request, VGPU_CMD_DEVICE_GET, NLM_F_MULTI);
	nla_put_u32(msg, VGPU_A_DEVICE_ID, 2);
	nla_put_string(msg, VGPU_A_DEVICE_NAME, "pci:0000:81:00.0");
	nla_put_u32(msg, VGPU_A_DEVICE_PARENT, 1);
	mock_send(fd, msg);
	mock_done(fd, request, 0, NULL, 0);
}

static void test_devices(void **state)
{
	struct mock *mock = mock_start(answer_devices);
	struct vgpu_device_list *list;
	const struct vgpu_device *dev;
	uint64_t bytes = 1;
	uint32_t id;

	(void)state;
	assert_int_equal(vgpu_device_list_get(mock->ctx, &list), 0);
	dev = vgpu_device_list_at(list, 0);
	assert_int_equal(vgpu_device_id(dev), 1);
	assert_string_equal(vgpu_device_name(dev), "pci:0000:00:02.0");
	assert_string_equal(vgpu_device_alias_at(dev, 1), "renderD128");
	assert_null(vgpu_device_alias_at(dev, 2));
	assert_int_equal(vgpu_device_present(dev), 1);
	assert_int_equal(vgpu_device_memory_total(dev, &bytes), 0);
	assert_int_equal(bytes, 1ULL << 32);
	assert_int_equal(vgpu_device_charged(dev, &bytes), 0);
	assert_int_equal(bytes, 4096);
	assert_int_equal(vgpu_device_parent(dev, &id), -ENODATA);
	dev = vgpu_device_list_at(list, 1);
	assert_int_equal(vgpu_device_present(dev), 0);
	assert_string_equal(vgpu_device_driver(dev), "");
	assert_int_equal(vgpu_device_memory_total(dev, &bytes), -ENODATA);
	assert_int_equal(vgpu_device_charged(dev, &bytes), -ENODATA);
	assert_int_equal(bytes, 4096);
	assert_int_equal(vgpu_device_parent(dev, &id), 0);
	assert_int_equal(id, 1);
	assert_null(vgpu_device_list_at(list, 2));
	vgpu_device_list_free(list);
	mock_stop(mock);
}

static void put_engines(struct nl_msg *msg)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, VGPU_A_STATS_ENGINE);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_CLASS, VGPU_ENGINE_COMPUTE);
	nla_put_u64(msg, VGPU_A_ENGINE_STATS_BUSY_TIME, 12345678901ULL);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_SHARE_1S, 9876);
	nla_put_u64(msg, VGPU_A_ENGINE_STATS_THROTTLED_COUNT, 7);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_WAITING, 3);
	nla_put_u64(msg, VGPU_A_ENGINE_STATS_FULL_TOTAL, 5);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, VGPU_A_STATS_ENGINE);
	nla_put_u32(msg, VGPU_A_ENGINE_STATS_CLASS, VGPU_ENGINE_COPY);
	nla_nest_end(msg, nest);
}

static void answer_stats(struct mock *mock, int fd,
			 const struct nlmsghdr *request)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_STATS_GET, 0);
	struct nlattr *nest;

	(void)mock;
	nest = nla_nest_start(msg, VGPU_A_STATS_GROUP);
	nla_put_u64(msg, VGPU_A_GROUP_CGROUP_ID, 77);
	nla_put_string(msg, VGPU_A_GROUP_CGROUP_PATH, "/pods/a");
	nla_nest_end(msg, nest);
	nla_put_u32(msg, VGPU_A_STATS_DEVICE_ID, 1);
	nla_put_string(msg, VGPU_A_STATS_DEVICE_NAME, "card0");
	nla_put_u64(msg, VGPU_A_STATS_MEMORY_CHARGED, 10);
	nla_put_u64(msg, VGPU_A_STATS_MEMORY_MAX, UINT64_MAX);
	nla_put_u64(msg, VGPU_A_STATS_OBJECTS, 0);
	nla_put_u32(msg, VGPU_A_STATS_COMPUTE_MAX, 7000);
	put_engines(msg);
	mock_send(fd, msg);
	mock_ack(fd, request, 0, NULL, 0);
}

static uint64_t engine_value(const struct vgpu_engine_stats *engine,
			     enum libvgpu_engine_stat which)
{
	uint64_t v = 0;

	assert_int_equal(vgpu_engine_stats_value(engine, which, &v), 0);
	return v;
}

static void check_time(const struct vgpu_stats *stats)
{
	const struct vgpu_engine_stats *engine;
	uint64_t v = 1;

	assert_int_equal(vgpu_stats_value(stats, LIBVGPU_STAT_COMPUTE_MAX, &v),
			 0);
	assert_int_equal(v, 7000);
	/* What is not set is not told. */
	assert_int_equal(vgpu_stats_value(stats, LIBVGPU_STAT_COMPUTE_WEIGHT,
					  &v), 0);
	assert_int_equal(v, LIBVGPU_WEIGHT_DEFAULT);
	assert_int_equal(vgpu_stats_value(stats, LIBVGPU_STAT_COMPUTE_MIN, &v),
			 0);
	assert_int_equal(v, 0);
	assert_int_equal(vgpu_stats_priority(stats), LIBVGPU_PRIORITY_NORMAL);
	assert_int_equal(vgpu_stats_freezer(stats), LIBVGPU_FREEZER_FOLLOW);
	engine = vgpu_stats_engine_at(stats, 0);
	assert_int_equal(vgpu_engine_stats_class(engine),
			 LIBVGPU_ENGINE_COMPUTE);
	assert_true(engine_value(engine, LIBVGPU_ENGINE_BUSY_TIME) ==
		    12345678901ULL);
	assert_int_equal(engine_value(engine, LIBVGPU_ENGINE_SHARE_1S), 9876);
	assert_int_equal(engine_value(engine, LIBVGPU_ENGINE_THROTTLED_COUNT),
			 7);
	assert_int_equal(engine_value(engine, LIBVGPU_ENGINE_WAITING), 3);
	assert_int_equal(engine_value(engine, LIBVGPU_ENGINE_FULL_TOTAL), 5);
	assert_int_equal(vgpu_engine_stats_value(engine,
						 LIBVGPU_ENGINE_SHARE_10S, &v),
			 -ENODATA);
	assert_int_equal(vgpu_engine_stats_value(engine,
						 (enum libvgpu_engine_stat)17,
						 &v), -EINVAL);
	engine = vgpu_stats_engine_at(stats, 1);
	assert_int_equal(vgpu_engine_stats_class(engine), LIBVGPU_ENGINE_COPY);
	assert_null(vgpu_stats_engine_at(stats, 2));
}

static void test_stats(void **state)
{
	const struct vgpu_cgroup cg = { .sz = sizeof(cg), .path = "/pods/a" };
	struct mock *mock = mock_start(answer_stats);
	struct vgpu_stats *stats;
	uint64_t v = 1;

	(void)state;
	assert_int_equal(vgpu_stats_get(mock->ctx, &cg, "card0", &stats), 0);
	assert_int_equal(vgpu_stats_cgroup_id(stats), 77);
	assert_string_equal(vgpu_stats_cgroup_path(stats), "/pods/a");
	assert_int_equal(vgpu_stats_device_id(stats), 1);
	assert_string_equal(vgpu_stats_device_name(stats), "card0");
	assert_int_equal(vgpu_stats_value(stats, LIBVGPU_STAT_MEMORY_CHARGED,
					  &v), 0);
	assert_int_equal(v, 10);
	assert_int_equal(vgpu_stats_value(stats, LIBVGPU_STAT_MEMORY_MAX, &v),
			 0);
	assert_true(v == LIBVGPU_UNLIMITED);
	assert_int_equal(vgpu_stats_value(stats, LIBVGPU_STAT_OBJECTS, &v), 0);
	assert_int_equal(v, 0);
	assert_int_equal(vgpu_stats_value(stats, LIBVGPU_STAT_SYSTEM_PEAK, &v),
			 -ENODATA);
	assert_int_equal(vgpu_stats_value(stats, (enum libvgpu_stat)99, &v),
			 -EINVAL);
	check_time(stats);
	vgpu_stats_free(stats);
	mock_stop(mock);
}

/* A share of the wrong length is no reply. */
static void answer_wrong_share(struct mock *mock, int fd,
			       const struct nlmsghdr *request)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_STATS_GET, 0);
	struct nlattr *nest = nla_nest_start(msg, VGPU_A_STATS_ENGINE);

	(void)mock;
	/* The library stops reading here, so nothing may follow. */
	nla_put_u16(msg, VGPU_A_ENGINE_STATS_SHARE_1S, 1);
	nla_nest_end(msg, nest);
	mock_send(fd, msg);
}

static void test_wrong_share(void **state)
{
	const struct vgpu_cgroup cg = { .sz = sizeof(cg), .path = "/pods/a" };
	struct mock *mock = mock_start(answer_wrong_share);
	struct vgpu_stats *stats = NULL;

	(void)state;
	assert_int_equal(vgpu_stats_get(mock->ctx, &cg, "card0", &stats),
			 -EPROTO);
	assert_null(stats);
	mock_stop(mock);
}

/* Which byte of the reply to damage, and what to put there. */
static struct {
	size_t at;
	char value;
} damage;

static size_t reply_len;

static void answer_damaged(struct mock *mock, int fd,
			   const struct nlmsghdr *request)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_DRIVER_GET, 0);
	size_t head = NLMSG_HDRLEN + GENL_HDRLEN;

	(void)mock;
	put_driver(msg);
	reply_len = nlmsg_hdr(msg)->nlmsg_len - head;
	((char *)nlmsg_hdr(msg))[head + damage.at] = damage.value;
	mock_send(fd, msg);
	mock_ack(fd, request, 0, NULL, 0);
}

/* The sanitizers judge; here it must only end, and leave out alone. */
static void test_damaged(void **state)
{
	static const char values[] = { 0, 1, 3, 4, 5, 0x7f, (char)0x80,
				       (char)0xff };
	struct mock *mock = mock_start(answer_damaged);
	struct vgpu_driver *drv;
	size_t i;
	int err;

	(void)state;
	reply_len = 1;
	for (damage.at = 0; damage.at < reply_len; damage.at++) {
		for (i = 0; i < sizeof(values); i++) {
			damage.value = values[i];
			drv = NULL;
			err = vgpu_driver_get(mock->ctx, "x", &drv);
			if (err) {
				assert_int_equal(err, -EPROTO);
				assert_null(drv);
				assert_string_equal(vgpu_ctx_error(mock->ctx),
						    strerror(EPROTO));
			}
			vgpu_driver_free(drv);
		}
	}
	mock_stop(mock);
}

static void test_free_null(void **state)
{
	(void)state;
	vgpu_ctx_free(NULL);
	vgpu_info_free(NULL);
	vgpu_device_free(NULL);
	vgpu_device_list_free(NULL);
	vgpu_driver_free(NULL);
	vgpu_driver_list_free(NULL);
	vgpu_group_free(NULL);
	vgpu_group_list_free(NULL);
	vgpu_quota_free(NULL);
	vgpu_quota_list_free(NULL);
	vgpu_stats_free(NULL);
	vgpu_stats_list_free(NULL);
	vgpu_event_free(NULL);
	vgpu_event_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_driver),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_wrong_share),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_free_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
