// SPDX-License-Identifier: GPL-2.0
/*
 * Output. In JSON every key of an object is always there: null stands for what
 * is unknown, does not apply, or is not limited.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "share.h"
#include "size.h"
#include "utf8.h"

/* Nothing here can go on without memory, and no state is left half changed. */
static void *need(void *p)
{
	if (!p) {
		fputs("vgpu-tool: out of memory\n", stderr);
		exit(STATUS_FAILED);
	}
	return p;
}

/* A text of its own, to be freed. */
char *text_of(const char *fmt, va_list args)
{
	char *text;

	return need(vasprintf(&text, fmt, args) < 0 ? NULL : text);
}

void table_cell(struct table *table, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_of(fmt, args);
	va_end(args);
	utf8_plain(text);
	if (table->n == table->room) {
		table->room = table->room ? 2 * table->room : 64;
		table->cell = need(reallocarray(table->cell, table->room,
						sizeof(*table->cell)));
	}
	table->cell[table->n++] = text;
}

void table_size(struct table *table, uint64_t bytes)
{
	char text[SIZE_TEXT];

	table_cell(table, "%s", size_format(bytes, text));
}

/* Columns that a text takes on a terminal: UTF-8, each character one wide. */
static size_t width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

static void print_cell(const struct table *table, size_t column,
		       const char *text, size_t wide)
{
	int pad = (int)(wide - width(text));

	if (table->head[column][0] == '>')
		printf("%*s%s", pad, "", text);
	else if (column + 1 == table->columns)
		printf("%s", text);
	else
		printf("%s%*s", text, pad, "");
	fputs(column + 1 == table->columns ? "\n" : "  ", stdout);
}

static const char *head_text(const struct table *table, size_t column)
{
	const char *head = table->head[column];

	return head[0] == '>' ? head + 1 : head;
}

/* Print the table and free it. */
void table_print(struct table *table)
{
	size_t wide[TABLE_COLUMNS], i, w;

	for (i = 0; i < table->columns; i++)
		wide[i] = width(head_text(table, i));
	for (i = 0; i < table->n; i++) {
		w = width(table->cell[i]);
		if (w > wide[i % table->columns])
			wide[i % table->columns] = w;
	}
	for (i = 0; i < table->columns; i++)
		print_cell(table, i, head_text(table, i), wide[i]);
	for (i = 0; i < table->n; i++) {
		print_cell(table, i % table->columns, table->cell[i],
			   wide[i % table->columns]);
		free(table->cell[i]);
	}
	free(table->cell);
	table->cell = NULL;
	table->n = 0;
	table->room = 0;
}

/* Print a line that holds names which others chose. */
void print_line(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = text_of(fmt, args);
	va_end(args);
	utf8_plain(text);
	puts(text);
	free(text);
}

/* Print a JSON text on a line of its own, and free the object. */
int output_json(const struct tool *tool, struct json_object *object)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (tool->pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	printf("%s\n", (const char *)
	       need((void *)(uintptr_t)
		    json_object_to_json_string_ext(object, flags)));
	json_object_put(object);
	if (fflush(stdout))
		return tool_fail(tool, -errno, "cannot write the output");
	return STATUS_OK;
}

void json_put_null(struct json_object *object, const char *key)
{
	json_object_object_add(object, key, NULL);
}

/* Controls are escaped, but other than UTF-8 there is nothing in JSON. */
static struct json_object *json_text(const char *text)
{
	struct json_object *string;
	char *mended;

	if (utf8_valid(text))
		return need(json_object_new_string(text));
	mended = need(strdup(text));
	utf8_mend(mended);
	string = need(json_object_new_string(mended));
	free(mended);
	return string;
}

/* An empty text stands for none. */
void json_put_text(struct json_object *object, const char *key,
		   const char *text)
{
	json_object_object_add(object, key, *text ? json_text(text) : NULL);
}

void json_put_number(struct json_object *object, const char *key,
		     uint64_t number)
{
	json_object_object_add(object, key,
			       need(json_object_new_uint64(number)));
}

void json_put_limit(struct json_object *object, const char *key,
		    uint64_t bytes)
{
	if (bytes == LIBVGPU_UNLIMITED)
		json_put_null(object, key);
	else
		json_put_number(object, key, bytes);
}

/* Hundredths of a percent, as percent; the text keeps the digits exact. */
void json_put_share(struct json_object *object, const char *key,
		    uint64_t share)
{
	char text[SHARE_TEXT];

	share_number(share, text);
	json_object_object_add(object, key,
			       need(json_object_new_double_s((double)share / 100,
							     text)));
}

void json_put_flag(struct json_object *object, const char *key, bool flag)
{
	json_object_object_add(object, key,
			       need(json_object_new_boolean(flag)));
}
