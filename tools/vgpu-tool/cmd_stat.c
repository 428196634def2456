// SPDX-License-Identifier: GPL-2.0
/*
 * vgpu-tool stat
 */
#include <inttypes.h>
#include <string.h>

#include "names.h"
#include "stats.h"

enum {
	OPT_DELEGATE = 1,
};

static const struct {
	const char *key;
	enum libvgpu_stat which;
	bool limit;
} figures[] = {
	{ "memory_charged", LIBVGPU_STAT_MEMORY_CHARGED, false },
	{ "memory_overhead", LIBVGPU_STAT_MEMORY_OVERHEAD, false },
	{ "memory_peak", LIBVGPU_STAT_MEMORY_PEAK, false },
	{ "memory_max", LIBVGPU_STAT_MEMORY_MAX, true },
	{ "memory_limit", LIBVGPU_STAT_MEMORY_LIMIT, true },
	{ "memory_refused", LIBVGPU_STAT_MEMORY_REFUSED, false },
	{ "system_charged", LIBVGPU_STAT_SYSTEM_CHARGED, false },
	{ "system_peak", LIBVGPU_STAT_SYSTEM_PEAK, false },
	{ "system_max", LIBVGPU_STAT_SYSTEM_MAX, true },
	{ "system_limit", LIBVGPU_STAT_SYSTEM_LIMIT, true },
	{ "system_refused", LIBVGPU_STAT_SYSTEM_REFUSED, false },
	{ "objects", LIBVGPU_STAT_OBJECTS, false },
	{ "busy_ns", LIBVGPU_STAT_BUSY_TIME, false },
};

/* A count or bytes; 0 where the module does not say. */
uint64_t stats_value(const struct vgpu_stats *stats, enum libvgpu_stat which)
{
	uint64_t value = 0;

	vgpu_stats_value(stats, which, &value);
	return value;
}

/* A limit; none where the module does not say. */
uint64_t stats_limit(const struct vgpu_stats *stats, enum libvgpu_stat which)
{
	uint64_t value = LIBVGPU_UNLIMITED;

	vgpu_stats_value(stats, which, &value);
	return value;
}

/* What counts against the limit on device memory. */
uint64_t stats_used(const struct vgpu_stats *stats)
{
	return stats_value(stats, LIBVGPU_STAT_MEMORY_CHARGED) +
	       stats_value(stats, LIBVGPU_STAT_MEMORY_OVERHEAD);
}

/* The cgroup, for people. */
const char *stats_cgroup(const struct vgpu_stats *stats)
{
	const char *path = vgpu_stats_cgroup_path(stats);

	return *path ? path : "(removed)";
}

struct json_object *stats_json(const struct vgpu_stats *stats)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	json_put_number(object, "cgroup_id", vgpu_stats_cgroup_id(stats));
	json_put_text(object, "cgroup", vgpu_stats_cgroup_path(stats));
	json_put_number(object, "device_id", vgpu_stats_device_id(stats));
	json_put_text(object, "device", vgpu_stats_device_name(stats));
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		if (figures[i].limit)
			json_put_limit(object, figures[i].key,
				       stats_limit(stats, figures[i].which));
		else
			json_put_number(object, figures[i].key,
					stats_value(stats, figures[i].which));
	}
	json_put_text(object, "managed", name_managed(vgpu_stats_managed(stats)));
	stats_time_json(object, stats);
	return object;
}

/* Print the figures of one cgroup, or of all where the id is 0. */
void stats_text(const struct vgpu_stats_list *list, uint64_t cgroup_id)
{
	struct table table = {
		.head = { "DEVICE", ">USED", ">LIMIT", ">OWN-MAX", ">PEAK",
			  ">REFUSED", ">SYSTEM", ">SYS-LIMIT", ">SYS-REFUSED",
			  ">OBJECTS", ">BUSY-MS", "CGROUP" },
		.columns = 12,
	};
	const struct vgpu_stats *s;
	size_t i;

	for (i = 0; (s = vgpu_stats_list_at(list, i)); i++) {
		if (cgroup_id && vgpu_stats_cgroup_id(s) != cgroup_id)
			continue;
		table_cell(&table, "%s", vgpu_stats_device_name(s));
		table_size(&table, stats_used(s));
		table_size(&table, stats_limit(s, LIBVGPU_STAT_MEMORY_LIMIT));
		table_size(&table, stats_limit(s, LIBVGPU_STAT_MEMORY_MAX));
		table_size(&table, stats_value(s, LIBVGPU_STAT_MEMORY_PEAK));
		table_cell(&table, "%" PRIu64,
			   stats_value(s, LIBVGPU_STAT_MEMORY_REFUSED));
		table_size(&table,
			   stats_value(s, LIBVGPU_STAT_SYSTEM_CHARGED));
		table_size(&table, stats_limit(s, LIBVGPU_STAT_SYSTEM_LIMIT));
		table_cell(&table, "%" PRIu64,
			   stats_value(s, LIBVGPU_STAT_SYSTEM_REFUSED));
		table_cell(&table, "%" PRIu64,
			   stats_value(s, LIBVGPU_STAT_OBJECTS));
		table_cell(&table, "%" PRIu64,
			   stats_value(s, LIBVGPU_STAT_BUSY_TIME) / 1000000);
		table_cell(&table, "%s", stats_cgroup(s));
	}
	table_print(&table);
	stats_time_text(list, cgroup_id);
}

static int take_delegate(struct tool *tool, void *to, int option, char *value)
{
	const char **delegate = to;

	(void)tool;
	(void)option;
	*delegate = value;
	return STATUS_OK;
}

/*
 * Read [CGROUP] [--delegate DIR]; cgroup->select.sz stays 0 where none is
 * named. Returns the exit status, or -1 to go on.
 */
int stats_args(struct tool *tool, int argc, char **argv,
	       struct cgroup *cgroup)
{
	static const struct arg_option options[] = {
		{ "delegate", OPT_DELEGATE, true }, { 0 },
	};
	const char *name = NULL, *delegate = NULL;
	int status;

	memset(cgroup, 0, sizeof(*cgroup));
	status = args_read(tool, argc, argv, &(struct arg_reader){
		options, take_delegate, &delegate, &name,
	});
	if (status >= 0)
		return status;
	if (!name && delegate)
		name = delegate;
	if (!name)
		return -1;
	status = cgroup_parse(tool, name, cgroup);
	if (!status)
		status = cgroup_delegate(tool, delegate, cgroup);
	return status ? status : -1;
}

int cmd_stat(struct tool *tool, int argc, char **argv)
{
	const struct vgpu_stats *stats;
	struct vgpu_stats_list *list;
	struct json_object *array;
	struct cgroup cgroup;
	int err, status;
	size_t i;

	status = stats_args(tool, argc, argv, &cgroup);
	if (status >= 0)
		return status;
	err = vgpu_stats_list_get(tool->ctx,
				  cgroup.select.sz ? &cgroup.select : NULL,
				  &list);
	cgroup_close(&cgroup);
	if (err)
		return tool_fail_lib(tool, err);
	status = STATUS_OK;
	if (tool->json) {
		array = json_object_new_array();
		for (i = 0; (stats = vgpu_stats_list_at(list, i)); i++)
			json_object_array_add(array, stats_json(stats));
		status = output_json(tool, array);
	} else {
		stats_text(list, 0);
	}
	vgpu_stats_list_free(list);
	return status;
}
