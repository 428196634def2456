// SPDX-License-Identifier: GPL-2.0
/*
 * The answer of a device plugin for one container. Of the message
 * ContainerAllocateResponse two fields matter, both maps from text to text:
 * envs = 1 and annotations = 4. A map is a repeated message { key = 1,
 * value = 2 }, of which the last wins.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "annotations.h"
#include "answer.h"
#include "env.h"

#define SOURCE	"the kubelet's checkpoint"
#define PAIRS	256

enum { FIELD_ENVS = 1, FIELD_ANNOTATIONS = 4 };
enum { PAIR_KEY = 1, PAIR_VALUE = 2 };
enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/**
 * struct pairs - a map as it was read
 * @text: NAME=VALUE each, owned
 * @n: how many
 */
struct pairs {
	char *text[PAIRS];
	size_t n;
};

/**
 * struct span - bytes that are being read
 * @at: the next
 * @end: behind the last
 */
struct span {
	const unsigned char *at;
	const unsigned char *end;
};

/**
 * struct field - a field of a message
 * @number: which
 * @bytes: what is in it, where @is_bytes
 * @is_bytes: it is of type string, bytes or message
 */
struct field {
	uint64_t number;
	struct span bytes;
	bool is_bytes;
};

static bool read_varint(struct span *span, uint64_t *out)
{
	unsigned int shift;
	uint64_t value = 0;

	for (shift = 0; shift < 64 && span->at < span->end; shift += 7) {
		value |= (uint64_t)(*span->at & 0x7f) << shift;
		if (!(*span->at++ & 0x80)) {
			*out = value;
			return true;
		}
	}
	return false;
}

static bool skip(struct span *span, uint64_t n)
{
	if (n > (uint64_t)(span->end - span->at))
		return false;
	span->at += n;
	return true;
}

/* The next field; false where the bytes are no message. */
static bool read_field(struct span *span, struct field *out)
{
	uint64_t tag, len;

	if (!read_varint(span, &tag))
		return false;
	*out = (struct field){ .number = tag >> 3 };
	switch (tag & 7) {
	case WIRE_VARINT:
		return read_varint(span, &len);
	case WIRE_64:
		return skip(span, 8);
	case WIRE_32:
		return skip(span, 4);
	case WIRE_BYTES:
		if (!read_varint(span, &len))
			return false;
		out->is_bytes = true;
		out->bytes.at = span->at;
		if (!skip(span, len))
			return false;
		out->bytes.end = span->at;
		return true;
	default:
		return false;
	}
}

/* NAME=VALUE of one element of a map. */
static int read_pair(struct span span, struct pairs *pairs)
{
	struct span key = { 0 }, value = { 0 };
	size_t key_len, value_len;
	struct field field;
	char *text;

	while (span.at < span.end) {
		if (!read_field(&span, &field))
			return -EINVAL;
		if (field.number == PAIR_KEY && field.is_bytes)
			key = field.bytes;
		else if (field.number == PAIR_VALUE && field.is_bytes)
			value = field.bytes;
	}
	key_len = (size_t)(key.end - key.at);
	value_len = (size_t)(value.end - value.at);
	if (!key_len || memchr(key.at, '=', key_len) ||
	    memchr(key.at, '\0', key_len) ||
	    (value_len && memchr(value.at, '\0', value_len)))
		return -EINVAL;
	if (pairs->n == PAIRS)
		return -E2BIG;
	text = malloc(key_len + value_len + 2);
	if (!text)
		return -ENOMEM;
	memcpy(text, key.at, key_len);
	text[key_len] = '=';
	if (value_len)
		memcpy(text + key_len + 1, value.at, value_len);
	text[key_len + 1 + value_len] = '\0';
	pairs->text[pairs->n++] = text;
	return 0;
}

static int read_answer(struct span span, struct pairs *envs,
		       struct pairs *annotations)
{
	struct field field;
	int err = 0;

	while (span.at < span.end && !err) {
		if (!read_field(&span, &field))
			return -EINVAL;
		if (field.number == FIELD_ENVS && field.is_bytes)
			err = read_pair(field.bytes, envs);
		else if (field.number == FIELD_ANNOTATIONS && field.is_bytes)
			err = read_pair(field.bytes, annotations);
	}
	return err;
}

static void free_pairs(struct pairs *pairs)
{
	while (pairs->n)
		free(pairs->text[--pairs->n]);
}

static const char *pair_at(const void *from, const char *name)
{
	const struct pairs *pairs = from;
	size_t len = strlen(name), i = pairs->n;

	while (i--)
		if (!strncmp(pairs->text[i], name, len) &&
		    pairs->text[i][len] == '=')
			return pairs->text[i] + len + 1;
	return NULL;
}

/* Names end at '='; those of a map are cut there first. */
static const char *pair_next(const void *from, const char *name)
{
	const struct pairs *names = from;
	size_t i = 0;

	if (name)
		while (names->text[i++] != name)
			;
	return i < names->n ? names->text[i] : NULL;
}

/**
 * struct named - annotations by name
 * @names: cut from @pairs
 * @pairs: NAME=VALUE
 */
struct named {
	struct pairs names;
	const struct pairs *pairs;
};

static const char *named_at(const void *from, const char *name)
{
	return pair_at(((const struct named *)from)->pairs, name);
}

static const char *named_next(const void *from, const char *name)
{
	return pair_next(&((const struct named *)from)->names, name);
}

static int read_annotations(const struct pairs *pairs, struct claims *claims,
			    struct refusal *why)
{
	struct named named = { .pairs = pairs };
	struct annotations annotations = {
		.at = named_at,
		.next = named_next,
		.from = &named,
		.source = SOURCE,
	};
	int err = 0;
	size_t i;

	for (i = 0; i < pairs->n && !err; i++) {
		char *name = strndup(pairs->text[i],
				     strcspn(pairs->text[i], "="));

		if (name)
			named.names.text[named.names.n++] = name;
		else
			err = refuse(why, -ENOMEM, "out of memory");
	}
	if (!err)
		err = annotations_claims(&annotations, claims, why);
	free_pairs(&named.names);
	return err;
}

static int value_of_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Decode base64 with its padding; the length, or -1 where it is none. */
static ssize_t decode(const char *text, unsigned char *out)
{
	size_t len = strlen(text), digits, i;
	uint32_t bits = 0;
	ssize_t n = 0;

	if (len % 4)
		return -1;
	digits = len;
	while (digits && len - digits < 2 && text[digits - 1] == '=')
		digits--;
	for (i = 0; i < digits; i++) {
		int digit = value_of_digit(text[i]);

		if (digit < 0)
			return -1;
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4)
			out[n++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
	}
	return n;
}

/* Add what an answer says. On an error the caller drops what was added. */
int answer_claims(const char *base64, struct claims *claims,
		  struct refusal *why)
{
	struct pairs envs = { .n = 0 }, annotations = { .n = 0 };
	unsigned char *bytes = malloc(strlen(base64) + 1);
	ssize_t len = bytes ? decode(base64, bytes) : -1;
	int err;

	if (!bytes)
		return refuse(why, -ENOMEM, "out of memory");
	err = len < 0 ? -EINVAL :
			read_answer((struct span){ bytes, bytes + len }, &envs,
				    &annotations);
	if (err)
		refuse(why, err, SOURCE ": an answer of a device plugin cannot be read");
	else
		err = env_claims((const char *const *)envs.text, envs.n, SOURCE,
				 claims, why);
	if (!err)
		err = read_annotations(&annotations, claims, why);
	free_pairs(&envs);
	free_pairs(&annotations);
	free(bytes);
	return err;
}
