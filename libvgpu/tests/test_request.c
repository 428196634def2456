// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The exchange: refusals and their sentences, interrupted dumps, a module that
 * is absent or comes back under another number, bad arguments.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vgpu/vgpu.h>

#include "mock.h"

static void answer_info(struct mock *mock, int fd,
			const struct nlmsghdr *request)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_INFO_GET, 0);

	(void)mock;
	nla_put_string(msg, VGPU_A_INFO_VERSION, "1.2.3");
	nla_put_flag(msg, VGPU_A_INFO_CGROUP2);
	nla_put_u32(msg, VGPU_A_INFO_GROUPS, 3);
	mock_send(fd, msg);
	mock_ack(fd, request, 0, NULL, 0);
}

static void test_info(void **state)
{
	struct mock *mock = mock_start(answer_info);
	struct vgpu_info *info;

	(void)state;
	assert_int_equal(vgpu_info_get(mock->ctx, &info), 0);
	assert_string_equal(vgpu_info_version(info), "1.2.3");
	assert_int_equal(vgpu_info_cgroup2(info), 1);
	assert_int_equal(vgpu_info_cgroup_events(info), 0);
	assert_int_equal(vgpu_info_groups(info), 3);
	vgpu_info_free(info);
	mock_stop(mock);
}

static void test_not_loaded(void **state)
{
	struct mock *mock = mock_start(answer_info);
	struct vgpu_info *info = NULL;

	(void)state;
	mock->loaded = false;
	assert_int_equal(vgpu_info_get(mock->ctx, &info), -ENOPKG);
	assert_null(info);
	assert_string_equal(vgpu_ctx_error(mock->ctx),
			    "the vgpu module is not loaded");
	mock->loaded = true;
	assert_int_equal(vgpu_info_get(mock->ctx, &info), 0);
	assert_string_equal(vgpu_ctx_error(mock->ctx), "");
	vgpu_info_free(info);
	mock_stop(mock);
}

/* The module goes and comes back: its family has another number. */
static void test_reloaded(void **state)
{
	struct mock *mock = mock_start(answer_info);
	struct vgpu_info *info = NULL;

	(void)state;
	assert_int_equal(vgpu_info_get(mock->ctx, &info), 0);
	vgpu_info_free(info);
	mock->family = MOCK_FAMILY + 1;
	assert_int_equal(vgpu_info_get(mock->ctx, &info), 0);
	vgpu_info_free(info);
	info = NULL;
	mock->family = MOCK_FAMILY + 2;
	mock->loaded = false;
	assert_int_equal(vgpu_info_get(mock->ctx, &info), -ENOPKG);
	assert_null(info);
	mock_stop(mock);
}

static void answer_refusal(struct mock *mock, int fd,
			   const struct nlmsghdr *request)
{
	struct nlattr *name = mock_attr(request, VGPU_A_DRIVER_NAME);

	(void)mock;
	mock_ack(fd, request, -EPERM, "needs CAP_SYS_ADMIN",
		 (uint32_t)((char *)name - (char *)request));
}

static void test_refusal(void **state)
{
	struct mock *mock = mock_start(answer_refusal);

	(void)state;
	assert_int_equal(vgpu_driver_attach(mock->ctx, "xe"), -EPERM);
	assert_string_equal(vgpu_ctx_error(mock->ctx),
			    "driver: needs CAP_SYS_ADMIN");
	mock_stop(mock);
}

static void answer_bare(struct mock *mock, int fd,
			const struct nlmsghdr *request)
{
	(void)mock;
	mock_ack(fd, request, -ENODEV, NULL, 0);
}

static void test_bare_refusal(void **state)
{
	struct mock *mock = mock_start(answer_bare);
	struct vgpu_device *dev = NULL;

	(void)state;
	assert_int_equal(vgpu_device_get(mock->ctx, "card9", &dev), -ENODEV);
	assert_null(dev);
	assert_string_equal(vgpu_ctx_error(mock->ctx), strerror(ENODEV));
	mock_stop(mock);
}

/* A detach that finds stuck calls: a reply, and then the refusal. */
static void answer_stuck(struct mock *mock, int fd,
			 const struct nlmsghdr *request)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_DRIVER_DETACH, 0);
	struct nlattr *nest;

	(void)mock;
	assert_int_equal(nla_get_u32(mock_attr(request,
					       VGPU_A_DRIVER_DEADLINE_MS)),
			 100);
	nla_put_string(msg, VGPU_A_DRIVER_NAME, "vgem");
	nla_put_u32(msg, VGPU_A_DRIVER_STATE, VGPU_DRIVER_STATE_DRAINING);
	nest = nla_nest_start(msg, VGPU_A_DRIVER_STUCK);
	nla_put_u32(msg, VGPU_A_STUCK_PID, 12);
	nla_nest_end(msg, nest);
	mock_send(fd, msg);
	mock_ack(fd, request, -EBUSY, "1 call is stuck", 0);
}

static void test_stuck(void **state)
{
	struct vgpu_driver_detach_opts opts = {
		.sz = sizeof(opts),
		.deadline_ms = 100,
	};
	struct mock *mock = mock_start(answer_stuck);
	struct vgpu_driver *drv = NULL;

	(void)state;
	assert_int_equal(vgpu_driver_detach(mock->ctx, "vgem", &opts, &drv),
			 -EBUSY);
	assert_non_null(drv);
	assert_int_equal(vgpu_stuck_pid(vgpu_driver_stuck_at(drv, 0)), 12);
	vgpu_driver_free(drv);
	assert_int_equal(vgpu_driver_detach(mock->ctx, "vgem", &opts, NULL),
			 -EBUSY);
	assert_string_equal(vgpu_ctx_error(mock->ctx), "1 call is stuck");
	mock_stop(mock);
}

static void test_bad_arguments(void **state)
{
	char longest[LIBVGPU_NAME_MAX + 1];
	struct vgpu_driver_detach_opts opts = {
		.sz = sizeof(opts),
		.deadline_ms = 30001,
	};
	struct mock *mock = mock_start(answer_bare);
	struct vgpu_device *dev = NULL;

	(void)state;
	memset(longest, 'x', LIBVGPU_NAME_MAX);
	longest[LIBVGPU_NAME_MAX] = '\0';
	assert_int_equal(vgpu_device_get(mock->ctx, "", &dev), -EINVAL);
	assert_int_equal(vgpu_device_get(mock->ctx, NULL, &dev), -EINVAL);
	assert_int_equal(vgpu_device_get(mock->ctx, longest, &dev), -EINVAL);
	assert_string_equal(vgpu_ctx_error(mock->ctx),
			    "device: the name has more than 63 characters");
	assert_int_equal(vgpu_driver_detach(mock->ctx, "vgem", &opts, NULL),
			 -ERANGE);
	assert_int_equal(mock->requests, 0);
	mock_stop(mock);
}

/* A dump that changes while it is read, the first dump_changes times. */
static unsigned int dump_changes;

static void answer_dump(struct mock *mock, int fd,
			const struct nlmsghdr *request)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_GROUP_GET,
					  NLM_F_MULTI);
	int flags = mock->requests <= dump_changes ? NLM_F_DUMP_INTR : 0;

	assert_int_equal(request->nlmsg_flags & NLM_F_DUMP, NLM_F_DUMP);
	nla_put_u64(msg, VGPU_A_GROUP_CGROUP_ID, 5);
	nla_put_string(msg, VGPU_A_GROUP_CGROUP_PATH, "/a");
	nla_put_u64(msg, VGPU_A_GROUP_OBJECTS, 9);
	nla_put_flag(msg, VGPU_A_GROUP_LIMITED);
	nla_put_u32(msg, VGPU_A_GROUP_FROZEN, 1);
	mock_send(fd, msg);
	mock_done(fd, request, 0, NULL, flags);
}

static void test_dump_interrupted(void **state)
{
	struct mock *mock = mock_start(answer_dump);
	const struct vgpu_group *group;
	struct vgpu_group_list *list;

	(void)state;
	dump_changes = 3;
	assert_int_equal(vgpu_group_list_get(mock->ctx, NULL, &list), 0);
	assert_int_equal(mock->requests, 4);
	group = vgpu_group_list_at(list, 0);
	assert_int_equal(vgpu_group_id(group), 5);
	assert_string_equal(vgpu_group_path(group), "/a");
	assert_int_equal(vgpu_group_objects(group), 9);
	assert_int_equal(vgpu_group_limited(group), 1);
	assert_int_equal(vgpu_group_frozen(group), 1);
	assert_true(vgpu_group_kernel_memory_max(group) == LIBVGPU_UNLIMITED);
	assert_null(vgpu_group_list_at(list, 1));
	vgpu_group_list_free(list);
	mock_stop(mock);
}

static void test_dump_never_still(void **state)
{
	struct mock *mock = mock_start(answer_dump);
	struct vgpu_group_list *list = NULL;

	(void)state;
	dump_changes = 1000;
	assert_int_equal(vgpu_group_list_get(mock->ctx, NULL, &list), -EAGAIN);
	assert_null(list);
	assert_in_range(mock->requests, 2, 100);
	mock_stop(mock);
}

static void answer_dump_refusal(struct mock *mock, int fd,
				const struct nlmsghdr *request)
{
	(void)mock;
	mock_done(fd, request, -EOPNOTSUPP, "no cgroup v2 here", 0);
}

/* The refusal of a dump comes in its last message. */
static void test_dump_refusal(void **state)
{
	struct mock *mock = mock_start(answer_dump_refusal);
	struct vgpu_group_list *list = NULL;

	(void)state;
	assert_int_equal(vgpu_group_list_get(mock->ctx, NULL, &list),
			 -EOPNOTSUPP);
	assert_null(list);
	assert_string_equal(vgpu_ctx_error(mock->ctx), "no cgroup v2 here");
	mock_stop(mock);
}

/* Without a transport of the tests; there is no module on a build machine. */
static void test_real_socket(void **state)
{
	struct vgpu_info *info = NULL;
	struct vgpu_ctx *ctx;
	int err;

	(void)state;
	assert_int_equal(vgpu_ctx_create(&ctx), 0);
	err = vgpu_info_get(ctx, &info);
	assert_true(err == 0 || err == -ENOPKG);
	vgpu_info_free(info);
	vgpu_ctx_free(ctx);
}

static void answer_ok(struct mock *mock, int fd, const struct nlmsghdr *request)
{
	(void)mock;
	mock_ack(fd, request, 0, NULL, 0);
}

static void test_freeze(void **state)
{
	const struct vgpu_cgroup cg = { .sz = sizeof(cg), .id = 5 };
	struct mock *mock = mock_start(answer_ok);
	const struct nlmsghdr *request = (void *)mock->request;
	struct nlattr *attr;

	(void)state;
	assert_int_equal(vgpu_group_set_frozen(mock->ctx, &cg, 42), 0);
	assert_int_equal(mock_cmd(request), VGPU_CMD_GROUP_SET);
	attr = mock_attr(request, VGPU_A_GROUP_CGROUP_ID);
	assert_int_equal(nla_get_u64(attr), 5);
	attr = mock_attr(request, VGPU_A_GROUP_FROZEN);
	assert_int_equal(nla_get_u32(attr), 1);
	assert_null(mock_attr(request, VGPU_A_GROUP_KERNEL_MEMORY_MAX));
	assert_int_equal(vgpu_group_set_frozen(mock->ctx, &cg, 0), 0);
	attr = mock_attr(request, VGPU_A_GROUP_FROZEN);
	assert_int_equal(nla_get_u32(attr), 0);
	mock_stop(mock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_not_loaded),
		cmocka_unit_test(test_reloaded),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_bare_refusal),
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_bad_arguments),
		cmocka_unit_test(test_dump_interrupted),
		cmocka_unit_test(test_dump_never_still),
		cmocka_unit_test(test_dump_refusal),
		cmocka_unit_test(test_freeze),
		cmocka_unit_test(test_real_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
