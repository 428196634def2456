// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "place.h"

/* A part of a path, between two slashes. */
struct part {
	const char *at;
	size_t len;
};

/* Cut @prefix off the front of a part and, where given, @suffix off its end. */
static bool part_cut(struct part *part, const char *prefix, const char *suffix)
{
	size_t before = strlen(prefix), after = strlen(suffix);

	if (part->len < before + after || memcmp(part->at, prefix, before) ||
	    memcmp(part->at + part->len - after, suffix, after))
		return false;
	part->at += before;
	part->len -= before + after;
	return true;
}

static bool part_is(const struct part *part, const char *string)
{
	return part->len == strlen(string) &&
	       !memcmp(part->at, string, part->len);
}

static bool part_digits(const struct part *part, const char *digits)
{
	size_t i;

	for (i = 0; i < part->len; i++)
		if (!strchr(digits, part->at[i]) || !part->at[i])
			return false;
	return part->len > 0;
}

static void part_copy(const struct part *part, char *to, size_t size)
{
	size_t len = part->len < size ? part->len : size - 1;

	memcpy(to, part->at, len);
	to[len] = '\0';
}

/* kubepods-burstable-pod1234_abcd.slice, or pod1234-abcd below kubepods. */
static bool pod_part(struct part part, bool below, struct place *place)
{
	const char *pod;
	char *s;

	if (part_cut(&part, "", ".slice")) {
		pod = memmem(part.at, part.len, "kubepods", 8);
		if (!pod)
			return false;
		part.len -= (size_t)(pod - part.at);
		part.at = pod;
		pod = memmem(part.at, part.len, "-pod", 4);
		if (!pod)
			return false;
		part.len -= (size_t)(pod + 4 - part.at);
		part.at = pod + 4;
	} else if (!below || !part_cut(&part, "pod", "")) {
		return false;
	}
	if (part.len > PLACE_ID || !part_digits(&part, "0123456789abcdef-_"))
		return false;
	part_copy(&part, place->pod_uid, sizeof(place->pod_uid));
	for (s = place->pod_uid; *s; s++)
		if (*s == '_')
			*s = '-';
	place->engine = "kubernetes";
	return true;
}

/* How the runtimes name the cgroup of a container. */
static const struct {
	const char *prefix;
	const char *suffix;
	const char *engine;
} container_names[] = {
	{ "cri-containerd-", ".scope", "" },
	{ "crio-", ".scope", "" },
	{ "crio-", "", "" },
	{ "docker-", ".scope", "docker" },
	{ "libpod-", ".scope", "podman" },
	{ "libpod-", "", "podman" },
};

static bool is_id(const struct part *part)
{
	return part->len == PLACE_ID && part_digits(part, "0123456789abcdef");
}

static bool container_part(struct part part, bool below_docker,
			   struct place *place)
{
	const char *engine = below_docker ? "docker" : "";
	bool bare = below_docker || *place->pod_uid;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(container_names); i++) {
		struct part id = part;

		if (part_cut(&id, container_names[i].prefix,
			     container_names[i].suffix) && is_id(&id)) {
			part = id;
			engine = container_names[i].engine;
			bare = true;
			break;
		}
	}
	if (!bare || !is_id(&part))
		return false;
	/* Below a pod whatever has an id is a container of Kubernetes. */
	if (!*place->pod_uid && !*engine)
		return false;
	part_copy(&part, place->container_id, sizeof(place->container_id));
	if (!*place->engine)
		place->engine = engine;
	place->container = true;
	return true;
}

static void slurm_part(struct part part, struct place *place)
{
	if (!*place->job && part_cut(&part, "job_", "") &&
	    part_digits(&part, "0123456789")) {
		part_copy(&part, place->job, sizeof(place->job));
		place->engine = "slurm";
	} else if (*place->job && !*place->step &&
		   part_cut(&part, "step_", "")) {
		part_copy(&part, place->step, sizeof(place->step));
	}
}

void place_parse(const char *path, struct place *place)
{
	bool kubepods = false, docker = false, slurm = false;
	struct part part;

	*place = (struct place){ .engine = "" };
	while (*path) {
		path += strspn(path, "/");
		part = (struct part){ path, strcspn(path, "/") };
		path += part.len;
		if (*place->container_id) {
			/* crun puts the tasks of podman's one level below. */
			place->container = place->container &&
					   (!part.len ||
					    part_is(&part, "container"));
			continue;
		}
		if (slurm)
			slurm_part(part, place);
		else if (*place->pod_uid || !pod_part(part, kubepods, place))
			container_part(part, docker, place);
		kubepods = kubepods || part_is(&part, "kubepods");
		docker = part_is(&part, "docker");
		slurm = slurm || part_is(&part, "slurm") ||
			part_cut(&part, "", "slurmstepd.scope");
	}
}

static void place_label(struct text *text, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	text_put(text, ",");
	text_label(text, name, value);
}

/* What the kubelet calls the container, or its pod; NULL where it does not. */
const struct kubelet_name *place_name(const struct place *place,
				      const struct kubelet *kubelet)
{
	if (!*place->pod_uid)
		return NULL;
	return kubelet_find(kubelet, *place->container_id ?
			    place->container_id : place->pod_uid);
}

/* The labels, each with a comma before it. */
void place_labels(struct text *text, const struct place *place,
		  const struct kubelet *kubelet)
{
	const struct kubelet_name *name = place_name(place, kubelet);

	place_label(text, "engine", place->engine);
	place_label(text, "pod_uid", place->pod_uid);
	place_label(text, "container_id", place->container_id);
	place_label(text, "job", place->job);
	place_label(text, "step", place->step);
	if (!name)
		return;
	place_label(text, "namespace", name->namespace);
	place_label(text, "pod", name->pod);
	place_label(text, "container", name->container);
}
