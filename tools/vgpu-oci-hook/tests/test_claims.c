// SPDX-License-Identifier: GPL-2.0
/*
 * What is claimed by environments, annotations and checkpoints, and what of
 * them is refused, whole.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "annotations.h"
#include "checkpoint.h"
#include "config.h"
#include "env.h"
#include "options.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MI	(1ULL << 20)
#define NONE	LIBVGPU_UNLIMITED
#define A	"GPU-ec8d6047-1c2b-4d39-9f31-6a1f6f5f2d10"
#define B	"GPU-0fc3eda5-e98b-a25b-5b0d-cf5c855d1448"
#define VISIBLE	"NVIDIA_VISIBLE_DEVICES="

/* Of one device, all that is claimed taken together. */
struct want {
	const char *device;
	uint64_t memory;
	uint32_t compute;
};

static void check(const struct claims *claims, const struct want *want,
		  size_t n)
{
	struct want got;
	size_t i, j;

	for (i = 0; i < n && want[i].device; i++) {
		got = (struct want){ want[i].device, NONE, PART_UNSET };
		for (j = 0; j < claims->n; j++) {
			if (strcmp(claims->item[j].device, want[i].device))
				continue;
			if (claims->item[j].memory < got.memory)
				got.memory = claims->item[j].memory;
			if (claims->item[j].compute < got.compute)
				got.compute = claims->item[j].compute;
		}
		assert_true(got.memory == want[i].memory);
		assert_int_equal(got.compute, want[i].compute);
	}
	for (j = 0; j < claims->n; j++) {
		for (i = 0; i < n && want[i].device; i++)
			if (!strcmp(claims->item[j].device, want[i].device))
				break;
		/* Nothing is claimed of another device. */
		assert_true(i < n && want[i].device);
	}
}

static const struct {
	const char *env[6];
	int err;
	struct want want[2];
} envs[] = {
	{ { VISIBLE A, "CUDA_DEVICE_MEMORY_LIMIT_0=4096m",
	    "CUDA_DEVICE_SM_LIMIT=30" }, 0, { { A, 4096 * MI, 3000 } } },
	{ { VISIBLE A "," B, "CUDA_DEVICE_MEMORY_LIMIT_0=3g",
	    "CUDA_DEVICE_MEMORY_LIMIT_1=512K", "CUDA_DEVICE_SM_LIMIT=50" },
	  0, { { A, 3072 * MI, 5000 }, { B, MI / 2, 5000 } } },
	{ { VISIBLE A "," B, "CUDA_DEVICE_SM_LIMIT_1=10",
	    "CUDA_DEVICE_MEMORY_LIMIT=1g", "CUDA_DEVICE_SM_LIMIT=50" },
	  0, { { A, 1024 * MI, 5000 }, { B, 1024 * MI, 1000 } } },
	/* Bytes without a suffix, devices by minor. */
	{ { VISIBLE "1", "CUDA_DEVICE_MEMORY_LIMIT=8589934592",
	    "CUDA_DEVICE_SM_LIMIT=50" }, 0, { { "nvidia1", 8192 * MI, 5000 } } },
	/* 0 and absence are no limit. */
	{ { VISIBLE A, "CUDA_DEVICE_MEMORY_LIMIT=0",
	    "CUDA_DEVICE_SM_LIMIT=0" }, 0, { { 0 } } },
	{ { VISIBLE A, "CUDA_DEVICE_SM_LIMIT=100" }, 0, { { 0 } } },
	{ { VISIBLE A, "CUDA_DEVICE_SM_LIMIT=50",
	    "GPU_CORE_UTILIZATION_POLICY=disable" }, 0, { { 0 } } },
	{ { VISIBLE A, "CUDA_DEVICE_SM_LIMIT=50",
	    "GPU_CORE_UTILIZATION_POLICY=FORCE" }, 0, { { A, NONE, 5000 } } },
	{ { VISIBLE A, "CUDA_DEVICE_SM_LIMIT=50",
	    "GPU_CORE_UTILIZATION_POLICY=force",
	    "GPU_CORE_UTILIZATION_POLICY=disable" }, 0,
	  { { A, NONE, 5000 } } },
	/* Whoever hides the devices is held on each. */
	{ { "CUDA_DEVICE_MEMORY_LIMIT=1g" }, 0,
	  { { "", 1024 * MI, PART_UNSET } } },
	{ { VISIBLE A, VISIBLE "void", "CUDA_DEVICE_MEMORY_LIMIT=1g" }, 0,
	  { { "", 1024 * MI, PART_UNSET } } },
	{ { VISIBLE "all", "CUDA_DEVICE_MEMORY_LIMIT=1g" }, 0,
	  { { "", 1024 * MI, PART_UNSET } } },
	/* Devices by CDI, or by mounts: which is the i-th nobody says. */
	{ { "CUDA_DEVICE_MEMORY_LIMIT_0=2g", "CUDA_DEVICE_MEMORY_LIMIT_1=1g",
	    "CUDA_DEVICE_SM_LIMIT=30" }, 0, { { "", 1024 * MI, 3000 } } },
	{ { VISIBLE "all", "CUDA_DEVICE_SM_LIMIT_0=30" }, 0,
	  { { "", NONE, 3000 } } },
	{ { VISIBLE "/var/run/nvidia-container-devices",
	    "CUDA_DEVICE_MEMORY_LIMIT_0=1g", "CUDA_DEVICE_SM_LIMIT=30" }, 0,
	  { { "", 1024 * MI, 3000 } } },
	{ { "CUDA_DEVICE_MEMORY_LIMIT_0=0" }, 0, { { 0 } } },
	/* Who adds a larger value, or no limit, gains nothing. */
	{ { VISIBLE A, "CUDA_DEVICE_MEMORY_LIMIT_0=4096m",
	    "CUDA_DEVICE_MEMORY_LIMIT_0=99999m",
	    "CUDA_DEVICE_MEMORY_LIMIT_0=0" }, 0,
	  { { A, 4096 * MI, PART_UNSET } } },
	{ { VISIBLE A, "CUDA_DEVICE_MEMORY_LIMIT=1g",
	    "CUDA_DEVICE_MEMORY_LIMIT_0=99g" }, 0,
	  { { A, 1024 * MI, PART_UNSET } } },
	/* MiB, both names or neither, and the smaller of two contracts. */
	{ { VISIBLE A, "NVIDIA_GPU_MEMORY_REQUEST=1024",
	    "NVIDIA_GPU_MEMORY_LIMIT=2048" }, 0,
	  { { A, 2048 * MI, PART_UNSET } } },
	{ { VISIBLE A, "NVIDIA_GPU_MEMORY_LIMIT=2048" }, 0, { { 0 } } },
	{ { VISIBLE A, "NVIDIA_GPU_MEMORY_REQUEST=0",
	    "NVIDIA_GPU_MEMORY_LIMIT=2048" }, 0,
	  { { A, 2048 * MI, PART_UNSET } } },
	{ { VISIBLE A, "NVIDIA_GPU_MEMORY_REQUEST=0",
	    "NVIDIA_GPU_MEMORY_LIMIT=0" }, 0, { { 0 } } },
	{ { VISIBLE A, "NVIDIA_GPU_MEMORY_REQUEST=x",
	    "NVIDIA_GPU_MEMORY_LIMIT=2048" }, -EINVAL, { { 0 } } },
	{ { VISIBLE A, "NVIDIA_GPU_MEMORY_REQUEST=1",
	    "NVIDIA_GPU_MEMORY_LIMIT=2048", "CUDA_DEVICE_MEMORY_LIMIT=1g" },
	  0, { { A, 1024 * MI, PART_UNSET } } },
	/* Refused. */
	{ { VISIBLE A ",", "CUDA_DEVICE_MEMORY_LIMIT=1g" }, -EINVAL, { { 0 } } },
	{ { VISIBLE "GPU- x", "CUDA_DEVICE_MEMORY_LIMIT=1g" }, -EINVAL,
	  { { 0 } } },
	{ { VISIBLE A, "CUDA_DEVICE_MEMORY_LIMIT_1=1g" }, -EINVAL, { { 0 } } },
	{ { VISIBLE A, "CUDA_DEVICE_MEMORY_LIMIT=4t" }, -EINVAL, { { 0 } } },
	{ { VISIBLE A, "CUDA_DEVICE_MEMORY_LIMIT=" }, -EINVAL, { { 0 } } },
	{ { VISIBLE A, "CUDA_DEVICE_MEMORY_LIMIT_0=-1" }, -EINVAL, { { 0 } } },
	{ { VISIBLE A, "CUDA_DEVICE_SM_LIMIT=101" }, -EINVAL, { { 0 } } },
	{ { VISIBLE A, "CUDA_DEVICE_SM_LIMIT=12.5" }, -EINVAL, { { 0 } } },
	{ { VISIBLE A, "GPU_CORE_UTILIZATION_POLICY=no" }, -EINVAL,
	  { { 0 } } },
	{ { VISIBLE A, "NVIDIA_GPU_MEMORY_REQUEST=1",
	    "NVIDIA_GPU_MEMORY_LIMIT=2g" }, -EINVAL, { { 0 } } },
	/* The first is taken, and goes with the second. */
	{ { VISIBLE A, "CUDA_DEVICE_MEMORY_LIMIT_0=1g",
	    "CUDA_DEVICE_MEMORY_LIMIT_0=1x" }, -EINVAL, { { 0 } } },
};

static void environments(void **unused)
{
	struct claims claims;
	struct refusal why;
	size_t i, n;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(envs); i++) {
		for (n = 0; n < 6 && envs[i].env[n];)
			n++;
		why.text[0] = '\0';
		claims.n = 0;
		print_message("# environment %zu\n", i);
		assert_int_equal(env_claims(envs[i].env, n, "env", &claims,
					    &why), envs[i].err);
		assert_int_equal(!!why.text[0], !!envs[i].err);
		check(&claims, envs[i].want, 2);
	}
}

static const char *pair_at(const void *from, const char *name)
{
	const char *const *pair;

	for (pair = from; *pair; pair += 2)
		if (!strcmp(pair[0], name))
			return pair[1];
	return NULL;
}

static const char *pair_next(const void *from, const char *name)
{
	const char *const *pair = from;

	if (!name)
		return *pair;
	while (strcmp(*pair, name))
		pair += 2;
	return pair[2];
}

#define HAMI	"hami.io/vgpu-devices-allocated"
#define VOLCANO	"volcano.sh/vgpu-ids-new"
#define KOORD	"scheduling.koordinator.sh/device-allocated"
#define GPUS(s)	"{\"gpu\":[" s "]}"
#define GPU(minor, resources) \
	"{\"minor\":" minor ",\"resources\":{" resources "}}"

static const struct {
	const char *pair[9];
	int err;
	bool several;
	struct want want[2];
} annotated[] = {
	{ { "io.vgpu.memory", "4096m", "io.vgpu.compute", "12.5%" }, 0, false,
	  { { "", 4096 * MI, 1250 } } },
	{ { "io.vgpu.memory", "1G", "io.vgpu.devices", "card0," A }, 0, false,
	  { { "card0", 1024 * MI, PART_UNSET },
	    { A, 1024 * MI, PART_UNSET } } },
	{ { "io.vgpu.devices", "card0" }, 0, false, { { 0 } } },
	{ { "io.vgpu.memory", "0" }, 0, false, { { "", 0, PART_UNSET } } },
	{ { HAMI, A ",NVIDIA,2000,30:;" }, 0, false,
	  { { A, 2000 * MI, 3000 } } },
	{ { HAMI, ";" A ",NVIDIA,2000,0:" B ",NVIDIA,1000,100:;" }, 0, false,
	  { { A, 2000 * MI, PART_UNSET }, { B, 1000 * MI, PART_UNSET } } },
	{ { HAMI, A ",NVIDIA,2000,30:;" A ",NVIDIA,1000,30:;" }, 0, true,
	  { { 0 } } },
	{ { HAMI, ";" }, 0, false, { { 0 } } },
	{ { HAMI, "" }, 0, false, { { 0 } } },
	{ { VOLCANO, A ",NVIDIA,1126,25:" }, 0, false,
	  { { A, 1126 * MI, 2500 } } },
	{ { KOORD, GPUS(GPU("0", "\"koordinator.sh/gpu-core\":\"50\","
			    "\"koordinator.sh/gpu-memory\":\"11520Mi\"")) },
	  0, false, { { "nvidia0", 11520 * MI, 5000 } } },
	{ { KOORD, "{\"rdma\":[]}" }, 0, false, { { 0 } } },
	{ { "gpu-memory", "2000" }, 0, false, { { "", 2000 * MI, PART_UNSET } } },
	{ { "gpu-memory", "2000", "gpu-fraction-container-name", "other" }, 0,
	  false, { { 0 } } },
	{ { "nvidia.com/container.app.gpu-memory.limit", "8Gi",
	    "nvidia.com/container.app.gpus.devices", A,
	    "nvidia.com/container.other.gpu-memory.limit", "1Gi" }, 0, false,
	  { { A, 8192 * MI, PART_UNSET } } },
	/* Refused. */
	{ { "io.vgpu.mem", "4G" }, -EINVAL, false, { { 0 } } },
	{ { "io.vgpu.memory", "lots" }, -EINVAL, false, { { 0 } } },
	{ { "io.vgpu.memory", "1G", "io.vgpu.devices", "" }, -EINVAL, false,
	  { { 0 } } },
	{ { "io.vgpu.compute", "0" }, -EINVAL, false, { { 0 } } },
	{ { "io.vgpu.compute", "101" }, -EINVAL, false, { { 0 } } },
	{ { "io.vgpu.weight", "10001" }, -EINVAL, false, { { 0 } } },
	{ { "io.vgpu.weight", "0" }, -EINVAL, false, { { 0 } } },
	{ { "io.vgpu.priority", "urgent" }, -EINVAL, false, { { 0 } } },
	{ { HAMI, A ",NVIDIA,2000:;" }, -EINVAL, false, { { 0 } } },
	{ { HAMI, A }, -EINVAL, false, { { 0 } } },
	{ { HAMI, A ",NVIDIA,2000,30,1:;" }, -EINVAL, false, { { 0 } } },
	{ { HAMI, A ",NVIDIA,2000,101:;" }, -EINVAL, false, { { 0 } } },
	{ { HAMI, A ",NVIDIA,-1,30:;" }, -EINVAL, false, { { 0 } } },
	{ { HAMI, ",NVIDIA,1,30:;" }, -EINVAL, false, { { 0 } } },
	{ { HAMI, A ",NVIDIA,1,:;" }, -EINVAL, false, { { 0 } } },
	{ { KOORD, "{\"gpu\":{}}" }, -EINVAL, false, { { 0 } } },
	{ { KOORD, "nonsense" }, -EINVAL, false, { { 0 } } },
	{ { KOORD, GPUS("{}") }, -EINVAL, false, { { 0 } } },
	{ { KOORD, GPUS(GPU("-1", "")) }, -EINVAL, false, { { 0 } } },
	{ { KOORD, GPUS(GPU("0", "\"koordinator.sh/gpu-memory\":\"8GiB\"")) },
	  -EINVAL, false, { { 0 } } },
	{ { KOORD, GPUS(GPU("0", "\"koordinator.sh/gpu-core\":\"500m\"")) },
	  -EINVAL, false, { { 0 } } },
	{ { KOORD, GPUS(GPU("0", "\"koordinator.sh/gpu-memory\":\"500m\"")) },
	  -EINVAL, false, { { 0 } } },
	{ { "gpu-fraction", "1.5" }, -EINVAL, false, { { 0 } } },
	{ { "gpu-fraction", "0" }, -EINVAL, false, { { 0 } } },
	{ { "gpu-memory", "2Gi" }, -EINVAL, false, { { 0 } } },
	{ { "nvidia.com/container.app.gpu-memory.limit", "8GiB" }, -EINVAL,
	  false, { { 0 } } },
	/* The first source is taken, and goes with the second. */
	{ { "io.vgpu.memory", "1G", HAMI, "x" }, -EINVAL, false, { { 0 } } },
};

static void annotations(void **unused)
{
	struct claims claims;
	struct refusal why;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(annotated); i++) {
		struct annotations a = {
			.at = pair_at, .next = pair_next, .source = "test",
			.from = annotated[i].pair, .container = "app",
		};

		why.text[0] = '\0';
		claims.n = 0;
		print_message("# annotations %zu\n", i);
		assert_int_equal(annotations_claims(&a, &claims, &why),
				 annotated[i].err);
		assert_int_equal(!!why.text[0], !!annotated[i].err);
		assert_int_equal(a.several, annotated[i].several);
		check(&claims, annotated[i].want, 2);
	}
}

#define ENTRY(pod, name, answer) \
	"{\"PodUID\":\"" pod "\",\"ContainerName\":\"" name "\"," \
	"\"ResourceName\":\"nvidia.com/gpu\",\"DeviceIDs\":{\"-1\":[\"a\"]}," \
	"\"AllocResp\":\"" answer "\"}"
#define ENTRIES(s) "{\"Data\":{\"PodDeviceEntries\":[" s "]},\"Checksum\":1}"
/* envs: NVIDIA_VISIBLE_DEVICES=A, CUDA_DEVICE_MEMORY_LIMIT_0=1g */
#define ANSWER \
	"CkIKFk5WSURJQV9WSVNJQkxFX0RFVklDRVMSKEdQVS1lYzhkNjA0Ny0xYzJiLTRk" \
	"MzktOWYzMS02YTFmNmY1ZjJkMTAKIAoaQ1VEQV9ERVZJQ0VfTUVNT1JZX0xJTUlU" \
	"XzASAjFn"

static const struct {
	const char *text;
	int err;
	struct want want[2];
} checkpoints[] = {
	{ ENTRIES(ENTRY("uid", "app", ANSWER)), 0,
	  { { A, 1024 * MI, PART_UNSET } } },
	{ ENTRIES(ENTRY("uid", "other", ANSWER)), 0, { { 0 } } },
	{ ENTRIES(ENTRY("uid2", "app", ANSWER)), 0, { { 0 } } },
	{ ENTRIES(""), 0, { { 0 } } },
	{ "{\"Data\":{\"PodDeviceEntries\":null}}", 0, { { 0 } } },
	{ ENTRIES(ENTRY("uid", "app", "")), 0, { { 0 } } },
	{ ENTRIES(ENTRY("uid", "app", "CgI=")), -EINVAL, { { 0 } } },
	{ ENTRIES(ENTRY("uid", "app", "CgIK")), -EINVAL, { { 0 } } },
	{ ENTRIES(ENTRY("uid", "app", "####")), -EINVAL, { { 0 } } },
	{ ENTRIES(ENTRY("uid", "app", ANSWER) ","
		  ENTRY("uid", "app", "CgI")), -EINVAL, { { 0 } } },
	{ ENTRIES("{}"), -EINVAL, { { 0 } } },
	{ ENTRIES("1"), -EINVAL, { { 0 } } },
	{ "{}", -EINVAL, { { 0 } } },
	{ "", -EINVAL, { { 0 } } },
	{ "{\"Data\":{\"PodDeviceEntries\":{}}}", -EINVAL, { { 0 } } },
};

static void read_checkpoints(void **unused)
{
	static const char one[] = ENTRIES(ENTRY("uid", "app", ANSWER));
	struct claims claims;
	struct refusal why;
	bool others;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(checkpoints); i++) {
		why.text[0] = '\0';
		claims.n = 0;
		print_message("# checkpoint %zu\n", i);
		assert_int_equal(checkpoint_claims(checkpoints[i].text,
						   strlen(checkpoints[i].text),
						   "uid", "app", &claims,
						   &others, &why),
				 checkpoints[i].err);
		assert_int_equal(!!why.text[0], !!checkpoints[i].err);
		check(&claims, checkpoints[i].want, 2);
	}
	/* Of which pod nobody says: it may be the one that has devices. */
	claims.n = 0;
	others = false;
	assert_int_equal(checkpoint_claims(one, strlen(one), NULL, "app",
					   &claims, &others, &why), -EINVAL);
	assert_int_equal(checkpoint_claims(one, strlen(one), NULL, "other",
					   &claims, &others, &why), 0);
	assert_false(others);
	assert_int_equal(claims.n, 0);
}

static const struct {
	const char *text;
	bool others;
} siblings[] = {
	{ ENTRIES(ENTRY("uid", "other", ANSWER)), true },
	{ ENTRIES(ENTRY("uid", "other", ANSWER) ","
		  ENTRY("uid", "app", "")), true },
	{ ENTRIES(ENTRY("uid", "app", ANSWER)), false },
	{ ENTRIES(ENTRY("uid2", "other", ANSWER)), false },
	/* Without a quota, and with one that nobody can read. */
	{ ENTRIES(ENTRY("uid", "other", "")), false },
	{ ENTRIES(ENTRY("uid", "other", "####")), false },
};

static void others_of_the_pod(void **unused)
{
	struct claims claims;
	struct refusal why;
	bool others;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(siblings); i++) {
		claims.n = 0;
		others = false;
		print_message("# siblings %zu\n", i);
		assert_int_equal(checkpoint_claims(siblings[i].text,
						   strlen(siblings[i].text),
						   "uid", "app", &claims,
						   &others, &why), 0);
		assert_int_equal(others, siblings[i].others);
	}
}

static void configurations(void **unused)
{
	static const char *const bad[] = {
		"", "[]", "{\"process\":{\"env\":[1]}}",
		"{\"process\":{\"env\":[\"A=\\u0000\"]}}",
		"{\"annotations\":{\"a\":1}}", "{} x", "{}{}",
		/* What json-c takes for JSON. */
		"{\"annotations\":{},}", "{\"annotations\":NULL}",
		"/* { */ {}",
		/* CRI-O's, and what the author of the pod would have it be. */
		"{\"annotations\":{"
		"\"io.kubernetes.cri-o.ContainerType\":\"container\","
		"\"io.kubernetes.cri.container-type\":\"sandbox\"}}",
		"{\"annotations\":{\"io.kubernetes.pod.uid\":\"u\","
		"\"io.kubernetes.cri.sandbox-uid\":\"v\"}}",
		"{\"annotations\":{\"io.kubernetes.container.name\":\"n\","
		"\"io.kubernetes.cri.container-name\":\"m\"}}",
	};
	static const char good[] =
		"{\"annotations\":{\"io.kubernetes.cri.sandbox-uid\":\"u\","
		"\"io.kubernetes.container.name\":\"n\"}}";
	struct config config;
	struct refusal why;
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		why.text[0] = '\0';
		assert_int_equal(config_parse(bad[i], strlen(bad[i]), &config,
					      &why), -EINVAL);
		assert_true(why.text[0]);
		assert_null(config.root);
		assert_null(config.env);
	}
	assert_int_equal(config_parse(good, strlen(good), &config, &why), 0);
	assert_string_equal(config.pod, "u");
	assert_string_equal(config.name, "n");
	assert_int_equal(config.env_n, 0);
	assert_false(config.sandbox);
	config_free(&config);
}

static void arguments(void **unused)
{
	char memory[] = "--memory=50%";
	char *good[9] = { "hook", "--device", "3", memory, "--weight",
			  "7", "--priority", "low", "--trust-env" };
	char unknown[] = "--mem";
	char *bad[4] = { "hook", unknown, "1G", "--optional" };
	/* A second is refused, however its value comes. */
	char *once[6] = {
		"--device", "--memory", "--compute", "--weight", "--priority",
		"--checkpoint",
	};
	char *values[6] = { "1", "16M", "5", "7", "low", "/file" };
	char again[32];
	struct options options;
	struct refusal why;
	size_t i;

	(void)unused;
	assert_int_equal(options_read(ARRAY_SIZE(good), good, &options, &why),
			 0);
	assert_string_equal(options.claim.device, "nvidia3");
	assert_int_equal(options.claim.share, 5000);
	assert_int_equal(options.claim.weight, 7);
	assert_int_equal(options.claim.priority, LIBVGPU_PRIORITY_LOW);
	assert_true(options.trust_env);
	assert_false(options.optional);
	assert_int_equal(options_read(ARRAY_SIZE(bad), bad, &options, &why),
			 -EINVAL);
	assert_true(options.optional);
	for (i = 0; i < ARRAY_SIZE(once); i++) {
		char *two[4] = { "hook", once[i], values[i], again };

		snprintf(again, sizeof(again), "%s=%s", once[i], values[i]);
		assert_int_equal(options_read(3, two, &options, &why), 0);
		assert_int_equal(options_read(4, two, &options, &why), -EINVAL);
		assert_non_null(strstr(why.text, "twice"));
	}
	assert_int_equal(options_read(2, (char *[]){ "hook", "--memory" },
				      &options, &why), -EINVAL);
	assert_int_equal(options_read(2, (char *[]){ "hook", "word" },
				      &options, &why), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(environments),
		cmocka_unit_test(annotations),
		cmocka_unit_test(read_checkpoints),
		cmocka_unit_test(others_of_the_pod),
		cmocka_unit_test(configurations),
		cmocka_unit_test(arguments),
	};

	return cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
