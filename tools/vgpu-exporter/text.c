// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "utf8.h"

static bool text_grow(struct text *text, size_t more)
{
	size_t room = text->room ? text->room : 256;
	char *data;

	if (text->failed)
		return false;
	while (room - text->len < more)
		room *= 2;
	if (room == text->room)
		return true;
	data = realloc(text->data, room);
	if (!data) {
		text->failed = true;
		return false;
	}
	text->data = data;
	text->room = room;
	return true;
}

void text_add(struct text *text, const char *data, size_t len)
{
	if (!text_grow(text, len + 1))
		return;
	memcpy(text->data + text->len, data, len);
	text->len += len;
}

void text_put(struct text *text, const char *string)
{
	text_add(text, string, strlen(string));
}

void text_printf(struct text *text, const char *fmt, ...)
{
	char small[512];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(small, sizeof(small), fmt, args);
	va_end(args);
	if (n < 0) {
		text->failed = true;
	} else if ((size_t)n < sizeof(small)) {
		text_add(text, small, (size_t)n);
	} else if (text_grow(text, (size_t)n + 1)) {
		va_start(args, fmt);
		vsnprintf(text->data + text->len, (size_t)n + 1, fmt, args);
		va_end(args);
		text->len += (size_t)n;
	}
}

/* One character of a label or of JSON; both escape these three alike. */
static size_t text_escaped(struct text *text, const char *string, bool json)
{
	const unsigned char *s = (const unsigned char *)string;
	size_t n = utf8_length(string);

	if (!n) {
		text_put(text, "\xef\xbf\xbd");
		return 1;
	}
	if (*s == '"' || *s == '\\') {
		text_add(text, "\\", 1);
		text_add(text, string, 1);
	} else if (*s == '\n') {
		text_add(text, "\\n", 2);
	} else if (json && (*s < 0x20 || *s == 0x7f)) {
		text_printf(text, "\\u%04x", *s);
	} else {
		text_add(text, string, n);
	}
	return n;
}

void text_label(struct text *text, const char *name, const char *value)
{
	text_put(text, name);
	text_add(text, "=\"", 2);
	while (*value)
		value += text_escaped(text, value, false);
	text_add(text, "\"", 1);
}

void text_json(struct text *text, const char *value)
{
	text_add(text, "\"", 1);
	while (*value)
		value += text_escaped(text, value, true);
	text_add(text, "\"", 1);
}

void text_seconds(struct text *text, uint64_t ns)
{
	text_printf(text, "%" PRIu64 ".%09" PRIu64, ns / 1000000000,
		    ns % 1000000000);
}

void text_end(struct text *text)
{
	if (text_grow(text, 1))
		text->data[text->len] = '\0';
}

void text_free(struct text *text)
{
	free(text->data);
	*text = (struct text){ 0 };
}
