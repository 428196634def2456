/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups (v2) for test programs, named by their path below the root
 * of the hierarchy, as in "/pod/a".
 */
#ifndef SELFTESTS_CGROUP_H
#define SELFTESTS_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Everything that a test makes lies below one cgroup of its own. */
void cg_setup(const char *test);
void cg_teardown(void);

void cg_create(const char *path);
bool cg_remove(const char *path);
void cg_enter(const char *path);
void cg_leave(void);
void cg_kill(const char *path);
/* Asks the cgroup freezer. */
void cg_freeze(const char *path, bool frozen);
/* Writes into one of its files; errno says why it could not. */
bool cg_write(const char *path, const char *file, const char *text);
/* Likewise into any file of the kernel's. */
bool file_write(const char *path, const char *text);
uint64_t cg_id(const char *path);
/* Its directory; and its path below the root of the hierarchy. */
const char *cg_dir(const char *path, char buf[static 256]);
const char *cg_path(const char *path, char buf[static 256]);

/* fork(), with the child in the cgroup; it dies with its parent. */
pid_t cg_fork(const char *path);
/* Waits; the exit status, or 128 + the signal that killed it. */
int cg_wait(pid_t pid);

#endif /* SELFTESTS_CGROUP_H */
