// SPDX-License-Identifier: GPL-2.0
/*
 * Sizes: what is taken, what is refused and why, what is printed.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vgpu/types.h>

#include "size.h"

#define UNTOUCHED	0xdeadbeefULL
#define TOTAL		(8ULL << 30)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define KI (1ULL << 10)
#define MI (1ULL << 20)
#define GI (1ULL << 30)

static const struct {
	const char *text;
	int err;
	uint64_t bytes;
} sizes[] = {
	{ "0", 0, 0 },
	{ "00012", 0, 12 },
	{ "4096", 0, 4096 },
	{ "1B", 0, 1 },
	{ "1b", 0, 1 },
	{ "4K", 0, 4 * KI },
	{ "4k", 0, 4 * KI },
	{ "4KB", 0, 4 * KI },
	{ "4KiB", 0, 4 * KI },
	{ "4kib", 0, 4 * KI },
	{ "512MiB", 0, 512 * MI },
	{ "512M", 0, 512 * MI },
	{ "4G", 0, 4 * GI },
	{ "1.5G", 0, 1536 * MI },
	{ "0.5K", 0, 512 },
	{ "0.1K", 0, 102 },
	{ "1.999999999999999999B", 0, 1 },
	{ "2T", 0, 2048 * GI },
	{ "1P", 0, 1ULL << 50 },
	{ "15E", 0, 15ULL << 60 },
	{ "15.999999E", 0, 18446742920788047009ULL },
	{ "18446744073709551614", 0, UINT64_MAX - 1 },
	{ "max", 0, LIBVGPU_UNLIMITED },
	{ "unlimited", 0, LIBVGPU_UNLIMITED },
	{ "50%", 0, 4 * GI },
	{ "0%", 0, 0 },
	{ "100%", 0, TOTAL },
	{ "100.0%", 0, TOTAL },
	{ "12.5%", 0, GI },
	{ "33.3%", 0, 2860448219ULL },
	{ "100.1%", -ERANGE, 0 },
	{ "101%", -ERANGE, 0 },
	{ "16E", -ERANGE, 0 },
	{ "18446744073709551615", -ERANGE, 0 },
	{ "18446744073709551616", -ERANGE, 0 },
	{ "99999999999999999999999999", -ERANGE, 0 },
	{ "17179869184G", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ " ", -EINVAL, 0 },
	{ "G", -EINVAL, 0 },
	{ "%", -EINVAL, 0 },
	{ ".", -EINVAL, 0 },
	{ ".5G", -EINVAL, 0 },
	{ "5.", -EINVAL, 0 },
	{ "5.G", -EINVAL, 0 },
	{ "1.2.3", -EINVAL, 0 },
	{ "1.0000000000000000001", -EINVAL, 0 },
	{ "1,5G", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "+1", -EINVAL, 0 },
	{ "-0", -EINVAL, 0 },
	{ "0x10", -EINVAL, 0 },
	{ "1e9", -EINVAL, 0 },
	{ "1e", 0, 1ULL << 60 },
	{ "4 G", -EINVAL, 0 },
	{ " 4G", -EINVAL, 0 },
	{ "4G ", -EINVAL, 0 },
	{ "4GG", -EINVAL, 0 },
	{ "4Gi", -EINVAL, 0 },
	{ "4GiBs", -EINVAL, 0 },
	{ "4Gb/s", -EINVAL, 0 },
	{ "4BB", -EINVAL, 0 },
	{ "4BiB", -EINVAL, 0 },
	{ "4Z", -EINVAL, 0 },
	{ "4Y", -EINVAL, 0 },
	{ "50%%", -EINVAL, 0 },
	{ "50 %", -EINVAL, 0 },
	{ "%50", -EINVAL, 0 },
	{ "50%G", -EINVAL, 0 },
	{ "maximum", -EINVAL, 0 },
	{ "MAX", -EINVAL, 0 },
	{ "max ", -EINVAL, 0 },
	{ "inf", -EINVAL, 0 },
	{ "nan", -EINVAL, 0 },
	{ "\xc2\xbdGiB", -EINVAL, 0 },
	{ "\xff", -EINVAL, 0 },
	{ "4\n", -EINVAL, 0 },
};

static void test_parse(void **state)
{
	const uint64_t total = TOTAL;
	uint64_t bytes;
	size_t i;
	int err;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		bytes = UNTOUCHED;
		err = size_parse(sizes[i].text, &total, &bytes);
		if (err != sizes[i].err ||
		    bytes != (err ? UNTOUCHED : sizes[i].bytes))
			fail_msg("\"%s\" gave %d and %" PRIu64,
				 sizes[i].text, err, bytes);
	}
}

static void test_unknown_total(void **state)
{
	uint64_t bytes = UNTOUCHED;

	(void)state;
	assert_int_equal(size_parse("50%", NULL, &bytes), -ENODATA);
	assert_int_equal(size_parse("0%", NULL, &bytes), -ENODATA);
	assert_int_equal(size_parse("101%", NULL, &bytes), -ERANGE);
	assert_true(bytes == UNTOUCHED);
	assert_true(size_is_share("50%"));
	assert_false(size_is_share("50"));
	assert_false(size_is_share(""));
}

/* Every string of up to four of these characters ends, in one of four ways. */
static void test_all_short(void **state)
{
	static const char letters[] = "019.%GgKiBEmx- \xff";
	const size_t n = sizeof(letters) - 1;
	const uint64_t total = TOTAL;
	size_t i, k, rest;
	uint64_t bytes;
	char text[5];
	int err;

	(void)state;
	for (i = 0; i < n * n * n * n; i++) {
		rest = i;
		memset(text, 0, sizeof(text));
		for (k = 0; k < 4; k++, rest /= n)
			text[k] = letters[rest % n];
		bytes = UNTOUCHED;
		err = size_parse(text, &total, &bytes);
		if (err)
			assert_true(bytes == UNTOUCHED &&
				    (err == -EINVAL || err == -ERANGE));
		else if (text[0] < '0' || text[0] > '9')
			fail_msg("\"%s\" is taken", text);
	}
}

static const struct {
	uint64_t bytes;
	const char *text;
} formats[] = {
	{ 0, "0 B" },
	{ 1023, "1023 B" },
	{ 1024, "1.00 KiB" },
	{ 1536, "1.50 KiB" },
	{ 10 * KI, "10.0 KiB" },
	{ 100 * KI, "100 KiB" },
	{ MI - 1, "1.00 MiB" },
	{ 4 * GI, "4.00 GiB" },
	{ UINT64_MAX - 1, "16.0 EiB" },
	{ LIBVGPU_UNLIMITED, "max" },
};

static void test_format(void **state)
{
	char text[SIZE_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		assert_string_equal(size_format(formats[i].bytes, text),
				    formats[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_unknown_total),
		cmocka_unit_test(test_all_short),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
