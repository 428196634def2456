/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SIM_BITS_H
#define SIM_BITS_H

#define BIT_ULL(nr) (1ULL << (nr))

#endif /* SIM_BITS_H */
