// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kubelet.h"

/* A node runs some hundred pods; a folder with more is not the kubelet's. */
#define NAMES_MAX	16384

static int by_id(const void *a, const void *b)
{
	const struct kubelet_name *one = a, *other = b;

	return strcmp(one->id, other->id);
}

const struct kubelet_name *kubelet_find(const struct kubelet *kubelet,
					const char *id)
{
	struct kubelet_name key = { .id = (char *)(unsigned long)id };

	if (!kubelet->n)
		return NULL;
	return bsearch(&key, kubelet->name, kubelet->n, sizeof(key), by_id);
}

void kubelet_free(struct kubelet *kubelet)
{
	size_t i;

	for (i = 0; i < kubelet->n; i++)
		free(kubelet->name[i].id);
	free(kubelet->name);
	*kubelet = (struct kubelet){ .dir = kubelet->dir };
}

static bool kubelet_room(struct kubelet *kubelet)
{
	size_t room = kubelet->room ? 2 * kubelet->room : 64;
	struct kubelet_name *name;

	if (kubelet->n < kubelet->room)
		return true;
	if (room > NAMES_MAX)
		return false;
	name = realloc(kubelet->name, room * sizeof(*name));
	if (!name)
		return false;
	kubelet->name = name;
	kubelet->room = room;
	return true;
}

/* Cut a text at the last @mark; what follows it, or NULL. */
static char *cut_last(char *text, char mark)
{
	char *at = strrchr(text, mark);

	if (!at || at == text || !at[1])
		return NULL;
	*at = '\0';
	return at + 1;
}

/* NAMESPACE_POD_UID. All parts stay in the one copy, which @id begins. */
static bool split_pod(char *copy, struct kubelet_name *name)
{
	char *id = cut_last(copy, '_'), *pod = cut_last(copy, '_');

	if (!id || !pod || strchr(copy, '_'))
		return false;
	*name = (struct kubelet_name){ id, copy, pod, NULL };
	return true;
}

/* POD_NAMESPACE_CONTAINER-ID.log */
static bool split_container(char *copy, struct kubelet_name *name)
{
	char *log = cut_last(copy, '.'), *container, *namespace, *id;

	if (!log || strcmp(log, "log"))
		return false;
	container = cut_last(copy, '_');
	namespace = cut_last(copy, '_');
	if (!container || !namespace || strchr(copy, '_'))
		return false;
	id = cut_last(container, '-');
	if (!id)
		return false;
	*name = (struct kubelet_name){ id, namespace, copy, container };
	return true;
}

/* The parts in one piece of memory that starts with the id, which frees it. */
static bool keep(struct kubelet_name *name)
{
	size_t id = strlen(name->id) + 1;
	size_t namespace = strlen(name->namespace) + 1;
	size_t pod = strlen(name->pod) + 1;
	size_t container = name->container ? strlen(name->container) + 1 : 0;
	char *copy = malloc(id + namespace + pod + container);

	if (!copy)
		return false;
	name->id = memcpy(copy, name->id, id);
	name->namespace = memcpy(copy + id, name->namespace, namespace);
	name->pod = memcpy(copy + id + namespace, name->pod, pod);
	if (container)
		name->container = memcpy(copy + id + namespace + pod,
					 name->container, container);
	return true;
}

static void read_names(struct kubelet *kubelet, const char *sub,
		       bool (*split)(char *copy, struct kubelet_name *name))
{
	char path[PATH_MAX], copy[NAME_MAX + 1];
	struct kubelet_name name;
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", kubelet->dir, sub);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) && kubelet_room(kubelet)) {
		snprintf(copy, sizeof(copy), "%s", entry->d_name);
		if (split(copy, &name) && keep(&name))
			kubelet->name[kubelet->n++] = name;
	}
	if (dir)
		closedir(dir);
}

/* When a folder changed; zero where there is none. */
static struct timespec changed(const char *dir, const char *sub)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, sub);
	if (stat(path, &st))
		return (struct timespec){ 0 };
	return st.st_mtim;
}

static bool same(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Read the names again if the kubelet changed them. */
void kubelet_read(struct kubelet *kubelet)
{
	struct timespec pods = changed(kubelet->dir, "pods");
	struct timespec containers = changed(kubelet->dir, "containers");

	if (same(pods, kubelet->pods) && same(containers, kubelet->containers))
		return;
	kubelet_free(kubelet);
	kubelet->pods = pods;
	kubelet->containers = containers;
	read_names(kubelet, "pods", split_pod);
	read_names(kubelet, "containers", split_container);
	if (kubelet->n)
		qsort(kubelet->name, kubelet->n, sizeof(*kubelet->name), by_id);
}
