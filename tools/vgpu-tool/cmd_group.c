// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool group
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "output.h"
#include "quota_args.h"
#include "size.h"
#include "stats.h"

enum {
	OPT_DELEGATE = 1,
	OPT_KERNEL_MEMORY,
	OPT_DEVICE,
};

static struct json_object *group_json(const struct vgpu_group *group)
{
	struct json_object *object = json_object_new_object();

	json_put_number(object, "cgroup_id", vgpu_group_id(group));
	json_put_text(object, "cgroup", vgpu_group_path(group));
	if (vgpu_group_parent(group))
		json_put_number(object, "parent_id",
				vgpu_group_parent(group));
	else
		json_put_null(object, "parent_id");
	json_put_flag(object, "limited", vgpu_group_limited(group));
	json_put_flag(object, "frozen", vgpu_group_frozen(group));
	json_put_number(object, "objects", vgpu_group_objects(group));
	json_put_number(object, "kernel_memory",
			vgpu_group_kernel_memory(group));
	json_put_limit(object, "kernel_memory_max",
		       vgpu_group_kernel_memory_max(group));
	return object;
}

static void list_text(const struct vgpu_group_list *list)
{
	struct table table = {
		.head = { ">ID", ">OBJECTS", ">KERNEL", ">KERNEL-MAX",
			  "LIMITED", "FROZEN", "CGROUP" },
		.columns = 7,
	};
	const struct vgpu_group *group;
	size_t i;

	for (i = 0; (group = vgpu_group_list_at(list, i)); i++) {
		table_cell(&table, "%" PRIu64, vgpu_group_id(group));
		table_cell(&table, "%" PRIu64, vgpu_group_objects(group));
		table_size(&table, vgpu_group_kernel_memory(group));
		table_size(&table, vgpu_group_kernel_memory_max(group));
		table_cell(&table, "%s",
			   vgpu_group_limited(group) ? "yes" : "no");
		table_cell(&table, "%s",
			   vgpu_group_frozen(group) ? "yes" : "no");
		table_cell(&table, "%s", *vgpu_group_path(group) ?
					 vgpu_group_path(group) : "(removed)");
	}
	table_print(&table);
}

int cmd_group_list(struct tool *tool, int argc, char **argv)
{
	const struct vgpu_group *group;
	struct vgpu_group_list *list;
	struct json_object *array;
	struct cgroup cgroup;
	int err, status;
	size_t i;

	status = stats_args(tool, argc, argv, &cgroup);
	if (status >= 0)
		return status;
	err = vgpu_group_list_get(tool->ctx,
				  cgroup.select.sz ? &cgroup.select : NULL,
				  &list);
	cgroup_close(&cgroup);
	if (err)
		return tool_fail_lib(tool, err);
	status = STATUS_OK;
	if (tool->json) {
		array = json_object_new_array();
		for (i = 0; (group = vgpu_group_list_at(list, i)); i++)
			json_object_array_add(array, group_json(group));
		status = output_json(tool, array);
	} else {
		list_text(list);
	}
	vgpu_group_list_free(list);
	return status;
}

static void group_text(const struct vgpu_group *group)
{
	char held[SIZE_TEXT], max[SIZE_TEXT];

	print_line("%s", *vgpu_group_path(group) ? vgpu_group_path(group) :
						   "(removed)");
	printf("  id             %" PRIu64 "\n", vgpu_group_id(group));
	printf("  limited        %s\n", vgpu_group_limited(group) ?
					"yes, by its own or an ancestor's quota" :
					"no");
	printf("  frozen         %s\n", vgpu_group_frozen(group) ?
					"yes, by group freeze" : "no");
	printf("  objects        %" PRIu64 "\n", vgpu_group_objects(group));
	printf("  kernel memory  %s of %s\n",
	       size_format(vgpu_group_kernel_memory(group), held),
	       size_format(vgpu_group_kernel_memory_max(group), max));
}

static int show(struct tool *tool, const struct vgpu_group *group,
		const struct vgpu_stats_list *list)
{
	const struct vgpu_stats *stats;
	struct json_object *object, *array;
	size_t i;

	if (!tool->json) {
		group_text(group);
		stats_text(list, vgpu_group_id(group));
		return STATUS_OK;
	}
	object = group_json(group);
	array = json_object_new_array();
	for (i = 0; (stats = vgpu_stats_list_at(list, i)); i++)
		if (vgpu_stats_cgroup_id(stats) == vgpu_group_id(group))
			json_object_array_add(array, stats_json(stats));
	json_object_object_add(object, "devices", array);
	return output_json(tool, object);
}

int cmd_group_show(struct tool *tool, int argc, char **argv)
{
	struct vgpu_stats_list *list;
	struct vgpu_group *group;
	struct cgroup cgroup;
	int err, status;

	status = stats_args(tool, argc, argv, &cgroup);
	if (status >= 0)
		return status;
	if (!cgroup.select.sz)
		return tool_usage(tool, "name a cgroup");
	err = vgpu_group_get(tool->ctx, &cgroup.select, &group);
	if (err) {
		status = tool_fail_lib(tool, err);
		goto out_close;
	}
	err = vgpu_stats_list_get(tool->ctx, &cgroup.select, &list);
	if (err) {
		status = tool_fail_lib(tool, err);
		goto out_free_group;
	}
	status = show(tool, group, list);
	vgpu_stats_list_free(list);
out_free_group:
	vgpu_group_free(group);
out_close:
	cgroup_close(&cgroup);
	return status;
}

static int set_kernel_memory(struct tool *tool, const struct cgroup *cgroup,
			     const char *text)
{
	uint64_t bytes;
	int err;

	if (size_is_share(text))
		return tool_usage(tool,
				  "--kernel-memory: %s: kernel memory has no share; give bytes",
				  text);
	err = size_parse(text, NULL, &bytes);
	if (err)
		return tool_usage(tool, "--kernel-memory: %s is %s; %s", text,
				  err == -ERANGE ? "too large" : "no size",
				  SIZE_ALLOWED);
	err = vgpu_group_set_kernel_memory(tool->ctx, &cgroup->select, bytes);
	return err ? tool_fail_lib(tool, err) : STATUS_OK;
}

static int set_quotas(struct quota_args *quotas, const struct cgroup *cgroup)
{
	int err, status;

	status = quota_args_finish(quotas);
	if (status)
		return status;
	err = quota_args_set(quotas, &cgroup->select);
	return err ? tool_fail_lib(quotas->tool, err) : STATUS_OK;
}

/**
 * struct set - the arguments of group set
 * @cgroup: as typed
 * @delegate: likewise
 * @kernel_memory: likewise
 * @quotas: the quotas
 */
struct set {
	const char *cgroup;
	const char *delegate;
	const char *kernel_memory;
	struct quota_args quotas;
};

static int take_set(struct tool *tool, void *to, int option, char *value)
{
	struct set *set = to;

	(void)tool;
	if (option == OPT_DELEGATE)
		set->delegate = value;
	else if (option == OPT_KERNEL_MEMORY)
		set->kernel_memory = value;
	else
		return quota_args_add(&set->quotas, option, value);
	return STATUS_OK;
}

static int set_args(struct tool *tool, int argc, char **argv, struct set *set)
{
	static const struct arg_option options[] = {
		{ "device", QUOTA_ARG_DEVICE, true },
		{ "memory", QUOTA_ARG_MEMORY, true },
		{ "memory-system", QUOTA_ARG_MEMORY_SYSTEM, true },
		{ "managed", QUOTA_ARG_MANAGED, true },
		{ "compute", QUOTA_ARG_COMPUTE, true },
		{ "min", QUOTA_ARG_MIN, true },
		{ "max", QUOTA_ARG_MAX, true },
		{ "weight", QUOTA_ARG_WEIGHT, true },
		{ "priority", QUOTA_ARG_PRIORITY, true },
		{ "policy", QUOTA_ARG_POLICY, true },
		{ "freezer", QUOTA_ARG_FREEZER, true },
		{ "delegate", OPT_DELEGATE, true },
		{ "kernel-memory", OPT_KERNEL_MEMORY, true },
		{ 0 },
	};
	int status;

	status = args_read(tool, argc, argv, &(struct arg_reader){
		options, take_set, set, &set->cgroup,
	});
	if (status >= 0)
		return status;
	if (!set->cgroup)
		return tool_usage(tool, "name a cgroup");
	if (!set->quotas.n && !set->kernel_memory)
		return tool_usage(tool,
				  "nothing to set: give a limit, as --memory 4G or --compute 30%%, or --kernel-memory");
	if (set->quotas.n && set->kernel_memory)
		return tool_usage(tool,
				  "--kernel-memory goes in a command of its own, without quotas");
	return -1;
}

int cmd_group_set(struct tool *tool, int argc, char **argv)
{
	struct set set = { .quotas.tool = tool };
	struct cgroup cgroup;
	int status;

	status = set_args(tool, argc, argv, &set);
	if (status >= 0)
		return status;
	status = cgroup_parse(tool, set.cgroup, &cgroup);
	if (status)
		return status;
	status = cgroup_delegate(tool, set.delegate, &cgroup);
	if (!status && set.kernel_memory)
		status = set_kernel_memory(tool, &cgroup, set.kernel_memory);
	else if (!status)
		status = set_quotas(&set.quotas, &cgroup);
	quota_args_free(&set.quotas);
	cgroup_close(&cgroup);
	return status;
}

static bool same_cgroup(const struct vgpu_quota *quota,
			const struct vgpu_cgroup *cgroup)
{
	if (cgroup->path)
		return !strcmp(vgpu_quota_cgroup_path(quota), cgroup->path);
	return vgpu_quota_cgroup_id(quota) == cgroup->id;
}

/* One change for each quota that the group has, of at most n. */
static int all_quotas(struct tool *tool, const struct vgpu_cgroup *cgroup,
		      struct vgpu_quota_change *changes, size_t *n)
{
	const struct vgpu_quota *quota;
	struct vgpu_quota_list *list;
	size_t i, room = *n;
	int err;

	*n = 0;
	err = vgpu_quota_list_get(tool->ctx, cgroup, &list);
	if (err)
		return tool_fail_lib(tool, err);
	for (i = 0; *n < room && (quota = vgpu_quota_list_at(list, i)); i++)
		if (same_cgroup(quota, cgroup))
			changes[(*n)++] = (struct vgpu_quota_change){
				.sz = sizeof(*changes),
				.device_id = vgpu_quota_device_id(quota),
				.set = LIBVGPU_QUOTA_RESET,
			};
	vgpu_quota_list_free(list);
	return STATUS_OK;
}

static int reset(struct tool *tool, const struct vgpu_cgroup *cgroup,
		 struct vgpu_quota_change *changes, size_t n)
{
	bool all = !n;
	int err, status;

	do {
		if (all) {
			n = LIBVGPU_QUOTAS_MAX;
			status = all_quotas(tool, cgroup, changes, &n);
			if (status)
				return status;
		}
		err = n ? vgpu_quota_set(tool->ctx, cgroup, changes, n) : 0;
		if (err)
			return tool_fail_lib(tool, err);
	} while (all && n == LIBVGPU_QUOTAS_MAX);
	return STATUS_OK;
}

/**
 * struct reset - the arguments of group reset
 * @cgroup: as typed
 * @delegate: likewise
 * @changes: one for each device
 * @n: of them
 */
struct reset {
	const char *cgroup;
	const char *delegate;
	struct vgpu_quota_change changes[LIBVGPU_QUOTAS_MAX];
	size_t n;
};

static int take_reset(struct tool *tool, void *to, int option, char *value)
{
	struct reset *r = to;

	if (option == OPT_DELEGATE) {
		r->delegate = value;
		return STATUS_OK;
	}
	if (r->n == LIBVGPU_QUOTAS_MAX)
		return tool_usage(tool, "at most %d devices go into one command",
				  LIBVGPU_QUOTAS_MAX);
	r->changes[r->n++] = (struct vgpu_quota_change){
		.sz = sizeof(r->changes[0]),
		.device = value,
		.set = LIBVGPU_QUOTA_RESET,
	};
	return STATUS_OK;
}

int cmd_group_reset(struct tool *tool, int argc, char **argv)
{
	static const struct arg_option options[] = {
		{ "delegate", OPT_DELEGATE, true },
		{ "device", OPT_DEVICE, true },
		{ 0 },
	};
	struct reset args = { 0 };
	struct cgroup cgroup;
	int status;

	status = args_read(tool, argc, argv, &(struct arg_reader){
		options, take_reset, &args, &args.cgroup,
	});
	if (status >= 0)
		return status;
	if (!args.cgroup)
		return tool_usage(tool, "name a cgroup");
	status = cgroup_parse(tool, args.cgroup, &cgroup);
	if (!status)
		status = cgroup_delegate(tool, args.delegate, &cgroup);
	if (!status)
		status = reset(tool, &cgroup.select, args.changes, args.n);
	cgroup_close(&cgroup);
	return status;
}
