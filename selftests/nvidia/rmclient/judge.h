/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mock driver and what it counts; see mock/debug.c and mock/fault.c.
 */
#ifndef RMCLIENT_JUDGE_H
#define RMCLIENT_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

bool judge_load(const char *params);
bool judge_unload(void);

uint64_t judge_used(unsigned int gpu);
uint64_t judge_high(unsigned int gpu);
void judge_reset_high(unsigned int gpu);
uint64_t judge_total(unsigned int gpu);
uint64_t judge_objects(void);
uint64_t judge_client_bytes(uint32_t client, unsigned int gpu);
uint64_t judge_pid_bytes(int pid, unsigned int gpu);

uint64_t judge_value(const char *name);
bool judge_set(const char *name, long long value);

#endif /* RMCLIENT_JUDGE_H */
