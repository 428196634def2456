/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RMCLIENT_CHANNELS_H
#define RMCLIENT_CHANNELS_H

#include "load.h"

/* Suspendable queues: channels of the mock of NVIDIA's driver. */
extern const struct engine engine_nvidia;

#endif /* RMCLIENT_CHANNELS_H */
