// SPDX-License-Identifier: GPL-2.0
/*
 * nvidia-drm as far as memory goes, with the names, numbers and arguments of
 * kernel-open/nvidia-drm/nvidia-drm-gem-nvkms-memory.c and -user-memory.c,
 * releases 535 to 595. Its objects are bytes on paper.
 *
 * As the driver's, its DRM device lies on the PCI function of nvidia.ko's GPU.
 * Where that mock is not loaded there is none, and ioctl 100 + N of its other
 * node calls the N-th of the functions, which then do nothing.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_mode.h>

/* As selftests/nvidia/mock/gpu.c has it. */
#define GPU_DOMAIN	1

struct import_params {	/* drm_nvidia_gem_import_nvkms_memory_params */
	u64 mem_size;
	u64 nvkms_params_ptr;
	u64 nvkms_params_size;
	u32 handle;
	u32 pad;
};

struct user_params {	/* drm_nvidia_gem_import_userspace_memory_params */
	u64 size;
	u64 address;
	u32 handle;
};

struct alloc_params {	/* drm_nvidia_gem_alloc_nvkms_memory_params */
	u32 handle;
	u8 block_linear;
	u8 compressible;
	u16 pad;
	u64 memory_size;
	u32 flags;
};

#define DRM_NVIDIA_GEM_IMPORT_NVKMS_MEMORY	0x01
#define DRM_NVIDIA_GEM_IMPORT_USERSPACE_MEMORY	0x02
#define DRM_NVIDIA_GEM_ALLOC_NVKMS_MEMORY	0x0b
#define DRM_IOCTL_NVIDIA_GEM_IMPORT_NVKMS_MEMORY			\
	DRM_IOWR(DRM_COMMAND_BASE + DRM_NVIDIA_GEM_IMPORT_NVKMS_MEMORY,	\
		 struct import_params)
#define DRM_IOCTL_NVIDIA_GEM_IMPORT_USERSPACE_MEMORY			\
	DRM_IOWR(DRM_COMMAND_BASE +					\
		 DRM_NVIDIA_GEM_IMPORT_USERSPACE_MEMORY, struct user_params)
#define DRM_IOCTL_NVIDIA_GEM_ALLOC_NVKMS_MEMORY				\
	DRM_IOWR(DRM_COMMAND_BASE + DRM_NVIDIA_GEM_ALLOC_NVKMS_MEMORY,	\
		 struct alloc_params)

static struct pci_dev *gpu;
static struct drm_device *drm;

static void gem_free(struct drm_gem_object *obj)
{
	drm_gem_object_release(obj);
	kfree(obj);
}

static const struct drm_gem_object_funcs gem_funcs = { .free = gem_free };

static int make(struct drm_device *dev, struct drm_file *file, u64 size,
		u32 *handle)
{
	struct drm_gem_object *obj;
	int ret;

	if (!size)
		return -EINVAL;
	obj = kzalloc(sizeof(*obj), GFP_KERNEL);
	if (!obj)
		return -ENOMEM;
	obj->funcs = &gem_funcs;
	drm_gem_private_object_init(dev, obj, size);
	ret = drm_gem_handle_create(file, obj, handle);
	drm_gem_object_put(obj);
	return ret;
}

static noinline int nv_drm_dumb_create(struct drm_file *file_priv,
				       struct drm_device *dev,
				       struct drm_mode_create_dumb *args)
{
	if (!dev)
		return 0;
	args->pitch = args->width * DIV_ROUND_UP(args->bpp, 8);
	args->size = (u64)args->height * args->pitch;
	return make(dev, file_priv, args->size, &args->handle);
}

static noinline int
nv_drm_gem_alloc_nvkms_memory_ioctl(struct drm_device *dev, void *data,
				    struct drm_file *filep)
{
	struct alloc_params *p = data;

	return dev ? make(dev, filep, p->memory_size, &p->handle) : 0;
}

static noinline int
nv_drm_gem_import_nvkms_memory_ioctl(struct drm_device *dev, void *data,
				     struct drm_file *filep)
{
	struct import_params *p = data;

	return dev ? make(dev, filep, p->mem_size, &p->handle) : 0;
}

static noinline int
nv_drm_gem_import_userspace_memory_ioctl(struct drm_device *dev, void *data,
					 struct drm_file *filep)
{
	struct user_params *p = data;

	return make(dev, filep, p->size, &p->handle);
}

static const struct drm_ioctl_desc ioctls[] = {
	DRM_IOCTL_DEF_DRV(NVIDIA_GEM_IMPORT_NVKMS_MEMORY,
			  nv_drm_gem_import_nvkms_memory_ioctl,
			  DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(NVIDIA_GEM_IMPORT_USERSPACE_MEMORY,
			  nv_drm_gem_import_userspace_memory_ioctl,
			  DRM_RENDER_ALLOW),
	DRM_IOCTL_DEF_DRV(NVIDIA_GEM_ALLOC_NVKMS_MEMORY,
			  nv_drm_gem_alloc_nvkms_memory_ioctl,
			  DRM_RENDER_ALLOW),
};

DEFINE_DRM_GEM_FOPS(drm_fops);

static const struct drm_driver drm_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER,
	.name = "nvidia-drm",
	.desc = "mock of nvidia-drm",
#ifdef MOCK_DRIVER_DATE
	.date = "20260101",
#endif
	.fops = &drm_fops,
	.ioctls = ioctls,
	.num_ioctls = ARRAY_SIZE(ioctls),
	.dumb_create = nv_drm_dumb_create,
};

/* By pointer, so that the compiler does not see that they do nothing. */
static int (*volatile dumb_create)(struct drm_file *file_priv,
				   struct drm_device *dev,
				   struct drm_mode_create_dumb *args) =
	nv_drm_dumb_create;
static int (*volatile alloc)(struct drm_device *dev, void *data,
			     struct drm_file *filep) =
	nv_drm_gem_alloc_nvkms_memory_ioctl;
static int (*volatile import)(struct drm_device *dev, void *data,
			      struct drm_file *filep) =
	nv_drm_gem_import_nvkms_memory_ioctl;

static long mock_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case 101:
		return dumb_create(NULL, NULL, NULL);
	case 102:
		return alloc(NULL, NULL, NULL);
	case 103:
		return import(NULL, NULL, NULL);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations mock_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = mock_ioctl,
};

static struct miscdevice mock_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "nvidia-drm-mock",
	.fops = &mock_fops,
};

/* nv_drm_register_drm_device() */
static int drm_create(void)
{
	int ret;

	gpu = pci_get_domain_bus_and_slot(GPU_DOMAIN, 0, PCI_DEVFN(0, 0));
	if (!gpu)
		return 0;
	drm = drm_dev_alloc(&drm_driver, &gpu->dev);
	if (IS_ERR(drm)) {
		ret = PTR_ERR(drm);
		goto err_gpu;
	}
	ret = drm_dev_register(drm, 0);
	if (ret)
		goto err_drm;
	return 0;

err_drm:
	drm_dev_put(drm);
err_gpu:
	pci_dev_put(gpu);
	return ret;
}

static void drm_destroy(void)
{
	if (!gpu)
		return;
	drm_dev_unregister(drm);
	drm_dev_put(drm);
	pci_dev_put(gpu);
}

static int __init mock_init(void)
{
	int ret = misc_register(&mock_device);

	if (ret)
		return ret;
	ret = drm_create();
	if (ret)
		misc_deregister(&mock_device);
	return ret;
}

static void __exit mock_exit(void)
{
	drm_destroy();
	misc_deregister(&mock_device);
}

module_init(mock_init);
module_exit(mock_exit);

MODULE_DESCRIPTION("Mock of nvidia-drm");
MODULE_LICENSE("GPL");
