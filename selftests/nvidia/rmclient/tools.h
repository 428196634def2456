/* SPDX-License-Identifier: GPL-2.0 */
/* A profiler of an address space: /dev/nvidia-uvm-tools. */
#ifndef RMCLIENT_TOOLS_H
#define RMCLIENT_TOOLS_H

#include <stdint.h>

#include "uvm.h"

#define TOOLS_MIGRATION	(1u << 2)
#define TOOLS_REPLAY	(1u << 4)

/**
 * struct tools - what it is told
 * @fd: its file
 * @queue: events
 * @control: where they stand: get_ahead, get_behind, put_ahead, put_behind
 */
struct tools {
	int fd;
	uint8_t *queue;
	volatile uint32_t *control;
};

/* The status of the driver's, which tells whether there is a queue. */
uint32_t tools_open(struct tools *tools, struct uvm *uvm);
void tools_close(struct tools *tools);
uint32_t tools_enable(struct tools *tools, uint64_t events);
/* Takes the events that have come, all of that type or it is a failure. */
unsigned int tools_events(struct tools *tools, uint8_t type);

#endif /* RMCLIENT_TOOLS_H */
