// SPDX-License-Identifier: GPL-2.0
/*
 * Reading of JSON, as strict as the library can be.
 */
#include <limits.h>
#include <string.h>

#include "json.h"

struct json_object *json_read_object(const char *text, size_t len)
{
	struct json_object *root = NULL;
	struct json_tokener *reader;
	size_t end;

	if (!len || len > INT_MAX)
		return NULL;
	reader = json_tokener_new();
	if (!reader)
		return NULL;
	json_tokener_set_flags(reader, JSON_TOKENER_STRICT);
	root = json_tokener_parse_ex(reader, text, (int)len);
	end = json_tokener_get_parse_end(reader);
	if (json_tokener_get_error(reader) != json_tokener_success ||
	    !json_object_is_type(root, json_type_object) ||
	    end + strspn(text + end, " \t\r\n") < len) {
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(reader);
	return root;
}

struct json_object *json_member(struct json_object *object, const char *key,
				enum json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

const char *json_text(struct json_object *value)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	text = json_object_get_string(value);
	return strlen(text) == (size_t)json_object_get_string_len(value) ?
		       text : NULL;
}
