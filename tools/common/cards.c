// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <vgpu/device.h>

#include "cards.h"

static bool known(const struct vgpu_device_list *devices, const char *card)
{
	const struct vgpu_device *dev;
	const char *alias;
	size_t i, k;

	for (i = 0; (dev = vgpu_device_list_at(devices, i)); i++)
		for (k = 0; (alias = vgpu_device_alias_at(dev, k)); k++)
			if (!strcmp(alias, card))
				return true;
	return false;
}

/* Is it card and a number, and not a connector of one? */
static bool is_card(const char *name)
{
	if (strncmp(name, "card", 4) || !name[4])
		return false;
	return strspn(name + 4, "0123456789") == strlen(name + 4);
}

void cards_unmanaged(const struct vgpu_device_list *devices,
		     void (*found)(void *arg, const char *card,
				   const char *driver),
		     void *arg)
{
	char link[PATH_MAX], driver[PATH_MAX];
	DIR *dir = opendir("/sys/class/drm");
	struct dirent *entry;
	const char *name;
	ssize_t n;

	while (dir && (entry = readdir(dir))) {
		if (!is_card(entry->d_name) || known(devices, entry->d_name))
			continue;
		snprintf(link, sizeof(link), "/sys/class/drm/%s/device/driver",
			 entry->d_name);
		n = readlink(link, driver, sizeof(driver) - 1);
		driver[n > 0 ? n : 0] = '\0';
		name = strrchr(driver, '/');
		found(arg, entry->d_name, name ? name + 1 : "");
	}
	if (dir)
		closedir(dir);
}
