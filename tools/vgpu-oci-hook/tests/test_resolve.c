// SPDX-License-Identifier: GPL-2.0
/*
 * Claims come together on the devices of a host: the smaller counts, a device
 * has many names, and nobody gets out by naming another one, or none that is
 * there.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "resolve.h"

#define MI	(1ULL << 20)

#define A	"GPU-ec8d6047-1c2b-4d39-9f31-6a1f6f5f2d10"
#define B	"GPU-0fc3eda5-e98b-a25b-5b0d-cf5c855d1448"

static const struct host host = {
	.device = {
		{ .name = { "pci:0000:01:00.0", "nvidia0", A }, .names = 3,
		  .total = 8000 * MI, .total_known = true, .nvidia = true },
		{ .name = { "pci:0000:0a:00.0", "0000:0a:00.0", "card0" },
		  .names = 3 },
	},
	.n = 2,
};

/* One whose third device nobody has used yet. */
static struct host unused_gpu(void)
{
	struct host unused = host;

	unused.device[unused.n++] = (struct host_device){
		.name = { "pci:0000:03:00.0", "nvidia1" }, .names = 2,
		.nvidia = true,
	};
	return unused;
}

static struct notes notes;
static struct quotas quotas;
static struct refusal why;

static struct claim *add(struct claims *claims, const char *device)
{
	struct claim *claim = &claims->item[claims->n++];

	*claim = claim_empty(claims->n == 1 ? "the first" : "the second");
	strcpy(claim->device, device);
	return claim;
}

static int bring_together(const struct claims *claims, const struct host *on)
{
	notes.n = 0;
	why.text[0] = '\0';
	quotas.n = 77;
	return resolve(claims, on, &quotas, &notes, &why);
}

static void names(void **unused)
{
	struct claims claims = { .n = 0 };

	(void)unused;
	add(&claims, A)->memory = 4096 * MI;
	add(&claims, "nvidia0")->memory = 1024 * MI;
	assert_int_equal(bring_together(&claims, &host), 0);
	assert_int_equal(quotas.n, 1);
	assert_string_equal(quotas.item[0].device, "pci:0000:01:00.0");
	assert_true(quotas.item[0].memory == 1024 * MI);
	assert_int_equal(notes.n, 1);
	assert_string_equal(notes.text[0],
			    "memory of pci:0000:01:00.0: the first says 4294967296 bytes, the second says 1073741824; the smaller counts");
	/* Equal claims are no conflict. */
	claims.item[1].memory = 4096 * MI;
	assert_int_equal(bring_together(&claims, &host), 0);
	assert_int_equal(notes.n, 0);
	claims.item[0].weight = 70;
	claims.item[1].weight = 50;
	claims.item[0].priority = LIBVGPU_PRIORITY_LOW;
	claims.item[1].priority = LIBVGPU_PRIORITY_HIGH;
	assert_int_equal(bring_together(&claims, &host), 0);
	assert_int_equal(quotas.item[0].weight, 50);
	assert_int_equal(quotas.item[0].priority, LIBVGPU_PRIORITY_LOW);
	assert_int_equal(notes.n, 2);
	assert_string_equal(notes.text[0],
			    "weight of pci:0000:01:00.0: the first says 70, the second says 50; the smaller counts");
	assert_string_equal(notes.text[1],
			    "priority of pci:0000:01:00.0: the first says low, the second says high; the lower counts");
	/* Capitals make no other device. */
	strcpy(claims.item[0].device, "PCI:0000:0A:00.0");
	strcpy(claims.item[1].device, "0000:0a:00.0");
	claims.item[1].memory = MI;
	assert_int_equal(bring_together(&claims, &host), 0);
	assert_int_equal(quotas.n, 1);
	assert_string_equal(quotas.item[0].device, "pci:0000:0a:00.0");
	assert_true(quotas.item[0].memory == MI);
	strcpy(claims.item[0].device, "GPU-EC8D6047-1C2B-4D39-9F31-6A1F6F5F2D10");
	strcpy(claims.item[1].device, A);
	assert_int_equal(bring_together(&claims, &host), 0);
	assert_int_equal(quotas.n, 1);
}

static void unknown(void **unused)
{
	static const char *const names[] = {
		"nosuch", "pci:0000:99:00.0", "0000:99:00.0", "platform:x",
		"nvidia7", "GPU-b", B "[0-1]", B "0", "GPU-" B,
		"MIG-0fc3eda5-e98b-a25b-5b0d-cf5c855d1448",
		"GPU-0FC3EDA5-E98B-A25B-5B0D-CF5C855D1448", "GPU-",
		"GPU-0fc3eda5-e98b-a25b-5b0d-cf5c855d144",
		"GPU-0fc3eda5e98b-a25b-5b0d-cf5c855d14489",
	};
	struct host waiting = unused_gpu(), many = { .n = LIBVGPU_QUOTAS_MAX };
	struct claims claims = { .n = 0 };
	size_t i;

	(void)unused;
	add(&claims, "card0")->memory = MI;
	add(&claims, "")->memory = MI;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		print_message("# %s\n", names[i]);
		strcpy(claims.item[1].device, names[i]);
		assert_int_equal(bring_together(&claims, &host), -ENODEV);
		assert_int_equal(bring_together(&claims, &waiting), -ENODEV);
		assert_int_equal(quotas.n, 77);
		assert_non_null(strstr(why.text, names[i]));
	}
	/* A UUID, where a GPU may turn out to have it; where it cannot, not. */
	strcpy(claims.item[1].device, B);
	assert_int_equal(bring_together(&claims, &waiting), 0);
	assert_int_equal(quotas.n, 2);
	assert_string_equal(quotas.item[1].device, B);
	assert_int_equal(bring_together(&claims, &host), -ENODEV);
	assert_string_equal(why.text, "the second: " B
			    ": no such device; those of this host: pci:0000:01:00.0, pci:0000:0a:00.0");
	waiting.device[2].nvidia = false;
	assert_int_equal(bring_together(&claims, &waiting), -ENODEV);
	/* As many as there is room for; or none. */
	for (i = 0; i < many.n; i++)
		many.device[i] = host.device[1];
	assert_int_equal(bring_together(&claims, &many), -ENODEV);
	assert_non_null(strstr(why.text, "0, ..."));
	claims.item[0] = claims.item[1];
	assert_int_equal(bring_together(&claims, &(struct host){ .n = 0 }),
			 -ENODEV);
	assert_non_null(strstr(why.text, ": none"));
}

static void every_device(void **unused)
{
	struct claims claims = { .n = 0 };
	struct claim *claim = add(&claims, "");
	const struct host waiting = unused_gpu();

	(void)unused;
	claim->memory = 1024 * MI;
	claim->compute = 5000;
	claim->weight = 50;
	claim->priority = LIBVGPU_PRIORITY_HIGH;
	claim = add(&claims, B);
	claim->memory = 4096 * MI;
	claim->compute = 3000;
	claim->weight = 70;
	claim->priority = LIBVGPU_PRIORITY_LOW;
	assert_int_equal(bring_together(&claims, &waiting), 0);
	assert_int_equal(quotas.n, 4);
	/* The one that is named, and yet to come, is held to both. */
	assert_string_equal(quotas.item[0].device, B);
	assert_true(quotas.item[0].memory == 1024 * MI);
	assert_int_equal(quotas.item[0].compute, 3000);
	assert_int_equal(quotas.item[0].weight, 50);
	assert_int_equal(quotas.item[0].priority, LIBVGPU_PRIORITY_LOW);
	assert_string_equal(quotas.item[1].device, "pci:0000:01:00.0");
	assert_true(quotas.item[1].memory == 1024 * MI);
	assert_int_equal(quotas.item[1].compute, 5000);
	assert_string_equal(quotas.item[2].device, "pci:0000:0a:00.0");
	/* Where there is none, there is no quota, and so no container. */
	claims.n = 1;
	assert_int_equal(bring_together(&claims, &(struct host){ .n = 0 }),
			 -ENODEV);
	assert_int_equal(quotas.n, 77);
}

static void shares(void **unused)
{
	struct claims claims = { .n = 0 };
	const struct host waiting = unused_gpu();

	(void)unused;
	add(&claims, "")->share = 5000;
	assert_int_equal(bring_together(&claims, &host), 0);
	assert_true(quotas.item[0].memory == 4000 * MI);
	/* Of the other nobody knows what half of it is. */
	assert_true(!quotas.item[1].memory);
	assert_int_equal(notes.n, 1);
	strcpy(claims.item[0].device, "card0");
	assert_int_equal(bring_together(&claims, &host), -ENODATA);
	assert_int_equal(quotas.n, 77);
	assert_true(why.text[0]);
	strcpy(claims.item[0].device, B);
	assert_int_equal(bring_together(&claims, &waiting), -ENODEV);
	assert_non_null(strstr(why.text, "before its first use"));
	/* Without a host, as it was claimed. */
	assert_int_equal(bring_together(&claims, NULL), 0);
	assert_int_equal(quotas.item[0].share, 5000);
}

static void too_many(void **unused)
{
	struct claims claims = { .n = 0 };
	const struct host waiting = unused_gpu();
	char name[LIBVGPU_NAME_MAX];
	size_t i;

	(void)unused;
	for (i = 0; i <= LIBVGPU_QUOTAS_MAX; i++) {
		snprintf(name, sizeof(name), "%.*s%02zx",
			 (int)strlen(B) - 2, B, i);
		add(&claims, name)->memory = 1;
	}
	assert_int_equal(bring_together(&claims, &waiting), -E2BIG);
	assert_int_equal(quotas.n, 77);
	claims.n--;
	assert_int_equal(bring_together(&claims, &waiting), 0);
	assert_int_equal(quotas.n, LIBVGPU_QUOTAS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(unknown),
		cmocka_unit_test(every_device),
		cmocka_unit_test(shares),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
