// SPDX-License-Identifier: GPL-2.0
/*
 * The cgroup (v2) of a container: where its first process is. The runtime has
 * put it there before it runs the hook.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "file.h"

#define LINE	"0::"
#define DELETED	" (deleted)"

/* The path of the v2 hierarchy in the text of /proc/PID/cgroup. */
int cgroup_unified(const char *text, char path[PATH_MAX], struct refusal *why)
{
	size_t len;

	while (strncmp(text, LINE, strlen(LINE))) {
		text += strcspn(text, "\n");
		if (!*text++)
			return refuse(why, -EOPNOTSUPP,
				      "the container is in no cgroup of v2, which quotas need; start the host with systemd.unified_cgroup_hierarchy=1");
	}
	text += strlen(LINE);
	len = strcspn(text, "\n");
	if (len >= strlen(DELETED) &&
	    !strncmp(text + len - strlen(DELETED), DELETED, strlen(DELETED)))
		return refuse(why, -ENOENT, "the container's cgroup is removed");
	if (*text != '/' || len >= PATH_MAX || !strncmp(text, "/..", 3))
		return refuse(why, -EINVAL,
			      "the container's cgroup is not below that of the hook's cgroup namespace");
	memcpy(path, text, len);
	path[len] = '\0';
	return 0;
}

static int read_unified(const char *file, char path[PATH_MAX],
			struct refusal *why)
{
	char *text;
	size_t len;
	int err;

	err = file_read(file, 1 << 16, &text, &len, why);
	if (err)
		return err;
	err = cgroup_unified(text, path, why);
	free(text);
	return err;
}

/*
 * Find a container's cgroup. One that others share, because the container was
 * started without a cgroup of its own, gets no quota: it would bind them too.
 */
int cgroup_of_container(pid_t pid, char path[PATH_MAX], struct refusal *why)
{
	char own[PATH_MAX], file[64];
	int err;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", (int)pid);
	err = read_unified(file, path, why);
	if (err)
		return err;
	if (!strcmp(path, "/"))
		return refuse(why, -EOPNOTSUPP,
			      "the container is in the root cgroup of v2; a quota needs a cgroup of its own there");
	if (!read_unified("/proc/self/cgroup", own, why) && !strcmp(path, own))
		return refuse(why, -EOPNOTSUPP,
			      "the container shares the cgroup %s with its runtime; a quota needs a cgroup of its own",
			      path);
	why->text[0] = '\0';
	return 0;
}
