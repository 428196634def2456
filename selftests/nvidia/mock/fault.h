/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Misbehaviour on demand; debugfs files fakegpu/{fail_after,extra,park,
 * parked,lost}.
 */
#ifndef MOCK_FAULT_H
#define MOCK_FAULT_H

#include <linux/types.h>

struct dentry;

bool mock_fault_alloc(void);
bool mock_fault_lost(u32 nr);
u64 mock_fault_extra(void);
void mock_fault_park(u32 escape);
void mock_fault_linger(u32 escape);
void mock_fault_debugfs(struct dentry *dir);
void mock_fault_release(void);

#endif /* MOCK_FAULT_H */
