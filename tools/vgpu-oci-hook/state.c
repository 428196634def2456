// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a container: JSON on the hook's standard input.
 */
#include <errno.h>
#include <string.h>

#include "json.h"
#include "state.h"

static int state_read(struct json_object *root, struct state *out,
		      struct refusal *why)
{
	struct json_object *pid = json_member(root, "pid", json_type_int);
	const char *bundle;
	int64_t number;

	if (!pid)
		return refuse(why, -EINVAL, "the container's state has no pid");
	number = json_object_get_int64(pid);
	/* A hook that runs after the container has pid 0. */
	if (number <= 0 || number > INT_MAX)
		return refuse(why, -EINVAL,
			      "the container's state has the pid of no process; run the hook at createRuntime");
	bundle = json_text(json_member(root, "bundle", json_type_string));
	if (!bundle)
		return refuse(why, -EINVAL,
			      "the container's state has no bundle");
	if (bundle[0] != '/' || strlen(bundle) >= sizeof(out->bundle))
		return refuse(why, -EINVAL,
			      "the bundle of the container's state is no absolute path");
	out->pid = (pid_t)number;
	strcpy(out->bundle, bundle);
	return 0;
}

/* Read a state. Returns 0 or -EINVAL, and then leaves out untouched. */
int state_parse(const char *text, struct state *out, struct refusal *why)
{
	struct json_object *root = json_read_object(text, strlen(text));
	int err;

	if (!root)
		err = refuse(why, -EINVAL,
			     "the container's state is no JSON object");
	else
		err = state_read(root, out, why);
	json_object_put(root);
	return err;
}
