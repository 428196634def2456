// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Event streams, of the whole host and of a delegated cgroup.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <vgpu/vgpu.h>

#include "mock.h"

static void answer_subscribe(struct mock *mock, int fd,
			     const struct nlmsghdr *request)
{
	(void)mock;
	mock_ack(fd, request, 0, NULL, 0);
}

static struct nl_msg *refused_event(uint64_t bytes)
{
	struct nl_msg *msg = mock_message(NULL, VGPU_CMD_EVENT_NTF, 0);

	nla_put_u32(msg, VGPU_A_EVENT_TYPE, VGPU_EVENT_TYPE_REFUSED);
	nla_put_u64(msg, VGPU_A_EVENT_TIME, 99);
	nla_put_u64(msg, VGPU_A_EVENT_CGROUP_ID, 5);
	nla_put_u64(msg, VGPU_A_EVENT_LIMITING_ID, 4);
	nla_put_string(msg, VGPU_A_EVENT_CGROUP_PATH, "/a/b");
	nla_put_u32(msg, VGPU_A_EVENT_DEVICE_ID, 1);
	nla_put_string(msg, VGPU_A_EVENT_DEVICE_NAME, "card0");
	nla_put_u32(msg, VGPU_A_EVENT_PID, 100);
	nla_put_string(msg, VGPU_A_EVENT_COMM, "glmark2");
	nla_put_u64(msg, VGPU_A_EVENT_BYTES, bytes);
	nla_put_u64(msg, VGPU_A_EVENT_LIMIT, 8192);
	nla_put_u64(msg, VGPU_A_EVENT_COUNT, 1);
	return msg;
}

static bool readable(const struct vgpu_event_stream *stream)
{
	struct pollfd p = { .fd = vgpu_event_fd(stream), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void check_event(struct vgpu_event_stream *stream, uint64_t bytes)
{
	struct vgpu_event *event;

	assert_int_equal(vgpu_event_read(stream, &event), 0);
	assert_int_equal(vgpu_event_type(event), LIBVGPU_EVENT_REFUSED);
	assert_int_equal(vgpu_event_time(event), 99);
	assert_int_equal(vgpu_event_cgroup_id(event), 5);
	assert_int_equal(vgpu_event_limiting_id(event), 4);
	assert_string_equal(vgpu_event_cgroup_path(event), "/a/b");
	assert_int_equal(vgpu_event_device_id(event), 1);
	assert_string_equal(vgpu_event_device_name(event), "card0");
	assert_string_equal(vgpu_event_driver(event), "");
	assert_int_equal(vgpu_event_pid(event), 100);
	assert_string_equal(vgpu_event_comm(event), "glmark2");
	assert_int_equal(vgpu_event_bytes(event), bytes);
	assert_int_equal(vgpu_event_limit(event), 8192);
	assert_int_equal(vgpu_event_count(event), 1);
	vgpu_event_free(event);
}

static void test_host(void **state)
{
	struct mock *mock = mock_start(answer_subscribe);
	struct vgpu_event_stream *stream;
	struct vgpu_event *event = NULL;

	(void)state;
	assert_int_equal(vgpu_event_open(mock->ctx, NULL, &stream), 0);
	assert_int_equal(mock->joined, MOCK_GROUP);
	assert_int_equal(vgpu_event_read(stream, &event), -EAGAIN);
	assert_null(event);
	assert_false(readable(stream));
	/* The first link is the context's, the second the stream's. */
	mock_send(mock->fd[1], refused_event(1));
	mock_send(mock->fd[1], refused_event(2));
	assert_true(readable(stream));
	check_event(stream, 1);
	check_event(stream, 2);
	assert_int_equal(vgpu_event_read(stream, &event), -EAGAIN);
	vgpu_event_close(stream);
	mock_stop(mock);
}

static void test_not_permitted(void **state)
{
	struct mock *mock = mock_start(answer_subscribe);
	struct vgpu_event_stream *stream = NULL;

	(void)state;
	mock->join_error = -EPERM;
	assert_int_equal(vgpu_event_open(mock->ctx, NULL, &stream), -EPERM);
	assert_null(stream);
	assert_non_null(strstr(vgpu_ctx_error(mock->ctx), "CAP_SYS_ADMIN"));
	mock_stop(mock);
}

static void test_delegated(void **state)
{
	const struct vgpu_event_opts opts = {
		.sz = sizeof(opts),
		.cgroup_fd = 42,
	};
	struct mock *mock = mock_start(answer_subscribe);
	const struct nlmsghdr *request = (void *)mock->request;
	struct vgpu_event_stream *stream;
	struct vgpu_event *event = NULL;

	(void)state;
	assert_int_equal(vgpu_event_open(mock->ctx, &opts, &stream), 0);
	assert_int_equal(mock->joined, 0);
	assert_int_equal(mock_cmd(request), VGPU_CMD_EVENT_SUBSCRIBE);
	assert_int_equal(nla_get_u32(mock_attr(request,
					       VGPU_A_EVENT_CGROUP_FD)), 42);
	/* The subscription belongs to the socket that it was sent from. */
	mock_send(mock->fd[0], refused_event(3));
	check_event(stream, 3);
	assert_int_equal(vgpu_event_read(stream, &event), -EAGAIN);
	vgpu_event_close(stream);
	mock_stop(mock);
}

/* Several events in one datagram, given away and left behind. */
static void test_several_at_once(void **state)
{
	struct mock *mock = mock_start(answer_subscribe);
	struct vgpu_event_stream *stream;
	struct nl_msg *one = refused_event(7);
	struct nlmsghdr *h = nlmsg_hdr(one);
	char both[MOCK_BUFFER];

	(void)state;
	assert_int_equal(vgpu_event_open(mock->ctx, NULL, &stream), 0);
	memcpy(both, h, h->nlmsg_len);
	memcpy(both + NLMSG_ALIGN(h->nlmsg_len), h, h->nlmsg_len);
	assert_true(send(mock->fd[1], both, 2 * NLMSG_ALIGN(h->nlmsg_len),
			 0) > 0);
	nlmsg_free(one);
	check_event(stream, 7);
	vgpu_event_close(stream);
	mock_stop(mock);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(vgpu_event_type_name(LIBVGPU_EVENT_QUOTA_CHANGED),
			    "quota-changed");
	assert_string_equal(vgpu_event_type_name(LIBVGPU_EVENT_GROUP_FROZEN),
			    "group-frozen");
	assert_string_equal(vgpu_event_type_name(LIBVGPU_EVENT_GROUP_THAWED),
			    "group-thawed");
	assert_string_equal(vgpu_event_type_name((enum libvgpu_event_type)77),
			    "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_not_permitted),
		cmocka_unit_test(test_delegated),
		cmocka_unit_test(test_several_at_once),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
