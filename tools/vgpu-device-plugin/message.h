/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files that answer share: memory that lives as long as an answer is
 * made, and how it ends.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "answer.h"
#include "deviceplugin.pb-c.h"

/**
 * struct arena - memory that goes at once
 * @block: the last block
 * @failed: there was not enough
 */
struct arena {
	struct block *block;
	bool failed;
};

/* Zeroed; where there is not enough, the arena says so and NULL comes back. */
void *arena_take(struct arena *arena, size_t n, size_t size);
char *arena_text(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void arena_free(struct arena *arena);

void answer_pack(struct answer *out, const ProtobufCMessage *message);
void answer_refuse(struct answer *out, enum answer_code code,
		   const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The unit of an id, whose device is there; else refuses. */
bool answer_unit(const struct inventory *inventory, const char *id,
		 struct unit *unit, struct answer *out);

/**
 * struct set - units that a question named
 * @inventory: of which
 * @in: of each unit, whether it did
 */
struct set {
	const struct inventory *inventory;
	bool *in;
};

struct set set_make(const struct inventory *inventory, struct arena *arena);
/* Refuses a unit that is in it. */
bool set_add(struct set *set, struct unit unit, const char *id,
	     struct answer *out);

void allocate(const struct inventory *inventory, const AllocateRequest *request,
	      struct arena *arena, struct answer *out);
void prefer(const struct inventory *inventory,
	    const PreferredAllocationRequest *request, struct arena *arena,
	    struct answer *out);

#endif /* MESSAGE_H */
