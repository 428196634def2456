// SPDX-License-Identifier: GPL-2.0
/*
 * What vgpu_nvidia takes for the layout of each release that is named on the
 * command line, in the form of scripts/nvidia-abi and behind the release:
 * "STRUCT - SIZE", "STRUCT.MEMBER OFFSET", or "STRUCT.MEMBER size SIZE", and
 * "BITS NAME HIGH:LOW". "UNKNOWN" alone if vgpu would refuse the release.
 */
#include <stdio.h>

#include "../../../kmod/drivers/nvidia/abi.c"

/* The same in every release: what the list says and what became of it. */
#define SIZE(id, type, value)		{ #type " -", value, NV_##id },
#define OFFSET(id, type, field, value)	{ #type "." #field, value, NV_##id },

static const struct {
	const char *key;
	unsigned int value;
	unsigned int used;
} fixed[] = {
	NV_ABI_SIZES(SIZE)
	NV_ABI_OFFSETS(OFFSET)
};

static u32 location(u32 attr)
{
	return NV_ATTR_LOCATION(attr);
}

static u32 page_size(u32 attr)
{
	return NV_ATTR_PAGE_SIZE(attr);
}

/* The bits that a field takes, by trying each. */
static void print_bits(const char *release, const char *name, u32 (*field)(u32))
{
	unsigned int low = 0, high = 31;

	while (low < 31 && !field(1u << low))
		low++;
	while (high > low && !field(1u << high))
		high--;
	printf("%s BITS %s %u:%u\n", release, name, high, low);
}

static void print_size(const char *release, const char *key, u32 size)
{
	printf("%s %s %u\n", release, key, size);
}

static void print(const char *release, const struct nv_abi *abi)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fixed); i++)
		print_size(release, fixed[i].key,
			   fixed[i].used == fixed[i].value ?
			   fixed[i].value : ~0u);
	print_bits(release, "NVOS32_ATTR_LOCATION", location);
	print_bits(release, "NVOS32_ATTR_PAGE_SIZE", page_size);

	/* Each member of struct nv_abi; nvidia/tables looks for them here. */
	print_size(release, "nvidia_kernel_rmapi_ops_t.params.alloc size",
		   abi->op_alloc_size);
	print_size(release, "NV2080_CTRL_FB_GET_INFO_V2_PARAMS -",
		   abi->fb_info_v2_size);
	print_size(release,
		   "NV2080_CTRL_CMD_FB_GET_FB_REGION_FB_REGION_INFO -",
		   abi->fb_region_size);
	print_size(release, "NV_MEMORY_ALLOCATION_PARAMS -", abi->vidmem_size);
	print_size(release,
		   "NV2080_CTRL_PERF_GET_GPUMON_PERFMON_UTIL_SAMPLES_V2_PARAMS -",
		   abi->util_samples_size);
	print_size(release, "NV2080_CTRL_PERF_GPUMON_ENGINE_UTIL_SAMPLE -",
		   abi->util_engine_size);
	print_size(release, "NVA06C_CTRL_GPFIFO_SCHEDULE_PARAMS -",
		   abi->schedule_size);
	print_size(release, "NVA06F_CTRL_GPFIFO_SCHEDULE_PARAMS -",
		   abi->schedule_size);
	print_size(release, "NV2080_CTRL_GPU_GET_PARTITION_INFO -",
		   abi->partition_size);
	print_size(release, "NV2080_CTRL_GPU_GET_PARTITIONS_PARAMS -",
		   abi->partitions_size);
	print_size(release,
		   "NV2080_CTRL_GPU_GET_PARTITIONS_PARAMS.validPartitionCount",
		   nv_abi_partitions_count(abi));
	print_size(release,
		   "NV2080_CTRL_GPU_GET_PARTITIONS_PARAMS.bGetAllPartitionInfo",
		   nv_abi_partitions_count(abi) + sizeof(u32));
}

int main(int argc, char *argv[])
{
	const struct nv_abi *abi;
	u16 part[3];
	int i;

	for (i = 1; i < argc; i++) {
		if (!nv_abi_parse(argv[i], &part[0], &part[1], &part[2]))
			return 1;
		abi = nv_abi_find(part[0], part[1], part[2]);
		if (abi)
			print(argv[i], abi);
		else
			printf("%s UNKNOWN\n", argv[i]);
	}
	return 0;
}
