/* SPDX-License-Identifier: GPL-2.0 */
/* GPUs that sleep; /proc/driver/nvidia/suspend. */
#ifndef MOCK_SLEEP_H
#define MOCK_SLEEP_H

#include <linux/fs.h>
#include <linux/pm.h>

struct dentry;

extern const struct dev_pm_ops mock_node_pm;

int mock_sleep_wait(void);
bool mock_sleeping(void);
void mock_sleep_debugfs(struct dentry *dir);
ssize_t mock_sleep_write(struct file *file, const char __user *from,
			 size_t size, loff_t *offset);

#endif /* MOCK_SLEEP_H */
