// SPDX-License-Identifier: GPL-2.0
/*
 * Shares of an engine's time as people type and read them. They are kept in
 * hundredths of a percent, so there is nothing to round.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <vgpu/types.h>

#include "share.h"

#define DECIMALS	2

/* Read a number of percent, and behind it the sign. */
static int parse(const char *text, const char *sign, uint32_t *out)
{
	uint32_t share = 0;
	int decimals = 0;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	/* What is far too large stays so, whatever digits follow. */
	for (; isdigit((unsigned char)*text); text++)
		if (share <= LIBVGPU_SHARE_FULL)
			share = 10 * share + (uint32_t)(*text - '0');
	if (*text == '.') {
		for (text++; isdigit((unsigned char)*text); text++) {
			if (++decimals > DECIMALS)
				return -EINVAL;
			if (share <= LIBVGPU_SHARE_FULL)
				share = 10 * share + (uint32_t)(*text - '0');
		}
		if (!decimals)
			return -EINVAL;
	}
	if (strcmp(text, sign))
		return -EINVAL;
	for (; decimals < DECIMALS; decimals++)
		if (share <= LIBVGPU_SHARE_FULL)
			share *= 10;
	if (share > LIBVGPU_SHARE_FULL)
		return -ERANGE;
	*out = share;
	return 0;
}

/*
 * Read a share. Returns 0; -EINVAL for what is none, -ERANGE for more than the
 * whole. Leaves out untouched on failure.
 */
int share_parse(const char *text, uint32_t *out)
{
	return parse(text, "%", out);
}

/* The same from a number of percent, without the sign. */
int share_parse_number(const char *text, uint32_t *out)
{
	return parse(text, "", out);
}

/* Print a share as a number of percent, without zeros at its end. */
const char *share_number(uint64_t share, char text[SHARE_TEXT])
{
	unsigned int rest = (unsigned int)(share % 100);

	if (!rest)
		snprintf(text, SHARE_TEXT, "%" PRIu64, share / 100);
	else if (rest % 10)
		snprintf(text, SHARE_TEXT, "%" PRIu64 ".%02u", share / 100,
			 rest);
	else
		snprintf(text, SHARE_TEXT, "%" PRIu64 ".%u", share / 100,
			 rest / 10);
	return text;
}

/* The same with its sign. */
const char *share_format(uint64_t share, char text[SHARE_TEXT])
{
	size_t len = strlen(share_number(share, text));

	snprintf(text + len, SHARE_TEXT - len, "%%");
	return text;
}
