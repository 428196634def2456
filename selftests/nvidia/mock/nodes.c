// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/nvidia0.. and /dev/nvidiactl. The driver leaves that to nvidia-modprobe;
 * here devtmpfs does it, with the same names and mode.
 */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/module.h>

#include "file.h"
#include "nodes.h"
#include "sleep.h"

static char *nodes_devnode(CLASS_DEVNODE_CONST struct device *dev,
			   umode_t *mode)
{
	if (mode)
		*mode = 0666;
	return NULL;
}

/* nvidia-uvm puts its node here, too. */
struct class mock_node_class = {
	.name = "fakegpu",
	.devnode = nodes_devnode,
	.pm = &mock_node_pm,
};
EXPORT_SYMBOL_GPL(mock_node_class);

int mock_nodes_init(void)
{
	u32 nr;
	int err = class_register(&mock_node_class);

	if (err)
		return err;
	device_create(&mock_node_class, NULL, MKDEV(NV_MAJOR, NV_MINOR_CTL),
		      NULL, "nvidiactl");
	for (nr = 0; nr < mock_gpu_count; nr++)
		device_create(&mock_node_class, NULL, MKDEV(NV_MAJOR, nr), NULL,
			      "nvidia%u", nr);
	return 0;
}

void mock_nodes_exit(void)
{
	u32 nr;

	for (nr = 0; nr < mock_gpu_count; nr++)
		device_destroy(&mock_node_class, MKDEV(NV_MAJOR, nr));
	device_destroy(&mock_node_class, MKDEV(NV_MAJOR, NV_MINOR_CTL));
	class_unregister(&mock_node_class);
}
