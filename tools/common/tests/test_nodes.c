// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes: which names are of some, and where they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nodes.h"

static void test_nodes(void **state)
{
	(void)state;
	assert_string_equal(node_folder("card0"), "dri/");
	assert_string_equal(node_folder("renderD128"), "dri/");
	assert_string_equal(node_folder("accel0"), "accel/");
	assert_string_equal(node_folder("nvidia0"), "");
}

static void test_others(void **state)
{
	(void)state;
	assert_null(node_folder("GPU-0a1b"));
	assert_null(node_folder("MIG-0a1b"));
	assert_null(node_folder("pci:0000:03:00.0"));
	assert_null(node_folder(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
