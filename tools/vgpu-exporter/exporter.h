/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vgpu-exporter: one thread, which waits for requests, events of the module
 * and the time of the next sample. Nothing here is shared with another one.
 */
#ifndef EXPORTER_H
#define EXPORTER_H

#include <netinet/in.h>

#include "events.h"
#include "history.h"

/**
 * enum hami - which names of HAMi's monitor to add
 * @HAMI_NONE: none
 * @HAMI_CURRENT: hami_*
 * @HAMI_LEGACY: those before them, which old dashboards and Volcano use
 */
enum hami {
	HAMI_NONE,
	HAMI_CURRENT,
	HAMI_LEGACY,
};

/**
 * struct options - what was asked for
 * @address: where to listen
 * @hami: names of HAMi to add
 * @node: what HAMi's label for the node says
 * @page: serve the page
 * @sample: seconds between two samples
 * @kubelet: folder of the kubelet's logs
 */
struct options {
	struct sockaddr_storage address;
	enum hami hami;
	char node[256];
	bool page;
	unsigned int sample;
	const char *kubelet;
};

/**
 * struct exporter - all there is
 * @options: what was asked for
 * @source: where snapshots come from
 * @latest: the last snapshot, or NULL
 * @failures: how often the module could not be read
 * @failing: and did not the last time
 * @events: what it told by itself
 * @history: the last samples
 */
struct exporter {
	struct options options;
	struct source source;
	struct snapshot *latest;
	uint64_t failures;
	bool failing;
	struct events events;
	struct history history;
};

/* A snapshot of now, to be given back with snapshot_put(); or NULL. */
struct snapshot *exporter_snapshot(struct exporter *exporter);

int options_read(int argc, char **argv, struct options *options);

/* One line on stderr, after the name of the program. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* EXPORTER_H */
