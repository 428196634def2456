// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which GPU /dev/nvidiaN is. The module cannot ask the driver for it, which
 * says so in /proc alone, whether or not the GPU runs:
 *
 *	/proc/driver/nvidia/gpus/0000:01:00.0/information
 *		Device Minor:	0
 *
 * So it is the library that makes the node an alias of the device.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "private.h"

#define NODE	"nvidia"
#define PCI	"pci:"

/**
 * nvidia_minor - the minor number of a GPU's node
 * @gpus: folder with a folder for each GPU
 * @device: name of a device: "pci:" and its address
 * @minor: set to it
 *
 * Return: false where the driver knows no such GPU.
 */
bool nvidia_minor(const char *gpus, const char *device, unsigned int *minor)
{
	const char *address = device + strlen(PCI);
	char path[PATH_MAX], line[256];
	bool found = false;
	FILE *f;

	/* An address has no place for another folder. */
	if (strncmp(device, PCI, strlen(PCI)) || strchr(address, '/') ||
	    snprintf(path, sizeof(path), "%s/%s/information", gpus, address) >=
	    (int)sizeof(path))
		return false;
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "Device Minor: %u", minor) == 1;
	if (f)
		fclose(f);
	return found;
}

/* "nvidia12", but neither "nvidia" nor "nvidia012". */
static bool parse_node(const char *node, unsigned int *minor)
{
	char again[LIBVGPU_NAME_MAX];

	if (strncmp(node, NODE, strlen(NODE)) ||
	    !isdigit((unsigned char)node[strlen(NODE)]) ||
	    sscanf(node + strlen(NODE), "%3u", minor) != 1)
		return false;
	snprintf(again, sizeof(again), NODE "%u", *minor);
	return !strcmp(node, again);
}

/**
 * nvidia_device - the device that has a node
 * @gpus: folder with a folder for each GPU
 * @node: its name, such as "nvidia0"
 * @device: set to the device's name
 *
 * Return: false where the driver knows no such GPU, or it is no such name.
 */
bool nvidia_device(const char *gpus, const char *node,
		   char device[LIBVGPU_NAME_MAX])
{
	unsigned int wanted, minor;
	const struct dirent *entry;
	bool found = false;
	DIR *dir;

	if (!parse_node(node, &wanted))
		return false;
	dir = opendir(gpus);
	while (dir && !found && (entry = readdir(dir))) {
		if (snprintf(device, LIBVGPU_NAME_MAX, PCI "%s",
			     entry->d_name) >= LIBVGPU_NAME_MAX)
			continue;
		found = nvidia_minor(gpus, device, &minor) && minor == wanted;
	}
	if (dir)
		closedir(dir);
	return found;
}
