/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A trace of our own beside the kernel's, so that whoever traces is not
 * disturbed.
 */
#ifndef TRACEFS_H
#define TRACEFS_H

#include <limits.h>

#include "tool.h"
#include "trace_json.h"

/**
 * struct tracefs - an instance
 * @tool: the context
 * @dir: of the instance
 * @pipe: where its lines come from
 * @buf: of them, the last maybe in part
 * @len: bytes in @buf
 */
struct tracefs {
	struct tool *tool;
	char dir[PATH_MAX];
	int pipe;
	char buf[65536];
	size_t len;
};

int tracefs_open(struct tool *tool, struct tracefs *tracefs);
int tracefs_stop(struct tracefs *tracefs);
int tracefs_read(struct tracefs *tracefs, struct trace *trace);
void tracefs_close(struct tracefs *tracefs);

#endif /* TRACEFS_H */
