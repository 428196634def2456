/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOCK_FRONTEND_H
#define MOCK_FRONTEND_H

#include <linux/types.h>

struct file;
struct inode;
struct poll_table_struct;
struct vm_area_struct;

int nvidia_frontend_open(struct inode *inode, struct file *file);
int nvidia_frontend_close(struct inode *inode, struct file *file);
__poll_t nvidia_frontend_poll(struct file *file,
			      struct poll_table_struct *wait);
long nvidia_frontend_unlocked_ioctl(struct file *file, unsigned int cmd,
				    unsigned long arg);
long nvidia_frontend_compat_ioctl(struct file *file, unsigned int cmd,
				  unsigned long arg);
int nvidia_frontend_mmap(struct file *file, struct vm_area_struct *vma);

#endif /* MOCK_FRONTEND_H */
