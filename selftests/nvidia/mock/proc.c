// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/driver/nvidia/version and gpus/ADDRESS/information, the lines that
 * tools look for, and suspend: kernel-open/nvidia/nv-procfs.c.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "debug.h"
#include "gpu.h"
#include "release.h"
#include "sleep.h"

static struct proc_dir_entry *root;

static int version_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  %s  Release Build  (fakegpu)\n",
		   mock_release->version);
	return 0;
}

static int information_show(struct seq_file *m, void *unused)
{
	const struct mock_gpu *gpu = m->private;

	seq_puts(m, "Model: \t\t fakegpu\n");
	seq_printf(m, "GPU UUID: \t GPU-%pUb\n", &gpu->uuid);
	seq_puts(m, "Bus Type: \t PCIe\n");
	seq_printf(m, "Bus Location: \t %04x:%02x:%02x.%x\n",
		   gpu->nv.pci_info.domain, gpu->nv.pci_info.bus,
		   gpu->nv.pci_info.slot, gpu->nv.pci_info.function);
	seq_printf(m, "Device Minor: \t %u\n", gpu->nr);
	return 0;
}

static const struct proc_ops suspend_ops = {
	.proc_write = mock_sleep_write,
};

int mock_proc_init(void)
{
	struct proc_dir_entry *gpus, *dir;
	char name[16];
	u32 nr;

	root = proc_mkdir("driver/nvidia", NULL);
	if (!root)
		return -ENOMEM;
	proc_create_single("version", 0444, root, version_show);
	proc_create("suspend", 0200, root, &suspend_ops);
	gpus = proc_mkdir("gpus", root);
	for (nr = 0; gpus && nr < mock_gpu_count; nr++) {
		const struct mock_gpu *gpu = &mock_gpus[nr];

		snprintf(name, sizeof(name), "%04x:%02x:%02x.%x",
			 gpu->nv.pci_info.domain, gpu->nv.pci_info.bus,
			 gpu->nv.pci_info.slot, gpu->nv.pci_info.function);
		dir = proc_mkdir(name, gpus);
		if (dir)
			proc_create_single_data("information", 0444, dir,
						information_show,
						&mock_gpus[nr]);
	}
	return 0;
}

void mock_proc_exit(void)
{
	proc_remove(root);
}
