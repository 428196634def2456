/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shares of an engine's time as people type and read them.
 */
#ifndef SHARE_H
#define SHARE_H

#include <stdint.h>

#define SHARE_TEXT	32

/* What share_parse() takes, for error messages. */
#define SHARE_ALLOWED \
	"a share is a percentage with at most two decimals (30%, 12.5%)"

int share_parse(const char *text, uint32_t *out);
int share_parse_number(const char *text, uint32_t *out);
const char *share_number(uint64_t share, char text[SHARE_TEXT]);
const char *share_format(uint64_t share, char text[SHARE_TEXT]);

#endif /* SHARE_H */
