/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thing under test, as its operator uses it: everything goes through
 * vgpu-tool, and only here.
 */
#ifndef SELFTESTS_QUOTA_H
#define SELFTESTS_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNLIMITED UINT64_MAX

/* Runs a program, output to *out if not NULL; gives its exit status. */
int run(char *out, size_t size, const char *const argv[]);
#define RUN(out, size, ...) \
	run(out, size, (const char *const[]){ __VA_ARGS__, NULL })

/* Sets memory.max and bails if refused: no test is possible without. */
void quota_set(const char *cg, const char *device, uint64_t bytes);
/* Likewise memory.system.max. */
void quota_set_system(const char *cg, const char *device, uint64_t bytes);
/* Sets the policy for managed memory. */
void quota_set_managed(const char *cg, const char *device, const char *policy);
/* Sets one part of a quota for time, as in "--weight", "70". */
void quota_set_time(const char *cg, const char *device, const char *option,
		    const char *value);
/* The kernel memory that a group takes; and bounds it, or bails. */
uint64_t kernel_memory(const char *cg);
void kernel_memory_set(const char *cg, uint64_t bytes);
/* Freezes or thaws; a check by itself. */
void group_freeze(const char *cg, bool frozen);
/* One figure of vgpu-tool stat, for this cgroup alone and this device. */
uint64_t stat_of(const char *cg, const char *device, const char *key);
/* How often a driver's route, in this state, was refused; bails if none. */
unsigned int route_refused(const char *driver, const char *route,
			   const char *state);
/* What vgpu says is charged there, with all below it. */
uint64_t charged(const char *cg, const char *device);
/* Wait for such a figure to become that; give the last value. */
uint64_t stat_settled(const char *cg, const char *device, const char *key,
		      uint64_t want);
uint64_t charged_settled(const char *cg, const char *device, uint64_t want);

/* modprobe and its undoing; the exit status of the last command. */
int vgpu_load(void);
int vgpu_unload(char *out, size_t size);
/* insmod, after a modprobe of what the file depends on; bails. */
void insmod(const char *path);

/* How often to go round: @longest in the tier "long", @full in "full"; on debug
 * kernels @full in "long", and else a tenth of that (VGPU_LOOPS says which).
 * Says so in the output.
 */
unsigned int loops(unsigned int longest, unsigned int full);

/* What every test needs: vgem, the observer, vgpu, a cgroup to play in. */
void setup(const char *test);
/* The last words of every test: clean up, plan, exit status. */
int finish(void);

#endif /* SELFTESTS_QUOTA_H */
