// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "array.h"
#include "nodes.h"

static const struct {
	const char *begin;
	const char *folder;
} nodes[] = {
	{ "card", "dri/" },
	{ "render", "dri/" },
	{ "accel", "accel/" },
	{ "nvidia", "" },
};

const char *node_folder(const char *alias)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nodes); i++)
		if (!strncmp(alias, nodes[i].begin, strlen(nodes[i].begin)))
			return nodes[i].folder;
	return NULL;
}
