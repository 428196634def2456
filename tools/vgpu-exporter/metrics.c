// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.h"

/* Enough for a packet of the loopback interface, and little to keep. */
#define PIECE	(32 << 10)

struct scrape *scrape_create(struct exporter *exporter, bool open)
{
	struct scrape *scrape = calloc(1, sizeof(*scrape));

	if (!scrape)
		return NULL;
	scrape->exporter = exporter;
	scrape->open = open;
	scrape->family = families;
	scrape->snapshot = exporter_snapshot(exporter);
	if (!scrape->snapshot) {
		free(scrape);
		return NULL;
	}
	return scrape;
}

void scrape_destroy(struct scrape *scrape)
{
	snapshot_put(scrape->snapshot);
	text_free(&scrape->text);
	free(scrape);
}

struct text *sample_begin(struct scrape *scrape)
{
	const struct family *family = scrape->family;

	text_put(&scrape->text, family->name);
	if (family->type == COUNTER)
		text_put(&scrape->text, "_total");
	else if (family->type == INFO)
		text_put(&scrape->text, "_info");
	return &scrape->text;
}

void sample_number(struct text *text, uint64_t number)
{
	text_printf(text, " %" PRIu64 "\n", number);
}

void sample_thousandths(struct text *text, uint64_t thousandths)
{
	text_printf(text, " %" PRIu64 ".%03" PRIu64 "\n", thousandths / 1000,
		    thousandths % 1000);
}

void sample_time(struct text *text, uint64_t ns)
{
	text_put(text, " ");
	text_seconds(text, ns);
	text_put(text, "\n");
}

void sample_row(struct scrape *scrape, const struct row *row)
{
	struct text *text = sample_begin(scrape);

	text_put(text, "{");
	text_add(text, scrape->snapshot->text.data + row->labels,
		 row->labels_len);
	text_put(text, "}");
}

/* The older format has neither infos nor units. */
static void write_head(struct scrape *scrape)
{
	static const char * const types[] = { "gauge", "counter", "info" };
	static const char * const units[] = { "bytes", "seconds", "ratio" };
	const struct family *family = scrape->family;
	struct text *text = &scrape->text;
	const char *suffix = "", *end;
	size_t i;

	if (!scrape->open && family->type != GAUGE)
		suffix = family->type == COUNTER ? "_total" : "_info";
	text_printf(text, "# HELP %s%s %s\n# TYPE %s%s %s\n", family->name,
		    suffix, family->help, family->name, suffix,
		    !scrape->open && family->type == INFO ?
		    "gauge" : types[family->type]);
	end = strrchr(family->name, '_');
	for (i = 0; scrape->open && end && i < ARRAY_SIZE(units); i++)
		if (!strcmp(end + 1, units[i]))
			text_printf(text, "# UNIT %s %s\n", family->name,
				    units[i]);
}

static size_t items(const struct scrape *scrape)
{
	switch (scrape->family->scope) {
	case SCOPE_EVENT:
		return EVENT_TYPES;
	case SCOPE_DEVICE:
		return scrape->snapshot->device_n;
	case SCOPE_DRIVER:
		return scrape->snapshot->driver_n;
	case SCOPE_GROUP:
		return scrape->snapshot->group_n;
	case SCOPE_ROW:
		return scrape->snapshot->row_n;
	default:
		return 1;
	}
}

/* The metric after this one, NULL after the last. */
static const struct family *next_family(struct scrape *scrape)
{
	const struct family *family;

	while (++scrape->nr < families_n + hami_families_n) {
		if (scrape->nr < families_n)
			return &families[scrape->nr];
		family = &hami_families[scrape->nr - families_n];
		if (family->hami == scrape->exporter->options.hami)
			return family;
	}
	return NULL;
}

static void write_step(struct scrape *scrape)
{
	if (!scrape->item)
		write_head(scrape);
	if (scrape->item < items(scrape))
		scrape->family->emit(scrape, scrape->item++);
	if (scrape->item < items(scrape))
		return;
	scrape->item = 0;
	scrape->family = next_family(scrape);
	if (scrape->family)
		return;
	scrape->done = true;
	if (scrape->open)
		text_put(&scrape->text, "# EOF\n");
}

ssize_t scrape_read(struct scrape *scrape, char *to, size_t max)
{
	struct text *text = &scrape->text;
	size_t n;

	if (scrape->taken == text->len) {
		scrape->taken = 0;
		text->len = 0;
		while (!scrape->done && text->len < PIECE && !text->failed)
			write_step(scrape);
	}
	if (text->failed)
		return -ENOMEM;
	n = text->len - scrape->taken;
	if (n > max)
		n = max;
	memcpy(to, text->data + scrape->taken, n);
	scrape->taken += n;
	return (ssize_t)n;
}
