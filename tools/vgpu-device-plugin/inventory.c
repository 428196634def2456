// SPDX-License-Identifier: GPL-2.0
/*
 * Devices and their units.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "inventory.h"
#include "log.h"
#include "nodes.h"

#define PAGE	4096ULL
/* A quota of time is at least a hundredth of a percent. */
#define COMPUTE_UNITS	10000

void inventory_begin(struct inventory *inventory, bool *present)
{
	size_t i;

	for (i = 0; i < inventory->n; i++) {
		present[i] = inventory->gpu[i].present;
		inventory->gpu[i].present = false;
	}
}

bool inventory_end(struct inventory *inventory, const bool *present)
{
	bool changed = false;
	size_t i;

	for (i = 0; i < inventory->n; i++) {
		if (inventory->gpu[i].present == present[i])
			continue;
		say("%s %s", inventory->gpu[i].name,
		    present[i] ? "is gone" : "is back");
		changed = true;
	}
	return changed;
}

static bool called(const struct seen *seen, const char *name)
{
	size_t i;

	if (!strcmp(seen->name, name))
		return true;
	for (i = 0; i < seen->aliases; i++) {
		if (!strcmp(seen->alias[i], name))
			return true;
	}
	return false;
}

/* Is it to be shared, and how much of it? */
static bool wanted(const struct options *options, const struct seen *seen,
		   uint64_t *total)
{
	size_t i;

	*total = seen->total;
	for (i = 0; i < options->devices; i++) {
		if (!called(seen, options->device[i].name))
			continue;
		if (options->device[i].total)
			*total = options->device[i].total;
		return true;
	}
	return !options->devices;
}

/* Say once why a device is not shared. */
__attribute__((format(printf, 3, 4))) static bool
leave_out(struct inventory *inventory, const char *name, const char *format,
	  ...)
{
	char why[256];
	va_list args;
	size_t i;

	for (i = 0; i < inventory->n_told; i++) {
		if (!strcmp(inventory->told[i], name))
			return false;
	}
	if (inventory->n_told < INVENTORY_GPUS)
		snprintf(inventory->told[inventory->n_told++], LIBVGPU_NAME_MAX,
			 "%s", name);
	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	say("%s is left out: %s", name, why);
	return false;
}

/* Divide what there is, where that can be done. */
static bool divide(struct inventory *inventory, uint64_t total, struct gpu *gpu)
{
	const struct options *options = inventory->options;
	uint64_t units;
	int most = options->compute ? COMPUTE_UNITS : INVENTORY_UNITS;

	if (!total)
		return leave_out(inventory, gpu->name,
				 "its driver does not say how much memory it has; say so with --device %s=SIZE",
				 gpu->name);
	total = total > options->reserve ? total - options->reserve : 0;
	gpu->unit = options->unit;
	if (options->shares)
		gpu->unit = total / options->shares / PAGE * PAGE;
	units = gpu->unit ? total / gpu->unit : 0;
	/* What rounding to pages left over is no share. */
	if (options->shares && units > options->shares)
		units = options->shares;
	if (!units)
		return leave_out(inventory, gpu->name,
				 "its memory is less than one unit");
	if (units > (uint64_t)most)
		return leave_out(inventory, gpu->name,
				 "it would have %llu units, and at most %d go; make them larger",
				 (unsigned long long)units, most);
	gpu->units = (uint32_t)units;
	return true;
}

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static void add_node(struct gpu *gpu, const char *name)
{
	const char *folder = node_folder(name);

	if (folder && gpu->nodes < INVENTORY_NODES)
		snprintf(gpu->node[gpu->nodes++], LIBVGPU_NAME_MAX, "%s%.48s",
			 folder, name);
}

/*
 * The nodes that programs compute with. The node that also sets the display's
 * mode is one only where there is no other.
 */
static void find_nodes(struct gpu *gpu, const struct seen *seen)
{
	const char *card = NULL, *alias;
	bool nvidia = false;
	size_t i;

	for (i = 0; i < seen->aliases; i++) {
		alias = seen->alias[i];
		nvidia = nvidia || starts(alias, "nvidia");
		if (starts(alias, "card"))
			card = alias;
		else if (starts(alias, "GPU-"))
			snprintf(gpu->uuid, sizeof(gpu->uuid), "%s", alias);
		else
			add_node(gpu, alias);
	}
	if (!gpu->nodes && card)
		add_node(gpu, card);
	/* Of one that does not run yet only the node is known. */
	if (nvidia) {
		add_node(gpu, "nvidiactl");
		add_node(gpu, "nvidia-uvm");
	}
}

static struct gpu *known(struct inventory *inventory, const char *name)
{
	size_t i;

	for (i = 0; i < inventory->n; i++) {
		if (!strcmp(inventory->gpu[i].name, name))
			return &inventory->gpu[i];
	}
	return NULL;
}

/* The units of all other devices. */
static size_t others(const struct inventory *inventory, const struct gpu *gpu)
{
	return inventory_units(inventory) - (gpu ? gpu->units : 0);
}

/*
 * Take up a device. How it is divided can change while it is away, as when a
 * driver with other options is loaded.
 */
bool inventory_see(struct inventory *inventory, const struct seen *seen)
{
	struct gpu *gpu = known(inventory, seen->name), now = { .present = true };
	bool changed;
	uint64_t total;

	if (!wanted(inventory->options, seen, &total))
		return false;
	/* Both would sell the same memory. */
	if (seen->part && !inventory->options->devices)
		return leave_out(inventory, seen->name,
				 "it is a part of another device; name what to share with --device");
	snprintf(now.name, sizeof(now.name), "%s", seen->name);
	/* With "-" and five digits it must fit an id. */
	if (strlen(seen->name) > INVENTORY_ID - 7)
		return leave_out(inventory, now.name, "its name is too long");
	if (!divide(inventory, total, &now))
		return false;
	find_nodes(&now, seen);
	if (others(inventory, gpu) + now.units > INVENTORY_UNITS ||
	    (!gpu && inventory->n == INVENTORY_GPUS))
		return leave_out(inventory, now.name,
				 "all devices together have too many units");
	if (!gpu) {
		gpu = &inventory->gpu[inventory->n++];
		say("%s has %u units of %llu bytes", now.name, now.units,
		    (unsigned long long)now.unit);
	}
	changed = gpu->units != now.units || gpu->unit != now.unit;
	*gpu = now;
	return changed;
}

size_t inventory_units(const struct inventory *inventory)
{
	size_t i, sum = 0;

	for (i = 0; i < inventory->n; i++)
		sum += inventory->gpu[i].units;
	return sum;
}

void inventory_id(const struct inventory *inventory, struct unit unit,
		  char id[INVENTORY_ID])
{
	snprintf(id, INVENTORY_ID, "%.56s-%u", inventory->gpu[unit.gpu].name,
		 unit.unit % (INVENTORY_UNITS + 1));
}

/* Only an id that inventory_id() gives is one. */
bool inventory_find(const struct inventory *inventory, const char *id,
		    struct unit *out)
{
	const char *dash = strrchr(id, '-');
	char again[INVENTORY_ID];
	struct unit unit;
	size_t len;

	if (!dash || !dash[1] || strlen(dash) > 6 ||
	    strspn(dash + 1, "0123456789") != strlen(dash + 1))
		return false;
	len = (size_t)(dash - id);
	unit.unit = 0;
	for (dash++; *dash; dash++)
		unit.unit = 10 * unit.unit + (uint32_t)(*dash - '0');
	for (unit.gpu = 0; unit.gpu < inventory->n; unit.gpu++) {
		const struct gpu *gpu = &inventory->gpu[unit.gpu];

		if (strlen(gpu->name) != len || strncmp(gpu->name, id, len))
			continue;
		if (unit.unit >= gpu->units)
			return false;
		inventory_id(inventory, unit, again);
		if (strcmp(again, id))
			return false;
		*out = unit;
		return true;
	}
	return false;
}
