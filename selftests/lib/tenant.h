/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tenant: a process in a cgroup that holds a device open and does what it
 * is told, until ended. Also file descriptors from process to process.
 */
#ifndef SELFTESTS_TENANT_H
#define SELFTESTS_TENANT_H

#include <stdint.h>
#include <sys/types.h>

struct tenant {
	pid_t pid;
	int sock;
};

struct tenant tenant_start(const char *cg, const char *driver);
/* These return what the functions of drm.h do. */
int tenant_dumb(struct tenant *t, uint64_t bytes, uint32_t *handle);
int tenant_close(struct tenant *t, uint32_t handle);
int tenant_export(struct tenant *t, uint32_t handle, int *dmabuf);
int tenant_import(struct tenant *t, int dmabuf, uint32_t *handle);
uint64_t tenant_fill(struct tenant *t, uint64_t step, int *err);
/* Maps a dumb buffer and writes to every page; returns 0, or -EIO if what was
 * written last time is not there.
 */
int tenant_touch(struct tenant *t, uint32_t handle, uint64_t bytes);
/* Lets it exit by itself; the exit status. */
int tenant_end(struct tenant *t);

int fd_send(int sock, int fd);
int fd_receive(int sock);

#endif /* SELFTESTS_TENANT_H */
