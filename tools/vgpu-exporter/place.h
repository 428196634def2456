/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the path of a cgroup tells of who runs there.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>

#include "kubelet.h"
#include "text.h"

/* A container's id: that of its runtime, 64 hexadecimal digits. */
#define PLACE_ID	64

/**
 * struct place - who runs in a cgroup; texts are empty where the path is silent
 * @engine: "kubernetes", "docker", "podman", "slurm" or ""
 * @pod_uid: of the pod, as the API server writes it
 * @container_id: of the container
 * @job: of Slurm
 * @step: of the job
 * @container: it is the container's own cgroup and not one below
 */
struct place {
	const char *engine;
	char pod_uid[PLACE_ID + 1];
	char container_id[PLACE_ID + 1];
	char job[24];
	char step[24];
	bool container;
};

void place_parse(const char *path, struct place *place);
const struct kubelet_name *place_name(const struct place *place,
				      const struct kubelet *kubelet);
void place_labels(struct text *text, const struct place *place,
		  const struct kubelet *kubelet);

#endif /* PLACE_H */
