// SPDX-License-Identifier: GPL-2.0
/*
 * The names of HAMi's monitor, for dashboards that were made for it. Its ratios
 * are of 100. What it knows and vgpu does not, as temperatures, is left out.
 */
#include "metrics.h"

const char * const hami_labels[] = {
	"namespace", "pod", "container", "vdevice_index", "device_uuid",
};

const char * const hami_legacy_labels[] = {
	"podnamespace", "podname", "ctrname", "vdeviceid", "deviceuuid",
};

static const char * const host_labels[] = {
	"node", "device_index", "device_uuid", "device_type",
};

static const char * const host_legacy_labels[] = {
	"nodeid", "deviceidx", "deviceuuid", "devicetype",
};

/* False for a row that is no container of a pod. */
static bool begin_container(struct scrape *scrape, const struct row *row)
{
	struct text *text;

	if (!row->hami_len)
		return false;
	text = sample_begin(scrape);
	text_put(text, "{");
	text_add(text, scrape->snapshot->text.data + row->hami, row->hami_len);
	text_put(text, "}");
	return true;
}

static void emit_used(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];

	if (begin_container(scrape, row))
		sample_number(&scrape->text, row->used);
}

static void emit_limit(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];

	if (row->limit != LIBVGPU_UNLIMITED && begin_container(scrape, row))
		sample_number(&scrape->text, row->limit);
}

static void emit_context(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];

	if (begin_container(scrape, row))
		sample_number(&scrape->text,
			      row_value(row, LIBVGPU_STAT_MEMORY_OVERHEAD, 0));
}

static void emit_utilization(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];
	int share = history_share(&scrape->exporter->history, row);

	if (share >= 0 && begin_container(scrape, row))
		sample_thousandths(&scrape->text, (uint64_t)share * 100);
}

static const struct vgpu_device *begin_host(struct scrape *scrape, size_t item)
{
	const struct vgpu_device *dev =
		vgpu_device_list_at(scrape->snapshot->devices, item);
	const char *uuid = device_uuid(dev);
	const char * const *label = scrape->family->hami == HAMI_LEGACY ?
				    host_legacy_labels : host_labels;
	struct text *text = sample_begin(scrape);

	text_put(text, "{");
	text_label(text, label[0], scrape->exporter->options.node);
	text_printf(text, ",%s=\"%zu\",", label[1], item);
	text_label(text, label[2], *uuid ? uuid : vgpu_device_name(dev));
	text_put(text, ",");
	text_label(text, label[3], vgpu_device_driver(dev));
	text_put(text, "}");
	return dev;
}

static void emit_host_used(struct scrape *scrape, size_t item)
{
	const struct vgpu_device *dev =
		vgpu_device_list_at(scrape->snapshot->devices, item);
	uint64_t bytes;

	if (!vgpu_device_present(dev) || vgpu_device_charged(dev, &bytes))
		return;
	begin_host(scrape, item);
	sample_number(&scrape->text, bytes);
}

static void emit_host_utilization(struct scrape *scrape, size_t item)
{
	const struct vgpu_device *dev =
		vgpu_device_list_at(scrape->snapshot->devices, item);
	int share = history_device_share(&scrape->exporter->history,
					 scrape->snapshot, dev);

	if (share < 0)
		return;
	begin_host(scrape, item);
	sample_thousandths(&scrape->text, (uint64_t)share * 100);
}

#define HAMI(name, which, scope, emit, help) \
	{ name, GAUGE, SCOPE_##scope, HAMI_##which, 0, emit_##emit, help }

const struct family hami_families[] = {
	HAMI("hami_vgpu_memory_used_bytes", CURRENT, ROW, used,
	     "Device memory that the container holds."),
	HAMI("hami_vgpu_memory_limit_bytes", CURRENT, ROW, limit,
	     "Its limit on device memory."),
	HAMI("hami_vgpu_memory_context_bytes", CURRENT, ROW, context,
	     "The driver's implicit share of what it holds."),
	HAMI("hami_container_device_memory_bytes", CURRENT, ROW, used,
	     "Device memory that the container holds."),
	HAMI("hami_container_device_utilization_ratio", CURRENT, ROW,
	     utilization, "Time that the device was busy for it, of 100."),
	HAMI("hami_host_gpu_memory_used_bytes", CURRENT, DEVICE, host_used,
	     "Device memory that all groups hold."),
	HAMI("hami_host_gpu_utilization_ratio", CURRENT, DEVICE,
	     host_utilization, "Time that the device was busy, of 100."),
	HAMI("vGPU_device_memory_usage_in_bytes", LEGACY, ROW, used,
	     "Device memory that the container holds."),
	HAMI("vGPU_device_memory_limit_in_bytes", LEGACY, ROW, limit,
	     "Its limit on device memory."),
	HAMI("Device_utilization_desc_of_container", LEGACY, ROW, utilization,
	     "Time that the device was busy for it, of 100."),
	HAMI("HostGPUMemoryUsage", LEGACY, DEVICE, host_used,
	     "Device memory that all groups hold."),
	HAMI("HostCoreUtilization", LEGACY, DEVICE, host_utilization,
	     "Time that the device was busy, of 100."),
};

const size_t hami_families_n = ARRAY_SIZE(hami_families);
