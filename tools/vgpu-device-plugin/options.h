/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the operator asked for.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vgpu/types.h>

#define OPTIONS_DEVICES	64
#define OPTIONS_TEXT	256

/**
 * struct chosen - a device that was named
 * @name: stable name or alias
 * @total: how much memory of it to share, or 0 for all that it has
 */
struct chosen {
	char name[LIBVGPU_NAME_MAX];
	uint64_t total;
};

/**
 * struct options - what the operator asked for
 * @resource: name of the resource, as pods ask for it
 * @endpoint: name of our socket, in @socket_dir
 * @unit: bytes of one unit, or 0 where @shares says how many there are
 * @shares: units of each device, or 0
 * @reserve: bytes of each device that nobody gets
 * @compute: a unit carries its part of the device's time too
 * @nodes: answer with device nodes
 * @cdi: kind of the CDI devices to answer with, or ""
 * @device: devices to share; all where there is none
 * @devices: how many
 * @socket_dir: the kubelet's directory
 * @dev: where the host's /dev is seen
 * @poll_ms: how often to look again where no event says so
 */
struct options {
	char resource[OPTIONS_TEXT];
	char endpoint[OPTIONS_TEXT];
	uint64_t unit;
	uint32_t shares;
	uint64_t reserve;
	bool compute;
	bool nodes;
	char cdi[OPTIONS_TEXT];
	struct chosen device[OPTIONS_DEVICES];
	size_t devices;
	char socket_dir[OPTIONS_TEXT];
	char dev[OPTIONS_TEXT];
	int poll_ms;
};

/* Returns -1 to go on, or the status to exit with. */
int options_read(int argc, char **argv, struct options *out);

#endif /* OPTIONS_H */
