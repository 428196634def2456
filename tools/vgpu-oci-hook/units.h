/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The units of each contract. All return 0, -EINVAL for what is no value, or
 * -ERANGE for one that is too large, and leave their result untouched then.
 */
#ifndef UNITS_H
#define UNITS_H

#include <stdint.h>

/* A plain number. */
int units_number(const char *text, uint64_t *out);
/* HAMi-core's sizes: bytes, or k, m, g of binary units. */
int units_hami_size(const char *text, uint64_t *out);
/* A plain number of MiB, in bytes. */
int units_mib(const char *text, uint64_t *out);
/*
 * A quantity of Kubernetes: 8Gi, 8G, 1.5, 1e9, 1500m. Rounded down, but for one
 * that would become 0, which means no limit to some: -ERANGE.
 */
int units_quantity(const char *text, uint64_t *out);
/* A percentage with an optional sign, up to 100, in hundredths of a percent. */
int units_percent(const char *text, uint32_t *out);
/* A fraction up to 1, in hundredths of a percent. */
int units_fraction(const char *text, uint32_t *out);

#endif /* UNITS_H */
