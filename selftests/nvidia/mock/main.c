// SPDX-License-Identifier: GPL-2.0
/*
 * A driver of NVIDIA GPUs that has none: the interfaces of nvidia.ko, and
 * enough behind them that a client can allocate, share, map and free, and that
 * a judge can count the bytes. It knows nothing of who may interpose on it.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "client.h"
#include "debug.h"
#include "engine.h"
#include "file.h"
#include "release.h"
#include "uvm_interface.h"

static uint release = 550;
module_param(release, uint, 0444);
MODULE_PARM_DESC(release, "what to play: 535, 550, 570, 580 or 595");

static char *version;
module_param(version, charp, 0444);
MODULE_PARM_DESC(version, "what it says that it is, for a release unheard of");

static ulong heap = 64 << 20;
module_param(heap, ulong, 0444);
MODULE_PARM_DESC(heap, "bytes of video memory of each GPU");

static uint gpus = 1;
module_param(gpus, uint, 0444);
MODULE_PARM_DESC(gpus, "GPUs, up to 4");

unsigned long mock_overhead;
module_param_named(overhead, mock_overhead, ulong, 0644);
MODULE_PARM_DESC(overhead, "bytes that a channel group or address space takes");

static int __init mock_init(void)
{
	int err = mock_release_init(release, version);

	if (err)
		return err;
	err = mock_gpu_init(gpus, heap);
	if (err)
		return err;
	mock_runlist_init();
	mock_doorbell_init();
	err = mock_proc_init();
	if (err)
		goto err_unplug;
	err = mock_chardev_init();
	if (err)
		goto err_remove_proc;
	err = mock_nodes_init();
	if (err)
		goto err_unregister_chardev;
	mock_debug_init();
	return 0;

err_unregister_chardev:
	mock_chardev_exit();
err_remove_proc:
	mock_proc_exit();
err_unplug:
	mock_doorbell_exit();
	mock_runlist_exit();
	mock_gpu_exit();
	return err;
}

static void __exit mock_exit(void)
{
	mock_debug_exit();
	mock_nodes_exit();
	mock_chardev_exit();
	mock_proc_exit();
	mock_uvm_interface_exit();
	mock_doorbell_exit();
	mock_runlist_exit();
	mock_gpu_exit();
}

module_init(mock_init);
module_exit(mock_exit);
MODULE_DESCRIPTION("Mock of nvidia.ko");
MODULE_LICENSE("Dual MIT/GPL");
