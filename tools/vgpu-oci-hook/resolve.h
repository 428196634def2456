/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From claims to quotas: one for each device, the smaller of what was said.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdbool.h>

#include "claim.h"

#define NOTES_MAX	32

/**
 * struct notes - what is worth a line in the log
 * @text: the lines
 * @n: how many
 */
struct notes {
	char text[NOTES_MAX][384];
	size_t n;
};

void note(struct notes *notes, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define HOST_NAMES	12

/**
 * struct host_device - a device of the host
 * @name: its stable name, and then its aliases
 * @names: how many
 * @total: bytes of its memory
 * @total_known: whether its driver says so
 * @nvidia: a GPU of NVIDIA, whole: it has a UUID, which nobody knows before its
 *	first use
 */
struct host_device {
	char name[HOST_NAMES][LIBVGPU_NAME_MAX];
	size_t names;
	uint64_t total;
	bool total_known;
	bool nvidia;
};

/**
 * struct host - the devices of the host
 * @device: owned by who made it
 * @n: how many
 */
struct host {
	struct host_device device[LIBVGPU_QUOTAS_MAX];
	size_t n;
};

/**
 * struct quota - what a container gets of a device
 * @device: its stable name, the UUID of a GPU that was not used yet, or "" for
 *	every device; as it was claimed where the host is not known
 * @memory: bytes, or LIBVGPU_UNLIMITED
 * @share: likewise a part, or PART_UNSET; only where the host is not known
 * @compute: part of its time, or PART_UNSET
 * @weight: or 0
 * @priority: or LIBVGPU_PRIORITY_UNSET
 * @memory_from: who said @memory
 * @compute_from: who said @compute
 * @weight_from: who said @weight
 * @priority_from: who said @priority
 */
struct quota {
	char device[LIBVGPU_NAME_MAX];
	uint64_t memory;
	uint32_t share;
	uint32_t compute;
	uint32_t weight;
	enum libvgpu_priority priority;
	const char *memory_from;
	const char *compute_from;
	const char *weight_from;
	const char *priority_from;
};

/**
 * struct quotas - for each device that is limited
 * @item: the quotas
 * @n: how many
 */
struct quotas {
	struct quota item[LIBVGPU_QUOTAS_MAX];
	size_t n;
};

#define QUOTA_TEXT	192

/* A quota as a line: the device, or *, and what is set. */
const char *quota_text(const struct quota *quota, char text[QUOTA_TEXT]);
int resolve(const struct claims *claims, const struct host *host,
	    struct quotas *out, struct notes *notes, struct refusal *why);

#endif /* RESOLVE_H */
