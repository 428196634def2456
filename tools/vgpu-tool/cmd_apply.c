// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool apply: all files are read and checked before the first quota is
 * set; where the module then refuses one, those before it are taken back.
 */
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "names.h"
#include "size.h"

#define DEFAULT_FILES	"/etc/vgpu/*.conf"

/* What changes of one device, in words. */
static void print_change(const struct conf_group *group,
			 const struct vgpu_quota_change *c)
{
	char text[SIZE_TEXT];

	printf("%s: %s on %s:", group->where, group->name, c->device);
	if (c->set & LIBVGPU_QUOTA_MEMORY)
		printf(" memory %s", size_format(c->memory_max, text));
	if (c->set & LIBVGPU_QUOTA_MEMORY_SYSTEM)
		printf(" memory-system %s",
		       size_format(c->memory_system_max, text));
	if (c->set & LIBVGPU_QUOTA_MANAGED)
		printf(" managed %s", name_managed(c->managed));
	if (c->set & LIBVGPU_QUOTA_COMPUTE_MAX)
		printf(" max %u.%02u%%", c->compute_max / 100,
		       c->compute_max % 100);
	if (c->set & LIBVGPU_QUOTA_COMPUTE_MIN)
		printf(" min %u.%02u%%", c->compute_min / 100,
		       c->compute_min % 100);
	if (c->set & LIBVGPU_QUOTA_COMPUTE_WEIGHT)
		printf(" weight %u", c->compute_weight);
	if (c->set & LIBVGPU_QUOTA_PRIORITY)
		printf(" priority %s", name_priority(c->priority));
	if (c->set & LIBVGPU_QUOTA_FREEZER)
		printf(" freezer %s", name_freezer(c->freezer));
	putchar('\n');
}

static void print_all(const struct conf *conf)
{
	const struct conf_group *group;
	size_t i, j;

	for (i = 0; i < conf->n; i++) {
		group = conf->group[i];
		if (group->skipped)
			printf("%s: %s is not there, and skipped\n",
			       group->where, group->name);
		for (j = 0; !group->skipped && j < group->quotas.n; j++)
			print_change(group, &group->quotas.change[j]);
	}
}

/**
 * struct before - the quotas of a group before it was changed
 * @changes: what brings them back; the names of the devices are the group's
 * @n: how many
 */
struct before {
	struct vgpu_quota_change changes[LIBVGPU_QUOTAS_MAX];
	size_t n;
};

/* What brings back all that a change sets; old is NULL for no quota. */
static struct vgpu_quota_change undo(const struct vgpu_quota_change *change,
				     const struct vgpu_quota *old)
{
	struct vgpu_quota_change back = {
		.sz = sizeof(back),
		.device = change->device,
		.set = change->set,
		.memory_max = LIBVGPU_UNLIMITED,
		.memory_system_max = LIBVGPU_UNLIMITED,
		.compute_max = LIBVGPU_SHARE_FULL,
	};

	if (!old)
		return back;
	back.memory_max = vgpu_quota_memory_max(old);
	back.memory_system_max = vgpu_quota_memory_system_max(old);
	back.managed = vgpu_quota_managed(old);
	back.compute_max = vgpu_quota_compute_max(old);
	back.compute_min = vgpu_quota_compute_min(old);
	back.compute_weight = vgpu_quota_compute_weight(old);
	back.priority = vgpu_quota_priority(old);
	back.freezer = vgpu_quota_freezer(old);
	return back;
}

static int remember(struct tool *tool, const struct conf_group *group,
		    struct before *before)
{
	const struct quota_args *quotas = &group->quotas;
	struct vgpu_quota *old;
	size_t i;
	int err;

	before->n = 0;
	for (i = 0; i < quotas->n; i++) {
		err = vgpu_quota_get(tool->ctx, &group->cgroup.select,
				     quotas->change[i].device, &old);
		/* One that is absent has a quota only where it was named. */
		if (err && err != -ENODEV)
			return tool_fail_lib(tool, err);
		before->changes[before->n++] =
			undo(&quotas->change[i], err ? NULL : old);
		if (!err)
			vgpu_quota_free(old);
	}
	return STATUS_OK;
}

static int set_group(struct tool *tool, struct conf_group *group,
		     struct before *before)
{
	int status, err;

	status = conf_create(tool, group);
	if (!status)
		status = remember(tool, group, before);
	if (status)
		return status;
	err = quota_args_set(&group->quotas, &group->cgroup.select);
	return err ? tool_fail_lib(tool, err) : STATUS_OK;
}

/* Take back the groups before @n, the last first. */
static void take_back(struct tool *tool, struct conf *conf,
		      const struct before *before, size_t n)
{
	struct conf_group *group;
	int err;

	while (n--) {
		group = conf->group[n];
		tool->where = group->where;
		if (group->skipped)
			continue;
		err = vgpu_quota_set(tool->ctx, &group->cgroup.select,
				     before[n].changes, before[n].n);
		if (err)
			tool_say(tool, "%s cannot be taken back: %s",
				 group->name, vgpu_ctx_error(tool->ctx));
		conf_uncreate(tool, group);
	}
}

static int set_all(struct tool *tool, struct conf *conf)
{
	struct before *before = calloc(conf->n + 1, sizeof(*before));
	int status = STATUS_OK;
	size_t i;

	if (!before)
		return tool_fail(tool, -ENOMEM, "out of memory");
	for (i = 0; i < conf->n && !status; i++) {
		tool->where = conf->group[i]->where;
		if (!conf->group[i]->skipped)
			status = set_group(tool, conf->group[i], &before[i]);
		if (status) {
			conf_uncreate(tool, conf->group[i]);
			take_back(tool, conf, before, i);
		}
	}
	tool->where = NULL;
	free(before);
	return status;
}

/* Read the files that were named, or those of the system. */
static int read_files(struct tool *tool, char **files, size_t n,
		      struct conf *conf)
{
	glob_t found = { 0 };
	int status = STATUS_OK;
	size_t i;

	for (i = 0; i < n && !status; i++)
		status = conf_read(tool, files[i], conf);
	if (n)
		return status;
	switch (glob(DEFAULT_FILES, 0, NULL, &found)) {
	case 0:
		break;
	case GLOB_NOMATCH:
		return STATUS_OK;
	default:
		return tool_fail(tool, -EIO, "cannot look for " DEFAULT_FILES);
	}
	for (i = 0; i < found.gl_pathc && !status; i++)
		status = conf_read(tool, found.gl_pathv[i], conf);
	globfree(&found);
	return status;
}

enum {
	OPT_DRY_RUN = 1,
};

int cmd_apply(struct tool *tool, int argc, char **argv)
{
	static const struct arg_option options[] = {
		{ "dry-run", OPT_DRY_RUN, false },
		{ 0 },
	};
	struct args args = {
		.tool = tool, .argc = argc, .argv = argv, .options = options,
	};
	struct conf conf = { 0 };
	bool dry_run = false;
	int arg, status;
	char **files;
	size_t n = 0;

	files = calloc((size_t)argc + 1, sizeof(*files));
	if (!files)
		return tool_fail(tool, -ENOMEM, "out of memory");
	while ((arg = args_next(&args)) >= 0) {
		if (arg == OPT_DRY_RUN)
			dry_run = true;
		else
			files[n++] = args.value;
	}
	status = arg == ARG_STOP ? args.status : STATUS_OK;
	if (arg != ARG_STOP) {
		status = read_files(tool, files, n, &conf);
		if (!status)
			status = conf_check(tool, &conf);
		if (!status && dry_run)
			print_all(&conf);
		else if (!status)
			status = set_all(tool, &conf);
	}
	conf_free(&conf);
	free(files);
	return status;
}
