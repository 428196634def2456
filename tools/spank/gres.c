// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "gres.h"
#include "share.h"
#include "size.h"

#define u128 unsigned __int128

/* A number without sign or blank; false where there is none. */
static bool take_number(const char **text, uint64_t *number)
{
	const char *s = *text;
	uint64_t n = 0;

	for (; *s >= '0' && *s <= '9'; s++) {
		if (n > (UINT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (uint64_t)(*s - '0');
	}
	if (s == *text)
		return false;
	*text = s;
	*number = n;
	return true;
}

static bool take(const char **text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*text, word, len))
		return false;
	*text += len;
	return true;
}

/* GPUs of which a job has all, or shards of GPUs that it shares with others. */
static int give(struct share *share, uint64_t index, uint64_t part,
		uint64_t whole)
{
	if (index >= GRES_GPUS || part > whole || !whole)
		return -ERANGE;
	/* Shards of a GPU that is the job's add nothing to it. */
	if (!share[index].whole || part == whole)
		share[index] = (struct share){ part, whole };
	return 0;
}

/* 3/4,0/4: shards of each GPU, by its index, of those that it has. */
static int parse_parts(const char **text, struct share *share)
{
	uint64_t index, part, whole;
	int err = 0;

	for (index = 0; !err; index++) {
		if (!take_number(text, &part) || !take(text, "/") ||
		    !take_number(text, &whole))
			return -EINVAL;
		if (part)
			err = give(share, index, part, whole);
		if (take(text, ")"))
			return err;
		if (!take(text, ","))
			return -EINVAL;
	}
	return err;
}

/* IDX:0-1,3, each of which is given so much. */
static int parse_indices(const char **text, uint64_t part, uint64_t whole,
			 struct share *share)
{
	uint64_t first, last;
	int err = 0;

	while (!err) {
		if (!take_number(text, &first))
			return -EINVAL;
		last = first;
		if (take(text, "-") && !take_number(text, &last))
			return -EINVAL;
		if (last < first || last >= GRES_GPUS)
			return -ERANGE;
		for (; !err && first <= last; first++)
			err = give(share, first, part, whole);
		if (take(text, ")"))
			return err;
		if (!take(text, ","))
			return -EINVAL;
	}
	return err;
}

/* Up to the comma between two kinds of resources, brackets considered. */
static void skip(const char **text)
{
	bool inside = false;

	for (; **text && (inside || **text != ','); (*text)++) {
		if (**text == '(')
			inside = true;
		else if (**text == ')')
			inside = false;
	}
}

/* gpu:tesla:2(IDX:0-1): what follows the name. */
static int parse_gpus(const char **text, struct share *share)
{
	*text += strcspn(*text, "(,");
	if (!take(text, "(IDX:"))
		return -EINVAL;
	return parse_indices(text, 1, 1, share);
}

/* shard:3(3/4,0/4), shard:gpu:3(IDX:0) */
static int parse_shards(const char **text, uint64_t shards,
			struct share *share)
{
	const char *count;
	uint64_t n;

	*text += strcspn(*text, "(,");
	/* Back to the colon before it; there is one behind the name. */
	for (count = *text; count[-1] != ':'; count--)
		;
	if (!take_number(&count, &n) || count != *text)
		return -EINVAL;
	if (take(text, "(IDX:")) {
		/* Of several GPUs it does not tell how many of which. */
		if (!shards || (*text)[strcspn(*text, "-,)")] != ')')
			return -EINVAL;
		return parse_indices(text, n, shards, share);
	}
	return take(text, "(") ? parse_parts(text, share) : -EINVAL;
}

int gres_parse(const char *detail, uint64_t shards, struct share *share)
{
	int err = 0;

	memset(share, 0, GRES_GPUS * sizeof(*share));
	while (detail && *detail && !err) {
		if (take(&detail, "gpu:"))
			err = parse_gpus(&detail, share);
		else if (take(&detail, "shard:"))
			err = parse_shards(&detail, shards, share);
		else
			skip(&detail);
		if (!err && *detail && !take(&detail, ","))
			err = -EINVAL;
	}
	return err;
}

static uint64_t part_of(const struct share *share, uint64_t all)
{
	if (!share->whole)
		return 0;
	return (uint64_t)((u128)all * share->part / share->whole);
}

uint64_t share_memory(const struct share *share, uint64_t memory)
{
	return part_of(share, memory);
}

uint32_t share_compute(const struct share *share)
{
	uint64_t compute = part_of(share, LIBVGPU_SHARE_FULL);

	/* One of very many shards is not nothing. */
	return compute || !share->part ? (uint32_t)compute : 1;
}

int wish_memory(const char *text, uint64_t *memory)
{
	uint64_t bytes;

	/* Without a point, as all of Slurm's sizes are; "max" is no wish. */
	if (strchr(text, '.') || size_parse(text, NULL, &bytes) ||
	    bytes > INT64_MAX)
		return -EINVAL;
	*memory = bytes;
	return 0;
}

int wish_compute(const char *text, uint32_t *compute)
{
	uint32_t part;

	if ((share_parse(text, &part) && share_parse_number(text, &part)) ||
	    !part)
		return -EINVAL;
	*compute = part;
	return 0;
}
