/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One line on stderr, for the journal or the log of the pod.
 */
#ifndef LOG_H
#define LOG_H

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* LOG_H */
