/* SPDX-License-Identifier: GPL-2.0 */
/* One thread: the lock only sees that nobody calls back under it. */
#ifndef SIM_SPINLOCK_H
#define SIM_SPINLOCK_H

#include <linux/bug.h>

#define raw_spinlock_t bool

static inline void raw_spin_lock_init(bool *lock)
{
	*lock = false;
}

static inline unsigned long sim_lock(bool *lock)
{
	sim_warn(*lock, "called back");
	*lock = true;
	return 0;
}

#define raw_spin_lock_irqsave(lock, flags) ((flags) = sim_lock(lock))

static inline void raw_spin_unlock_irqrestore(bool *lock, unsigned long flags)
{
	*lock = flags;
}

#endif /* SIM_SPINLOCK_H */
