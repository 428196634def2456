/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mock driver selftests/drm/mock, which calls itself amdgpu: its ioctls,
 * what it can be told, and what it says that it holds. Functions return 0 or
 * a negative errno, unless they say otherwise.
 */
#ifndef SELFTESTS_MOCK_H
#define SELFTESTS_MOCK_H

#include <stdint.h>
#include <libdrm/amdgpu_drm.h>

#define MOCK "amdgpu"

/* Where a call that makes objects is told to wait. */
enum mock_park { MOCK_PARK_NOWHERE, MOCK_PARK_BEFORE, MOCK_PARK_AFTER };

/* These bail where they fail. */
void mock_load(void);
void mock_unload(void);
void mock_set(const char *knob, uint64_t value);
uint64_t mock_get(const char *knob);
/* Waits until that many calls are parked; gives how many are. */
uint64_t mock_parked(uint64_t want);

/* Bytes in "vram", "gtt", "units" or "user", in all cgroups. */
uint64_t mock_live(const char *heap);
uint64_t mock_peak(const char *heap);
/* Bytes in all heaps, after a moment for the last to go. */
uint64_t mock_settled(uint64_t want);

int mock_create(int fd, uint64_t bytes, uint64_t domains, uint32_t *handle);
int mock_userptr(int fd, uint64_t bytes, uint32_t *handle);
/* AMDGPU_VA_OP_* on one page; the mock makes two page tables for each map. */
int mock_va(int fd, uint32_t op, uint32_t handle);
int mock_op(int fd, uint32_t op, uint32_t handle);
#define MOCK_USERQ_CREATE	1
#define MOCK_USERQ_FREE		2
int mock_userq(int fd, uint32_t op);

#endif /* SELFTESTS_MOCK_H */
