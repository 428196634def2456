// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/nvidia-modeset, whose functions have the names and arguments of
 * kernel-open/nvidia-modeset/nvidia-modeset-linux.c, releases 535 to 595, and do
 * nothing.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static int nvkms_open(struct inode *inode, struct file *filp)
{
	return 0;
}

static long nvkms_unlocked_ioctl(struct file *filp, unsigned int cmd,
				 unsigned long arg)
{
	return 0;
}

static int nvkms_mmap(struct file *filp, struct vm_area_struct *vma)
{
	return -EPERM;	/* as the driver's */
}

static const struct file_operations nvkms_fops = {
	.owner = THIS_MODULE,
	.open = nvkms_open,
	.unlocked_ioctl = nvkms_unlocked_ioctl,
	.mmap = nvkms_mmap,
};

static struct miscdevice nvkms_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "nvidia-modeset",
	.fops = &nvkms_fops,
};
module_misc_device(nvkms_device);

MODULE_DESCRIPTION("Mock of nvidia-modeset");
MODULE_LICENSE("GPL");
