// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics of the engine classes of a device: what a group had of their time,
 * and how it waited for it.
 */
#include <inttypes.h>

#include "metrics.h"
#include "names.h"

/* Begin a sample; @more are further labels, or NULL. */
static struct text *begin_engine(struct scrape *scrape, const struct row *row,
				 const struct vgpu_engine_stats *engine,
				 const char *more, const char *value)
{
	struct text *text = sample_begin(scrape);

	text_put(text, "{");
	text_add(text, scrape->snapshot->text.data + row->labels,
		 row->labels_len);
	text_put(text, ",");
	text_label(text, "engine_class",
		   name_engine(vgpu_engine_stats_class(engine)));
	if (more) {
		text_put(text, ",");
		text_label(text, more, value);
	}
	text_put(text, "}");
	return text;
}

/* Hundredths of a percent as a ratio of 1. */
static void put_ratio(struct text *text, uint64_t share)
{
	text_printf(text, " %" PRIu64 ".%04" PRIu64 "\n",
		    share / LIBVGPU_SHARE_FULL, share % LIBVGPU_SHARE_FULL);
}

/**
 * struct part - one of a metric's samples for an engine
 * @which: the figure
 * @value: of the label that tells it from the others
 */
struct part {
	enum libvgpu_engine_stat which;
	const char *value;
};

static void emit_parts(struct scrape *scrape, size_t item, const char *label,
		       const struct part *part, size_t n,
		       void (*put)(struct text *text, uint64_t value))
{
	const struct row *row = &scrape->snapshot->row[item];
	const struct vgpu_engine_stats *engine;
	uint64_t value;
	size_t i, k;

	for (i = 0; (engine = vgpu_stats_engine_at(row->stats, i)); i++)
		for (k = 0; k < n; k++)
			if (!vgpu_engine_stats_value(engine, part[k].which,
						     &value))
				put(begin_engine(scrape, row, engine, label,
						 part[k].value), value);
}

void emit_engine_shares(struct scrape *scrape, size_t item)
{
	static const struct part parts[] = {
		{ LIBVGPU_ENGINE_SHARE_1S, "1s" },
		{ LIBVGPU_ENGINE_SHARE_10S, "10s" },
		{ LIBVGPU_ENGINE_SHARE_60S, "60s" },
	};

	emit_parts(scrape, item, "window", parts, ARRAY_SIZE(parts),
		   put_ratio);
}

void emit_engine_some(struct scrape *scrape, size_t item)
{
	static const struct part parts[] = {
		{ LIBVGPU_ENGINE_SOME_10S, "10s" },
		{ LIBVGPU_ENGINE_SOME_60S, "60s" },
		{ LIBVGPU_ENGINE_SOME_300S, "300s" },
	};

	emit_parts(scrape, item, "window", parts, ARRAY_SIZE(parts),
		   put_ratio);
}

void emit_engine_full(struct scrape *scrape, size_t item)
{
	static const struct part parts[] = {
		{ LIBVGPU_ENGINE_FULL_10S, "10s" },
		{ LIBVGPU_ENGINE_FULL_60S, "60s" },
		{ LIBVGPU_ENGINE_FULL_300S, "300s" },
	};

	emit_parts(scrape, item, "window", parts, ARRAY_SIZE(parts),
		   put_ratio);
}

void emit_engine_time(struct scrape *scrape, size_t item)
{
	const struct part part = {
		(enum libvgpu_engine_stat)scrape->family->which, NULL,
	};

	emit_parts(scrape, item, NULL, &part, 1, sample_time);
}

void emit_engine_count(struct scrape *scrape, size_t item)
{
	const struct part part = {
		(enum libvgpu_engine_stat)scrape->family->which, NULL,
	};

	emit_parts(scrape, item, NULL, &part, 1, sample_number);
}

/* What is set on the group itself; nothing where there is no cap. */
void emit_compute_max(struct scrape *scrape, size_t item)
{
	const struct row *row = &scrape->snapshot->row[item];
	uint64_t share = row_value(row, LIBVGPU_STAT_COMPUTE_MAX,
				   LIBVGPU_SHARE_FULL);

	if (share >= LIBVGPU_SHARE_FULL)
		return;
	sample_row(scrape, row);
	put_ratio(&scrape->text, share);
}
