// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool device
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "output.h"
#include "size.h"

static struct json_object *device_json(const struct vgpu_device *dev)
{
	struct json_object *object = json_object_new_object();
	struct json_object *aliases = json_object_new_array();
	const char *alias;
	uint64_t bytes;
	uint32_t id;
	size_t i;

	json_put_number(object, "id", vgpu_device_id(dev));
	json_put_text(object, "name", vgpu_device_name(dev));
	for (i = 0; (alias = vgpu_device_alias_at(dev, i)); i++)
		json_object_array_add(aliases, json_object_new_string(alias));
	json_object_object_add(object, "aliases", aliases);
	json_put_text(object, "driver", vgpu_device_driver(dev));
	json_put_flag(object, "present", vgpu_device_present(dev));
	if (vgpu_device_memory_total(dev, &bytes))
		json_put_null(object, "memory_total");
	else
		json_put_number(object, "memory_total", bytes);
	if (vgpu_device_charged(dev, &bytes))
		json_put_null(object, "charged");
	else
		json_put_number(object, "charged", bytes);
	if (vgpu_device_parent(dev, &id))
		json_put_null(object, "parent");
	else
		json_put_number(object, "parent", id);
	return object;
}

static void print_total(const struct vgpu_device *dev, struct table *table)
{
	uint64_t bytes;

	if (vgpu_device_memory_total(dev, &bytes))
		table_cell(table, "unknown");
	else
		table_size(table, bytes);
}

static void print_charged(const struct vgpu_device *dev, struct table *table)
{
	uint64_t bytes;

	if (vgpu_device_charged(dev, &bytes))
		table_cell(table, "-");
	else
		table_size(table, bytes);
}

static void list_text(const struct vgpu_device_list *list)
{
	struct table table = {
		.head = { ">ID", "NAME", "DRIVER", ">MEMORY", ">CHARGED",
			  "STATE" },
		.columns = 6,
	};
	const struct vgpu_device *dev;
	size_t i;

	for (i = 0; (dev = vgpu_device_list_at(list, i)); i++) {
		table_cell(&table, "%" PRIu32, vgpu_device_id(dev));
		table_cell(&table, "%s", vgpu_device_name(dev));
		table_cell(&table, "%s", *vgpu_device_driver(dev) ?
					 vgpu_device_driver(dev) : "-");
		print_total(dev, &table);
		print_charged(dev, &table);
		table_cell(&table, "%s", vgpu_device_present(dev) ?
					 "present" : "absent");
	}
	table_print(&table);
}

int cmd_device_list(struct tool *tool, int argc, char **argv)
{
	const struct vgpu_device *dev;
	struct vgpu_device_list *list;
	struct json_object *array;
	int err, status = STATUS_OK;
	size_t i;

	if (!args_none(tool, argc, argv, &status))
		return status;
	err = vgpu_device_list_get(tool->ctx, &list);
	if (err)
		return tool_fail_lib(tool, err);
	if (tool->json) {
		array = json_object_new_array();
		for (i = 0; (dev = vgpu_device_list_at(list, i)); i++)
			json_object_array_add(array, device_json(dev));
		status = output_json(tool, array);
	} else {
		list_text(list);
	}
	vgpu_device_list_free(list);
	return status;
}

static void show_text(const struct vgpu_device *dev)
{
	char text[SIZE_TEXT];
	const char *alias;
	uint64_t bytes;
	uint32_t id;
	size_t i;

	printf("%s\n", vgpu_device_name(dev));
	printf("  id       %" PRIu32 "\n", vgpu_device_id(dev));
	for (i = 0; (alias = vgpu_device_alias_at(dev, i)); i++)
		printf("  alias    %s\n", alias);
	printf("  driver   %s\n", *vgpu_device_driver(dev) ?
				  vgpu_device_driver(dev) : "-");
	printf("  state    %s\n", vgpu_device_present(dev) ? "present" :
				  "absent: a quota waits for it");
	printf("  memory   %s\n", vgpu_device_memory_total(dev, &bytes) ?
				  "unknown: its driver does not say" :
				  size_format(bytes, text));
	if (!vgpu_device_charged(dev, &bytes))
		printf("  charged  %s\n", size_format(bytes, text));
	if (!vgpu_device_parent(dev, &id))
		printf("  part of  %" PRIu32 "\n", id);
}

int cmd_device_show(struct tool *tool, int argc, char **argv)
{
	struct args args = { .tool = tool, .argc = argc, .argv = argv };
	struct json_object *array = json_object_new_array();
	int arg, err, done = 0, status = STATUS_OK;
	struct vgpu_device *dev;

	while ((arg = args_next(&args)) == ARG_WORD) {
		err = vgpu_device_get(tool->ctx, args.value, &dev);
		if (err) {
			status = tool_fail(tool, err, "%s: %s", args.value,
					   vgpu_ctx_error(tool->ctx));
			if (err == -ENOPKG)
				break;
			continue;
		}
		done++;
		json_object_array_add(array, device_json(dev));
		if (!tool->json)
			show_text(dev);
		vgpu_device_free(dev);
	}
	if (arg == ARG_STOP)
		status = args.status;
	else if (!done && !status)
		status = tool_usage(tool, "name a device");
	if (arg != ARG_STOP && tool->json && done) {
		err = output_json(tool, json_object_get(array));
		status = err ? err : status;
	}
	json_object_put(array);
	return status && done && arg != ARG_STOP ? STATUS_PARTIAL : status;
}
