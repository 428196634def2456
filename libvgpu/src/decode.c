// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From netlink attributes to objects, by schema. Attributes that a schema does
 * not name are skipped, so that a newer module may say more; one that is named
 * and has the wrong length is an error.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

static int decode_into(const struct schema *schema, const void *attrs,
		       size_t len, void *object);

int array_add(struct array *rows, void *row)
{
	size_t room = rows->room ? 2 * rows->room : 8;
	void **grown;

	if (rows->n == rows->room) {
		grown = reallocarray(rows->row, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		rows->row = grown;
		rows->room = room;
	}
	rows->row[rows->n++] = row;
	return 0;
}

/* The kernel closes strings with a NUL, which the length may or not count. */
static char *decode_string(const struct nlattr *attr)
{
	size_t len = (size_t)nla_len(attr);
	char *s = malloc(len + 1);

	if (!s)
		return NULL;
	memcpy(s, nla_data(attr), len);
	s[len] = '\0';
	return s;
}

static int decode_strings(const struct nlattr *attr, struct array *strings)
{
	char *s = decode_string(attr);
	int err;

	if (!s)
		return -ENOMEM;
	err = array_add(strings, s);
	if (err)
		free(s);
	return err;
}

/*
 * What follows runs for each attribute of each row of a dump, so it reads the
 * attribute itself and asks libnl only where that knows more.
 */
static inline int decode_number(const struct nlattr *attr, void *member,
				size_t size)
{
	if (attr->nla_len != NLA_HDRLEN + size)
		return -EPROTO;
	memcpy(member, (const char *)attr + NLA_HDRLEN, size);
	return 0;
}

/* A number whose length the kernel chooses. */
static int decode_any_number(const struct nlattr *attr, uint64_t *member)
{
	uint32_t narrow;
	int err;

	if (attr->nla_len == NLA_HDRLEN + sizeof(*member))
		return decode_number(attr, member, sizeof(*member));
	err = decode_number(attr, &narrow, sizeof(narrow));
	if (!err)
		*member = narrow;
	return err;
}

static int decode_field(const struct field *field, const struct nlattr *attr,
			void *object)
{
	void *member = (char *)object + field->offset;
	char *s;

	switch (field->type) {
	case FIELD_U16:
		return decode_number(attr, member, sizeof(uint16_t));
	case FIELD_U32:
		return decode_number(attr, member, sizeof(uint32_t));
	case FIELD_U64:
		return decode_number(attr, member, sizeof(uint64_t));
	case FIELD_NUMBER:
		return decode_any_number(attr, member);
	case FIELD_FLAG:
		*(int *)member = 1;
		return 0;
	case FIELD_STRING:
		s = decode_string(attr);
		if (!s)
			return -ENOMEM;
		free(*(char **)member);
		*(char **)member = s;
		return 0;
	case FIELD_STRINGS:
		return decode_strings(attr, member);
	case FIELD_ROWS:
		return decode_append(field->schema, nla_data(attr),
				     (size_t)nla_len(attr), member);
	case FIELD_INSIDE:
		return decode_into(field->schema, nla_data(attr),
				   (size_t)nla_len(attr), member);
	}
	return -EPROTO;
}

static bool takes(const struct field *field, int type)
{
	return field->attr == type || field->attr == FIELD_ANY;
}

/*
 * The first field that takes attributes of a type, or NULL. The kernel puts
 * attributes in the order of the fields, so it is mostly the one to begin at.
 */
static const struct field *field_of(const struct schema *schema,
				    const struct field *at, int type)
{
	const struct field *end = schema->fields + schema->n;
	size_t i;

	for (i = 0; i < schema->n; i++, at++) {
		if (at == end)
			at = schema->fields;
		if (takes(at, type))
			return at;
	}
	return NULL;
}

static bool fits(const struct nlattr *attr, size_t len)
{
	return len >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN &&
	       attr->nla_len <= len;
}

static int decode_into(const struct schema *schema, const void *attrs,
		       size_t len, void *object)
{
	const struct field *field, *at = schema->fields;
	const struct field *end = schema->fields + schema->n;
	const struct nlattr *attr = attrs;
	size_t step;
	int err, type;

	for (; fits(attr, len); attr = (const void *)((const char *)attr + step)) {
		step = (size_t)NLA_ALIGN(attr->nla_len);
		len -= step < len ? step : len;
		type = attr->nla_type & NLA_TYPE_MASK;
		field = field_of(schema, at, type);
		for (; field && field < end && takes(field, type); field++) {
			err = decode_field(field, attr, object);
			if (err)
				return err;
			at = field + 1;
		}
	}
	return len ? -EPROTO : 0;
}

/*
 * Read one object and append it to the rows. On failure the rows are as they
 * were.
 */
int decode_append(const struct schema *schema, const void *attrs, size_t len,
		  struct array *rows)
{
	void *object = calloc(1, schema->size);
	int err;

	if (!object)
		return -ENOMEM;
	if (schema->init)
		schema->init(object);
	err = decode_into(schema, attrs, len, object);
	if (!err)
		err = array_add(rows, object);
	if (err)
		decode_free(schema, object);
	return err;
}

static void strings_release(struct array *strings)
{
	while (strings->n)
		free(strings->row[--strings->n]);
	free(strings->row);
}

static void decode_release(const struct schema *schema, void *object)
{
	const struct field *field;
	void *member;
	size_t i;

	for (i = 0; i < schema->n; i++) {
		field = &schema->fields[i];
		member = (char *)object + field->offset;
		if (field->type == FIELD_STRING)
			free(*(char **)member);
		else if (field->type == FIELD_STRINGS)
			strings_release(member);
		else if (field->type == FIELD_ROWS)
			array_release(field->schema, member);
		else if (field->type == FIELD_INSIDE)
			decode_release(field->schema, member);
	}
}

void decode_free(const struct schema *schema, void *object)
{
	if (!object)
		return;
	decode_release(schema, object);
	free(object);
}

/* Free the rows and make the array empty. */
void array_release(const struct schema *schema, struct array *rows)
{
	while (rows->n)
		decode_free(schema, rows->row[--rows->n]);
	free(rows->row);
	*rows = (struct array){ 0 };
}

/* Free a list: a structure that starts with the array of its rows, or NULL. */
void array_free(const struct schema *schema, void *list)
{
	if (!list)
		return;
	array_release(schema, list);
	free(list);
}

/*
 * Take the first row out and release the rest: the answer to a request that
 * asks for one object. NULL where there is none.
 */
void *array_take_only(const struct schema *schema, struct array *rows)
{
	void *object = array_at(rows, 0);

	if (object)
		rows->row[0] = rows->row[--rows->n];
	array_release(schema, rows);
	return object;
}
