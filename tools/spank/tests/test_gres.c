// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "array.h"
#include "gres.h"

static struct share share[GRES_GPUS];

/* What a text gives of the first three GPUs, as part and whole. */
static const struct {
	const char *detail;
	uint64_t shards;
	uint64_t want[6];
} good[] = {
	{ NULL, 0, { 0, 0, 0, 0, 0, 0 } },
	{ "", 0, { 0, 0, 0, 0, 0, 0 } },
	{ "gpu:1(IDX:0)", 0, { 1, 1, 0, 0, 0, 0 } },
	{ "gpu:tesla:2(IDX:1-2)", 0, { 0, 0, 1, 1, 1, 1 } },
	{ "gpu:a:1(IDX:0),gpu:b:1(IDX:2)", 0, { 1, 1, 0, 0, 1, 1 } },
	{ "gpu:2(IDX:0,2)", 0, { 1, 1, 0, 0, 1, 1 } },
	{ "shard:3(3/4)", 0, { 3, 4, 0, 0, 0, 0 } },
	{ "shard:gpu:3(0/4,3/8)", 0, { 0, 0, 3, 8, 0, 0 } },
	{ "shard:5(4/4,1/4)", 0, { 4, 4, 1, 4, 0, 0 } },
	{ "shard:2(IDX:1)", 8, { 0, 0, 2, 8, 0, 0 } },
	{ "gpu:1(IDX:0),shard:1(0/4,1/4)", 0, { 1, 1, 1, 4, 0, 0 } },
	{ "license:2,shard:1(1/4)", 0, { 1, 4, 0, 0, 0, 0 } },
	{ "craynetwork(CNT:2),mps:5(5/100),shard:1(1/4)", 0,
	  { 1, 4, 0, 0, 0, 0 } },
	{ "shard:1(1/4),gpu:1(IDX:0)", 0, { 1, 1, 0, 0, 0, 0 } },
};

static const struct {
	const char *detail;
	uint64_t shards;
	int err;
} bad[] = {
	{ "gpu", 0, 0 },
	{ "gpu:1", 0, -EINVAL },
	{ "gpu:1(IDX:)", 0, -EINVAL },
	{ "gpu:1(IDX:0", 0, -EINVAL },
	{ "gpu:1(IDX:0)x", 0, -EINVAL },
	{ "gpu:1(IDX:64)", 0, -ERANGE },
	{ "gpu:1(IDX:3-1)", 0, -ERANGE },
	{ "gpu:1(IDX:0-99999999999)", 0, -ERANGE },
	{ "gpu:1(IDX:99999999999999999999)", 0, -EINVAL },
	{ "shard:1", 0, -EINVAL },
	{ "shard:1(IDX:0)", 0, -EINVAL },
	{ "shard:9(IDX:0)", 8, -ERANGE },
	{ "shard:2(IDX:0-1)", 8, -EINVAL },
	{ "shard:2(IDX:0,1)", 8, -EINVAL },
	{ "shard:x(1/4)", 0, -EINVAL },
	{ "shard:1(1/0)", 0, -ERANGE },
	{ "shard:5(5/4)", 0, -ERANGE },
	{ "shard:1(1)", 0, -EINVAL },
	{ "shard:1(1/4", 0, -EINVAL },
	{ "shard:1(-1/4)", 0, -EINVAL },
};

static void test_parse(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(gres_parse(good[i].detail, good[i].shards,
					    share), 0);
		for (k = 0; k < 3; k++) {
			assert_int_equal(share[k].part, good[i].want[2 * k]);
			assert_int_equal(share[k].whole,
					 good[i].want[2 * k + 1]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(gres_parse(bad[i].detail, bad[i].shards,
					    share), bad[i].err);
}

static void test_parts(void **state)
{
	const struct share quarter = { 1, 4 }, all = { 1, 1 }, none = { 0, 0 };
	const struct share tiny = { 1, 1000000 }, third = { 1, 3 };

	(void)state;
	assert_int_equal(share_memory(&quarter, 16ULL << 30), 4ULL << 30);
	assert_int_equal(share_memory(&third, 100), 33);
	assert_int_equal(share_memory(&all, UINT64_MAX), UINT64_MAX);
	assert_int_equal(share_memory(&none, UINT64_MAX), 0);
	assert_int_equal(share_memory(&quarter, UINT64_MAX), UINT64_MAX / 4);
	assert_int_equal(share_compute(&quarter), 2500);
	assert_int_equal(share_compute(&third), 3333);
	assert_int_equal(share_compute(&all), LIBVGPU_SHARE_FULL);
	assert_int_equal(share_compute(&none), 0);
	assert_int_equal(share_compute(&tiny), 1);
}

static void test_wishes(void **state)
{
	static const char * const no_memory[] = {
		"", "x", "-1", "1X", "4G4", "4 G", "1.5G", "9223372036854775808",
		"8589934592G", "99999999999999999999", "4GBB", "%", "50%",
	};
	static const char * const no_compute[] = {
		"", "0", "0.0", "101", "100.1", "-5", "5.", "5.555", "5 %",
		"%", "x", "5%%", "1e1",
	};
	uint64_t memory;
	uint32_t compute;
	size_t i;

	(void)state;
	assert_int_equal(wish_memory("4096", &memory), 0);
	assert_int_equal(memory, 4096);
	assert_int_equal(wish_memory("4096m", &memory), 0);
	assert_int_equal(memory, 4ULL << 30);
	assert_int_equal(wish_memory("4GiB", &memory), 0);
	assert_int_equal(memory, 4ULL << 30);
	assert_int_equal(wish_memory("0", &memory), 0);
	assert_int_equal(memory, 0);
	for (i = 0; i < ARRAY_SIZE(no_memory); i++)
		assert_int_equal(wish_memory(no_memory[i], &memory), -EINVAL);
	assert_int_equal(wish_compute("25", &compute), 0);
	assert_int_equal(compute, 2500);
	assert_int_equal(wish_compute("12.5%", &compute), 0);
	assert_int_equal(compute, 1250);
	assert_int_equal(wish_compute("0.01", &compute), 0);
	assert_int_equal(compute, 1);
	assert_int_equal(wish_compute("100%", &compute), 0);
	assert_int_equal(compute, LIBVGPU_SHARE_FULL);
	for (i = 0; i < ARRAY_SIZE(no_compute); i++)
		assert_int_equal(wish_compute(no_compute[i], &compute),
				 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_wishes),
	};

	return cmocka_run_group_tests_name("spank", tests, NULL, NULL);
}
