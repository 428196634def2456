// SPDX-License-Identifier: GPL-2.0
/*
 * The functions by which nvidia-drm makes memory, with the names and arguments
 * of kernel-open/nvidia-drm/nvidia-drm-gem-nvkms-memory.c, releases 535 to 595.
 * They do nothing. There is no DRM device: ioctl 100 + N of its node calls
 * the N-th of them.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

struct drm_device;
struct drm_file;
struct drm_mode_create_dumb;

static noinline int nv_drm_dumb_create(struct drm_file *file_priv,
				       struct drm_device *dev,
				       struct drm_mode_create_dumb *args)
{
	return 0;
}

static noinline int
nv_drm_gem_alloc_nvkms_memory_ioctl(struct drm_device *dev, void *data,
				    struct drm_file *filep)
{
	return 0;
}

static noinline int
nv_drm_gem_import_nvkms_memory_ioctl(struct drm_device *dev, void *data,
				     struct drm_file *filep)
{
	return 0;
}

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
module_misc_device(mock_device);

MODULE_DESCRIPTION("Mock of nvidia-drm");
MODULE_LICENSE("GPL");
