/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kubelet's questions and our answers, as messages: no socket is seen here.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "inventory.h"

#define ANSWER_WHY	256

/* Of gRPC. */
enum answer_code {
	ANSWER_OK = 0,
	ANSWER_INVALID = 3,
	ANSWER_NOT_FOUND = 5,
	ANSWER_EXHAUSTED = 8,
	ANSWER_PRECONDITION = 9,
	ANSWER_UNIMPLEMENTED = 12,
	ANSWER_INTERNAL = 13,
};

enum answer_method {
	METHOD_OPTIONS,
	METHOD_LIST,		/* one message of the stream */
	METHOD_PREFERRED,
	METHOD_ALLOCATE,
	METHOD_PRE_START,
	METHOD_UNKNOWN,
};

/**
 * struct answer - what goes back
 * @code: whether there is a message
 * @data: the message, to be freed; NULL where there is none
 * @len: its length
 * @why: a sentence where there is none
 */
struct answer {
	enum answer_code code;
	void *data;
	size_t len;
	char why[ANSWER_WHY];
};

/* By its path, as "/v1beta1.DevicePlugin/Allocate". */
enum answer_method answer_method(const char *path);
void answer(const struct inventory *inventory, enum answer_method method,
	    const void *data, size_t len, struct answer *out);

#endif /* ANSWER_H */
