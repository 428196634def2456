/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text that grows as it is written, and the escapes of the two formats.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "array.h"

/**
 * struct text - text in one owned piece of memory
 * @data: the text, with no NUL behind it until text_end()
 * @len: its length
 * @room: how much fits before the next growth
 * @failed: there was no memory; what was added since is lost
 */
struct text {
	char *data;
	size_t len;
	size_t room;
	bool failed;
};

void text_add(struct text *text, const char *data, size_t len);
void text_put(struct text *text, const char *string);
void text_printf(struct text *text, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* NAME="VALUE", for Prometheus; invalid UTF-8 becomes U+FFFD. */
void text_label(struct text *text, const char *name, const char *value);
/* A string of JSON, in its quotes. */
void text_json(struct text *text, const char *value);
/* A whole number of nanoseconds as seconds, exactly. */
void text_seconds(struct text *text, uint64_t ns);

void text_end(struct text *text);
void text_free(struct text *text);

#endif /* TEXT_H */
