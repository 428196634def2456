/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Strict reading of JSON: the whole of a text, and strings without a NUL.
 */
#ifndef JSON_H
#define JSON_H

#include <json-c/json.h>

/* An object, to be put by the caller; NULL for anything else. */
struct json_object *json_read_object(const char *text, size_t len);
/* The member of an object where it has that type, else NULL. */
struct json_object *json_member(struct json_object *object, const char *key,
				enum json_type type);
/* A string, or NULL for anything else and for one with a NUL in it. */
const char *json_text(struct json_object *value);

#endif /* JSON_H */
