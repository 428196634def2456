/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an open file of major 195 carries.
 */
#ifndef MOCK_FILE_H
#define MOCK_FILE_H

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "client.h"

#define NV_MAJOR	195
#define NV_MINOR_CTL	255

struct mock_tsg;
struct vm_area_struct;

/**
 * struct mock_export - an object that was exported into a file
 * @holder: the memory, held for the driver itself; empty where nothing is
 * @tsg: the channel group, held likewise, or NULL
 * @class: its class; 0 where nothing is
 */
struct mock_export {
	struct mock_holder holder;
	struct mock_tsg *tsg;
	u32 class;
};

/**
 * struct nv_file_private - nv_file_private_t (nv.h)
 * @handles: objects exported into this file, or NULL
 * @max_handles: entries of @handles
 * @device: device instance they are of
 * @metadata: whatever the exporter said about them
 * @ctl_nvfp: the control file it is registered with
 * @ctl_file: that file, with a reference
 *
 * mock_rm_lock protects the exports; @ctl_nvfp is set once under it.
 */
struct nv_file_private {
	struct mock_export *handles;
	u16 max_handles;
	u32 device;
	u8 metadata[64];
	struct nv_file_private *ctl_nvfp;
	void *ctl_file;
};

/**
 * struct mock_mapping - nv_alloc_mapping_context_t: what the next mmap maps
 * @phys: the memory, with a reference, or NULL
 * @first: its first page
 * @size: bytes
 */
struct mock_mapping {
	struct mock_phys *phys;
	unsigned long first;
	u64 size;
};

/**
 * struct nv_linux_file - nv_linux_file_private_t (nv-linux.h)
 * @nvfp: what RM knows of it
 * @gpu: the device it is of, or mock_ctl
 * @map: what it may map; mock_file_lock
 * @mapping: of its own, so that its mappings can be revoked alone
 * @event: an interrupt of its clients' channels, that no poll has seen
 * @waitqueue: for such
 * @doorbell: among the files that map doorbells, or empty
 * @close: closes it later
 */
struct nv_linux_file {
	struct nv_file_private nvfp;
	struct mock_gpu *gpu;
	struct mock_mapping map;
	struct address_space mapping;
	bool event;
	wait_queue_head_t waitqueue;
	struct list_head doorbell;
	struct work_struct close;
};

extern struct file_operations nv_frontend_fops;
extern bool mock_defer_close;

int mock_chardev_init(void);
void mock_chardev_exit(void);
int mock_frontend_init(const struct file_operations *to);
void mock_frontend_exit(void);
int mock_nodes_init(void);
void mock_nodes_exit(void);

bool mock_file_match(struct mock_gpu *gpu);
struct nv_file_private *nv_get_file_private(int fd, bool ctl,
					    void **os_private);
void nv_put_file_private(void *os_private);
u32 mock_file_map(int fd, bool ctl, struct mock_phys *phys, u64 offset,
		  u64 length);
void mock_file_unmap(struct nv_linux_file *nvlfp);
void mock_file_event(struct nv_file_private *nvfp);

int nvidia_mmap(struct file *file, struct vm_area_struct *vma);

#endif /* MOCK_FILE_H */
