// SPDX-License-Identifier: GPL-2.0
/*
 * Where the quota of a container may be written down, in the order of trust:
 * the arguments, which root wrote into a CDI specification; annotations, which
 * an administrator lets through; the kubelet's checkpoint; and the environment,
 * which whoever writes the pod can add to, only where root says so.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "annotations.h"
#include "checkpoint.h"
#include "config.h"
#include "env.h"
#include "file.h"
#include "json.h"
#include "options.h"
#include "sources.h"

#define CONFIG_MOST	(16 << 20)
#define CHECKPOINT_MOST	(64 << 20)

static int read_config(const char *bundle, struct config *out,
		       struct refusal *why)
{
	char path[PATH_MAX + 16], *text;
	size_t len;
	int err;

	snprintf(path, sizeof(path), "%s/config.json", bundle);
	err = file_read(path, CONFIG_MOST, &text, &len, why);
	if (err)
		return err;
	err = config_parse(text, len, out, why);
	free(text);
	return err;
}

static const char *annotation_at(const void *from, const char *name)
{
	struct json_object *value;

	/* The library takes no const. */
	if (!json_object_object_get_ex((struct json_object *)from, name,
				       &value))
		return NULL;
	return json_text(value);
}

static const char *annotation_next(const void *from, const char *name)
{
	struct lh_table *table =
		json_object_get_object((const struct json_object *)from);
	struct lh_entry *entry = name ? lh_table_lookup_entry(table, name) :
					table->head;

	if (name && entry)
		entry = entry->next;
	return entry ? entry->k : NULL;
}

static bool folder_exists(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = strndup(path, slash ? (size_t)(slash - path) : 0);
	bool exists = folder && !access(*folder ? folder : ".", F_OK);

	free(folder);
	return exists;
}

/*
 * The kubelet makes the file when it hears of the first device plugin, whose pod
 * must start before. But it makes the folder before it starts any: where that is
 * missing too, an option names the wrong place.
 */
static int no_checkpoint(const struct options *options,
			 const struct config *config, struct notes *notes,
			 struct refusal *why)
{
	if (options->checkpoint && !folder_exists(options->checkpoint))
		return -ENOENT;
	why->text[0] = '\0';
	if (config->pod)
		note(notes,
		     "%.200s is not there: what device plugins answered is not known",
		     options->checkpoint ?: CHECKPOINT_PATH);
	return 0;
}

/* The kubelet's record, where this is a container of a pod. */
static int read_checkpoint(const struct options *options,
			   const struct config *config, struct claims *claims,
			   bool *others, struct notes *notes,
			   struct refusal *why)
{
	char *text;
	size_t len;
	int err;

	if (!config->name)
		return 0;
	err = file_read(options->checkpoint ?: CHECKPOINT_PATH, CHECKPOINT_MOST,
			&text, &len, why);
	if (err == -ENOENT)
		return no_checkpoint(options, config, notes, why);
	if (err)
		return err;
	err = checkpoint_claims(text, len, config->pod, config->name, claims,
				others, why);
	free(text);
	return err;
}

/*
 * The pod's annotation is for several containers. That this is none of them shows
 * where the checkpoint has quotas of others: it has those of a whole pod before
 * the first of its containers starts.
 */
static int read_several(bool found, bool others, struct notes *notes,
			struct refusal *why)
{
	if (!found && !others)
		return refuse(why, -EINVAL,
			      "the pod's annotation has devices for several containers, "
			      "and the kubelet's checkpoint does not say which are those of this one");
	note(notes,
	     "the pod's annotation is for several containers; the kubelet's checkpoint counts%s",
	     found ? "" : ", and has no quota of this one");
	return 0;
}

static int read_all(const struct options *options, const struct config *config,
		    struct claims *claims, struct notes *notes,
		    struct refusal *why)
{
	struct annotations annotations = {
		.at = annotation_at,
		.next = annotation_next,
		.from = config->annotations,
		.source = "an annotation",
		.container = config->name,
	};
	bool others = false;
	size_t before;
	int err = 0;

	if (config->annotations)
		err = annotations_claims(&annotations, claims, why);
	before = claims->n;
	if (!err)
		err = read_checkpoint(options, config, claims, &others, notes,
				      why);
	if (!err && annotations.several)
		err = read_several(claims->n > before, others, notes, why);
	if (!err && options->trust_env)
		err = env_claims(config->env, config->env_n, "the environment",
				 claims, why);
	return err;
}

/*
 * Collect what all sources say. A container that only holds the namespaces of a
 * pod has no quota.
 */
int sources_claims(const struct options *options, const char *bundle,
		   struct claims *claims, struct notes *notes,
		   struct refusal *why)
{
	struct config config;
	int err;

	err = read_config(bundle, &config, why);
	if (err)
		return err;
	if (!config.sandbox) {
		err = claims_add(claims, &options->claim, why);
		if (!err)
			err = read_all(options, &config, claims, notes, why);
	}
	config_free(&config);
	return err;
}
