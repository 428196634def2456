// SPDX-License-Identifier: GPL-2.0
/*
 * How people name a cgroup: by its path below the root (pods/a or /pods/a), by
 * its directory (/sys/fs/cgroup/pods/a), or by its id (id:4711).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"

#define NAME_ALLOWED \
	"\"%s\" is no cgroup: give its path (pods/a), or directory (/sys/fs/cgroup/pods/a)"

/* Undo the octal escapes of mountinfo, in place. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++, to++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] &&
		    s[3]) {
			*to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
				     (s[3] - '0'));
			s += 3;
		} else {
			*to = *s;
		}
	}
	*to = '\0';
}

/* One line of mountinfo; true for a mount of cgroup v2. */
static bool mount_line(char *line, struct cgroup_mount *mount)
{
	char *root, *dir, *end;

	end = strstr(line, " - cgroup2 ");
	if (!end)
		return false;
	*end = '\0';
	/* id parent major:minor root dir ... */
	if (!strtok_r(line, " ", &end) || !strtok_r(NULL, " ", &end) ||
	    !strtok_r(NULL, " ", &end))
		return false;
	root = strtok_r(NULL, " ", &end);
	dir = strtok_r(NULL, " ", &end);
	if (!root || !dir || strlen(root) >= PATH_MAX ||
	    strlen(dir) >= PATH_MAX)
		return false;
	unescape(root);
	unescape(dir);
	strcpy(mount->root, strcmp(root, "/") ? root : "");
	strcpy(mount->dir, dir);
	return true;
}

/* Find where cgroup v2 is mounted; the first mount wins. */
bool cgroup_mount_find(struct cgroup_mount *mount)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	bool found = false;
	char *line = NULL;
	size_t room = 0;

	if (!f)
		return false;
	while (!found && getline(&line, &room, f) > 0)
		found = mount_line(line, mount);
	free(line);
	fclose(f);
	return found;
}

/* Bring a path to the form /a/b; false where it climbs or is too long. */
static bool normalise(const char *text, char path[PATH_MAX])
{
	size_t len = 0, part;

	for (;;) {
		text += strspn(text, "/");
		part = strcspn(text, "/");
		if (!part)
			break;
		if (part == 2 && !strncmp(text, "..", 2))
			return false;
		if (len + part + 2 > PATH_MAX)
			return false;
		if (part != 1 || *text != '.') {
			path[len++] = '/';
			memcpy(path + len, text, part);
			len += part;
		}
		text += part;
	}
	path[len] = '\0';
	return true;
}

/* What follows the mount point, where the path lies below it; else NULL. */
static const char *below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (strncmp(path, dir, len) || (path[len] && path[len] != '/'))
		return NULL;
	return path + len;
}

static int parse_id(struct tool *tool, const char *text, uint64_t *id)
{
	char *end;

	errno = 0;
	*id = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !*id)
		return tool_usage(tool, "id:%s is no cgroup id: id:N takes a number above 0",
				  text);
	return STATUS_OK;
}

/*
 * Read a cgroup as the user named it. Returns the exit status, after telling
 * what is wrong.
 */
int cgroup_parse(struct tool *tool, const char *text, struct cgroup *out)
{
	struct cgroup_mount mount;
	char path[PATH_MAX];
	const char *inside;

	*out = (struct cgroup){ .select.sz = sizeof(out->select) };
	if (!strncmp(text, "id:", 3))
		return parse_id(tool, text + 3, &out->select.id);
	if (!*text || !normalise(text, path))
		return tool_usage(tool, NAME_ALLOWED ", or id (id:N)", text);
	inside = NULL;
	if (text[0] == '/' && cgroup_mount_find(&mount))
		inside = below(path, mount.dir);
	if (!inside) {
		inside = path;
		mount.root[0] = '\0';
	}
	snprintf(out->path, sizeof(out->path), "%s%s", mount.root, inside);
	if (!out->path[0])
		strcpy(out->path, "/");
	out->select.path = out->path;
	return STATUS_OK;
}

/*
 * The directory of a cgroup named by path or directory. Returns the exit
 * status, after telling what is wrong.
 */
int cgroup_dir(struct tool *tool, const char *text, char dir[PATH_MAX])
{
	struct cgroup_mount mount;
	char path[PATH_MAX];
	const char *inside;

	if (!cgroup_mount_find(&mount))
		return tool_fail(tool, -EOPNOTSUPP,
				 "cgroup v2 is not mounted on this host; quotas need it");
	if (!*text || !strncmp(text, "id:", 3) || !normalise(text, path))
		return tool_usage(tool, NAME_ALLOWED, text);
	inside = text[0] == '/' ? below(path, mount.dir) : NULL;
	if (!inside)
		inside = below(path, mount.root);
	if (!inside ||
	    snprintf(dir, PATH_MAX, "%s%s", mount.dir, inside) >= PATH_MAX)
		return tool_fail(tool, -ENOENT, "%s is not below %s", text,
				 mount.dir);
	return STATUS_OK;
}

/* The directory of the caller's own cgroup. */
int cgroup_own(struct tool *tool, char dir[PATH_MAX])
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char *line = NULL;
	size_t room = 0;
	int status = -1;

	while (f && status < 0 && getline(&line, &room, f) > 0) {
		if (strncmp(line, "0::/", 4))
			continue;
		line[strcspn(line, "\n")] = '\0';
		status = cgroup_dir(tool, line + 3, dir);
	}
	free(line);
	if (f)
		fclose(f);
	if (status < 0)
		return tool_fail(tool, -EOPNOTSUPP,
				 "this process is in no cgroup of v2; name one with --parent");
	return status;
}

/* Open the directory that an unprivileged caller acts with. */
int cgroup_delegate(struct tool *tool, const char *dir, struct cgroup *out)
{
	int fd;

	if (!dir)
		return STATUS_OK;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return tool_fail(tool, -errno, "--delegate %s: %s", dir,
				 strerror(errno));
	out->select.delegate_fd = fd;
	return STATUS_OK;
}

void cgroup_close(struct cgroup *cgroup)
{
	if (cgroup->select.delegate_fd > 0)
		close(cgroup->select.delegate_fd);
}
