// SPDX-License-Identifier: GPL-2.0
/*
 * One region for all of major 195, whose functions call those of the module
 * that has the minor: kernel-open/nvidia/nv-frontend.c, up to 535.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>

#include "file.h"
#include "frontend.h"

static const struct file_operations *module_fops;
static DEFINE_MUTEX(nv_module_table_lock);

int nvidia_frontend_open(struct inode *inode, struct file *file)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	mutex_lock(&nv_module_table_lock);
	err = module_fops->open(inode, file);
	mutex_unlock(&nv_module_table_lock);
	if (err)
		module_put(THIS_MODULE);
	return err;
}

int nvidia_frontend_close(struct inode *inode, struct file *file)
{
	int err = module_fops->release(inode, file);

	module_put(THIS_MODULE);
	return err;
}

__poll_t nvidia_frontend_poll(struct file *file,
			      struct poll_table_struct *wait)
{
	return module_fops->poll(file, wait);
}

long nvidia_frontend_unlocked_ioctl(struct file *file, unsigned int cmd,
				    unsigned long arg)
{
	return module_fops->unlocked_ioctl(file, cmd, arg);
}

long nvidia_frontend_compat_ioctl(struct file *file, unsigned int cmd,
				  unsigned long arg)
{
	return module_fops->unlocked_ioctl(file, cmd, arg);
}

int nvidia_frontend_mmap(struct file *file, struct vm_area_struct *vma)
{
	return module_fops->mmap(file, vma);
}

struct file_operations nv_frontend_fops = {
	.owner = THIS_MODULE,
	.poll = nvidia_frontend_poll,
	.unlocked_ioctl = nvidia_frontend_unlocked_ioctl,
	.compat_ioctl = nvidia_frontend_compat_ioctl,
	.mmap = nvidia_frontend_mmap,
	.open = nvidia_frontend_open,
	.release = nvidia_frontend_close,
};

/**
 * mock_frontend_init() - register the major
 * @to: where its functions go on
 *
 * Return: 0 or a negative errno.
 */
int mock_frontend_init(const struct file_operations *to)
{
	module_fops = to;
	return register_chrdev(NV_MAJOR, "nvidia-frontend", &nv_frontend_fops);
}

void mock_frontend_exit(void)
{
	unregister_chrdev(NV_MAJOR, "nvidia-frontend");
}
