// SPDX-License-Identifier: GPL-2.0
/*
 * See utf8.h.
 */
#include <string.h>

#include "utf8.h"

size_t utf8_length(const char *string)
{
	const unsigned char *s = (const unsigned char *)string;
	unsigned char low = 0x80, high = 0xbf;
	size_t n, i;

	if (*s < 0x80)
		return 1;
	if (*s >= 0xc2 && *s <= 0xdf) {
		n = 2;
	} else if (*s >= 0xe0 && *s <= 0xef) {
		n = 3;
		low = *s == 0xe0 ? 0xa0 : low;
		high = *s == 0xed ? 0x9f : high;
	} else if (*s >= 0xf0 && *s <= 0xf4) {
		n = 4;
		low = *s == 0xf0 ? 0x90 : low;
		high = *s == 0xf4 ? 0x8f : high;
	} else {
		return 0;
	}
	if (s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

bool utf8_valid(const char *s)
{
	size_t n;

	for (; *s; s += n) {
		n = utf8_length(s);
		if (!n)
			return false;
	}
	return true;
}

/* C0, DEL, and C1, which is U+0080 to U+009F. */
static bool is_control(const char *string)
{
	const unsigned char *s = (const unsigned char *)string;

	return *s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0);
}

static void replace(char *s, bool controls)
{
	size_t n;

	for (; *s; s += n) {
		n = utf8_length(s);
		if (n && !(controls && is_control(s)))
			continue;
		n = n ? n : 1;
		memset(s, '?', n);
	}
}

void utf8_mend(char *s)
{
	replace(s, false);
}

void utf8_plain(char *s)
{
	replace(s, true);
}
