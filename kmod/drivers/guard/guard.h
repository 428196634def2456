/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which functions lead into drivers that have no backend.
 */
#ifndef _VGPU_GUARD_H
#define _VGPU_GUARD_H

#include "../../driver.h"
#include "../../interpose.h"

#define VGPU_GUARD_ROWS		3

/* Which of struct file_operations a function is. */
enum vgpu_guard_entry {
	VGPU_GUARD_OPEN,
	VGPU_GUARD_IOCTL,
	VGPU_GUARD_MMAP,
	VGPU_GUARD_CALL,	/* any of three arguments that returns an int */
};

/**
 * struct vgpu_guard_row - one way in
 * @route: as shown to the operator
 * @entry: prototype
 * @symbols: names it has had, the outermost first
 * @makes: the number of the ioctl that makes a queue; 0 for none
 */
struct vgpu_guard_row {
	const char *route;
	enum vgpu_guard_entry entry;
	const char *symbols[2];
	unsigned int makes;
};

/**
 * struct vgpu_guard - one driver without a backend
 * @base: in the registry
 * @module: where its functions lie
 * @rows: the ways in
 * @nrows: how many
 * @points: one for each row
 * @routes: one for each row
 */
struct vgpu_guard {
	struct vgpu_driver base;
	const char *module;
	struct vgpu_guard_row rows[VGPU_GUARD_ROWS];
	unsigned int nrows;
	struct vgpu_point points[VGPU_GUARD_ROWS];
	struct vgpu_route routes[VGPU_GUARD_ROWS];
};

extern struct vgpu_guard vgpu_guards[];
extern const unsigned int vgpu_nguards;

#endif /* _VGPU_GUARD_H */
