/* SPDX-License-Identifier: GPL-2.0 */
/* The shares that groups are due, worked out for all of them at once. */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "sim.h"

void model_shares(const struct sim *sim, double *share);

#endif /* SIM_MODEL_H */
