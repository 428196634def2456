/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration of a container, config.json of its bundle.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>

#include "claim.h"

struct json_object;

/**
 * struct config - what of it matters here
 * @root: all of it; owned
 * @env: the environment of its process, NAME=VALUE each, of @root; the array
 *	is owned
 * @env_n: how many
 * @annotations: of @root, or NULL
 * @pod: unique id of its pod, or NULL; of @root
 * @name: of the container in the pod, or NULL; of @root
 * @sandbox: the container only holds a pod's namespaces
 */
struct config {
	struct json_object *root;
	const char **env;
	size_t env_n;
	struct json_object *annotations;
	const char *pod;
	const char *name;
	bool sandbox;
};

int config_parse(const char *text, size_t len, struct config *out,
		 struct refusal *why);
void config_free(struct config *config);

#endif /* CONFIG_H */
