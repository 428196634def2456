/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Amounts of memory as people type and read them.
 */
#ifndef SIZE_H
#define SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIZE_TEXT	32

/* What size_parse() takes, for error messages. */
#define SIZE_ALLOWED \
	"a size is a number with an optional unit (4G, 512MiB, 1.5G, 1048576), a share of the device (50%), or max"

int size_parse(const char *text, const uint64_t *total, uint64_t *out);
bool size_is_share(const char *text);
const char *size_format(uint64_t bytes, char text[SIZE_TEXT]);

#endif /* SIZE_H */
