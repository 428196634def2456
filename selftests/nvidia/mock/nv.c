// SPDX-License-Identifier: GPL-2.0
/*
 * The character devices and what nvidia.ko does before RM: kernel-open/nvidia/
 * nv.c. Up to 535 nv-frontend.c registers the major and comes here through a
 * table of functions; from 545 on these are in nvidia_fops themselves.
 */
#include <linux/cdev.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "file.h"
#include "ioctl.h"
#include "release.h"
#include "rm.h"
#include "sleep.h"

/* NV_ABSOLUTE_MAX_IOCTL_SIZE: nv-linux.h */
#define MAX_IOCTL_SIZE 16384

bool mock_defer_close;
module_param_named(defer_close, mock_defer_close, bool, 0644);
MODULE_PARM_DESC(defer_close, "let a thread clean up after a closed file");

static struct cdev gpu_cdev;
static struct cdev ctl_cdev;
static struct workqueue_struct *close_queue;
static struct file_operations nvidia_fops;

static struct mock_gpu *minor_gpu(unsigned int minor)
{
	if (minor == NV_MINOR_CTL)
		return &mock_ctl;
	return minor < mock_gpu_count ? &mock_gpus[minor] : NULL;
}

/* The last of a file: nvidia_close_callback(). */
static void nvidia_close_callback(struct nv_linux_file *nvlfp)
{
	rm_cleanup_file_private(NULL, &nvlfp->gpu->nv, &nvlfp->nvfp);
	mock_file_unmap(nvlfp);
	kfree(nvlfp);
}

static void nvidia_close_deferred(struct work_struct *work)
{
	nvidia_close_callback(container_of(work, struct nv_linux_file, close));
}

static noinline int nvidia_open(struct inode *inode, struct file *file)
{
	struct mock_gpu *gpu = minor_gpu(iminor(inode));
	struct nv_linux_file *nvlfp;

	if (!gpu)
		return -ENODEV;
	nvlfp = kzalloc(sizeof(*nvlfp), GFP_KERNEL);
	if (!nvlfp)
		return -ENOMEM;
	nvlfp->gpu = gpu;
	INIT_LIST_HEAD(&nvlfp->doorbell);
	init_waitqueue_head(&nvlfp->waitqueue);
	INIT_WORK(&nvlfp->close, nvidia_close_deferred);
	if (!gpu->ctl) {
		/* nv_init_mapping_revocation() */
		address_space_init_once(&nvlfp->mapping);
		nvlfp->mapping.host = inode;
		nvlfp->mapping.a_ops = inode->i_mapping->a_ops;
		file->f_mapping = &nvlfp->mapping;
		mock_gpu_attach(gpu);
	}
	file->private_data = nvlfp;
	return 0;
}

static noinline int nvidia_close(struct inode *inode, struct file *file)
{
	struct nv_linux_file *nvlfp = file->private_data;

	file->private_data = NULL;
	file->f_mapping = inode->i_mapping;
	if (mock_defer_close)
		queue_work(close_queue, &nvlfp->close);
	else
		nvidia_close_callback(nvlfp);
	return 0;
}

/* A dataless event, which the poll that sees it takes: nvidia_poll(). */
static noinline __poll_t nvidia_poll(struct file *file,
				     struct poll_table_struct *wait)
{
	struct nv_linux_file *nvlfp = file->private_data;

	poll_wait(file, &nvlfp->waitqueue, wait);
	return xchg(&nvlfp->event, false) ? EPOLLPRI | EPOLLIN : 0;
}

/* nv_post_event(), without data. Context: any. */
void mock_file_event(struct nv_file_private *nvfp)
{
	struct nv_linux_file *nvlfp = container_of(nvfp, struct nv_linux_file,
						   nvfp);

	WRITE_ONCE(nvlfp->event, true);
	wake_up_interruptible(&nvlfp->waitqueue);
}

/* Those escapes that nvidia_ioctl() serves itself; others are RM's. */
static int ioctl_local(struct nv_linux_file *nvlfp, u32 cmd, void *arg,
		       size_t size)
{
	struct mock_gpu *gpu = nvlfp->gpu;

	switch (cmd) {
	case ESC_QUERY_DEVICE_INTR:
		if (gpu->ctl || size < 8)
			return -EINVAL;
		memset(arg, 0, 8);
		return 0;
	case ESC_CARD_INFO:
		return gpu->ctl ? mock_card_info(arg, size) : -EINVAL;
	case ESC_ATTACH_GPUS_TO_FD:
		return gpu->ctl ? mock_attach_gpus(arg, size) : -EINVAL;
	case ESC_CHECK_VERSION_STR:
		if (!gpu->ctl)
			return -EINVAL;
		return rm_perform_version_check(NULL, arg, size) ? -EINVAL : 0;
	case ESC_SYS_PARAMS:
		return gpu->ctl && size == 8 ? 0 : -EINVAL;
	case ESC_NUMA_INFO:
	case ESC_SET_NUMA_STATUS:
		/* No memory of these is a NUMA node. */
		return gpu->ctl ? -EINVAL : -EBUSY;
	case ESC_EXPORT_TO_DMABUF_FD:
		if (size != mock_release->dmabuf || gpu->ctl)
			return -EINVAL;
		*(u32 *)(arg + mock_release->dmabuf - 8) =
			nv_dma_buf_export(&gpu->nv, arg);
		return 0;
	default:
		return rm_ioctl(NULL, &gpu->nv, &nvlfp->nvfp, cmd, arg, size) ?
			       -EINVAL : 0;
	}
}

static int nvidia_ioctl(struct inode *inode, struct file *file,
			unsigned int cmd, unsigned long i_arg)
{
	struct nv_linux_file *nvlfp = file->private_data;
	void __user *ptr = (void __user *)i_arg;
	size_t size = _IOC_SIZE(cmd);
	u32 nr = _IOC_NR(cmd);
	struct xfer xfer;
	void *arg;
	int err;

	if (mock_sleep_wait())
		return -EINTR;
	if (mock_release->exact && !mock_ioctl_valid(nr, size))
		return -EINVAL;
	if (nr == ESC_IOCTL_XFER_CMD) {
		if (size != sizeof(xfer))
			return -EINVAL;
		if (copy_from_user(&xfer, ptr, sizeof(xfer)))
			return -EFAULT;
		nr = xfer.cmd;
		size = xfer.size;
		ptr = u64_to_user_ptr(xfer.ptr);
		if (size > MAX_IOCTL_SIZE)
			return -EINVAL;
	}
	arg = kmalloc(size, GFP_KERNEL);
	if (!arg)
		return -ENOMEM;
	if (copy_from_user(arg, ptr, size)) {
		kfree(arg);
		return -EFAULT;
	}
	if (nr == ESC_WAIT_OPEN_COMPLETE && !mock_release->frontend) {
		memset(arg, 0, min_t(size_t, size, 8));
		err = 0;
	} else {
		err = ioctl_local(nvlfp, nr, arg, size);
	}
	if (err != -EFAULT && copy_to_user(ptr, arg, size))
		err = -EFAULT;
	kfree(arg);
	return err;
}

static noinline long nvidia_unlocked_ioctl(struct file *file, unsigned int cmd,
					   unsigned long i_arg)
{
	return nvidia_ioctl(file_inode(file), file, cmd, i_arg);
}

/* Not const, as in the driver. */
static struct file_operations nvidia_fops = {
	.owner = THIS_MODULE,
	.poll = nvidia_poll,
	.unlocked_ioctl = nvidia_unlocked_ioctl,
	.compat_ioctl = nvidia_unlocked_ioctl,
	.mmap = nvidia_mmap,
	.open = nvidia_open,
	.release = nvidia_close,
};

static bool ours(struct file *file)
{
	return S_ISCHR(file_inode(file)->i_mode) &&
	       imajor(file_inode(file)) == NV_MAJOR && file->private_data &&
	       (file->f_op == &nvidia_fops || file->f_op == &nv_frontend_fops);
}

static int match_fd(const void *data, struct file *file, unsigned int fd)
{
	const struct nv_linux_file *nvlfp = file->private_data;

	if (mock_release->match_fops ? file->f_op != &nvidia_fops :
				       !ours(file))
		return 0;
	return nvlfp && nvlfp->gpu == data;
}

/*
 * Has the caller a file of that GPU? nv_match_dev_state(): by f_op since
 * 550.40.07, by the device number before.
 */
bool mock_file_match(struct mock_gpu *gpu)
{
	return current->files && iterate_fd(current->files, 0, match_fd, gpu);
}

/**
 * nv_get_file_private() - the file behind a descriptor
 * @fd: of the caller
 * @ctl: it has to be a control file, or else a GPU's
 * @os_private: where what nv_put_file_private() wants is stored
 *
 * Return: what RM knows of the file; NULL if it is none of these.
 */
noinline struct nv_file_private *nv_get_file_private(int fd, bool ctl,
						     void **os_private)
{
	struct file *file = fget(fd);
	struct nv_linux_file *nvlfp;

	if (!file)
		return NULL;
	nvlfp = file->private_data;
	if (ours(file) && nvlfp->gpu->ctl == ctl) {
		*os_private = file;
		return &nvlfp->nvfp;
	}
	fput(file);
	return NULL;
}

noinline void nv_put_file_private(void *os_private)
{
	fput(os_private);
}

static int cdev_register(struct cdev *cdev, unsigned int minor,
			 unsigned int count, const char *name)
{
	int err = register_chrdev_region(MKDEV(NV_MAJOR, minor), count, name);

	if (err)
		return err;
	cdev_init(cdev, &nvidia_fops);
	cdev->owner = THIS_MODULE;
	err = cdev_add(cdev, MKDEV(NV_MAJOR, minor), count);
	if (err)
		unregister_chrdev_region(MKDEV(NV_MAJOR, minor), count);
	return err;
}

static void cdev_unregister(struct cdev *cdev, unsigned int minor,
			    unsigned int count)
{
	cdev_del(cdev);
	unregister_chrdev_region(MKDEV(NV_MAJOR, minor), count);
}

static int devices_init(void)
{
	int err;

	if (mock_release->frontend)
		return mock_frontend_init(&nvidia_fops);
	err = cdev_register(&gpu_cdev, 0, 248, "nvidia");
	if (err)
		return err;
	err = cdev_register(&ctl_cdev, NV_MINOR_CTL, 1, "nvidiactl");
	if (err)
		cdev_unregister(&gpu_cdev, 0, 248);
	return err;
}

int mock_chardev_init(void)
{
	int err;

	close_queue = alloc_workqueue("nv_queue", WQ_UNBOUND, 0);
	if (!close_queue)
		return -ENOMEM;
	err = devices_init();
	if (err)
		destroy_workqueue(close_queue);
	return err;
}

void mock_chardev_exit(void)
{
	if (mock_release->frontend) {
		mock_frontend_exit();
	} else {
		cdev_unregister(&ctl_cdev, NV_MINOR_CTL, 1);
		cdev_unregister(&gpu_cdev, 0, 248);
	}
	destroy_workqueue(close_queue);
}
