// SPDX-License-Identifier: GPL-2.0
/*
 * The module: takes up nvidia.ko and nvidia-uvm.ko as they come and lets go of
 * them as they go, without keeping either loaded.
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "../../object.h"
#include "backend.h"

struct vgpu_interpose *nv_points;

struct vgpu_route nv_routes[NV_ROUTES] = {
	[NV_ROUTE_VIDMEM] = { "video memory", VGPU_ROUTE_STATE_ENFORCED },
	[NV_ROUTE_EXPORT] = { "export to a file", VGPU_ROUTE_STATE_ENFORCED },
	[NV_ROUTE_DMABUF] = { "export to a dma-buf",
			      VGPU_ROUTE_STATE_DENIED },
	[NV_ROUTE_CLASS] = { "other classes", VGPU_ROUTE_STATE_DENIED },
	[NV_ROUTE_CHANNEL] = { "instances' channels of who has a share of the GPU",
			       VGPU_ROUTE_STATE_DENIED },
	[NV_ROUTE_ESCAPE] = { "unknown escapes", VGPU_ROUTE_STATE_DENIED },
	[NV_ROUTE_SIZE] = { "arguments of unknown sizes",
			    VGPU_ROUTE_STATE_DENIED },
	[NV_ROUTE_RELEASE] = { "unknown releases", VGPU_ROUTE_STATE_DENIED },
	[NV_ROUTE_CONTROL] = { "unknown controls", VGPU_ROUTE_STATE_OPEN },
};

/* In order; each is undone by detach(). */
static const struct {
	const char *what;
	int (*attach)(void);
} steps[] = {
	{ "its entry", nv_escape_attach },
	{ "the kernel's way into it", nv_rm_attach },
	{ "its exports", nv_export_attach },
	{ "its doorbells", nv_doorbell_attach },
	{ "its GPUs", nv_gpu_attach },
	{ "its processes", nv_process_attach },
};

/*
 * nvidia.ko is coming up: its entry can be taken, but what its own start sets
 * up cannot be asked for yet. Until then no group with a quota gets in. Written
 * by the notifier of modules only, which is serialised.
 */
static bool coming;

/*
 * Where a step fails, the points that stand stay, and keep groups with a quota
 * out (escape.c: foreign()).
 */
static int take_up(unsigned int from, unsigned int to)
{
	unsigned int i;
	int ret;

	for (i = from; i < to; i++) {
		ret = steps[i].attach();
		if (ret == -ENOENT && !i)
			return -ENODEV;
		if (ret) {
			pr_warn("vgpu_nvidia: nvidia: %s cannot be taken up: %d\n",
				steps[i].what, ret);
			return ret;
		}
	}
	return 0;
}

static int attach(struct vgpu_driver *driver)
{
	nv_clients_attach();
	nv_turn_attach();
	return take_up(0, coming ? 1 : ARRAY_SIZE(steps));
}

static void detach(struct vgpu_driver *driver)
{
	vgpu_interpose_remove(nv_points, driver);
	nv_turn_detach();
	nv_doorbell_detach();
	nv_clients_destroy();
	nv_export_detach();
	nv_process_detach();
	nv_gpu_detach();
	nv_rm_detach();
}

static const struct vgpu_driver_ops nv_ops = {
	.attach = attach,
	.detach = detach,
};

struct vgpu_driver nv_driver = {
	.name = "nvidia",
	.backend = "nvidia",
	.ops = &nv_ops,
	.routes = nv_routes,
	.nroutes = NV_ROUTES,
};

static int module_changed(struct notifier_block *nb, unsigned long state,
			  void *data)
{
	struct module *mod = data;
	bool nvidia = !strcmp(mod->name, "nvidia");
	bool uvm = !strcmp(mod->name, "nvidia_uvm");

	if (!nvidia && !uvm)
		return NOTIFY_DONE;
	switch (state) {
	case MODULE_STATE_COMING:	/* before it has made its nodes */
		coming = nvidia;
		if (nvidia)
			vgpu_driver_came(&nv_driver);
		else
			nv_uvm_came();
		break;
	case MODULE_STATE_LIVE:
		if (nvidia && coming && take_up(1, ARRAY_SIZE(steps)))
			vgpu_driver_failed(&nv_driver);
		coming = false;
		break;
	case MODULE_STATE_GOING:
		if (nvidia)
			vgpu_driver_went(&nv_driver);
		else
			nv_uvm_went();
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = module_changed };

static int __init vgpu_nvidia_init(void)
{
	int ret;

	nv_points = vgpu_interpose_create(THIS_MODULE);
	if (IS_ERR(nv_points))
		return PTR_ERR(nv_points);
	nv_driver.points = nv_points;
	nv_control_init();
	nv_turn_init();
	ret = nv_gpu_init();
	if (ret)
		goto err_points;
	/* Absent or not wholly attached: listed as what it is. */
	ret = vgpu_driver_register(&nv_driver);
	if (ret == -EEXIST)
		goto err_gpus;
	ret = nv_uvm_init();
	if (ret)
		goto err_driver;
	ret = register_module_notifier(&module_nb);
	if (ret)
		goto err_uvm;
	return 0;

err_uvm:
	nv_uvm_deinit();
err_driver:
	vgpu_driver_unregister(&nv_driver);
err_gpus:
	nv_gpu_deinit();
	nv_turn_deinit();
err_points:
	vgpu_interpose_destroy(nv_points);
	return ret;
}

/* No call is in flight: each would hold a reference on this module. */
static void __exit vgpu_nvidia_exit(void)
{
	unregister_module_notifier(&module_nb);
	nv_uvm_deinit();
	vgpu_driver_unregister(&nv_driver);
	vgpu_interpose_destroy(nv_points);
	nv_gpu_deinit();
	nv_turn_deinit();
}

module_init(vgpu_nvidia_init);
module_exit(vgpu_nvidia_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("vgpu maintainers");
MODULE_DESCRIPTION("vgpu on NVIDIA's open kernel modules");
MODULE_VERSION(VGPU_VERSION);
