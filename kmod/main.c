// SPDX-License-Identifier: GPL-2.0
/*
 * Beginning and end of the core, in order and in reverse.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "account.h"
#include "call.h"
#include "device.h"
#include "driver.h"
#include "event.h"
#include "group.h"
#include "interpose.h"
#include "netlink.h"
#include "object.h"

static int __init vgpu_init(void)
{
	int ret;

	vgpu_call_init();
	ret = vgpu_event_init();
	if (ret)
		return ret;
	ret = vgpu_account_init();
	if (ret)
		goto err_event;
	ret = vgpu_group_init();
	if (ret)
		goto err_account;
	vgpu_freezer_init();
	ret = vgpu_object_init();
	if (ret)
		goto err_freezer;
	ret = vgpu_netlink_init();
	if (ret)
		goto err_object;
	vgpu_driver_init();
	return 0;

err_object:
	vgpu_object_deinit();
err_freezer:
	vgpu_freezer_deinit();
	vgpu_group_deinit();
err_account:
	vgpu_account_deinit();
err_event:
	vgpu_event_deinit();
	return ret;
}

static void __exit vgpu_exit(void)
{
	vgpu_driver_deinit();
	vgpu_netlink_deinit();
	vgpu_object_deinit();
	vgpu_freezer_deinit();
	vgpu_group_deinit();
	vgpu_account_deinit();
	vgpu_device_deinit();
	vgpu_event_deinit();
	vgpu_interpose_deinit();
}

module_init(vgpu_init);
module_exit(vgpu_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("Hard GPU quotas for cgroups");
MODULE_VERSION(VGPU_VERSION);
MODULE_SOFTDEP("post: vgpu_drm vgpu_guard vgpu_nvidia");
