/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The devices that are shared, and the units that each is divided into. The
 * kubelet calls a unit a device; its id is the name of ours, "-" and a number.
 */
#ifndef INVENTORY_H
#define INVENTORY_H

#include "options.h"

#define INVENTORY_GPUS	64
#define INVENTORY_NODES	4
/* The kubelet cannot count more for one resource. */
#define INVENTORY_UNITS	32767
/* Longest id that the kubelet takes, with its closing NUL. */
#define INVENTORY_ID	64

/**
 * struct gpu - a device
 * @name: its stable name
 * @uuid: NVIDIA's name of it, or ""
 * @node: its nodes, below /dev
 * @nodes: how many
 * @unit: bytes of one unit
 * @units: how many
 * @present: it is there; one that went away stays listed, as unhealthy
 */
struct gpu {
	char name[LIBVGPU_NAME_MAX];
	char uuid[LIBVGPU_NAME_MAX];
	char node[INVENTORY_NODES][LIBVGPU_NAME_MAX];
	size_t nodes;
	uint64_t unit;
	uint32_t units;
	bool present;
};

/**
 * struct inventory - all of them
 * @options: what the operator asked for
 * @gpu: the devices, in the order in which they came
 * @n: how many
 * @told: names of devices that are left out, which is said once
 * @n_told: how many
 */
struct inventory {
	const struct options *options;
	struct gpu gpu[INVENTORY_GPUS];
	size_t n;
	char told[INVENTORY_GPUS][LIBVGPU_NAME_MAX];
	size_t n_told;
};

/**
 * struct seen - a device as the module tells of it
 * @name: its stable name
 * @alias: its other names
 * @aliases: how many
 * @total: its memory in bytes, or 0 where nobody knows
 * @part: it is a part of another device, whose memory it has
 */
struct seen {
	const char *name;
	const char *const *alias;
	size_t aliases;
	uint64_t total;
	bool part;
};

/**
 * struct unit - what an id stands for
 * @gpu: index of the device
 * @unit: number of the unit
 */
struct unit {
	size_t gpu;
	uint32_t unit;
};

/*
 * One round: what is not seen in it is away. The functions return whether
 * anything is not as before.
 */
void inventory_begin(struct inventory *inventory, bool *present);
bool inventory_see(struct inventory *inventory, const struct seen *seen);
bool inventory_end(struct inventory *inventory, const bool *present);

size_t inventory_units(const struct inventory *inventory);
void inventory_id(const struct inventory *inventory, struct unit unit,
		  char id[INVENTORY_ID]);
bool inventory_find(const struct inventory *inventory, const char *id,
		    struct unit *out);

#endif /* INVENTORY_H */
