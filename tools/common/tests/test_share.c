// SPDX-License-Identifier: GPL-2.0
/*
 * Shares of time: what is taken, what is refused and why, what is printed.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "array.h"
#include "share.h"

#define UNTOUCHED	0xdeadbeef

static const struct {
	const char *text;
	int err;
	uint32_t share;
} shares[] = {
	{ "0%", 0, 0 },
	{ "0.01%", 0, 1 },
	{ "0.1%", 0, 10 },
	{ "1%", 0, 100 },
	{ "007%", 0, 700 },
	{ "12.5%", 0, 1250 },
	{ "12.50%", 0, 1250 },
	{ "33.33%", 0, 3333 },
	{ "99.99%", 0, 9999 },
	{ "100%", 0, 10000 },
	{ "100.00%", 0, 10000 },
	{ "100.01%", -ERANGE, 0 },
	{ "100.1%", -ERANGE, 0 },
	{ "101%", -ERANGE, 0 },
	{ "4294967396%", -ERANGE, 0 },
	{ "42949673.46%", -ERANGE, 0 },
	{ "99999999999999999999999%", -ERANGE, 0 },
	{ "12.555%", -EINVAL, 0 },
	{ "100.001%", -EINVAL, 0 },
	{ "", -EINVAL, 0 },
	{ "%", -EINVAL, 0 },
	{ "30", -EINVAL, 0 },
	{ "30 %", -EINVAL, 0 },
	{ " 30%", -EINVAL, 0 },
	{ "30%%", -EINVAL, 0 },
	{ "30% ", -EINVAL, 0 },
	{ ".5%", -EINVAL, 0 },
	{ "5.%", -EINVAL, 0 },
	{ "1.2.3%", -EINVAL, 0 },
	{ "1,5%", -EINVAL, 0 },
	{ "-1%", -EINVAL, 0 },
	{ "+1%", -EINVAL, 0 },
	{ "1e1%", -EINVAL, 0 },
	{ "0x1%", -EINVAL, 0 },
	{ "inf%", -EINVAL, 0 },
	{ "max", -EINVAL, 0 },
};

static void test_parse(void **state)
{
	uint32_t share;
	size_t i;
	int err;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shares); i++) {
		share = UNTOUCHED;
		err = share_parse(shares[i].text, &share);
		if (err != shares[i].err ||
		    share != (err ? UNTOUCHED : shares[i].share))
			fail_msg("\"%s\" gave %d and %" PRIu32,
				 shares[i].text, err, share);
	}
}

static void test_parse_number(void **state)
{
	static const char * const none[] = {
		"", "%", "30%", "30 ", "5.", ".5", "12.555", "-1", "1e1",
	};
	uint32_t share = UNTOUCHED;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(none); i++)
		assert_int_equal(share_parse_number(none[i], &share), -EINVAL);
	assert_int_equal(share_parse_number("100.01", &share), -ERANGE);
	assert_int_equal(share, UNTOUCHED);
}

/* What is printed is read back as what it was. */
static void test_format(void **state)
{
	char text[SHARE_TEXT];
	uint32_t share, back;

	(void)state;
	for (share = 0; share <= 10000; share++) {
		back = UNTOUCHED;
		assert_int_equal(share_parse(share_format(share, text), &back),
				 0);
		assert_int_equal(back, share);
		back = UNTOUCHED;
		assert_int_equal(share_parse_number(share_number(share, text),
						    &back), 0);
		assert_int_equal(back, share);
	}
	assert_string_equal(share_format(3000, text), "30%");
	assert_string_equal(share_format(1250, text), "12.5%");
	assert_string_equal(share_format(1255, text), "12.55%");
	assert_string_equal(share_format(1, text), "0.01%");
	assert_string_equal(share_number(1005, text), "10.05");
	share_format(UINT64_MAX, text);
	assert_true(strlen(text) < SHARE_TEXT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_number),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
