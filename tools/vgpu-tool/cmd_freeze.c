// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool group freeze, group thaw
 */
#include "cgroup.h"

static int set_frozen(struct tool *tool, int argc, char **argv, int frozen)
{
	static const struct arg_option options[] = { { 0 } };
	const char *name = NULL;
	struct cgroup cgroup;
	int err, status;

	status = args_read(tool, argc, argv, &(struct arg_reader){
		options, NULL, NULL, &name,
	});
	if (status >= 0)
		return status;
	if (!name)
		return tool_usage(tool, "name a cgroup");
	status = cgroup_parse(tool, name, &cgroup);
	if (status)
		return status;
	err = vgpu_group_set_frozen(tool->ctx, &cgroup.select, frozen);
	cgroup_close(&cgroup);
	return err ? tool_fail_lib(tool, err) : STATUS_OK;
}

int cmd_group_freeze(struct tool *tool, int argc, char **argv)
{
	return set_frozen(tool, argc, argv, 1);
}

int cmd_group_thaw(struct tool *tool, int argc, char **argv)
{
	return set_frozen(tool, argc, argv, 0);
}
