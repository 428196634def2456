/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Claims: what the documents of a container say about its quota, before it is
 * known which devices the host has; and why a document was refused.
 */
#ifndef CLAIM_H
#define CLAIM_H

#include <stddef.h>
#include <stdint.h>

#include <vgpu/types.h>

#define CLAIMS_MAX	128

/* Hundredths of a percent: all of a device, and no word about it. */
#define PART_ALL	((uint32_t)LIBVGPU_SHARE_FULL)
#define PART_UNSET	UINT32_MAX

#define WEIGHT_MAX	10000U

/**
 * struct claim - what one source says of one device
 * @device: a name or alias of it, or "" for every device of the host
 * @source: who says so, for messages; static
 * @memory: bytes, or LIBVGPU_UNLIMITED
 * @share: part of the device's memory, or PART_UNSET
 * @compute: part of the device's time, or PART_UNSET
 * @weight: 1 to WEIGHT_MAX, or 0 for none
 * @priority: among the groups of the device; the larger value is the smaller
 *	claim
 */
struct claim {
	char device[LIBVGPU_NAME_MAX];
	const char *source;
	uint64_t memory;
	uint32_t share;
	uint32_t compute;
	uint32_t weight;
	enum libvgpu_priority priority;
};

/**
 * struct claims - all of them
 * @item: in the order of their sources
 * @n: how many
 */
struct claims {
	struct claim item[CLAIMS_MAX];
	size_t n;
};

/**
 * struct refusal - one sentence for whoever started the container
 * @text: the sentence, "" without a refusal
 */
struct refusal {
	char text[512];
};

int refuse(struct refusal *why, int err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

struct claim claim_empty(const char *source);
int claim_device(struct claim *claim, const char *name, size_t len,
		 struct refusal *why);
int claims_add(struct claims *claims, const struct claim *claim,
	       struct refusal *why);
int claims_add_each(struct claims *claims, const struct claim *claim,
		    const char *devices, struct refusal *why);
const char *claim_priority_name(enum libvgpu_priority priority);

#endif /* CLAIM_H */
