// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "names.h"
#include "status.h"

static void put_key(struct text *text, const char *key)
{
	text_json(text, key);
	text_put(text, ":");
}

static void put_text(struct text *text, const char *key, const char *value)
{
	text_put(text, ",");
	put_key(text, key);
	text_json(text, value);
}

static void put_number(struct text *text, const char *key, uint64_t value)
{
	text_put(text, ",");
	put_key(text, key);
	text_printf(text, "%" PRIu64, value);
}

/* null where there is no limit, or nothing known. */
static void add_limit(struct text *text, uint64_t value)
{
	if (value == LIBVGPU_UNLIMITED)
		text_put(text, "null");
	else
		text_printf(text, "%" PRIu64, value);
}

static void put_limit(struct text *text, const char *key, uint64_t value)
{
	text_put(text, ",");
	put_key(text, key);
	add_limit(text, value);
}

static void add_share(struct text *text, int thousandths)
{
	if (thousandths < 0)
		text_put(text, "null");
	else
		text_printf(text, "%d.%03d", thousandths / 1000,
			    thousandths % 1000);
}

static void put_share(struct text *text, const char *key, int thousandths)
{
	text_put(text, ",");
	put_key(text, key);
	add_share(text, thousandths);
}

/* The samples of a track, the oldest first; null where there is none. */
static void put_history(struct text *text, const struct history *history,
			const struct track *track)
{
	uint64_t first = history->samples < HISTORY_SAMPLES ? 1 :
			 history->samples - HISTORY_SAMPLES + 1, i;

	text_put(text, ",\"history\":{\"used\":[");
	for (i = first; track && i <= track->seen; i++) {
		text_put(text, i > first ? "," : "");
		add_limit(text, track->used[i % HISTORY_SAMPLES]);
	}
	text_put(text, "],\"share\":[");
	for (i = first; track && i <= track->seen; i++) {
		text_put(text, i > first ? "," : "");
		add_share(text, track->share[i % HISTORY_SAMPLES]);
	}
	text_put(text, "]}");
}

static void write_device(struct text *text, const struct exporter *exporter,
			 const struct snapshot *snapshot, size_t index)
{
	const struct vgpu_device *dev =
		vgpu_device_list_at(snapshot->devices, index);
	const struct row *row = history_device_row(snapshot, dev);
	uint64_t size = LIBVGPU_UNLIMITED, used = 0;

	vgpu_device_memory_total(dev, &size);
	vgpu_device_charged(dev, &used);
	text_put(text, index ? "," : "");
	text_put(text, "{\"name\":");
	text_json(text, vgpu_device_name(dev));
	put_text(text, "uuid", device_uuid(dev));
	put_text(text, "driver", vgpu_device_driver(dev));
	text_printf(text, ",\"present\":%s",
		    vgpu_device_present(dev) ? "true" : "false");
	put_limit(text, "size", size);
	put_number(text, "used", used);
	put_share(text, "share",
		  history_device_share(&exporter->history, snapshot, dev));
	put_history(text, &exporter->history,
		    row ? history_find(&exporter->history, row) : NULL);
	text_put(text, "}");
}

static void write_place(struct text *text, const char *path,
			const struct kubelet *kubelet)
{
	const struct kubelet_name *name;
	struct place place;

	place_parse(path, &place);
	name = place_name(&place, kubelet);
	put_text(text, "engine", place.engine);
	put_text(text, "namespace", name ? name->namespace : "");
	put_text(text, "pod", name ? name->pod : place.pod_uid);
	put_text(text, "container", name && name->container ?
				    name->container : place.container_id);
	put_text(text, "job", place.job);
	put_text(text, "step", place.step);
}

static void write_row(struct text *text, const struct exporter *exporter,
		      const struct row *row)
{
	const char *path = vgpu_stats_cgroup_path(row->stats);

	text_put(text, "{\"cgroup\":");
	text_json(text, *path ? path : "(removed)");
	put_number(text, "cgroup_id", vgpu_stats_cgroup_id(row->stats));
	put_text(text, "device", vgpu_stats_device_name(row->stats));
	write_place(text, path, &exporter->source.kubelet);
	put_number(text, "used", row->used);
	put_limit(text, "limit", row->limit);
	put_number(text, "peak",
		   row_value(row, LIBVGPU_STAT_MEMORY_PEAK, 0));
	put_number(text, "refused",
		   row_value(row, LIBVGPU_STAT_MEMORY_REFUSED, 0));
	put_number(text, "objects", row_value(row, LIBVGPU_STAT_OBJECTS, 0));
	put_number(text, "busy_ms",
		   row_value(row, LIBVGPU_STAT_BUSY_TIME, 0) / 1000000);
	put_share(text, "share", history_share(&exporter->history, row));
	put_history(text, &exporter->history,
		    history_find(&exporter->history, row));
	text_put(text, "}");
}

static void write_driver(struct text *text, const struct vgpu_driver *drv,
			 bool first)
{
	text_put(text, first ? "" : ",");
	text_put(text, "{\"name\":");
	text_json(text, vgpu_driver_name(drv));
	put_text(text, "backend", vgpu_driver_backend(drv));
	put_text(text, "state", name_driver_state(vgpu_driver_state(drv)));
	text_put(text, "}");
}

static void write_event(struct text *text, const struct event_note *note)
{
	text_put(text, "{\"type\":");
	text_json(text, vgpu_event_type_name(note->type));
	put_number(text, "time", note->seconds);
	put_text(text, "cgroup", note->cgroup);
	put_text(text, "device", note->device);
	put_text(text, "driver", note->driver);
	put_text(text, "route", note->route);
	put_text(text, "comm", note->comm);
	put_limit(text, "bytes", note->bytes);
	put_limit(text, "limit", note->limit);
	put_number(text, "count", note->count);
	text_put(text, "}");
}

static void write_lists(struct text *text, const struct exporter *exporter,
			const struct snapshot *snapshot)
{
	const struct vgpu_driver *drv;
	bool first = true;
	size_t i;

	text_put(text, ",\"devices\":[");
	for (i = 0; i < snapshot->device_n; i++)
		write_device(text, exporter, snapshot, i);
	text_put(text, "],\"drivers\":[");
	for (i = 0; i < snapshot->driver_n; i++) {
		drv = vgpu_driver_list_at(snapshot->drivers, i);
		if (vgpu_driver_state(drv) == LIBVGPU_DRIVER_ABSENT)
			continue;
		write_driver(text, drv, first);
		first = false;
	}
	text_put(text, "],\"groups\":[");
	for (i = 0; i < snapshot->row_n && i < STATUS_ROWS; i++) {
		text_put(text, i ? "," : "");
		write_row(text, exporter, snapshot->order[i]);
	}
	text_put(text, "]");
}

void status_write(struct text *text, const struct exporter *exporter,
		  const struct snapshot *snapshot)
{
	const struct event_note *note;
	unsigned int i;

	text_printf(text, "{\"time\":%" PRIu64, (uint64_t)time(NULL));
	put_text(text, "node", exporter->options.node);
	put_text(text, "error", snapshot->error);
	put_text(text, "version", snapshot->info ?
				  vgpu_info_version(snapshot->info) : "");
	text_printf(text, ",\"cgroup2\":%s",
		    !snapshot->info || vgpu_info_cgroup2(snapshot->info) ?
		    "true" : "false");
	put_number(text, "sample", exporter->options.sample);
	put_number(text, "rows", snapshot->row_n);
	write_lists(text, exporter, snapshot);
	text_put(text, ",\"events\":[");
	for (i = 0; (note = events_at(&exporter->events, i)); i++) {
		text_put(text, i ? "," : "");
		write_event(text, note);
	}
	text_put(text, "]}\n");
}
