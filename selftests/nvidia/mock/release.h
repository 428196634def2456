/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOCK_RELEASE_H
#define MOCK_RELEASE_H

#include <linux/types.h>

/**
 * struct mock_release - what differs between the releases that are played
 * @nr: major number, the value of the parameter "release"
 * @version: NV_VERSION_STRING
 * @frontend: nv-frontend.c registers major 195, nv.c does not
 * @match_fops: a device wants an open file whose f_op is nvidia_fops
 *	(nv_match_dev_state, since 550.40.07)
 * @exact: the size of every escape is checked first (nv_validate_ioctls)
 * @alloc64: NV04_ALLOC of the kernel interface carries NVOS64
 * @mem: NV_MEMORY_ALLOCATION_PARAMS
 * @channel: NV_CHANNEL_ALLOC_PARAMS
 * @vaspace: NV_VASPACE_ALLOCATION_PARAMETERS
 * @root: NV0000_ALLOC_PARAMETERS
 * @os46: NVOS46_PARAMETERS; @os46_out is the offset of dmaOffset, and
 *	status follows
 * @os47: NVOS47_PARAMETERS; @os47_out is the offset of status
 * @dmabuf: nv_ioctl_export_to_dma_buf_fd_t, @dmabuf_shift what its arrays
 *	moved by
 * @fb_info: entries of NV2080_CTRL_FB_GET_INFO_V2_PARAMS
 * @fb_region: NV2080_CTRL_CMD_FB_GET_FB_REGION_FB_REGION_INFO
 * @sample: NV2080_CTRL_PERF_GPUMON_PERFMON_UTIL_SAMPLE
 * @engine: NV2080_CTRL_PERF_GPUMON_ENGINE_UTIL_SAMPLE
 * @schedule: NVA06C_CTRL_GPFIFO_SCHEDULE_PARAMS
 * @partition: NV2080_CTRL_GPU_GET_PARTITION_INFO
 * @classlist: NV0080_CTRL_GPU_GET_CLASSLIST_V2_PARAMS
 * @probed: NV0000_CTRL_GPU_GET_PROBED_IDS_PARAMS
 * @build: NV0000_CTRL_SYSTEM_GET_BUILD_VERSION_V2_PARAMS
 * @name: NV2080_CTRL_GPU_GET_NAME_STRING_PARAMS
 * @export_info: NV0000_CTRL_OS_UNIX_GET_EXPORT_OBJECT_INFO_PARAMS
 * @surface_lo_hi: GET_SURFACE_INFO knows PHYS_SIZE_LO and _HI
 * @uvm_gpus: entries of perGpuAttributes
 * @uvm_free: UVM_FREE_PARAMS; 16 has no length
 * @uvm_preferred_status: offset of rmStatus in UVM_SET_PREFERRED_LOCATION
 */
struct mock_release {
	u32 nr;
	const char *version;
	bool frontend;
	bool match_fops;
	bool exact;
	bool alloc64;
	bool surface_lo_hi;
	u16 mem;
	u16 channel;
	u16 vaspace;
	u16 root;
	u16 os46;
	u16 os46_out;
	u16 os47;
	u16 os47_out;
	u16 dmabuf;
	u16 dmabuf_shift;
	u16 fb_info;
	u16 fb_region;
	u16 sample;
	u16 engine;
	u16 schedule;
	u16 partition;
	u16 classlist;
	u16 probed;
	u16 build;
	u16 name;
	u16 export_info;
	u16 uvm_gpus;
	u16 uvm_free;
	u16 uvm_preferred_status;
};

/* Set before anything is registered, and constant from then on. */
extern const struct mock_release *mock_release;

int mock_release_init(u32 nr, const char *version);

#endif /* MOCK_RELEASE_H */
