/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Output: JSON for programs, tables for people.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdarg.h>

#include <json-c/json.h>

#include "tool.h"

#define TABLE_COLUMNS	12

/**
 * struct table - rows of text, aligned when they are printed
 * @head: names of the columns; one that starts with '>' is aligned right
 * @columns: how many
 * @cell: owned texts, row by row
 * @n: how many
 * @room: how many fit before the next growth
 */
struct table {
	const char *head[TABLE_COLUMNS];
	size_t columns;
	char **cell;
	size_t n;
	size_t room;
};

void table_cell(struct table *table, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void table_size(struct table *table, uint64_t bytes);
void table_print(struct table *table);
char *text_of(const char *fmt, va_list args)
	__attribute__((format(printf, 1, 0)));
void print_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

int output_json(const struct tool *tool, struct json_object *object);

void json_put_text(struct json_object *object, const char *key,
		   const char *text);
void json_put_number(struct json_object *object, const char *key,
		     uint64_t number);
void json_put_limit(struct json_object *object, const char *key,
		    uint64_t bytes);
void json_put_share(struct json_object *object, const char *key,
		    uint64_t share);
void json_put_flag(struct json_object *object, const char *key, bool flag);
void json_put_null(struct json_object *object, const char *key);

#endif /* OUTPUT_H */
