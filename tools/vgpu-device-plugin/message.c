// SPDX-License-Identifier: GPL-2.0
/*
 * Memory and endings of answers.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

struct block {
	struct block *before;
	max_align_t data[];
};

void *arena_take(struct arena *arena, size_t n, size_t size)
{
	struct block *block;
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes) ||
	    __builtin_add_overflow(bytes, sizeof(*block), &bytes)) {
		arena->failed = true;
		return NULL;
	}
	block = calloc(1, bytes);
	if (!block) {
		arena->failed = true;
		return NULL;
	}
	block->before = arena->block;
	arena->block = block;
	return block->data;
}

char *arena_text(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = arena_take(arena, (size_t)len + 1, 1);
	if (!text)
		return NULL;
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}

void arena_free(struct arena *arena)
{
	struct block *block = arena->block, *before;

	for (; block; block = before) {
		before = block->before;
		free(block);
	}
	*arena = (struct arena){ .block = NULL };
}

void answer_refuse(struct answer *out, enum answer_code code,
		   const char *format, ...)
{
	va_list args;

	out->code = code;
	va_start(args, format);
	vsnprintf(out->why, sizeof(out->why), format, args);
	va_end(args);
}

void answer_pack(struct answer *out, const ProtobufCMessage *message)
{
	out->len = protobuf_c_message_get_packed_size(message);
	/* An empty message is one too. */
	out->data = malloc(out->len ? out->len : 1);
	if (!out->data) {
		answer_refuse(out, ANSWER_INTERNAL, "out of memory");
		return;
	}
	protobuf_c_message_pack(message, out->data);
	out->code = ANSWER_OK;
}

bool answer_unit(const struct inventory *inventory, const char *id,
		 struct unit *unit, struct answer *out)
{
	if (!inventory_find(inventory, id, unit)) {
		answer_refuse(out, ANSWER_NOT_FOUND, "%.64s: no such unit", id);
		return false;
	}
	if (!inventory->gpu[unit->gpu].present) {
		answer_refuse(out, ANSWER_PRECONDITION,
			      "%.64s: the device is gone", id);
		return false;
	}
	return true;
}

struct set set_make(const struct inventory *inventory, struct arena *arena)
{
	return (struct set){
		.inventory = inventory,
		.in = arena_take(arena, inventory_units(inventory),
				 sizeof(bool)),
	};
}

bool set_add(struct set *set, struct unit unit, const char *id,
	     struct answer *out)
{
	bool *in = set->in + unit.unit;
	size_t i;

	for (i = 0; i < unit.gpu; i++)
		in += set->inventory->gpu[i].units;
	if (*in) {
		answer_refuse(out, ANSWER_INVALID, "%.64s: named twice", id);
		return false;
	}
	*in = true;
	return true;
}
