// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Setting quotas: what goes over the wire, what is refused before it does, and
 * how a refusal names the limit inside the request.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vgpu/vgpu.h>

#include "mock.h"

static const struct vgpu_cgroup pod = {
	.sz = sizeof(pod),
	.path = "/pods/a",
	.delegate_fd = 9,
};

static void answer_ok(struct mock *mock, int fd, const struct nlmsghdr *request)
{
	(void)mock;
	mock_ack(fd, request, 0, NULL, 0);
}

static void check_entry(struct nlattr *entry, const char *name, uint64_t max)
{
	struct nlattr *attr;

	assert_true(entry->nla_type & NLA_F_NESTED);
	attr = mock_nested(entry, VGPU_A_QUOTA_ENTRY_DEVICE_NAME);
	assert_string_equal(nla_get_string(attr), name);
	assert_null(mock_nested(entry, VGPU_A_QUOTA_ENTRY_DEVICE_ID));
	attr = mock_nested(entry, VGPU_A_QUOTA_ENTRY_MEMORY_MAX);
	assert_true(nla_get_u64(attr) == max);
}

static void test_two_devices(void **state)
{
	const struct vgpu_quota_change changes[] = {
		{
			.sz = sizeof(changes[0]),
			.device = "card0",
			.set = LIBVGPU_QUOTA_MEMORY,
			.memory_max = 4096,
		}, {
			.sz = sizeof(changes[0]),
			.device = "card1",
			.set = LIBVGPU_QUOTA_MEMORY |
			       LIBVGPU_QUOTA_MEMORY_SYSTEM |
			       LIBVGPU_QUOTA_MANAGED,
			.memory_max = LIBVGPU_UNLIMITED,
			.memory_system_max = 0,
			.managed = LIBVGPU_MANAGED_DENY,
		},
	};
	struct mock *mock = mock_start(answer_ok);
	const struct nlmsghdr *request = (void *)mock->request;
	struct nlattr *group, *attr, *entry[2];
	unsigned int n = 0;
	int rest;

	(void)state;
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, changes, 2), 0);
	assert_int_equal(mock->requests, 1);
	assert_int_equal(mock_cmd(request), VGPU_CMD_QUOTA_SET);
	group = mock_attr(request, VGPU_A_QUOTA_GROUP);
	assert_true(group->nla_type & NLA_F_NESTED);
	attr = mock_nested(group, VGPU_A_GROUP_CGROUP_PATH);
	assert_string_equal(nla_get_string(attr), "/pods/a");
	assert_int_equal(nla_get_u32(mock_nested(group,
						 VGPU_A_GROUP_CGROUP_FD)), 9);
	assert_null(mock_nested(group, VGPU_A_GROUP_CGROUP_ID));
	nla_for_each_attr(attr, nlmsg_attrdata(request, GENL_HDRLEN),
			  nlmsg_attrlen(request, GENL_HDRLEN), rest)
		if (nla_type(attr) == VGPU_A_QUOTA_ENTRY && n < 2)
			entry[n++] = attr;
	assert_int_equal(n, 2);
	check_entry(entry[0], "card0", 4096);
	check_entry(entry[1], "card1", UINT64_MAX);
	assert_null(mock_nested(entry[0],
				VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX));
	attr = mock_nested(entry[1], VGPU_A_QUOTA_ENTRY_MEMORY_SYSTEM_MAX);
	assert_true(nla_get_u64(attr) == 0);
	assert_null(mock_nested(entry[0], VGPU_A_QUOTA_ENTRY_MANAGED));
	attr = mock_nested(entry[1], VGPU_A_QUOTA_ENTRY_MANAGED);
	assert_int_equal(nla_get_u32(attr), VGPU_MANAGED_DENY);
	mock_stop(mock);
}

static uint32_t entry_u32(struct nlattr *entry, int type)
{
	struct nlattr *attr = mock_nested(entry, type);

	assert_non_null(attr);
	assert_int_equal(nla_len(attr), sizeof(uint32_t));
	return nla_get_u32(attr);
}

static void test_time(void **state)
{
	struct vgpu_quota_change change = {
		.sz = sizeof(change),
		.device = "card0",
		.set = LIBVGPU_QUOTA_COMPUTE_MAX | LIBVGPU_QUOTA_COMPUTE_MIN |
		       LIBVGPU_QUOTA_COMPUTE_WEIGHT | LIBVGPU_QUOTA_PRIORITY |
		       LIBVGPU_QUOTA_FREEZER,
		.compute_max = 6000,
		.compute_min = 1250,
		.compute_weight = 200,
		.priority = LIBVGPU_PRIORITY_LOW,
		.freezer = LIBVGPU_FREEZER_IGNORE,
	};
	struct mock *mock = mock_start(answer_ok);
	const struct nlmsghdr *request = (void *)mock->request;
	struct nlattr *entry;

	(void)state;
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, &change, 1), 0);
	entry = mock_attr(request, VGPU_A_QUOTA_ENTRY);
	assert_int_equal(entry_u32(entry, VGPU_A_QUOTA_ENTRY_COMPUTE_MAX),
			 6000);
	assert_int_equal(entry_u32(entry, VGPU_A_QUOTA_ENTRY_COMPUTE_MIN),
			 1250);
	assert_int_equal(entry_u32(entry, VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT),
			 200);
	assert_int_equal(entry_u32(entry, VGPU_A_QUOTA_ENTRY_PRIORITY),
			 VGPU_PRIORITY_LOW);
	assert_int_equal(entry_u32(entry, VGPU_A_QUOTA_ENTRY_FREEZER),
			 VGPU_FREEZER_IGNORE);
	assert_null(mock_nested(entry, VGPU_A_QUOTA_ENTRY_MEMORY_MAX));
	/* Lifting is a value like others, and only what is chosen is sent. */
	change = (struct vgpu_quota_change){
		.sz = sizeof(change),
		.device = "card0",
		.set = LIBVGPU_QUOTA_COMPUTE_MIN,
	};
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, &change, 1), 0);
	entry = mock_attr(request, VGPU_A_QUOTA_ENTRY);
	assert_int_equal(entry_u32(entry, VGPU_A_QUOTA_ENTRY_COMPUTE_MIN), 0);
	assert_null(mock_nested(entry, VGPU_A_QUOTA_ENTRY_COMPUTE_MAX));
	assert_null(mock_nested(entry, VGPU_A_QUOTA_ENTRY_COMPUTE_WEIGHT));
	assert_null(mock_nested(entry, VGPU_A_QUOTA_ENTRY_PRIORITY));
	assert_null(mock_nested(entry, VGPU_A_QUOTA_ENTRY_FREEZER));
	mock_stop(mock);
}

static void test_most_devices(void **state)
{
	struct vgpu_quota_change changes[LIBVGPU_QUOTAS_MAX + 1];
	char name[LIBVGPU_NAME_MAX], path[4096];
	struct vgpu_cgroup cg = { .sz = sizeof(cg), .path = path };
	struct mock *mock = mock_start(answer_ok);
	size_t i;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	for (i = 0; i < ARRAY_SIZE(changes); i++)
		changes[i] = (struct vgpu_quota_change){
			.sz = sizeof(changes[0]),
			.device = name,
			.set = LIBVGPU_QUOTA_MEMORY |
			       LIBVGPU_QUOTA_MEMORY_SYSTEM |
			       LIBVGPU_QUOTA_MANAGED |
			       LIBVGPU_QUOTA_COMPUTE_MAX |
			       LIBVGPU_QUOTA_COMPUTE_MIN |
			       LIBVGPU_QUOTA_COMPUTE_WEIGHT |
			       LIBVGPU_QUOTA_PRIORITY |
			       LIBVGPU_QUOTA_FREEZER,
		};
	assert_int_equal(vgpu_quota_set(mock->ctx, &cg, changes,
					LIBVGPU_QUOTAS_MAX), 0);
	assert_int_equal(vgpu_quota_set(mock->ctx, &cg, changes,
					LIBVGPU_QUOTAS_MAX + 1), -EINVAL);
	assert_int_equal(vgpu_quota_set(mock->ctx, &cg, changes, 0), -EINVAL);
	assert_int_equal(mock->requests, 1);
	mock_stop(mock);
}

/* A program built against an older library, whose structure was shorter. */
static void test_shorter_structure(void **state)
{
	struct {
		size_t sz;
		const char *device;
		uint32_t device_id;
		unsigned int set;
		uint64_t memory_max;
	} old[2] = {
		{ sizeof(old[0]), NULL, 3, LIBVGPU_QUOTA_MEMORY, 1 },
		{ sizeof(old[0]), NULL, 4, LIBVGPU_QUOTA_RESET, 0 },
	};
	struct mock *mock = mock_start(answer_ok);
	const struct nlmsghdr *request = (void *)mock->request;
	struct nlattr *entry;

	(void)state;
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, (void *)old, 2), 0);
	entry = mock_attr(request, VGPU_A_QUOTA_ENTRY);
	assert_int_equal(nla_get_u32(mock_nested(entry,
						 VGPU_A_QUOTA_ENTRY_DEVICE_ID)),
			 3);
	assert_null(mock_nested(entry, VGPU_A_QUOTA_ENTRY_RESET));
	assert_null(mock_nested(entry, VGPU_A_QUOTA_ENTRY_COMPUTE_MAX));
	mock_stop(mock);
}

static void test_refused_here(void **state)
{
	struct vgpu_quota_change change = {
		.sz = sizeof(change),
		.device = "card0",
	};
	struct vgpu_cgroup two = { .sz = sizeof(two), .path = "/a", .id = 4 };
	struct vgpu_cgroup none = { .sz = sizeof(none) };
	struct vgpu_cgroup both = {
		.sz = sizeof(both),
		.fd = 5,
		.delegate_fd = 6,
	};
	struct mock *mock = mock_start(answer_ok);

	(void)state;
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, &change, 1), -EINVAL);
	change.set = LIBVGPU_QUOTA_RESET | LIBVGPU_QUOTA_MEMORY;
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, &change, 1), -EINVAL);
	change.set = 1U << 20;
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, &change, 1), -EINVAL);
	change.set = LIBVGPU_QUOTA_RESET;
	assert_int_equal(vgpu_quota_set(mock->ctx, &two, &change, 1), -EINVAL);
	assert_int_equal(vgpu_quota_set(mock->ctx, &none, &change, 1),
			 -EINVAL);
	assert_int_equal(vgpu_quota_set(mock->ctx, &both, &change, 1),
			 -EINVAL);
	assert_int_equal(vgpu_quota_set(mock->ctx, NULL, &change, 1), -EINVAL);
	assert_string_not_equal(vgpu_ctx_error(mock->ctx), "");
	assert_int_equal(mock->requests, 0);
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, &change, 1), 0);
	mock_stop(mock);
}

/* Refuses the guarantee in the entry. */
static void answer_promised(struct mock *mock, int fd,
			    const struct nlmsghdr *request)
{
	struct nlattr *entry = mock_attr(request, VGPU_A_QUOTA_ENTRY);
	struct nlattr *min = mock_nested(entry,
					 VGPU_A_QUOTA_ENTRY_COMPUTE_MIN);

	(void)mock;
	mock_ack(fd, request, -ENOSPC, "at most 12.50 % is left",
		 (uint32_t)((char *)min - (char *)request));
}

static void test_guarantee_refused(void **state)
{
	struct vgpu_quota_change change = {
		.sz = sizeof(change),
		.device = "card0",
		.set = LIBVGPU_QUOTA_COMPUTE_MIN,
		.compute_min = 5000,
	};
	struct mock *mock = mock_start(answer_promised);

	(void)state;
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, &change, 1), -ENOSPC);
	assert_string_equal(vgpu_ctx_error(mock->ctx),
			    "compute.min of card0: at most 12.50 % is left");
	mock_stop(mock);
}

/* Refuses the limit in the entry. */
static void answer_range(struct mock *mock, int fd,
			 const struct nlmsghdr *request)
{
	struct nlattr *entry = mock_attr(request, VGPU_A_QUOTA_ENTRY);
	struct nlattr *max = mock_nested(entry,
					 VGPU_A_QUOTA_ENTRY_MEMORY_MAX);

	(void)mock;
	mock_ack(fd, request, -ERANGE, "3G exceeds what the device has",
		 (uint32_t)((char *)max - (char *)request));
}

static void test_refused_there(void **state)
{
	struct vgpu_quota_change change = {
		.sz = sizeof(change),
		.device = "card0",
		.set = LIBVGPU_QUOTA_MEMORY,
		.memory_max = 3ULL << 30,
	};
	struct mock *mock = mock_start(answer_range);

	(void)state;
	assert_int_equal(vgpu_quota_set(mock->ctx, &pod, &change, 1), -ERANGE);
	assert_string_equal(vgpu_ctx_error(mock->ctx),
			    "memory.max of card0: 3G exceeds what the device has");
	mock_stop(mock);
}

static void answer_quotas(struct mock *mock, int fd,
			  const struct nlmsghdr *request)
{
	struct nl_msg *msg = mock_message(request, VGPU_CMD_QUOTA_GET,
					  NLM_F_MULTI);
	struct nlattr *nest;

	(void)mock;
	assert_non_null(mock_attr(request, VGPU_A_QUOTA_GROUP));
	nest = nla_nest_start(msg, VGPU_A_QUOTA_GROUP);
	nla_put_u64(msg, VGPU_A_GROUP_CGROUP_ID, 8);
	nla_put_string(msg, VGPU_A_GROUP_CGROUP_PATH, "/pods/a");
	nla_nest_end(msg, nest);
	nla_put_u32(msg, VGPU_A_QUOTA_DEVICE_ID, 2);
	nla_put_string(msg, VGPU_A_QUOTA_DEVICE_NAME, "card1");
	nla_put_u64(msg, VGPU_A_QUOTA_MEMORY_SYSTEM_MAX, 1 << 20);
	mock_send(fd, msg);
	msg = mock_message(request, VGPU_CMD_QUOTA_GET, NLM_F_MULTI);
	nla_put_u32(msg, VGPU_A_QUOTA_COMPUTE_MAX, 5000);
	nla_put_u32(msg, VGPU_A_QUOTA_COMPUTE_MIN, 2500);
	nla_put_u32(msg, VGPU_A_QUOTA_COMPUTE_WEIGHT, 300);
	nla_put_u32(msg, VGPU_A_QUOTA_PRIORITY, VGPU_PRIORITY_HIGH);
	nla_put_u32(msg, VGPU_A_QUOTA_FREEZER, VGPU_FREEZER_FOLLOW);
	mock_send(fd, msg);
	mock_done(fd, request, 0, NULL, 0);
}

static void test_list(void **state)
{
	struct mock *mock = mock_start(answer_quotas);
	const struct vgpu_quota *quota;
	struct vgpu_quota_list *list;

	(void)state;
	assert_int_equal(vgpu_quota_list_get(mock->ctx, &pod, &list), 0);
	quota = vgpu_quota_list_at(list, 0);
	assert_int_equal(vgpu_quota_cgroup_id(quota), 8);
	assert_string_equal(vgpu_quota_cgroup_path(quota), "/pods/a");
	assert_int_equal(vgpu_quota_device_id(quota), 2);
	assert_string_equal(vgpu_quota_device_name(quota), "card1");
	assert_true(vgpu_quota_memory_max(quota) == LIBVGPU_UNLIMITED);
	assert_int_equal(vgpu_quota_memory_system_max(quota), 1 << 20);
	assert_int_equal(vgpu_quota_compute_max(quota), LIBVGPU_SHARE_FULL);
	assert_int_equal(vgpu_quota_compute_min(quota), 0);
	assert_int_equal(vgpu_quota_compute_weight(quota), 0);
	assert_int_equal(vgpu_quota_priority(quota), LIBVGPU_PRIORITY_UNSET);
	assert_int_equal(vgpu_quota_freezer(quota), LIBVGPU_FREEZER_UNSET);
	quota = vgpu_quota_list_at(list, 1);
	assert_int_equal(vgpu_quota_compute_max(quota), 5000);
	assert_int_equal(vgpu_quota_compute_min(quota), 2500);
	assert_int_equal(vgpu_quota_compute_weight(quota), 300);
	assert_int_equal(vgpu_quota_priority(quota), LIBVGPU_PRIORITY_HIGH);
	assert_int_equal(vgpu_quota_freezer(quota), LIBVGPU_FREEZER_FOLLOW);
	vgpu_quota_list_free(list);
	mock_stop(mock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_devices),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_most_devices),
		cmocka_unit_test(test_shorter_structure),
		cmocka_unit_test(test_refused_here),
		cmocka_unit_test(test_refused_there),
		cmocka_unit_test(test_guarantee_refused),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
