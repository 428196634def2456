/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The devices as the module tells of them.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include <vgpu/vgpu.h>

#include "inventory.h"

/**
 * struct devices - where to ask and what to listen to
 * @ctx: libvgpu's
 * @events: what happens, or NULL where we may not hear
 * @err: the last answer, to log each failure once
 */
struct devices {
	struct vgpu_ctx *ctx;
	struct vgpu_event_stream *events;
	int err;
};

int devices_open(struct devices *devices);
void devices_close(struct devices *devices);
/* File descriptor of the events, or -1. */
int devices_fd(const struct devices *devices);
/* Take the events that wait; is it time to look again? */
bool devices_events(struct devices *devices);
/* Look again; did anything change? */
bool devices_refresh(struct devices *devices, struct inventory *inventory);

#endif /* DEVICES_H */
