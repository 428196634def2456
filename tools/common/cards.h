/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cards that the kernel has and vgpu has no device for: nothing on them is
 * charged.
 */
#ifndef CARDS_H
#define CARDS_H

struct vgpu_device_list;

/* Tell of each; the driver is "" where it has none. */
void cards_unmanaged(const struct vgpu_device_list *devices,
		     void (*found)(void *arg, const char *card,
				   const char *driver),
		     void *arg);

#endif /* CARDS_H */
