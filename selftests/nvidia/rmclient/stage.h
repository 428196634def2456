/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every test of quotas on the mock driver needs.
 */
#ifndef RMCLIENT_STAGE_H
#define RMCLIENT_STAGE_H

#include <stdbool.h>
#include <stdint.h>

struct rm;

#define GPU0	"pci:0001:00:00.0"
#define KIB	1024ull
#define MIB	(1024 * KIB)

/* Loads the mock with these parameters, vgpu, and makes cgroups of the test. */
void stage_setup(const char *test, const char *params);
/* The same without vgpu, which the test loads itself. */
void stage_driver(const char *test, const char *params);
/* Nobody holds anything any more; clean up, plan, exit status. */
int stage_finish(void);
/* The same, where another stage is set up after it. */
void stage_end(void);
/* Of that only the undoing: cgroups, vgpu and the driver go. */
void stage_clear(void);

/* Runs a part in a child in a cgroup; true if it gave back 0. */
bool in_cgroup(const char *cg, int (*part)(void *arg), void *arg);
/* The same as the first process of a PID namespace of its own. */
bool in_namespace(const char *cg, int (*part)(void *arg), void *arg);

/* Writes into a file of the kernel's, or bails. */
void stage_write(const char *path, const char *value);
/* Takes the first GPU off the bus. */
void stage_unplug(void);

/* The operator's parameters of the backend. */
#define STAGE_PARAMETERS	"/sys/module/vgpu_nvidia/parameters/"
/* Sets one, or bails. */
void stage_parameter(const char *name, const char *value);
/* Has vgpu ask the driver what it holds for the client, as a call of it may. */
void stage_reconcile(struct rm *rm);

#endif /* RMCLIENT_STAGE_H */
