/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of pods and containers, which a cgroup's path has ids of only. The
 * kubelet keeps them in the names of its log files, on every node and with no
 * question to the API server.
 */
#ifndef KUBELET_H
#define KUBELET_H

#include <stddef.h>
#include <time.h>

/**
 * struct kubelet_name - what an id stands for
 * @id: of a pod or of a container
 * @namespace: of the pod
 * @pod: its name
 * @container: name of the container, NULL for a pod
 */
struct kubelet_name {
	char *id;
	char *namespace;
	char *pod;
	char *container;
};

/**
 * struct kubelet - all names, as they were last read
 * @dir: the folder that holds "pods" and "containers"
 * @name: the names, by id
 * @n: how many
 * @room: how many fit before the next growth
 * @pods: when that folder last changed
 * @containers: when that one did
 */
struct kubelet {
	const char *dir;
	struct kubelet_name *name;
	size_t n;
	size_t room;
	struct timespec pods;
	struct timespec containers;
};

void kubelet_read(struct kubelet *kubelet);
void kubelet_free(struct kubelet *kubelet);
const struct kubelet_name *kubelet_find(const struct kubelet *kubelet,
					const char *id);

#endif /* KUBELET_H */
