// SPDX-License-Identifier: GPL-2.0
/*
 * Cards that the kernel has and vgpu has no device for: nothing on them is
 * charged.
 */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "metrics.h"

static bool known(const struct snapshot *snapshot, const char *card)
{
	const struct vgpu_device *dev;
	const char *alias;
	size_t i, k;

	for (i = 0; (dev = vgpu_device_list_at(snapshot->devices, i)); i++)
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

void emit_cards(struct scrape *scrape, size_t item)
{
	DIR *dir = scrape->snapshot->devices ? opendir("/sys/class/drm") : NULL;
	char link[PATH_MAX], driver[PATH_MAX];
	struct dirent *entry;
	struct text *text;
	const char *name;
	ssize_t n;

	(void)item;
	while (dir && (entry = readdir(dir))) {
		if (!is_card(entry->d_name) ||
		    known(scrape->snapshot, entry->d_name))
			continue;
		snprintf(link, sizeof(link), "/sys/class/drm/%s/device/driver",
			 entry->d_name);
		n = readlink(link, driver, sizeof(driver) - 1);
		driver[n > 0 ? n : 0] = '\0';
		name = strrchr(driver, '/');
		text = sample_begin(scrape);
		text_put(text, "{");
		text_label(text, "card", entry->d_name);
		text_put(text, ",");
		text_label(text, "driver", name ? name + 1 : "");
		text_put(text, "}");
		sample_number(text, 1);
	}
	if (dir)
		closedir(dir);
}
