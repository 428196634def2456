/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the page shows, as JSON.
 */
#ifndef STATUS_H
#define STATUS_H

#include "exporter.h"

/* Groups that the page shows, the largest of all. */
#define STATUS_ROWS	100

void status_write(struct text *text, const struct exporter *exporter,
		  const struct snapshot *snapshot);

#endif /* STATUS_H */
