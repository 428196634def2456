// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of a container. Of a pod it knows what the runtime of the
 * kubelet writes into annotations, each runtime under names of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "json.h"

static int read_env(struct config *config, struct refusal *why)
{
	struct json_object *process, *env;
	size_t i, n;

	process = json_member(config->root, "process", json_type_object);
	env = json_member(process, "env", json_type_array);
	n = env ? json_object_array_length(env) : 0;
	config->env = calloc(n + 1, sizeof(*config->env));
	if (!config->env)
		return refuse(why, -ENOMEM, "out of memory");
	for (i = 0; i < n; i++) {
		config->env[i] = json_text(json_object_array_get_idx(env, i));
		if (!config->env[i])
			return refuse(why, -EINVAL,
				      "config.json has a variable of the environment that is no string");
	}
	config->env_n = n;
	return 0;
}

/*
 * What the annotations of these names, up to NULL, say; a runtime writes one of
 * them. CRI-O adds those that the author of the pod wrote, so the names of other
 * runtimes are not to be believed against its own.
 */
static int annotation(const struct config *config, const char *const *names,
		      const char **out, struct refusal *why)
{
	const char *text;

	for (*out = NULL; *names; names++) {
		text = json_text(json_member(config->annotations, *names,
					     json_type_string));
		if (text && *out && strcmp(text, *out))
			return refuse(why, -EINVAL,
				      "config.json has an annotation, %s, that says \"%.64s\" where that of another runtime says \"%.64s\"",
				      *names, text, *out);
		if (text)
			*out = text;
	}
	return 0;
}

static int read_annotations(struct config *config, struct refusal *why)
{
	/* containerd, CRI-O, cri-dockerd */
	static const char *const pods[] = {
		"io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid", NULL,
	};
	static const char *const names[] = {
		"io.kubernetes.cri.container-name",
		"io.kubernetes.container.name", NULL,
	};
	static const char *const types[] = {
		"io.kubernetes.cri.container-type",
		"io.kubernetes.cri-o.ContainerType", NULL,
	};
	const char *type;
	int err;

	config->annotations = json_member(config->root, "annotations",
					  json_type_object);
	if (!config->annotations)
		return 0;
	json_object_object_foreach(config->annotations, key, value) {
		if (!json_text(value))
			return refuse(why, -EINVAL,
				      "config.json has an annotation, %.64s, that is no string",
				      key);
	}
	err = annotation(config, pods, &config->pod, why);
	if (!err)
		err = annotation(config, names, &config->name, why);
	if (!err)
		err = annotation(config, types, &type, why);
	config->sandbox = !err && type && !strcmp(type, "sandbox");
	return err;
}

/* Read a configuration. Returns 0 or a negative errno, and then out is empty. */
int config_parse(const char *text, size_t len, struct config *out,
		 struct refusal *why)
{
	int err;

	*out = (struct config){ .root = json_read_object(text, len) };
	if (!out->root)
		return refuse(why, -EINVAL, "config.json is no JSON object");
	err = read_env(out, why);
	if (!err)
		err = read_annotations(out, why);
	if (err)
		config_free(out);
	return err;
}

void config_free(struct config *config)
{
	free(config->env);
	json_object_put(config->root);
	*config = (struct config){ 0 };
}
