// SPDX-License-Identifier: GPL-2.0
/*
 * The kubelet's own record of what device plugins answered. Only root can write
 * it, and it has the environment as a plugin gave it, before a pod could add to
 * it. Its form is the kubelet's own affair: what is not as expected is refused.
 */
#include <errno.h>
#include <string.h>

#include "answer.h"
#include "checkpoint.h"
#include "json.h"

static int malformed(struct refusal *why, const char *what)
{
	return refuse(why, -EINVAL, "the kubelet's checkpoint: %s", what);
}

static int read_entry(struct json_object *entry, struct claims *claims,
		      struct refusal *why)
{
	struct json_object *response = NULL;
	const char *text;

	/* A plugin that answered nothing. */
	if (!json_object_object_get_ex(entry, "AllocResp", &response) ||
	    !response)
		return 0;
	text = json_text(response);
	return text ? answer_claims(text, claims, why) :
		      malformed(why, "AllocResp is no string");
}

/* Of a container of that name, in the pod or in one that nobody names. */
static int read_named(struct json_object *entry, const char *uid,
		      const char *pod, struct claims *claims,
		      struct refusal *why)
{
	if (!pod)
		return refuse(why, -EINVAL,
			      "the kubelet's checkpoint has devices for a container of this name, and the runtime does not say of which pod this one is; a later release does");
	return strcmp(uid, pod) ? 0 : read_entry(entry, claims, why);
}

/* Of another container: in the same pod, and with a quota that can be read. */
static bool is_limited(struct json_object *entry, const char *uid,
		       const char *pod)
{
	struct claims claims = { .n = 0 };
	struct refusal why;

	return pod && !strcmp(uid, pod) && !read_entry(entry, &claims, &why) &&
	       claims.n;
}

/*
 * Add the quotas of a container of a pod, NULL where that is not known, and set
 * *others where other containers of the pod have some. Returns 0, where there are
 * none too, or a negative errno with a sentence, and then adds none.
 */
int checkpoint_claims(const char *text, size_t len, const char *pod,
		      const char *container, struct claims *claims,
		      bool *others, struct refusal *why)
{
	struct json_object *root = json_read_object(text, len), *list = NULL;
	struct json_object *data, *entry;
	const char *uid, *name;
	size_t before = claims->n, i;
	int err = 0;

	if (!root)
		return malformed(why, "no JSON object");
	data = json_member(root, "Data", json_type_object);
	if (!data)
		err = malformed(why, "Data is no object");
	else if (json_object_object_get_ex(data, "PodDeviceEntries", &list) &&
		 list && !json_object_is_type(list, json_type_array))
		err = malformed(why, "PodDeviceEntries is no array");
	for (i = 0; !err && list && i < json_object_array_length(list); i++) {
		entry = json_object_array_get_idx(list, i);
		uid = json_text(json_member(entry, "PodUID", json_type_string));
		name = json_text(json_member(entry, "ContainerName",
					     json_type_string));
		if (!uid || !name)
			err = malformed(why, "an entry has no PodUID or ContainerName");
		else if (!strcmp(name, container))
			err = read_named(entry, uid, pod, claims, why);
		else if (is_limited(entry, uid, pod))
			*others = true;
	}
	if (err)
		claims->n = before;
	json_object_put(root);
	return err;
}
