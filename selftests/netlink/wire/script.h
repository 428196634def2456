/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests as tables of steps. In a text, a leading '@' stands for the test's
 * own cgroup: its path, or in FD() and ID() its directory.
 */
#ifndef SELFTESTS_SCRIPT_H
#define SELFTESTS_SCRIPT_H

#include "wire.h"

enum step_kind {
	STEP_LAST,
	STEP_U32,
	STEP_U64,
	STEP_STRING,
	STEP_FLAG,
	STEP_ZEROS,	/* @value bytes */
	STEP_LETTERS,	/* @value of them and a NUL */
	STEP_BARE,	/* the text without its NUL */
	STEP_NEST,
	STEP_BARE_NEST,	/* without NLA_F_NESTED */
	STEP_END,
	STEP_GROUP,	/* a nest with a path */
	STEP_ENTRY,	/* a nest with a device and a limit */
	STEP_OPEN,	/* a nest with a device, which goes on */
	STEP_FD,
	STEP_ID,
	STEP_DUMP,
	STEP_CHOP,	/* @value bytes off the end */
	STEP_GROW,	/* @value added to the length of the open nest */
};

struct step {
	enum step_kind kind;
	uint16_t type;
	uint64_t value;
	const char *text;
};

#define U32(t, v)	{ STEP_U32, t, v, NULL }
#define U64(t, v)	{ STEP_U64, t, v, NULL }
#define STR(t, s)	{ STEP_STRING, t, 0, s }
#define FLAG(t)		{ STEP_FLAG, t, 0, NULL }
#define ZEROS(t, n)	{ STEP_ZEROS, t, n, NULL }
#define LETTERS(t, n)	{ STEP_LETTERS, t, n, NULL }
#define BARE(t, s)	{ STEP_BARE, t, 0, s }
#define NEST(t)		{ STEP_NEST, t, 0, NULL }
#define BARE_NEST(t)	{ STEP_BARE_NEST, t, 0, NULL }
#define END		{ STEP_END, 0, 0, NULL }
#define GROUP(s)	{ STEP_GROUP, VGPU_A_QUOTA_GROUP, 0, s }
#define ENTRY(s, t, v)	{ STEP_ENTRY, t, v, s }
#define OPEN(s)		{ STEP_OPEN, VGPU_A_QUOTA_ENTRY, 0, s }
#define FD(t, s)	{ STEP_FD, t, 0, s }
#define ID(t, s)	{ STEP_ID, t, 0, s }
#define DUMP		{ STEP_DUMP, 0, 0, NULL }
#define CHOP(n)		{ STEP_CHOP, 0, n, NULL }
#define GROW(n)		{ STEP_GROW, 0, n, NULL }

#define STEPS_MAX	20

/**
 * struct script - a request that must be refused
 * @name: for the output
 * @cmd: its command
 * @err: the errno it must get
 * @steps: what to put into it
 */
struct script {
	const char *name;
	uint8_t cmd;
	int err;
	struct step steps[STEPS_MAX];
};

/* Sends it. */
struct answer script_ask(struct wire *w, const struct script *s);
/* Sends all, as @who, and checks errno, sentence and that nothing changed. */
void scripts_refused(struct wire *w, const char *who,
		     const struct script *scripts, unsigned int n);

#endif /* SELFTESTS_SCRIPT_H */
