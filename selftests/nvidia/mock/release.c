// SPDX-License-Identifier: GPL-2.0
/*
 * The releases, as their own headers lay them out: the sizes were printed by
 * programs compiled against src/common/sdk/nvidia/inc and
 * src/nvidia/arch/nvalloc/unix/include at each tag.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include "release.h"

static const struct mock_release releases[] = {
	{
		.nr = 535, .version = "535.261.03", .frontend = true,
		.mem = 120, .channel = 360, .vaspace = 48, .root = 108,
		.os46 = 56, .os46_out = 40, .os47 = 40, .os47_out = 32,
		.dmabuf = 2600, .fb_info = 0x36, .fb_region = 48,
		.sample = 472, .engine = 116,
		.partition = 224,
		.schedule = 2, .classlist = 644, .probed = 256, .build = 776,
		.name = 132, .export_info = 76, .uvm_gpus = 32,
		.uvm_free = 24, .uvm_preferred_status = 32,
	},
	{
		.nr = 550, .version = "550.163.01", .match_fops = true,
		.mem = 128, .channel = 360, .vaspace = 48, .root = 108,
		.os46 = 56, .os46_out = 40, .os47 = 48, .os47_out = 40,
		.dmabuf = 2600, .fb_info = 0x37, .fb_region = 48,
		.sample = 704, .engine = 116,
		.partition = 232,
		.schedule = 2, .classlist = 700, .probed = 256, .build = 776,
		.name = 132, .export_info = 80, .uvm_gpus = 256,
		.uvm_free = 24, .uvm_preferred_status = 36,
	},
	{
		.nr = 570, .version = "570.172.08", .match_fops = true,
		.mem = 128, .channel = 368, .vaspace = 48, .root = 120,
		.os46 = 56, .os46_out = 40, .os47 = 48, .os47_out = 40,
		.dmabuf = 2608, .dmabuf_shift = 8, .fb_info = 0x39,
		.fb_region = 48, .sample = 776, .engine = 128,
		.partition = 232,
		.schedule = 2, .classlist = 404,
		.probed = 256, .build = 1032, .name = 132, .export_info = 80,
		.uvm_gpus = 256, .uvm_free = 24, .uvm_preferred_status = 36,
	},
	{
		.nr = 580, .version = "580.105.08", .match_fops = true,
		.alloc64 = true, .surface_lo_hi = true,
		.mem = 128, .channel = 368, .vaspace = 56, .root = 120,
		.os46 = 64, .os46_out = 48, .os47 = 48, .os47_out = 40,
		.dmabuf = 2608, .dmabuf_shift = 8, .fb_info = 0x80,
		.fb_region = 56, .sample = 776, .engine = 128,
		.partition = 232,
		.schedule = 3, .classlist = 804,
		.probed = 384, .build = 1032, .name = 132, .export_info = 80,
		.uvm_gpus = 256, .uvm_free = 24, .uvm_preferred_status = 36,
	},
	{
		.nr = 595, .version = "595.45.04", .match_fops = true,
		.exact = true, .alloc64 = true, .surface_lo_hi = true,
		.mem = 128, .channel = 368, .vaspace = 56, .root = 120,
		.os46 = 64, .os46_out = 48, .os47 = 48, .os47_out = 40,
		.dmabuf = 2608, .dmabuf_shift = 8, .fb_info = 0x80,
		.fb_region = 56, .sample = 776, .engine = 128,
		.partition = 232,
		.schedule = 3, .classlist = 804,
		.probed = 384, .build = 1032, .name = 68, .export_info = 80,
		.uvm_gpus = 256, .uvm_free = 16, .uvm_preferred_status = 36,
	},
};

const struct mock_release *mock_release;
EXPORT_SYMBOL_GPL(mock_release);

/**
 * mock_release_init() - choose what to play
 * @nr: 535, 550, 570, 580 or 595
 * @version: what to say that it is; NULL for what it is
 *
 * Return: 0, or -EINVAL for any other.
 */
int mock_release_init(u32 nr, const char *version)
{
	static struct mock_release played;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(releases); i++) {
		if (releases[i].nr != nr)
			continue;
		played = releases[i];
		if (version)
			played.version = version;
		mock_release = &played;
		return 0;
	}
	return -EINVAL;
}
