// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration files. A section is a cgroup, and what follows are the options
 * of group set, a line each:
 *
 *	[batch.slice]
 *	device = card0
 *	memory = 4G
 *
 * Every mistake is told with its file and line, before anything is asked of the
 * module.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"

#define KEYS \
	"there are device, memory, memory-system, managed, compute, min, max, weight, priority, policy, freezer and missing"

/* Without the blanks around it, in place. */
static char *trim(char *s)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	len = strlen(s);
	while (len && isspace((unsigned char)s[len - 1]))
		len--;
	s[len] = '\0';
	return s;
}

static int out_of_memory(struct tool *tool)
{
	return tool_fail(tool, -ENOMEM, "out of memory");
}

/* Its cgroup has no section yet, by this name or another: [a] and [/a] are one. */
static int check_once(struct tool *tool, const struct conf *conf,
		      const struct conf_group *group)
{
	const struct conf_group *other;
	size_t i;

	for (i = 0; i < conf->n; i++) {
		other = conf->group[i];
		if (other == group ||
		    other->cgroup.select.id != group->cgroup.select.id ||
		    strcmp(other->cgroup.path, group->cgroup.path))
			continue;
		if (!strcmp(other->name, group->name))
			return tool_usage(tool, "[%s] is at %s already",
					  group->name, other->where);
		return tool_usage(tool, "[%s] is [%s], which is at %s already",
				  group->name, other->name, other->where);
	}
	return STATUS_OK;
}

static int add_group(struct tool *tool, struct conf *conf, char *name)
{
	struct conf_group **more, *group;
	size_t len = strlen(name);
	int status;

	if (name[len - 1] != ']')
		return tool_usage(tool, "a section is a cgroup in brackets, as [batch.slice]");
	name[len - 1] = '\0';
	name = trim(name + 1);
	if (!*name)
		return tool_usage(tool, "a section needs the name of a cgroup");
	more = realloc(conf->group, (conf->n + 1) * sizeof(*more));
	if (!more)
		return out_of_memory(tool);
	conf->group = more;
	group = calloc(1, sizeof(*group));
	if (!group)
		return out_of_memory(tool);
	group->where = strdup(tool->where);
	group->name = name;
	group->quotas.tool = tool;
	conf->group[conf->n++] = group;
	if (!group->where)
		return out_of_memory(tool);
	status = cgroup_parse(tool, name, &group->cgroup);
	return status ? status : check_once(tool, conf, group);
}

static int set_missing(struct tool *tool, struct conf_group *group,
		       const char *value)
{
	static const char *const words[] = {
		[CONF_MISSING_FAIL] = "fail",
		[CONF_MISSING_SKIP] = "skip",
		[CONF_MISSING_CREATE] = "create",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(words[i], value)) {
			group->missing = (enum conf_missing)i;
			return STATUS_OK;
		}
	}
	return tool_usage(tool, "missing: %s is none of fail, skip and create",
			  value);
}

static int read_line(struct tool *tool, struct conf *conf, char *line)
{
	struct conf_group *group;
	char *value;
	int option;

	line = trim(line);
	if (!*line || *line == '#' || *line == ';')
		return STATUS_OK;
	if (*line == '[')
		return add_group(tool, conf, line);
	value = strchr(line, '=');
	if (!value)
		return tool_usage(tool, "%s is neither [CGROUP] nor KEY = VALUE",
				  line);
	*value++ = '\0';
	line = trim(line);
	value = trim(value);
	if (!conf->n)
		return tool_usage(tool, "%s before the first [CGROUP]", line);
	group = conf->group[conf->n - 1];
	if (!strcmp(line, "missing"))
		return set_missing(tool, group, value);
	option = quota_args_option(line);
	if (option < 0)
		return tool_usage(tool, "%s is no key; " KEYS, line);
	return quota_args_add(&group->quotas, option, value);
}

static int keep_text(struct tool *tool, struct conf *conf, char *text)
{
	char **more = realloc(conf->text, (conf->texts + 1) * sizeof(*more));

	if (!more) {
		free(text);
		return out_of_memory(tool);
	}
	conf->text = more;
	conf->text[conf->texts++] = text;
	return STATUS_OK;
}

/* The whole file, with a NUL behind it. */
static int read_text(struct tool *tool, const char *path, char **text)
{
	FILE *f = fopen(path, "re");
	size_t room = 0;
	ssize_t len;

	*text = NULL;
	if (!f)
		return tool_fail(tool, -errno, "%s: %s", path, strerror(errno));
	errno = 0;
	len = getdelim(text, &room, '\0', f);
	if (len < 0 && (ferror(f) || errno)) {
		fclose(f);
		return tool_fail(tool, errno ? -errno : -EIO, "%s: %s", path,
				 strerror(errno ? errno : EIO));
	}
	fclose(f);
	if (len < 0)
		(*text)[0] = '\0';
	if (len > 0 && !(*text)[len - 1])
		return tool_usage(tool, "%s: a NUL in the text", path);
	return STATUS_OK;
}

/*
 * Add what a text says, which is taken over. Returns the exit status, after
 * telling what is wrong.
 */
int conf_parse(struct tool *tool, const char *path, char *text,
	       struct conf *conf)
{
	char *line, *next, *where;
	unsigned int number = 0;
	size_t before = conf->n;
	int status;

	status = keep_text(tool, conf, text);
	for (line = text; line && !status; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (asprintf(&where, "%s:%u", path, ++number) < 0)
			return out_of_memory(tool);
		tool->where = where;
		/* A key must not go to a section of the file before. */
		if (conf->n == before && *trim(line) && *trim(line) != '[' &&
		    *trim(line) != '#' && *trim(line) != ';')
			status = tool_usage(tool,
					    "\"%s\" before the first [CGROUP]",
					    trim(line));
		else
			status = read_line(tool, conf, line);
		tool->where = NULL;
		free(where);
	}
	return status;
}

/* Add what a file says. */
int conf_read(struct tool *tool, const char *path, struct conf *conf)
{
	char *text;
	int status;

	status = read_text(tool, path, &text);
	if (!status)
		return conf_parse(tool, path, text, conf);
	free(text);
	return status;
}

static int check_cgroup(struct tool *tool, struct conf_group *group)
{
	char dir[PATH_MAX];
	int status;

	if (group->cgroup.select.id)
		return STATUS_OK;
	status = cgroup_dir(tool, group->name, dir);
	if (status || !access(dir, F_OK))
		return status;
	if (group->missing == CONF_MISSING_FAIL)
		return tool_fail(tool, -ENOENT,
				 "there is no cgroup %s; missing = skip or create lets that pass",
				 group->name);
	group->skipped = group->missing == CONF_MISSING_SKIP;
	return STATUS_OK;
}

/*
 * Check what can be known before anything is set: cgroups, devices, sizes.
 * Returns the exit status, after telling what is wrong.
 */
int conf_check(struct tool *tool, struct conf *conf)
{
	struct conf_group *group;
	int status = STATUS_OK;
	size_t i;

	for (i = 0; i < conf->n && !status; i++) {
		group = conf->group[i];
		tool->where = group->where;
		if (!group->quotas.n)
			status = tool_usage(tool, "[%s] sets nothing",
					    group->name);
		if (!status)
			status = check_cgroup(tool, group);
		if (!status && !group->skipped)
			status = quota_args_finish(&group->quotas);
	}
	tool->where = NULL;
	return status;
}

/* Make the group's cgroup where it is not there, and those above it. */
int conf_create(struct tool *tool, struct conf_group *group)
{
	char dir[PATH_MAX], *slash;
	int status;

	if (group->missing != CONF_MISSING_CREATE || group->cgroup.select.id)
		return STATUS_OK;
	status = cgroup_dir(tool, group->name, dir);
	if (status)
		return status;
	for (slash = strchr(dir + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		group->created += !mkdir(dir, 0755);
		*slash = '/';
	}
	if (!mkdir(dir, 0755))
		group->created++;
	else if (errno != EEXIST)
		return tool_fail(tool, -errno, "%s: %s", dir, strerror(errno));
	return STATUS_OK;
}

/* Take back what conf_create() made. */
void conf_uncreate(struct tool *tool, struct conf_group *group)
{
	char dir[PATH_MAX];

	if (!group->created || cgroup_dir(tool, group->name, dir))
		return;
	for (; group->created; group->created--) {
		rmdir(dir);
		*strrchr(dir, '/') = '\0';
	}
}

void conf_free(struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->n; i++) {
		quota_args_free(&conf->group[i]->quotas);
		free(conf->group[i]->where);
		free(conf->group[i]);
	}
	for (i = 0; i < conf->texts; i++)
		free(conf->text[i]);
	free(conf->group);
	free(conf->text);
}
