/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the hook has to say: to the system's log, and a refusal to whoever
 * started the container, too.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

void log_open(bool verbose);
void log_note(const char *text);
void log_failure(const char *text, const char *outcome);

#endif /* LOG_H */
