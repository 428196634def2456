/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The metrics, a piece at a time: however many groups there are, a scrape
 * holds no more text than its reader has yet to take.
 */
#ifndef METRICS_H
#define METRICS_H

#include "exporter.h"

struct family;

/**
 * struct scrape - one reading of all metrics
 * @exporter: whose
 * @snapshot: what is read
 * @open: in OpenMetrics, not in Prometheus' older format
 * @family: the metric that is being written
 * @nr: its number, ours before HAMi's
 * @item: the next of its samples' owners
 * @done: all is in @text
 * @text: what is written and not yet taken
 * @taken: how much of it is
 */
struct scrape {
	struct exporter *exporter;
	struct snapshot *snapshot;
	bool open;
	const struct family *family;
	size_t nr;
	size_t item;
	bool done;
	struct text text;
	size_t taken;
};

struct scrape *scrape_create(struct exporter *exporter, bool open);
void scrape_destroy(struct scrape *scrape);
/* Fill @to: how many bytes, 0 at the end, or -ENOMEM. */
ssize_t scrape_read(struct scrape *scrape, char *to, size_t max);

/**
 * enum scope - what has samples of a metric
 */
enum scope {
	SCOPE_ONE,
	SCOPE_EVENT,
	SCOPE_DEVICE,
	SCOPE_DRIVER,
	SCOPE_GROUP,
	SCOPE_ROW,
};

enum metric_type {
	GAUGE,
	COUNTER,
	INFO,
};

/**
 * struct family - a metric
 * @name: without the _total of a counter and the _info of an info
 * @type: of its values
 * @scope: what has samples of it
 * @hami: HAMI_NONE for our own; else it comes with these names only
 * @which: a figure, for emit_figure() and its kin; of an engine, for
 *	emit_engine_time() and emit_engine_count()
 * @emit: write the samples of one item
 * @help: what it is
 */
struct family {
	const char *name;
	enum metric_type type;
	enum scope scope;
	enum hami hami;
	unsigned int which;
	void (*emit)(struct scrape *scrape, size_t item);
	const char *help;
};

/* Begin a sample; the labels and sample_number() or its kin follow. */
struct text *sample_begin(struct scrape *scrape);
void sample_row(struct scrape *scrape, const struct row *row);
void sample_number(struct text *text, uint64_t number);
void sample_thousandths(struct text *text, uint64_t thousandths);
/* Nanoseconds, which are exported as seconds. */
void sample_time(struct text *text, uint64_t ns);

extern const struct family families[];
extern const size_t families_n;
extern const struct family hami_families[];
extern const size_t hami_families_n;
extern const char * const hami_labels[];
extern const char * const hami_legacy_labels[];

/* Of engine classes (engines.c). */
void emit_engine_shares(struct scrape *scrape, size_t item);
void emit_engine_some(struct scrape *scrape, size_t item);
void emit_engine_full(struct scrape *scrape, size_t item);
void emit_engine_time(struct scrape *scrape, size_t item);
void emit_engine_count(struct scrape *scrape, size_t item);
void emit_compute_max(struct scrape *scrape, size_t item);

#endif /* METRICS_H */
