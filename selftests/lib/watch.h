/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an operator is told while a test runs: vgpu-tool watch, to a file.
 */
#ifndef SELFTESTS_WATCH_H
#define SELFTESTS_WATCH_H

/* From now on; makes a cgroup "/watch", whose quota is an event to wait for. */
void watch_begin(void);
void watch_end(void);
/*
 * How often it was told that a cgroup was denied a driver's route; waits a
 * while for as many.
 */
unsigned int watch_denied(const char *cg, const char *driver,
			  const char *route, unsigned int want);

#endif /* SELFTESTS_WATCH_H */
