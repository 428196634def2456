// SPDX-License-Identifier: GPL-2.0
/*
 * Releases of NVIDIA's open kernel modules, and what changed at which.
 *
 * A row holds from its release on until the next row's. A major release that
 * is not listed as known has not been looked at, and is refused: groups with a
 * quota then do not get in.
 */
#include "abi.h"

#ifdef __KERNEL__
#include <linux/kernel.h>
#else
#include <stdio.h>
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif

static const u16 known[] = {
	535, 545, 550, 555, 560, 565, 570, 575, 580, 590, 595,
};

static const struct nv_abi releases[] = {
	{
		.major = 535, .minor = 54, .patch = 3,
		.op_alloc_size = NV_NVOS21_SIZE,
		.fb_info_v2_size = 436,
		.fb_region_size = 48,
		.vidmem_size = 120,
		.util_samples_size = 34000,
		.util_engine_size = 116,
		.partition_size = 224,
		.partitions_size = 1800,
		.schedule_size = 2,
	}, {
		.major = 545, .minor = 23, .patch = 6,
		.op_alloc_size = NV_NVOS21_SIZE,
		.fb_info_v2_size = 444,
		.fb_region_size = 48,
		.vidmem_size = 128,
		.util_samples_size = 34000,
		.util_engine_size = 116,
		.partition_size = 232,
		.partitions_size = 1864,
		.schedule_size = 2,
	}, {
		.major = 550, .minor = 40, .patch = 7,
		.op_alloc_size = NV_NVOS21_SIZE,
		.fb_info_v2_size = 444,
		.fb_region_size = 48,
		.vidmem_size = 128,
		.util_samples_size = 50704,
		.util_engine_size = 116,
		.partition_size = 232,
		.partitions_size = 1864,
		.schedule_size = 2,
	}, {
		.major = 560, .minor = 28, .patch = 3,
		.op_alloc_size = NV_NVOS21_SIZE,
		.fb_info_v2_size = 460,
		.fb_region_size = 48,
		.vidmem_size = 128,
		.util_samples_size = 50704,
		.util_engine_size = 116,
		.partition_size = 232,
		.partitions_size = 1864,
		.schedule_size = 2,
	}, {
		.major = 570, .minor = 86, .patch = 15,
		.op_alloc_size = NV_NVOS21_SIZE,
		.fb_info_v2_size = 460,
		.fb_region_size = 48,
		.vidmem_size = 128,
		.util_samples_size = 55888,
		.util_engine_size = 128,
		.partition_size = 232,
		.partitions_size = 1864,
		.schedule_size = 2,
	}, {
		.major = 575, .minor = 51, .patch = 2,
		.op_alloc_size = NV_NVOS64_SIZE,
		.fb_info_v2_size = 460,
		.fb_region_size = 48,
		.vidmem_size = 128,
		.util_samples_size = 55888,
		.util_engine_size = 128,
		.partition_size = 232,
		.partitions_size = 1864,
		.schedule_size = 3,
	}, {
		.major = 580, .minor = 65, .patch = 6,
		.op_alloc_size = NV_NVOS64_SIZE,
		.fb_info_v2_size = 1028,
		.fb_region_size = 56,
		.vidmem_size = 128,
		.util_samples_size = 55888,
		.util_engine_size = 128,
		.partition_size = 232,
		.partitions_size = 1864,
		.schedule_size = 3,
	},
};

/* "550.163.01", "535.98" */
bool nv_abi_parse(const char *version, u16 *major, u16 *minor, u16 *patch)
{
	unsigned int part[3] = { 0 };

	if (sscanf(version, "%3u.%3u.%3u", &part[0], &part[1], &part[2]) < 2)
		return false;
	*major = part[0];
	*minor = part[1];
	*patch = part[2];
	return true;
}

static bool is_known(u16 major)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i] == major)
			return true;
	return false;
}

/* Releases in their order; their numbers have three digits. */
static u32 rank(u16 major, u16 minor, u16 patch)
{
	return major * 1000000u + minor * 1000u + patch;
}

/**
 * nv_abi_find - the layouts of a release
 * @major: of its number
 * @minor: likewise
 * @patch: likewise, 0 where it has none
 *
 * Context: Any.
 * Return: the row, or NULL for a release that is older than the first or of a
 * branch that has not been looked at.
 */
const struct nv_abi *nv_abi_find(u16 major, u16 minor, u16 patch)
{
	const struct nv_abi *found = NULL;
	size_t i;

	if (!is_known(major))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(releases); i++)
		if (rank(releases[i].major, releases[i].minor,
			 releases[i].patch) <= rank(major, minor, patch))
			found = &releases[i];
	return found;
}

/*
 * Where RM asks osFindNsPid() for what it answers: gpu_rmapi.c for the first two,
 * kern_perf_ctrl.c, gpu_acct.c. What it does not ask for has the numbers of the
 * initial namespace. Of 570, two branches came out in turns.
 */
static const struct {
	u16 major, minor, patch;
	u16 answers;
} namespaces[] = {
	{ 535, 113, 1, NV_NS_PIDS },
	{ 565, 57, 1, NV_NS_PIDS | NV_NS_PID_INFO },
	{ 570, 86, 15, NV_NS_PIDS | NV_NS_PID_INFO | NV_NS_SAMPLES |
		       NV_NS_ACCOUNTS },
	{ 570, 123, 11, NV_NS_PIDS | NV_NS_PID_INFO | NV_NS_SAMPLES },
	{ 570, 124, 4, NV_NS_PIDS | NV_NS_PID_INFO | NV_NS_SAMPLES |
		       NV_NS_ACCOUNTS },
	{ 570, 133, 20, NV_NS_PIDS | NV_NS_PID_INFO | NV_NS_SAMPLES },
};

/**
 * nv_abi_namespaces - which answers a release gives in the caller's namespace
 * @major: of its number
 * @minor: likewise
 * @patch: likewise, 0 where it has none
 *
 * Context: Any.
 * Return: NV_NS_*, added.
 */
u16 nv_abi_namespaces(u16 major, u16 minor, u16 patch)
{
	u16 answers = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(namespaces); i++)
		if (rank(namespaces[i].major, namespaces[i].minor,
			 namespaces[i].patch) <= rank(major, minor, patch))
			answers = namespaces[i].answers;
	return answers;
}
