// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which GPU a node is, by files such as the driver's.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mock.h"

static const struct {
	const char *address;
	const char *text;
} gpus[] = {
	{ "0000:01:00.0", "Model: \t\t fakegpu\nDevice Minor: \t 12\n" },
	{ "0000:02:00.0", "Model: \t\t fakegpu\nDevice Minor: \t 0\n" },
	{ "0000:03:00.0", "Model: \t\t fakegpu\n" },
	{ "0000:04:00.0", NULL },
};

static char dir[32];

static const char *path_of(size_t i, const char *file)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s%s", dir, gpus[i].address, file);
	return path;
}

static int setup(void **state)
{
	size_t i;
	FILE *f;

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/test_nvidia.XXXXXX");
	assert_non_null(mkdtemp(dir));
	for (i = 0; i < ARRAY_SIZE(gpus); i++) {
		assert_int_equal(mkdir(path_of(i, ""), 0700), 0);
		if (!gpus[i].text)
			continue;
		f = fopen(path_of(i, "/information"), "w");
		assert_non_null(f);
		fputs(gpus[i].text, f);
		assert_int_equal(fclose(f), 0);
	}
	return 0;
}

static int teardown(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(gpus); i++) {
		unlink(path_of(i, "/information"));
		rmdir(path_of(i, ""));
	}
	return rmdir(dir);
}

static void test_minor(void **state)
{
	static const char *const none[] = {
		"pci:0000:03:00.0", "pci:0000:04:00.0", "pci:0000:05:00.0",
		"pci:", "0000:01:00.0", "pci:../x", "virtio0",
	};
	unsigned int minor = 7;
	size_t i;

	(void)state;
	assert_true(nvidia_minor(dir, "pci:0000:01:00.0", &minor));
	assert_int_equal(minor, 12);
	assert_true(nvidia_minor(dir, "pci:0000:02:00.0", &minor));
	assert_int_equal(minor, 0);
	for (i = 0; i < ARRAY_SIZE(none); i++)
		assert_false(nvidia_minor(dir, none[i], &minor));
	assert_false(nvidia_minor("/nonexistent", "pci:0000:01:00.0", &minor));
}

static void test_device(void **state)
{
	static const char *const none[] = {
		"nvidia", "nvidia1", "nvidia00", "nvidia012", "nvidia12x",
		"nvidia-1", "nvidia 0", "nvidiactl", "nvidia4294967296",
		"pci:0000:01:00.0", "card0", "",
	};
	char device[LIBVGPU_NAME_MAX];
	size_t i;

	(void)state;
	assert_true(nvidia_device(dir, "nvidia12", device));
	assert_string_equal(device, "pci:0000:01:00.0");
	assert_true(nvidia_device(dir, "nvidia0", device));
	assert_string_equal(device, "pci:0000:02:00.0");
	for (i = 0; i < ARRAY_SIZE(none); i++)
		assert_false(nvidia_device(dir, none[i], device));
	assert_false(nvidia_device("/nonexistent", "nvidia0", device));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_minor),
		cmocka_unit_test(test_device),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
