/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration files: groups with their quotas.
 */
#ifndef CONF_H
#define CONF_H

#include "cgroup.h"
#include "quota_args.h"

/* What becomes of a group whose cgroup is not there. */
enum conf_missing {
	CONF_MISSING_FAIL = 0,
	CONF_MISSING_SKIP,
	CONF_MISSING_CREATE,
};

/**
 * struct conf_group - a section
 * @where: FILE:LINE of its head, owned
 * @name: its cgroup as written
 * @missing: what to do where that is not there
 * @quotas: what it says
 * @cgroup: its cgroup
 * @skipped: it is not there, and need not be
 * @created: how many directories conf_create() made for it
 */
struct conf_group {
	char *where;
	const char *name;
	enum conf_missing missing;
	struct quota_args quotas;
	struct cgroup cgroup;
	bool skipped;
	unsigned int created;
};

/**
 * struct conf - what all files say
 * @group: the sections in their order, owned
 * @n: how many
 * @text: the files, which the names and values point into; owned
 * @texts: how many
 */
struct conf {
	struct conf_group **group;
	size_t n;
	char **text;
	size_t texts;
};

int conf_parse(struct tool *tool, const char *path, char *text,
	       struct conf *conf);
int conf_read(struct tool *tool, const char *path, struct conf *conf);
int conf_check(struct tool *tool, struct conf *conf);
int conf_create(struct tool *tool, struct conf_group *group);
void conf_uncreate(struct tool *tool, struct conf_group *group);
void conf_free(struct conf *conf);

#endif /* CONF_H */
