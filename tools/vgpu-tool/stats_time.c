// SPDX-License-Identifier: GPL-2.0
/*
 * What a group had of a device's time. Time is told for each engine class that
 * the group has used: they are shared apart, and no sum of them means anything.
 */
#include <inttypes.h>
#include <stdio.h>

#include "names.h"
#include "share.h"
#include "stats.h"

static const struct {
	const char *key;
	enum libvgpu_engine_stat which;
	bool share;
} figures[] = {
	{ "busy_ns", LIBVGPU_ENGINE_BUSY_TIME, false },
	{ "share_1s_percent", LIBVGPU_ENGINE_SHARE_1S, true },
	{ "share_10s_percent", LIBVGPU_ENGINE_SHARE_10S, true },
	{ "share_60s_percent", LIBVGPU_ENGINE_SHARE_60S, true },
	{ "throttled_ns", LIBVGPU_ENGINE_THROTTLED_TIME, false },
	{ "throttled", LIBVGPU_ENGINE_THROTTLED_COUNT, false },
	{ "waiting", LIBVGPU_ENGINE_WAITING, false },
	{ "in_flight", LIBVGPU_ENGINE_IN_FLIGHT, false },
	{ "queues", LIBVGPU_ENGINE_QUEUES, false },
	{ "some_10s_percent", LIBVGPU_ENGINE_SOME_10S, true },
	{ "some_60s_percent", LIBVGPU_ENGINE_SOME_60S, true },
	{ "some_300s_percent", LIBVGPU_ENGINE_SOME_300S, true },
	{ "full_10s_percent", LIBVGPU_ENGINE_FULL_10S, true },
	{ "full_60s_percent", LIBVGPU_ENGINE_FULL_60S, true },
	{ "full_300s_percent", LIBVGPU_ENGINE_FULL_300S, true },
	{ "some_ns", LIBVGPU_ENGINE_SOME_TOTAL, false },
	{ "full_ns", LIBVGPU_ENGINE_FULL_TOTAL, false },
};

/* A figure; 0 where the module does not say. */
uint64_t engine_value(const struct vgpu_engine_stats *engine,
		      enum libvgpu_engine_stat which)
{
	uint64_t value = 0;

	vgpu_engine_stats_value(engine, which, &value);
	return value;
}

static struct json_object *engine_json(const struct vgpu_engine_stats *engine)
{
	struct json_object *object = json_object_new_object();
	uint64_t value;
	size_t i;

	json_put_text(object, "engine",
		      name_engine(vgpu_engine_stats_class(engine)));
	for (i = 0; i < ARRAY_SIZE(figures); i++) {
		value = engine_value(engine, figures[i].which);
		if (figures[i].share)
			json_put_share(object, figures[i].key, value);
		else
			json_put_number(object, figures[i].key, value);
	}
	return object;
}

static uint64_t cap_of(const struct vgpu_stats *stats)
{
	return stats_value(stats, LIBVGPU_STAT_COMPUTE_MAX);
}

static uint64_t weight_of(const struct vgpu_stats *stats)
{
	return stats_value(stats, LIBVGPU_STAT_COMPUTE_WEIGHT);
}

/* Add what is set for time, and what was had of it. */
void stats_time_json(struct json_object *object,
		     const struct vgpu_stats *stats)
{
	const struct vgpu_engine_stats *engine;
	struct json_object *array;
	size_t i;

	if (cap_of(stats) < LIBVGPU_SHARE_FULL)
		json_put_share(object, "compute_max_percent", cap_of(stats));
	else
		json_put_null(object, "compute_max_percent");
	json_put_share(object, "compute_min_percent",
		       stats_value(stats, LIBVGPU_STAT_COMPUTE_MIN));
	json_put_number(object, "compute_weight", weight_of(stats));
	json_put_text(object, "priority",
		      name_priority(vgpu_stats_priority(stats)));
	json_put_text(object, "freezer",
		      name_freezer(vgpu_stats_freezer(stats)));
	array = json_object_new_array();
	for (i = 0; (engine = vgpu_stats_engine_at(stats, i)); i++)
		json_object_array_add(array, engine_json(engine));
	json_object_object_add(object, "engines", array);
}

static void put_share(struct table *table, uint64_t share)
{
	char text[SHARE_TEXT];

	table_cell(table, "%s", share_format(share, text));
}

static void put_settings(struct table *table, const struct vgpu_stats *s)
{
	put_share(table, stats_value(s, LIBVGPU_STAT_COMPUTE_MIN));
	if (cap_of(s) < LIBVGPU_SHARE_FULL)
		put_share(table, cap_of(s));
	else
		table_cell(table, "max");
	table_cell(table, "%" PRIu64, weight_of(s));
	table_cell(table, "%s", name_priority(vgpu_stats_priority(s)));
}

static void put_engine(struct table *table, const struct vgpu_stats *s,
		       const struct vgpu_engine_stats *engine)
{
	table_cell(table, "%s", vgpu_stats_device_name(s));
	table_cell(table, "%s", name_engine(vgpu_engine_stats_class(engine)));
	put_share(table, engine_value(engine, LIBVGPU_ENGINE_SHARE_10S));
	put_settings(table, s);
	table_cell(table, "%" PRIu64 "/%" PRIu64,
		   engine_value(engine, LIBVGPU_ENGINE_WAITING),
		   engine_value(engine, LIBVGPU_ENGINE_IN_FLIGHT));
	table_cell(table, "%" PRIu64,
		   engine_value(engine, LIBVGPU_ENGINE_THROTTLED_TIME) /
		   1000000);
	put_share(table, engine_value(engine, LIBVGPU_ENGINE_SOME_10S));
	put_share(table, engine_value(engine, LIBVGPU_ENGINE_FULL_10S));
	table_cell(table, "%s", stats_cgroup(s));
}

/* Something is set, and no engine has been used. */
static void put_unused(struct table *table, const struct vgpu_stats *s)
{
	table_cell(table, "%s", vgpu_stats_device_name(s));
	table_cell(table, "-");
	table_cell(table, "-");
	put_settings(table, s);
	table_cell(table, "-");
	table_cell(table, "-");
	table_cell(table, "-");
	table_cell(table, "-");
	table_cell(table, "%s", stats_cgroup(s));
}

static bool is_set(const struct vgpu_stats *s)
{
	return cap_of(s) < LIBVGPU_SHARE_FULL ||
	       stats_value(s, LIBVGPU_STAT_COMPUTE_MIN) ||
	       weight_of(s) != LIBVGPU_WEIGHT_DEFAULT ||
	       vgpu_stats_priority(s) != LIBVGPU_PRIORITY_NORMAL;
}

/*
 * Print what was had of time, for one cgroup or for all where the id is 0;
 * nothing where there is nothing.
 */
void stats_time_text(const struct vgpu_stats_list *list, uint64_t cgroup_id)
{
	struct table table = {
		.head = { "DEVICE", "ENGINE", ">SHARE", ">MIN", ">MAX",
			  ">WEIGHT", "PRIORITY", ">WAIT/RUN", ">HELD-MS",
			  ">SOME", ">FULL", "CGROUP" },
		.columns = 12,
	};
	const struct vgpu_engine_stats *engine;
	const struct vgpu_stats *s;
	size_t i, k;

	for (i = 0; (s = vgpu_stats_list_at(list, i)); i++) {
		if (cgroup_id && vgpu_stats_cgroup_id(s) != cgroup_id)
			continue;
		for (k = 0; (engine = vgpu_stats_engine_at(s, k)); k++)
			put_engine(&table, s, engine);
		if (!k && is_set(s))
			put_unused(&table, s);
	}
	if (!table.n)
		return;
	putchar('\n');
	table_print(&table);
}
