// SPDX-License-Identifier: GPL-2.0
/*
 * Text that others chose: what is taken out of it, and what is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "utf8.h"

static const char *after(void (*change)(char *s), const char *text)
{
	static char s[64];

	strcpy(s, text);
	change(s);
	return s;
}

static void test_left(void **state)
{
	(void)state;
	assert_string_equal(after(utf8_plain, ""), "");
	assert_string_equal(after(utf8_plain, "/a b/~!\xc3\xa9\xe2\x82\xac"),
			    "/a b/~!\xc3\xa9\xe2\x82\xac");
	assert_string_equal(after(utf8_plain, "\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
	assert_string_equal(after(utf8_mend, "a\x1b[2J\n"), "a\x1b[2J\n");
}

static void test_controls(void **state)
{
	(void)state;
	assert_string_equal(after(utf8_plain, "a\x1b[31mb\n\t\x7f"), "a?[31mb???");
	assert_string_equal(after(utf8_plain, "\302\2332J\302\240"), "??2J\302\240");
}

static void test_broken(void **state)
{
	(void)state;
	assert_string_equal(after(utf8_mend, "a\377b"), "a?b");
	assert_string_equal(after(utf8_plain, "\xc0\x9b\xe2\x82"), "????");
	assert_string_equal(after(utf8_mend, "\xed\xa0\x80\xf4\x90\x80\x80"),
			    "???????");
	assert_string_equal(after(utf8_mend, "\xc3"), "?");
	assert_true(utf8_valid("\xc3\xa9"));
	assert_false(utf8_valid("\xc3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_left),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
