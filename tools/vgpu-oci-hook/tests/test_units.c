// SPDX-License-Identifier: GPL-2.0
/*
 * The units of each contract, and the paths of cgroups.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "container.h"
#include "state.h"
#include "units.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MI	(1ULL << 20)

static const struct {
	int (*read)(const char *text, uint64_t *out);
	const char *text;
	int err;
	uint64_t value;
} sizes[] = {
	{ units_number, "0", 0, 0 },
	{ units_number, "18446744073709551614", 0, UINT64_MAX - 1 },
	{ units_number, "18446744073709551615", -ERANGE, 0 },
	{ units_number, "18446744073709551616", -ERANGE, 0 },
	{ units_number, "1.0", -EINVAL, 0 },
	{ units_number, "", -EINVAL, 0 },
	{ units_number, "-1", -EINVAL, 0 },
	{ units_number, " 1", -EINVAL, 0 },
	{ units_number, "1 ", -EINVAL, 0 },
	{ units_mib, "4096", 0, 4096 * MI },
	{ units_mib, "17592186044416", -ERANGE, 0 },
	{ units_mib, "4096m", -EINVAL, 0 },
	{ units_hami_size, "4096m", 0, 4096 * MI },
	{ units_hami_size, "3G", 0, 3072 * MI },
	{ units_hami_size, "512k", 0, MI / 2 },
	{ units_hami_size, "8589934592", 0, 8192 * MI },
	{ units_hami_size, "17179869184g", -ERANGE, 0 },
	{ units_hami_size, "4t", -EINVAL, 0 },
	{ units_hami_size, "4mm", -EINVAL, 0 },
	{ units_hami_size, "1.5g", -EINVAL, 0 },
	{ units_hami_size, "m", -EINVAL, 0 },
	{ units_quantity, "8Gi", 0, 8192 * MI },
	{ units_quantity, "11520Mi", 0, 11520 * MI },
	{ units_quantity, "12508288Ki", 0, 12508288ULL << 10 },
	{ units_quantity, "1.5Gi", 0, 1536 * MI },
	{ units_quantity, "8G", 0, 8000000000 },
	{ units_quantity, "100k", 0, 100000 },
	{ units_quantity, "1E", 0, 1000000000000000000 },
	{ units_quantity, "12e6", 0, 12000000 },
	{ units_quantity, "12E6", 0, 12000000 },
	{ units_quantity, "1500m", 0, 1 },
	{ units_quantity, "0", 0, 0 },
	{ units_quantity, "0.0", 0, 0 },
	{ units_quantity, "0m", 0, 0 },
	{ units_quantity, "500m", -ERANGE, 0 },
	{ units_quantity, "0.5", -ERANGE, 0 },
	{ units_quantity, "50", 0, 50 },
	{ units_quantity, "16Ei", -ERANGE, 0 },
	{ units_quantity, "1e19", -ERANGE, 0 },
	{ units_quantity, "8GiB", -EINVAL, 0 },
	{ units_quantity, "8g", -EINVAL, 0 },
	{ units_quantity, "8ki", -EINVAL, 0 },
	{ units_quantity, "8.", -EINVAL, 0 },
	{ units_quantity, "1.2.3", -EINVAL, 0 },
	{ units_quantity, "1e", -EINVAL, 0 },
	{ units_quantity, "1e-3", -EINVAL, 0 },
};

static void read_sizes(void **unused)
{
	uint64_t got;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		got = 77;
		print_message("# \"%s\"\n", sizes[i].text);
		assert_int_equal(sizes[i].read(sizes[i].text, &got),
				 sizes[i].err);
		assert_true(got == (sizes[i].err ? 77 : sizes[i].value));
	}
}

static const struct {
	int (*read)(const char *text, uint32_t *out);
	const char *text;
	int err;
	uint32_t value;
} parts[] = {
	{ units_percent, "50", 0, 5000 },
	{ units_percent, "12.5%", 0, 1250 },
	{ units_percent, "0.01", 0, 1 },
	{ units_percent, "0.001", 0, 0 },
	{ units_percent, "100", 0, 10000 },
	{ units_percent, "100.01", -ERANGE, 0 },
	{ units_percent, "50 %", -EINVAL, 0 },
	{ units_percent, "%", -EINVAL, 0 },
	{ units_fraction, "0.5", 0, 5000 },
	{ units_fraction, "0.333333333333333333333", 0, 3333 },
	{ units_fraction, "1", 0, 10000 },
	{ units_fraction, "1.1", -ERANGE, 0 },
	{ units_fraction, "0.5%", -EINVAL, 0 },
	{ units_fraction, ".5", -EINVAL, 0 },
	{ units_fraction, "99999999999999999999", -ERANGE, 0 },
};

static void read_parts(void **unused)
{
	uint32_t got;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		got = 77;
		print_message("# \"%s\"\n", parts[i].text);
		assert_int_equal(parts[i].read(parts[i].text, &got),
				 parts[i].err);
		assert_true(got == (parts[i].err ? 77 : parts[i].value));
	}
}

static void read_state(void **unused)
{
	static const char *const bad[] = {
		"", "[]", "null", "{", "{\"bundle\":\"/b\"}", "{\"pid\":1}",
		"{\"pid\":0,\"bundle\":\"/b\"}",
		"{\"pid\":-3,\"bundle\":\"/b\"}",
		"{\"pid\":4294967297,\"bundle\":\"/b\"}",
		"{\"pid\":\"1\",\"bundle\":\"/b\"}",
		"{\"pid\":1,\"bundle\":\"b\"}", "{\"pid\":1,\"bundle\":\"\"}",
		"{\"pid\":1,\"bundle\":\"/b\\u0000c\"}",
		"{\"pid\":1,\"bundle\":\"/b\"} {}",
	};
	struct state got = { .pid = 77 };
	struct refusal why;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		why.text[0] = '\0';
		assert_int_equal(state_parse(bad[i], &got, &why), -EINVAL);
		assert_true(why.text[0]);
		assert_int_equal(got.pid, 77);
	}
	assert_int_equal(state_parse("{\"ociVersion\":\"1.0.2\",\"id\":\"c\","
				     "\"status\":\"creating\",\"pid\":4422,"
				     "\"bundle\":\"/run/b\"}\n", &got, &why),
			 0);
	assert_int_equal(got.pid, 4422);
	assert_string_equal(got.bundle, "/run/b");
}

static const struct {
	const char *text;
	const char *path;
} cgroups[] = {
	{ "0::/a/b\n", "/a/b" },
	{ "0::/a", "/a" },
	{ "0::/\n", "/" },
	{ "12:memory:/m\n1:name=systemd:/s\n0::/u\n", "/u" },
	{ "0::/a b (deleted)\n", NULL },
	{ "0::/../x\n", NULL },
	{ "12:memory:/m\n", NULL },
	{ "", NULL },
	{ "0::\n", NULL },
};

static void read_cgroups(void **unused)
{
	char path[PATH_MAX];
	struct refusal why;
	size_t i;
	int err;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(cgroups); i++) {
		why.text[0] = '\0';
		err = cgroup_unified(cgroups[i].text, path, &why);
		assert_int_equal(!err, !!cgroups[i].path);
		assert_int_equal(!err, !why.text[0]);
		if (!err)
			assert_string_equal(path, cgroups[i].path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_sizes),
		cmocka_unit_test(read_parts),
		cmocka_unit_test(read_state),
		cmocka_unit_test(read_cgroups),
	};

	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
