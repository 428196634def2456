/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Slurm allocated to a job on this node, and what it wants less than that.
 * Nothing here talks to Slurm or to the module.
 */
#ifndef GRES_H
#define GRES_H

#include <stdint.h>

#include <vgpu/types.h>

/* GPUs of a node, by Slurm's own indices: their quotas are set all at once. */
#define GRES_GPUS	LIBVGPU_QUOTAS_MAX

/**
 * struct share - what a job has of one GPU
 * @part: shards of it, or 1 for a whole GPU; 0 for nothing
 * @whole: shards that the GPU has, or 1
 */
struct share {
	uint64_t part;
	uint64_t whole;
};

/**
 * struct wish - what a job or step wants at most
 * @memory: bytes of a GPU, or LIBVGPU_UNLIMITED
 * @compute: hundredths of a percent of its time, or 0 for no wish
 */
struct wish {
	uint64_t memory;
	uint32_t compute;
};

/**
 * gres_parse() - read how slurmctld tells what it allocated on a node
 * @detail: as "gpu:1(IDX:0),shard:3(3/4,0/4)"; NULL or "" for nothing
 * @shards: shards of each GPU, for a slurmctld that does not tell; or 0
 * @share: by index of the GPU, GRES_GPUS of them
 *
 * Return: 0; -EINVAL for what cannot be read; -ERANGE for more than there is.
 */
int gres_parse(const char *detail, uint64_t shards, struct share *share);

/* The part of @memory bytes, and of time, that a share is. */
uint64_t share_memory(const struct share *share, uint64_t memory);
uint32_t share_compute(const struct share *share);

/* Values of options: 4096M, 4G, bytes; 25, 12.5, 25%. 0 or -EINVAL. */
int wish_memory(const char *text, uint64_t *memory);
int wish_compute(const char *text, uint32_t *compute);

#endif /* GRES_H */
