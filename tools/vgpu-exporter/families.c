// SPDX-License-Identifier: GPL-2.0
/*
 * Our own metrics.
 */
#include <stdio.h>
#include <string.h>

#include "cards.h"
#include "metrics.h"
#include "names.h"

static void emit_up(struct scrape *scrape, size_t item)
{
	(void)item;
	sample_number(sample_begin(scrape), !scrape->snapshot->err);
}

static void emit_build(struct scrape *scrape, size_t item)
{
	const struct vgpu_info *info = scrape->snapshot->info;
	struct text *text;

	(void)item;
	text = sample_begin(scrape);
	text_put(text, "{");
	text_label(text, "version", TOOL_VERSION);
	text_put(text, ",");
	text_label(text, "module_version", info ? vgpu_info_version(info) : "");
	text_put(text, "}");
	sample_number(text, 1);
}

static void emit_read(struct scrape *scrape, size_t item)
{
	(void)item;
	sample_time(sample_begin(scrape), scrape->snapshot->took_ns);
}

static void emit_failures(struct scrape *scrape, size_t item)
{
	(void)item;
	sample_number(sample_begin(scrape), scrape->exporter->failures);
}

static void emit_cgroup2(struct scrape *scrape, size_t item)
{
	const struct vgpu_info *info = scrape->snapshot->info;

	(void)item;
	if (info)
		sample_number(sample_begin(scrape),
			      (uint64_t)vgpu_info_cgroup2(info));
}

static void emit_groups(struct scrape *scrape, size_t item)
{
	(void)item;
	if (scrape->snapshot->info)
		sample_number(sample_begin(scrape), scrape->snapshot->group_n);
}

static void emit_event(struct scrape *scrape, size_t item)
{
	struct text *text = sample_begin(scrape);

	text_put(text, "{");
	text_label(text, "type",
		   vgpu_event_type_name((enum libvgpu_event_type)item));
	text_put(text, "}");
	sample_number(text, scrape->exporter->events.count[item]);
}

static void emit_card(void *arg, const char *card, const char *driver)
{
	struct text *text = sample_begin(arg);

	text_put(text, "{");
	text_label(text, "card", card);
	text_put(text, ",");
	text_label(text, "driver", driver);
	text_put(text, "}");
	sample_number(text, 1);
}

static void emit_cards(struct scrape *scrape, size_t item)
{
	(void)item;
	if (scrape->snapshot->devices)
		cards_unmanaged(scrape->snapshot->devices, emit_card, scrape);
}

static const struct vgpu_device *begin_device(struct scrape *scrape,
					      size_t item)
{
	const struct vgpu_device *dev =
		vgpu_device_list_at(scrape->snapshot->devices, item);
	struct text *text = sample_begin(scrape);

	text_put(text, "{");
	text_label(text, "device", vgpu_device_name(dev));
	if (*device_uuid(dev)) {
		text_put(text, ",");
		text_label(text, "uuid", device_uuid(dev));
	}
	text_put(text, ",");
	text_label(text, "driver", vgpu_device_driver(dev));
	text_put(text, "}");
	return dev;
}

static void emit_present(struct scrape *scrape, size_t item)
{
	const struct vgpu_device *dev = begin_device(scrape, item);

	sample_number(&scrape->text, (uint64_t)vgpu_device_present(dev));
}

static void emit_size(struct scrape *scrape, size_t item)
{
	const struct vgpu_device *dev =
		vgpu_device_list_at(scrape->snapshot->devices, item);
	uint64_t bytes;

	if (vgpu_device_memory_total(dev, &bytes))
		return;
	begin_device(scrape, item);
	sample_number(&scrape->text, bytes);
}

static void emit_charged(struct scrape *scrape, size_t item)
{
	const struct vgpu_device *dev =
		vgpu_device_list_at(scrape->snapshot->devices, item);
	uint64_t bytes;

	if (vgpu_device_charged(dev, &bytes))
		return;
	begin_device(scrape, item);
	sample_number(&scrape->text, bytes);
}

static const struct vgpu_driver *begin_driver(struct scrape *scrape,
					      size_t item)
{
	const struct vgpu_driver *drv =
		vgpu_driver_list_at(scrape->snapshot->drivers, item);
	struct text *text = sample_begin(scrape);

	text_put(text, "{");
	text_label(text, "driver", vgpu_driver_name(drv));
	text_put(text, ",");
	text_label(text, "backend", vgpu_driver_backend(drv));
	return drv;
}

static bool driver_absent(const struct scrape *scrape, size_t item)
{
	return vgpu_driver_state(vgpu_driver_list_at(scrape->snapshot->drivers,
						     item)) ==
	       LIBVGPU_DRIVER_ABSENT;
}

/* Most drivers are absent on most hosts, and not worth a line. */
static void emit_state(struct scrape *scrape, size_t item)
{
	enum libvgpu_driver_state state;
	const struct vgpu_driver *drv;

	if (driver_absent(scrape, item))
		return;
	for (state = LIBVGPU_DRIVER_ATTACHED;
	     state <= LIBVGPU_DRIVER_DETACHED; state++) {
		drv = begin_driver(scrape, item);
		text_put(&scrape->text, ",");
		text_label(&scrape->text, "state", name_driver_state(state));
		text_put(&scrape->text, "}");
		sample_number(&scrape->text, vgpu_driver_state(drv) == state);
	}
}

static void emit_lost(struct scrape *scrape, size_t item)
{
	const struct vgpu_point *point;
	const struct vgpu_driver *drv;
	uint64_t lost = 0;
	size_t i;

	if (driver_absent(scrape, item))
		return;
	drv = begin_driver(scrape, item);
	for (i = 0; (point = vgpu_driver_point_at(drv, i)); i++)
		lost += (uint64_t)vgpu_point_lost(point);
	text_put(&scrape->text, "}");
	sample_number(&scrape->text, lost);
}

static void emit_routes(struct scrape *scrape, size_t item)
{
	const struct vgpu_driver *drv =
		vgpu_driver_list_at(scrape->snapshot->drivers, item);
	const struct vgpu_route *route;
	size_t i;

	if (driver_absent(scrape, item))
		return;
	for (i = 0; (route = vgpu_driver_route_at(drv, i)); i++) {
		begin_driver(scrape, item);
		text_put(&scrape->text, ",");
		text_label(&scrape->text, "route", vgpu_route_name(route));
		text_put(&scrape->text, ",");
		text_label(&scrape->text, "state",
			   name_route_state(vgpu_route_state(route)));
		text_put(&scrape->text, "}");
		sample_number(&scrape->text, vgpu_route_refused(route));
	}
}

/* A count or bytes; nothing where the module does not say. */
static void emit_figure(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];
	uint64_t value;

	if (vgpu_stats_value(row->stats, scrape->family->which, &value))
		return;
	sample_row(scrape, row);
	sample_number(&scrape->text, value);
}

/* Bytes; nothing where there is no limit. */
static void emit_limit(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];
	uint64_t value = row_value(row, scrape->family->which,
				   LIBVGPU_UNLIMITED);

	if (value == LIBVGPU_UNLIMITED)
		return;
	sample_row(scrape, row);
	sample_number(&scrape->text, value);
}

static void emit_time(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];
	uint64_t value;

	if (vgpu_stats_value(row->stats, scrape->family->which, &value))
		return;
	sample_row(scrape, row);
	sample_time(&scrape->text, value);
}

static void emit_used(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];

	sample_row(scrape, row);
	sample_number(&scrape->text, row->used);
}

static void emit_ratio(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];

	if (row->limit == LIBVGPU_UNLIMITED || !row->limit)
		return;
	sample_row(scrape, row);
	text_printf(&scrape->text, " %.6f\n",
		    (double)row->used / (double)row->limit);
}

static void emit_limited(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->group_row[item];

	sample_row(scrape, row);
	sample_number(&scrape->text, (uint64_t)vgpu_group_limited(row->group));
}

static void emit_kernel(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->group_row[item];

	sample_row(scrape, row);
	sample_number(&scrape->text, vgpu_group_kernel_memory(row->group));
}

static void emit_kernel_max(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->group_row[item];
	uint64_t max = vgpu_group_kernel_memory_max(row->group);

	if (max == LIBVGPU_UNLIMITED)
		return;
	sample_row(scrape, row);
	sample_number(&scrape->text, max);
}

#define FAMILY(name, type, scope, emit, help) \
	{ name, type, SCOPE_##scope, HAMI_NONE, 0, emit_##emit, help }
#define FIGURE(name, type, which, emit, help) \
	{ name, type, SCOPE_ROW, HAMI_NONE, LIBVGPU_STAT_##which, \
	  emit_##emit, help }

#define ENGINE(name, type, which, emit, help) \
	{ name, type, SCOPE_ROW, HAMI_NONE, LIBVGPU_ENGINE_##which, \
	  emit_engine_##emit, help }

const struct family families[] = {
	FAMILY("vgpu_up", GAUGE, ONE, up, "1 if the vgpu module answered."),
	FAMILY("vgpu_build", INFO, ONE, build,
	       "Versions of the exporter and of the module."),
	FAMILY("vgpu_read_seconds", GAUGE, ONE, read,
	       "How long the module took to answer."),
	FAMILY("vgpu_read_failures", COUNTER, ONE, failures,
	       "How often the module could not be read."),
	FAMILY("vgpu_cgroup2", GAUGE, ONE, cgroup2,
	       "1 if the v2 hierarchy carries the tasks, so that quotas bind."),
	FAMILY("vgpu_groups", GAUGE, ONE, groups,
	       "Control groups with use or a quota, and their ancestors."),
	FAMILY("vgpu_events", COUNTER, EVENT, event,
	       "Events of the module since the exporter began, by kind."),
	FAMILY("vgpu_card_unmanaged", GAUGE, ONE, cards,
	       "1 for each card of the kernel that vgpu does not know."),
	FAMILY("vgpu_device_present", GAUGE, DEVICE, present,
	       "1 if the device is there, 0 if only a quota names it."),
	FAMILY("vgpu_device_memory_size_bytes", GAUGE, DEVICE, size,
	       "Memory of the device, where its driver says."),
	FAMILY("vgpu_device_memory_used_bytes", GAUGE, DEVICE, charged,
	       "Memory of the device that all groups hold together."),
	FAMILY("vgpu_driver_state", GAUGE, DRIVER, state,
	       "1 for the state that the driver is in."),
	FAMILY("vgpu_driver_points_lost", GAUGE, DRIVER, lost,
	       "Functions of the driver that are no longer interposed."),
	FAMILY("vgpu_route_refused", COUNTER, DRIVER, routes,
	       "Calls that were refused on a way to memory or time."),
	FAMILY("vgpu_memory_used_bytes", GAUGE, ROW, used,
	       "Device memory that counts against the limit."),
	FIGURE("vgpu_memory_overhead_bytes", GAUGE, MEMORY_OVERHEAD, figure,
	       "The driver's implicit share of it."),
	FIGURE("vgpu_memory_peak_bytes", GAUGE, MEMORY_PEAK, figure,
	       "Most device memory that was held at once."),
	FIGURE("vgpu_memory_max_bytes", GAUGE, MEMORY_MAX, limit,
	       "The group's own limit on device memory, where it has one."),
	FIGURE("vgpu_memory_limit_bytes", GAUGE, MEMORY_LIMIT, limit,
	       "The least limit of it and its ancestors, where there is one."),
	FAMILY("vgpu_memory_usage_ratio", GAUGE, ROW, ratio,
	       "Used device memory by the least limit."),
	FIGURE("vgpu_memory_refused", COUNTER, MEMORY_REFUSED, figure,
	       "Charges that the group's own limit refused."),
	FIGURE("vgpu_system_memory_used_bytes", GAUGE, SYSTEM_CHARGED, figure,
	       "System memory that is bound to the device."),
	FIGURE("vgpu_system_memory_peak_bytes", GAUGE, SYSTEM_PEAK, figure,
	       "Most system memory that was bound at once."),
	FIGURE("vgpu_system_memory_limit_bytes", GAUGE, SYSTEM_LIMIT, limit,
	       "The least limit on it, where there is one."),
	FIGURE("vgpu_system_memory_refused", COUNTER, SYSTEM_REFUSED, figure,
	       "Charges that the group's own limit on it refused."),
	FIGURE("vgpu_objects", GAUGE, OBJECTS, figure,
	       "Objects that hold memory."),
	FIGURE("vgpu_busy_seconds", COUNTER, BUSY_TIME, time,
	       "Time that the device was busy for the group."),
	FAMILY("vgpu_compute_max_ratio", GAUGE, ROW, compute_max,
	       "The group's own cap on time, where it has one."),
	FAMILY("vgpu_engine_share_ratio", GAUGE, ROW, engine_shares,
	       "Share of an engine's time that the group had."),
	ENGINE("vgpu_engine_busy_seconds", COUNTER, BUSY_TIME, time,
	       "Time that an engine was busy for the group."),
	ENGINE("vgpu_engine_throttled_seconds", COUNTER, THROTTLED_TIME, time,
	       "Time that work was held by a cap or a freeze."),
	ENGINE("vgpu_engine_throttled", COUNTER, THROTTLED_COUNT, count,
	       "How often work was held."),
	ENGINE("vgpu_engine_waiting", GAUGE, WAITING, count,
	       "Tasks that wait for their turn."),
	ENGINE("vgpu_engine_in_flight", GAUGE, IN_FLIGHT, count,
	       "Jobs that were let through and are not done."),
	FAMILY("vgpu_engine_pressure_some_ratio", GAUGE, ROW, engine_some,
	       "Share of time in which some work of the group waited."),
	FAMILY("vgpu_engine_pressure_full_ratio", GAUGE, ROW, engine_full,
	       "Share of time in which work waited and none ran."),
	ENGINE("vgpu_engine_pressure_some_seconds", COUNTER, SOME_TOTAL, time,
	       "Time in which some work of the group waited."),
	ENGINE("vgpu_engine_pressure_full_seconds", COUNTER, FULL_TOTAL, time,
	       "Time in which work waited and none ran."),
	FAMILY("vgpu_group_limited", GAUGE, GROUP, limited,
	       "1 if the group or an ancestor has a quota."),
	FAMILY("vgpu_group_kernel_memory_bytes", GAUGE, GROUP, kernel,
	       "Kernel memory that vgpu keeps for the group."),
	FAMILY("vgpu_group_kernel_memory_max_bytes", GAUGE, GROUP, kernel_max,
	       "Bound of that, where there is one."),
};

const size_t families_n = ARRAY_SIZE(families);
